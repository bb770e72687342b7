//! Why a statement failed, in the words of Databricks: an error class in brackets, a sentence, an SQLSTATE.

use super::scratch::SCRATCH;
use datafusion::common::{Location, Span};
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
    pub(super) fn new(class: &str, sql_state: &'static str, sentence: impl AsRef<str>) -> Self {
        let message = format!("[{class}] {} SQLSTATE: {sql_state}", sentence.as_ref());
        Self { message, sql_state: Some(sql_state) }
    }

    /// Where in the statement it went wrong, if that is known and not told yet.
    pub(super) fn at(mut self, span: Option<Span>) -> Self {
        if let Some(Location { line, column }) = span.map(|span| span.start).filter(|start| start.line > 0)
            && self.sql_state.is_some_and(|state| self.message.ends_with(state))
        {
            self.message.push_str(&format!("; line {line} pos {}", column.saturating_sub(1)));
        }
        self
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

    pub(super) fn unsupported(what: &str) -> Self {
        Self::new("UNSUPPORTED_FEATURE", "0A000", format!("The local workspace does not support {what}."))
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
}

pub(super) fn table_not_found(name: &str) -> SqlError {
    let sentence = format!(
        "The table or view {name} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf \
         you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the \
         correct schema and catalog."
    );
    SqlError::new("TABLE_OR_VIEW_NOT_FOUND", "42P01", sentence)
}

pub(super) fn quoted<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    parts.map(|part| format!("`{part}`")).collect::<Vec<_>>().join(".")
}
