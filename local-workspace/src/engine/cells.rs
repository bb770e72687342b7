//! Arrow values as the text that the Statement Execution API puts into `data_array`.

use super::{nested, rows::Cell};
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, SecondsFormat};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

/// Writes the cells of one column. Chosen once per column, not once per cell.
pub(super) enum CellWriter<'a> {
    Timestamp(ArrayRef),
    Double(&'a dyn Array),
    Float(&'a dyn Array),
    Binary(ArrayRef),
    /// Arrays, structs and maps: JSON.
    Nested(Vec<Cell>),
    /// Numbers, booleans, text, dates, decimals: Arrow's own text is that of Databricks.
    Plain(&'a dyn Array, Box<ArrayFormatter<'a>>),
}

const FORMAT: FormatOptions<'_> = FormatOptions::new().with_null("null");

impl<'a> CellWriter<'a> {
    pub(super) fn new(column: &'a dyn Array) -> Result<Self, ArrowError> {
        Ok(match column.data_type() {
            DataType::Timestamp(_, _) => {
                // Casting to the same zone keeps the moment; what is finer than a microsecond Databricks has not.
                let zone = match column.data_type() {
                    DataType::Timestamp(_, zone) => zone.clone(),
                    _ => None,
                };
                Self::Timestamp(cast(column, &DataType::Timestamp(TimeUnit::Microsecond, zone))?)
            }
            DataType::Float64 => Self::Double(column),
            DataType::Float32 => Self::Float(column),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
                Self::Binary(cast(column, &DataType::Binary)?)
            }
            nested if nested.is_nested() => {
                let cell = |row| not_null(column, row).map(|row| nested::json(column, row)).transpose();
                Self::Nested((0..column.len()).map(cell).collect::<Result<_, _>>()?)
            }
            _ => Self::Plain(column, Box::new(ArrayFormatter::try_new(column, &FORMAT)?)),
        })
    }

    pub(super) fn cell(&self, row: usize) -> Cell {
        match self {
            Self::Timestamp(array) => not_null(array, row)
                .and_then(|row| timestamp(array.as_primitive::<TimestampMicrosecondType>().value(row))),
            Self::Double(array) => {
                not_null(*array, row).map(|row| double(array.as_primitive::<Float64Type>().value(row)))
            }
            Self::Float(array) => {
                not_null(*array, row).map(|row| float(array.as_primitive::<Float32Type>().value(row)))
            }
            Self::Binary(array) => not_null(array, row).map(|row| {
                let bytes: &BinaryArray = array.as_binary();
                BASE64_STANDARD.encode(bytes.value(row))
            }),
            Self::Nested(cells) => cells.get(row).cloned().flatten(),
            // A column of type VOID has no null bits, yet every value is null.
            Self::Plain(array, _) if array.data_type() == &DataType::Null => None,
            Self::Plain(array, formatter) => not_null(*array, row).map(|row| formatter.value(row).to_string()),
        }
    }
}

fn not_null(array: &dyn Array, row: usize) -> Option<usize> {
    (!array.is_null(row)).then_some(row)
}

/// `2016-02-01T00:00:00.000Z`; six digits where milliseconds do not suffice.
fn timestamp(micros: i64) -> Option<String> {
    let digits = if micros % 1_000 == 0 { SecondsFormat::Millis } else { SecondsFormat::Micros };
    DateTime::from_timestamp_micros(micros).map(|moment| moment.to_rfc3339_opts(digits, true))
}

/// The text of Java's `Double.toString`, which Databricks uses: plain from 0.001 up to ten millions, scientific
/// beyond, always with a decimal point.
fn double(value: f64) -> String {
    match java_special(value) {
        Some(text) => text.to_owned(),
        None if value == 0.0 || (1e-3..1e7).contains(&value.abs()) => format!("{value:?}"),
        None => scientific(format!("{value:E}")),
    }
}

/// As for DOUBLE, with the shortest digits of a FLOAT.
fn float(value: f32) -> String {
    match java_special(f64::from(value)) {
        Some(text) => text.to_owned(),
        None if value == 0.0 || (1e-3..1e7).contains(&value.abs()) => format!("{value:?}"),
        None => scientific(format!("{value:E}")),
    }
}

fn java_special(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value.is_infinite() {
        Some(if value > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        None
    }
}

fn scientific(text: String) -> String {
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_read_like_java() {
        for (value, text) in [
            (5.0, "5.0"),
            (0.0, "0.0"),
            (-12.5, "-12.5"),
            (0.001, "0.001"),
            (1e-4, "1.0E-4"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (1.5e300, "1.5E300"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(double(value), text);
        }
        assert_eq!(float(0.1), "0.1");
    }

    #[test]
    fn timestamps_have_milliseconds_or_microseconds() {
        assert_eq!(timestamp(1_454_284_800_000_000).as_deref(), Some("2016-02-01T00:00:00.000Z"));
        assert_eq!(timestamp(1_454_284_800_000_001).as_deref(), Some("2016-02-01T00:00:00.000001Z"));
    }
}
