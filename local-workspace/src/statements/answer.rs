//! The answers of the API: status, manifest, and one chunk of the result.

use super::statement::{Phase, Statement};
use crate::engine::{Column, Rows};
use crate::wire::ApiError;
use serde::Serialize;
use serde_json::{Value, json};

/// The real service puts about as many rows into a chunk of an INLINE result.
pub(super) const CHUNK_ROWS: usize = 32_000;

#[derive(Serialize)]
pub(super) struct Answer {
    statement_id: String,
    status: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Chunk>,
}

/// Empty for a result without rows.
#[derive(Default, Serialize)]
pub(super) struct Chunk {
    #[serde(flatten)]
    place: Option<Place>,
    #[serde(flatten)]
    next: Option<Next>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_array: Option<Vec<Vec<Option<String>>>>,
}

#[derive(Serialize)]
struct Place {
    chunk_index: usize,
    row_offset: usize,
    row_count: usize,
}

#[derive(Serialize)]
struct Next {
    next_chunk_index: usize,
    next_chunk_internal_link: String,
}

impl Answer {
    pub(super) fn new(statement: &Statement) -> Result<Self, ApiError> {
        Self::of_phase(&statement.id, &statement.phase())
    }

    /// What `wait_timeout` `0s` always gets, however fast the statement is.
    pub(super) fn pending(statement: &Statement) -> Result<Self, ApiError> {
        Self::of_phase(&statement.id, &Phase::Pending)
    }

    fn of_phase(id: &str, phase: &Phase) -> Result<Self, ApiError> {
        let status = match phase {
            Phase::Pending => json!({"state": "PENDING"}),
            Phase::Running => json!({"state": "RUNNING"}),
            Phase::Succeeded(_) => json!({"state": "SUCCEEDED"}),
            Phase::Canceled => json!({"state": "CANCELED"}),
            Phase::Failed(error) => {
                let mut status =
                    json!({"state": "FAILED", "error": {"error_code": "BAD_REQUEST", "message": error.message}});
                if let (Some(sql_state), Value::Object(fields)) = (error.sql_state, &mut status) {
                    fields.insert("sql_state".to_owned(), sql_state.into());
                }
                status
            }
        };
        let (manifest, result) = match phase {
            Phase::Succeeded(rows) => (Some(manifest(rows)), Some(Chunk::first(id, rows)?)),
            _ => (None, None),
        };
        Ok(Self { statement_id: id.to_owned(), status, manifest, result })
    }
}

impl Chunk {
    fn first(id: &str, rows: &Rows) -> Result<Self, ApiError> {
        if rows.count() == 0 { Ok(Self::default()) } else { Self::read(id, rows, 0) }
    }

    pub(super) fn read(id: &str, rows: &Rows, index: usize) -> Result<Self, ApiError> {
        let missing = || ApiError::NotFound(format!("The statement {id} has no chunk {index}."));
        let row_offset = index.checked_mul(CHUNK_ROWS).filter(|offset| *offset < rows.count()).ok_or_else(missing)?;
        let row_count = CHUNK_ROWS.min(rows.count() - row_offset);
        let cells = rows.cells(row_offset, row_count).map_err(|_| ApiError::Internal("a result could not be read"))?;
        let next = (row_offset + row_count < rows.count()).then(|| Next {
            next_chunk_index: index + 1,
            next_chunk_internal_link: format!("/api/2.0/sql/statements/{id}/result/chunks/{}", index + 1),
        });
        let place = Some(Place { chunk_index: index, row_offset, row_count });
        Ok(Self { place, next, data_array: Some(cells) })
    }
}

fn manifest(rows: &Rows) -> Value {
    let chunks: Vec<Value> = (0..rows.count())
        .step_by(CHUNK_ROWS)
        .enumerate()
        .map(|(index, offset)| {
            let row_count = CHUNK_ROWS.min(rows.count() - offset);
            json!({"chunk_index": index, "row_offset": offset, "row_count": row_count})
        })
        .collect();
    let columns: Vec<Value> = rows.columns().iter().enumerate().map(column).collect();
    json!({
        "format": "JSON_ARRAY",
        "schema": {"column_count": columns.len(), "columns": columns},
        "total_chunk_count": chunks.len(),
        "chunks": chunks,
        "total_row_count": rows.count(),
        "truncated": rows.truncated(),
    })
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
