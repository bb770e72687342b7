//! Plain forms: what pages do without JavaScript. Each ends in a redirect to a page that shows what came of it.

use axum::{
    Extension, Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{AppState, middleware::request_id::RequestId, plain_page, request::Presence, services::sql};
use crate::model::{AppError, sql_address::SqlAddress};

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
        Ok(view) => Redirect::to(&address.with_statement(Some(view.statement_id)).path()).into_response(),
        Err(error) => {
            let status = StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let error = AppError { request_id: Some(request_id.0), ..error };
            plain_page::form_problem(&state, status, &error, &address.with_statement(None).path())
        }
    }
}
