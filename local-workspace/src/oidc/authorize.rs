//! The authorization endpoint: GET shows the sign-in page, POST carries the person's choice.
//!
//! Nothing is kept between the two. The form carries the request along and every check is made again.

use super::level::Level;
use super::page;
use super::params::Params;
use super::request::{AuthorizeRequest, Refusal};
use crate::identity::User;
use crate::local::{Note, own_page};
use crate::workspace::Workspace;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;
use std::sync::Arc;
use url::Url;

type Pairs = Vec<(String, String)>;

pub(super) async fn show(
    level: Level,
    State(workspace): State<Arc<Workspace>>,
    Query(pairs): Query<Pairs>,
) -> Response {
    let client = &workspace.authority.client;
    let checked = Params::new(pairs).map_err(Refusal::from).and_then(|params| {
        let request = AuthorizeRequest::check(&params, client, level)?;
        Ok((params, request))
    });
    match checked {
        Ok((params, request)) => page::sign_in(&params, &request),
        Err(refusal) => refuse(refusal, &workspace.authority.issuer(level)),
    }
}

pub(super) async fn decide(
    level: Level,
    State(workspace): State<Arc<Workspace>>,
    Extension(note): Extension<Note>,
    headers: HeaderMap,
    Form(pairs): Form<Pairs>,
) -> Response {
    let authority = &workspace.authority;
    let issuer = authority.issuer(level);
    // Another site must not be able to sign somebody in as a user of its choice.
    if !own_page(&headers) {
        let description = "The sign-in form was sent by another site".to_owned();
        return refuse(Refusal::Page { error: "invalid_request", description }, &issuer);
    }
    let checked = Params::new(pairs).map_err(Refusal::from).and_then(|params| {
        let request = AuthorizeRequest::check(&params, &authority.client, level)?;
        Ok((params, request))
    });
    let (params, request) = match checked {
        Ok(checked) => checked,
        Err(refusal) => return refuse(refusal, &issuer),
    };
    let redirect_uri = request.redirect_uri.clone();
    let state = request.state.clone();
    let refusal = |error, description: &str| Refusal::Redirect {
        redirect_uri: redirect_uri.clone(),
        state: state.clone(),
        error,
        description: description.to_owned(),
    };
    let Some(user) = params.get(page::CHOICE).and_then(User::by_id) else {
        return refuse(refusal("access_denied", "The sign-in was denied"), &issuer);
    };
    note.set_user(user.id);
    match authority.codes.issue(request, user) {
        Ok(code) => redirect(&redirect_uri, state.as_deref(), &issuer, &[("code", &code)]),
        Err(_) => refuse(refusal("server_error", "No code could be made"), &issuer),
    }
}

fn refuse(refusal: Refusal, issuer: &str) -> Response {
    match refusal {
        Refusal::Page { error, description } => {
            let body = Json(json!({"error": error, "error_description": description}));
            (StatusCode::BAD_REQUEST, [(header::CACHE_CONTROL, "no-store")], body).into_response()
        }
        Refusal::Redirect { redirect_uri, state, error, description } => {
            let answer = [("error", error), ("error_description", description.as_str())];
            redirect(&redirect_uri, state.as_deref(), issuer, &answer)
        }
    }
}

/// 303, so that the browser turns a POST into a GET. The issuer goes along (RFC 9207).
fn redirect(redirect_uri: &str, state: Option<&str>, issuer: &str, answer: &[(&str, &str)]) -> Response {
    let Ok(mut url) = Url::parse(redirect_uri) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    url.query_pairs_mut()
        .extend_pairs(answer)
        .extend_pairs(state.map(|state| ("state", state)))
        .append_pair("iss", issuer);
    let headers = [(header::LOCATION, url.as_str()), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SEE_OTHER, headers).into_response()
}
