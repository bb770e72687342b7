//! Only queries run: twice checked, by the kind of statement and again by the finished plan.

use super::error::SqlError;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{Statement, TableFactor, Visit, Visitor};
use std::ops::ControlFlow;

pub(super) fn only_queries(statement: &DfStatement) -> Result<(), SqlError> {
    match statement {
        DfStatement::Statement(statement) if is_query(statement) => Ok(()),
        DfStatement::Explain(explain) => only_queries(&explain.statement),
        other => Err(SqlError::not_permitted(&first_words(&other.to_string()))),
    }
}

/// What DataFusion would pass over without a word, and answer as if it were not there.
pub(super) fn nothing_ignored(statement: &DfStatement) -> Result<(), SqlError> {
    match statement {
        DfStatement::Statement(tree) => match tree.visit(&mut Ignored) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(what) => Err(SqlError::unsupported(what)),
        },
        DfStatement::Explain(explain) => nothing_ignored(&explain.statement),
        _ => Ok(()),
    }
}

struct Ignored;

impl Visitor for Ignored {
    type Break = &'static str;

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<&'static str> {
        match factor {
            TableFactor::Table { sample: Some(_), .. } => ControlFlow::Break("TABLESAMPLE"),
            TableFactor::Table { version: Some(_), .. } => ControlFlow::Break("time travel"),
            _ => ControlFlow::Continue(()),
        }
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
