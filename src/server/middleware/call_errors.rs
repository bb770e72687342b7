//! Gives a server function's error the HTTP status of its code, and the request's id.
//!
//! `server_fn` 0.8 answers every error with 500, those of its own decoding of arguments too.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Json, Response},
};
use server_fn::error::SERVER_FN_ERROR_HEADER;

use super::request_id::RequestId;
use crate::model::{AppError, ErrorCode};

/// No error of ours is longer.
const MOST_BYTES: usize = 64 * 1024;

pub async fn translate(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    let response = next.run(request).await;
    let is_error = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !is_error {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let error = to_bytes(body, MOST_BYTES).await.ok().and_then(|body| serde_json::from_slice::<AppError>(&body).ok());
    let mut error = error.unwrap_or_else(|| AppError::new(ErrorCode::Internal, "Something went wrong on the server."));
    error.request_id = error.request_id.or(id);
    parts.status = StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // The server function's own headers stay: cookies may be among them.
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let (_, body) = Json(error).into_response().into_parts();
    Response::from_parts(parts, Body::new(body))
}
