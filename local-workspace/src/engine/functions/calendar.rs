//! Reckoning with dates: `date_add`, `datediff`, `add_months`, `trunc`, `dateadd(unit, …)` and their kin.

use super::moments::moment;
use super::shim::{TIMESTAMP, dates, failure, integers, shim, texts, timestamps};
use crate::engine::error::SqlError;
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Weekday};
use datafusion::arrow::array::{
    ArrayRef, Date32Array, Float64Array, Int32Array, Int64Array, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use std::sync::Arc;

pub(super) fn functions() -> Vec<ScalarUDF> {
    vec![
        shim("date_add", &[2], DataType::Date32, |a| shifted(a, 1)),
        shim("date_sub", &[2], DataType::Date32, |a| shifted(a, -1)),
        shim("datediff", &[2], DataType::Int32, |a| {
            let days = dates(a, 0)?;
            let starts = dates(a, 1)?;
            Ok(Arc::new(pairs(&days, &starts).map(|pair| pair.map(|(end, start)| end - start)).collect::<Int32Array>()))
        }),
        shim("add_months", &[2], DataType::Date32, |a| {
            let (days, months) = (dates(a, 0)?, integers(a, 1)?);
            from_days(pairs(&days, &months).map(|pair| pair.and_then(|(day, n)| add_months(date(day)?, n))))
        }),
        shim("last_day", &[1], DataType::Date32, |a| {
            from_days(dates(a, 0)?.iter().map(|day| day.and_then(date).and_then(last_day)))
        }),
        shim("next_day", &[2], DataType::Date32, |a| {
            let (days, names) = (dates(a, 0)?, texts(a, 1)?);
            from_days(pairs(&days, &names).map(|pair| pair.and_then(|(day, name)| next_day(date(day)?, name))))
        }),
        shim("trunc", &[2], DataType::Date32, |a| {
            let (days, units) = (dates(a, 0)?, texts(a, 1)?);
            let start = |(day, unit): (i32, &str)| start_of(date(day)?.into(), unit).map(|moment| moment.date());
            from_days(pairs(&days, &units).map(|pair| pair.and_then(start)))
        }),
        shim("date_trunc", &[2], TIMESTAMP, |a| {
            let (units, moments) = (texts(a, 0)?, timestamps(a, 1)?);
            let starts = pairs(&units, &moments).map(|pair| pair.and_then(|(unit, at)| start_of(moment(at)?, unit)));
            Ok(from_moments(starts))
        }),
        shim("months_between", &[2, 3], DataType::Float64, |a| {
            let (ends, starts) = (timestamps(a, 0)?, timestamps(a, 1)?);
            let months =
                pairs(&ends, &starts).map(|pair| pair.and_then(|(a, b)| Some(months_between(moment(a)?, moment(b)?))));
            Ok(Arc::new(months.collect::<Float64Array>()))
        }),
        shim("dayofweek", &[1], DataType::Int32, |a| part(a, |day| day.weekday().num_days_from_sunday() + 1)),
        shim("weekday", &[1], DataType::Int32, |a| part(a, |day| day.weekday().num_days_from_monday())),
        shim("dayofyear", &[1], DataType::Int32, |a| part(a, |day| day.ordinal())),
        shim("timestampadd", &[3], TIMESTAMP, |a| {
            let (units, numbers, moments) = (texts(a, 0)?, integers(a, 1)?, timestamps(a, 2)?);
            let added =
                pairs(&units, &numbers).zip(moments.iter()).map(|(pair, at)| match (pair, at.and_then(moment)) {
                    (Some((unit, number)), Some(at)) => add(at, unit, number).map(Some),
                    _ => Ok(None),
                });
            Ok(from_moments(added.collect::<Result<Vec<_>>>()?.into_iter()))
        }),
        shim("timestampdiff", &[3], DataType::Int64, |a| {
            let (units, starts, ends) = (texts(a, 0)?, timestamps(a, 1)?, timestamps(a, 2)?);
            let whole = pairs(&starts, &ends).zip(units.iter()).map(|(pair, unit)| match (pair, unit) {
                (Some((start, end)), Some(unit)) => match (moment(start), moment(end)) {
                    (Some(start), Some(end)) => difference(start, end, unit).map(Some),
                    _ => Ok(None),
                },
                _ => Ok(None),
            });
            Ok(Arc::new(whole.collect::<Result<Int64Array>>()?))
        }),
    ]
}

fn pairs<A, B>(
    left: impl IntoIterator<Item = Option<A>>,
    right: impl IntoIterator<Item = Option<B>>,
) -> impl Iterator<Item = Option<(A, B)>> {
    left.into_iter().zip(right).map(|(left, right)| left.zip(right))
}

fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(days)
}

fn from_days(days: impl Iterator<Item = Option<NaiveDate>>) -> Result<ArrayRef> {
    Ok(Arc::new(days.map(|day| day.map(|day| day.to_epoch_days())).collect::<Date32Array>()))
}

fn from_moments(moments: impl Iterator<Item = Option<NaiveDateTime>>) -> ArrayRef {
    let micros = moments.map(|moment| moment.map(|moment| moment.and_utc().timestamp_micros()));
    Arc::new(micros.collect::<TimestampMicrosecondArray>())
}

fn shifted(arguments: &[ArrayRef], sign: i64) -> Result<ArrayRef> {
    let (days, numbers) = (dates(arguments, 0)?, integers(arguments, 1)?);
    let shift = |(day, number): (i32, i64)| i32::try_from(i64::from(day) + sign * number).ok();
    Ok(Arc::new(pairs(&days, &numbers).map(|pair| pair.and_then(shift)).collect::<Date32Array>()))
}

fn part(arguments: &[ArrayRef], of: fn(NaiveDate) -> u32) -> Result<ArrayRef> {
    let parts = dates(arguments, 0)?.iter().map(|day| i32::try_from(of(date(day?)?)).ok()).collect::<Int32Array>();
    Ok(Arc::new(parts))
}

/// The last day of the month stands for days that a shorter month has not.
fn add_months(day: NaiveDate, months: i64) -> Option<NaiveDate> {
    let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { day.checked_sub_months(count) } else { day.checked_add_months(count) }
}

fn last_day(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

/// NULL for what is no day of the week.
fn next_day(day: NaiveDate, name: &str) -> Option<NaiveDate> {
    let wanted = match name.to_uppercase().as_str() {
        "MO" | "MON" | "MONDAY" => Weekday::Mon,
        "TU" | "TUE" | "TUESDAY" => Weekday::Tue,
        "WE" | "WED" | "WEDNESDAY" => Weekday::Wed,
        "TH" | "THU" | "THURSDAY" => Weekday::Thu,
        "FR" | "FRI" | "FRIDAY" => Weekday::Fri,
        "SA" | "SAT" | "SATURDAY" => Weekday::Sat,
        "SU" | "SUN" | "SUNDAY" => Weekday::Sun,
        _ => return None,
    };
    (1..=7).filter_map(|days| day.checked_add_days(Days::new(days))).find(|day| day.weekday() == wanted)
}

/// Databricks answers NULL for a unit that it does not know.
fn start_of(moment: NaiveDateTime, unit: &str) -> Option<NaiveDateTime> {
    let day = moment.date();
    let midnight = |day: NaiveDate| day.and_hms_opt(0, 0, 0);
    match unit.to_uppercase().as_str() {
        "YEAR" | "YYYY" | "YY" => midnight(NaiveDate::from_ymd_opt(day.year(), 1, 1)?),
        "QUARTER" => midnight(NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1)?),
        "MONTH" | "MM" | "MON" => midnight(day.with_day(1)?),
        "WEEK" => midnight(day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()))?),
        "DAY" | "DD" => midnight(day),
        "HOUR" => day.and_hms_opt(moment.hour(), 0, 0),
        "MINUTE" => day.and_hms_opt(moment.hour(), moment.minute(), 0),
        "SECOND" => moment.with_nanosecond(0),
        "MILLISECOND" => moment.with_nanosecond(moment.nanosecond() / 1_000_000 * 1_000_000),
        "MICROSECOND" => Some(moment),
        _ => None,
    }
}

/// Whole months where both are the same day of the month or both its last one; otherwise by months of 31 days, rounded
/// to eight digits.
fn months_between(end: NaiveDateTime, start: NaiveDateTime) -> f64 {
    let whole = f64::from((end.year() - start.year()) * 12) + f64::from(end.month()) - f64::from(start.month());
    let is_last = |moment: NaiveDateTime| last_day(moment.date()) == Some(moment.date());
    if end.day() == start.day() || is_last(end) && is_last(start) {
        return whole;
    }
    let seconds = |moment: NaiveDateTime| f64::from(moment.day() * 86_400 + moment.num_seconds_from_midnight());
    let months = whole + (seconds(end) - seconds(start)) / (31.0 * 86_400.0);
    (months * 1e8).round() / 1e8
}

enum Unit {
    Micros(i64),
    Months(i64),
}

fn unit(name: &str) -> Result<Unit> {
    Ok(match name.to_uppercase().as_str() {
        "MICROSECOND" => Unit::Micros(1),
        "MILLISECOND" => Unit::Micros(1_000),
        "SECOND" => Unit::Micros(1_000_000),
        "MINUTE" => Unit::Micros(60_000_000),
        "HOUR" => Unit::Micros(3_600_000_000),
        "DAY" | "DAYOFYEAR" => Unit::Micros(86_400_000_000),
        "WEEK" => Unit::Micros(7 * 86_400_000_000),
        "MONTH" => Unit::Months(1),
        "QUARTER" => Unit::Months(3),
        "YEAR" => Unit::Months(12),
        _ => return Err(failure(SqlError::wrong_unit(name))),
    })
}

fn add(moment: NaiveDateTime, name: &str, number: i64) -> Result<NaiveDateTime> {
    let sum = match unit(name)? {
        Unit::Micros(length) => {
            number.checked_mul(length).and_then(|micros| moment.checked_add_signed(TimeDelta::microseconds(micros)))
        }
        Unit::Months(length) => number
            .checked_mul(length)
            .and_then(|months| add_months(moment.date(), months))
            .map(|day| day.and_time(moment.time())),
    };
    sum.ok_or_else(|| failure(SqlError::moment_overflow()))
}

fn difference(start: NaiveDateTime, end: NaiveDateTime, name: &str) -> Result<i64> {
    Ok(match unit(name)? {
        Unit::Micros(length) => (end.and_utc().timestamp_micros() - start.and_utc().timestamp_micros()) / length,
        Unit::Months(length) => {
            let mut months =
                i64::from(end.year() - start.year()) * 12 + i64::from(end.month()) - i64::from(start.month());
            let rest = |moment: NaiveDateTime| (moment.day(), moment.time());
            if months > 0 && rest(end) < rest(start) {
                months -= 1;
            } else if months < 0 && rest(end) > rest(start) {
                months += 1;
            }
            months / length
        }
    })
}
