//! One file as a table.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv::{ReaderBuilder as CsvReader, reader::Format as CsvFormat};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::json::ReaderBuilder as JsonReader;
use datafusion::arrow::json::reader::infer_json_schema;
use datafusion::common::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::{StreamExt, stream};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Columns and their types are found from so many rows. A later one that does not fit is an error of the statement.
const ROWS_LOOKED_AT: usize = 100_000;
/// Between two batches a statement can be canceled, so they are small.
const BATCH_ROWS: usize = 2_048;

#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    Csv,
    /// One object a line.
    Json,
    Arrow,
}

impl Format {
    /// By the ending of the name.
    pub(super) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" | "jsonl" | "ndjson" => Some(Self::Json),
            "arrow" => Some(Self::Arrow),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(super) struct DataFile {
    path: PathBuf,
    format: Format,
    pub(super) schema: SchemaRef,
}

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

impl DataFile {
    pub(super) fn new(path: &Path, format: Format) -> Result<Self, ArrowError> {
        let file = File::open(path)?;
        let schema: Schema = match format {
            Format::Csv => csv().infer_schema(BufReader::new(file), Some(ROWS_LOOKED_AT))?.0,
            Format::Json => infer_json_schema(BufReader::new(file), Some(ROWS_LOOKED_AT))?.0,
            Format::Arrow => FileReader::try_new(BufReader::new(file), None)?.schema().as_ref().clone(),
        };
        if schema.fields().is_empty() {
            return Err(ArrowError::SchemaError("it has no columns".to_owned()));
        }
        Ok(Self { path: path.to_owned(), format, schema: Arc::new(schema) })
    }

    fn open(&self) -> Result<Batches, ArrowError> {
        let file = BufReader::new(File::open(&self.path)?);
        let schema = self.schema.clone();
        Ok(match self.format {
            Format::Csv => Box::new(CsvReader::new(schema).with_format(csv()).with_batch_size(BATCH_ROWS).build(file)?),
            Format::Json => Box::new(JsonReader::new(schema).with_batch_size(BATCH_ROWS).build(file)?),
            Format::Arrow => Box::new(FileReader::try_new(file, None)?),
        })
    }
}

fn csv() -> CsvFormat {
    CsvFormat::default().with_header(true)
}

impl PartitionStream for DataFile {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let batches: Batches = match self.open() {
            Ok(batches) => batches,
            Err(error) => Box::new(std::iter::once(Err(error))),
        };
        let batches = stream::iter(batches).map(|batch| batch.map_err(DataFusionError::from));
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), batches))
    }
}
