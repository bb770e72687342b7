//! A sample table: its name, how many rows it has to have, and how it is made.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;

pub(super) struct SampleTable {
    pub(super) schema: &'static str,
    pub(super) name: &'static str,
    /// Known beforehand, so a cached file with another number is broken.
    pub(super) rows: usize,
    pub(super) make: fn() -> Result<Vec<RecordBatch>, ArrowError>,
}
