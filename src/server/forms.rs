//! Plain forms: what pages do without JavaScript. Each ends in a redirect to a page that shows what came of it.

use axum::{
    Extension, Form,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    AppState,
    middleware::{limits, request_id::RequestId},
    oauth::ReturnTo,
    plain_page,
    request::Presence,
    services::sql,
};
use crate::model::{AppError, sql_address::SqlAddress};

/// Of an address to return to, as a sign-in attempt stores it: its cookie has room for it.
const MOST_BYTES_ALONG: usize = 2_400;

/// Why a form that a person sent is not acted on.
#[derive(Clone, Copy)]
pub enum Why {
    Over,
    Unavailable,
}

/// A form of somebody whom the gate does not let in. It is their own form and their own text, which is shown to them, so
/// that nothing of it is lost.
pub async fn turn_away(state: &AppState, request: Request, why: Why) -> Response {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    let is_sql = request.uri().path() == "/sql/run";
    let body = if is_sql { limits::body_turned_away(request).await } else { None };
    let fields: Vec<_> = url::form_urlencoded::parse(body.as_deref().unwrap_or_default()).collect();
    let address = SqlAddress::from_pairs(fields.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
    let address = address.with_statement(None);
    let with_text =
        Some(address.path()).filter(|path| path.starts_with("/sql?sql=")).map(|path| ReturnTo::parse(&path));
    // What is too long for an address, or for a sign-in to carry, is on the page alone.
    let with_text = with_text.filter(|path| String::from(path.clone()).len() <= MOST_BYTES_ALONG);
    let comes_along = with_text.is_some();
    let back = with_text.unwrap_or_else(|| if is_sql { ReturnTo::parse("/sql") } else { ReturnTo::home() });
    let typed = (!address.sql.is_empty()).then_some(address.sql);
    plain_page::form_turned_away(state, why, typed, &back, comes_along, id.as_deref())
}

/// `POST /sql/run`: submits the statement and shows how far it is.
pub async fn run_statement(
    State(state): State<AppState>,
    Extension(presence): Extension<Presence>,
    Extension(request_id): Extension<RequestId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let address = SqlAddress::from_pairs(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let outcome = match &presence {
        Presence::SignedIn(user) => sql::run(&state, user, &address.request()).await,
        _ => Err(AppError::session_over()),
    };
    match outcome {
        Ok(view) => {
            let result = address.with_statement(Some(view.statement_id));
            match result.link() {
                Some(path) => Redirect::to(&path).into_response(),
                None => plain_page::form_taken(&state, &result.path(), result.sql),
            }
        }
        Err(error) => {
            let status = StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let error = AppError { request_id: Some(request_id.0), ..error };
            let back = address.with_statement(None);
            let typed = back.link().is_none().then(|| back.sql.clone());
            plain_page::form_problem(&state, status, &error, &back.path(), typed)
        }
    }
}
