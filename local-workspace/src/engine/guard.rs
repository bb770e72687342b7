//! Only queries run: twice checked, by the kind of statement and again by the finished plan.

use super::error::SqlError;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::Statement;

pub(super) fn only_queries(statement: &DfStatement) -> Result<(), SqlError> {
    match statement {
        DfStatement::Statement(statement) if is_query(statement) => Ok(()),
        DfStatement::Explain(explain) => only_queries(&explain.statement),
        other => Err(SqlError::not_permitted(&first_words(&other.to_string()))),
    }
}

/// A query can hide a write, as in `SELECT … INTO t`.
pub(super) fn only_reading(plan: &LogicalPlan) -> Result<(), SqlError> {
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(plan)
        .map_err(|_| SqlError::not_permitted("a query that writes"))
}

fn is_query(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::Query(_)
            | Statement::ExplainTable { .. }
            | Statement::ShowTables { .. }
            | Statement::ShowColumns { .. }
    )
}

/// `CREATE TABLE` of a long text: the keywords that it begins with, two at most.
fn first_words(sql: &str) -> String {
    let is_keyword = |word: &&str| word.bytes().all(|byte| byte.is_ascii_uppercase());
    sql.split_whitespace().take(2).take_while(is_keyword).collect::<Vec<_>>().join(" ")
}
