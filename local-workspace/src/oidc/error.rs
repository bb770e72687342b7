//! OAuth errors as JSON. A token answer must never be stored by anyone (RFC 6749 section 5.1), nor may its refusal.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Debug, thiserror::Error)]
#[error("{error}: {description}")]
pub(super) struct OAuthError {
    status: StatusCode,
    error: &'static str,
    description: String,
    /// The client tried HTTP Basic, so the refusal has to offer it (RFC 6749 section 5.2).
    challenge: bool,
}

impl OAuthError {
    pub(super) fn bad_request(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.into(), challenge: false }
    }

    pub(super) fn invalid_grant(description: &'static str) -> Self {
        Self::bad_request("invalid_grant", description)
    }

    pub(super) fn invalid_client(challenge: bool) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            error: "invalid_client",
            description: "Client authentication failed".to_owned(),
            challenge,
        }
    }

    /// Expired, rotated, revoked and unknown refresh tokens alike. Not `invalid_grant`: SDKs know this condition by
    /// the description.
    pub(super) fn refresh_token_is_invalid() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            error: "invalid_request",
            description: "Refresh token is invalid".to_owned(),
            challenge: false,
        }
    }

    pub(super) fn internal() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: "server_error",
            description: "The token could not be signed".to_owned(),
            challenge: false,
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = Json(json!({"error": self.error, "error_description": self.description}));
        let mut response = (self.status, [(header::CACHE_CONTROL, "no-store")], body).into_response();
        if self.challenge {
            let realm = HeaderValue::from_static("Basic realm=\"oidc\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
        }
        response
    }
}
