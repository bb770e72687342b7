//! `lakefront check-queries`: does the workspace answer the queries in `queries/` with the columns that their files say?

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use secrecy::SecretString;

use super::{
    databricks::{Chunk, Column, Databricks, Delivery, State, Statement, StatementId, Submission},
    settings::Settings,
    state,
};
use crate::model::{
    queries,
    query::{Parameter, QueryFile},
    statement::Namespace,
};

/// A warehouse may have to start.
const PATIENCE: Duration = Duration::from_secs(600);
const PAUSE: Duration = Duration::from_millis(250);

/// Checks every query as the owner of `DATABRICKS_TOKEN`.
///
/// # Errors
/// What is wrong, a line each.
pub async fn run() -> Result<String, String> {
    let (workspace, token) = Settings::for_tools(|name| std::env::var(name).ok())
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let databricks = Databricks::new(state::http_client, workspace.into()).map_err(|error| error.to_string())?;
    let (mut fine, mut wrong) = (String::new(), String::new());
    for file in queries::FILES {
        let (text, line) = match check(&databricks, &token, file).await {
            Ok(()) => (&mut fine, "as its file says".to_owned()),
            Err(problem) => (&mut wrong, problem),
        };
        writeln!(text, "queries/{}.sql: {line}", file.name).map_err(|error| error.to_string())?;
    }
    if wrong.is_empty() { Ok(fine) } else { Err(wrong) }
}

/// Runs a query without its rows and compares its columns.
///
/// # Errors
/// What is wrong, for whoever wrote the file.
pub async fn check(databricks: &Databricks, token: &SecretString, file: &QueryFile) -> Result<(), String> {
    // A result without rows may come without columns, so there is always one.
    let sql = format!("SELECT q.* FROM (SELECT 1) AS one LEFT JOIN (\n{}\n) AS q ON true LIMIT 1", file.sql);
    let null = |(name, sql_type): &(&'static str, &'static str)| Parameter {
        name: (*name).into(),
        sql_type: (*sql_type).into(),
        value: None,
    };
    let submission = Submission {
        sql: sql.into(),
        parameters: file.parameters.iter().map(null).collect(),
        warehouse_id: None,
        namespace: Namespace::default(),
        row_limit: Some(1),
        delivery: Delivery::Inline,
    };
    let statement = databricks.submit(token, &submission).await.map_err(|error| error.to_string())?;
    let statement = finished(databricks, token, statement).await?;
    if statement.status.state != State::Succeeded {
        return Err(statement.status.error.map_or("the statement was cancelled".to_owned(), |error| error.message));
    }
    let found = statement.manifest.map(|manifest| manifest.schema.columns).unwrap_or_default();
    compare(&found, file.columns)
}

async fn finished(
    databricks: &Databricks,
    token: &SecretString,
    mut statement: Statement<Chunk>,
) -> Result<Statement<Chunk>, String> {
    let begun = Instant::now();
    let id = StatementId::parse(&statement.statement_id).ok_or("the workspace gave no id of a statement")?;
    while matches!(statement.status.state, State::Pending | State::Running) {
        if begun.elapsed() > PATIENCE {
            return Err(format!("no answer within {} s", PATIENCE.as_secs()));
        }
        tokio::time::sleep(PAUSE).await;
        statement = databricks.statement(token, &id).await.map_err(|error| error.to_string())?;
    }
    Ok(statement)
}

fn compare(found: &[Column], expected: &[(&str, &str)]) -> Result<(), String> {
    let base = |sql_type: &str| sql_type.split(['(', '<']).next().unwrap_or_default().to_owned();
    for (index, (name, sql_type)) in expected.iter().enumerate() {
        match found.get(index) {
            Some(column) if column.name == *name && base(&column.type_text) == *sql_type => {}
            Some(column) => {
                let number = index + 1;
                let is = format!("{} {}", column.name, column.type_text);
                return Err(format!("column {number} is `{is}`, and the file says `{name} {sql_type}`"));
            }
            None => return Err(format!("the column `{name} {sql_type}` of the file is not in the result")),
        }
    }
    match found.get(expected.len()) {
        Some(column) => Err(format!("the file does not name the column `{} {}`", column.name, column.type_text)),
        None => Ok(()),
    }
}
