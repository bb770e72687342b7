//! Which addresses a link to a result may lead to: those of the internet, not those of this network or this machine.
//!
//! A name is judged by what it resolves to, and the connection goes to the very addresses that were judged: between the
//! two nobody can give the name another meaning.

use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Resolves names for links.
pub(super) struct PublicNames {
    /// Nothing is refused: the operator has said so, or a proxy stands between this server and the internet, which
    /// resolves names itself, so that only its own is looked up here.
    pub any: bool,
}

/// A name has no address that a link may lead to.
#[derive(Debug, thiserror::Error)]
#[error("no public address")]
pub(super) struct NoPublicAddress;

/// Whether this server reaches the internet through a proxy, as reqwest reads it.
pub(super) fn behind_proxy() -> bool {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    names.into_iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let any = self.any;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| any || is_public(address.ip())).collect();
            if allowed.is_empty() {
                tracing::error!(
                    host = name.as_str(),
                    "the storage that keeps results has no public address; where that is meant to be so, set RESULTS_FROM_PRIVATE_ADDRESSES=true"
                );
                return Err(NoPublicAddress.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            let special = match a {
                // "This network"; multicast, reserved and broadcast.
                0 | 224.. => true,
                // Between a provider and its customers (RFC 6598).
                100 => (64..128).contains(&b),
                // Protocol assignments.
                192 => b == 0 && c == 0,
                // Benchmarks (RFC 2544).
                198 => matches!(b, 18 | 19),
                _ => false,
            };
            !(special || address.is_private() || address.is_loopback() || address.is_link_local())
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, e, f, g, h] = address.segments();
            // An IPv4 address in another spelling is what that address is: mapped, or behind NAT64 (RFC 6052).
            if (a, b, c, d, e, f) == (0, 0, 0, 0, 0, 0xffff) || (a, b, c, d, e, f) == (0x64, 0xff9b, 0, 0, 0, 0) {
                let [[g1, g2], [h1, h2]] = [g.to_be_bytes(), h.to_be_bytes()];
                return is_public(IpAddr::from([g1, g2, h1, h2]));
            }
            // 0::/8 holds the unspecified and the loopback address, and nothing that is routed.
            a >> 8 != 0
                && !(address.is_unique_local() || address.is_unicast_link_local() || address.is_multicast())
                // 6to4 (RFC 3056) wraps any IPv4 address.
                && a != 0x2002
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_internet_are_told_from_those_of_this_network() {
        for address in
            ["8.8.8.8", "52.218.0.1", "100.63.0.1", "100.128.0.1", "192.0.1.1", "2a00:1450::1", "64:ff9b::808:808"]
        {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "2002:a00:1::",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_has_no_public_address() {
        let resolve = |any| PublicNames { any }.resolve("localhost".parse().unwrap());
        assert!(resolve(false).await.is_err());
        assert!(resolve(true).await.is_ok());
    }
}
