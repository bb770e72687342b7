//! Arrow types under their Databricks names: `type_text` as in SQL and `type_name` as in the API's enumeration.

use datafusion::arrow::datatypes::{DataType, Field};
use serde_json::{Value, json};

pub(super) struct TypeName {
    pub(super) text: String,
    pub(super) name: &'static str,
    /// Precision and scale of a DECIMAL.
    pub(super) decimal: Option<(u8, i8)>,
}

pub(super) fn type_name(kind: &DataType) -> TypeName {
    let (text, name) = match kind {
        DataType::Null => ("VOID", "NULL"),
        DataType::Boolean => ("BOOLEAN", "BOOLEAN"),
        DataType::Int8 => ("TINYINT", "BYTE"),
        DataType::Int16 | DataType::UInt8 => ("SMALLINT", "SHORT"),
        DataType::Int32 | DataType::UInt16 => ("INT", "INT"),
        // Databricks has no unsigned types; DataFusion's window functions count in them.
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => ("BIGINT", "LONG"),
        DataType::Float16 | DataType::Float32 => ("FLOAT", "FLOAT"),
        DataType::Float64 => ("DOUBLE", "DOUBLE"),
        DataType::Date32 | DataType::Date64 => ("DATE", "DATE"),
        // The session's zone is UTC, so a timestamp without a zone is the same moment.
        DataType::Timestamp(_, _) => ("TIMESTAMP", "TIMESTAMP"),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            ("BINARY", "BINARY")
        }
        DataType::Interval(_) | DataType::Duration(_) => ("INTERVAL", "INTERVAL"),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => {
            let text = format!("DECIMAL({precision},{scale})");
            return TypeName { text, name: "DECIMAL", decimal: Some((*precision, *scale)) };
        }
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::ListView(item)
        | DataType::LargeListView(item) => return nested("ARRAY", text_of(item)),
        DataType::Map(entries, _) => return nested("MAP", map_text(entries)),
        DataType::Struct(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|field| format!("{}: {}", field.name(), text_of(field))).collect();
            return nested("STRUCT", fields.join(", "));
        }
        DataType::Dictionary(_, value) => return type_name(value),
        _ => ("STRING", "STRING"),
    };
    TypeName { text: text.to_owned(), name, decimal: None }
}

fn nested(name: &'static str, inner: String) -> TypeName {
    TypeName { text: format!("{name}<{inner}>"), name, decimal: None }
}

fn text_of(field: &Field) -> String {
    type_name(field.data_type()).text
}

fn map_text(entries: &Field) -> String {
    match entries.data_type() {
        DataType::Struct(pair) => pair.iter().map(|field| text_of(field)).collect::<Vec<_>>().join(", "),
        other => type_name(other).text,
    }
}

/// The type as Spark writes it in JSON: `"long"`, `{"type":"array",…}`.
pub(super) fn json_type(kind: &DataType) -> Value {
    let inner = |field: &Field| json_type(field.data_type());
    match kind {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::ListView(item)
        | DataType::LargeListView(item) => {
            json!({"type": "array", "elementType": inner(item), "containsNull": true})
        }
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(pair) if pair.len() == 2 => {
                let [key, value] = [0, 1].map(|index| pair.get(index).map(|field| inner(field)));
                json!({"type": "map", "keyType": key, "valueType": value, "valueContainsNull": true})
            }
            other => json_type(other),
        },
        DataType::Struct(fields) => {
            let fields: Vec<Value> = fields.iter().map(|field| json_field(field.name(), inner(field), None)).collect();
            json!({"type": "struct", "fields": fields})
        }
        DataType::Dictionary(_, value) => json_type(value),
        other => {
            let name = type_name(other);
            match name.name {
                "NULL" => json!("void"),
                "INT" => json!("integer"),
                "DECIMAL" => json!(name.text.to_ascii_lowercase()),
                plain => json!(plain.to_ascii_lowercase()),
            }
        }
    }
}

/// A field of a struct, or a column, as Spark writes it in JSON.
pub fn json_field(name: &str, kind: Value, comment: Option<&str>) -> Value {
    let metadata = comment.map_or_else(|| json!({}), |comment| json!({"comment": comment}));
    json!({"name": name, "type": kind, "nullable": true, "metadata": metadata})
}
