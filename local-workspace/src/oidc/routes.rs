//! The authorization server's routes.

use super::{authorize, metadata, page, revocation, tokens};
use crate::workspace::Workspace;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

pub fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/.well-known/databricks-config", get(metadata::host_config))
        .route("/oidc/.well-known/oauth-authorization-server", get(metadata::authorization_server))
        .route("/oidc/.well-known/openid-configuration", get(metadata::authorization_server))
        .route("/oidc/jwks.json", get(metadata::jwks))
        .route("/oidc/sign-in.css", get(page::stylesheet))
        .route("/oidc/v1/authorize", get(authorize::show).post(authorize::decide))
        .route("/oidc/v1/token", post(tokens::token))
        .route("/oidc/v1/revoke", post(revocation::revoke))
}
