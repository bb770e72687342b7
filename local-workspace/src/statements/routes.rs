//! The routes under `/api/2.0/sql/statements`.

use super::answer::{Answer, Chunk};
use super::request::StatementRequest;
use super::statement::{Phase, Statement};
use super::wait::Wait;
use crate::identity::Caller;
use crate::unity::PersonalAccess;
use crate::wire::{ApiError, ApiJson};
use crate::workspace::Workspace;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::routing::{get, post};
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
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}

async fn execute(
    caller: Caller,
    State(workspace): Shared,
    ApiJson(request): ApiJson<StatementRequest>,
) -> Result<Json<Answer>, ApiError> {
    caller.require("sql")?;
    let warehouse_id = request
        .warehouse_id
        .as_deref()
        .ok_or_else(|| ApiError::InvalidParameter("warehouse_id is missing.".to_owned()))?;
    let warehouse = workspace.warehouses.get(warehouse_id)?.clone();
    let access = PersonalAccess { user: caller.user, grants: workspace.grants.clone() };
    let (query, wait) = request.check(access)?;
    let statement = Statement::start(caller.user, query, warehouse, workspace.engine.clone());
    workspace.statements.add(&statement);
    match wait {
        Wait::No => return Answer::pending(&statement).map(Json),
        Wait::Continue(limit) => {
            statement.settled(limit).await;
        }
        Wait::ThenCancel(limit) => {
            if !statement.settled(limit).await {
                statement.cancel();
            }
        }
    }
    Answer::new(&statement).map(Json)
}

async fn show(caller: Caller, State(workspace): Shared, Path(id): Path<String>) -> Result<Json<Answer>, ApiError> {
    caller.require("sql")?;
    Answer::new(workspace.statements.get(&id, caller.user)?.as_ref()).map(Json)
}

async fn chunk(
    caller: Caller,
    State(workspace): Shared,
    Path((id, index)): Path<(String, usize)>,
) -> Result<Json<Chunk>, ApiError> {
    caller.require("sql")?;
    match workspace.statements.get(&id, caller.user)?.phase() {
        Phase::Succeeded(rows) => Chunk::read(&id, &rows, index).map(Json),
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
