//! The app answers under one name: that of `PUBLIC_URL`. Links and the redirect URI come from there and cookies belong to
//! it, so a request under another name could only end in a sign-in that goes nowhere.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use url::Url;

use crate::server::{AppState, client};

/// Probes of an orchestrator ask under the address of the machine.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let web = &state.settings.web;
    let host = client::host(&request, web);
    if PROBES.contains(&request.uri().path()) || host.is_some_and(|host| names(host, &web.public_url)) {
        return next.run(request).await;
    }
    let public_url = web.public_url.as_str().trim_end_matches('/');
    let shown: String = host.unwrap_or("no host").chars().take(100).flat_map(char::escape_default).collect();
    tracing::warn!(
        host = shown,
        public_url,
        "refused: not the host of PUBLIC_URL. A proxy that changes the Host header has to send X-Forwarded-Host and to stand in TRUSTED_PROXIES"
    );
    let text = format!("This address is not the app's own. Open {public_url}\n");
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
}

/// Whether a Host header names the public address; the scheme's own port may stand there or not.
fn names(host: &str, public_url: &Url) -> bool {
    let parsed = Url::parse(&format!("{}://{host}/", public_url.scheme()));
    parsed.is_ok_and(|url| url.origin() == public_url.origin() && url.username().is_empty() && url.path() == "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s56_only_the_public_address_is_ours() {
        let https = Url::parse("https://data.example.com").expect("a URL");
        let local = Url::parse("http://localhost:5173").expect("a URL");
        for (host, url, ours) in [
            ("data.example.com", &https, true),
            ("DATA.example.com:443", &https, true),
            ("data.example.com:80", &https, false),
            ("evil.example", &https, false),
            ("data.example.com.evil.example", &https, false),
            ("data.example.com@evil.example", &https, false),
            ("x@data.example.com", &https, false),
            ("data.example.com/evil", &https, false),
            ("localhost:5173", &local, true),
            ("localhost", &local, false),
            ("127.0.0.1:5173", &local, false),
            ("", &local, false),
        ] {
            assert_eq!(names(host, url), ours, "{host}");
        }
    }
}
