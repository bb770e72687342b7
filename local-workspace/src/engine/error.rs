//! Why a statement failed, in the words of Databricks: an error class in brackets, a sentence, an SQLSTATE.

use super::scratch::SCRATCH;
use datafusion::arrow::error::ArrowError;
use datafusion::common::{DataFusionError, SchemaError};
use datafusion::sql::sqlparser::parser::ParserError;
use std::fmt::Display;

/// What a name did not lead to.
#[derive(Clone, Copy)]
pub(super) enum Missing {
    Catalog,
    Schema,
    Table,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SqlError {
    pub message: String,
    pub sql_state: Option<&'static str>,
}

impl SqlError {
    fn new(class: &str, sql_state: &'static str, sentence: impl AsRef<str>) -> Self {
        let message = format!("[{class}] {} SQLSTATE: {sql_state}", sentence.as_ref());
        Self { message, sql_state: Some(sql_state) }
    }

    pub(super) fn unbound_parameter(name: &str) -> Self {
        let sentence = format!(
            "Found the unbound parameter: {name}. Please, fix `args` and provide a mapping of the parameter to either a SQL \
             literal or collection constructor functions such as `map()`, `array()`, `struct()`."
        );
        Self::new("UNBOUND_SQL_PARAMETER", "42P02", sentence)
    }

    pub(super) fn not_permitted(what: &str) -> Self {
        let sentence = format!(
            "Insufficient privileges:\nPERMISSION_DENIED: the local workspace runs queries only, and this is: {what}."
        );
        Self::new("INSUFFICIENT_PERMISSIONS", "42501", sentence)
    }

    /// A grant is missing. `kind` is Catalog, Schema or Table.
    pub fn missing_privilege(privilege: &impl Display, kind: &str, name: &impl Display) -> Self {
        let sentence = format!("Insufficient privileges:\nUser does not have {privilege} on {kind} '{name}'.");
        Self::new("INSUFFICIENT_PERMISSIONS", "42501", sentence)
    }

    pub fn unknown_privilege(privilege: &str, kind: &str) -> Self {
        let sentence = format!("Privilege {privilege} is not applicable to a {kind} of the local workspace.");
        Self::new("INVALID_PRIVILEGE", "42501", sentence)
    }

    pub fn unknown_principal(name: &str) -> Self {
        Self::new("PRINCIPAL_DOES_NOT_EXIST", "42704", format!("Could not find principal with name {name}."))
    }

    pub(super) fn read_only(catalog: &str) -> Self {
        let sentence = format!(
            "Insufficient privileges:\nPERMISSION_DENIED: Catalog '{catalog}' is read-only in the local workspace. \
             Use the catalog '{SCRATCH}', as in {SCRATCH}.default.my_table."
        );
        Self::new("INSUFFICIENT_PERMISSIONS", "42501", sentence)
    }

    pub(super) fn no_such(what: Missing, name: &[String]) -> Self {
        let name = quoted(name.iter().map(String::as_str));
        match what {
            Missing::Catalog => {
                Self::new("NO_SUCH_CATALOG_EXCEPTION", "42704", format!("Catalog {name} was not found."))
            }
            Missing::Schema => Self::new(
                "SCHEMA_NOT_FOUND",
                "42704",
                format!(
                    "The schema {name} cannot be found. Verify the spelling and correctness of the schema and catalog."
                ),
            ),
            Missing::Table => table_not_found(&name),
        }
    }

    pub(super) fn wrong_date_pattern(pattern: &str) -> Self {
        let sentence = format!("Unrecognized datetime pattern: '{pattern}'.");
        Self::new("INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", "22007", sentence)
    }

    pub(super) fn unreadable_moment(text: &str, pattern: &str) -> Self {
        let sentence = format!(
            "Text '{text}' could not be parsed with the pattern '{pattern}'. Use `try_to_timestamp` to tolerate invalid \
             input string and return NULL instead."
        );
        Self::new("CANNOT_PARSE_TIMESTAMP", "22007", sentence)
    }

    pub(super) fn wrong_unit(unit: &str) -> Self {
        let sentence =
            format!("The unit {unit} is none that this function knows: YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, …");
        Self::new("INVALID_PARAMETER_VALUE.DATETIME_UNIT", "22023", sentence)
    }

    pub(super) fn moment_overflow() -> Self {
        Self::new("DATETIME_OVERFLOW", "22008", "Datetime operation overflow.")
    }

    pub(super) fn wrong_regex(pattern: &str) -> Self {
        let sentence = format!("The value of parameter(s) `regexp` is invalid: '{pattern}' is no regular expression.");
        Self::new("INVALID_PARAMETER_VALUE.PATTERN", "22023", sentence)
    }

    pub(super) fn no_such_group(index: i64, groups: usize) -> Self {
        let sentence = format!("Expects group index between 0 and {groups}, but got {index}.");
        Self::new("INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", "22023", sentence)
    }

    pub(super) fn not_an_identifier(text: &str) -> Self {
        let sentence = format!("'{text}' is not a valid identifier: IDENTIFIER takes a name as a text or a parameter.");
        Self::new("INVALID_IDENTIFIER", "42602", sentence)
    }

    pub(super) fn too_many_parts(name: &[String]) -> Self {
        let name = quoted(name.iter().map(String::as_str));
        let sentence = format!("{name} is not a valid identifier as it has too many name parts.");
        Self::new("IDENTIFIER_TOO_MANY_NAME_PARTS", "42601", sentence)
    }

    pub(super) fn already_exists(name: &[String]) -> Self {
        let quoted = quoted(name.iter().map(String::as_str));
        if name.len() == 2 {
            let sentence = format!(
                "Cannot create schema {quoted} because it already exists.\nChoose a different name, drop the existing \
                 schema, or add the IF NOT EXISTS clause to tolerate pre-existing schema."
            );
            return Self::new("SCHEMA_ALREADY_EXISTS", "42P06", sentence);
        }
        let sentence = format!(
            "Cannot create table or view {quoted} because it already exists.\nChoose a different name, drop or replace \
             the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects."
        );
        Self::new("TABLE_OR_VIEW_ALREADY_EXISTS", "42P07", sentence)
    }

    pub(super) fn schema_not_empty(name: &[String]) -> Self {
        let name = quoted(name.iter().map(String::as_str));
        let sentence = format!(
            "Cannot drop a schema {name} because it contains objects.\nUse DROP SCHEMA ... CASCADE to drop the schema \
             and all its objects."
        );
        Self::new("SCHEMA_NOT_EMPTY", "2BP01", sentence)
    }

    pub(super) fn insert_arity(name: &[String], expected: usize, given: usize) -> Self {
        let name = quoted(name.iter().map(String::as_str));
        let kind = if given < expected { "NOT_ENOUGH_DATA_COLUMNS" } else { "TOO_MANY_DATA_COLUMNS" };
        let sentence = format!(
            "Cannot write to {name}, the reason is {}:\nTable columns: {expected}.\nData columns: {given}.",
            if given < expected { "not enough data columns" } else { "too many data columns" }
        );
        Self::new(&format!("INSERT_COLUMN_ARITY_MISMATCH.{kind}"), "21S01", sentence)
    }

    pub(super) fn unknown_column(name: &str, known: &[&str]) -> Self {
        let sentence = format!("A column, variable, or function parameter with name `{name}` cannot be resolved.");
        let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        let sentence = format!("{sentence} Did you mean one of the following? [{}].", known.join(", "));
        Self::new("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", sentence)
    }

    pub(super) fn scratch_is_full(bytes: usize) -> Self {
        let sentence = format!(
            "The tables of catalog '{SCRATCH}' would take more than {bytes} bytes together. Drop some of them, or write \
             fewer rows."
        );
        Self::new("RESOURCE_EXHAUSTED", "53200", sentence)
    }

    pub(super) fn expected_kind(name: &[String], is_view: bool) -> Self {
        let quoted = quoted(name.iter().map(String::as_str));
        let (class, sentence) = if is_view {
            ("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", format!("The operation expects a table but {quoted} is a view."))
        } else {
            ("EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", format!("The operation expects a view but {quoted} is a table."))
        };
        Self::new(class, "42809", sentence)
    }

    pub(super) fn from_parser(error: &ParserError, sql: &str) -> Self {
        from_parser(error, sql)
    }

    pub(super) fn too_complex() -> Self {
        let sentence = "The statement, including potential SQL functions and referenced views, was too complex to parse. To \
                        mitigate this error divide the statement into multiple, less complex chunks.";
        Self::new("FAILED_TO_PARSE_TOO_COMPLEX", "54001", sentence)
    }

    pub(super) fn result_too_large(bytes: usize) -> Self {
        let message = format!(
            "Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at most \
             {bytes} bytes. Please execute the statement with disposition=EXTERNAL_LINKS if you want to download the \
             full result."
        );
        Self { message, sql_state: None }
    }

    /// The disk that takes large results is full, or cannot be written.
    pub(super) fn no_room(cause: &std::io::Error) -> Self {
        let sentence = format!("The result could not be stored: {cause}. Free some room in TMPDIR, or ask for less.");
        Self::new("INTERNAL_ERROR", "53100", sentence)
    }

    pub(super) fn internal(cause: impl AsRef<str>) -> Self {
        Self::new("INTERNAL_ERROR", "XX000", cause)
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
            DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => {
                Self::from_datafusion(*inner, sql)
            }
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

fn table_not_found(name: &str) -> SqlError {
    let sentence = format!(
        "The table or view {name} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf \
         you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the \
         correct schema and catalog."
    );
    SqlError::new("TABLE_OR_VIEW_NOT_FOUND", "42P01", sentence)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(middle, _)| middle)
}

fn quoted<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    parts.map(|part| format!("`{part}`")).collect::<Vec<_>>().join(".")
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
