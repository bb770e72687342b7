//! Arrays, structs and maps as the JSON text that Databricks makes of them: without blanks, numbers as such, everything else as
//! text, and the keys of a map as text whatever their type.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;
use serde_json::Value;

use super::cells::CellWriter;

/// The JSON of one value that is not NULL.
pub(super) fn json(array: &dyn Array, row: usize) -> Result<String, ArrowError> {
    match array.data_type() {
        DataType::List(_) => list(&array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(_, _) => list(&array.as_fixed_size_list().value(row)),
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let names = fields.iter().map(|field| quoted(field.name()));
            object(names.zip(columns).map(|(name, column)| Ok((name, value(column, row)?))))
        }
        DataType::Map(_, _) => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            object((0..entries.len()).map(|at| {
                let key = CellWriter::new(keys)?.cell(at).unwrap_or_default();
                Ok((quoted(&key), value(values, at)?))
            }))
        }
        _ => value(array, row),
    }
}

fn value(array: &dyn Array, row: usize) -> Result<String, ArrowError> {
    let Some(text) = CellWriter::new(array)?.cell(row) else { return Ok("null".to_owned()) };
    let kind = array.data_type();
    // Not a number in JSON, either.
    let is_finite = !text.contains(['N', 'I']);
    let plain = kind.is_nested() || *kind == DataType::Boolean || kind.is_numeric() && is_finite;
    Ok(if plain { text } else { quoted(&text) })
}

fn list(elements: &ArrayRef) -> Result<String, ArrowError> {
    let elements = (0..elements.len()).map(|at| value(elements, at)).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("[{}]", elements.join(",")))
}

fn object(pairs: impl Iterator<Item = Result<(String, String), ArrowError>>) -> Result<String, ArrowError> {
    let pairs = pairs.map(|pair| pair.map(|(name, value)| format!("{name}:{value}"))).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("{{{}}}", pairs.join(",")))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
