//! `GET /api/statements/{id}/chunks/{index}` for the grid and `GET /download/{id}` for people.

use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Json, Redirect, Response},
};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;

use super::{
    formats::{Format, Writer},
    rows::Row,
    whole::all_rows,
};
use crate::{
    model::{AppError, ErrorCode, sql_address::SqlAddress, statement::StatementState},
    server::{
        AppState, SignedIn,
        databricks::ApiError,
        middleware::{gate, request_id::RequestId},
        oauth::ReturnTo,
        plain_page,
        request::Presence,
        services::{as_user, sql, statements},
        session::Stop,
    },
};

#[derive(Deserialize)]
pub struct ChunkQuery {
    /// The result is kept in the cloud's storage, as [`ResultShape::external`] says.
    #[serde(default)]
    external: bool,
}

#[derive(Deserialize)]
pub struct DownloadQuery {
    /// `csv`, `jsonl` or `arrow`
    format: String,
    /// The start of the file's name.
    #[serde(default)]
    name: String,
}

/// The rows of one chunk, as the workspace sends them.
pub async fn chunk(
    State(state): State<AppState>,
    Extension(presence): Extension<Presence>,
    Extension(request_id): Extension<RequestId>,
    Path((id, index)): Path<(String, u64)>,
    Query(query): Query<ChunkQuery>,
) -> Response {
    let open = async {
        let user = signed_in(presence)?;
        let id = statements::newest(&state, &user, &id)?;
        let body = as_user::call(&state, &user, |token| {
            let (state, id) = (&state, &id);
            async move { state.databricks.open_chunk(&token, id, index, query.external).await }
        })
        .await?;
        Ok(body)
    };
    match open.await {
        Ok(body) => {
            let json = [(header::CONTENT_TYPE, "application/json")];
            (json, Body::from_stream(body.into_stream().inspect_err(broke_off))).into_response()
        }
        Err(error) => refusal(error, request_id),
    }
}

/// The whole result of a statement, whatever its size. Whoever navigates here and cannot have it gets a page that says
/// why, and leads back to the statement.
pub async fn download(
    State(state): State<AppState>,
    Extension(presence): Extension<Presence>,
    Extension(request_id): Extension<RequestId>,
    Path(id): Path<String>,
    Query(query): Query<DownloadQuery>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let error = match open_download(&state, presence, &id, &query).await {
        Ok(response) => return response,
        Err(error) => error,
    };
    if !gate::is_page(&method, &headers) {
        return refusal(error, request_id);
    }
    let back = statement_page(&id);
    if error.code == ErrorCode::SessionOver {
        return Redirect::to(&gate::sign_in_path(&back)).into_response();
    }
    let status = StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error = AppError { request_id: Some(request_id.0), ..error };
    plain_page::form_problem(&state, status, &error, &back.to_string(), None)
}

async fn open_download(
    state: &AppState,
    presence: Presence,
    id: &str,
    query: &DownloadQuery,
) -> Result<Response, AppError> {
    let user = signed_in(presence)?;
    let id = statements::parse(id)?;
    let format = Format::parse(&query.format)
        .ok_or_else(|| AppError::new(ErrorCode::BadRequest, "The format of a download is csv, jsonl or arrow."))?;
    let view = sql::state(state, &user, id.as_str(), None).await?;
    let StatementState::Done(shape) = view.state else {
        return Err(AppError::new(ErrorCode::BadRequest, "This statement has no result to download."));
    };
    // The one that took its place, if so.
    let id = statements::parse(&view.statement_id)?;
    if shape.external {
        begin_with_a_young_token(state, &user).await?;
    }
    let writer = format.writer(shape.columns.clone()).map_err(|error| as_user::for_people(&error))?;
    let rows = all_rows(state.clone(), user, id, &shape).map_err(|error| as_user::for_people(&error))?;
    let name = file_name(&query.name, state.clock.now(), format);
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.content_type())),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
    ];
    Ok((headers, Body::from_stream(file(writer, rows).inspect_err(broke_off))).into_response())
}

/// A large download may take long, and its token cannot be renewed once the answer has begun; now its cookies still go
/// along. Of a token that has most of its life before it nothing is gained.
async fn begin_with_a_young_token(state: &AppState, user: &SignedIn) -> Result<(), AppError> {
    let session = user.session();
    let left = session.access_expires_at.saturating_sub(state.clock.now());
    let life = session.access_expires_at.saturating_sub(session.refreshed_at);
    if session.refresh_token.is_none() || left > life / 2 {
        return Ok(());
    }
    match user.renew(state).await {
        Err(Stop::Over(_)) => Err(AppError::session_over()),
        // The token that there is may do.
        Ok(()) | Err(Stop::Unavailable) => Ok(()),
    }
}

/// The file piece by piece. A fault ends the connection without an end, so that nobody takes a part for the whole.
fn file(
    writer: Writer,
    rows: impl Stream<Item = Result<Vec<Row>, ApiError>> + Send + 'static,
) -> impl Stream<Item = Result<Vec<u8>, ApiError>> + Send {
    let pieces = stream::try_unfold((Some(writer), rows.boxed()), |(writer, mut rows)| async move {
        let Some(mut writer) = writer else { return Ok(None) };
        Ok::<_, ApiError>(match rows.next().await {
            Some(group) => Some((writer.rows(group?)?, (Some(writer), rows))),
            None => Some((writer.end()?, (None, rows))),
        })
    });
    pieces.try_filter(|piece| std::future::ready(!piece.is_empty()))
}

/// Where a result is shown; a download is no place to come back to.
pub fn statement_page(id: &str) -> ReturnTo {
    let address = SqlAddress::default().with_statement(Some(id.to_owned()));
    ReturnTo::parse(&address.path())
}

fn signed_in(presence: Presence) -> Result<SignedIn, AppError> {
    match presence {
        Presence::SignedIn(user) => Ok(user),
        _ => Err(AppError::session_over()),
    }
}

fn broke_off(error: &ApiError) {
    tracing::warn!(%error, "a result broke off on its way to the browser");
}

fn refusal(error: AppError, request_id: RequestId) -> Response {
    let status = StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(AppError { request_id: Some(request_id.0), ..error })).into_response()
}

/// `trips-2016-02-01T093000Z.csv`. Other letters than plain ones would need an encoding that not every browser reads.
fn file_name(name: &str, now: i64, format: Format) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(60).collect();
    let parts: Vec<_> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let name = if parts.is_empty() { "result".to_owned() } else { parts.join("-") };
    format!("{name}-{}.{}", crate::model::values::utc_compact(now), format.ending())
}
