//! The one place where routes and layers are put together.

use crate::workspace::Workspace;
use crate::{identity, local, oidc, statements, unity, warehouses, wire};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use std::sync::Arc;

/// A later layer wraps the earlier ones, so read the layers from the bottom up to follow a request.
pub fn build_router(workspace: Arc<Workspace>) -> Router {
    Router::new()
        .merge(oidc::routes())
        .merge(identity::routes())
        .merge(warehouses::routes())
        .merge(statements::routes())
        .merge(unity::routes())
        .merge(local::routes())
        // 4. A fault may take the handler's place.
        .layer(from_fn_with_state(workspace.clone(), local::inject_faults))
        // 3. Every request is logged, faults included.
        .layer(from_fn_with_state(workspace.clone(), local::log_requests))
        // 2. Every answer carries its ids.
        .layer(from_fn(wire::workspace_headers))
        // 1. Nobody comes in under another host's name.
        .layer(from_fn(local::loopback_host))
        .with_state(workspace)
}
