//! Rows as an Arrow IPC stream, with the types of the columns. What Arrow has no plain type for (arrays, structs, maps,
//! variants, intervals) stays the text that the warehouse wrote; every field names its SQL type as `databricks_type`.

use std::{collections::HashMap, str::FromStr, sync::Arc};

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int8Array,
    Int16Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::rows::Row;
use crate::{
    model::{
        statement::ResultColumn,
        values::{Date, Timestamp},
    },
    server::databricks::{ApiError, Kind},
};

/// A batch ends with whichever comes first.
const BATCH_ROWS: usize = 8_192;
const BATCH_BYTES: usize = 16 * 1024 * 1024;

pub struct ArrowRows {
    schema: Arc<Schema>,
    writer: StreamWriter<Vec<u8>>,
    pending: Vec<Row>,
    bytes: usize,
}

impl ArrowRows {
    /// # Errors
    /// None that the columns of a warehouse cause.
    pub fn new(columns: &[ResultColumn]) -> Result<Self, ApiError> {
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let writer = StreamWriter::try_new(Vec::new(), &schema).map_err(broken)?;
        Ok(Self { schema, writer, pending: Vec::new(), bytes: 0 })
    }

    /// What there is to send after these rows: whole batches.
    ///
    /// # Errors
    /// A cell is not a value of its column's type.
    pub fn rows(&mut self, rows: Vec<Row>) -> Result<Vec<u8>, ApiError> {
        for row in rows {
            self.bytes += row.iter().flatten().map(String::len).sum::<usize>();
            self.pending.push(row);
            if self.pending.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES {
                self.write()?;
            }
        }
        Ok(std::mem::take(self.writer.get_mut()))
    }

    /// The rest, with the mark that tells readers that it is all.
    ///
    /// # Errors
    /// As [`Self::rows`].
    pub fn end(mut self) -> Result<Vec<u8>, ApiError> {
        self.write()?;
        self.writer.finish().map_err(broken)?;
        self.writer.into_inner().map_err(broken)
    }

    fn write(&mut self) -> Result<(), ApiError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let column = |(index, field): (usize, &Arc<Field>)| {
            let cells = || self.pending.iter().map(move |row| row.get(index).and_then(Option::as_deref));
            array(field.data_type(), cells).ok_or_else(|| {
                ApiError::new(Kind::Unexpected, format!("column {} holds a value that is not of its type", index + 1))
            })
        };
        let columns = self.schema.fields().iter().enumerate().map(column).collect::<Result<Vec<_>, _>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(broken)?;
        self.writer.write(&batch).map_err(broken)?;
        self.pending.clear();
        self.bytes = 0;
        Ok(())
    }
}

fn broken(error: ArrowError) -> ApiError {
    ApiError::new(Kind::Unexpected, format!("the rows cannot be written as Arrow: {error}"))
}

fn field(column: &ResultColumn) -> Field {
    let sql_type = HashMap::from([("databricks_type".to_owned(), column.sql_type.clone())]);
    Field::new(&column.name, data_type(&column.sql_type), true).with_metadata(sql_type)
}

fn data_type(sql_type: &str) -> DataType {
    let (name, arguments) = sql_type.split_once('(').unwrap_or((sql_type, ""));
    match name {
        "TINYINT" => DataType::Int8,
        "SMALLINT" => DataType::Int16,
        "INT" => DataType::Int32,
        "BIGINT" => DataType::Int64,
        "FLOAT" => DataType::Float32,
        "DOUBLE" => DataType::Float64,
        "BOOLEAN" => DataType::Boolean,
        "DATE" => DataType::Date32,
        "TIMESTAMP" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        "TIMESTAMP_NTZ" => DataType::Timestamp(TimeUnit::Microsecond, None),
        "BINARY" => DataType::Binary,
        "DECIMAL" => {
            let mut numbers = arguments.trim_end_matches(')').split(',').map(|part| part.trim().parse::<u8>().ok());
            match (numbers.next().flatten(), numbers.next().flatten().and_then(|scale| i8::try_from(scale).ok())) {
                (Some(precision @ 1..=38), Some(scale @ 0..=38)) => DataType::Decimal128(precision, scale),
                _ => DataType::Utf8,
            }
        }
        _ => DataType::Utf8,
    }
}

/// `None` if a cell is not a value of the type.
fn array<'a, I: Iterator<Item = Option<&'a str>>>(data_type: &DataType, cells: impl Fn() -> I) -> Option<ArrayRef> {
    macro_rules! by_text {
        ($array:ty) => {
            Arc::new(<$array>::from(all(cells(), |text| FromStr::from_str(text).ok())?))
        };
    }
    let array: ArrayRef = match data_type {
        DataType::Int8 => by_text!(Int8Array),
        DataType::Int16 => by_text!(Int16Array),
        DataType::Int32 => by_text!(Int32Array),
        DataType::Int64 => by_text!(Int64Array),
        DataType::Float32 => by_text!(Float32Array),
        DataType::Float64 => by_text!(Float64Array),
        DataType::Boolean => by_text!(BooleanArray),
        DataType::Date32 => {
            Arc::new(Date32Array::from(all(cells(), |text| text.parse().ok().map(Date::days_since_1970))?))
        }
        DataType::Timestamp(_, zone) => {
            let micros = |text: &str| text.parse::<Timestamp>().ok()?.micros_since_1970();
            Arc::new(TimestampMicrosecondArray::from(all(cells(), micros)?).with_timezone_opt(zone.clone()))
        }
        DataType::Decimal128(precision, scale) => {
            let values = Decimal128Array::from(all(cells(), |text| unscaled(text, *scale))?);
            let values = values.with_precision_and_scale(*precision, *scale).ok()?;
            values.validate_decimal_precision(*precision).ok()?;
            Arc::new(values)
        }
        DataType::Binary => {
            let bytes = all(cells(), |text| STANDARD.decode(text).ok())?;
            Arc::new(bytes.iter().map(Option::as_deref).collect::<BinaryArray>())
        }
        _ => Arc::new(cells().collect::<StringArray>()),
    };
    Some(array)
}

fn all<'a, T>(
    cells: impl Iterator<Item = Option<&'a str>>,
    read: impl Fn(&str) -> Option<T>,
) -> Option<Vec<Option<T>>> {
    cells
        .map(|cell| match cell {
            None => Some(None),
            Some(text) => read(text).map(Some),
        })
        .collect()
}

/// `-12.5` with scale 2 is -1250.
fn unscaled(text: &str, scale: i8) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let missing = usize::try_from(scale).ok()?.checked_sub(fraction.len())?;
    format!("{whole}{fraction}{}", "0".repeat(missing)).parse().ok()
}

#[cfg(test)]
mod tests {
    use arrow_array::{Array as _, cast::AsArray as _, types};
    use arrow_ipc::reader::StreamReader;

    use super::*;

    fn column(name: &str, sql_type: &str) -> ResultColumn {
        ResultColumn { name: name.into(), sql_type: sql_type.into() }
    }

    fn row(cells: &[Option<&str>]) -> Row {
        cells.iter().map(|cell| cell.map(str::to_owned)).collect()
    }

    #[test]
    fn values_come_back_with_their_types() {
        let columns = [
            column("n", "BIGINT"),
            column("d", "DECIMAL(38,2)"),
            column("day", "DATE"),
            column("t", "TIMESTAMP"),
            column("x", "DOUBLE"),
            column("b", "BINARY"),
            column("s", "STRUCT<a: INT>"),
        ];
        let mut rows = ArrowRows::new(&columns).unwrap();
        let mut bytes = rows
            .rows(vec![
                row(&[
                    Some("9007199254740993"),
                    Some("-123456789012345678901234567890123456.70"),
                    Some("1969-12-31"),
                    Some("2016-02-29T12:00:00.5Z"),
                    Some("NaN"),
                    Some("AP8="),
                    Some("{\"a\":1}"),
                ]),
                row(&[None; 7]),
            ])
            .unwrap();
        bytes.extend(rows.end().unwrap());
        let batches: Vec<_> = StreamReader::try_new(bytes.as_slice(), None).unwrap().map(Result::unwrap).collect();
        let [batch] = batches.as_slice() else { panic!("one batch") };
        assert_eq!(batch.column(0).as_primitive::<types::Int64Type>().value(0), 9_007_199_254_740_993);
        let decimals = batch.column(1).as_primitive::<types::Decimal128Type>();
        assert_eq!(decimals.value_as_string(0), "-123456789012345678901234567890123456.70");
        assert_eq!(batch.column(2).as_primitive::<types::Date32Type>().value(0), -1);
        assert_eq!(batch.column(3).as_primitive::<types::TimestampMicrosecondType>().value(0), 1_456_747_200_500_000);
        assert!(batch.column(4).as_primitive::<types::Float64Type>().value(0).is_nan());
        assert_eq!(batch.column(5).as_binary::<i32>().value(0), [0, 255]);
        assert_eq!(batch.column(6).as_string::<i32>().value(0), "{\"a\":1}");
        assert_eq!(batch.schema().field(6).metadata()["databricks_type"], "STRUCT<a: INT>");
        assert!(batch.columns().iter().all(|column| column.is_null(1)), "NULL is NULL in every type");
    }

    #[test]
    fn what_is_no_value_of_its_type_is_an_error() {
        for (sql_type, text) in [
            ("INT", "2147483648"),
            ("DECIMAL(5,2)", "1.234"),
            ("DECIMAL(5,2)", "1234.00"),
            ("DATE", "yesterday"),
            ("TIMESTAMP", "2016-02-29"),
            ("BOOLEAN", "1"),
            ("BINARY", "?"),
        ] {
            let mut rows = ArrowRows::new(&[column("c", sql_type)]).unwrap();
            rows.rows(vec![row(&[Some(text)])]).unwrap();
            assert!(rows.end().is_err(), "{sql_type} {text}");
        }
    }

    #[test]
    fn an_empty_result_is_a_file_with_its_columns() {
        let bytes = ArrowRows::new(&[column("a", "INT")]).unwrap().end().unwrap();
        let reader = StreamReader::try_new(bytes.as_slice(), None).unwrap();
        assert_eq!(reader.schema().field(0).name(), "a");
        assert_eq!(reader.count(), 0);
    }
}
