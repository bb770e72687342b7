//! The way of one statement: a command is carried out; a query is parsed, guarded, named, bound, planned, run, collected.

use super::access::Access;
use super::collect::{Collector, Enough, Limits};
use super::error::SqlError;
use super::parameters::Parameter;
use super::rows::Rows;
use super::session::Engine;
use super::{aliases, binding, commands, complexity, guard, spelling, yielding};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::config::Dialect;
use datafusion::dataframe::DataFrame;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::execute_stream;
use datafusion::sql::parser::Statement;
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
        if let Some(rows) = commands::run(self, &session, query).await? {
            return Ok(rows);
        }
        let statement = session.sql_to_statement(&query.sql, &Dialect::Databricks).map_err(failed)?;
        let plan = self.plan(&session, statement, query).await?;
        let mut stream = self.execute(&session, plan, query).await?;
        let mut collector = Collector::new(stream.schema(), query.limits);
        while let Some(batch) = stream.next().await {
            if collector.add(&batch.map_err(failed)?)? == Enough::Yes {
                break;
            }
        }
        collector.finish()
    }

    pub(super) async fn plan(
        &self,
        session: &SessionState,
        mut statement: Statement,
        query: &Query,
    ) -> Result<LogicalPlan, SqlError> {
        complexity::check_tree(&statement)?;
        guard::only_queries(&statement)?;
        guard::nothing_ignored(&statement)?;
        aliases::name_columns(&mut statement);
        spelling::respell(&mut statement)?;
        binding::bind(&mut statement, &query.parameters)?;
        let plan = session.statement_to_plan(statement).await;
        let plan = plan.map_err(|error| SqlError::from_datafusion(error, &query.sql))?;
        guard::only_reading(&plan)?;
        Ok(plan)
    }

    pub(super) async fn execute(
        &self,
        session: &SessionState,
        plan: LogicalPlan,
        query: &Query,
    ) -> Result<SendableRecordBatchStream, SqlError> {
        let failed = |error| SqlError::from_datafusion(error, &query.sql);
        let frame = DataFrame::new(session.clone(), plan);
        let context = Arc::new(frame.task_ctx());
        let plan = frame.create_physical_plan().await.and_then(yielding::everywhere).map_err(failed)?;
        execute_stream(plan, context).map_err(failed)
    }

    /// The columns that a query of our own would have, without rows.
    pub(super) async fn schema_of(
        &self,
        session: &SessionState,
        sql: &str,
    ) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
        let plan = session.create_logical_plan(sql).await.map_err(|error| SqlError::from_datafusion(error, sql))?;
        Ok((plan.schema().inner().clone(), Vec::new()))
    }
}
