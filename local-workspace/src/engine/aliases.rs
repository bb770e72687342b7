//! Column names: an expression without an alias is called by its text, as on Databricks. DataFusion would call `1`
//! `Int64(1)` and put table names into `sum(t.x)`.

use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{Expr, Ident, Select, SelectItem, SetExpr, Statement};

pub(super) fn name_columns(statement: &mut DfStatement) {
    if let DfStatement::Statement(statement) = statement
        && let Statement::Query(query) = statement.as_mut()
        && let Some(select) = first_select(&mut query.body)
    {
        select.projection.iter_mut().for_each(name);
    }
}

/// The columns of a set operation are named by its first part.
fn first_select(body: &mut SetExpr) -> Option<&mut Select> {
    match body {
        SetExpr::Select(select) => Some(select),
        SetExpr::SetOperation { left, .. } => first_select(left),
        SetExpr::Query(query) => first_select(&mut query.body),
        _ => None,
    }
}

fn name(item: &mut SelectItem) {
    if let SelectItem::UnnamedExpr(expr) = item
        && !matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_))
    {
        let alias = Ident::with_quote('`', text(expr));
        let expr = expr.clone();
        *item = SelectItem::ExprWithAlias { expr, alias };
    }
}

/// A string literal is called by its content, without quotes.
fn text(expr: &Expr) -> String {
    match expr {
        Expr::Value(value) => value.value.clone().into_string().unwrap_or_else(|| value.to_string()),
        other => other.to_string(),
    }
}
