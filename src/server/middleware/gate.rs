//! The gate: without a session nothing but the public paths is reached. It stands before rendering, so no protected text
//! can leave by accident.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Json, Redirect, Response},
};

use super::{request_id::RequestId, session::CameWithCookie};
use crate::{
    api::client::{HEADER, USER_HEADER},
    model::AppError,
    server::{
        AppState, forms,
        oauth::ReturnTo,
        plain_page,
        request::{self, Presence},
        results::statement_page,
    },
};

/// Paths that anybody may ask for, to the letter.
const PUBLIC: [&str; 8] =
    ["/sign-in", "/sign-in-problem", "/signed-out", "/token", "/authorize-url", "/logout", "/healthz", "/readyz"];
/// Static files: the same bytes for everybody.
const FILES: [&str; 2] = ["/favicon.svg", "/robots.txt"];
const FOLDERS: [&str; 2] = ["/pkg/", "/web/"];

pub fn is_public(path: &str) -> bool {
    PUBLIC.contains(&path) || is_static(path)
}

pub fn is_static(path: &str) -> bool {
    let in_folder = FOLDERS.iter().any(|folder| path.starts_with(folder));
    FILES.contains(&path) || in_folder && !path.contains("..") && !path.contains('%')
}

pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_public(request.uri().path()) {
        return next.run(request).await;
    }
    match request.extensions().get::<Presence>() {
        Some(Presence::SignedIn(user)) if is_for_another(request.headers(), &user.user().id) => {
            let error = AppError { request_id: request_id(&request), ..AppError::session_changed() };
            (StatusCode::CONFLICT, Json(error)).into_response()
        }
        Some(Presence::SignedIn(_)) => next.run(request).await,
        Some(Presence::Unavailable(_)) if is_form(&request) => {
            forms::turn_away(&state, request, forms::Why::Unavailable).await
        }
        Some(Presence::Unavailable(_)) => away(&state, &request),
        Some(Presence::Nobody(_)) if is_form(&request) => forms::turn_away(&state, request, forms::Why::Over).await,
        // No presence at all means that the session middleware did not run: the gate stays closed.
        Some(Presence::Nobody(_)) | None => turn_away(&state, &request),
    }
}

/// The page that calls was made for another person than the one who is signed in now: it gets nothing of theirs.
fn is_for_another(headers: &HeaderMap, user_id: &str) -> bool {
    headers.get(USER_HEADER).is_some_and(|expected| expected.as_bytes() != user_id.as_bytes())
}

fn turn_away(state: &AppState, request: &Request) -> Response {
    if !is_page(request.method(), request.headers()) {
        let mut error = AppError::session_over();
        error.request_id = request_id(request);
        return (StatusCode::UNAUTHORIZED, Json(error)).into_response();
    }
    let here = here(request.uri());
    let came_with_cookie = request.extensions().get::<CameWithCookie>().is_some_and(|came| came.0);
    if came_from_elsewhere(request.headers()) && !came_with_cookie {
        // A Strict cookie stays at home on a link from another site. The same address, asked for by a page of our own,
        // brings it along; only then is it known whether somebody is signed in.
        return plain_page::bounce(state, StatusCode::OK, &here).into_response();
    }
    Redirect::to(&sign_in_path(&here)).into_response()
}

fn away(state: &AppState, request: &Request) -> Response {
    if is_page(request.method(), request.headers()) {
        return plain_page::unavailable(state, &here(request.uri()), request_id(request).as_deref()).into_response();
    }
    let mut error = request::unavailable();
    error.request_id = request_id(request);
    (StatusCode::SERVICE_UNAVAILABLE, Json(error)).into_response()
}

fn here(uri: &Uri) -> ReturnTo {
    if let Some(id) = uri.path().strip_prefix("/download/") {
        return statement_page(id);
    }
    ReturnTo::parse(uri.path_and_query().map_or("/", |path| path.as_str()))
}

pub fn sign_in_path(return_to: &ReturnTo) -> String {
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to.as_str()).finish();
    format!("/sign-in?{query}")
}

/// A document that a person navigates to, as opposed to a call of a script. Browsers say so themselves.
pub fn is_page(method: &Method, headers: &HeaderMap) -> bool {
    (method == Method::GET || method == Method::HEAD) && navigates(headers)
}

fn navigates(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let asks_for_html = text(header::ACCEPT.as_str()).is_some_and(|accept| accept.contains("text/html"));
    text("sec-fetch-mode").map_or(asks_for_html, |mode| mode == "navigate")
}

/// A plain form that a person sends, as opposed to a call of a script.
fn is_form(request: &Request) -> bool {
    let headers = request.headers();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    request.method() == Method::POST
        && content_type.starts_with("application/x-www-form-urlencoded")
        && navigates(headers)
        && !headers.contains_key(HEADER)
}

fn came_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site")
}

fn request_id(request: &Request) -> Option<String> {
    request.extensions().get::<RequestId>().map(|id| id.0.clone())
}
