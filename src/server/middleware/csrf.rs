//! Requests that other sites make a browser send: refused.
//!
//! `CsrfLayer` judges by Fetch Metadata and Origin. On top of it, every call of a script carries a header that no form
//! can send; a plain form post, which cannot, stands on the first check alone.

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Json, Response},
};
use tower_http::csrf::CsrfLayer;
use url::Url;

use crate::{
    api::client::HEADER,
    model::{AppError, ErrorCode},
    server::AppState,
};

/// What plain forms of this app post to.
const FORMS: [&str; 2] = ["/logout", "/sql/run"];

/// The first check. The app's own address is trusted by name, since a proxy may change the Host header.
///
/// # Errors
/// The public address is no origin; settings were checked, so it is.
pub fn layer(public_origin: &str) -> Result<CsrfLayer, tower_http::csrf::ConfigError> {
    CsrfLayer::new().add_trusted_origin(public_origin)
}

/// The second check.
pub async fn require_call_header(request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let content_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_form =
        content_type.starts_with("application/x-www-form-urlencoded") && FORMS.contains(&request.uri().path());
    if changes && !is_form && !request.headers().contains_key(HEADER) {
        let error =
            AppError::new(ErrorCode::PermissionDenied, format!("Calls of this kind carry the header `{HEADER}: 1`."));
        return (StatusCode::FORBIDDEN, Json(error)).into_response();
    }
    next.run(request).await
}

/// Server functions send a browser without JavaScript back to its `Referer`; another site must not choose where (S08).
pub async fn forget_foreign_referer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let text = request.headers().get(header::REFERER).and_then(|value| value.to_str().ok());
    let origin = text.and_then(|text| Url::parse(text).ok()).map(|url| url.origin());
    if origin != Some(state.settings.web.public_url.origin()) {
        request.headers_mut().remove(header::REFERER);
    }
    next.run(request).await
}
