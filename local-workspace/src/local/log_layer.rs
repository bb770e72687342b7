//! The layer that writes the request log. The controls under `/local/` are left out, or tests would read themselves.

use super::controls::is_control;
use super::note::Note;
use crate::workspace::Workspace;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

pub async fn log_requests(State(workspace): State<Arc<Workspace>>, mut request: Request, next: Next) -> Response {
    let note = Note::default();
    request.extensions_mut().insert(note.clone());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let logged = !is_control(&path);
    if logged {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        workspace.requests.arrived(method.as_str(), &path, peer, note.clone());
    }
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    note.change(|noted| {
        noted.status = Some(status);
        noted.duration_ms = Some(duration_ms);
    });
    if logged {
        let user = note.read().user;
        tracing::info!(%method, path, status, duration_ms, user, "request");
    }
    response
}
