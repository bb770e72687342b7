//! Rows as text: CSV (RFC 4180, UTF-8) and JSON lines.

use serde_json::{Map, Value, value::RawValue};

use super::rows::Row;
use crate::model::statement::ResultColumn;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    JsonLines,
}

impl Format {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }

    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/jsonl",
        }
    }

    /// What comes before the first row.
    pub fn head(self, columns: &[ResultColumn]) -> String {
        match self {
            Self::Csv => csv_line(columns.iter().map(|column| Some(column.name.as_str()))),
            Self::JsonLines => String::new(),
        }
    }

    /// One row with its end of line.
    pub fn row(self, columns: &[ResultColumn], row: &Row) -> String {
        match self {
            Self::Csv => csv_line(row.iter().map(Option::as_deref)),
            Self::JsonLines => json_line(columns, row),
        }
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

/// Numbers and nested values as such, with the digits that the warehouse wrote; everything else as text.
fn json_line(columns: &[ResultColumn], row: &Row) -> String {
    let mut line = String::from("{");
    for (index, (column, cell)) in columns.iter().zip(row).enumerate() {
        if index > 0 {
            line.push(',');
        }
        line.push_str(&Value::from(column.name.as_str()).to_string());
        line.push(':');
        match cell {
            None => line.push_str("null"),
            Some(text) if is_json(&column.sql_type, text) => line.push_str(text),
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
        "ARRAY" => serde_json::from_str::<Vec<&RawValue>>(text).is_ok(),
        "STRUCT" | "MAP" | "VARIANT" => serde_json::from_str::<Map<String, Value>>(text).is_ok(),
        _ => false,
    }
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

    #[test]
    fn csv_quotes_what_it_must_and_tells_null_from_empty() {
        let row = cells(&[Some("a"), Some(""), None, Some("say \"hi\", you"), Some("two\nlines"), Some("ä")]);
        assert_eq!(Format::Csv.row(&[], &row), "a,\"\",,\"say \"\"hi\"\", you\",\"two\nlines\",ä\r\n");
        assert_eq!(Format::Csv.head(&[column("id", "INT"), column("a,b", "STRING")]), "id,\"a,b\"\r\n");
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
            Format::JsonLines.row(&columns, &row),
            "{\"d\":123456789012345678901234567890123456.70,\"x\":\"NaN\",\"t\":\"\\\"1\\\"\",\"s\":[1,2],\"b\":true,\"n\":null}\n"
        );
    }
}
