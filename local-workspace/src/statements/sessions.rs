//! `POST /api/2.0/sql/sessions` and `DELETE …/{id}`: what drivers open before their first statement. A session keeps
//! the catalog and schema that complete short names.

use crate::identity::{Caller, User};
use crate::random;
use crate::wire::{ApiError, ApiJson};
use crate::workspace::Workspace;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub struct Sessions(Mutex<HashMap<String, Session>>);

#[derive(Clone)]
pub(super) struct Session {
    owner: &'static User,
    pub(super) catalog: Option<String>,
    pub(super) schema: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct SessionRequest {
    warehouse_id: String,
    catalog: Option<String>,
    schema: Option<String>,
}

impl Sessions {
    pub(super) fn get(&self, id: &str, user: &User) -> Result<Session, ApiError> {
        self.all().get(id).filter(|session| session.owner == user).cloned().ok_or_else(|| unknown(id))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn open(
    caller: Caller,
    State(workspace): State<Arc<Workspace>>,
    ApiJson(request): ApiJson<SessionRequest>,
) -> Result<Json<Value>, ApiError> {
    caller.require("sql")?;
    workspace.warehouses.usable(&request.warehouse_id, caller.user)?;
    let id = random::hex(16).map_err(|_| ApiError::Internal("no session id could be made"))?;
    let session = Session { owner: caller.user, catalog: request.catalog, schema: request.schema };
    workspace.sessions.all().insert(id.clone(), session);
    Ok(Json(json!({"session_id": id})))
}

pub(super) async fn close(
    caller: Caller,
    State(workspace): State<Arc<Workspace>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    caller.require("sql")?;
    workspace.sessions.get(&id, caller.user)?;
    workspace.sessions.all().remove(&id);
    Ok(Json(json!({})))
}

fn unknown(id: &str) -> ApiError {
    ApiError::NotFound(format!("The session {id} was not found."))
}
