//! The controls: `/local/requests`, `/local/faults`, `/local/expire-all-tokens`, `/local/warehouses/{id}/state`.

use super::fault_rule::FaultRule;
use super::origin::own_pages_only;
use super::{page, page_form};
use crate::warehouses::{Health, WarehouseState};
use crate::wire::{ApiError, ApiJson};
use crate::workspace::Workspace;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

type Shared = State<Arc<Workspace>>;

/// What belongs to the controls and so is neither logged nor met by faults.
pub(super) fn is_control(path: &str) -> bool {
    path == "/local" || path.starts_with("/local/")
}

pub fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/local", get(page::show))
        .route("/local/page", post(page_form::press))
        .route("/local/page.css", get(page::stylesheet))
        .route("/local/requests", get(list_requests).delete(clear_requests))
        .route("/local/faults", get(list_faults).post(add_fault).delete(clear_faults))
        .route("/local/expire-all-tokens", post(expire_all_tokens))
        .route("/local/stop-warehouse", post(stop_warehouses))
        .route("/local/clock", post(set_clock))
        .route("/local/warehouses/{id}/state", post(set_warehouse_state))
        .layer(from_fn(own_pages_only))
}

async fn list_requests(State(workspace): Shared) -> Json<Value> {
    Json(json!({"requests": workspace.requests.list()}))
}

async fn clear_requests(State(workspace): Shared) -> StatusCode {
    workspace.requests.clear();
    StatusCode::NO_CONTENT
}

async fn list_faults(State(workspace): Shared) -> Json<Value> {
    Json(json!({"faults": workspace.faults.list()}))
}

async fn add_fault(
    State(workspace): Shared,
    ApiJson(rule): ApiJson<FaultRule>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    rule.check().map_err(ApiError::InvalidParameter)?;
    let id = workspace.faults.add(rule);
    Ok((StatusCode::CREATED, Json(json!({"id": id}))))
}

async fn clear_faults(State(workspace): Shared) -> StatusCode {
    workspace.faults.clear();
    StatusCode::NO_CONTENT
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Expiry {
    refresh: bool,
}

async fn expire_all_tokens(State(workspace): Shared, body: Bytes) -> Result<StatusCode, ApiError> {
    let expiry = if body.is_empty() {
        Expiry::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| ApiError::InvalidParameter(error.to_string()))?
    };
    workspace.authority.expire_all(expiry.refresh);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewState {
    state: Option<WarehouseState>,
    health: Option<Health>,
}

/// The same as STOPPED by hand, for all of them.
async fn stop_warehouses(State(workspace): Shared) -> StatusCode {
    for warehouse in workspace.warehouses.iter() {
        warehouse.stop();
    }
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Skew {
    /// Positive: the workspace's clock is ahead.
    skew_seconds: i32,
}

/// Links, and what tokens say of their time, go by this clock.
async fn set_clock(State(workspace): Shared, ApiJson(wanted): ApiJson<Skew>) -> StatusCode {
    workspace.clock.set_skew(wanted.skew_seconds.into());
    StatusCode::NO_CONTENT
}

async fn set_warehouse_state(
    State(workspace): Shared,
    Path(id): Path<String>,
    ApiJson(wanted): ApiJson<NewState>,
) -> Result<StatusCode, ApiError> {
    let warehouse = workspace.warehouses.get(&id)?;
    if let Some(state) = wanted.state {
        warehouse.set(state);
    }
    if let Some(health) = wanted.health {
        warehouse.set_health(health);
    }
    Ok(StatusCode::NO_CONTENT)
}
