//! The columns of a file under the types that Databricks has for them.

use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use datafusion::arrow::error::ArrowError;
use std::collections::HashSet;
use std::sync::Arc;

/// Names are in lower case, because that is how a name without backticks is looked up.
///
/// # Errors
/// Without columns, and when two of them differ in nothing but upper and lower case.
pub(super) fn columns(of: &Schema) -> Result<Schema, ArrowError> {
    if of.fields().is_empty() {
        return Err(ArrowError::SchemaError("it has no columns".to_owned()));
    }
    let mut names = HashSet::new();
    let mut fields = Vec::new();
    for field in of.fields() {
        let name = field.name().to_lowercase();
        if !names.insert(name.clone()) {
            return Err(ArrowError::SchemaError(format!("it has two columns called {name}")));
        }
        fields.push(Field::new(name, plain(field.data_type()), true));
    }
    Ok(Schema::new(fields))
}

fn inner(field: &Field) -> Arc<Field> {
    Arc::new(Field::new(field.name(), plain(field.data_type()), field.is_nullable()))
}

/// Databricks has no unsigned numbers, no dictionaries, and one kind of text, of bytes and of timestamps.
fn plain(kind: &DataType) -> DataType {
    match kind {
        DataType::UInt8 => DataType::Int16,
        DataType::UInt16 => DataType::Int32,
        DataType::UInt32 => DataType::Int64,
        DataType::UInt64 => DataType::Decimal128(20, 0),
        DataType::Float16 => DataType::Float32,
        DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, _) => DataType::Timestamp(TimeUnit::Microsecond, None),
        DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => DataType::Binary,
        DataType::Dictionary(_, value) => plain(value),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            DataType::List(inner(item))
        }
        DataType::Map(entries, sorted) => DataType::Map(inner(entries), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(|field| inner(field)).collect()),
        other => other.clone(),
    }
}
