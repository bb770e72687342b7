//! The catalog: what there is that the signed-in user may see.

use leptos::prelude::*;
use server_fn::codec::Json;

use super::client::Calls;
use crate::model::{
    AppError,
    catalog::{CatalogFolder, FoundTables, TableDetails},
};

/// What lies below a path of names (catalogs, schemas or tables), the catalog or schema itself, and whether there is more than
/// could be listed.
#[server(name = CatalogFolderCall, prefix = "/api", endpoint = "catalog/folder", input = Json, client = Calls)]
pub async fn catalog_folder(path: Vec<String>) -> Result<CatalogFolder, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(crate::server::services::catalog::folder(&state, &user, &path).await)
}

/// A table with its columns; the path holds catalog, schema and table.
#[server(prefix = "/api", endpoint = "catalog/table", input = Json, client = Calls)]
pub async fn catalog_table(path: Vec<String>) -> Result<TableDetails, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(crate::server::services::catalog::table(&state, &user, &path).await)
}

/// Tables whose names hold a text, below a path of names (none, a catalog, or a catalog and a schema).
#[server(prefix = "/api", endpoint = "catalog/tables", input = Json, client = Calls)]
pub async fn catalog_tables(path: Vec<String>, wanted: String) -> Result<FoundTables, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(crate::server::services::catalog_search::tables(&state, &user, &path, &wanted).await)
}

/// Names for the editor's completion and for choices; none below what is not there or not granted.
#[server(prefix = "/api", endpoint = "catalog/names", input = Json, client = Calls)]
pub async fn catalog_names(path: Vec<String>) -> Result<Vec<String>, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(crate::server::services::catalog::names(&state, &user, &path).await)
}
