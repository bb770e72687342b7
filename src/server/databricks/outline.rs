//! Reads a statement's answer without its rows, of which an INLINE one holds up to 25 MiB: they are left out while the
//! bytes arrive, and what comes behind enough of them is not waited for.

use super::{ApiError, JsonStrings, MOST_BYTES, read_on, statements::Statement};

/// A connection is worth this much reading, in bytes: it is kept for the next call only if it is read to its end.
const WORTH_READING: usize = 256 * 1024;

/// The rows of this answer are gone; see [`Outline`] for what is left of them.
///
/// [`Outline`]: super::Outline
pub(super) async fn read(answer: reqwest::Response) -> Result<Statement<super::Outline>, ApiError> {
    let mut body = WithoutRows::default();
    let mut early = None;
    read_on(answer, |piece| {
        body.push(piece);
        if body.left_out >= WORTH_READING && !body.was_tried {
            body.was_tried = true;
            early = serde_json::from_slice::<Statement<super::Outline>>(&body.closed()).ok();
            // Its manifest may come behind the rows.
            early = early.take().filter(|statement| statement.manifest.is_some());
        }
        if body.kept.len() > MOST_BYTES {
            return Err(super::too_long());
        }
        Ok(early.is_none())
    })
    .await?;
    match early {
        Some(statement) => Ok(statement),
        None => serde_json::from_slice(&body.kept).map_err(|_| super::not_json()),
    }
}

/// JSON in which arrays of arrays are empty: of a statement's answer these are the rows.
#[derive(Default)]
struct WithoutRows {
    kept: Vec<u8>,
    /// Bytes that were left out.
    left_out: usize,
    was_tried: bool,
    /// What closes what is open, the innermost last.
    open: Vec<u8>,
    /// How many brackets are open in what is left out.
    depth: usize,
    strings: JsonStrings,
    /// The last byte that is no blank; a quote for all of a string.
    last: u8,
}

impl WithoutRows {
    fn push(&mut self, piece: &[u8]) {
        for &byte in piece {
            match self.depth {
                0 => self.kept.push(byte),
                _ => self.left_out += 1,
            }
            if !self.strings.is_structure(byte) {
                self.last = b'"';
                continue;
            }
            match byte {
                b'[' | b'{' if self.depth > 0 => self.depth += 1,
                b'[' if self.last == b'[' => {
                    self.kept.pop();
                    // The array of arrays itself, up to its end, and the first one in it.
                    self.depth = 2;
                }
                b'[' => self.open.push(b']'),
                b'{' => self.open.push(b'}'),
                b']' | b'}' if self.depth > 1 => self.depth -= 1,
                b']' | b'}' => {
                    if self.depth == 1 {
                        self.depth = 0;
                        self.kept.push(byte);
                    }
                    self.open.pop();
                }
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                self.last = byte;
            }
        }
    }

    /// What there is so far, as if it ended here.
    fn closed(&self) -> Vec<u8> {
        self.kept.iter().chain(self.open.iter().rev()).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ANSWER: &str = r#"{"statement_id":"1","manifest":{"chunks":[{"row_count":2}],"schema":{"columns":[]},"x":[1,2]},
        "result":{"chunk_index":0,"data_array" : [ ["a]","b\"["], [null, "{"] ],"external_links":[{"h":{}}]},"end":[]}"#;

    fn without_rows() -> Value {
        let mut expected: Value = serde_json::from_str(ANSWER).unwrap();
        expected["result"]["data_array"] = json!([]);
        expected
    }

    #[test]
    fn rows_are_left_out_however_the_pieces_are_cut() {
        for step in 1..ANSWER.len() {
            let mut body = WithoutRows::default();
            ANSWER.as_bytes().chunks(step).for_each(|piece| body.push(piece));
            assert_eq!(serde_json::from_slice::<Value>(&body.kept).unwrap(), without_rows(), "by {step}");
            assert!(body.open.is_empty() && body.left_out > 10);
        }
    }

    #[test]
    fn what_comes_before_the_rows_can_be_read_before_they_end() {
        let begun = ANSWER.find("null").unwrap();
        let mut body = WithoutRows::default();
        body.push(ANSWER.get(..begun).unwrap().as_bytes());
        let read: Value = serde_json::from_slice(&body.closed()).unwrap();
        assert_eq!(read["manifest"], without_rows()["manifest"]);
        assert_eq!(read["result"], json!({"chunk_index": 0, "data_array": []}));
    }
}
