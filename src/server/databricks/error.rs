//! What the workspace's refusals mean. Databricks says the same in several ways, so they are told apart here, once.

use std::time::Duration;

use reqwest::header::{self, HeaderMap};

/// A longer wait is none that anybody means.
const MOST_RETRY_AFTER: Duration = Duration::from_secs(3_600);

use super::{
    public_addresses::NoPublicAddress,
    told::{self, Told},
};

/// The meaning of a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The token is not, or no longer, good: renew it and ask once more. Comes as 401, or as 403 with a numeric code.
    TokenRefused,
    /// The sign-in did not ask for a scope that this needs: only a new sign-in helps.
    MissingScope,
    /// A grant is missing.
    PermissionDenied,
    /// The SQL warehouse was deleted, or never was.
    WarehouseGone,
    /// The SQL warehouse is stopped and did not start.
    WarehouseDown,
    /// The user lacks CAN USE on the SQL warehouse.
    WarehouseNotGranted,
    NotFound,
    BadRequest,
    RateLimited,
    /// 503: for a moment.
    Overloaded,
    /// Another 5xx
    WorkspaceFailed,
    /// No connection, or none in time.
    Unreachable,
    /// The workspace lets nobody in from where this server is: an IP access list, or private link.
    NetworkBlocked,
    /// Something other than the API answered: a proxy, a sign-in page.
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
    /// There was no connection to send the request over: nothing can have been done.
    pub not_sent: bool,
}

impl ApiError {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), workspace_request_id: None, retry_after: None, not_sent: false }
    }

    /// Whether the workspace may have done what was asked for. A 503 with `Retry-After` is its own refusal (`retry`).
    pub fn may_be_done(&self) -> bool {
        match self.kind {
            Kind::Overloaded => self.retry_after.is_none(),
            Kind::WorkspaceFailed | Kind::Unexpected => true,
            Kind::Unreachable => !self.not_sent,
            _ => false,
        }
    }

    pub fn unreachable(error: &reqwest::Error) -> Self {
        if causes(error).any(|cause| cause.is::<NoPublicAddress>()) {
            return Self::new(Kind::Unexpected, "a link leads to an address that is not public");
        }
        if error.is_connect() {
            return Self { not_sent: true, ..Self::new(Kind::Unreachable, "no connection") };
        }
        if error.is_timeout() {
            return Self::too_late();
        }
        Self::new(Kind::Unreachable, "the connection broke")
    }

    pub fn too_late() -> Self {
        Self::new(Kind::Unreachable, "no answer in time")
    }

    pub fn from_answer(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let told = told::read(body);
        let names_a_scheme = headers.contains_key(header::WWW_AUTHENTICATE);
        let kind = kind(status, text(header::LOCATION), names_a_scheme, &told);
        let message = match told.message {
            none if none.is_empty() => format!("status {status}"),
            message => message.chars().take(4_000).collect(),
        };
        let retry_after = text(header::RETRY_AFTER).and_then(|text| text.trim().parse().ok());
        Self {
            workspace_request_id: request_id(headers),
            retry_after: retry_after.map(|seconds| Duration::from_secs(seconds).min(MOST_RETRY_AFTER)),
            ..Self::new(kind, message)
        }
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(std::error::Error::source(error), |cause| cause.source())
}

/// The workspace's id of a request.
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned)
}

fn kind(status: u16, location: Option<&str>, names_a_scheme: bool, told: &Told) -> Kind {
    let message = told.message.as_str();
    match status {
        // With the numeric code of a refused token: a new token would be refused no less.
        403 if message.contains("IP ACL") || message.contains("IP access list") => Kind::NetworkBlocked,
        300..=399 if location.is_some_and(|to| to.contains("private-link")) => Kind::NetworkBlocked,
        // A gateway's own page says nothing about the token.
        401 if told.by_api || names_a_scheme => Kind::TokenRefused,
        403 if message.contains("required scopes") => Kind::MissingScope,
        403 if told.numeric_code || is_token_trouble(message) => Kind::TokenRefused,
        429 => Kind::RateLimited,
        400..=499 if let Some(kind) = told.by_api.then(|| warehouse_trouble(message)).flatten() => kind,
        403 if told.by_api => Kind::PermissionDenied,
        404 => Kind::NotFound,
        400..=499 if told.by_api => Kind::BadRequest,
        503 => Kind::Overloaded,
        500..=599 => Kind::WorkspaceFailed,
        _ => Kind::Unexpected,
    }
}

fn is_token_trouble(message: &str) -> bool {
    ["Invalid access token", "Invalid Token", "Token is expiring within"].iter().any(|start| message.starts_with(start))
}

/// What a sentence says about a SQL warehouse; older ones call it an endpoint. Errors of SQL itself, which may name
/// anything, say nothing about it.
pub fn warehouse_trouble(message: &str) -> Option<Kind> {
    let text = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if !says(&["warehouse", "sql endpoint"]) || text.trim_start().starts_with('[') || says(&["sqlstate"]) {
        None
    } else if says(&["permission", "can_use", "can use", "not authorized"]) {
        Some(Kind::WarehouseNotGranted)
    } else if says(&["not exist", "no longer exist", "not found", "deleted", "could not find"]) {
        Some(Kind::WarehouseGone)
    } else if says(&[
        "stopped",
        "stopping",
        "deleting",
        "not running",
        "to start",
        "not start",
        "unavailable",
        "launch",
    ]) {
        Some(Kind::WarehouseDown)
    } else {
        None
    }
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
            (
                403,
                r#"{"error_code":403,"message":"Source IP address: 192.0.2.1 is blocked by Databricks IP ACL for workspace: 7 [ReqId: 1]"}"#,
                Kind::NetworkBlocked,
            ),
            (403, r#"{"error_code":"PERMISSION_DENIED","message":"no"}"#, Kind::PermissionDenied),
            (403, "PERMISSION_DENIED: User does not have USE CATALOG on Catalog 'a'.", Kind::PermissionDenied),
            (403, r#"{"error":"PERMISSION_DENIED: no"}"#, Kind::PermissionDenied),
            (403, r#"{"detail":"no","status":"403"}"#, Kind::PermissionDenied),
            (403, "<html>blocked</html>", Kind::Unexpected),
            (401, r#"{"error_code":401,"message":"Credential was not sent."}"#, Kind::TokenRefused),
            (401, "<html>who are you?</html>", Kind::Unexpected),
            (401, "", Kind::Unexpected),
            (
                403,
                r#"{"error_code":"PERMISSION_DENIED","message":"You do not have permission to use the SQL warehouse 1. It takes CAN_USE."}"#,
                Kind::WarehouseNotGranted,
            ),
            (404, r#"{"error_code":"NOT_FOUND","message":"gone"}"#, Kind::NotFound),
            (
                404,
                r#"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"SQL warehouse 1 does not exist."}"#,
                Kind::WarehouseGone,
            ),
            (
                400,
                r#"{"error_code":"INVALID_STATE","message":"The SQL warehouse 1 is stopped and cannot be started."}"#,
                Kind::WarehouseDown,
            ),
            (429, "", Kind::RateLimited),
            (400, r#"{"error_code":"BAD_REQUEST","message":"x"}"#, Kind::BadRequest),
            (400, "INVALID_PARAMETER_VALUE: x", Kind::BadRequest),
            (503, "<html>", Kind::Overloaded),
            (500, "<html>", Kind::WorkspaceFailed),
            (302, "", Kind::Unexpected),
        ] {
            assert_eq!(ApiError::from_answer(status, &HeaderMap::new(), body.as_bytes()).kind, kind, "{status} {body}");
        }
    }

    #[test]
    fn a_refused_token_is_told_by_the_header_as_well() {
        let headers = HeaderMap::from_iter([(header::WWW_AUTHENTICATE, "Bearer".parse().unwrap())]);
        assert_eq!(ApiError::from_answer(401, &headers, b"").kind, Kind::TokenRefused);
    }

    #[test]
    fn nobody_waits_for_ever() {
        for (text, seconds) in [("7", Some(7)), ("10000000000000000000", Some(3_600)), ("-1", None), ("soon", None)] {
            let headers = HeaderMap::from_iter([(header::RETRY_AFTER, text.parse().unwrap())]);
            let found = ApiError::from_answer(429, &headers, b"").retry_after;
            assert_eq!(found, seconds.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn a_network_that_private_link_keeps_out_is_led_to_a_page() {
        let to = "https://dbc-1.cloud.databricks.com/login.html?error=private-link-validation-error:7";
        let headers = HeaderMap::from_iter([(header::LOCATION, to.parse().unwrap())]);
        assert_eq!(ApiError::from_answer(302, &headers, b"").kind, Kind::NetworkBlocked);
    }

    #[test]
    fn a_table_called_warehouse_is_no_warehouse() {
        let message = "[TABLE_OR_VIEW_NOT_FOUND] The table or view `warehouse` does not exist. SQLSTATE: 42P01";
        assert_eq!(warehouse_trouble(message), None);
        assert_eq!(warehouse_trouble("The SQL warehouse was deleted."), Some(Kind::WarehouseGone));
    }
}
