//! The statements beside queries: SHOW and DESCRIBE, GRANT and REVOKE, and what writes to the scratch catalog. All of
//! them ask the same [`Access`](super::access::Access) as queries and the catalog API do.

mod change;
mod parse;
mod reader;
mod rights;
mod show;

use super::error::SqlError;
use super::names::Names;
use super::query::Query;
use super::rows::Rows;
use super::session::Engine;
use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::execution::context::SessionState;
use parse::Command;
use std::sync::Arc;

/// A statement that is no query, while it runs.
struct Run<'a> {
    engine: &'a Engine,
    session: SessionState,
    query: &'a Query,
    names: Names<'a>,
}

/// `None`: the text is no command, most likely a query.
pub(super) async fn run(engine: &Engine, session: &SessionState, query: &Query) -> Result<Option<Rows>, SqlError> {
    let command = parse::parse(&query.sql).map_err(|error| SqlError::from_parser(&error, &query.sql))?;
    let Some(command) = command else { return Ok(None) };
    let run = Run { engine, session: session.clone(), query, names: Names::of(query) };
    run.command(command).await.map(Some)
}

impl Run<'_> {
    async fn command(&self, command: Command) -> Result<Rows, SqlError> {
        match command {
            Command::ShowCatalogs { like } => self.show_catalogs(like.as_deref()),
            Command::ShowSchemas { of, like } => self.show_schemas(of, like.as_deref()),
            Command::ShowTables { of, like } => self.show_tables(of, like.as_deref()),
            Command::ShowColumns { table } => self.show_columns(table).await,
            Command::Describe { table, extended } => self.describe(table, extended).await,
            Command::ShowGrants { principal, on } => self.show_grants(principal.as_deref(), on),
            Command::Grant { privileges, on, to } => self.grant(&privileges, on, &to),
            Command::Revoke { privileges, on, from } => self.revoke(&privileges, on, &from),
            Command::CreateSchema { name, if_not_exists, comment } => self.create_schema(name, if_not_exists, comment),
            Command::DropSchema { name, if_exists, cascade } => self.drop_schema(name, if_exists, cascade),
            Command::CreateTable(table) => self.create_table(table).await,
            Command::CreateView(view) => self.create_view(view).await,
            Command::Insert { table, columns, query, overwrite } => {
                self.insert(table, &columns, query, overwrite).await
            }
            Command::Drop { kind, name, if_exists } => self.drop_table(kind, name, if_exists),
        }
    }
}

/// The answer of a statement that has none.
fn nothing() -> Rows {
    Rows::empty(Arc::new(Schema::empty()))
}

/// Rows of text.
fn texts<const N: usize>(columns: [&str; N], rows: &[[String; N]]) -> Result<Rows, SqlError> {
    let values =
        (0..N).map(|index| -> ArrayRef { Arc::new(rows.iter().map(|row| row.get(index)).collect::<StringArray>()) });
    let fields: Vec<Field> = columns.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect();
    table(fields, values.collect())
}

fn table(fields: Vec<Field>, values: Vec<ArrayRef>) -> Result<Rows, SqlError> {
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema, values).map_err(|error| SqlError::internal(error.to_string()))?;
    Rows::of(&batch)
}
