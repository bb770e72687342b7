//! `GET /api/2.1/unity-catalog/…`: catalogs, schemas, tables. What was not granted is left out, not refused.

use super::access::PersonalAccess;
use super::documents::{Document, columns, document, object};
use super::paging::Paging;
use super::privilege::Securable;
use crate::identity::Caller;
use crate::wire::ApiError;
use crate::workspace::Workspace;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

type Shared = State<Arc<Workspace>>;

pub fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.1/unity-catalog/catalogs", get(catalogs))
        .route("/api/2.1/unity-catalog/catalogs/{full_name}", get(catalog))
        .route("/api/2.1/unity-catalog/schemas", get(schemas))
        .route("/api/2.1/unity-catalog/schemas/{full_name}", get(schema))
        .route("/api/2.1/unity-catalog/tables", get(tables))
        .route("/api/2.1/unity-catalog/tables/{full_name}", get(table))
}

#[derive(Debug, Default, Deserialize)]
struct Selection {
    catalog_name: Option<String>,
    schema_name: Option<String>,
    #[serde(default)]
    omit_columns: bool,
    /// Name, too, what the caller may browse and not use.
    #[serde(default)]
    include_browse: bool,
}

fn required<'a>(name: &str, value: Option<&'a String>) -> Result<&'a str, ApiError> {
    let missing = || ApiError::InvalidParameter(format!("{name} is missing."));
    value.map(String::as_str).filter(|value| !value.is_empty()).ok_or_else(missing)
}

fn access(caller: &Caller, workspace: &Workspace) -> Result<PersonalAccess, ApiError> {
    caller.require("unity-catalog")?;
    Ok(PersonalAccess { user: caller.user, grants: workspace.grants.clone() })
}

async fn catalogs(
    caller: Caller,
    State(workspace): Shared,
    Query(paging): Query<Paging>,
    Query(selection): Query<Selection>,
) -> Result<Json<Value>, ApiError> {
    let access = access(&caller, &workspace)?;
    let all = workspace.engine.catalog_names().iter().map(|name| Securable::catalog(name)).collect();
    let (page, next) = page(&access, &paging, &selection, all)?;
    let more = || json!({"catalog_type": "MANAGED_CATALOG", "isolation_mode": "OPEN"});
    let documents = page.iter().map(|catalog| described(&access, catalog, more())).collect();
    Ok(answer("catalogs", documents, next))
}

async fn catalog(caller: Caller, State(workspace): Shared, Path(name): Path<String>) -> Result<Json<Value>, ApiError> {
    let access = access(&caller, &workspace)?;
    let exists = workspace.engine.catalog_names().contains(&name);
    one(
        &access,
        &Securable::catalog(&name),
        exists,
        json!({"catalog_type": "MANAGED_CATALOG", "isolation_mode": "OPEN"}),
    )
}

async fn schema(
    caller: Caller,
    State(workspace): Shared,
    Path(full_name): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let access = access(&caller, &workspace)?;
    let (catalog, name) = full_name.split_once('.').unwrap_or((&full_name, ""));
    let exists = workspace.engine.schema_names(catalog).iter().any(|known| known == name);
    one(&access, &Securable::schema(catalog, name), exists, json!({"catalog_name": catalog}))
}

/// A catalog or schema by its name. What the caller may not see does not exist for them.
fn one(access: &PersonalAccess, securable: &Securable, exists: bool, more: Value) -> Result<Json<Value>, ApiError> {
    if !exists || !access.sees(securable) {
        return Err(ApiError::DoesNotExist(format!("{} '{securable}' does not exist.", securable.kind())));
    }
    Ok(Json(Value::Object(described(access, securable, more))))
}

async fn schemas(
    caller: Caller,
    State(workspace): Shared,
    Query(paging): Query<Paging>,
    Query(selection): Query<Selection>,
) -> Result<Json<Value>, ApiError> {
    let access = access(&caller, &workspace)?;
    let catalog = required("catalog_name", selection.catalog_name.as_ref())?;
    let names = workspace.engine.schema_names(catalog);
    let all = names.iter().map(|name| Securable::schema(catalog, name)).collect();
    let (page, next) = page(&access, &paging, &selection, all)?;
    let documents = page.iter().map(|schema| described(&access, schema, json!({"catalog_name": catalog}))).collect();
    Ok(answer("schemas", documents, next))
}

async fn tables(
    caller: Caller,
    State(workspace): Shared,
    Query(paging): Query<Paging>,
    Query(selection): Query<Selection>,
) -> Result<Json<Value>, ApiError> {
    let access = access(&caller, &workspace)?;
    let catalog = required("catalog_name", selection.catalog_name.as_ref())?;
    let schema = required("schema_name", selection.schema_name.as_ref())?;
    let names = workspace.engine.table_names(catalog, schema);
    let all = names.iter().map(|name| Securable::table(catalog, schema, name)).collect();
    let (page, next) = page(&access, &paging, &selection, all)?;
    let mut documents = Vec::with_capacity(page.len());
    for table in &page {
        // A table that was dropped since the names were read is left out.
        documents.extend(table_document(&workspace, &access, table, !selection.omit_columns).await);
    }
    Ok(answer("tables", documents, next))
}

async fn table(
    caller: Caller,
    State(workspace): Shared,
    Path(full_name): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let access = access(&caller, &workspace)?;
    let missing = || ApiError::DoesNotExist(format!("Table '{full_name}' does not exist."));
    let table = Securable::parse(&full_name);
    if table.kind() != "Table" || !access.sees(&table) {
        return Err(missing());
    }
    let document = table_document(&workspace, &access, &table, true).await.ok_or_else(missing)?;
    Ok(Json(Value::Object(document)))
}

/// One page of what the caller may use, or browse where that was asked for.
fn page(
    access: &PersonalAccess,
    paging: &Paging,
    selection: &Selection,
    all: Vec<Securable>,
) -> Result<(Vec<Securable>, Option<String>), ApiError> {
    paging.page(all, |one| access.uses(one) || selection.include_browse && access.sees(one))
}

fn described(access: &PersonalAccess, securable: &Securable, more: Value) -> Document {
    document(securable, &access.grants.registry.entry(securable), !access.uses(securable), more)
}

async fn table_document(
    workspace: &Workspace,
    access: &PersonalAccess,
    table: &Securable,
    with_columns: bool,
) -> Option<Document> {
    let [catalog, schema, name] = table.parts() else { return None };
    let found = workspace.engine.columns_of(catalog, schema, name).await?;
    let entry = access.grants.registry.entry(table);
    let kind = match &entry.view {
        Some(query) => json!({"table_type": "VIEW", "view_definition": query}),
        None => json!({"table_type": "MANAGED", "data_source_format": "DELTA"}),
    };
    let columns = if with_columns { json!({"columns": columns(&found, &entry)}) } else { json!({}) };
    let mut document = described(access, table, json!({"catalog_name": catalog, "schema_name": schema}));
    document.extend([kind, columns].into_iter().flat_map(object));
    Some(document)
}

/// The real service leaves an empty list out.
fn answer(name: &str, documents: Vec<Document>, next: Option<String>) -> Json<Value> {
    let mut answer = Map::new();
    if !documents.is_empty() {
        answer.insert(name.to_owned(), json!(documents));
    }
    if let Some(next) = next {
        answer.insert("next_page_token".to_owned(), json!(next));
    }
    Json(Value::Object(answer))
}
