//! Where the app listens and under which address people reach it.

use std::{net::SocketAddr, str::FromStr};

use url::Url;

use super::Reader;

#[derive(Clone, Debug)]
pub struct WebSettings {
    /// `LISTEN_ADDR`
    pub listen_addr: SocketAddr,
    /// `PUBLIC_URL`: the address in the browser. The redirect URI and all links come from it, never from a Host header.
    pub public_url: Url,
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
        Some(Self { listen_addr: listen_addr?, public_url: public_url?, log_format: log_format? })
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
