//! Functions that DataFusion has under another name. Column names were taken before, so nobody sees the change.

use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{
    DateTimeField, Expr, ExtractSyntax, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName,
    visit_expressions_mut,
};
use std::convert::Infallible;
use std::ops::ControlFlow;

/// Databricks' name and DataFusion's, for functions that are the same in all else.
const RENAMED: [(&str, &str); 8] = [
    ("any_value", "first_value"),
    ("approx_count_distinct", "approx_distinct"),
    ("array", "make_array"),
    ("collect_list", "array_agg"),
    ("ifnull", "nvl"),
    ("lcase", "lower"),
    ("len", "length"),
    ("ucase", "upper"),
];

pub(super) fn respell(statement: &mut DfStatement) {
    match statement {
        DfStatement::Statement(tree) => {
            let _: ControlFlow<Infallible> = visit_expressions_mut(tree.as_mut(), |expr| {
                if let Some(respelled) = date_part(expr) {
                    *expr = respelled;
                } else if let Expr::Function(function) = expr {
                    rename(function);
                }
                ControlFlow::Continue(())
            });
        }
        DfStatement::Explain(explain) => respell(&mut explain.statement),
        _ => {}
    }
}

fn rename(function: &mut Function) {
    let Some(name) = plain_name(function) else { return };
    if let Some((_, new)) = RENAMED.iter().find(|(old, _)| *old == name) {
        function.name = ObjectName::from(vec![Ident::new(*new)]);
    }
}

/// `hour(t)` is `EXTRACT(HOUR FROM t)`.
fn date_part(expr: &Expr) -> Option<Expr> {
    let Expr::Function(function) = expr else { return None };
    let field = match plain_name(function)?.as_str() {
        "year" => DateTimeField::Year,
        "quarter" => DateTimeField::Quarter,
        "month" => DateTimeField::Month,
        "weekofyear" => DateTimeField::Week(None),
        "day" | "dayofmonth" => DateTimeField::Day,
        "hour" => DateTimeField::Hour,
        "minute" => DateTimeField::Minute,
        "second" => DateTimeField::Second,
        _ => return None,
    };
    let argument = match &function.args {
        FunctionArguments::List(list) => match list.args.as_slice() {
            [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] => argument.clone(),
            _ => return None,
        },
        _ => return None,
    };
    Some(Expr::Extract { field, syntax: ExtractSyntax::From, expr: Box::new(argument) })
}

/// Lower case; `None` for a name of several parts.
fn plain_name(function: &Function) -> Option<String> {
    match function.name.0.as_slice() {
        [part] => part.as_ident().map(|ident| ident.value.to_ascii_lowercase()),
        _ => None,
    }
}
