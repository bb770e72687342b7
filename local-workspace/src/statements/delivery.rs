//! How a result reaches the caller: in the answer itself, or behind links; and written in which way.

use crate::engine::{Larger, Limits};
use crate::wire::ApiError;

const INLINE_BYTES: usize = 25 * 1024 * 1024;
/// The real service cuts at 100 GiB; the disks of developers are smaller.
const LINKED_BYTES: usize = 4 * 1024 * 1024 * 1024;

/// The real service puts about as many rows into a chunk of an INLINE result.
const INLINE_CHUNK_ROWS: usize = 32_000;
const LINKED_CHUNK_ROWS: usize = 250_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    Inline,
    Links(Format),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    JsonArray,
    ArrowStream,
    Csv,
}

impl Format {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::JsonArray => "JSON_ARRAY",
            Self::ArrowStream => "ARROW_STREAM",
            Self::Csv => "CSV",
        }
    }
}

impl Delivery {
    pub(super) fn parse(disposition: Option<&str>, format: Option<&str>) -> Result<Self, ApiError> {
        let wrong = |message: String| Err(ApiError::InvalidParameter(message));
        let format = match format.unwrap_or("JSON_ARRAY") {
            "JSON_ARRAY" => Format::JsonArray,
            "ARROW_STREAM" => Format::ArrowStream,
            "CSV" => Format::Csv,
            other => return wrong(format!("format must be JSON_ARRAY, ARROW_STREAM or CSV, not '{other}'.")),
        };
        match disposition.unwrap_or("INLINE") {
            "INLINE" if format == Format::JsonArray => Ok(Self::Inline),
            "INLINE" => wrong(format!("The format {} needs the disposition EXTERNAL_LINKS.", format.name())),
            "EXTERNAL_LINKS" => Ok(Self::Links(format)),
            other => wrong(format!("disposition must be INLINE or EXTERNAL_LINKS, not '{other}'.")),
        }
    }

    pub(super) fn format(self) -> Format {
        match self {
            Self::Inline => Format::JsonArray,
            Self::Links(format) => format,
        }
    }

    /// A limit of the caller's cuts the result; that of the disposition ends an INLINE statement with an error.
    pub(super) fn limits(self, row_limit: Option<i64>, byte_limit: Option<i64>) -> Result<Limits, ApiError> {
        let rows = positive("row_limit", row_limit)?;
        let wanted = positive("byte_limit", byte_limit)?.unwrap_or(usize::MAX);
        Ok(match self {
            Self::Inline if wanted > INLINE_BYTES => {
                Limits { rows, bytes: INLINE_BYTES, larger: Larger::Fails, rows_per_chunk: INLINE_CHUNK_ROWS }
            }
            Self::Inline => Limits { rows, bytes: wanted, larger: Larger::IsCut, rows_per_chunk: INLINE_CHUNK_ROWS },
            Self::Links(_) => Limits {
                rows,
                bytes: wanted.min(LINKED_BYTES),
                larger: Larger::IsCut,
                rows_per_chunk: LINKED_CHUNK_ROWS,
            },
        })
    }
}

fn positive(name: &str, number: Option<i64>) -> Result<Option<usize>, ApiError> {
    let Some(number) = number else { return Ok(None) };
    usize::try_from(number)
        .ok()
        .filter(|number| *number > 0)
        .map(Some)
        .ok_or_else(|| ApiError::InvalidParameter(format!("{name} must be a positive number, not {number}.")))
}
