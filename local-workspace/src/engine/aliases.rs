//! Column names: an expression without an alias is called by its text, as on Databricks. DataFusion would call `1`
//! `Int64(1)` and put table names into `sum(t.x)`. `ORDER BY ALL` is spelled out here, where the columns are known.

use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{
    Expr, Ident, OrderBy, OrderByExpr, OrderByKind, Query, Select, SelectItem, SetExpr, Statement, Value,
};

pub(super) fn name_columns(statement: &mut DfStatement) {
    if let DfStatement::Statement(statement) = statement
        && let Statement::Query(query) = statement.as_mut()
        && let Some(select) = first_select(&mut query.body)
    {
        select.projection.iter_mut().for_each(name);
        order_by_all(query);
    }
}

/// `ORDER BY ALL` is the order of the columns from left to right. With `*` their number is not known yet.
fn order_by_all(query: &mut Query) {
    let SetExpr::Select(select) = query.body.as_ref() else { return };
    let plain = select
        .projection
        .iter()
        .all(|item| matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. }));
    let count = select.projection.len();
    if let Some(OrderBy { kind: OrderByKind::Expressions(expressions), .. }) = &mut query.order_by
        && plain
        && let [only] = expressions.as_mut_slice()
        && matches!(&only.expr, Expr::Identifier(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("all"))
    {
        let all = only.clone();
        let column = |index: usize| {
            let expr = Expr::value(Value::Number(index.to_string(), false));
            OrderByExpr { expr, ..all.clone() }
        };
        *expressions = (1..=count).map(column).collect();
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
