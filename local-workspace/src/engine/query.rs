//! The way of one query: parse, guard, name, bind, plan, run, collect.

use super::access::Access;
use super::error::SqlError;
use super::parameters::Parameter;
use super::rows::Rows;
use super::session::Engine;
use super::{aliases, binding, complexity, guard, spelling, yielding};
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::config::Dialect;
use datafusion::dataframe::DataFrame;
use datafusion::physical_plan::execute_stream;
use futures::StreamExt;
use std::sync::Arc;
use tokio::task::JoinSet;

/// One SQL text and everything that belongs to its execution.
pub struct Query {
    pub sql: String,
    pub parameters: Vec<Parameter>,
    /// The e-mail that `current_user()` answers.
    pub user: String,
    /// What that person may see and read.
    pub access: Arc<dyn Access>,
    pub catalog: Option<String>,
    pub schema: Option<String>,
    pub limits: Limits,
}

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Further rows are cut off.
    pub rows: Option<usize>,
    /// A larger result is an error.
    pub bytes: usize,
}

impl Engine {
    /// Runs on the engine's own threads. Dropping the future stops the work.
    pub async fn run(self: Arc<Self>, query: Query) -> Result<Rows, SqlError> {
        let Some(threads) = self.threads().cloned() else { return Err(SqlError::internal("the engine is stopping.")) };
        // A set of one task: unlike a plain handle, it ends its task when it is dropped.
        let mut work = JoinSet::new();
        work.spawn_on(async move { self.compute(&query).await }, &threads);
        match work.join_next().await {
            Some(Ok(result)) => result,
            // Whatever went wrong in there, the statement has to come to an end.
            Some(Err(_)) | None => Err(SqlError::internal("the engine broke off.")),
        }
    }

    async fn compute(&self, query: &Query) -> Result<Rows, SqlError> {
        let failed = |error| SqlError::from_datafusion(error, &query.sql);
        let session = self.session(query).map_err(failed)?;
        complexity::check_text(&query.sql)?;
        let mut statement = session.sql_to_statement(&query.sql, &Dialect::Databricks).map_err(failed)?;
        complexity::check_tree(&statement)?;
        guard::only_queries(&statement)?;
        aliases::name_columns(&mut statement);
        spelling::respell(&mut statement);
        binding::bind(&mut statement, &query.parameters)?;
        let plan = session.statement_to_plan(statement).await.map_err(failed)?;
        guard::only_reading(&plan)?;
        let frame = DataFrame::new(session, plan);
        let context = Arc::new(frame.task_ctx());
        let plan = frame.create_physical_plan().await.and_then(yielding::everywhere).map_err(failed)?;
        let mut stream = execute_stream(plan, context).map_err(failed)?;

        let schema = stream.schema();
        let mut collected = Collected::new(query.limits);
        while let Some(batch) = stream.next().await {
            if collected.add(batch.map_err(failed)?)? == Enough::Yes {
                break;
            }
        }
        Ok(Rows::new(schema, collected.batches, collected.truncated))
    }
}

struct Collected {
    limits: Limits,
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
    truncated: bool,
}

#[derive(PartialEq, Eq)]
enum Enough {
    Yes,
    No,
}

impl Collected {
    fn new(limits: Limits) -> Self {
        Self { limits, batches: Vec::new(), rows: 0, bytes: 0, truncated: false }
    }

    fn add(&mut self, batch: RecordBatch) -> Result<Enough, SqlError> {
        let room = self.limits.rows.map_or(usize::MAX, |limit| limit - self.rows);
        self.truncated = batch.num_rows() > room;
        let batch = if self.truncated { batch.slice(0, room) } else { batch };
        self.rows += batch.num_rows();
        self.bytes += batch.columns().iter().map(|column| size(column.as_ref())).sum::<usize>();
        if self.bytes > self.limits.bytes {
            return Err(SqlError::result_too_large(self.limits.bytes));
        }
        if batch.num_rows() > 0 {
            self.batches.push(batch);
        }
        // One row beyond the limit has to be seen to know that something was cut.
        Ok(if self.truncated { Enough::Yes } else { Enough::No })
    }
}

/// What the values of a slice take, not the whole buffers that it may share with others.
fn size(column: &dyn Array) -> usize {
    column.to_data().get_slice_memory_size().unwrap_or_else(|_| column.get_array_memory_size())
}
