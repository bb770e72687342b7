//! Statements that people write: run, follow, cancel, read a page. Their rows otherwise come through `results`.

use std::time::{Duration, Instant};

use futures::{StreamExt as _, pin_mut};

use super::{as_user, statements};
use crate::{
    model::{
        AppError, ErrorCode,
        statement::{
            ROW_LIMIT, ResultColumn, ResultPage, ResultShape, StatementFailure, StatementRequest, StatementState,
            StatementView,
        },
    },
    server::{
        AppState, SignedIn,
        databricks::{Delivery, Manifest, State, Statement, StatementError, StatementId, Submission},
        results::rows_of,
    },
};

/// How long an answer waits for a statement that is nearly done.
const PATIENCE: Duration = Duration::from_millis(300);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(120);
/// Rows on a page without JavaScript.
pub const PAGE_ROWS: u64 = 100;

/// Submits a statement; answers its result if that is there at once, otherwise how far it is.
///
/// # Errors
/// The session is over, or the workspace refused. A statement that fails is no error but a state.
pub async fn run(state: &AppState, user: &SignedIn, request: &StatementRequest) -> Result<StatementView, AppError> {
    if request.sql.trim().is_empty() {
        return Err(AppError::new(ErrorCode::BadRequest, "There is no statement. Write one and run it."));
    }
    let submit = |token| async move {
        let submission = Submission {
            sql: &request.sql,
            parameters: &request.parameters,
            warehouse_id: request.warehouse_id.as_deref(),
            row_limit: (!request.all_rows).then_some(ROW_LIMIT),
            delivery: if request.all_rows { Delivery::External } else { Delivery::Inline },
        };
        state.databricks.submit(&token, submission).await
    };
    let statement = as_user::call(state, user, submit).await?;
    let id = statements::parse(&statement.statement_id)?;
    state.running.note(&id, user);
    follow(state, user, &id, statement, request.warehouse_id.as_deref()).await
}

/// How far a statement is. `warehouse_id` tells a cold start from a queue; `None` for the configured one.
///
/// # Errors
/// The session is over, or the workspace does not know the statement, or not as this user's.
pub async fn state(
    state: &AppState,
    user: &SignedIn,
    id: &str,
    warehouse_id: Option<&str>,
) -> Result<StatementView, AppError> {
    let id = statements::parse(id)?;
    let statement = statements::ask(state, user, &id).await?;
    follow(state, user, &id, statement, warehouse_id).await
}

/// Stops a statement and answers what the warehouse says then: it may have been too late.
///
/// # Errors
/// The session is over, or the workspace does not know the statement, or not as this user's.
pub async fn cancel(state: &AppState, user: &SignedIn, id: &str) -> Result<StatementView, AppError> {
    let statement = statements::parse(id)?;
    let cancel = |token| {
        let statement = &statement;
        async move { state.databricks.cancel(&token, statement).await }
    };
    as_user::call(state, user, cancel).await?;
    self::state(state, user, id, None).await
}

async fn follow(
    state: &AppState,
    user: &SignedIn,
    id: &StatementId,
    mut statement: Statement,
    warehouse_id: Option<&str>,
) -> Result<StatementView, AppError> {
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    while matches!(statement.status.state, State::Pending | State::Running) {
        if begun.elapsed() + pause > PATIENCE {
            state.running.note(id, user);
            let phase = statements::phase(state, user, statement.status.state, warehouse_id).await?;
            return Ok(view(id, StatementState::Working(phase)));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        statement = statements::ask(state, user, id).await?;
    }
    state.running.forget(id);
    // It may have changed what there is.
    state.kept.forget_catalog(user);
    let found = match statement.status.state {
        State::Canceled => StatementState::Canceled,
        State::Succeeded => {
            let external = statement.result.is_some_and(|chunk| chunk.external_links.is_some());
            StatementState::Done(shape(statement.manifest, external))
        }
        _ => {
            StatementState::Failed(failure(statement.status.error, statement.status.sql_state, &user.user().user_name))
        }
    };
    Ok(view(id, found))
}

fn view(id: &StatementId, state: StatementState) -> StatementView {
    StatementView { statement_id: id.as_str().to_owned(), state }
}

fn shape(manifest: Option<Manifest>, external: bool) -> ResultShape {
    let Some(manifest) = manifest else { return ResultShape::default() };
    let column =
        |column: crate::server::databricks::Column| ResultColumn { name: column.name, sql_type: column.type_text };
    ResultShape {
        columns: manifest.schema.columns.into_iter().map(column).collect(),
        total_rows: manifest.total_row_count,
        truncated: manifest.truncated,
        chunks: manifest.chunks.iter().map(|chunk| chunk.row_count).collect(),
        external,
    }
}

/// A page of rows, for readers without JavaScript; `page` counts from 1.
///
/// # Errors
/// The session is over, or the result is no longer kept.
pub async fn page(
    state: &AppState,
    user: &SignedIn,
    id: &str,
    shape: &ResultShape,
    page: u64,
) -> Result<ResultPage, AppError> {
    let id = statements::parse(id)?;
    let first_row = page.saturating_sub(1).saturating_mul(PAGE_ROWS);
    let mut rows = Vec::new();
    let mut before = 0;
    for (index, count) in shape.chunks.iter().enumerate() {
        let wanted = (first_row + PAGE_ROWS).min(before + count).saturating_sub(first_row.max(before));
        if wanted > 0 {
            let skip = first_row.saturating_sub(before);
            rows.extend(some_rows(state, user, &id, index as u64, shape.external, skip, wanted).await?);
        }
        before += count;
    }
    Ok(ResultPage { first_row, rows })
}

/// Reads no further than it must: what is left of the chunk stays where it is.
async fn some_rows(
    state: &AppState,
    user: &SignedIn,
    id: &StatementId,
    index: u64,
    external: bool,
    skip: u64,
    take: u64,
) -> Result<Vec<Vec<Option<String>>>, AppError> {
    let open = |token| async move {
        match external {
            true => state.databricks.external_chunk(&token, id, index).await,
            false => state.databricks.inline_chunk(&token, id, index).await,
        }
    };
    let groups = rows_of(as_user::call(state, user, open).await?);
    pin_mut!(groups);
    let (mut rows, mut skip) = (Vec::new(), usize::try_from(skip).unwrap_or(usize::MAX));
    let take = usize::try_from(take).unwrap_or(usize::MAX);
    while rows.len() < take {
        let Some(group) = groups.next().await else { break };
        let group = group.map_err(|error| as_user::for_people(&error))?;
        let skipped = skip.min(group.len());
        skip -= skipped;
        rows.extend(group.into_iter().skip(skipped));
    }
    rows.truncate(take);
    Ok(rows)
}

fn failure(error: Option<StatementError>, sql_state: Option<String>, user: &str) -> StatementFailure {
    let message = error
        .map(|error| error.message.trim().to_owned())
        .unwrap_or_else(|| "The result is no longer kept. Run the statement again.".to_owned());
    StatementFailure {
        sql_state: sql_state.or_else(|| after(&message, "SQLSTATE: ").map(|rest| rest.chars().take(5).collect())),
        position: position(&message),
        advice: advice(&message, user),
        message,
    }
}

/// `(line 1, pos 7)` or `; line 1 pos 7`; the warehouse counts columns from 0.
fn position(message: &str) -> Option<(u32, u32)> {
    let mut rest = message;
    while let Some(found) = after(rest, "line ") {
        if let Some((line, behind)) = number(found)
            && let Some(column) = behind.trim_start_matches(',').trim_start().strip_prefix("pos ")
            && let Some((column, _)) = number(column)
        {
            return Some((line, column + 1));
        }
        rest = found;
    }
    None
}

fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

/// `User does not have SELECT on Table 'a.b.c'` tells whom to ask for what.
fn advice(message: &str, user: &str) -> Option<String> {
    if message.contains("exceeds") && message.contains("INLINE") || message.contains("disposition=INLINE") {
        return Some("The result is too large to come at once. Choose “All rows” and run it again.".to_owned());
    }
    let (privilege, rest) = after(message, "does not have ")?.split_once(" on ")?;
    let (kind, rest) = rest.split_once(" '")?;
    let (name, _) = rest.split_once('\'')?;
    let name = name.split('.').map(|part| format!("`{}`", part.replace('`', "``"))).collect::<Vec<_>>().join(".");
    Some(format!(
        "Ask its owner or an administrator for it: GRANT {privilege} ON {} {name} TO `{user}`",
        kind.to_uppercase()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_as_the_warehouse_writes_them() {
        for (message, place) in [
            ("[PARSE_SYNTAX_ERROR] Syntax error at or near 'INSER'. SQLSTATE: 42601 (line 1, pos 0)", Some((1, 1))),
            ("… cannot be resolved. SQLSTATE: 42703; line 12 pos 7", Some((12, 8))),
            ("on line of duty; line 2 pos x; line 3 pos 4", Some((3, 5))),
            ("no place", None),
        ] {
            assert_eq!(position(message), place, "{message}");
        }
    }

    #[test]
    fn a_missing_grant_says_what_to_ask_for() {
        let message = "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have USE CATALOG on Catalog 'fin'. SQLSTATE: 42501";
        let failed = failure(
            Some(StatementError { error_code: String::new(), message: message.into() }),
            None,
            "bob@example.com",
        );
        assert_eq!(
            failed.advice.as_deref(),
            Some("Ask its owner or an administrator for it: GRANT USE CATALOG ON CATALOG `fin` TO `bob@example.com`")
        );
        assert_eq!(failed.sql_state.as_deref(), Some("42501"));
    }
}
