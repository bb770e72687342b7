//! Discovery: where the endpoints are and what they can do. Lists only what this server really does.

use super::level::{ACCOUNT_ID, Level};
use super::scope::SUPPORTED;
use crate::wire::ORG_ID;
use crate::workspace::Workspace;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET /.well-known/databricks-config`: where SDKs look first.
pub(super) async fn host_config(State(workspace): State<Arc<Workspace>>) -> Json<Value> {
    Json(json!({
        "oidc_endpoint": workspace.authority.issuer(Level::Workspace),
        "workspace_id": ORG_ID,
        "account_id": ACCOUNT_ID,
        "cloud": "AWS",
        "host_type": "workspace",
    }))
}

/// The same document under both well-known names (RFC 8414 and OpenID Connect Discovery).
pub(super) async fn authorization_server(level: Level, State(workspace): State<Arc<Workspace>>) -> Json<Value> {
    let issuer = workspace.authority.issuer(level);
    // A public client has no secret to authenticate with, a confidential one has to.
    let auth_methods: &[&str] = match workspace.authority.client.secret {
        Some(_) => &["client_secret_basic", "client_secret_post"],
        None => &["none"],
    };
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/v1/authorize"),
        "token_endpoint": format!("{issuer}/v1/token"),
        "jwks_uri": format!("{issuer}/jwks.json"),
        "scopes_supported": SUPPORTED,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": auth_methods,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": [
            "iss", "sub", "aud", "iat", "exp", "jti", "name", "family_name", "given_name", "preferred_username",
        ],
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
    });
    if let (true, Value::Object(fields)) = (workspace.authority.revocation, &mut document) {
        fields.insert("revocation_endpoint".to_owned(), format!("{issuer}/v1/revoke").into());
        fields.insert("revocation_endpoint_auth_methods_supported".to_owned(), json!(auth_methods));
    }
    Json(document)
}

pub(super) async fn jwks(State(workspace): State<Arc<Workspace>>) -> Json<Value> {
    Json(workspace.authority.key.jwks())
}
