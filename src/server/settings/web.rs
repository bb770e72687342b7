//! Where the app listens and under which address people reach it.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    str::FromStr,
};

use ipnet::IpNet;
use url::Url;

use super::Reader;

#[derive(Clone, Debug)]
pub struct WebSettings {
    /// `LISTEN_ADDR`
    pub listen_addr: SocketAddr,
    /// `PUBLIC_URL`: the address in the browser. The redirect URI and all links come from it, never from a Host header.
    pub public_url: Url,
    /// `TRUSTED_PROXIES`: only what these say about a request's client and host counts. Empty: nobody.
    pub trusted_proxies: Vec<IpNet>,
    /// `SIGN_IN_LIMIT_PER_MINUTE`: sign-ins that one client address (of IPv6 the /64) may begin or end in a minute.
    pub sign_in_limit: NonZeroU32,
    /// `LOG_FORMAT`
    pub log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One line for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

impl WebSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let listen_addr = reader.parsed("LISTEN_ADDR", "127.0.0.1:5173", "an address and port, such as 127.0.0.1:5173");
        let log_format = reader.parsed("LOG_FORMAT", "text", "`text` or `json`");
        let public_url =
            reader.parsed("PUBLIC_URL", "http://localhost:5173", "an address such as https://data.example.com");
        let public_url = public_url.filter(|url| check_public_url(reader, url));
        let trusted_proxies = read_proxies(reader);
        let sign_in_limit = reader.number("SIGN_IN_LIMIT_PER_MINUTE", 120, 1..=1_000_000, "sign-ins");
        Some(Self {
            listen_addr: listen_addr?,
            public_url: public_url?,
            trusted_proxies: trusted_proxies?,
            sign_in_limit: u32::try_from(sign_in_limit).ok().and_then(NonZeroU32::new)?,
            log_format: log_format?,
        })
    }

    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|net| net.contains(&peer))
    }

    /// `PUBLIC_URL` + `path`, for links to this app.
    pub fn link(&self, path: &str) -> Url {
        let mut url = self.public_url.clone();
        url.set_path(path);
        url
    }

    /// What the app connection in the account console must name, to the letter.
    pub fn redirect_uri(&self) -> Url {
        self.link("/token")
    }

    /// People reach the app over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

fn read_proxies(reader: &mut Reader<'_>) -> Option<Vec<IpNet>> {
    let text = reader.optional("TRUSTED_PROXIES").unwrap_or_default();
    let mut nets = Vec::new();
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        match entry.parse::<IpNet>().ok().or_else(|| entry.parse::<IpAddr>().ok().map(IpNet::from)) {
            Some(net) => nets.push(net),
            None => {
                let wrong = format!(
                    "`{entry}` is no address or range; write them as 10.0.0.7 or 10.0.0.0/8, with commas between"
                );
                reader.problem("TRUSTED_PROXIES", wrong);
                return None;
            }
        }
    }
    Some(nets)
}

fn check_public_url(reader: &mut Reader<'_>, url: &Url) -> bool {
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let wrong = if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        "must be scheme, host and port only: the app lives at the root"
    } else if !url.username().is_empty() || url.password().is_some() {
        "must not hold a user name or password"
    } else if !(url.scheme() == "https" || url.scheme() == "http" && local) {
        "must begin with https:// (http:// is for localhost only)"
    } else {
        return true;
    };
    reader.problem("PUBLIC_URL", wrong);
    false
}
