//! The one catalog that can be written to. Its tables live in memory, all of them together within [`LIMIT`] bytes, and
//! are gone at a restart. Who may write is decided before anything comes here.

use super::error::{Missing, SqlError};
use datafusion::arrow::array::{RecordBatch, new_null_array};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::view::ViewTable;
use datafusion::catalog::{
    CatalogProvider, MemTable, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider, TableProvider,
};
use datafusion::common::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) const SCRATCH: &str = "scratch";
const FIRST_SCHEMA: &str = "default";
/// For all tables together.
pub(super) const LIMIT: usize = 256 * 1024 * 1024;

pub(super) struct Scratch {
    catalog: Arc<MemoryCatalogProvider>,
    tables: Mutex<HashMap<Vec<String>, Stored>>,
}

#[derive(Clone)]
struct Stored {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Stored {
    fn bytes(&self) -> usize {
        self.batches.iter().map(RecordBatch::get_array_memory_size).sum()
    }
}

impl Scratch {
    pub(super) fn new() -> Result<Self, DataFusionError> {
        let catalog = Arc::new(MemoryCatalogProvider::new());
        catalog.register_schema(FIRST_SCHEMA, Arc::new(MemorySchemaProvider::new()))?;
        Ok(Self { catalog, tables: Mutex::default() })
    }

    pub(super) fn catalog(&self) -> Arc<dyn CatalogProvider> {
        self.catalog.clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Vec<String>, Stored>> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn schema_of(&self, name: &[String]) -> Result<Arc<dyn SchemaProvider>, SqlError> {
        let found = name.get(1).and_then(|schema| self.catalog.schema(schema));
        found.ok_or_else(|| SqlError::no_such(Missing::Schema, name.get(..2).unwrap_or(name)))
    }

    pub(super) fn exists(&self, name: &[String]) -> bool {
        match name {
            [_, schema] => self.catalog.schema(schema).is_some(),
            [_, schema, table] => self.catalog.schema(schema).is_some_and(|schema| schema.table_exist(table)),
            _ => false,
        }
    }

    /// A new table, in place of what had its name.
    pub(super) fn put(&self, name: &[String], schema: &Schema, batches: &[RecordBatch]) -> Result<(), SqlError> {
        let schema = Arc::new(kept(schema));
        let batches = batches.iter().map(|batch| fit(batch, &schema, None)).collect::<Result<_, _>>()?;
        self.store(&mut self.lock(), name, Stored { schema, batches })
    }

    /// Rows for the named columns, or for all of them in their order. The number of rows.
    pub(super) fn append(
        &self,
        name: &[String],
        columns: &[String],
        rows: (&Schema, &[RecordBatch]),
        overwrite: bool,
    ) -> Result<usize, SqlError> {
        let mut tables = self.lock();
        let Some(old) = tables.get(name).cloned() else {
            // A view has a name and no rows of its own.
            let missing = || SqlError::no_such(Missing::Table, name);
            return Err(if self.exists(name) { SqlError::expected_kind(name, true) } else { missing() });
        };
        let places = places(name, &old.schema, columns, rows.0.fields().len())?;
        let mut batches = if overwrite { Vec::new() } else { old.batches };
        for batch in rows.1 {
            batches.push(fit(batch, &old.schema, Some(&places))?);
        }
        self.store(&mut tables, name, Stored { schema: old.schema, batches })?;
        Ok(rows.1.iter().map(RecordBatch::num_rows).sum())
    }

    fn store(
        &self,
        tables: &mut HashMap<Vec<String>, Stored>,
        name: &[String],
        stored: Stored,
    ) -> Result<(), SqlError> {
        let others = tables.iter().filter(|(other, _)| other.as_slice() != name).map(|(_, stored)| stored.bytes());
        if others.sum::<usize>() + stored.bytes() > LIMIT {
            return Err(SqlError::scratch_is_full(LIMIT));
        }
        let table = MemTable::try_new(stored.schema.clone(), vec![stored.batches.clone()]).map_err(internal)?;
        self.register(name, Arc::new(table))?;
        tables.insert(name.to_vec(), stored);
        Ok(())
    }

    pub(super) fn put_view(&self, name: &[String], plan: LogicalPlan, sql: String) -> Result<(), SqlError> {
        let mut tables = self.lock();
        self.register(name, Arc::new(ViewTable::new(plan, Some(sql))))?;
        tables.remove(name);
        Ok(())
    }

    fn register(&self, name: &[String], table: Arc<dyn TableProvider>) -> Result<(), SqlError> {
        let schema = self.schema_of(name)?;
        let Some(own) = name.get(2) else { return Err(SqlError::no_such(Missing::Table, name)) };
        schema.deregister_table(own).map_err(internal)?;
        schema.register_table(own.clone(), table).map_err(internal)?;
        Ok(())
    }

    pub(super) fn is_view(&self, name: &[String]) -> bool {
        self.exists(name) && !self.lock().contains_key(name)
    }

    pub(super) fn drop_table(&self, name: &[String]) -> Result<(), SqlError> {
        let mut tables = self.lock();
        if let Some(own) = name.get(2) {
            self.schema_of(name)?.deregister_table(own).map_err(internal)?;
        }
        tables.remove(name);
        Ok(())
    }

    pub(super) fn create_schema(&self, name: &str) -> Result<(), SqlError> {
        self.catalog.register_schema(name, Arc::new(MemorySchemaProvider::new())).map_err(internal)?;
        Ok(())
    }

    pub(super) fn drop_schema(&self, name: &[String], cascade: bool) -> Result<(), SqlError> {
        let mut tables = self.lock();
        if !cascade && !self.schema_of(name)?.table_names().is_empty() {
            return Err(SqlError::schema_not_empty(name));
        }
        if let Some(schema) = name.get(1) {
            self.catalog.deregister_schema(schema, true).map_err(internal)?;
        }
        tables.retain(|table, _| !table.starts_with(name));
        Ok(())
    }
}

fn internal(error: impl std::fmt::Display) -> SqlError {
    SqlError::internal(error.to_string())
}

/// The types that Databricks stores: it has no unsigned numbers and one kind of text.
fn kept(schema: &Schema) -> Schema {
    let field = |field: &Arc<Field>| {
        let kind = match field.data_type() {
            DataType::UInt8 => DataType::Int16,
            DataType::UInt16 => DataType::Int32,
            DataType::UInt32 | DataType::UInt64 => DataType::Int64,
            DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
            DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
            other => other.clone(),
        };
        Field::new(field.name(), kind, true)
    };
    Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>())
}

/// For each column of the table, which column of the rows goes there. `None`: it becomes NULL.
fn places(name: &[String], schema: &Schema, columns: &[String], given: usize) -> Result<Vec<Option<usize>>, SqlError> {
    let known: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let expected = if columns.is_empty() { known.len() } else { columns.len() };
    if expected != given {
        return Err(SqlError::insert_arity(name, expected, given));
    }
    if let Some(column) = columns.iter().find(|column| !known.contains(&column.as_str())) {
        return Err(SqlError::unknown_column(column, &known));
    }
    let place = |(index, field): (usize, &str)| {
        if columns.is_empty() { Some(index) } else { columns.iter().position(|column| column == field) }
    };
    Ok(known.into_iter().enumerate().map(place).collect())
}

/// The rows under the table's types. A value that does not fit is an error, not a NULL.
fn fit(batch: &RecordBatch, schema: &SchemaRef, places: Option<&[Option<usize>]>) -> Result<RecordBatch, SqlError> {
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let column = |(index, field): (usize, &Arc<Field>)| {
        let place = places.map_or(Some(index), |places| places.get(index).copied().flatten());
        match place.and_then(|place| batch.columns().get(place)) {
            Some(column) => cast_with_options(column, field.data_type(), &strict),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        }
    };
    let columns = schema.fields().iter().enumerate().map(column).collect::<Result<Vec<_>, _>>();
    let batch = columns.and_then(|columns| RecordBatch::try_new(schema.clone(), columns));
    batch.map_err(|error| SqlError::from_datafusion(DataFusionError::from(error), ""))
}
