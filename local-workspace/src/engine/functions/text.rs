//! Text: `split`, `regexp_extract`, `regexp_replace`, `substring`, `locate`, `get_json_object` and their kin.

use super::shim::{failure, integers, shim, texts};
use crate::engine::error::SqlError;
use datafusion::arrow::array::{Array, ArrayRef, Int64Array, ListBuilder, StringArray, StringBuilder};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use regex::Regex;
use serde_json::Value;
use std::sync::Arc;

pub(super) fn functions() -> Vec<ScalarUDF> {
    let list = || DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)));
    vec![
        shim("split", &[2, 3], list(), split),
        shim("regexp_extract", &[2, 3], DataType::Utf8, regexp_extract),
        shim("regexp_extract_all", &[2, 3], list(), regexp_extract_all),
        shim("regexp_replace", &[3], DataType::Utf8, regexp_replace),
        shim("substr", &[2, 3], DataType::Utf8, substring),
        shim("locate", &[2, 3], DataType::Int64, locate),
        shim("get_json_object", &[2], DataType::Utf8, get_json_object),
        shim("format_number", &[2], DataType::Utf8, format_number),
    ]
}

/// A pattern is the same for all rows nearly always.
#[derive(Default)]
struct Patterns(Option<Regex>);

impl Patterns {
    fn get(&mut self, pattern: &str) -> Result<&Regex> {
        if self.0.as_ref().is_some_and(|last| last.as_str() != pattern) {
            self.0 = None;
        }
        match &mut self.0 {
            Some(last) => Ok(last),
            none => {
                let new = Regex::new(pattern).map_err(|_| failure(SqlError::wrong_regex(pattern)))?;
                Ok(none.insert(new))
            }
        }
    }
}

/// The values of one row, unless one of them is NULL.
fn row<const N: usize>(columns: [&StringArray; N], row: usize) -> Option<[&str; N]> {
    let whole = columns.iter().all(|column| column.is_valid(row));
    whole.then(|| columns.map(|column| column.value(row)))
}

/// The optional last argument.
fn number(arguments: &[ArrayRef], index: usize, default: i64) -> Result<Int64Array> {
    if index < arguments.len() {
        return integers(arguments, index);
    }
    Ok(Int64Array::from(vec![default; arguments.first().map_or(0, |first| first.len())]))
}

fn split(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let (values, separators, limits) = (texts(arguments, 0)?, texts(arguments, 1)?, number(arguments, 2, -1)?);
    let (mut patterns, mut lists) = (Patterns::default(), ListBuilder::new(StringBuilder::new()));
    for index in 0..values.len() {
        let Some([value, separator]) = row([&values, &separators], index).filter(|_| limits.is_valid(index)) else {
            lists.append(false);
            continue;
        };
        let limit = usize::try_from(limits.value(index)).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
        let parts = patterns.get(separator)?.splitn(value, limit);
        // An empty separator takes the text apart letter by letter, without empty ends.
        parts
            .filter(|part| !(separator.is_empty() && part.is_empty()))
            .for_each(|part| lists.values().append_value(part));
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
}

fn group(pattern: &Regex, index: i64) -> Result<usize> {
    let groups = pattern.captures_len() - 1;
    let known = usize::try_from(index).ok().filter(|index| *index <= groups);
    known.ok_or_else(|| failure(SqlError::no_such_group(index, groups)))
}

fn regexp_extract(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let (values, expressions, indexes) = (texts(arguments, 0)?, texts(arguments, 1)?, number(arguments, 2, 1)?);
    let mut patterns = Patterns::default();
    let found = (0..values.len()).map(|index| {
        let Some([value, expression]) = row([&values, &expressions], index) else { return Ok(None) };
        let pattern = patterns.get(expression)?;
        let group = group(pattern, indexes.value(index))?;
        let captures = pattern.captures(value);
        Ok(Some(captures.and_then(|captures| captures.get(group)).map_or("", |part| part.as_str())))
    });
    Ok(Arc::new(found.collect::<Result<StringArray>>()?))
}

fn regexp_extract_all(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let (values, expressions, indexes) = (texts(arguments, 0)?, texts(arguments, 1)?, number(arguments, 2, 1)?);
    let (mut patterns, mut lists) = (Patterns::default(), ListBuilder::new(StringBuilder::new()));
    for index in 0..values.len() {
        let Some([value, expression]) = row([&values, &expressions], index) else {
            lists.append(false);
            continue;
        };
        let pattern = patterns.get(expression)?;
        let group = group(pattern, indexes.value(index))?;
        for captures in pattern.captures_iter(value) {
            lists.values().append_value(captures.get(group).map_or("", |part| part.as_str()));
        }
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
}

/// All occurrences; `$1` in the replacement is a group, and only the digits after `$` belong to it.
fn regexp_replace(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let (values, expressions, replacements) = (texts(arguments, 0)?, texts(arguments, 1)?, texts(arguments, 2)?);
    let (mut patterns, mut groups) = (Patterns::default(), Patterns::default());
    let replaced = (0..values.len()).map(|index| {
        let all = row([&values, &expressions, &replacements], index);
        let Some([value, expression, replacement]) = all else { return Ok(None) };
        let replacement = groups.get(r"\$(\d+)")?.replace_all(replacement, "$${$1}").into_owned();
        Ok(Some(patterns.get(expression)?.replace_all(value, replacement.as_str()).into_owned()))
    });
    Ok(Arc::new(replaced.collect::<Result<StringArray>>()?))
}

/// Counts from 1; 0 is the beginning, too, and what is negative counts from the end.
fn substring(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let (values, starts) = (texts(arguments, 0)?, integers(arguments, 1)?);
    let lengths = number(arguments, 2, i64::from(i32::MAX))?;
    let part = |index: usize| {
        if values.is_null(index) || starts.is_null(index) || lengths.is_null(index) {
            return None;
        }
        let value = values.value(index);
        let (start, length) = (starts.value(index), lengths.value(index));
        let count = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
        let from = match start {
            0 => 0,
            1.. => start - 1,
            _ => count + start,
        };
        let to = from.saturating_add(length).clamp(0, count);
        let from = from.clamp(0, count);
        let place = |at: i64| usize::try_from(at).unwrap_or(0);
        Some(value.chars().skip(place(from)).take(place(to).saturating_sub(place(from))).collect::<String>())
    };
    Ok(Arc::new((0..values.len()).map(part).collect::<StringArray>()))
}

/// From 1; 0 where it is not in there.
fn locate(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let (parts, values, starts) = (texts(arguments, 0)?, texts(arguments, 1)?, number(arguments, 2, 1)?);
    let place = |index: usize| {
        let [part, value] = row([&parts, &values], index)?;
        let skipped = usize::try_from(starts.value(index) - 1).ok();
        let Some(skipped) = skipped else { return Some(0) };
        let from = value.char_indices().nth(skipped).map_or(value.len(), |(byte, _)| byte);
        let found = value.get(from..)?.find(part).and_then(|byte| value.get(..from + byte));
        Some(found.map_or(0, |before| i64::try_from(before.chars().count()).unwrap_or(0) + 1))
    };
    Ok(Arc::new((0..values.len()).map(place).collect::<Int64Array>()))
}

/// `$.a.b[0]` and `$['a']`; text without quotes, everything else as JSON. NULL where there is nothing.
fn get_json_object(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let (documents, paths) = (texts(arguments, 0)?, texts(arguments, 1)?);
    let found = |index: usize| {
        let [document, path] = row([&documents, &paths], index)?;
        let document: Value = serde_json::from_str(document).ok()?;
        let pointer = path.strip_prefix('$')?.replace("['", ".").replace("']", "").replace('[', ".").replace(']', "");
        let mut steps = pointer.split('.').filter(|step| !step.is_empty());
        let value = steps.try_fold(&document, |value, step| match value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            other => other.get(step),
        })?;
        match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    };
    Ok(Arc::new((0..documents.len()).map(found).collect::<StringArray>()))
}

/// With commas between thousands and this many decimals.
fn format_number(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let (numbers, decimals) = (super::shim::doubles(arguments, 0)?, integers(arguments, 1)?);
    let written = numbers.iter().zip(decimals.iter()).map(|(number, decimals)| {
        let text = format!("{:.*}", usize::try_from(decimals?).ok()?.min(30), number?);
        let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        Some(format!("{sign}{grouped}{}{}", if rest.is_some() { "." } else { "" }, rest.unwrap_or_default()))
    });
    Ok(Arc::new(written.collect::<StringArray>()))
}
