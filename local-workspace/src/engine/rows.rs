//! A finished result: Arrow batches, read as text cells one chunk at a time.

use super::cells::CellWriter;
use super::error::SqlError;
use super::types::{json_type, type_name};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use serde_json::Value;

pub struct Rows {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    count: usize,
    truncated: bool,
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
    let column = |field: &std::sync::Arc<datafusion::arrow::datatypes::Field>| {
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
    pub(super) fn new(schema: SchemaRef, batches: Vec<RecordBatch>, truncated: bool) -> Self {
        let count = batches.iter().map(RecordBatch::num_rows).sum();
        Self { schema, batches, count, truncated }
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// A row limit cut something off.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    pub fn columns(&self) -> Vec<Column> {
        columns(&self.schema)
    }

    /// `count` rows from `offset` on, or as many as there are.
    pub fn cells(&self, offset: usize, count: usize) -> Result<Vec<Vec<Cell>>, SqlError> {
        let mut rows = Vec::with_capacity(count.min(self.count.saturating_sub(offset)));
        let mut start = 0;
        for batch in &self.batches {
            let end = start + batch.num_rows();
            let (from, to) = (offset.max(start), (offset + count).min(end));
            if from < to {
                let slice = batch.slice(from - start, to - from);
                let writers = slice
                    .columns()
                    .iter()
                    .map(|column| CellWriter::new(column.as_ref()))
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(|error| SqlError::internal(error.to_string()))?;
                for row in 0..slice.num_rows() {
                    rows.push(writers.iter().map(|writer| writer.cell(row)).collect());
                }
            }
            start = end;
        }
        Ok(rows)
    }
}
