//! The engine itself: one DataFusion state for all, copied and set up for each query.

use super::division::AnsiDivision;
use super::isolation;
use super::query::Query;
use super::session_functions::session_functions;
use datafusion::catalog::{CatalogProvider, CatalogProviderList, MemoryCatalogProviderList};
use datafusion::common::Result;
use datafusion::config::Dialect;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::SessionState;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionConfig;
use std::sync::Arc;

/// Used when a statement names no catalog or schema.
const DEFAULT_CATALOG: &str = "samples";
const DEFAULT_SCHEMA: &str = "default";

pub struct Engine {
    state: SessionState,
}

impl Engine {
    pub fn new(catalogs: Vec<(&str, Arc<dyn CatalogProvider>)>) -> Result<Self> {
        let list = MemoryCatalogProviderList::new();
        for (name, catalog) in catalogs {
            list.register_catalog(name.to_owned(), catalog);
        }
        let mut config =
            SessionConfig::new().with_information_schema(true).with_create_default_catalog_and_schema(false);
        let parser = &mut config.options_mut().sql_parser;
        parser.dialect = Dialect::Databricks;
        // As on Databricks, `1.5` is a DECIMAL and strings are plain strings.
        parser.parse_float_as_decimal = true;
        parser.map_string_types_to_utf8view = false;
        let mut state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(isolation::runtime()?)
            .with_catalog_list(Arc::new(list))
            .with_default_features()
            .build();
        // Planners are asked in order, and ours has to come before the default ones.
        state.register_expr_planner(Arc::new(AnsiDivision::default()))?;
        Ok(Self { state })
    }

    /// A state of its own for one query: its user, its default catalog and schema.
    pub(super) fn session(&self, query: &Query) -> Result<SessionState> {
        let mut state = self.state.clone();
        let catalog = query.catalog.as_deref().unwrap_or(DEFAULT_CATALOG);
        let schema = query.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
        let options = &mut state.config_mut().options_mut().catalog;
        options.default_catalog = catalog.to_owned();
        options.default_schema = schema.to_owned();
        for function in session_functions(&query.user, catalog, schema) {
            state.register_udf(Arc::new(function))?;
        }
        Ok(state)
    }
}
