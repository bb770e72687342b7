//! `GET /api/2.1/unity-catalog/…`: catalogs, schemas, tables. What was not granted is left out, not refused.

use super::access::PersonalAccess;
use super::paging::Paging;
use crate::engine::{Access, Column};
use crate::identity::Caller;
use crate::wire::ApiError;
use crate::workspace::Workspace;
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Builder;

type Shared = State<Arc<Workspace>>;

const OWNER: &str = "admins";
/// 2024-01-01, in milliseconds: the sample data has no history.
const CREATED_AT: i64 = 1_704_067_200_000;

pub fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.1/unity-catalog/catalogs", get(catalogs))
        .route("/api/2.1/unity-catalog/schemas", get(schemas))
        .route("/api/2.1/unity-catalog/tables", get(tables))
        .route("/api/2.1/unity-catalog/tables/{full_name}", get(table))
}

#[derive(Debug, Default, Deserialize)]
struct Selection {
    catalog_name: Option<String>,
    schema_name: Option<String>,
    #[serde(default)]
    omit_columns: bool,
    #[serde(default)]
    include_browse: bool,
}

impl Selection {
    fn catalog(&self) -> Result<&str, ApiError> {
        let missing = || ApiError::InvalidParameter("catalog_name is missing.".to_owned());
        self.catalog_name.as_deref().filter(|name| !name.is_empty()).ok_or_else(missing)
    }

    fn schema(&self) -> Result<&str, ApiError> {
        let missing = || ApiError::InvalidParameter("schema_name is missing.".to_owned());
        self.schema_name.as_deref().filter(|name| !name.is_empty()).ok_or_else(missing)
    }
}

fn access(caller: &Caller, workspace: &Workspace) -> Result<PersonalAccess, ApiError> {
    caller.require("unity-catalog")?;
    Ok(PersonalAccess { user: caller.user, grants: workspace.grants.clone() })
}

async fn catalogs(
    caller: Caller,
    State(workspace): Shared,
    Query(paging): Query<Paging>,
) -> Result<Json<Value>, ApiError> {
    let access = access(&caller, &workspace)?;
    let (page, next) = paging.page(workspace.engine.catalog_names(), |name| access.sees_catalog(name))?;
    let documents = page.iter().map(|name| {
        let mut document = described(&[name], "CATALOG", catalog_comment(name));
        document.insert("catalog_type".to_owned(), json!("MANAGED_CATALOG"));
        document.insert("isolation_mode".to_owned(), json!("OPEN"));
        document
    });
    Ok(answer("catalogs", documents.collect(), next))
}

async fn schemas(
    caller: Caller,
    State(workspace): Shared,
    Query(paging): Query<Paging>,
    Query(selection): Query<Selection>,
) -> Result<Json<Value>, ApiError> {
    let access = access(&caller, &workspace)?;
    let catalog = selection.catalog()?;
    let (page, next) = paging.page(workspace.engine.schema_names(catalog), |name| access.sees_schema(catalog, name))?;
    let documents = page.iter().map(|name| {
        let mut document = described(&[catalog, name], "SCHEMA", schema_comment(name));
        document.insert("catalog_name".to_owned(), json!(catalog));
        document
    });
    Ok(answer("schemas", documents.collect(), next))
}

async fn tables(
    caller: Caller,
    State(workspace): Shared,
    Query(paging): Query<Paging>,
    Query(selection): Query<Selection>,
) -> Result<Json<Value>, ApiError> {
    let access = access(&caller, &workspace)?;
    let (catalog, schema) = (selection.catalog()?, selection.schema()?);
    let visible = |name: &String| {
        access.read(catalog, schema, name).is_ok()
            || selection.include_browse && access.sees_table(catalog, schema, name)
    };
    let (page, next) = paging.page(workspace.engine.table_names(catalog, schema), visible)?;
    let mut documents = Vec::with_capacity(page.len());
    for name in &page {
        documents.extend(document(&workspace, &access, [catalog, schema, name], !selection.omit_columns).await);
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
    let parts: Vec<&str> = full_name.split('.').collect();
    let &[catalog, schema, name] = parts.as_slice() else { return Err(missing()) };
    if !access.sees_table(catalog, schema, name) {
        return Err(missing());
    }
    let document = document(&workspace, &access, [catalog, schema, name], true).await.ok_or_else(missing)?;
    Ok(Json(Value::Object(document)))
}

/// A table with its columns.
async fn document(
    workspace: &Workspace,
    access: &PersonalAccess,
    [catalog, schema, name]: [&str; 3],
    with_columns: bool,
) -> Option<Map<String, Value>> {
    let columns = workspace.engine.columns_of(catalog, schema, name).await?;
    let mut document = described(&[catalog, schema, name], "TABLE", table_comment(name));
    let browse_only = access.read(catalog, schema, name).is_err();
    let more = json!({
        "catalog_name": catalog,
        "schema_name": schema,
        "table_type": "MANAGED",
        "data_source_format": "DELTA",
        "browse_only": browse_only,
    });
    if let Value::Object(more) = more {
        document.extend(more);
    }
    if with_columns {
        let columns: Vec<Value> = columns.iter().enumerate().map(|(position, one)| column(position, one)).collect();
        document.insert("columns".to_owned(), json!(columns));
    }
    Some(document)
}

fn column(position: usize, column: &Column) -> Value {
    let (precision, scale) = column.decimal.unwrap_or((0, 0));
    json!({
        "name": column.name,
        "type_text": column.type_text.to_ascii_lowercase(),
        "type_name": column.type_name,
        "type_precision": precision,
        "type_scale": scale,
        "position": position,
        "nullable": true,
    })
}

/// Made from the name, so that it is the same after a restart.
fn id_of(full_name: &str) -> String {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest(&SHA256, full_name.as_bytes()).as_ref()).for_each(|(to, from)| *to = *from);
    Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// What everything in the catalog has.
fn described(full_name: &[&str], kind: &str, comment: &str) -> Map<String, Value> {
    let name = full_name.last().copied().unwrap_or_default();
    let full_name = full_name.join(".");
    let id = id_of(&full_name);
    let document = json!({
        "name": name,
        "full_name": full_name,
        "comment": comment,
        "owner": OWNER,
        "securable_type": kind,
        format!("{}_id", kind.to_ascii_lowercase()): id,
        "created_at": CREATED_AT,
        "created_by": OWNER,
        "updated_at": CREATED_AT,
        "updated_by": OWNER,
    });
    match document {
        Value::Object(document) => document,
        _ => Map::new(),
    }
}

/// The real service leaves an empty list out.
fn answer(name: &str, documents: Vec<Map<String, Value>>, next: Option<String>) -> Json<Value> {
    let mut answer = Map::new();
    if !documents.is_empty() {
        answer.insert(name.to_owned(), json!(documents));
    }
    if let Some(next) = next {
        answer.insert("next_page_token".to_owned(), json!(next));
    }
    Json(Value::Object(answer))
}

fn catalog_comment(name: &str) -> &'static str {
    if name == "samples" { "Sample data that everybody may look at" } else { "" }
}

fn schema_comment(name: &str) -> &'static str {
    match name {
        "nyctaxi" => "Taxi trips in New York City, January and February 2016",
        "tpch" => "The TPC-H benchmark: customers, orders and the parts they order",
        _ => "",
    }
}

fn table_comment(name: &str) -> &'static str {
    match name {
        "trips" => "One row a trip, with distance, fare and zip codes",
        "customer" => "Who orders; the phone number is masked for all but administrators",
        "lineitem" => "One row an item of an order",
        "nation" => "Nations, each in a region",
        "orders" => "Orders; urgent ones are left out for all but administrators",
        "part" => "Parts that are sold",
        "partsupp" => "Which supplier has which part at what cost",
        "region" => "Regions of the world",
        "supplier" => "Who delivers the parts",
        _ => "",
    }
}
