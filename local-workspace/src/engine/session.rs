//! The engine itself: one DataFusion state for all, copied and set up for each query.

use super::arithmetic::AnsiArithmetic;
use super::division::AnsiDivision;
use super::isolation;
use super::names::Names;
use super::query::Query;
use super::range::Range;
use super::scratch::{SCRATCH, Scratch};
use super::session_functions::session_functions;
use super::{functions, visible};
use datafusion::catalog::{CatalogProvider, CatalogProviderList, MemoryCatalogProviderList};
use datafusion::common::DataFusionError;
use datafusion::config::Dialect;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::SessionState;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionConfig;
use std::sync::Arc;
use tokio::runtime::{Builder, Handle, Runtime};

/// DataFusion plans by recursion; an unoptimised build needs more than the usual 2 MiB for a large query.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Between two batches a statement can be canceled, so they are small; the tables come in batches of the same size.
const BATCH_ROWS: usize = 2_048;

pub struct Engine {
    state: SessionState,
    scratch: Scratch,
    /// Threads of its own: a join can keep a thread for long, and the server has to go on answering meanwhile.
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    DataFusion(#[from] DataFusionError),
    #[error("no threads: {0}")]
    Threads(#[from] std::io::Error),
}

impl Engine {
    pub fn new(catalogs: Vec<(&str, Arc<dyn CatalogProvider>)>) -> Result<Self, EngineError> {
        let list = MemoryCatalogProviderList::new();
        for (name, catalog) in catalogs {
            list.register_catalog(name.to_owned(), catalog);
        }
        let scratch = Scratch::new()?;
        list.register_catalog(SCRATCH.to_owned(), scratch.catalog());
        let mut config = SessionConfig::new()
            .with_batch_size(BATCH_ROWS)
            .with_information_schema(true)
            .with_create_default_catalog_and_schema(false);
        let parser = &mut config.options_mut().sql_parser;
        parser.dialect = Dialect::Databricks;
        // As on Databricks, `1.5` is a DECIMAL and strings are plain strings.
        parser.parse_float_as_decimal = true;
        parser.map_string_types_to_utf8view = false;
        // Errors tell the line and position that they are about.
        parser.collect_spans = true;
        // NULL comes before everything: first when ascending, last when descending.
        parser.default_null_ordering = "nulls_min".to_owned();
        let mut state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(isolation::runtime()?)
            .with_catalog_list(Arc::new(list))
            .with_default_features()
            .build();
        for function in functions::all() {
            state.register_udf(Arc::new(function))?;
        }
        // Planners are asked in turn; the ones that are there already leave `/` alone.
        state.register_expr_planner(Arc::new(AnsiDivision::default()))?;
        state.register_expr_planner(Arc::new(AnsiArithmetic::default()))?;
        if let Some(inner) = state.table_functions().get("range").cloned() {
            state.register_udtf("range", Arc::new(Range { inner }));
        }
        let runtime = Builder::new_multi_thread().thread_name("engine").thread_stack_size(STACK_BYTES).build()?;
        Ok(Self { state, scratch, runtime: Some(runtime) })
    }

    pub(super) fn threads(&self) -> Option<&Handle> {
        self.runtime.as_ref().map(Runtime::handle)
    }

    pub(super) fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// Everything there is.
    pub(super) fn catalogs(&self) -> Arc<dyn CatalogProviderList> {
        self.state.catalog_list().clone()
    }

    /// A state of its own for one query: its user, its default catalog and schema.
    pub(super) fn session(&self, query: &Query) -> Result<SessionState, DataFusionError> {
        let mut state = self.state.clone();
        // The moment that `current_date()` and `now()` tell throughout the statement.
        state.mark_start_execution();
        let Names { catalog, schema } = Names::of(query);
        let options = &mut state.config_mut().options_mut().catalog;
        options.default_catalog = catalog.to_owned();
        options.default_schema = schema.to_owned();
        state.register_catalog_list(visible::catalogs(self.catalogs(), query.access.clone()));
        for function in session_functions(&query.user, catalog, schema, &query.access) {
            state.register_udf(Arc::new(function))?;
        }
        Ok(state)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // An ordinary drop would wait for queries under way, which an async thread must not do.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
