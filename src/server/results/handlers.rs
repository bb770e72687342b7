//! `GET /api/statements/{id}/chunks/{index}` for the grid and `GET /download/{id}` for people.

use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Json, Response},
};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;

use super::{
    formats::{Format, Writer},
    rows::rows_of,
};
use crate::{
    model::{
        AppError, ErrorCode,
        statement::{ResultShape, StatementState},
    },
    server::{
        AppState, SignedIn,
        databricks::{ApiError, StatementId},
        middleware::request_id::RequestId,
        request::Presence,
        services::{as_user, sql, statements},
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
        let id = statements::parse(&id)?;
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

/// The whole result of a statement, whatever its size.
pub async fn download(
    State(state): State<AppState>,
    Extension(presence): Extension<Presence>,
    Extension(request_id): Extension<RequestId>,
    Path(id): Path<String>,
    Query(query): Query<DownloadQuery>,
) -> Response {
    let open = async {
        let user = signed_in(presence)?;
        let id = statements::parse(&id)?;
        let format = Format::parse(&query.format)
            .ok_or_else(|| AppError::new(ErrorCode::BadRequest, "The format of a download is csv, jsonl or arrow."))?;
        match sql::state(&state, &user, id.as_str(), None).await?.state {
            StatementState::Done(shape) => {
                let writer = format.writer(shape.columns.clone()).map_err(|error| as_user::for_people(&error))?;
                Ok((user, id, format, writer, shape))
            }
            _ => Err(AppError::new(ErrorCode::BadRequest, "This statement has no result to download.")),
        }
    };
    match open.await {
        Ok((user, id, format, writer, shape)) => {
            let name = file_name(&query.name, state.clock.now(), format);
            let disposition = format!("attachment; filename=\"{name}\"");
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static(format.content_type())),
                (
                    header::CONTENT_DISPOSITION,
                    HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
                ),
            ];
            (headers, Body::from_stream(file(state, user, id, writer, &shape).inspect_err(broke_off))).into_response()
        }
        Err(error) => refusal(error, request_id),
    }
}

/// The file piece by piece. A fault ends the connection without an end, so that nobody takes a part for the whole.
///
/// Tokens are not renewed in here: the answer has begun, so a new cookie could not reach the browser any more.
fn file(
    state: AppState,
    user: SignedIn,
    id: StatementId,
    writer: Writer,
    shape: &ResultShape,
) -> impl Stream<Item = Result<Vec<u8>, ApiError>> + Send + use<> {
    let external = shape.external;
    let rows = stream::iter(0..shape.chunks.len() as u64).then(move |index| {
        let (state, token, id) = (state.clone(), user.access_token(), id.clone());
        async move {
            let body = state.databricks.open_chunk(&token, &id, index, external).await?;
            Ok::<_, ApiError>(rows_of(body))
        }
    });
    let pieces = stream::try_unfold((Some(writer), rows.try_flatten().boxed()), |(writer, mut rows)| async move {
        let Some(mut writer) = writer else { return Ok(None) };
        Ok::<_, ApiError>(match rows.next().await {
            Some(group) => Some((writer.rows(group?)?, (Some(writer), rows))),
            None => Some((writer.end()?, (None, rows))),
        })
    });
    pieces.try_filter(|piece| std::future::ready(!piece.is_empty()))
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
