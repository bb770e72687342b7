//! Statements that people write: run, follow, cancel. Their rows come through `results`, or page by page.

use std::time::{Duration, Instant};

use super::{advice, as_user, failure, running::Again, statements};
use crate::{
    model::{
        AppError, ErrorCode, Phase,
        query::Parameter,
        sql_kind::is_plain_query,
        statement::{ROW_LIMIT, ResultColumn, ResultShape, StatementRequest, StatementState, StatementView},
    },
    server::{
        AppState, SignedIn,
        databricks::{Column, Delivery, Manifest, Outline, State, Statement, StatementId, Submission},
    },
};

pub use super::page::{PAGE_ROWS, page};

/// How long an answer waits for a statement that is nearly done.
const PATIENCE: Duration = Duration::from_millis(300);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(120);

/// Submits a statement; answers its result if that is there at once, otherwise how far it is.
///
/// # Errors
/// The session is over, or the workspace refused: the statement does not run. One that fails is no error but a state.
pub async fn run(state: &AppState, user: &SignedIn, request: &StatementRequest) -> Result<StatementView, AppError> {
    if request.sql.trim().is_empty() {
        return Err(AppError::new(ErrorCode::BadRequest, "There is no statement. Write one and run it."));
    }
    let delivery = if request.all_rows { Delivery::External } else { Delivery::Inline };
    let submitted = statements::submit(state, user, submission(request, delivery)).await;
    let (id, _) = submitted.map_err(|error| error.of_submission(&request.sql))?;
    if delivery == Delivery::Inline && is_plain_query(&request.sql) {
        state.running.note_request(&id, user, request.clone());
    }
    tokio::time::sleep(FIRST_PAUSE).await;
    // The statement was taken: whatever fails from here on must not lead to sending it once more.
    Ok(follow(state, user, id.clone(), request.warehouse_id.as_deref()).await.unwrap_or_else(|error| {
        tracing::warn!(statement = id.as_str(), %error, "a statement was submitted; how far it is, is not known yet");
        view(&id, StatementState::Working(Phase::Queued))
    }))
}

fn submission(request: &StatementRequest, delivery: Delivery) -> Submission {
    Submission {
        sql: request.sql.clone().into(),
        parameters: request.parameters.iter().map(Parameter::to_send).collect(),
        warehouse_id: request.warehouse_id.clone(),
        namespace: request.namespace.clone(),
        row_limit: (!request.all_rows).then_some(ROW_LIMIT),
        delivery,
    }
}

/// How far a statement is. `warehouse_id` tells a cold start from a queue; `None` for the configured one.
///
/// The answer may name another statement, which took the place of this one since its result came out too large.
///
/// # Errors
/// The session is over, or the workspace does not know the statement, or not as this user's.
pub async fn state(
    state: &AppState,
    user: &SignedIn,
    id: &str,
    warehouse_id: Option<&str>,
) -> Result<StatementView, AppError> {
    let id = statements::newest(state, user, id)?;
    if let Some(shape) = state.kept.results.get(user, &id) {
        return Ok(view(&id, StatementState::Done(shape)));
    }
    follow(state, user, id, warehouse_id).await
}

/// A page is written that shows this; it will ask after the statement once it lives.
pub fn opens(state: &AppState, user: &SignedIn, found: &Result<StatementView, AppError>) {
    let id = found.as_ref().ok().and_then(|view| StatementId::parse(&view.statement_id));
    if let Some(id) = id {
        state.running.opens(&id, user);
    }
}

/// Stops a statement and answers what the warehouse says then: it may have been too late.
///
/// # Errors
/// The session is over, or the workspace does not know the statement, or not as this user's.
pub async fn cancel(
    state: &AppState,
    user: &SignedIn,
    id: &str,
    warehouse_id: Option<&str>,
) -> Result<StatementView, AppError> {
    let id = statements::newest(state, user, id)?;
    let cancel = |token| {
        let id = &id;
        async move { state.databricks.cancel(&token, id).await }
    };
    as_user::call(state, user, cancel).await?;
    self::state(state, user, id.as_str(), warehouse_id).await
}

async fn follow(
    state: &AppState,
    user: &SignedIn,
    mut id: StatementId,
    warehouse_id: Option<&str>,
) -> Result<StatementView, AppError> {
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let statement = statements::outline(state, user, &id).await?;
        if !matches!(statement.status.state, State::Pending | State::Running) {
            match run_again_as_links(state, user, &id, &statement).await? {
                AsLinks::By(next) => id = next,
                AsLinks::Soon => return Ok(view(&id, StatementState::Working(Phase::Queued))),
                AsLinks::No => return Ok(view(&id, finished(state, user, &id, statement))),
            }
        } else if begun.elapsed() + pause > PATIENCE {
            state.running.note(&id, user);
            let phase = statements::phase(state, user, statement.status.state, warehouse_id).await;
            return Ok(view(&id, StatementState::Working(phase)));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether a result comes as links, by another statement.
enum AsLinks {
    By(StatementId),
    /// Another request is submitting it.
    Soon,
    No,
}

/// A result of more than 25 MiB cannot come with the answer, and the statement fails. If it only reads, it is run once
/// more with the same row limit, and its result comes as links.
///
/// What ran is remembered by the server that it was sent to, while it runs: after a restart, or on another replica, the
/// failure is told instead, with what to do.
async fn run_again_as_links(
    state: &AppState,
    user: &SignedIn,
    id: &StatementId,
    statement: &Statement<Outline>,
) -> Result<AsLinks, AppError> {
    let too_large =
        statement.status.error.as_ref().is_some_and(|error| advice::is_too_large_to_come_at_once(&error.message));
    let (request, _attempt) = match state.running.again(id) {
        Again::With(request, attempt) if too_large => (request, attempt),
        Again::Beside if too_large => return Ok(AsLinks::Soon),
        _ => {
            state.running.forget(id);
            // Another request may have done it while this one asked.
            let newest = statements::newest(state, user, id.as_str())?;
            return Ok(if newest == *id { AsLinks::No } else { AsLinks::By(newest) });
        }
    };
    let (next, _) = statements::submit(state, user, submission(&request, Delivery::External)).await?;
    tracing::info!(
        statement = id.as_str(),
        next = next.as_str(),
        "a result is too large to come at once; it comes as links"
    );
    state.kept.successors.keep(user, id, &next);
    state.running.forget(id);
    Ok(AsLinks::By(next))
}

fn finished(state: &AppState, user: &SignedIn, id: &StatementId, statement: Statement<Outline>) -> StatementState {
    // It may have changed what there is.
    state.kept.forget_catalog(user);
    match statement.status.state {
        State::Canceled => StatementState::Canceled,
        State::Succeeded => {
            let external = statement.result.is_some_and(|result| result.external_links.is_some());
            let shape = statement.manifest.map(|manifest| shape(manifest, external)).unwrap_or_default();
            state.kept.results.keep(user, id, &shape);
            StatementState::Done(shape)
        }
        _ => StatementState::Failed(failure::of(statement, &user.user().user_name)),
    }
}

fn view(id: &StatementId, state: StatementState) -> StatementView {
    StatementView { statement_id: id.as_str().to_owned(), state }
}

fn shape(manifest: Manifest, external: bool) -> ResultShape {
    let column = |column: Column| ResultColumn { name: column.name, sql_type: column.type_text };
    let mut chunks: Vec<_> = manifest.chunks.iter().map(|chunk| chunk.row_count).collect();
    // Where there is one chunk only, its place may be left out.
    if chunks.is_empty() && manifest.total_row_count > 0 && manifest.total_chunk_count <= 1 {
        chunks.push(manifest.total_row_count);
    }
    ResultShape {
        columns: manifest.schema.columns.into_iter().map(column).collect(),
        total_rows: manifest.total_row_count,
        truncated: manifest.truncated,
        chunks,
        external,
    }
}
