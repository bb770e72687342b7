//! One file: what it holds, and its rows.

use super::columns::columns;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv::{ReaderBuilder as CsvReader, reader::Format as CsvFormat};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::json::ReaderBuilder as JsonReader;
use datafusion::arrow::json::reader::infer_json_schema;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
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
    Parquet,
}

impl Format {
    /// By the ending of the name.
    pub(super) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" | "jsonl" | "ndjson" => Some(Self::Json),
            "arrow" => Some(Self::Arrow),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(super) struct DataFile {
    path: PathBuf,
    format: Format,
    /// The columns as the file has them.
    stored: SchemaRef,
    /// The columns as the table has them.
    pub(super) schema: SchemaRef,
}

pub(super) type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

impl DataFile {
    pub(super) fn new(path: &Path, format: Format) -> Result<Self, ArrowError> {
        let file = File::open(path)?;
        let stored: Schema = match format {
            Format::Csv => csv().infer_schema(BufReader::new(file), Some(ROWS_LOOKED_AT))?.0,
            Format::Json => infer_json_schema(BufReader::new(file), Some(ROWS_LOOKED_AT))?.0,
            Format::Arrow => FileReader::try_new(BufReader::new(file), None)?.schema().as_ref().clone(),
            Format::Parquet => parquet(file)?.schema().as_ref().clone(),
        };
        let schema = Arc::new(columns(&stored)?);
        Ok(Self { path: path.to_owned(), format, stored: Arc::new(stored), schema })
    }

    /// The rows, with these columns only; their numbers are in ascending order. A Parquet file is read page by page.
    pub(super) fn open(&self, columns: &[usize]) -> Result<Batches, ArrowError> {
        let file = File::open(&self.path)?;
        let stored = self.stored.clone();
        Ok(match self.format {
            Format::Csv => {
                let reader = CsvReader::new(stored).with_format(csv()).with_batch_size(BATCH_ROWS);
                Box::new(reader.with_projection(columns.to_vec()).build(BufReader::new(file))?)
            }
            Format::Json => {
                let wanted = Arc::new(stored.project(columns)?);
                Box::new(JsonReader::new(wanted).with_batch_size(BATCH_ROWS).build(BufReader::new(file))?)
            }
            Format::Arrow => {
                let reader = FileReader::try_new(BufReader::new(file), Some(columns.to_vec()))?;
                self.same(&reader.schema(), &stored)?;
                Box::new(reader)
            }
            Format::Parquet => {
                let reader = parquet(file)?;
                self.same(reader.schema(), &stored)?;
                let wanted = ProjectionMask::roots(reader.parquet_schema(), columns.iter().copied());
                Box::new(reader.with_projection(wanted).with_batch_size(BATCH_ROWS).build()?)
            }
        })
    }

    /// The columns were found at the start; a file that was replaced since then may have others.
    fn same(&self, found: &Schema, expected: &Schema) -> Result<(), ArrowError> {
        if found.fields() == expected.fields() {
            return Ok(());
        }
        let path = self.path.display();
        Err(ArrowError::SchemaError(format!("{path} has other columns than before; start the local workspace again")))
    }
}

fn csv() -> CsvFormat {
    CsvFormat::default().with_header(true)
}

/// Types come from Parquet itself, not from what a writer noted about its own.
fn parquet(file: File) -> Result<ParquetRecordBatchReaderBuilder<File>, ParquetError> {
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
}
