//! What a typed query is: SQL, typed parameters, and how a row of text cells becomes a struct.
//!
//! The Statement Execution API sends every cell as a string or null, whatever its type; the types are kept here.

use std::borrow::Cow;

use super::values::SqlValue;

/// A query with typed parameters and rows. Implemented by generated code, see `build.rs`.
pub trait TypedQuery: Clone + Send + Sync + 'static {
    /// One row of the result.
    type Row;
    /// The file name without its ending; it names the query in logs and links.
    const NAME: &'static str;
    /// The text of the statement, with `:name` markers.
    const SQL: &'static str;
    /// The result's columns in their order: name and SQL type without arguments.
    const COLUMNS: &'static [(&'static str, &'static str)];
    /// The parameters for the `:name` markers.
    fn parameters(&self) -> Vec<Parameter>;
    /// Reads one row.
    ///
    /// # Errors
    /// A cell that is missing, null without leave, or not of its type.
    fn row(cells: &mut Cells<'_>) -> Result<Self::Row, CellError>;
}

/// What a file in `queries/` says, for tools that look at all of them.
#[derive(Clone, Copy, Debug)]
pub struct QueryFile {
    /// The file's name without its ending.
    pub name: &'static str,
    pub sql: &'static str,
    /// Names and SQL types.
    pub parameters: &'static [(&'static str, &'static str)],
    /// As [`TypedQuery::COLUMNS`].
    pub columns: &'static [(&'static str, &'static str)],
}

/// A value for a `:name` marker, in the shape of the Statement Execution API. The warehouse binds it: it is never spliced into the SQL.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Parameter {
    pub name: Cow<'static, str>,
    #[serde(rename = "type")]
    pub sql_type: Cow<'static, str>,
    /// `None` is SQL NULL.
    pub value: Option<String>,
}

impl Parameter {
    pub fn new(name: &'static str, sql_type: &'static str, value: &impl SqlValue) -> Self {
        Self { name: name.into(), sql_type: sql_type.into(), value: value.to_cell() }
    }

    /// As it is sent: a moment with its seconds; a TIMESTAMP that was typed without a zone is meant in UTC, as its field says,
    /// and the warehouse would read it in the zone of the session.
    #[must_use]
    pub fn to_send(&self) -> Self {
        let value = self.value.as_ref().map(|text| self.to_send_of(text).unwrap_or_else(|| text.clone()));
        Self { value, ..self.clone() }
    }

    fn to_send_of(&self, text: &str) -> Option<String> {
        match self.sql_type.as_ref() {
            "TIMESTAMP" => moment(text).map(|moment| format!("{moment}Z")),
            "TIMESTAMP_NTZ" => moment(text),
            _ => None,
        }
    }
}

/// `2016-01-10T10:00` with seconds; `None` for what has a zone already or is no moment.
fn moment(text: &str) -> Option<String> {
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    let only = |text: &str, sign: char| text.chars().all(|c| c.is_ascii_digit() || c == sign || c == '.');
    let plain = day.len() == 10 && only(day, '-') && only(time, ':');
    let seconds = match time.matches(':').count() {
        1 => ":00",
        2 => "",
        _ => return None,
    };
    plain.then(|| format!("{day}T{time}{seconds}"))
}

/// A cell that does not fit its column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    #[error("column `{column}` is missing")]
    Missing { column: &'static str },
    #[error("column `{column}` holds a value that is not a {expected}")]
    Type { column: &'static str, expected: &'static str },
}

/// Reads the cells of one row from left to right.
pub struct Cells<'a> {
    cells: std::slice::Iter<'a, Option<String>>,
}

impl<'a> Cells<'a> {
    pub fn new(row: &'a [Option<String>]) -> Self {
        Self { cells: row.iter() }
    }

    /// The next cell, as the type of the struct's field.
    ///
    /// # Errors
    /// See [`CellError`].
    pub fn next<T: SqlValue>(&mut self, column: &'static str) -> Result<T, CellError> {
        let cell = self.cells.next().ok_or(CellError::Missing { column })?;
        T::from_cell(cell.as_deref()).ok_or(CellError::Type { column, expected: T::NAME })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_without_a_zone_is_sent_in_utc() {
        for (sql_type, typed, sent) in [
            ("TIMESTAMP", "2016-01-10T10:00", "2016-01-10T10:00:00Z"),
            ("TIMESTAMP", "2016-01-10 10:00:05.25", "2016-01-10T10:00:05.25Z"),
            ("TIMESTAMP", "2016-01-10", "2016-01-10T00:00:00Z"),
            ("TIMESTAMP", "2016-01-10T10:00:00-08:00", "2016-01-10T10:00:00-08:00"),
            ("TIMESTAMP", "2016-01-10T10:00:00Z", "2016-01-10T10:00:00Z"),
            ("TIMESTAMP", "soon", "soon"),
            ("TIMESTAMP", "", ""),
            ("TIMESTAMP_NTZ", "2016-01-10T10:00", "2016-01-10T10:00:00"),
            ("TIMESTAMP_NTZ", "soon", "soon"),
            ("STRING", "2016-01-10T10:00", "2016-01-10T10:00"),
        ] {
            let parameter = Parameter { name: "t".into(), sql_type: sql_type.into(), value: Some(typed.to_owned()) };
            assert_eq!(parameter.to_send().value.as_deref(), Some(sent), "{sql_type} {typed}");
        }
    }
}
