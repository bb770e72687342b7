//! The routes under `/api/2.0/sql/statements`.

use super::answer::{Answer, Part, Signer};
use super::request::StatementRequest;
use super::statement::{Phase, Statement};
use super::wait::Wait;
use super::{download, history, sessions};
use crate::identity::Caller;
use crate::unity::PersonalAccess;
use crate::wire::{ApiError, ApiJson};
use crate::workspace::Workspace;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;

type Shared = State<Arc<Workspace>>;

/// Room for a statement of 16 MiB written as JSON.
const BODY_BYTES: usize = 33 * 1024 * 1024;

pub fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/sql/statements", post(execute))
        // Drivers send the slash.
        .route("/api/2.0/sql/statements/", post(execute))
        .route("/api/2.0/sql/statements/{id}", get(show).delete(close))
        .route("/api/2.0/sql/statements/{id}/cancel", post(cancel))
        .route("/api/2.0/sql/statements/{id}/result/chunks/{index}", get(chunk))
        .route("/api/2.0/sql/sessions", post(sessions::open))
        .route("/api/2.0/sql/sessions/", post(sessions::open))
        .route("/api/2.0/sql/sessions/{id}", delete(sessions::close))
        .route("/api/2.0/sql/history/queries", get(history::list))
        .route("/external-results/{id}/{index}", get(download::download))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}

async fn execute(
    caller: Caller,
    State(workspace): Shared,
    ApiJson(mut request): ApiJson<StatementRequest>,
) -> Result<Json<Answer>, ApiError> {
    caller.require("sql")?;
    let warehouse_id = request
        .warehouse_id
        .as_deref()
        .ok_or_else(|| ApiError::InvalidParameter("warehouse_id is missing.".to_owned()))?;
    let warehouse = workspace.warehouses.usable(warehouse_id, caller.user)?.clone();
    let access = PersonalAccess { user: caller.user, grants: workspace.grants.clone() };
    if let Some(id) = &request.session_id {
        let session = workspace.sessions.get(id, caller.user)?;
        request.catalog = request.catalog.or(session.catalog);
        request.schema = request.schema.or(session.schema);
    }
    let (query, delivery, wait) = request.check(access)?;
    let statement = Statement::start(caller.user, query, delivery, warehouse, workspace.engine.clone());
    workspace.statements.add(&statement);
    match wait {
        Wait::No => return Ok(Json(Answer::pending(&statement))),
        Wait::Continue(limit) => {
            statement.settled(limit).await;
        }
        Wait::ThenCancel(limit) => {
            if !statement.settled(limit).await {
                statement.cancel();
            }
        }
    }
    answer(workspace, statement).await
}

/// Results may have to be read from the disk, which an async thread must not wait for.
async fn answer(workspace: Arc<Workspace>, statement: Arc<Statement>) -> Result<Json<Answer>, ApiError> {
    blocking(move || Answer::new(&statement, signer(&workspace))).await
}

async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<Json<T>, ApiError> {
    match tokio::task::spawn_blocking(read).await {
        Ok(read) => read.map(Json),
        Err(_) => Err(ApiError::Internal("reading a result broke off")),
    }
}

fn signer(workspace: &Workspace) -> Signer<'_> {
    Signer { links: &workspace.links, now: workspace.clock.now() }
}

async fn show(caller: Caller, State(workspace): Shared, Path(id): Path<String>) -> Result<Json<Answer>, ApiError> {
    caller.require("sql")?;
    let statement = workspace.statements.get(&id, caller.user)?;
    answer(workspace, statement).await
}

async fn chunk(
    caller: Caller,
    State(workspace): Shared,
    Path((id, index)): Path<(String, usize)>,
) -> Result<Json<Part>, ApiError> {
    caller.require("sql")?;
    let statement = workspace.statements.get(&id, caller.user)?;
    match statement.phase() {
        Phase::Succeeded(rows) => blocking(move || Part::read(&statement, &rows, index, signer(&workspace))).await,
        _ => Err(ApiError::InvalidState(format!("The statement {id} has no result."))),
    }
}

async fn cancel(caller: Caller, State(workspace): Shared, Path(id): Path<String>) -> Result<(), ApiError> {
    caller.require("sql")?;
    workspace.statements.get(&id, caller.user)?.cancel();
    Ok(())
}

async fn close(caller: Caller, State(workspace): Shared, Path(id): Path<String>) -> Result<Json<Value>, ApiError> {
    caller.require("sql")?;
    workspace.statements.get(&id, caller.user)?.cancel();
    workspace.statements.remove(&id);
    Ok(Json(json!({})))
}
