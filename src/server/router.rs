//! The one place where layers and routes are put together. Tests call the very function that the program calls.

use std::{sync::LazyLock, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use leptos::{nonce::Nonce, prelude::*};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use super::{
    AppState, forms,
    middleware::{call_errors, csrf, gate, headers, host, limits, request_id, session},
    oauth::handlers,
    request::Presence,
    results, static_files,
};
use crate::{
    app::{App, shell},
    auth::Initial,
};

/// Longer than the 60 s that a call to the workspace may take.
const TIME_LIMIT: Duration = Duration::from_secs(75);

/// # Errors
/// `PUBLIC_URL` is no origin.
pub fn build_router(state: AppState) -> Result<Router, tower_http::csrf::ConfigError> {
    let csrf = csrf::layer(&state.settings.web.public_url.origin().ascii_serialization())?;
    // From the outside in. Each one sees what those above it let through.
    let layers = ServiceBuilder::new()
        // First, so that every line in the log and every answer has an id.
        .layer(from_fn(request_id::assign))
        // Whatever happens below, the answer carries the security headers, a panic's answer too.
        .layer(from_fn_with_state(state.clone(), headers::secure))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIME_LIMIT))
        // Under another name than the public one nothing is answered.
        .layer(from_fn_with_state(state.clone(), host::check))
        .layer(from_fn(limits::header_bytes))
        // The same for everybody: nobody's session is read, renewed or stored for them.
        .layer(from_fn_with_state(static_files::files(&state.leptos), static_files::serve))
        .layer(from_fn_with_state(state.clone(), limits::sign_ins))
        // Before the session is read: a forged request must not even renew it.
        .layer(csrf)
        .layer(from_fn(csrf::require_call_header))
        .layer(from_fn_with_state(state.clone(), csrf::forget_foreign_referer))
        // Who asks.
        .layer(from_fn_with_state(state.clone(), session::load))
        // What a server function refused gets the status of its error.
        .layer(from_fn(call_errors::translate))
        // May they? Nothing below is reached without a session, except the public paths.
        .layer(from_fn_with_state(state.clone(), gate::guard))
        .layer(from_fn(limits::read_body));

    let context = context(state.clone());
    Ok(Router::new()
        .route("/sign-in", get(handlers::sign_in))
        .route("/sign-in-problem", get(handlers::sign_in_problem))
        .route("/token", get(handlers::token))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/api/statements/{id}/chunks/{index}", get(results::chunk))
        .route("/download/{id}", get(results::download))
        .route("/sql/run", post(forms::run_statement))
        .leptos_routes_with_context(&state, page_routes(), context, {
            let options = state.leptos.clone();
            move || shell(options.clone())
        })
        .fallback(not_found)
        .layer(layers)
        .with_state(state))
}

/// The routes of pages, from the one table in `app`. They are read once in a process: while Leptos reads them, it keeps every
/// resource of the process from loading, and a page that another router writes at that moment would wait for ever.
pub fn page_routes() -> Vec<AxumRouteListing> {
    static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));
    ROUTES.clone()
}

/// What pages and server functions find in Leptos' context.
fn context(state: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(state.clone());
        let Some(parts) = use_context::<Parts>() else { return };
        if let Some(nonce) = parts.extensions.get::<Nonce>() {
            provide_context(nonce.clone());
        }
        if let Some(presence) = parts.extensions.get::<Presence>() {
            let session = match presence {
                Presence::SignedIn(signed_in) => Some(signed_in.view(&state)),
                Presence::Nobody(_) | Presence::Unavailable(_) => None,
            };
            let validation_interval = u32::try_from(state.settings.session.validation_interval).unwrap_or(60);
            provide_context(Initial { session, validation_interval });
            provide_context(presence.clone());
        }
    }
}

/// The app's own "not found" page, with the status that belongs to it.
async fn not_found(State(state): State<AppState>, request: Request<Body>) -> Response {
    let options = state.leptos.clone();
    let render = leptos_axum::render_app_async_with_context(context(state), move || shell(options.clone()));
    let mut response = render(request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// Ready when the authorization server is known: without it nobody could sign in.
async fn ready(State(state): State<AppState>) -> Response {
    match state.discovery.provider().await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: the workspace's sign-in service cannot be reached\n")
                .into_response()
        }
    }
}
