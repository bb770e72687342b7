//! From DataFusion's errors to those of Databricks.

use super::error::{SqlError, quoted, table_not_found};
use datafusion::arrow::error::ArrowError;
use datafusion::common::{DataFusionError, SchemaError};
use datafusion::sql::sqlparser::parser::ParserError;

impl SqlError {
    pub(super) fn from_parser(error: &ParserError, sql: &str) -> Self {
        from_parser(error, sql)
    }

    pub(super) fn from_datafusion(error: DataFusionError, sql: &str) -> Self {
        match error {
            DataFusionError::SQL(error, _) => from_parser(&error, sql),
            DataFusionError::SchemaError(error, _) => from_schema(*error),
            DataFusionError::ArrowError(error, _) => from_arrow(&error),
            DataFusionError::Plan(text) => from_plan(&text),
            DataFusionError::NotImplemented(text) => Self::new("UNSUPPORTED_FEATURE", "0A000", sentence(&text)),
            DataFusionError::ResourcesExhausted(text) => {
                Self::new("UNABLE_TO_ACQUIRE_MEMORY", "53200", sentence(&text))
            }
            DataFusionError::Execution(text) => Self { message: text, sql_state: None },
            DataFusionError::Context(_, inner) => Self::from_datafusion(*inner, sql),
            DataFusionError::Diagnostic(diagnostic, inner) => Self::from_datafusion(*inner, sql).at(diagnostic.span),
            DataFusionError::Collection(errors) => match errors.into_iter().next() {
                Some(first) => Self::from_datafusion(first, sql),
                None => Self::internal("an error without a cause."),
            },
            DataFusionError::Shared(shared) => Self::from_shared(&shared, sql),
            DataFusionError::External(inner) => match inner.downcast::<DataFusionError>() {
                Ok(inner) => Self::from_datafusion(*inner, sql),
                Err(other) => match other.downcast::<Self>() {
                    Ok(own) => *own,
                    Err(other) => unknown(&other.to_string()),
                },
            },
            other => unknown(&other.strip_backtrace()),
        }
    }

    /// A failed task shares its error with all who wait for it; only the leading causes are worth telling apart.
    fn from_shared(error: &DataFusionError, sql: &str) -> Self {
        match error.find_root() {
            DataFusionError::ArrowError(error, _) => from_arrow(error),
            DataFusionError::Plan(text) => from_plan(text),
            DataFusionError::SQL(error, _) => from_parser(error, sql),
            DataFusionError::External(inner) => match inner.downcast_ref::<Self>() {
                Some(own) => own.clone(),
                None => Self::internal(sentence(&inner.to_string())),
            },
            other => unknown(&other.strip_backtrace()),
        }
    }
}

fn from_parser(error: &ParserError, sql: &str) -> SqlError {
    let text = match error {
        ParserError::ParserError(text) | ParserError::TokenizerError(text) => text.as_str(),
        ParserError::RecursionLimitExceeded => return SqlError::too_complex(),
    };
    // The parser says "Expected: …, found: TOKEN at Line: 1, Column: 8".
    let (text, position) = text.split_once(" at Line: ").unwrap_or((text, ""));
    let number = |text: &str| text.parse::<usize>().ok();
    let (line, column) = position
        .split_once(", Column: ")
        .and_then(|(line, column)| Some((number(line)?, number(column)?.saturating_sub(1))))
        .unwrap_or_else(|| end_of(sql));
    let near = match text.rsplit_once("found: ") {
        Some((_, "EOF")) => "Syntax error at or near end of input.".to_owned(),
        Some((_, token)) => format!("Syntax error at or near '{token}'."),
        None => format!("Syntax error: {text}."),
    };
    let message = format!(
        "\n[PARSE_SYNTAX_ERROR] {near} SQLSTATE: 42601 (line {line}, pos {column})\n\n== SQL ==\n{sql}\n{}^^^\n",
        "-".repeat(column)
    );
    SqlError { message, sql_state: Some("42601") }
}

/// Line and column of a text's end, where the parser has no token to point at.
fn end_of(sql: &str) -> (usize, usize) {
    let last = sql.lines().last().unwrap_or_default();
    (sql.lines().count().max(1), last.chars().count())
}

fn from_schema(error: SchemaError) -> SqlError {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let name = quoted(field.flat_name().split('.'));
            let sentence = format!("A column, variable, or function parameter with name {name} cannot be resolved.");
            if valid_fields.is_empty() {
                return SqlError::new("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703", sentence);
            }
            let known: Vec<String> = valid_fields.iter().take(5).map(|field| format!("`{}`", field.name())).collect();
            let sentence = format!("{sentence} Did you mean one of the following? [{}].", known.join(", "));
            SqlError::new("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", sentence)
        }
        SchemaError::AmbiguousReference { field } => {
            SqlError::new("AMBIGUOUS_REFERENCE", "42704", format!("Reference `{}` is ambiguous.", field.name()))
        }
        SchemaError::DuplicateQualifiedField { name, .. } | SchemaError::DuplicateUnqualifiedField { name } => {
            SqlError::new("COLUMN_ALREADY_EXISTS", "42711", format!("The column `{name}` already exists."))
        }
    }
}

fn from_arrow(error: &ArrowError) -> SqlError {
    match error {
        ArrowError::DivideByZero => SqlError::new(
            "DIVIDE_BY_ZERO",
            "22012",
            "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. If necessary set \
             \"ansi_mode\" to \"false\" to bypass this error.",
        ),
        ArrowError::ArithmeticOverflow(text) => SqlError::new("ARITHMETIC_OVERFLOW", "22003", sentence(text)),
        ArrowError::CastError(text) | ArrowError::ParseError(text) => {
            SqlError::new("CAST_INVALID_INPUT", "22018", sentence(text))
        }
        ArrowError::ExternalError(inner) => match inner.downcast_ref::<DataFusionError>() {
            Some(inner) => SqlError::from_shared(inner, ""),
            None => unknown(&inner.to_string()),
        },
        other => unknown(&other.to_string()),
    }
}

/// DataFusion tells most planning errors by their text alone; the tests of this crate watch over these.
fn from_plan(text: &str) -> SqlError {
    if let Some(table) = between(text, "table '", "' not found") {
        return table_not_found(&quoted(table.split('.')));
    }
    if let Some(name) = between(text, "Invalid function '", "'") {
        let sentence =
            format!("Cannot resolve routine `{name}` on search path [`system`.`builtin`, `system`.`session`].");
        return SqlError::new("UNRESOLVED_ROUTINE", "42883", sentence);
    }
    if text.contains("must be in GROUP BY") || text.contains("must appear in the GROUP BY") {
        let column = between(text, "column \"", "\"").and_then(|name| name.rsplit('.').next()).unwrap_or("?");
        let sentence = format!(
            "The non-aggregating expression \"{column}\" is based on columns which are not participating in the GROUP BY \
             clause. Add the columns or the expression to the GROUP BY, aggregate the expression, or use \
             \"any_value({column})\" if you do not care which of the values within a group is returned."
        );
        return SqlError::new("MISSING_AGGREGATION", "42803", sentence);
    }
    SqlError { message: sentence(text), sql_state: None }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(middle, _)| middle)
}

/// What comes without a kind of its own. The parser of regular expressions shows the pattern in its second line.
fn unknown(text: &str) -> SqlError {
    match text.split_once("regex parse error:\n") {
        Some((_, rest)) => SqlError::wrong_regex(rest.lines().next().unwrap_or_default().trim()),
        None => SqlError::internal(sentence(text)),
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}
