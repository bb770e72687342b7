//! The catalogs as one person sees them: lists are filtered, a table that may not be read fails with the missing
//! privilege, and row filters and column masks stand between a table and whoever reads it.

use super::access::{Access, Rules};
use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, SchemaProvider, Session, TableProvider,
    default_table_source::provider_as_source, view::ViewTable,
};
use datafusion::common::{Column, DataFusionError, Result};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, TableType, lit};
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

use super::error::SqlError;

pub(super) fn catalogs(all: Arc<dyn CatalogProviderList>, access: Arc<dyn Access>) -> Arc<dyn CatalogProviderList> {
    Arc::new(Catalogs { all, access })
}

#[derive(Debug)]
struct Catalogs {
    all: Arc<dyn CatalogProviderList>,
    access: Arc<dyn Access>,
}

#[derive(Debug)]
struct Catalog {
    name: String,
    inner: Arc<dyn CatalogProvider>,
    access: Arc<dyn Access>,
}

#[derive(Debug)]
struct Schema {
    catalog: String,
    name: String,
    inner: Arc<dyn SchemaProvider>,
    access: Arc<dyn Access>,
}

impl CatalogProviderList for Catalogs {
    fn register_catalog(&self, _: String, _: Arc<dyn CatalogProvider>) -> Option<Arc<dyn CatalogProvider>> {
        None
    }

    fn catalog_names(&self) -> Vec<String> {
        self.all.catalog_names().into_iter().filter(|name| self.access.sees_catalog(name)).collect()
    }

    fn catalog(&self, name: &str) -> Option<Arc<dyn CatalogProvider>> {
        let inner = self.all.catalog(name)?;
        Some(Arc::new(Catalog { name: name.to_owned(), inner, access: self.access.clone() }))
    }
}

impl CatalogProvider for Catalog {
    fn schema_names(&self) -> Vec<String> {
        let visible = |schema: &String| self.access.sees_schema(&self.name, schema);
        self.inner.schema_names().into_iter().filter(visible).collect()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        let inner = self.inner.schema(name)?;
        let (catalog, access) = (self.name.clone(), self.access.clone());
        Some(Arc::new(Schema { catalog, name: name.to_owned(), inner, access }))
    }
}

#[async_trait]
impl SchemaProvider for Schema {
    fn table_names(&self) -> Vec<String> {
        let visible = |table: &String| self.access.sees_table(&self.catalog, &self.name, table);
        self.inner.table_names().into_iter().filter(visible).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let Some(table) = self.inner.table(name).await? else { return Ok(None) };
        match self.access.read(&self.catalog, &self.name, name) {
            Ok(rules) if rules == Rules::default() => Ok(Some(table)),
            Ok(rules) => restricted(name, table, rules).map(Some),
            // Its columns may be shown; reading it fails.
            Err(missing) if self.access.sees_table(&self.catalog, &self.name, name) => {
                Ok(Some(Arc::new(Unreadable { schema: table.schema(), missing })))
            }
            Err(missing) => Err(DataFusionError::External(Box::new(missing))),
        }
    }

    fn table_exist(&self, name: &str) -> bool {
        self.inner.table_exist(name)
    }
}

/// The table as a view that applies the rules.
fn restricted(name: &str, table: Arc<dyn TableProvider>, rules: Rules) -> Result<Arc<dyn TableProvider>> {
    let schema = table.schema();
    let mut plan = LogicalPlanBuilder::scan(name, provider_as_source(table), None)?;
    if let Some((column, value)) = rules.hidden_rows {
        plan = plan.filter(Expr::Column(Column::from_name(column)).not_eq(lit(value)))?;
    }
    let columns =
        schema.fields().iter().map(|field| match rules.masks.iter().find(|(column, _)| column == field.name()) {
            Some((column, shown)) => lit(*shown).alias(*column),
            None => Expr::Column(Column::from_name(field.name())),
        });
    let plan = plan.project(columns.collect::<Vec<_>>())?.build()?;
    Ok(Arc::new(ViewTable::new(plan, None)))
}

/// A table that may be described and not read.
#[derive(Debug)]
struct Unreadable {
    schema: SchemaRef,
    missing: SqlError,
}

#[async_trait]
impl TableProvider for Unreadable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        _: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Err(DataFusionError::External(Box::new(self.missing.clone())))
    }
}
