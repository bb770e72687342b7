//! From a stream of batches to a result in chunks, within limits. No more than one chunk is in memory at a time.

use super::error::SqlError;
use super::rows::{Chunk, Rows};
use super::spool::Spool;
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::writer::StreamWriter;

/// A chunk ends at this size, however few its rows are.
const CHUNK_BYTES: usize = 8 * 1024 * 1024;

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Further rows are cut off.
    pub rows: Option<usize>,
    /// Of the values in memory, as Arrow has them.
    pub bytes: usize,
    /// What happens to a result of more bytes.
    pub larger: Larger,
    pub rows_per_chunk: usize,
}

impl Limits {
    /// For the short answers of commands.
    pub(super) const NONE: Self = Self { rows: None, bytes: usize::MAX, larger: Larger::IsCut, rows_per_chunk: 32_000 };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Larger {
    Fails,
    IsCut,
}

#[derive(PartialEq, Eq)]
pub(super) enum Enough {
    Yes,
    No,
}

pub(super) struct Collector {
    schema: SchemaRef,
    limits: Limits,
    /// Of the chunk that is being filled.
    batches: Vec<RecordBatch>,
    batch_rows: usize,
    batch_bytes: usize,
    chunks: Vec<Chunk>,
    spool: Spool,
    rows: usize,
    bytes: usize,
    truncated: bool,
}

impl Collector {
    pub(super) fn new(schema: SchemaRef, limits: Limits) -> Self {
        Self {
            schema,
            limits,
            batches: Vec::new(),
            batch_rows: 0,
            batch_bytes: 0,
            chunks: Vec::new(),
            spool: Spool::default(),
            rows: 0,
            bytes: 0,
            truncated: false,
        }
    }

    /// One row beyond the limit has to be seen to know that something was cut.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<Enough, SqlError> {
        let room = self.limits.rows.map_or(usize::MAX, |limit| limit - self.rows);
        let mut fits = batch.num_rows().min(room);
        let bytes_left = self.limits.bytes - self.bytes;
        if size(&batch.slice(0, fits)) > bytes_left {
            if self.limits.larger == Larger::Fails {
                return Err(SqlError::result_too_large(self.limits.bytes));
            }
            fits = rows_within(batch, fits, bytes_left);
        }
        self.truncated = fits < batch.num_rows();
        self.fill(&batch.slice(0, fits))?;
        Ok(if self.truncated { Enough::Yes } else { Enough::No })
    }

    pub(super) fn finish(mut self) -> Result<Rows, SqlError> {
        self.close_chunk()?;
        Ok(Rows::new(self.schema, self.chunks, self.spool, self.truncated))
    }

    /// A batch may end one chunk and begin others.
    fn fill(&mut self, batch: &RecordBatch) -> Result<(), SqlError> {
        let mut taken = 0;
        while taken < batch.num_rows() {
            let count = (batch.num_rows() - taken).min(self.limits.rows_per_chunk - self.batch_rows);
            let part = batch.slice(taken, count);
            let bytes = size(&part);
            taken += count;
            self.rows += count;
            self.bytes += bytes;
            self.batch_rows += count;
            self.batch_bytes += bytes;
            self.batches.push(part);
            if self.batch_rows >= self.limits.rows_per_chunk || self.batch_bytes >= CHUNK_BYTES {
                self.close_chunk()?;
            }
        }
        Ok(())
    }

    fn close_chunk(&mut self) -> Result<(), SqlError> {
        if self.batch_rows == 0 {
            return Ok(());
        }
        let stream = self.arrow_stream().map_err(|error| SqlError::internal(error.to_string()))?;
        let place = self.spool.append(&stream).map_err(|error| SqlError::no_room(&error))?;
        self.chunks.push(Chunk { row_offset: self.rows - self.batch_rows, row_count: self.batch_rows, place });
        self.batches.clear();
        (self.batch_rows, self.batch_bytes) = (0, 0);
        Ok(())
    }

    fn arrow_stream(&self) -> Result<Vec<u8>, ArrowError> {
        let mut writer = StreamWriter::try_new(Vec::with_capacity(self.batch_bytes), &self.schema)?;
        for batch in &self.batches {
            writer.write(batch)?;
        }
        writer.into_inner()
    }
}

/// What the values of a slice take, not the whole buffers that it may share with others.
pub(super) fn size(batch: &RecordBatch) -> usize {
    let column = |column: &dyn Array| {
        column.to_data().get_slice_memory_size().unwrap_or_else(|_| column.get_array_memory_size())
    };
    batch.columns().iter().map(|values| column(values.as_ref())).sum()
}

/// How many of the first `rows` rows take no more than `bytes`.
fn rows_within(batch: &RecordBatch, rows: usize, bytes: usize) -> usize {
    let (mut fit, mut too_many) = (0, rows);
    while too_many - fit > 1 {
        let middle = fit + (too_many - fit) / 2;
        if size(&batch.slice(0, middle)) <= bytes { fit = middle } else { too_many = middle }
    }
    fit
}
