//! The answers of the API: status, manifest, and one chunk of the result.

use super::delivery::Delivery;
use super::links::{Links, Target};
use super::statement::{Phase, Statement};
use crate::engine::{Cell, Chunk, Column, Rows};
use crate::wire::ApiError;
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Serialize)]
pub(super) struct Answer {
    statement_id: String,
    status: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Part>,
}

/// Of a result: the rows of one chunk, or the link to them. Empty for a result without rows.
#[derive(Default, Serialize)]
pub(super) struct Part {
    #[serde(flatten)]
    place: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_array: Option<Vec<Vec<Cell>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_links: Option<[ExternalLink; 1]>,
}

#[derive(Serialize)]
struct Place {
    chunk_index: usize,
    row_offset: usize,
    row_count: usize,
    #[serde(flatten)]
    next: Option<Next>,
}

#[derive(Serialize)]
struct Next {
    next_chunk_index: usize,
    next_chunk_internal_link: String,
}

#[derive(Serialize)]
struct ExternalLink {
    #[serde(flatten)]
    place: Place,
    byte_count: u64,
    external_link: String,
    expiration: String,
}

/// What links are made with: the signer, and the time in seconds since 1970.
#[derive(Clone, Copy)]
pub(super) struct Signer<'a> {
    pub(super) links: &'a Links,
    pub(super) now: i64,
}

impl Answer {
    /// May wait for the disk.
    pub(super) fn new(statement: &Statement, signer: Signer<'_>) -> Result<Self, ApiError> {
        let phase = statement.phase();
        let (manifest, result) = match &phase {
            Phase::Succeeded(rows) if rows.count() == 0 => (Some(manifest(statement, rows)), Some(Part::default())),
            Phase::Succeeded(rows) => (Some(manifest(statement, rows)), Some(Part::read(statement, rows, 0, signer)?)),
            _ => (None, None),
        };
        Ok(Self { statement_id: statement.id.clone(), status: status(&phase), manifest, result })
    }

    /// What `wait_timeout` `0s` always gets, however fast the statement is.
    pub(super) fn pending(statement: &Statement) -> Self {
        let status = status(&Phase::Pending);
        Self { statement_id: statement.id.clone(), status, manifest: None, result: None }
    }
}

fn status(phase: &Phase) -> Value {
    let mut status = json!({"state": phase.name()});
    if let (Phase::Failed(error), Value::Object(fields)) = (phase, &mut status) {
        fields.insert("error".to_owned(), json!({"error_code": "BAD_REQUEST", "message": error.message}));
        fields.extend(error.sql_state.map(|sql_state| ("sql_state".to_owned(), sql_state.into())));
    }
    status
}

impl Part {
    /// May wait for the disk.
    pub(super) fn read(statement: &Statement, rows: &Rows, index: usize, signer: Signer<'_>) -> Result<Self, ApiError> {
        let id = statement.id.as_str();
        let missing = || ApiError::NotFound(format!("The statement {id} has no chunk {index}."));
        let chunk = rows.chunks().get(index).ok_or_else(missing)?;
        let next = (index + 1 < rows.chunks().len()).then(|| Next {
            next_chunk_index: index + 1,
            next_chunk_internal_link: format!("/api/2.0/sql/statements/{id}/result/chunks/{}", index + 1),
        });
        let place = Place { chunk_index: index, row_offset: chunk.row_offset, row_count: chunk.row_count, next };
        let Delivery::Links(format) = statement.delivery else {
            let cells = rows.cells(chunk).map_err(|_| ApiError::Internal("a result could not be read"))?;
            return Ok(Self { place: Some(place), data_array: Some(cells), external_links: None });
        };
        let link = signer.links.sign(&Target { statement: id, chunk: index, format }, signer.now);
        let byte_count = chunk.byte_count();
        let external = ExternalLink { place, byte_count, external_link: link.url, expiration: link.expiration };
        Ok(Self { place: None, data_array: None, external_links: Some([external]) })
    }
}

/// Sizes in bytes are told with links only.
fn manifest(statement: &Statement, rows: &Rows) -> Value {
    let linked = statement.delivery != Delivery::Inline;
    let chunk = |(index, chunk): (usize, &Chunk)| {
        let mut json = json!({"chunk_index": index, "row_offset": chunk.row_offset, "row_count": chunk.row_count});
        if let (true, Value::Object(fields)) = (linked, &mut json) {
            fields.insert("byte_count".to_owned(), chunk.byte_count().into());
        }
        json
    };
    let chunks: Vec<Value> = rows.chunks().iter().enumerate().map(chunk).collect();
    let columns: Vec<Value> = rows.columns().iter().enumerate().map(column).collect();
    let mut json = json!({
        "format": statement.delivery.format().name(),
        "schema": {"column_count": columns.len(), "columns": columns},
        "total_chunk_count": chunks.len(),
        "chunks": chunks,
        "total_row_count": rows.count(),
        "truncated": rows.truncated(),
    });
    if let (true, Value::Object(fields)) = (linked, &mut json) {
        let bytes: u64 = rows.chunks().iter().map(Chunk::byte_count).sum();
        fields.insert("total_byte_count".to_owned(), bytes.into());
    }
    json
}

fn column((position, column): (usize, &Column)) -> Value {
    let mut json = json!({
        "name": column.name,
        "type_text": column.type_text,
        "type_name": column.type_name,
        "position": position,
    });
    if let (Some((precision, scale)), Value::Object(fields)) = (column.decimal, &mut json) {
        fields.insert("type_precision".to_owned(), precision.into());
        fields.insert("type_scale".to_owned(), scale.into());
    }
    json
}
