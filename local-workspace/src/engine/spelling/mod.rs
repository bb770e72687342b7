//! Spellings of Databricks that DataFusion has in another form. Column names were taken before, so nobody sees the
//! change.

mod operators;
mod templates;

use super::error::SqlError;
use super::rewrite;
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, Value,
};

/// Databricks' name and DataFusion's, for functions that are the same in all else.
const RENAMED: [(&str, &str); 32] = [
    ("any", "bool_or"),
    ("any_value", "first_value"),
    ("approx_count_distinct", "approx_distinct"),
    ("array", "make_array"),
    ("array_contains", "array_has"),
    ("array_join", "array_to_string"),
    ("array_size", "cardinality"),
    ("bool_all", "bool_and"),
    ("char", "chr"),
    ("charindex", "locate"),
    ("date_diff", "datediff"),
    ("dateadd", "date_add"),
    ("endswith", "ends_with"),
    ("every", "bool_and"),
    ("explode", "unnest"),
    ("exists", "array_any_match"),
    ("filter", "array_filter"),
    ("first", "first_value"),
    ("ifnull", "nvl"),
    ("last", "last_value"),
    ("lcase", "lower"),
    ("len", "length"),
    ("rand", "random"),
    ("regexp", "regexp_like"),
    ("rlike", "regexp_like"),
    ("sequence", "generate_series"),
    ("sign", "signum"),
    ("size", "cardinality"),
    ("some", "bool_or"),
    ("startswith", "starts_with"),
    ("transform", "array_transform"),
    ("ucase", "upper"),
];

/// # Errors
/// Only by a mistake of ours: a template that does not parse.
pub(super) fn respell(statement: &mut DfStatement) -> Result<(), SqlError> {
    let Some(tree) = rewrite::tree_of(statement) else { return Ok(()) };
    rewrite::expressions(tree, replacement)
}

fn replacement(expr: &mut Expr) -> Result<Option<Expr>, SqlError> {
    if let Expr::Function(function) = expr {
        units(function);
        templates::collecting(function);
        let name = plain_name(function);
        let arguments = arguments(function);
        if let (Some(name), Some(arguments)) = (&name, arguments)
            && let Some(respelled) = templates::expand(name, &arguments, function)?
        {
            return Ok(Some(respelled));
        }
        rename(function);
        return Ok(None);
    }
    operators::replacement(expr)
}

fn rename(function: &mut Function) {
    let Some(name) = plain_name(function) else { return };
    if let Some((_, new)) = RENAMED.iter().find(|(old, _)| *old == name) {
        function.name = ObjectName::from(vec![Ident::new(*new)]);
    }
}

/// `datediff(DAY, a, b)`: the unit is a word, and would be taken for a column.
fn units(function: &mut Function) {
    let Some(name) = plain_name(function) else { return };
    let new = match name.as_str() {
        "dateadd" | "date_add" | "timestampadd" => "timestampadd",
        "datediff" | "date_diff" | "timestampdiff" => "timestampdiff",
        _ => return,
    };
    if let FunctionArguments::List(list) = &mut function.args
        && let [FunctionArg::Unnamed(FunctionArgExpr::Expr(unit)), _, _] = list.args.as_mut_slice()
        && let Expr::Identifier(word) = unit
    {
        *unit = Expr::value(Value::SingleQuotedString(word.value.to_uppercase()));
        function.name = ObjectName::from(vec![Ident::new(new)]);
    }
}

/// The arguments, if they are plain expressions.
fn arguments(function: &Function) -> Option<Vec<Expr>> {
    match &function.args {
        FunctionArguments::List(list) => list
            .args
            .iter()
            .map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) => Some(argument.clone()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// Lower case; `None` for a name of several parts.
fn plain_name(function: &Function) -> Option<String> {
    match function.name.0.as_slice() {
        [part] => part.as_ident().map(|ident| ident.value.to_ascii_lowercase()),
        _ => None,
    }
}
