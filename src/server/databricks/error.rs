//! What the workspace's refusals mean. Databricks says the same in several ways, so they are told apart here, once.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::Deserialize;

/// The meaning of a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The token is not, or no longer, good: renew it and ask once more. Comes as 401, or as 403 with a numeric code.
    TokenRefused,
    /// The sign-in did not ask for a scope that this needs: only a new sign-in helps.
    MissingScope,
    /// A grant is missing.
    PermissionDenied,
    NotFound,
    BadRequest,
    RateLimited,
    /// 503: for a moment.
    Overloaded,
    /// Another 5xx
    WorkspaceFailed,
    /// No connection, or none in time.
    Unreachable,
    /// Something other than the API answered: a proxy, a sign-in page, a blocked network.
    Unexpected,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?}: {message}")]
pub struct ApiError {
    pub kind: Kind,
    /// The workspace's own words; may be shown to the user whose call it was.
    pub message: String,
    /// The workspace's id of the request, for its support.
    pub workspace_request_id: Option<String>,
    /// `Retry-After`, in whole seconds, where the workspace asks for a pause.
    pub retry_after: Option<Duration>,
}

#[derive(Deserialize)]
struct Body {
    error_code: Option<serde_json::Value>,
    message: Option<String>,
    /// SCIM
    detail: Option<String>,
}

impl ApiError {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), workspace_request_id: None, retry_after: None }
    }

    pub fn unreachable(error: &reqwest::Error) -> Self {
        let why = if error.is_timeout() { "no answer in time" } else { "no connection" };
        Self::new(Kind::Unreachable, why)
    }

    pub fn from_answer(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let parsed: Option<Body> = serde_json::from_slice(body).ok();
        let numeric_code =
            parsed.as_ref().is_some_and(|body| body.error_code.as_ref().is_some_and(serde_json::Value::is_number));
        let message =
            parsed.as_ref().and_then(|body| body.message.clone().or_else(|| body.detail.clone())).unwrap_or_default();
        let kind = match status {
            401 => Kind::TokenRefused,
            403 if message.contains("required scopes") => Kind::MissingScope,
            403 if numeric_code || is_token_trouble(&message) => Kind::TokenRefused,
            403 if parsed.is_some() => Kind::PermissionDenied,
            404 => Kind::NotFound,
            429 => Kind::RateLimited,
            400..=499 if parsed.is_some() => Kind::BadRequest,
            503 => Kind::Overloaded,
            500..=599 => Kind::WorkspaceFailed,
            _ => Kind::Unexpected,
        };
        let message =
            if message.is_empty() { format!("status {status}") } else { message.chars().take(4_000).collect() };
        let id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let retry_after = headers.get("retry-after").and_then(|text| text.to_str().ok()?.trim().parse().ok());
        Self { kind, message, workspace_request_id: id, retry_after: retry_after.map(Duration::from_secs) }
    }
}

fn is_token_trouble(message: &str) -> bool {
    ["Invalid access token", "Invalid Token", "Token is expiring within"].iter().any(|start| message.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_that_are_known() {
        for (status, body, kind) in [
            (
                401,
                r#"{"error_code":401,"message":"Credential was not sent or was of an unsupported type for this API."}"#,
                Kind::TokenRefused,
            ),
            (403, r#"{"error_code":403,"message":"Invalid access token."}"#, Kind::TokenRefused),
            (403, r#"{"error_code":403,"message":"Invalid access token. [ReqId: 1]"}"#, Kind::TokenRefused),
            (403, r#"{"message":"Token is expiring within 30 seconds. (token expired)"}"#, Kind::TokenRefused),
            (
                403,
                r#"{"message":"Provided OAuth token does not have required scopes: sql [ReqId: 1]"}"#,
                Kind::MissingScope,
            ),
            (403, r#"{"error_code":"PERMISSION_DENIED","message":"no"}"#, Kind::PermissionDenied),
            (403, "<html>blocked</html>", Kind::Unexpected),
            (404, r#"{"error_code":"NOT_FOUND","message":"gone"}"#, Kind::NotFound),
            (429, "", Kind::RateLimited),
            (400, r#"{"error_code":"BAD_REQUEST","message":"x"}"#, Kind::BadRequest),
            (503, "<html>", Kind::Overloaded),
            (500, "<html>", Kind::WorkspaceFailed),
            (302, "", Kind::Unexpected),
        ] {
            assert_eq!(ApiError::from_answer(status, &HeaderMap::new(), body.as_bytes()).kind, kind, "{status} {body}");
        }
    }
}
