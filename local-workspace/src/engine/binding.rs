//! Puts parameter values into a parsed statement: `:name` becomes `CAST('value' AS TYPE)`. The value is a node of the
//! syntax tree and never SQL text, so it cannot change the statement.

use super::error::SqlError;
use super::identifier;
use super::parameters::Parameter;
use super::rewrite;
use super::session_functions::WITHOUT_PARENTHESES;
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{Expr, Ident, Value};
use datafusion::sql::sqlparser::dialect::DatabricksDialect;
use datafusion::sql::sqlparser::parser::Parser;

pub(super) fn bind(statement: &mut DfStatement, parameters: &[Parameter]) -> Result<(), SqlError> {
    let Some(tree) = rewrite::tree_of(statement) else { return Ok(()) };
    identifier::resolve(tree, parameters)?;
    rewrite::expressions(tree, |expr| replacement(expr, parameters))
}

fn replacement(expr: &Expr, parameters: &[Parameter]) -> Result<Option<Expr>, SqlError> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Placeholder(marker) => literal(marker, parameters).map(Some),
            _ => Ok(None),
        },
        Expr::Identifier(Ident { value, quote_style: None, .. }) => {
            let name = value.to_ascii_lowercase();
            let known = WITHOUT_PARENTHESES.contains(&name.as_str());
            if known { parse(&format!("{name}()")).map(Some) } else { Ok(None) }
        }
        _ => Ok(None),
    }
}

fn literal(marker: &str, parameters: &[Parameter]) -> Result<Expr, SqlError> {
    let name = marker.strip_prefix(':').ok_or_else(|| SqlError::unbound_parameter(marker))?;
    let parameter =
        parameters.iter().find(|parameter| parameter.name == name).ok_or_else(|| SqlError::unbound_parameter(name))?;
    let mut expr = parse(&format!("CAST(NULL AS {})", parameter.kind.sql()))?;
    if let (Expr::Cast { expr: inner, .. }, Some(text)) = (&mut expr, &parameter.value) {
        **inner = Expr::value(Value::SingleQuotedString(text.clone()));
    }
    Ok(expr)
}

/// Parses a piece of SQL of our own.
fn parse(sql: &str) -> Result<Expr, SqlError> {
    Parser::new(&DatabricksDialect)
        .try_with_sql(sql)
        .and_then(|mut parser| parser.parse_expr())
        .map_err(|error| SqlError::internal(error.to_string()))
}
