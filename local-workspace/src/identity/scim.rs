//! `GET /api/2.0/preview/scim/v2/Me`: who the access token stands for.

use super::{Caller, User};
use crate::wire::ApiError;
use crate::workspace::Workspace;
use axum::extract::Query;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub fn routes() -> Router<Arc<Workspace>> {
    Router::new().route("/api/2.0/preview/scim/v2/Me", get(me))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Selection {
    attributes: Option<String>,
    excluded_attributes: Option<String>,
}

async fn me(caller: Caller, Query(selection): Query<Selection>) -> Result<impl IntoResponse, ApiError> {
    caller.require("iam.current-user:read")?;
    let content_type = [(header::CONTENT_TYPE, "application/scim+json")];
    Ok((content_type, selection.apply(document(caller.user))))
}

fn document(user: &User) -> Map<String, Value> {
    let groups: Vec<Value> = user
        .groups
        .iter()
        .map(|(id, name)| json!({"display": name, "type": "direct", "value": id, "$ref": format!("Groups/{id}")}))
        .collect();
    let entitlements: Vec<Value> = user.entitlements.iter().map(|name| json!({"value": name})).collect();
    let document = json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:workspace:2.0:User",
        ],
        "id": user.scim_id,
        "userName": user.email,
        "displayName": user.display_name(),
        "name": {"givenName": user.given_name, "familyName": user.family_name},
        "active": true,
        "emails": [{"type": "work", "value": user.email, "primary": true}],
        "groups": groups,
        "entitlements": entitlements,
    });
    match document {
        Value::Object(document) => document,
        _ => Map::new(),
    }
}

impl Selection {
    /// `schemas` and `id` are always returned (RFC 7643 section 2.4); names compare without case (section 2.1).
    fn apply(&self, mut document: Map<String, Value>) -> Json<Map<String, Value>> {
        let named = |list: &Option<String>, name: &str| {
            list.as_deref().map(|list| list.split(',').any(|entry| top_level(entry).eq_ignore_ascii_case(name)))
        };
        document.retain(|name, _| {
            name == "schemas"
                || name == "id"
                || (named(&self.attributes, name).unwrap_or(true)
                    && !named(&self.excluded_attributes, name).unwrap_or(false))
        });
        Json(document)
    }
}

/// `name.givenName` asks for a part of `name`; the whole is a correct, if generous, answer.
fn top_level(attribute: &str) -> &str {
    attribute.trim().split('.').next().unwrap_or_default()
}
