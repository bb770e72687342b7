//! The authorization server's routes.

use super::level::Level;
use super::{authorize, metadata, page, revocation, tokens};
use crate::workspace::Workspace;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

pub fn routes() -> Router<Arc<Workspace>> {
    let common = Router::new()
        .route("/.well-known/databricks-config", get(metadata::host_config))
        .route("/oidc/sign-in.css", get(page::stylesheet));
    Level::BOTH.into_iter().fold(common, |router, level| router.merge(door(&level.path())))
}

fn door(path: &str) -> Router<Arc<Workspace>> {
    Router::new()
        .route(&format!("{path}/.well-known/oauth-authorization-server"), get(metadata::authorization_server))
        .route(&format!("{path}/.well-known/openid-configuration"), get(metadata::authorization_server))
        .route(&format!("{path}/jwks.json"), get(metadata::jwks))
        .route(&format!("{path}/v1/authorize"), get(authorize::show).post(authorize::decide))
        .route(&format!("{path}/v1/token"), post(tokens::token))
        .route(&format!("{path}/v1/revoke"), post(revocation::revoke))
}
