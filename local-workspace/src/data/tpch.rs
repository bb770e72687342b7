//! The eight tables of TPC-H, at scale factor 0.01 unless another one is asked for, by the `tpchgen` crates.

use super::table::SampleTable;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::error::ArrowError;
use std::sync::Arc;
use tpchgen::generators::{
    CustomerGenerator, LineItemGenerator, NationGenerator, OrderGenerator, PartGenerator, PartSuppGenerator,
    RegionGenerator, SupplierGenerator,
};
use tpchgen_arrow::{
    CustomerArrow, LineItemArrow, NationArrow, OrderArrow, PartArrow, PartSuppArrow, RegionArrow, SupplierArrow,
};

/// The numbers of rows at scale factor 0.01 follow from the specification, save that of `lineitem`, which is what the generator gives.
pub(super) const TABLES: [SampleTable; 8] = [
    table("region", 5, |scale| plain(RegionArrow::new(RegionGenerator::new(scale, 1, 1)))),
    table("nation", 25, |scale| plain(NationArrow::new(NationGenerator::new(scale, 1, 1)))),
    table("supplier", 100, |scale| plain(SupplierArrow::new(SupplierGenerator::new(scale, 1, 1)))),
    table("customer", 1_500, |scale| plain(CustomerArrow::new(CustomerGenerator::new(scale, 1, 1)))),
    table("part", 2_000, |scale| plain(PartArrow::new(PartGenerator::new(scale, 1, 1)))),
    table("partsupp", 8_000, |scale| plain(PartSuppArrow::new(PartSuppGenerator::new(scale, 1, 1)))),
    table("orders", 15_000, |scale| plain(OrderArrow::new(OrderGenerator::new(scale, 1, 1)))),
    table("lineitem", 60_175, |scale| plain(LineItemArrow::new(LineItemGenerator::new(scale, 1, 1)))),
];

const fn table(name: &'static str, rows: usize, make: fn(f64) -> Result<Vec<RecordBatch>, ArrowError>) -> SampleTable {
    SampleTable { schema: "tpch", name, rows, scales: true, make }
}

fn plain(batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>) -> Result<Vec<RecordBatch>, ArrowError> {
    batches.map(|batch| plain_strings(&batch?)).collect()
}

/// The generator makes string views; every other table here has plain strings.
fn plain_strings(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let mut fields = Vec::with_capacity(batch.num_columns());
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        let kind = match field.data_type() {
            DataType::Utf8View => DataType::Utf8,
            other => other.clone(),
        };
        columns.push(cast(column, &kind)?);
        fields.push(Field::new(field.name(), kind, field.is_nullable()));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}
