//! What a download can be: CSV (RFC 4180, UTF-8), JSON lines, Arrow IPC.

use std::collections::HashSet;

use serde_json::{Value, value::RawValue};

use super::{arrow::ArrowRows, rows::Row};
use crate::{model::statement::ResultColumn, server::databricks::ApiError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    JsonLines,
    Arrow,
}

impl Format {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            "arrow" => Some(Self::Arrow),
            _ => None,
        }
    }

    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::Arrow => "arrows",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/jsonl",
            Self::Arrow => "application/vnd.apache.arrow.stream",
        }
    }

    /// # Errors
    /// See [`ArrowRows::new`].
    pub fn writer(self, columns: Vec<ResultColumn>) -> Result<Writer, ApiError> {
        Ok(match self {
            Self::Csv => {
                let head = csv_line(columns.iter().map(|column| Some(column.name.as_str())));
                Writer::Csv { head: Some(head) }
            }
            Self::JsonLines => Writer::JsonLines { columns: json_columns(columns) },
            Self::Arrow => Writer::Arrow(Box::new(ArrowRows::new(&columns)?)),
        })
    }
}

/// Turns rows into the bytes of a file, piece by piece.
pub enum Writer {
    Csv {
        head: Option<String>,
    },
    JsonLines {
        /// The key as it is written, and the SQL type.
        columns: Vec<(String, String)>,
    },
    Arrow(Box<ArrowRows>),
}

impl Writer {
    /// The next piece; it may be empty.
    ///
    /// # Errors
    /// See [`ArrowRows::rows`].
    pub fn rows(&mut self, rows: Vec<Row>) -> Result<Vec<u8>, ApiError> {
        Ok(match self {
            Self::Csv { head } => {
                let mut text = head.take().unwrap_or_default();
                text.extend(rows.iter().map(|row| csv_line(row.iter().map(Option::as_deref))));
                text.into_bytes()
            }
            Self::JsonLines { columns } => {
                rows.iter().map(|row| json_line(columns, row)).collect::<String>().into_bytes()
            }
            Self::Arrow(arrow) => arrow.rows(rows)?,
        })
    }

    /// The last piece; it may be empty.
    ///
    /// # Errors
    /// See [`ArrowRows::end`].
    pub fn end(self) -> Result<Vec<u8>, ApiError> {
        Ok(match self {
            Self::Csv { head } => head.unwrap_or_default().into_bytes(),
            Self::JsonLines { .. } => Vec::new(),
            Self::Arrow(arrow) => arrow.end()?,
        })
    }
}

/// NULL is an empty field, an empty text is `""`: readers that know the difference keep it.
fn csv_line<'a>(cells: impl Iterator<Item = Option<&'a str>>) -> String {
    let mut line = String::new();
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            line.push(',');
        }
        match cell {
            None => {}
            Some(text) if text.is_empty() || text.contains([',', '"', '\r', '\n']) => {
                line.push('"');
                line.push_str(&text.replace('"', "\"\""));
                line.push('"');
            }
            Some(text) => line.push_str(text),
        }
    }
    line.push_str("\r\n");
    line
}

/// The keys of JSON lines. Columns of one name are told apart as `a`, `a_2`, `a_3`: of equal keys readers keep one.
fn json_columns(columns: Vec<ResultColumn>) -> Vec<(String, String)> {
    let mut taken: HashSet<String> = columns.iter().map(|column| column.name.clone()).collect();
    let mut seen = HashSet::new();
    let key = |column: ResultColumn| {
        let mut name = column.name.clone();
        if !seen.insert(name.clone()) {
            name = (2..)
                .map(|number| format!("{}_{number}", column.name))
                .find(|name| !taken.contains(name))
                .unwrap_or(name);
            taken.insert(name.clone());
        }
        (Value::from(name).to_string(), column.sql_type)
    };
    columns.into_iter().map(key).collect()
}

/// Numbers and nested values as such, with the digits that the warehouse wrote; everything else as text.
fn json_line(columns: &[(String, String)], row: &Row) -> String {
    let mut line = String::from("{");
    for (index, ((key, sql_type), cell)) in columns.iter().zip(row).enumerate() {
        if index > 0 {
            line.push(',');
        }
        line.push_str(key);
        line.push(':');
        match cell {
            None => line.push_str("null"),
            Some(text) if is_json(sql_type, text) => line.push_str(text),
            Some(text) => line.push_str(&Value::from(text.as_str()).to_string()),
        }
    }
    line.push_str("}\n");
    line
}

fn is_json(sql_type: &str, text: &str) -> bool {
    let name = sql_type.split(['(', '<']).next().unwrap_or_default();
    match name {
        "TINYINT" | "SMALLINT" | "INT" | "BIGINT" | "FLOAT" | "DOUBLE" | "DECIMAL" => {
            serde_json::from_str::<&RawValue>(text).is_ok() && !text.starts_with(['"', '{', '['])
        }
        "BOOLEAN" => matches!(text, "true" | "false"),
        "ARRAY" => is_array(text),
        "STRUCT" | "MAP" => is_object(text),
        "VARIANT" => is_array(text) || is_object(text),
        _ => false,
    }
}

fn is_array(text: &str) -> bool {
    is_in(text, '[')
}

fn is_object(text: &str) -> bool {
    is_in(text, '{')
}

/// JSON in one line that begins with this bracket.
fn is_in(text: &str, bracket: char) -> bool {
    text.trim_start().starts_with(bracket)
        && !text.contains(['\n', '\r'])
        && serde_json::from_str::<&RawValue>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, sql_type: &str) -> ResultColumn {
        ResultColumn { name: name.into(), sql_type: sql_type.into() }
    }

    fn cells(cells: &[Option<&str>]) -> Row {
        cells.iter().map(|cell| cell.map(str::to_owned)).collect()
    }

    fn written(format: Format, columns: &[ResultColumn], rows: Vec<Row>) -> String {
        let mut writer = format.writer(columns.to_vec()).unwrap();
        let mut bytes = if rows.is_empty() { Vec::new() } else { writer.rows(rows).unwrap() };
        bytes.extend(writer.end().unwrap());
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn csv_quotes_what_it_must_and_tells_null_from_empty() {
        let row = cells(&[Some("a"), Some(""), None, Some("say \"hi\", you"), Some("two\nlines"), Some("ä")]);
        let columns = ["id", "a,b", "c", "d", "e", "f"].map(|name| column(name, "STRING"));
        assert_eq!(
            written(Format::Csv, &columns, vec![row]),
            "id,\"a,b\",c,d,e,f\r\na,\"\",,\"say \"\"hi\"\", you\",\"two\nlines\",ä\r\n"
        );
        assert_eq!(written(Format::Csv, &[column("id", "INT")], vec![]), "id\r\n", "names also where no row is");
    }

    #[test]
    fn json_lines_keep_every_digit() {
        let columns = [
            column("d", "DECIMAL(38,2)"),
            column("x", "DOUBLE"),
            column("t", "STRING"),
            column("s", "ARRAY<INT>"),
            column("b", "BOOLEAN"),
            column("n", "INT"),
        ];
        let row = cells(&[
            Some("123456789012345678901234567890123456.70"),
            Some("NaN"),
            Some("\"1\""),
            Some("[1,2]"),
            Some("true"),
            None,
        ]);
        assert_eq!(
            written(Format::JsonLines, &columns, vec![row]),
            "{\"d\":123456789012345678901234567890123456.70,\"x\":\"NaN\",\"t\":\"\\\"1\\\"\",\"s\":[1,2],\"b\":true,\"n\":null}\n"
        );
    }

    #[test]
    fn json_lines_lose_no_column_and_nest_what_is_nested() {
        let columns = [
            column("a", "INT"),
            column("a", "INT"),
            column("a_2", "INT"),
            column("a", "VARIANT"),
            column("v", "VARIANT"),
            column("v\"", "MAP<STRING, INT>"),
        ];
        let row = cells(&[Some("1"), Some("2"), Some("3"), Some("[1,{\"b\":null}]"), Some("[1"), Some("{\"k\":\n1}")]);
        assert_eq!(
            written(Format::JsonLines, &columns, vec![row]),
            "{\"a\":1,\"a_3\":2,\"a_2\":3,\"a_4\":[1,{\"b\":null}],\"v\":\"[1\",\"v\\\"\":\"{\\\"k\\\":\\n1}\"}\n"
        );
    }
}
