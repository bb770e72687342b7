//! `IDENTIFIER(:name)` and `IDENTIFIER('name')`: a name that comes as text. It is parsed as a name and nothing else, so
//! a parameter cannot change the statement.

use super::error::SqlError;
use super::parameters::Parameter;
use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, Statement, TableFactor, Value, VisitMut,
    VisitorMut,
};
use datafusion::sql::sqlparser::dialect::DatabricksDialect;
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::Token;
use std::ops::ControlFlow;

pub(super) fn resolve(statement: &mut Statement, parameters: &[Parameter]) -> Result<(), SqlError> {
    match statement.visit(&mut Resolver { parameters }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

struct Resolver<'a> {
    parameters: &'a [Parameter],
}

impl VisitorMut for Resolver<'_> {
    type Break = SqlError;

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<SqlError> {
        if let TableFactor::Table { name, args, .. } = factor
            && is_identifier(name)
            && let Some(given) = args
        {
            match self.name(&given.args) {
                Ok(found) => *name = found,
                Err(error) => return ControlFlow::Break(error),
            }
            *args = None;
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<SqlError> {
        if let Expr::Function(function) = expr
            && is_identifier(&function.name)
            && let FunctionArguments::List(list) = &function.args
        {
            match self.name(&list.args) {
                Ok(name) => {
                    let parts: Vec<_> = name.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
                    *expr = match <[_; 1]>::try_from(parts) {
                        Ok([only]) => Expr::Identifier(only),
                        Err(parts) => Expr::CompoundIdentifier(parts),
                    };
                }
                Err(error) => return ControlFlow::Break(error),
            }
        }
        ControlFlow::Continue(())
    }
}

impl Resolver<'_> {
    fn name(&self, arguments: &[FunctionArg]) -> Result<ObjectName, SqlError> {
        let text = match arguments {
            [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))] => match &value.value {
                Value::SingleQuotedString(text) => Some(text.as_str()),
                Value::Placeholder(marker) => {
                    let name = marker.trim_start_matches(':');
                    let known = self.parameters.iter().find(|parameter| parameter.name == name);
                    known.ok_or_else(|| SqlError::unbound_parameter(name))?.value.as_deref()
                }
                _ => None,
            },
            _ => None,
        };
        let text = text.ok_or_else(|| SqlError::not_an_identifier("NULL or an expression"))?;
        let wrong = || SqlError::not_an_identifier(text);
        let mut parser = Parser::new(&DatabricksDialect).try_with_sql(text).map_err(|_| wrong())?;
        let name = parser.parse_object_name(true).map_err(|_| wrong())?;
        if parser.peek_token().token == Token::EOF { Ok(name) } else { Err(wrong()) }
    }
}

fn is_identifier(name: &ObjectName) -> bool {
    matches!(name.0.as_slice(), [part] if part.as_ident().is_some_and(|ident| {
        ident.quote_style.is_none() && ident.value.eq_ignore_ascii_case("identifier")
    }))
}
