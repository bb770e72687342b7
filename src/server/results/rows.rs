//! Takes a chunk apart into rows while it arrives.
//!
//! A chunk is `[[…],…]` or an object with such an array in `data_array`. Brackets outside of strings are counted: what
//! opens at depth two is a row. So a chunk of any size is read with the memory of its longest row.

use futures::{Stream, StreamExt as _, stream};

use crate::server::databricks::{ApiError, Body, JsonStrings, Kind};

/// A row of the API: every cell is a text, whatever its type, or NULL.
pub type Row = Vec<Option<String>>;

/// Databricks' own limit for a cell is 16 MiB; a row beyond this is none of theirs.
const MOST_ROW_BYTES: usize = 128 * 1024 * 1024;

#[derive(Default)]
pub struct RowReader {
    depth: usize,
    strings: JsonStrings,
    row: Vec<u8>,
}

impl RowReader {
    /// The rows that end in this piece.
    ///
    /// # Errors
    /// Something that is not a row of cells.
    pub fn push(&mut self, piece: &[u8]) -> Result<Vec<Row>, ApiError> {
        let mut rows = Vec::new();
        for &byte in piece {
            if self.depth >= 2 {
                if self.row.len() >= MOST_ROW_BYTES {
                    return Err(not_rows());
                }
                self.row.push(byte);
            }
            if !self.strings.is_structure(byte) {
                continue;
            }
            match byte {
                b'[' => {
                    self.depth += 1;
                    if self.depth == 2 {
                        self.row.push(byte);
                    }
                }
                b']' => {
                    self.depth = self.depth.checked_sub(1).ok_or_else(not_rows)?;
                    if self.depth == 1 {
                        rows.push(serde_json::from_slice(&self.row).map_err(|_| not_rows())?);
                        self.row.clear();
                    }
                }
                _ => {}
            }
        }
        Ok(rows)
    }

    /// # Errors
    /// The chunk ended in the middle.
    pub fn end(&self) -> Result<(), ApiError> {
        if self.depth == 0 && !self.strings.is_open() { Ok(()) } else { Err(not_rows()) }
    }
}

fn not_rows() -> ApiError {
    ApiError::new(Kind::Unexpected, "a chunk of the result is not what it should be")
}

/// The rows of a chunk as they come, in groups.
pub fn rows_of(body: Body) -> impl Stream<Item = Result<Vec<Row>, ApiError>> + Send {
    let pieces = Box::pin(body.into_stream());
    stream::try_unfold((pieces, RowReader::default()), |(mut pieces, mut reader)| async move {
        match pieces.next().await {
            Some(piece) => Ok(Some((reader.push(&piece?)?, (pieces, reader)))),
            None => reader.end().map(|()| None),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = r#"["1","a,\"]["],[null,"ä\\"],[],["{\"x\":[1,2]}",null]"#;

    fn read(text: &str, step: usize) -> Result<Vec<Row>, ApiError> {
        let mut reader = RowReader::default();
        let mut rows = Vec::new();
        for piece in text.as_bytes().chunks(step) {
            rows.extend(reader.push(piece)?);
        }
        reader.end().map(|()| rows)
    }

    #[test]
    fn rows_come_whole_however_the_pieces_are_cut() {
        let expected: Vec<Row> = serde_json::from_str(&format!("[{ROWS}]")).unwrap();
        let object = format!(r#"{{"chunk_index":0,"next":"a]b[","data_array":[{ROWS}],"row_count":4}}"#);
        for text in [format!("[{ROWS}]"), object] {
            for step in 1..text.len() {
                assert_eq!(read(&text, step).unwrap(), expected, "{text} by {step}");
            }
        }
        assert_eq!(read("{}", 1).unwrap(), Vec::<Row>::new());
    }

    #[test]
    fn half_a_chunk_is_an_error_not_a_shorter_result() {
        let text = format!("[{ROWS}]");
        for end in 1..text.len() {
            let half = text.as_bytes().get(..end).unwrap();
            let mut reader = RowReader::default();
            assert!(reader.push(half).and_then(|_| reader.end()).is_err(), "{end}");
        }
        for text in ["]", r#"[[1]]"#, r#"[[{"a":1}]]"#, r#"[["a" "b"]]"#] {
            assert!(read(text, 1).is_err(), "{text}");
        }
    }
}
