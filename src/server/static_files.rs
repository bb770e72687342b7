//! Files that are the same for everybody. They are answered before anybody asks who comes: such an answer carries no
//! session, is nothing that a person does, and waits for no refresh.

use std::convert::Infallible;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use leptos::config::LeptosOptions;
use tower::ServiceExt as _;
use tower_http::services::{ServeDir, ServeFile};

use super::middleware::gate;

/// Marks an answer that depends on nobody's cookies.
#[derive(Clone, Copy)]
pub struct SameForEverybody;

/// Names that hold a hash of the content: what stands under one never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const REVALIDATED: &str = "no-cache";

/// The files of the site's folder.
pub fn files(options: &LeptosOptions) -> Router {
    let root = options.site_root.to_string();
    let package = format!("/{}", options.site_pkg_dir);
    let folder = |path: &str| ServeDir::new(format!("{root}{path}")).precompressed_br().precompressed_gzip();
    let kept_for = if options.hash_files { FOR_EVER } else { REVALIDATED };
    let built = Router::new().nest_service(&package, folder(&package)).layer(from_fn_with_state(kept_for, cached));
    Router::new()
        .nest_service("/web", folder("/web"))
        .route_service("/favicon.svg", ServeFile::new(format!("{root}/favicon.svg")))
        .route_service("/robots.txt", ServeFile::new(format!("{root}/robots.txt")))
        .layer(from_fn_with_state(REVALIDATED, cached))
        .merge(built)
}

/// Answers what asks for such a file; odd spellings of their paths go on to the gate, as everything else does.
pub async fn serve(State(files): State<Router>, request: Request, next: Next) -> Response {
    let reads = request.method() == Method::GET || request.method() == Method::HEAD;
    if !reads || !gate::is_static(request.uri().path()) {
        return next.run(request).await;
    }
    files.oneshot(request).await.unwrap_or_else(|never: Infallible| match never {})
}

/// Only what is there, or unchanged, may be kept: a file that is missing now may be there after the next start.
async fn cached(State(kept_for): State<&'static str>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if matches!(response.status(), StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept_for));
        response.extensions_mut().insert(SameForEverybody);
    }
    response
}
