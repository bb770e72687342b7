//! Reads a command word by word. What SQL itself is made of (names, types, queries) is left to the parser's own rules.

use datafusion::sql::sqlparser::ast::{DataType, Query};
use datafusion::sql::sqlparser::dialect::DatabricksDialect;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

/// The parts of a name as they were written, in lower case as Databricks stores them.
pub(super) type Written = Vec<String>;

pub(super) struct Reader(Parser<'static>);

impl Reader {
    pub(super) fn new(sql: &str) -> Result<Self, ParserError> {
        let tokens = Tokenizer::new(&DatabricksDialect, sql).tokenize_with_location()?;
        Ok(Self(Parser::new(&DatabricksDialect).with_tokens_with_locations(tokens)))
    }

    /// Takes these words if they come next, all or none.
    pub(super) fn take(&mut self, words: &str) -> bool {
        let words: Vec<&str> = words.split(' ').collect();
        let comes = words.iter().enumerate().all(|(index, word)| {
            matches!(self.0.peek_nth_token(index).token, Token::Word(found)
                if found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word))
        });
        if comes {
            words.iter().for_each(|_| drop(self.0.next_token()));
        }
        comes
    }

    /// The first of several that comes next.
    pub(super) fn take_one_of<'a>(&mut self, words: &[&'a str]) -> Option<&'a str> {
        words.iter().find(|word| self.take(word)).copied()
    }

    pub(super) fn expect(&mut self, words: &str) -> Result<(), ParserError> {
        if self.take(words) { Ok(()) } else { self.0.expected(words, self.0.peek_token()) }
    }

    pub(super) fn name(&mut self) -> Result<Written, ParserError> {
        let name = self.0.parse_object_name(true)?;
        let parts = name.0.iter().map(|part| part.as_ident().map(|ident| ident.value.to_lowercase()));
        parts.collect::<Option<_>>().ok_or_else(|| ParserError::ParserError(format!("{name} is not a name")))
    }

    /// A single identifier as it was written.
    pub(super) fn identifier(&mut self) -> Result<String, ParserError> {
        Ok(self.0.parse_identifier()?.value)
    }

    /// A user's e-mail may come without backticks where nothing else can.
    pub(super) fn principal(&mut self) -> Result<String, ParserError> {
        let mut principal = self.identifier()?;
        while let Some(sign) = [Token::AtSign, Token::Period].into_iter().find(|sign| self.0.consume_token(sign)) {
            principal.push_str(&sign.to_string());
            principal.push_str(&self.identifier()?);
        }
        Ok(principal)
    }

    pub(super) fn text(&mut self) -> Result<String, ParserError> {
        self.0.parse_literal_string()
    }

    pub(super) fn data_type(&mut self) -> Result<DataType, ParserError> {
        self.0.parse_data_type()
    }

    pub(super) fn query(&mut self) -> Result<Box<Query>, ParserError> {
        self.0.parse_query()
    }

    pub(super) fn comma(&mut self) -> bool {
        self.0.consume_token(&Token::Comma)
    }

    pub(super) fn opens(&mut self) -> bool {
        self.0.consume_token(&Token::LParen)
    }

    pub(super) fn closes(&mut self) -> Result<(), ParserError> {
        self.0.expect_token(&Token::RParen).map(drop)
    }

    /// Whether what follows the bracket is a query and not a list of columns.
    pub(super) fn at_query(&self) -> bool {
        matches!(self.0.peek_nth_token(1).token, Token::Word(word)
            if ["SELECT", "WITH", "VALUES", "FROM", "TABLE"].iter().any(|start| word.value.eq_ignore_ascii_case(start)))
    }

    pub(super) fn end(&mut self) -> Result<(), ParserError> {
        while self.0.consume_token(&Token::SemiColon) {}
        match self.0.peek_token() {
            token if token.token == Token::EOF => Ok(()),
            token => self.0.expected("end of statement", token),
        }
    }
}
