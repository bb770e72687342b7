//! Arrow types under their Databricks names: `type_text` as in SQL and `type_name` as in the API's enumeration.

use datafusion::arrow::datatypes::{DataType, Field};

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
