//! Runs typed queries as the user, and never lets a warehouse hold a page.

use std::time::{Duration, Instant};

use tracing::Instrument as _;

use super::{as_user, failure};
use crate::{
    model::{
        AppError, ErrorCode, Phase, Progress,
        query::{Cells, Parameter, TypedQuery},
        statement::Namespace,
    },
    server::{
        AppState, SignedIn,
        databricks::{Chunk, Delivery, Outline, State, Statement, StatementId, Submission},
    },
};

/// How long a page waits for rows before it shows how far the statement is instead.
const PATIENCE: Duration = Duration::from_millis(300);
const FIRST_PAUSE: Duration = Duration::from_millis(15);
const LONGEST_PAUSE: Duration = Duration::from_millis(120);
/// A question beside the point holds no answer up for longer.
const WAREHOUSE_PATIENCE: Duration = Duration::from_secs(2);
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
    let (id, mut statement) = match known {
        Some(id) => {
            let id = parse(id)?;
            let statement = ask(state, user, &id).await?;
            (id, statement)
        }
        None => submit(state, user, typed::<Q>(query.parameters())).await?,
    };
    let mut pause = FIRST_PAUSE;
    while matches!(statement.status.state, State::Pending | State::Running) {
        if begun.elapsed() + pause > PATIENCE {
            state.running.note(&id, user);
            let phase = phase(state, user, statement.status.state, None).await;
            return Ok(Progress::Working { statement_id: statement.statement_id, phase });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        statement = ask(state, user, &id).await?;
    }
    state.running.forget(&id);
    finish::<Q>(state, user, &id, statement).await
}

fn typed<Q: TypedQuery>(parameters: Vec<Parameter>) -> Submission {
    Submission {
        sql: Q::SQL.into(),
        parameters,
        warehouse_id: None,
        namespace: Namespace::default(),
        row_limit: None,
        delivery: Delivery::Inline,
    }
}

/// Submits a statement and notes that it runs, in a task of its own: a browser that goes away in the middle must not
/// leave a statement on the warehouse that nobody knows of.
pub(super) async fn submit(
    state: &AppState,
    user: &SignedIn,
    what: Submission,
) -> Result<(StatementId, Statement<Chunk>), AppError> {
    let (state, user) = (state.clone(), user.clone());
    let work = async move {
        let submit = |token| {
            let (databricks, what) = (&state.databricks, &what);
            async move { databricks.submit(&token, what).await }
        };
        let statement = as_user::call(&state, &user, submit).await?;
        let id = parse(&statement.statement_id)?;
        state.running.note(&id, &user);
        Ok((id, statement))
    };
    tokio::spawn(work.in_current_span()).await.unwrap_or_else(|error| {
        tracing::error!(%error, "the submission of a statement broke off");
        Err(AppError::new(ErrorCode::Internal, "The statement could not be submitted. Try again."))
    })
}

async fn ask(state: &AppState, user: &SignedIn, id: &StatementId) -> Result<Statement<Chunk>, AppError> {
    let found = as_user::call(state, user, |token| async move { state.databricks.statement(&token, id).await }).await;
    found.map_err(|error| about(id, error))
}

/// The same without its rows.
pub(super) async fn outline(
    state: &AppState,
    user: &SignedIn,
    id: &StatementId,
) -> Result<Statement<Outline>, AppError> {
    let found = as_user::call(state, user, |token| async move { state.databricks.outline(&token, id).await }).await;
    found.map_err(|error| about(id, error))
}

fn about(id: &StatementId, error: AppError) -> AppError {
    error.with(|details| details.statement_id = Some(id.as_str().to_owned()))
}

/// PENDING says nothing about why; the warehouse's own state does. Who may run a statement need not be allowed to see
/// its warehouse, and a statement does not stop for a question that fails: then it counts as queued.
pub(super) async fn phase(state: &AppState, user: &SignedIn, statement: State, warehouse_id: Option<&str>) -> Phase {
    if statement == State::Running {
        return Phase::Running;
    }
    // The token was good a moment ago. To renew it here and give up in the middle could lose the session.
    let token = user.access_token();
    let ask = state.databricks.warehouse(&token, warehouse_id);
    match tokio::time::timeout(WAREHOUSE_PATIENCE, ask).await {
        Ok(Ok(warehouse)) if warehouse.state != "RUNNING" => Phase::WarehouseStarting,
        Ok(Ok(_)) => Phase::Queued,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the warehouse's state is not known");
            Phase::Queued
        }
        Err(_) => {
            tracing::warn!("the warehouse's state is not known in time");
            Phase::Queued
        }
    }
}

async fn finish<Q: TypedQuery>(
    state: &AppState,
    user: &SignedIn,
    id: &StatementId,
    statement: Statement<Chunk>,
) -> Result<Progress<Q::Row>, AppError> {
    if statement.status.state != State::Succeeded {
        return Err(failed(statement, user));
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

fn failed(statement: Statement<Chunk>, user: &SignedIn) -> AppError {
    let denied = statement
        .status
        .error
        .as_ref()
        .is_some_and(|error| error.error_code == "PERMISSION_DENIED" || error.message.contains("PERMISSION"));
    let code = if denied { ErrorCode::PermissionDenied } else { ErrorCode::StatementFailed };
    let stopped = statement.status.error.is_none();
    let failure = failure::of(statement, &user.user().user_name);
    let stopped =
        stopped.then(|| "The statement was cancelled, or its result is no longer kept. Run it again.".to_owned());
    AppError::new(code, stopped.unwrap_or(failure.message)).with(|details| {
        details.advice = failure.advice;
        details.statement_id = failure.statement_id;
        details.workspace_request_id = failure.workspace_request_id;
    })
}

/// The statement, or the one that took its place.
///
/// # Errors
/// It is no id.
pub fn newest(state: &AppState, user: &SignedIn, id: &str) -> Result<StatementId, AppError> {
    let id = parse(id)?;
    Ok(state.kept.successors.get(user, &id).unwrap_or(id))
}

/// # Errors
/// It is no id.
pub fn parse(id: &str) -> Result<StatementId, AppError> {
    StatementId::parse(id).ok_or_else(|| AppError::new(ErrorCode::BadRequest, "That is not the id of a statement."))
}
