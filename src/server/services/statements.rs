//! Runs typed queries as the user, and never lets a warehouse hold a page.

use std::time::{Duration, Instant};

use super::as_user;
use crate::{
    model::{
        AppError, ErrorCode, Phase, Progress,
        query::{Cells, Parameter, TypedQuery},
    },
    server::{
        AppState, SignedIn,
        databricks::{Delivery, State, Statement, StatementId, Submission},
    },
};

/// How long a page waits for rows before it shows how far the statement is instead.
const PATIENCE: Duration = Duration::from_millis(300);
const FIRST_PAUSE: Duration = Duration::from_millis(15);
const LONGEST_PAUSE: Duration = Duration::from_millis(120);
/// A page shows no more; a typed query that answers more wants a LIMIT or paging.
const MOST_ROWS: usize = 10_000;

/// Submits a query, or asks after the statement `known` that was submitted for it before.
///
/// # Errors
/// The session is over, the workspace refused, or the statement failed.
pub async fn run<Q: TypedQuery>(
    state: &AppState,
    user: &SignedIn,
    query: &Q,
    known: Option<&str>,
) -> Result<Progress<Q::Row>, AppError> {
    let begun = Instant::now();
    let mut statement = match known {
        Some(id) => ask(state, user, &parse(id)?).await?,
        None => {
            let parameters = query.parameters();
            let submit = |token| {
                let parameters = &parameters;
                async move { state.databricks.submit(&token, typed::<Q>(parameters)).await }
            };
            as_user::call(state, user, submit).await?
        }
    };
    let id = parse(&statement.statement_id)?;
    let mut pause = FIRST_PAUSE;
    while matches!(statement.status.state, State::Pending | State::Running) {
        if begun.elapsed() + pause > PATIENCE {
            let phase = phase(state, user, statement.status.state, None).await?;
            return Ok(Progress::Working { statement_id: statement.statement_id, phase });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        statement = ask(state, user, &id).await?;
    }
    finish::<Q>(state, user, &id, statement).await
}

fn typed<Q: TypedQuery>(parameters: &[Parameter]) -> Submission<'_> {
    Submission { sql: Q::SQL, parameters, warehouse_id: None, row_limit: None, delivery: Delivery::Inline }
}

pub(super) async fn ask(state: &AppState, user: &SignedIn, id: &StatementId) -> Result<Statement, AppError> {
    as_user::call(state, user, |token| async move { state.databricks.statement(&token, id).await }).await
}

/// PENDING says nothing about why; the warehouse's own state does.
pub(super) async fn phase(
    state: &AppState,
    user: &SignedIn,
    statement: State,
    warehouse_id: Option<&str>,
) -> Result<Phase, AppError> {
    if statement == State::Running {
        return Ok(Phase::Running);
    }
    let warehouse =
        as_user::call(state, user, |token| async move { state.databricks.warehouse(&token, warehouse_id).await })
            .await?;
    Ok(if warehouse.state == "RUNNING" { Phase::Queued } else { Phase::WarehouseStarting })
}

async fn finish<Q: TypedQuery>(
    state: &AppState,
    user: &SignedIn,
    id: &StatementId,
    statement: Statement,
) -> Result<Progress<Q::Row>, AppError> {
    if statement.status.state != State::Succeeded {
        return Err(failed(&statement));
    }
    let (columns, total_rows) =
        statement.manifest.map(|manifest| (manifest.schema.columns, manifest.total_row_count)).unwrap_or_default();
    // Without rows the columns may be absent.
    if total_rows > 0 {
        let found: Vec<_> =
            columns.iter().map(|c| (c.name.as_str(), c.type_text.split('(').next().unwrap_or_default())).collect();
        if found != Q::COLUMNS {
            tracing::error!(query = Q::NAME, ?found, expected = ?Q::COLUMNS, "the result has other columns than the query's file says");
            return Err(AppError::new(
                ErrorCode::Internal,
                format!("The result of `{}` has other columns than its file says.", Q::NAME),
            ));
        }
    }
    let mut rows = Vec::new();
    let mut chunk = statement.result.unwrap_or_default();
    loop {
        for row in &chunk.data_array {
            let row = Q::row(&mut Cells::new(row)).map_err(|error| {
                tracing::error!(query = Q::NAME, %error, "a row does not fit the query's file");
                AppError::new(ErrorCode::Internal, format!("A row of `{}` does not fit its file: {error}.", Q::NAME))
            })?;
            rows.push(row);
        }
        match chunk.next_chunk_index {
            Some(index) if rows.len() < MOST_ROWS => {
                chunk =
                    as_user::call(state, user, |token| async move { state.databricks.chunk(&token, id, index).await })
                        .await?;
            }
            _ => break,
        }
    }
    rows.truncate(MOST_ROWS);
    Ok(Progress::Ready { rows, total_rows })
}

fn failed(statement: &Statement) -> AppError {
    match &statement.status.error {
        Some(error) if error.error_code == "PERMISSION_DENIED" || error.message.contains("PERMISSION") => {
            AppError::new(ErrorCode::PermissionDenied, error.message.trim())
        }
        Some(error) => AppError::new(ErrorCode::StatementFailed, error.message.trim()),
        None => AppError::new(
            ErrorCode::StatementFailed,
            "The statement was cancelled, or its result is no longer kept. Run it again.",
        ),
    }
}

pub fn parse(id: &str) -> Result<StatementId, AppError> {
    StatementId::parse(id).ok_or_else(|| AppError::new(ErrorCode::BadRequest, "That is not the id of a statement."))
}
