//! The security headers of every answer: a Content-Security-Policy with a nonce of its own, and the rest of the set.
//!
//! Inline styles are not allowed: server-rendered views use classes and SVG attributes.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use leptos::nonce::Nonce;

use crate::server::{AppState, static_files::SameForEverybody};

const FIXED: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("x-frame-options", "DENY"),
];

pub async fn secure(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy(&nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in FIXED {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if state.settings.web.is_https() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // Whatever says nothing else may hold something of the session, and what sets a cookie does.
    let no_store = HeaderValue::from_static("no-store");
    if headers.contains_key(header::SET_COOKIE) {
        headers.insert(header::CACHE_CONTROL, no_store);
    } else {
        headers.entry(header::CACHE_CONTROL).or_insert(no_store);
    }
    if response.extensions().get::<SameForEverybody>().is_none() {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Cookie"));
    }
    response
}

fn policy(nonce: &Nonce) -> String {
    // `cargo leptos watch` reloads the page over a WebSocket of its own.
    let reload =
        if std::env::var_os("LEPTOS_WATCH").is_some() { " ws://127.0.0.1:3001 ws://localhost:3001" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; connect-src 'self'{reload}; \
         style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}
