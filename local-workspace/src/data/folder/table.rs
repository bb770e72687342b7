//! A file as a table. A statement reads only the columns that it needs.

use super::file::DataFile;
use async_trait::async_trait;
use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::{StreamExt, stream};
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct FileTable(Arc<DataFile>);

impl FileTable {
    pub(super) fn new(file: DataFile) -> Self {
        Self(Arc::new(file))
    }
}

#[async_trait]
impl TableProvider for FileTable {
    fn schema(&self) -> SchemaRef {
        self.0.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all = || (0..self.0.schema.fields().len()).collect();
        let scan = Scan::new(self.0.clone(), projection.cloned().unwrap_or_else(all))?;
        let schema = scan.schema.clone();
        Ok(Arc::new(StreamingTableExec::try_new(schema, vec![Arc::new(scan)], None, None, false, limit)?))
    }
}

/// One reading of some columns.
#[derive(Debug)]
struct Scan {
    file: Arc<DataFile>,
    /// What is read, in the order of the file.
    read: Vec<usize>,
    /// Where each column of the result is among those.
    places: Vec<usize>,
    schema: SchemaRef,
}

impl Scan {
    fn new(file: Arc<DataFile>, columns: Vec<usize>) -> Result<Self, ArrowError> {
        // `count(*)` asks for no column; not every format tells the number of rows without one.
        let mut read = if columns.is_empty() { vec![0] } else { columns.clone() };
        read.sort_unstable();
        read.dedup();
        let places = columns.iter().filter_map(|column| read.binary_search(column).ok()).collect();
        let schema = Arc::new(file.schema.project(&columns)?);
        Ok(Self { file, read, places, schema })
    }
}

impl PartitionStream for Scan {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (places, schema) = (self.places.clone(), self.schema.clone());
        let batches = match self.file.open(&self.read) {
            Ok(batches) => batches,
            Err(error) => Box::new(std::iter::once(Err(error))),
        };
        let batches = stream::iter(batches)
            .map(move |batch| batch.and_then(|batch| shaped(&batch, &places, &schema)).map_err(DataFusionError::from));
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), batches))
    }
}

/// The columns that are wanted, in the types of the table.
fn shaped(batch: &RecordBatch, places: &[usize], schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let columns = batch.project(places)?;
    let columns = columns.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast_with_options(column, field.data_type(), &strict));
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), columns.collect::<Result<_, _>>()?, &rows)
}
