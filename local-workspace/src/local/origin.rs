//! Who may talk to a server without passwords: programs on this machine, and its own pages.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// True unless a browser says that a page of another origin made the request. Programs send neither header.
pub fn own_page(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let site_is_own = text(&SEC_FETCH_SITE).is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin_is_own = text(&header::ORIGIN).is_none_or(|origin| {
        let host = text(&header::HOST).unwrap_or_default();
        origin.strip_prefix("http://").is_some_and(|authority| !host.is_empty() && authority == host)
    });
    site_is_own && origin_is_own
}

/// Refuses requests for a host name that is not this machine's own: a page can point any name of its own at
/// 127.0.0.1 (DNS rebinding) and would then count as same-origin.
pub async fn loopback_host(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if is_loopback(host) {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "This server answers to localhost, 127.0.0.1 and [::1] only.\n")
            .into_response()
    }
}

pub async fn own_pages_only(request: Request, next: Next) -> Response {
    if own_page(request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "Pages of other origins may not use the controls of the local workspace.\n")
            .into_response()
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for host in ["localhost", "LOCALHOST:1", "127.0.0.1:8484", "127.0.0.1", "[::1]:8484", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example:80", "192.168.0.1:8484", "127.0.0.1.evil.example"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn pages_of_other_origins_are_told_apart() {
        let headers = |pairs: &[(&'static str, &str)]| {
            pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
        };
        let host = ("host", "127.0.0.1:8484");
        assert!(own_page(&headers(&[host])));
        assert!(own_page(&headers(&[host, ("origin", "http://127.0.0.1:8484"), ("sec-fetch-site", "same-origin")])));
        for foreign in [
            ("origin", "http://127.0.0.1:5173"),
            ("origin", "http://localhost:8484"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert!(!own_page(&headers(&[host, foreign])), "{foreign:?}");
        }
    }
}
