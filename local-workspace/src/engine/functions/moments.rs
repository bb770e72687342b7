//! Text to moments and back: `date_format`, `to_date`, `to_timestamp`, `unix_timestamp`, `from_unixtime` and their kin.

use super::pattern::Pattern;
use super::shim::{TIMESTAMP, argument, dates, failure, integers, shim, texts, timestamps};
use crate::engine::error::SqlError;
use chrono::{DateTime, NaiveDateTime};
use datafusion::arrow::array::{Array, ArrayRef, Date32Array, Int64Array, StringArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use std::sync::Arc;

const MICROS: i64 = 1_000_000;
const DAY_MICROS: i64 = 86_400 * MICROS;
const DEFAULT_PATTERN: &str = "yyyy-MM-dd HH:mm:ss";

pub(super) fn functions() -> Vec<ScalarUDF> {
    vec![
        shim("date_format", &[2], DataType::Utf8, |a| format(&timestamps(a, 0)?, Some(&texts(a, 1)?))),
        shim("to_date", &[1, 2], DataType::Date32, |a| to_date(a, true)),
        shim("try_to_date", &[1, 2], DataType::Date32, |a| to_date(a, false)),
        shim("to_timestamp", &[1, 2], TIMESTAMP, |a| to_timestamp(a, true)),
        shim("try_to_timestamp", &[1, 2], TIMESTAMP, |a| to_timestamp(a, false)),
        shim("unix_timestamp", &[1, 2], DataType::Int64, |a| {
            Ok(seconds(&read(a, Some(DEFAULT_PATTERN), true)?, MICROS))
        }),
        shim("to_unix_timestamp", &[1, 2], DataType::Int64, |a| {
            Ok(seconds(&read(a, Some(DEFAULT_PATTERN), true)?, MICROS))
        }),
        shim("unix_seconds", &[1], DataType::Int64, |a| Ok(seconds(&timestamps(a, 0)?, MICROS))),
        shim("unix_millis", &[1], DataType::Int64, |a| Ok(seconds(&timestamps(a, 0)?, 1_000))),
        shim("unix_micros", &[1], DataType::Int64, |a| Ok(seconds(&timestamps(a, 0)?, 1))),
        shim("unix_date", &[1], DataType::Int64, |a| {
            Ok(Arc::new(dates(a, 0)?.unary::<_, datafusion::arrow::datatypes::Int64Type>(i64::from)))
        }),
        shim("timestamp_seconds", &[1], TIMESTAMP, |a| moments(a, MICROS)),
        shim("timestamp_millis", &[1], TIMESTAMP, |a| moments(a, 1_000)),
        shim("timestamp_micros", &[1], TIMESTAMP, |a| moments(a, 1)),
        shim("from_unixtime", &[1, 2], DataType::Utf8, |a| {
            let moments = moments(a, MICROS)?;
            let patterns = if a.len() > 1 { Some(texts(a, 1)?) } else { None };
            format(&timestamps(&[moments], 0)?, patterns.as_ref())
        }),
    ]
}

pub(super) fn moment(micros: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_micros(micros).map(|moment| moment.naive_utc())
}

/// A pattern is the same for all rows nearly always.
struct Patterns<'a> {
    texts: Option<&'a StringArray>,
    last: Option<Pattern>,
}

impl<'a> Patterns<'a> {
    fn new(texts: Option<&'a StringArray>) -> Self {
        Self { texts, last: None }
    }

    /// `None`: the pattern is NULL.
    fn at(&mut self, row: usize) -> Result<Option<&Pattern>> {
        let text = match self.texts {
            None => DEFAULT_PATTERN,
            Some(texts) if texts.is_null(row) => return Ok(None),
            Some(texts) => texts.value(row),
        };
        if self.last.as_ref().is_none_or(|last| last.text() != text) {
            self.last = Some(Pattern::new(text).map_err(failure)?);
        }
        Ok(self.last.as_ref())
    }
}

fn format(moments: &TimestampMicrosecondArray, patterns: Option<&StringArray>) -> Result<ArrayRef> {
    let mut patterns = Patterns::new(patterns);
    let texts = moments.iter().enumerate().map(|(row, micros)| {
        let pattern = patterns.at(row)?;
        Ok(micros.and_then(moment).zip(pattern).map(|(moment, pattern)| pattern.format(moment)))
    });
    Ok(Arc::new(texts.collect::<Result<StringArray>>()?))
}

/// The moments of texts in a pattern. What is no text is cast.
fn read(arguments: &[ArrayRef], pattern: Option<&str>, strict: bool) -> Result<TimestampMicrosecondArray> {
    let is_text =
        matches!(argument(arguments, 0)?.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    if !is_text || arguments.len() == 1 && pattern.is_none() {
        return timestamps(arguments, 0);
    }
    let values = texts(arguments, 0)?;
    let given = if arguments.len() > 1 { Some(texts(arguments, 1)?) } else { None };
    let mut patterns = Patterns::new(given.as_ref());
    let moments = values.iter().enumerate().map(|(row, value)| {
        let (Some(value), Some(pattern)) = (value, patterns.at(row)?) else { return Ok(None) };
        match pattern.parse(value) {
            Some(moment) => Ok(Some(moment.and_utc().timestamp_micros())),
            None if strict => Err(failure(SqlError::unreadable_moment(value, pattern.text()))),
            None => Ok(None),
        }
    });
    moments.collect()
}

/// Without a pattern a text that is no moment is an error of the cast, or NULL.
fn cast_or_null(arguments: &[ArrayRef], kind: &DataType) -> Result<ArrayRef> {
    Ok(datafusion::arrow::compute::cast(argument(arguments, 0)?, kind)?)
}

fn to_date(arguments: &[ArrayRef], strict: bool) -> Result<ArrayRef> {
    if arguments.len() == 1 {
        return if strict { Ok(Arc::new(dates(arguments, 0)?)) } else { cast_or_null(arguments, &DataType::Date32) };
    }
    let moments = read(arguments, None, strict)?;
    let days = moments.iter().map(|micros| micros.and_then(|micros| i32::try_from(micros.div_euclid(DAY_MICROS)).ok()));
    Ok(Arc::new(days.collect::<Date32Array>()))
}

fn to_timestamp(arguments: &[ArrayRef], strict: bool) -> Result<ArrayRef> {
    if !strict && arguments.len() == 1 {
        return cast_or_null(arguments, &TIMESTAMP);
    }
    Ok(Arc::new(read(arguments, None, strict)?))
}

fn seconds(moments: &TimestampMicrosecondArray, unit: i64) -> ArrayRef {
    Arc::new(moments.iter().map(|micros| micros.map(|micros| micros.div_euclid(unit))).collect::<Int64Array>())
}

fn moments(arguments: &[ArrayRef], unit: i64) -> Result<ArrayRef> {
    let moments = integers(arguments, 0)?
        .iter()
        .map(|number| number.map(|number| number.saturating_mul(unit)))
        .collect::<TimestampMicrosecondArray>();
    Ok(Arc::new(moments))
}
