//! Functions that are an expression of other functions. `$1` stands for the first argument.

use super::plain_name;
use crate::engine::error::SqlError;
use crate::engine::functions::numbers::{CONTINUOUS, DISCRETE};
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident,
    ObjectName, Value, visit_expressions_mut,
};
use datafusion::sql::sqlparser::dialect::DatabricksDialect;
use datafusion::sql::sqlparser::parser::Parser;
use std::convert::Infallible;
use std::ops::ControlFlow;

/// Name, number of arguments, expression.
const TEMPLATES: [(&str, usize, &str); 39] = [
    ("count_if", 1, "count(CASE WHEN $1 THEN 1 END)"),
    ("day", 1, "EXTRACT(DAY FROM $1)"),
    ("dayofmonth", 1, "EXTRACT(DAY FROM $1)"),
    ("getdate", 0, "now()"),
    ("hour", 1, "EXTRACT(HOUR FROM $1)"),
    ("if", 3, "CASE WHEN $1 THEN $2 ELSE $3 END"),
    ("iff", 3, "CASE WHEN $1 THEN $2 ELSE $3 END"),
    ("isnotnull", 1, "($1 IS NOT NULL)"),
    ("isnull", 1, "($1 IS NULL)"),
    ("log", 1, "ln($1)"),
    ("max_by", 2, "first_value($1 ORDER BY $2 DESC NULLS LAST)"),
    ("median", 1, "percentile_of_list(array_agg($1) FILTER (WHERE $1 IS NOT NULL), 0.5)"),
    ("min_by", 2, "first_value($1 ORDER BY $2 ASC NULLS LAST)"),
    ("minute", 1, "EXTRACT(MINUTE FROM $1)"),
    ("mod", 2, "($1 % $2)"),
    ("month", 1, "EXTRACT(MONTH FROM $1)"),
    ("negative", 1, "(- $1)"),
    ("nullifzero", 1, "nullif($1, 0)"),
    ("nvl2", 3, "CASE WHEN $1 IS NOT NULL THEN $2 ELSE $3 END"),
    ("percentile", 2, "percentile_of_list(array_agg($1) FILTER (WHERE $1 IS NOT NULL), $2)"),
    ("percentile_approx", 2, "percentile_of_list_discrete(array_agg($1) FILTER (WHERE $1 IS NOT NULL), $2)"),
    ("percentile_approx", 3, "percentile_of_list_discrete(array_agg($1) FILTER (WHERE $1 IS NOT NULL), $2)"),
    ("approx_percentile", 2, "percentile_of_list_discrete(array_agg($1) FILTER (WHERE $1 IS NOT NULL), $2)"),
    ("approx_percentile", 3, "percentile_of_list_discrete(array_agg($1) FILTER (WHERE $1 IS NOT NULL), $2)"),
    ("quarter", 1, "EXTRACT(QUARTER FROM $1)"),
    ("second", 1, "EXTRACT(SECOND FROM $1)"),
    ("slice", 3, "array_slice($1, $2, $2 + $3 - 1)"),
    ("sort_array", 1, "array_sort($1, 'ASC', 'NULLS FIRST')"),
    (
        "sort_array",
        2,
        "CASE WHEN $2 THEN array_sort($1, 'ASC', 'NULLS FIRST') ELSE array_sort($1, 'DESC', 'NULLS LAST') END",
    ),
    ("space", 1, "repeat(' ', $1)"),
    ("substring", 2, "substr($1, $2)"),
    ("substring", 3, "substr($1, $2, $3)"),
    ("try_divide", 2, "($1 / nullif($2, 0))"),
    ("try_element_at", 2, "array_element($1, $2)"),
    ("weekofyear", 1, "EXTRACT(WEEK FROM $1)"),
    ("year", 1, "EXTRACT(YEAR FROM $1)"),
    ("zeroifnull", 1, "coalesce($1, 0)"),
    ("element_at", 2, "array_element($1, $2)"),
    ("current_timezone", 0, "'Etc/UTC'"),
];

pub(super) fn expand(name: &str, arguments: &[Expr], function: &Function) -> Result<Option<Expr>, SqlError> {
    if name == "concat" && !arguments.is_empty() {
        return Ok(concat(arguments));
    }
    let template = TEMPLATES.iter().find(|(known, arity, _)| *known == name && *arity == arguments.len());
    let Some((_, _, template)) = template else { return Ok(None) };
    let mut expr = Parser::new(&DatabricksDialect)
        .try_with_sql(template)
        .and_then(|mut parser| parser.parse_expr())
        .map_err(|error| SqlError::internal(error.to_string()))?;
    fill(&mut expr, arguments);
    aggregate(&mut expr, function);
    Ok(Some(expr))
}

fn fill(expr: &mut Expr, arguments: &[Expr]) {
    let _: ControlFlow<Infallible> = visit_expressions_mut(expr, |inner| {
        if let Expr::Value(value) = inner
            && let Value::Placeholder(marker) = &value.value
            && let Some(index) = marker.strip_prefix('$').and_then(|number| number.parse::<usize>().ok())
            && let Some(argument) = arguments.get(index.wrapping_sub(1))
        {
            // Brackets keep the argument together: `$1 / $2` of `a + b` and `c`.
            *inner = match argument {
                Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_) | Expr::Function(_) => {
                    argument.clone()
                }
                other => Expr::Nested(Box::new(other.clone())),
            };
        }
        ControlFlow::Continue(())
    });
}

/// FILTER, OVER and DISTINCT of the call belong to the aggregate in the expression.
fn aggregate(expr: &mut Expr, of: &Function) {
    let Expr::Function(outer) = expr else { return };
    let on_list = plain_name(outer).is_some_and(|name| [CONTINUOUS, DISCRETE].contains(&name.as_str()));
    let aggregate = match &mut outer.args {
        FunctionArguments::List(list) if on_list => match list.args.first_mut() {
            Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Function(inner)))) => inner,
            _ => return,
        },
        _ => outer,
    };
    aggregate.over.clone_from(&of.over);
    if let Some(filter) = &of.filter {
        also(aggregate, filter.as_ref().clone());
    }
}

fn also(function: &mut Function, condition: Expr) {
    let filter = match function.filter.take() {
        Some(filter) => Expr::BinaryOp {
            left: Box::new(Expr::Nested(filter)),
            op: BinaryOperator::And,
            right: Box::new(Expr::Nested(Box::new(condition))),
        },
        None => condition,
    };
    function.filter = Some(Box::new(filter));
}

/// `collect_list` and `collect_set` leave NULL out, which DataFusion's aggregate does not.
pub(super) fn collecting(function: &mut Function) {
    let Some(name) = plain_name(function) else { return };
    let set = match name.as_str() {
        "collect_list" => false,
        "collect_set" => true,
        _ => return,
    };
    let FunctionArguments::List(list) = &mut function.args else { return };
    let [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] = list.args.as_slice() else { return };
    let not_null = Expr::IsNotNull(Box::new(Expr::Nested(Box::new(argument.clone()))));
    if set {
        list.duplicate_treatment = Some(DuplicateTreatment::Distinct);
    }
    function.name = ObjectName::from(vec![Ident::new("array_agg")]);
    also(function, not_null);
}

/// NULL makes all of it NULL; DataFusion's function would leave it out.
fn concat(arguments: &[Expr]) -> Option<Expr> {
    let joined = arguments.iter().cloned().reduce(|left, right| Expr::BinaryOp {
        left: Box::new(left),
        op: BinaryOperator::StringConcat,
        right: Box::new(Expr::Nested(Box::new(right))),
    });
    joined.map(|joined| Expr::Nested(Box::new(joined)))
}
