//! Catalogs, schemas and tables as the documents of the catalog API.

use super::privilege::Securable;
use crate::engine::{Column, Description, json_field};
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};
use uuid::Builder;

pub(super) type Document = Map<String, Value>;

/// What everything in the catalog has.
pub(super) fn document(securable: &Securable, entry: &Description, browse_only: bool, more: Value) -> Document {
    let kind = securable.kind().to_ascii_uppercase();
    let full_name = securable.to_string();
    let id = id_of(&full_name);
    let mut document = object(json!({
        "name": securable.name(),
        "full_name": full_name,
        "owner": entry.owner,
        "securable_type": kind,
        format!("{}_id", kind.to_ascii_lowercase()): id,
        "metastore_id": id_of("metastore"),
        "created_at": entry.created_at,
        "created_by": entry.owner,
        "updated_at": entry.created_at,
        "updated_by": entry.owner,
        "browse_only": browse_only,
    }));
    if let Some(comment) = &entry.comment {
        document.insert("comment".to_owned(), json!(comment));
    }
    document.extend(object(more));
    document
}

pub(super) fn columns(columns: &[Column], entry: &Description) -> Value {
    let column = |(position, column): (usize, &Column)| {
        let (precision, scale) = column.decimal.unwrap_or((0, 0));
        let comment = entry.column_comments.get(&column.name).map(String::as_str);
        let mut document = object(json!({
            "name": column.name,
            "type_text": column.type_text.to_ascii_lowercase(),
            "type_name": column.type_name,
            "type_json": json_field(&column.name, column.json_type.clone(), comment).to_string(),
            "type_precision": precision,
            "type_scale": scale,
            "position": position,
            "nullable": true,
        }));
        if let Some(comment) = comment {
            document.insert("comment".to_owned(), json!(comment));
        }
        Value::Object(document)
    };
    columns.iter().enumerate().map(column).collect()
}

pub(super) fn object(value: Value) -> Document {
    match value {
        Value::Object(document) => document,
        _ => Map::new(),
    }
}

/// Made from the name, so that it is the same after a restart.
fn id_of(full_name: &str) -> String {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest(&SHA256, full_name.as_bytes()).as_ref()).for_each(|(to, from)| *to = *from);
    Builder::from_custom_bytes(bytes).into_uuid().to_string()
}
