//! Which client sends a request: its address, and the address by which it is limited.
//!
//! Forwarded headers count only from the proxies that `TRUSTED_PROXIES` names; anybody can write them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::Request;

use super::settings::WebSettings;

/// The other end of the connection: a browser, or the proxy before it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The address of the client: the last one in `X-Forwarded-For` that is no trusted proxy, if the peer is one.
pub fn address(request: &Request, settings: &WebSettings) -> IpAddr {
    let Some(peer) = peer(request) else { return IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
    let mut client = peer;
    let forwarded = request.headers().get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let entries: Vec<&str> = forwarded.flat_map(|line| line.split(',')).map(str::trim).collect();
    for entry in entries.iter().rev() {
        if !settings.trusts(client) {
            break;
        }
        let Some(address) = parse(entry) else { break };
        client = address;
    }
    client
}

/// Addresses that one client can choose from freely count as one: of IPv6 a /64.
pub fn prefix(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

/// The host that the client asked for, as far as it can be believed. Of a chain of proxies the last one that wrote it down.
pub fn host<'a>(request: &'a Request, settings: &WebSettings) -> Option<&'a str> {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let forwarded = peer(request).filter(|peer| settings.trusts(*peer)).and_then(|_| text("x-forwarded-host"));
    let forwarded = forwarded.and_then(|chain| chain.split(',').map(str::trim).find(|host| !host.is_empty()));
    forwarded.or_else(|| request.uri().authority().map(|authority| authority.as_str())).or_else(|| text("host"))
}

fn peer(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<Peer>().map(|peer| peer.0)
}

/// Proxies write addresses with and without a port.
fn parse(entry: &str) -> Option<IpAddr> {
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().or_else(|_| entry.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::settings::Settings;

    fn settings(proxies: &str) -> WebSettings {
        let values = [
            ("DATABRICKS_HOST", "dbc-1.cloud.databricks.com"),
            ("DATABRICKS_CLIENT_ID", "client"),
            ("DATABRICKS_WAREHOUSE_ID", "1"),
            ("COOKIE_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
            ("TRUSTED_PROXIES", proxies),
        ];
        let find = |name: &str| values.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        Settings::read(find).expect("fine").web
    }

    fn seen(peer: &str, forwarded: &[&str], proxies: &str) -> String {
        let mut request = Request::builder().uri("/").header("host", "app.example");
        for line in forwarded {
            request = request.header("x-forwarded-for", *line);
        }
        let mut request = request.body(axum::body::Body::empty()).expect("a request");
        request.extensions_mut().insert(Peer(peer.parse().expect("an address")));
        address(&request, &settings(proxies)).to_string()
    }

    #[test]
    fn s66_forwarded_addresses_count_only_from_trusted_proxies() {
        for (peer, forwarded, proxies, client) in [
            ("203.0.113.9", &["198.51.100.1"][..], "", "203.0.113.9"),
            ("203.0.113.9", &["198.51.100.1"], "10.0.0.0/8", "203.0.113.9"),
            ("10.0.0.7", &["198.51.100.1"], "10.0.0.0/8", "198.51.100.1"),
            ("10.0.0.7", &["1.1.1.1, 198.51.100.1, 10.0.0.8"], "10.0.0.0/8", "198.51.100.1"),
            ("10.0.0.7", &["1.1.1.1", "198.51.100.1:4711"], "10.0.0.7", "198.51.100.1"),
            ("10.0.0.7", &["[2001:db8::1]:80"], "10.0.0.7", "2001:db8::1"),
            ("10.0.0.7", &["::ffff:198.51.100.1"], "10.0.0.7", "198.51.100.1"),
            ("10.0.0.7", &["unknown"], "10.0.0.7", "10.0.0.7"),
        ] {
            assert_eq!(seen(peer, forwarded, proxies), client, "{peer} {forwarded:?} {proxies}");
        }
    }

    #[test]
    fn s66_an_ipv6_client_counts_by_its_64_bit_prefix_however_it_is_written() {
        let of = |text: &str| prefix(text.parse().expect("an address")).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("2001:0DB8:0001:0002::9"), "2001:db8:1:2::");
        assert_ne!(of("2001:db8:1:3::"), of("2001:db8:1:2::"));
        assert_eq!(of("::ffff:198.51.100.1"), "198.51.100.1");
    }
}
