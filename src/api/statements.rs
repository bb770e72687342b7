//! Statements that people write. Their rows come from `/api/statements/{id}/chunks/{index}` and `/download/{id}`.

use leptos::prelude::*;
use server_fn::codec::Json;

use super::client::Calls;
use crate::model::{
    AppError,
    statement::{ResultPage, ResultShape, StatementRequest, StatementView},
};

/// Submits a statement. It runs on, whoever waits for it.
#[server(prefix = "/api", endpoint = "statements/run", input = Json, client = Calls)]
pub async fn run_statement(request: StatementRequest) -> Result<StatementView, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(crate::server::services::sql::run(&state, &user, &request).await)
}

/// How far a statement is.
#[server(prefix = "/api", endpoint = "statements/state", input = Json, client = Calls)]
pub async fn statement_state(statement_id: String, warehouse_id: Option<String>) -> Result<StatementView, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    let found = crate::server::services::sql::state(&state, &user, &statement_id, warehouse_id.as_deref()).await;
    if crate::server::writes_a_page() {
        crate::server::services::sql::opens(&state, &user, &found);
    }
    crate::server::reply(found)
}

/// Stops a statement; answers what the warehouse says after that.
#[server(prefix = "/api", endpoint = "statements/cancel", input = Json, client = Calls)]
pub async fn cancel_statement(statement_id: String, warehouse_id: Option<String>) -> Result<StatementView, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(
        crate::server::services::sql::cancel(&state, &user, &statement_id, warehouse_id.as_deref()).await,
    )
}

/// A hundred rows of a result; pages count from 1.
#[server(name = ResultPageCall, prefix = "/api", endpoint = "statements/page", input = Json, client = Calls)]
pub async fn result_page(statement_id: String, shape: ResultShape, page: u64) -> Result<ResultPage, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(crate::server::services::sql::page(&state, &user, &statement_id, &shape, page).await)
}

/// The page that follows a statement has gone. Unless it comes back within seconds, the statement is cancelled.
#[server(name = LeaveStatement, prefix = "/api", endpoint = "statements/leave", input = Json, client = Calls)]
pub async fn leave_statement(statement_id: String) -> Result<(), AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    let id = crate::server::reply(crate::server::services::statements::parse(&statement_id))?;
    state.running.leave(&id, &user);
    Ok(())
}
