//! `GET /api/2.0/sql/history/queries`: one's own statements of the last hour, the newest first; admins see everyone's.

use super::statement::{Phase, Statement};
use crate::identity::{Caller, User};
use crate::wire::ApiError;
use crate::workspace::Workspace;
use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const PAGE: usize = 100;
const LARGEST_PAGE: usize = 1_000;

#[derive(Deserialize)]
pub(super) struct Page {
    max_results: Option<usize>,
    /// How many were listed before.
    page_token: Option<String>,
}

pub(super) async fn list(
    caller: Caller,
    State(workspace): State<Arc<Workspace>>,
    Query(page): Query<Page>,
) -> Result<Json<Value>, ApiError> {
    caller.require("sql")?;
    let begin = match page.page_token.as_deref().filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => {
            token.parse().map_err(|_| ApiError::InvalidParameter(format!("page_token '{token}' is malformed.")))?
        }
    };
    let count = match page.max_results.unwrap_or(0) {
        0 => PAGE,
        wanted => wanted.min(LARGEST_PAGE),
    };
    let seen = |owner: &User| owner == caller.user || is_admin(caller.user);
    let all = workspace.statements.newest_first(seen);
    let queries: Vec<Value> = all.iter().skip(begin).take(count).map(|statement| document(statement)).collect();
    let has_next_page = begin + queries.len() < all.len();
    let mut answer = json!({"res": queries, "has_next_page": has_next_page});
    if let (true, Value::Object(fields)) = (has_next_page, &mut answer) {
        fields.insert("next_page_token".to_owned(), (begin + count).to_string().into());
    }
    Ok(Json(answer))
}

fn is_admin(user: &User) -> bool {
    user.groups.iter().any(|(_, name)| *name == "admins")
}

fn document(statement: &Statement) -> Value {
    let phase = statement.phase();
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("query_id", statement.id.clone().into());
    set("query_text", statement.sql.clone().into());
    set("query_start_time_ms", statement.submitted_ms.into());
    set("warehouse_id", statement.warehouse.id.into());
    set("endpoint_id", statement.warehouse.id.into());
    for (id, name) in [("user_id", "user_name"), ("executed_as_user_id", "executed_as_user_name")] {
        set(id, statement.owner.scim_id.into());
        set(name, statement.owner.email.into());
    }
    set("is_final", phase.is_final().into());
    let status = match &phase {
        Phase::Pending => "QUEUED",
        Phase::Running => "RUNNING",
        Phase::Succeeded(_) => "FINISHED",
        Phase::Failed(_) => "FAILED",
        Phase::Canceled => "CANCELED",
    };
    set("status", status.into());
    match &phase {
        Phase::Succeeded(rows) => set("rows_produced", rows.count().into()),
        Phase::Failed(error) => set("error_message", error.message.clone().into()),
        _ => None,
    };
    if let Some(ended) = statement.finished_ms() {
        set("query_end_time_ms", ended.into());
        set("execution_end_time_ms", ended.into());
        set("duration", (ended - statement.submitted_ms).into());
    }
    Value::Object(fields)
}
