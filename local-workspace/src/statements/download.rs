//! `GET /external-results/{statement}/{chunk}`: what a link leads to. It plays the object store, which knows no users
//! and takes no access token; its refusals are XML, as those of S3.

use super::csv;
use super::delivery::{Delivery, Format};
use super::links::{Refused, Seal, Target};
use super::statement::{Phase, Statement};
use crate::engine::{Rows, SqlError};
use crate::workspace::Workspace;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

pub(super) async fn download(
    State(workspace): State<Arc<Workspace>>,
    Path((id, index)): Path<(String, usize)>,
    Query(seal): Query<Seal>,
    headers: HeaderMap,
) -> Response {
    if headers.contains_key(header::AUTHORIZATION) {
        let message = "Only one auth mechanism allowed: the link, or the Authorization header.";
        return refuse(StatusCode::BAD_REQUEST, "InvalidArgument", message);
    }
    let missing = || refuse(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.");
    let Some(statement) = workspace.statements.any(&id) else { return missing() };
    let Delivery::Links(format) = statement.delivery else { return missing() };
    let target = Target { statement: &id, chunk: index, format };
    match workspace.links.check(&target, &seal, workspace.clock.now()) {
        Ok(()) => {}
        Err(Refused::Expired) => return refuse(StatusCode::FORBIDDEN, "AccessDenied", "Request has expired."),
        Err(Refused::Forged) => {
            let message = "The request signature we calculated does not match the signature you provided.";
            return refuse(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message);
        }
    }
    match tokio::task::spawn_blocking(move || written(&statement, index, format)).await {
        Ok(Some(Ok(bytes))) => ([(header::CONTENT_TYPE, content_type(format))], bytes).into_response(),
        Ok(None) => missing(),
        Ok(Some(Err(_))) | Err(_) => {
            refuse(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "The chunk could not be read.")
        }
    }
}

fn written(statement: &Statement, index: usize, format: Format) -> Option<Result<Vec<u8>, SqlError>> {
    let Phase::Succeeded(rows) = statement.phase() else { return None };
    let chunk = rows.chunks().get(index)?;
    Some(match format {
        Format::ArrowStream => rows.arrow(chunk),
        Format::Csv => rows.cells(chunk).map(|cells| csv::write(header_of(&rows, index).as_deref(), &cells).into()),
        Format::JsonArray => rows.cells(chunk).and_then(|cells| {
            serde_json::to_vec(&cells).map_err(|error| SqlError { message: error.to_string(), sql_state: None })
        }),
    })
}

fn header_of(rows: &Rows, index: usize) -> Option<Vec<crate::engine::Column>> {
    (index == 0).then(|| rows.columns())
}

fn content_type(format: Format) -> &'static str {
    match format {
        Format::JsonArray => "application/json",
        Format::ArrowStream => "application/vnd.apache.arrow.stream",
        Format::Csv => "text/csv; charset=utf-8",
    }
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}
