//! Operators and the functions that the parser knows as syntax of their own.

use crate::engine::error::SqlError;
use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, CastKind, CeilFloorKind, DataType, DateTimeField, ExactNumberInfo, Expr, Function,
    FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, ObjectName, Subscript, UnaryOperator,
    Value,
};

pub(super) fn replacement(expr: &mut Expr) -> Result<Option<Expr>, SqlError> {
    Ok(match expr {
        Expr::Substring { expr, substring_from: Some(from), substring_for, .. } => {
            let mut arguments = vec![expr.as_ref().clone(), from.as_ref().clone()];
            arguments.extend(substring_for.iter().map(|length| length.as_ref().clone()));
            Some(call("substr", arguments))
        }
        Expr::RLike { negated, expr, pattern, .. } => {
            let matches = call("regexp_like", vec![expr.as_ref().clone(), pattern.as_ref().clone()]);
            Some(if *negated { not(matches) } else { matches })
        }
        Expr::BinaryOp { op: BinaryOperator::Spaceship, left, right } => {
            Some(Expr::IsNotDistinctFrom(left.clone(), right.clone()))
        }
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) if text.contains('\\') => {
                Some(Expr::value(Value::SingleQuotedString(unescaped(text))))
            }
            _ => None,
        },
        Expr::Ceil { expr: inner, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
            Some(rounded("ceil", inner))
        }
        Expr::Floor { expr: inner, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
            Some(rounded("floor", inner))
        }
        Expr::CompoundFieldAccess { access_chain, .. } => {
            access_chain.iter_mut().for_each(from_one);
            None
        }
        _ => None,
    })
}

/// `list[0]` is the first item; DataFusion counts from 1.
fn from_one(access: &mut AccessExpr) {
    if let AccessExpr::Subscript(Subscript::Index { index: Expr::Value(value) }) = access
        && let Value::Number(number, _) = &mut value.value
        && let Ok(index) = number.parse::<u64>()
    {
        *number = (index + 1).to_string();
    }
}

fn not(expr: Expr) -> Expr {
    Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(expr) }
}

/// `\\d` is the text `\d`. Before `%` and `_` the backslash stays, for LIKE.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        match rest.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some('b') => plain.push('\u{8}'),
            Some('0') => plain.push('\0'),
            Some(wildcard @ ('%' | '_')) => plain.extend(['\\', wildcard]),
            Some(other) => plain.push(other),
            None => plain.push('\\'),
        }
    }
    plain
}

/// By way of DOUBLE: a DECIMAL below 1 has no room for the 1 that it may become.
fn rounded(name: &str, number: &Expr) -> Expr {
    bigint(call(name, vec![cast(number.clone(), DataType::Double(ExactNumberInfo::None))]))
}

fn bigint(expr: Expr) -> Expr {
    cast(expr, DataType::BigInt(None))
}

fn cast(expr: Expr, data_type: DataType) -> Expr {
    Expr::Cast { kind: CastKind::Cast, expr: Box::new(expr), data_type, array: false, format: None }
}

fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    let argument = |argument| FunctionArg::Unnamed(FunctionArgExpr::Expr(argument));
    let args = arguments.into_iter().map(argument).collect();
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new(name)]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList { duplicate_treatment: None, args, clauses: Vec::new() }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}
