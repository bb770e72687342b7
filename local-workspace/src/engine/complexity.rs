//! Refuses statements so deep that walking them would overflow the stack and end the whole program. `1 + 1 + 1 …` is
//! the case: the parser reads it in a loop, into a tree as deep as it is long.

use super::error::SqlError;
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{Expr, Visit, Visitor};
use datafusion::sql::sqlparser::dialect::DatabricksDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use std::ops::ControlFlow;

/// Before parsing: no tree can be deeper than this, and even an unoptimised build can drop one that is.
const OPERATORS: usize = 10_000;
/// After parsing: what the planner walks safely, within seconds, on the stack that the program gives its threads.
const DEPTH: usize = 1_000;

pub(super) fn check_text(sql: &str) -> Result<(), SqlError> {
    // What cannot be split into tokens is the parser's to report.
    let tokens = Tokenizer::new(&DatabricksDialect, sql).tokenize().unwrap_or_default();
    if tokens.iter().filter(|token| is_operator(token)).count() > OPERATORS {
        Err(SqlError::too_complex())
    } else {
        Ok(())
    }
}

pub(super) fn check_tree(statement: &DfStatement) -> Result<(), SqlError> {
    match statement {
        DfStatement::Statement(tree) => match tree.visit(&mut Depth(0)) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(SqlError::too_complex()),
        },
        DfStatement::Explain(explain) => check_tree(&explain.statement),
        _ => Ok(()),
    }
}

/// Whatever can make a tree deeper without a bracket; brackets are limited by the parser.
fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::AND | Keyword::OR | Keyword::NOT | Keyword::IS | Keyword::DIV | Keyword::UNION | Keyword::JOIN
        ),
        Token::Whitespace(_)
        | Token::Comma
        | Token::Period
        | Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::LParen
        | Token::RParen => false,
        _ => true,
    }
}

struct Depth(usize);

impl Visitor for Depth {
    type Break = ();

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.0 += 1;
        if self.0 > DEPTH { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.0 -= 1;
        ControlFlow::Continue(())
    }
}
