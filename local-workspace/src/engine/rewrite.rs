//! Puts other expressions in the place of some, everywhere in a statement.

use super::error::SqlError;
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{Expr, Statement, visit_expressions_mut};
use std::ops::ControlFlow;

/// The statement itself, or the one that EXPLAIN explains; `None` for what DataFusion alone knows.
pub(super) fn tree_of(statement: &mut DfStatement) -> Option<&mut Statement> {
    match statement {
        DfStatement::Statement(tree) => Some(tree),
        DfStatement::Explain(explain) => tree_of(&mut explain.statement),
        _ => None,
    }
}

/// Inner expressions come first, and what was put in place is not looked at again.
///
/// # Errors
/// The first one of `replacement`.
pub(super) fn expressions(
    tree: &mut Statement,
    mut replacement: impl FnMut(&mut Expr) -> Result<Option<Expr>, SqlError>,
) -> Result<(), SqlError> {
    let outcome = visit_expressions_mut(tree, |expr| match replacement(expr) {
        Ok(Some(replaced)) => {
            *expr = replaced;
            ControlFlow::Continue(())
        }
        Ok(None) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    });
    match outcome {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}
