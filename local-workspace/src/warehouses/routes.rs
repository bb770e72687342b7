//! `GET /api/2.0/sql/warehouses`, `GET …/{id}`, `POST …/{id}/start` and `/stop`.

use super::{Health, Warehouse, WarehouseState};
use crate::identity::Caller;
use crate::wire::ApiError;
use crate::workspace::Workspace;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;

type Shared = State<Arc<Workspace>>;

pub fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/sql/warehouses", get(list))
        .route("/api/2.0/sql/warehouses/{id}", get(show))
        .route("/api/2.0/sql/warehouses/{id}/start", post(start))
        .route("/api/2.0/sql/warehouses/{id}/stop", post(stop))
}

async fn list(caller: Caller, State(workspace): Shared) -> Result<Json<Value>, ApiError> {
    caller.require("sql")?;
    let warehouses: Vec<Value> = workspace
        .warehouses
        .iter()
        .filter(|warehouse| warehouse.may_use(caller.user))
        .map(|warehouse| document(warehouse, &workspace.base))
        .collect();
    Ok(Json(json!({"warehouses": warehouses})))
}

async fn show(caller: Caller, State(workspace): Shared, Path(id): Path<String>) -> Result<Json<Value>, ApiError> {
    caller.require("sql")?;
    Ok(Json(document(workspace.warehouses.usable(&id, caller.user)?, &workspace.base)))
}

async fn start(caller: Caller, State(workspace): Shared, Path(id): Path<String>) -> Result<Json<Value>, ApiError> {
    caller.require("sql")?;
    workspace.warehouses.usable(&id, caller.user)?.start();
    Ok(Json(json!({})))
}

async fn stop(caller: Caller, State(workspace): Shared, Path(id): Path<String>) -> Result<Json<Value>, ApiError> {
    caller.require("sql")?;
    workspace.warehouses.usable(&id, caller.user)?.stop();
    Ok(Json(json!({})))
}

fn document(warehouse: &Warehouse, base: &str) -> Value {
    let state = warehouse.state();
    let clusters = u8::from(state == WarehouseState::Running);
    let (hostname, port) = base.trim_start_matches("http://").rsplit_once(':').unwrap_or((base, "80"));
    json!({
        "id": warehouse.id,
        "name": warehouse.name,
        "cluster_size": warehouse.cluster_size,
        "min_num_clusters": 1,
        "max_num_clusters": 1,
        "auto_stop_mins": warehouse.settings().auto_stop.map_or(0, |idle| idle.as_secs().div_ceil(60)),
        "creator_name": "ada@example.com",
        "state": state,
        "num_clusters": clusters,
        "num_active_sessions": warehouse.busy(),
        "enable_photon": true,
        "enable_serverless_compute": true,
        "warehouse_type": "PRO",
        "channel": {"name": "CHANNEL_NAME_CURRENT"},
        "spot_instance_policy": "COST_OPTIMIZED",
        "tags": {},
        "jdbc_url": format!("jdbc:databricks://{hostname}:{port}/default;httpPath=/sql/1.0/warehouses/{}", warehouse.id),
        "odbc_params": {
            "hostname": hostname,
            "path": format!("/sql/1.0/warehouses/{}", warehouse.id),
            "protocol": "http",
            "port": port.parse::<u16>().unwrap_or(80),
        },
        "health": health(warehouse.health()),
    })
}

fn health(health: Health) -> Value {
    match health {
        Health::Healthy => json!({"status": health}),
        Health::Degraded => json!({"status": health, "summary": "Some clusters are not available."}),
        Health::Failed => json!({"status": health, "summary": "No cluster could be started."}),
    }
}
