//! A chunk as CSV (RFC 4180). The first chunk alone has a header, and NULL is written `null`, as on Databricks.

use crate::engine::{Cell, Column};

pub(super) fn write(header: Option<&[Column]>, rows: &[Vec<Cell>]) -> String {
    let mut text = String::new();
    if let Some(columns) = header {
        line(&mut text, columns.iter().map(|column| column.name.as_str()));
    }
    for row in rows {
        line(&mut text, row.iter().map(|cell| cell.as_deref().unwrap_or("null")));
    }
    text
}

fn line<'a>(text: &mut String, fields: impl Iterator<Item = &'a str>) {
    for (position, field) in fields.enumerate() {
        if position > 0 {
            text.push(',');
        }
        if field.contains([',', '"', '\r', '\n']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_have_to_be() {
        let row = ["plain", "a,b", "say \"hi\"", "two\nlines"].map(|text| Some(text.to_owned()));
        let rows = [row.to_vec(), vec![None, Some(String::new())]];
        assert_eq!(write(None, &rows), "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\nnull,\r\n");
    }
}
