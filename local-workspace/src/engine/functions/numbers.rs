//! Numbers: `pmod`, and the percentiles of a collected list.

use super::shim::{Returns, argument, doubles, integers, shim, typed};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, UInt32Array};
use datafusion::arrow::compute::{SortOptions, cast, concat, sort, take};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::arrow::error::ArrowError;
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::logical_expr::ScalarUDF;
use std::sync::Arc;

/// The names that `spelling` gives to what has to work on a collected list.
pub(in crate::engine) const DISCRETE: &str = "percentile_of_list_discrete";
pub(in crate::engine) const CONTINUOUS: &str = "percentile_of_list";

pub(super) fn functions() -> Vec<ScalarUDF> {
    vec![
        shim("pmod", &[2], DataType::Int64, |a| whole(a, |left, right| left.checked_rem_euclid(right))),
        shim(CONTINUOUS, &[2], DataType::Float64, continuous),
        typed(DISCRETE, &[2], Returns::Of(item), discrete),
    ]
}

fn whole(arguments: &[ArrayRef], of: fn(i64, i64) -> Option<i64>) -> Result<ArrayRef> {
    let (left, right) = (integers(arguments, 0)?, integers(arguments, 1)?);
    let results = left.iter().zip(right.iter()).map(|pair| match pair {
        (Some(_), Some(0)) => Err(ArrowError::DivideByZero),
        (Some(left), Some(right)) => {
            of(left, right).map(Some).ok_or_else(|| ArrowError::ArithmeticOverflow("Overflow in pmod".to_owned()))
        }
        _ => Ok(None),
    });
    Ok(Arc::new(results.collect::<std::result::Result<Int64Array, _>>()?))
}

fn item(arguments: &[DataType]) -> Result<DataType> {
    match arguments.first() {
        Some(DataType::List(item)) => Ok(item.data_type().clone()),
        other => plan_err!("a percentile needs a list, not {other:?}"),
    }
}

/// The items of one row, sorted; `None` for NULL and for no items.
fn sorted(lists: &ArrayRef, row: usize) -> Result<Option<ArrayRef>> {
    let Some(lists) = lists.as_list_opt::<i32>() else { return exec_err!("a percentile needs a list") };
    if lists.is_null(row) || lists.value(row).is_empty() {
        return Ok(None);
    }
    Ok(Some(sort(&lists.value(row), Some(SortOptions::default()))?))
}

/// The smallest item that at least this part of the items does not exceed.
fn discrete(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let (lists, parts) = (argument(arguments, 0)?, doubles(arguments, 1)?);
    let mut found = Vec::with_capacity(lists.len());
    for row in 0..lists.len() {
        let items = sorted(lists, row)?;
        let picked = match items.filter(|_| parts.is_valid(row)) {
            Some(items) => {
                let rank = (items.len() as f64 * parts.value(row)).ceil().max(1.0) as u32 - 1;
                take(&items, &UInt32Array::from(vec![rank]), None)?
            }
            None => datafusion::arrow::array::new_null_array(&item(&[lists.data_type().clone()])?, 1),
        };
        found.push(picked);
    }
    if found.is_empty() {
        return Ok(datafusion::arrow::array::new_empty_array(&item(&[lists.data_type().clone()])?));
    }
    Ok(concat(&found.iter().map(AsRef::as_ref).collect::<Vec<&dyn Array>>())?)
}

/// Between two items by their distance.
fn continuous(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let (lists, parts) = (argument(arguments, 0)?, doubles(arguments, 1)?);
    let value = |row: usize| -> Result<Option<f64>> {
        let Some(items) = sorted(lists, row)?.filter(|_| parts.is_valid(row)) else { return Ok(None) };
        let items = cast(&items, &DataType::Float64)?;
        let items = items.as_primitive::<Float64Type>();
        let place = (items.len() - 1) as f64 * parts.value(row);
        let (below, above) = (items.value(place.floor() as usize), items.value(place.ceil() as usize));
        Ok(Some(below + (above - below) * place.fract()))
    };
    Ok(Arc::new((0..lists.len()).map(value).collect::<Result<Float64Array>>()?))
}
