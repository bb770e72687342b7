//! The catalog as the user may see it.

use super::as_user;
use crate::{
    model::{
        AppError, ErrorCode,
        catalog::{CatalogEntry, CatalogFolder, TableColumn, TableDetails},
    },
    server::{AppState, SignedIn, databricks::Securable},
};

/// What lies below (catalogs below nothing, schemas below a catalog, tables below a schema), the catalog or schema itself, and
/// whether there is more.
///
/// # Errors
/// The session is over, or what the workspace said.
pub async fn folder(state: &AppState, user: &SignedIn, path: &[String]) -> Result<CatalogFolder, AppError> {
    if path.len() > 2 {
        return Err(AppError::new(ErrorCode::BadRequest, "Below a schema lie tables, which hold nothing more."));
    }
    let ask = |token| async move {
        match path {
            [] => state.databricks.catalogs(&token).await,
            [catalog] => state.databricks.schemas(&token, catalog).await,
            [catalog, schema, ..] => state.databricks.tables(&token, catalog, schema).await,
        }
    };
    let fresh = async || {
        let (found, about) = tokio::join!(as_user::call(state, user, ask), about(state, user, path));
        let found = found?;
        Ok(CatalogFolder { about, entries: found.all.iter().map(entry).collect(), more: found.more })
    };
    state.kept.folders.get_or(user, &path.to_vec(), fresh).await
}

/// The catalog or schema itself. Who may not see it may still see what lies in it, so a refusal is no error.
async fn about(state: &AppState, user: &SignedIn, path: &[String]) -> Option<CatalogEntry> {
    let (kind, name) = match path {
        [] => return None,
        [catalog] => ("catalogs", catalog.clone()),
        [catalog, schema, ..] => ("schemas", format!("{catalog}.{schema}")),
    };
    let ask = |token| {
        let name = &name;
        async move { state.databricks.securable(&token, kind, name).await }
    };
    // The cause is in the log.
    as_user::call(state, user, ask).await.ok().map(|found| entry(&found))
}

/// # Errors
/// The session is over, or what the workspace said.
pub async fn table(state: &AppState, user: &SignedIn, path: &[String]) -> Result<TableDetails, AppError> {
    let [catalog, schema, table] = path else {
        return Err(AppError::new(ErrorCode::BadRequest, "A table has a catalog, a schema and a name."));
    };
    let ask = |token| async move { state.databricks.table(&token, [catalog, schema, table]).await };
    let column = |column: &crate::server::databricks::TableColumn| TableColumn {
        name: column.name.clone(),
        sql_type: column.type_text.clone(),
        nullable: column.nullable.unwrap_or(true),
        comment: column.comment.clone().unwrap_or_default(),
    };
    let fresh = async || {
        let found = as_user::call(state, user, ask).await?;
        Ok(TableDetails { entry: entry(&found), columns: found.columns.iter().map(column).collect() })
    };
    state.kept.tables.get_or(user, &path.to_vec(), fresh).await
}

/// For completion and choices: names below a path, of a table its columns. What is not there or not granted has none.
///
/// # Errors
/// The session is over, or the workspace failed.
pub async fn names(state: &AppState, user: &SignedIn, path: &[String]) -> Result<Vec<String>, AppError> {
    let found = match path.len() {
        0..=2 => folder(state, user, path).await.map(|all| all.entries.into_iter().map(|entry| entry.name).collect()),
        _ => table(state, user, path).await.map(|table| table.columns.into_iter().map(|column| column.name).collect()),
    };
    match found {
        Err(error) if holds_nothing(&error) => Ok(Vec::new()),
        found => found,
    }
}

/// It is not there, or not for this user.
pub(super) fn holds_nothing(error: &AppError) -> bool {
    matches!(
        error.code,
        ErrorCode::NotFound | ErrorCode::PermissionDenied | ErrorCode::BadRequest | ErrorCode::StatementFailed
    )
}

pub(super) fn entry(found: &Securable) -> CatalogEntry {
    CatalogEntry {
        name: found.name.clone(),
        comment: found.comment.clone().unwrap_or_default(),
        owner: found.owner.clone().unwrap_or_default(),
        kind: found.table_type.clone().unwrap_or_default(),
        browse_only: found.browse_only,
    }
}
