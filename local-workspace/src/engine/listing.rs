//! Names and columns of what there is, for the catalog API. Unfiltered: who may see what is decided by the caller.

use super::rows::{Column, columns};
use super::session::Engine;

impl Engine {
    pub fn catalog_names(&self) -> Vec<String> {
        sorted(self.catalogs().catalog_names())
    }

    pub fn schema_names(&self, catalog: &str) -> Vec<String> {
        sorted(self.catalogs().catalog(catalog).map(|catalog| catalog.schema_names()).unwrap_or_default())
    }

    pub fn table_names(&self, catalog: &str, schema: &str) -> Vec<String> {
        let schema = self.catalogs().catalog(catalog).and_then(|catalog| catalog.schema(schema));
        sorted(schema.map(|schema| schema.table_names()).unwrap_or_default())
    }

    /// `None`: there is no such table.
    pub async fn columns_of(&self, catalog: &str, schema: &str, table: &str) -> Option<Vec<Column>> {
        let schema = self.catalogs().catalog(catalog)?.schema(schema)?;
        Some(columns(&schema.table(table).await.ok()??.schema()))
    }
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names
}
