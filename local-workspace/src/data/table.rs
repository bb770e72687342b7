//! A sample table: its name, how many rows it has to have, and how it is made.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;

pub(super) struct SampleTable {
    pub(super) schema: &'static str,
    pub(super) name: &'static str,
    /// Known beforehand at the usual scale, so a cached file with another number is broken.
    pub(super) rows: usize,
    /// Whether the size depends on the scale factor of TPC-H.
    pub(super) scales: bool,
    /// Makes it at this scale factor.
    pub(super) make: fn(f64) -> Result<Vec<RecordBatch>, ArrowError>,
}

/// The scale factor of TPC-H for which the numbers of rows are known.
pub(super) const USUAL_SCALE: f64 = 0.01;

impl SampleTable {
    /// What a file with this table is called.
    pub(super) fn file_name(&self, scale: f64) -> String {
        let Self { schema, name, .. } = self;
        if self.is_usual(scale) { format!("{schema}.{name}.arrow") } else { format!("{schema}.{name}.sf{scale}.arrow") }
    }

    /// Whether a cached table of so many rows can be whole.
    pub(super) fn may_have(&self, rows: usize, scale: f64) -> bool {
        if self.is_usual(scale) { rows == self.rows } else { rows > 0 }
    }

    fn is_usual(&self, scale: f64) -> bool {
        !self.scales || scale.total_cmp(&USUAL_SCALE).is_eq()
    }
}
