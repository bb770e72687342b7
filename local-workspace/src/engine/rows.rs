//! A finished result, read one chunk at a time: as text cells or as the Arrow stream that it is kept as.

use super::cells::CellWriter;
use super::collect::{Collector, Limits};
use super::error::SqlError;
use super::spool::Spool;
use super::types::{json_type, type_name};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Field, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::StreamReader;
use serde_json::Value;
use std::ops::Range;
use std::sync::Arc;

pub struct Rows {
    schema: SchemaRef,
    chunks: Vec<Chunk>,
    spool: Spool,
    truncated: bool,
}

/// A part of a result: never empty.
pub struct Chunk {
    pub row_offset: usize,
    pub row_count: usize,
    pub(super) place: Range<u64>,
}

impl Chunk {
    /// The length of its Arrow stream.
    pub fn byte_count(&self) -> u64 {
        self.place.end - self.place.start
    }
}

pub struct Column {
    pub name: String,
    pub type_text: String,
    pub type_name: &'static str,
    /// Precision and scale of a DECIMAL.
    pub decimal: Option<(u8, i8)>,
    /// The type as Spark writes it in JSON: a name, or an object for a nested type.
    pub json_type: Value,
}

pub(super) fn columns(schema: &SchemaRef) -> Vec<Column> {
    let column = |field: &Arc<Field>| {
        let kind = type_name(field.data_type());
        Column {
            name: field.name().clone(),
            type_text: kind.text,
            type_name: kind.name,
            decimal: kind.decimal,
            json_type: json_type(field.data_type()),
        }
    };
    schema.fields().iter().map(column).collect()
}

/// `None` is SQL NULL.
pub type Cell = Option<String>;

impl Rows {
    pub(super) fn new(schema: SchemaRef, chunks: Vec<Chunk>, spool: Spool, truncated: bool) -> Self {
        Self { schema, chunks, spool, truncated }
    }

    /// Columns, if any, and no rows.
    pub(super) fn empty(schema: SchemaRef) -> Self {
        Self::new(schema, Vec::new(), Spool::default(), false)
    }

    /// Of a batch that is in memory already.
    pub(super) fn of(batch: &RecordBatch) -> Result<Self, SqlError> {
        let mut collector = Collector::new(batch.schema(), Limits::NONE);
        collector.add(batch)?;
        collector.finish()
    }

    pub fn count(&self) -> usize {
        self.chunks.last().map_or(0, |chunk| chunk.row_offset + chunk.row_count)
    }

    /// A limit cut something off.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    pub fn columns(&self) -> Vec<Column> {
        columns(&self.schema)
    }

    /// In the order of their rows, without a gap.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// The chunk as an Arrow IPC stream, schema included. May wait for the disk.
    pub fn arrow(&self, chunk: &Chunk) -> Result<Vec<u8>, SqlError> {
        self.spool.read(&chunk.place).map_err(|error| SqlError::internal(error.to_string()))
    }

    /// The chunk's rows as text. May wait for the disk.
    pub fn cells(&self, chunk: &Chunk) -> Result<Vec<Vec<Cell>>, SqlError> {
        let stream = self.arrow(chunk)?;
        read(&stream, chunk.row_count).map_err(|error| SqlError::internal(error.to_string()))
    }
}

fn read(stream: &[u8], row_count: usize) -> Result<Vec<Vec<Cell>>, ArrowError> {
    let mut rows = Vec::with_capacity(row_count);
    for batch in StreamReader::try_new(stream, None)? {
        let batch = batch?;
        let writers =
            batch.columns().iter().map(|column| CellWriter::new(column.as_ref())).collect::<Result<Vec<_>, _>>()?;
        rows.extend((0..batch.num_rows()).map(|row| writers.iter().map(|writer| writer.cell(row)).collect()));
    }
    Ok(rows)
}
