//! `range(end)` and `range(start, end[, step])` with the column name of Databricks. The rows are made while they are
//! read, so a range of any length takes no memory.

use datafusion::catalog::default_table_source::provider_as_source;
use datafusion::catalog::view::ViewTable;
use datafusion::catalog::{TableFunction, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::{LogicalPlanBuilder, col};
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Range {
    pub(super) inner: Arc<TableFunction>,
}

impl TableFunctionImpl for Range {
    fn call_with_args(&self, args: TableFunctionArgs) -> Result<Arc<dyn TableProvider>> {
        let rows = self.inner.create_table_provider_with_args(args)?;
        let plan = LogicalPlanBuilder::scan("range", provider_as_source(rows), None)?;
        Ok(Arc::new(ViewTable::new(plan.project([col("value").alias("id")])?.build()?, None)))
    }
}
