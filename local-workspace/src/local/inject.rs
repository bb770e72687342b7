//! The layer that lets faults strike. The controls themselves are out of their reach.

use super::controls::is_control;
use super::fault_rule::FaultRule;
use super::note::Note;
use crate::workspace::Workspace;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use serde_json::Value;
use std::io::{Error, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

pub async fn inject_faults(State(workspace): State<Arc<Workspace>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if is_control(path) {
        return next.run(request).await;
    }
    let Some((id, rule)) = workspace.faults.strike(request.method().as_str(), path) else {
        return next.run(request).await;
    };
    if let Some(note) = request.extensions().get::<Note>() {
        note.change(|noted| noted.fault = Some(id));
    }

    // `after`: the work is done, a refresh token is used up, and only the answer is in trouble.
    let (unanswered, worked) =
        if rule.after { (None, Some(next.run(request).await)) } else { (Some((request, next)), None) };
    tokio::time::sleep(Duration::from_millis(rule.delay_ms)).await;
    if rule.hang {
        std::future::pending::<()>().await;
    }
    let response = match (rule.status, worked, unanswered) {
        (Some(status), _, _) => made_up(&rule, status),
        (None, Some(worked), _) => worked,
        (None, None, Some((request, next))) => next.run(request).await,
        (None, None, None) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    if rule.cut { cut(response).await } else { response }
}

fn made_up(rule: &FaultRule, status: u16) -> Response {
    let (body, usual_type) = match &rule.body {
        None => (Body::empty(), None),
        Some(Value::String(text)) => (Body::from(text.clone()), Some("text/plain; charset=utf-8")),
        Some(json) => (Body::from(json.to_string()), Some("application/json")),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = rule.content_type.as_deref().or(usual_type).map(|value| (header::CONTENT_TYPE.as_str(), value));
    let further = rule.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in content_type.into_iter().chain(further) {
        // Both were checked when the fault was set.
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Sends the first half of the body and then breaks the connection.
async fn cut(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    let half: Bytes = whole.slice(..whole.len() / 2);
    let broken = Error::new(ErrorKind::ConnectionAborted, "cut by a fault");
    // While the body pauses, what there is goes out; an error straight after it would take it back.
    let end = stream::once(async {
        tokio::task::yield_now().await;
        Err(broken)
    });
    Response::from_parts(parts, Body::from_stream(stream::iter([Ok(half)]).chain(end)))
}
