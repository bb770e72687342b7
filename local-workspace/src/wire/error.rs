//! API errors in the shapes that the real service sends. `error_code` is a number for a refused credential and a
//! string for everything else; clients have to cope with both, so both occur here.

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const REASON: HeaderName = HeaderName::from_static("x-databricks-reason-phrase");
const INVALID_TOKEN: &str = "Invalid access token.";

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("no credential was sent")]
    NoCredential,
    /// Expired, revoked and garbage tokens alike; the real service answers 403, not 401.
    #[error("the access token was refused")]
    InvalidToken,
    #[error("the access token lacks the scope {0}")]
    MissingScope(&'static str),
    #[error("{0}")]
    InvalidParameter(String),
    #[error("{0}")]
    BadRequest(String),
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    PermissionDenied(String),
    #[error("{0}")]
    DoesNotExist(String),
    #[error("{0}")]
    InvalidState(String),
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl ApiError {
    fn parts(&self) -> (StatusCode, Value) {
        let coded = |status: StatusCode, code: &str| (status, json!({"error_code": code, "message": self.to_string()}));
        match self {
            Self::NoCredential => (
                StatusCode::UNAUTHORIZED,
                json!({
                    "error_code": 401,
                    "message": "Credential was not sent or was of an unsupported type for this API.",
                }),
            ),
            Self::InvalidToken => (StatusCode::FORBIDDEN, json!({"error_code": 403, "message": INVALID_TOKEN})),
            Self::MissingScope(scope) => (
                StatusCode::FORBIDDEN,
                json!({"message": format!("Provided OAuth token does not have required scopes: {scope}")}),
            ),
            Self::InvalidParameter(_) => coded(StatusCode::BAD_REQUEST, "INVALID_PARAMETER_VALUE"),
            Self::BadRequest(_) => coded(StatusCode::BAD_REQUEST, "BAD_REQUEST"),
            Self::InvalidState(_) => coded(StatusCode::BAD_REQUEST, "INVALID_STATE"),
            Self::NotFound(_) => coded(StatusCode::NOT_FOUND, "NOT_FOUND"),
            Self::PermissionDenied(_) => coded(StatusCode::FORBIDDEN, "PERMISSION_DENIED"),
            Self::DoesNotExist(_) => coded(StatusCode::NOT_FOUND, "RESOURCE_DOES_NOT_EXIST"),
            Self::Internal(_) => coded(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR"),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if matches!(self, Self::Internal(_)) {
            tracing::error!(error = %self, "request failed");
        }
        let (status, body) = self.parts();
        let mut response = (status, Json(body)).into_response();
        match self {
            Self::NoCredential => {
                let realm = HeaderValue::from_static("Bearer realm=\"DatabricksRealm\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
            }
            Self::InvalidToken => {
                response.headers_mut().insert(REASON, HeaderValue::from_static(INVALID_TOKEN));
            }
            _ => {}
        }
        response
    }
}

/// A JSON body whose refusal has the shape of an [`ApiError`] instead of axum's plain text.
///
/// Any content type is accepted, as the real service does.
pub struct ApiJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|_| ApiError::BadRequest("The request body is too large or could not be read.".to_owned()))?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| ApiError::BadRequest(format!("Could not parse request object: {error}")))
    }
}
