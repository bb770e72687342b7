//! Gives every request an id, which logs, error pages and answers carry.

use axum::{
    extract::Request,
    http::{HeaderValue, Method, Uri},
    middleware::Next,
    response::Response,
};
use std::time::Instant;
use tracing::Instrument as _;

use crate::server::session::seal::random_text;

/// 96 random bits as text.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

pub async fn assign(mut request: Request, next: Next) -> Response {
    // Without randomness no session could be sealed either; the id is for reading logs only.
    let id = random_text::<12>().unwrap_or_else(|_| "unknown".into());
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), path_for_logs(request.uri()));
    let span = tracing::info_span!("request", id = %id, method = %method, path);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| log(&method, response.status().as_u16(), millis));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

fn log(method: &Method, status: u16, millis: u64) {
    if status >= 500 {
        tracing::error!(%method, status, millis, "answered");
    } else {
        tracing::info!(status, millis, "answered");
    }
}

/// The path alone: queries hold codes and states.
fn path_for_logs(uri: &Uri) -> String {
    uri.path().chars().take(200).flat_map(char::escape_default).collect()
}
