//! The two headers that every answer of a workspace carries; SDKs read the workspace id from them.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

/// The workspace (organisation) id: the audience of access tokens and the value of `x-databricks-org-id`.
pub const ORG_ID: &str = "1700000000008484";

const X_ORG_ID: HeaderName = HeaderName::from_static("x-databricks-org-id");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub async fn workspace_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_ORG_ID, HeaderValue::from_static(ORG_ID));
    if let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().to_string()) {
        headers.insert(X_REQUEST_ID, id);
    }
    response
}
