//! Puts the sample tables together as a catalog.

use super::table::SampleTable;
use super::{DataError, cache, tpch, trips};
use datafusion::arrow::array::RecordBatch;
use datafusion::catalog::{CatalogProvider, MemTable, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider};
use std::path::Path;
use std::sync::Arc;

/// Between two batches a statement can be canceled, so they are small.
const BATCH_ROWS: usize = 2_048;

/// `cache_dir` `None` generates everything anew, in memory. `scale` is the scale factor of TPC-H.
pub fn samples(cache_dir: Option<&Path>, scale: f64) -> Result<Arc<dyn CatalogProvider>, DataError> {
    let catalog = MemoryCatalogProvider::new();
    for table in std::iter::once(&trips::TABLE).chain(&tpch::TABLES) {
        let schema = match catalog.schema(table.schema) {
            Some(schema) => schema,
            None => {
                let schema: Arc<dyn SchemaProvider> = Arc::new(MemorySchemaProvider::new());
                catalog.register_schema(table.schema, schema.clone())?;
                schema
            }
        };
        schema.register_table(table.name.to_owned(), Arc::new(in_memory(table, cache_dir, scale)?))?;
    }
    Ok(Arc::new(catalog))
}

fn in_memory(table: &SampleTable, cache_dir: Option<&Path>, scale: f64) -> Result<MemTable, DataError> {
    let batches: Vec<RecordBatch> = match cache_dir {
        Some(directory) => cache::load_or_make(directory, table, scale)?,
        None => (table.make)(scale)?,
    };
    let batches: Vec<RecordBatch> = batches.iter().flat_map(small).collect();
    let schema = match batches.first() {
        Some(batch) => batch.schema(),
        None => return Err(DataError::DataFusion(datafusion::common::plan_datafusion_err!("{} is empty", table.name))),
    };
    Ok(MemTable::try_new(schema, vec![batches])?)
}

/// A table in memory is read in the batches that it was given in. Slices share the data.
fn small(batch: &RecordBatch) -> impl Iterator<Item = RecordBatch> {
    let rows = batch.num_rows();
    (0..rows).step_by(BATCH_ROWS).map(move |start| batch.slice(start, BATCH_ROWS.min(rows - start)))
}
