//! Why a statement failed, as people and the editor need it.

use super::advice;
use crate::{
    model::statement::StatementFailure,
    server::databricks::{Statement, StatementError},
};

/// What the workspace says about a statement that failed, or whose result is gone.
pub fn of<R>(statement: Statement<R>, user: &str) -> StatementFailure {
    let gone = "The result is no longer kept. Run the statement again.";
    let message =
        statement.status.error.map_or_else(|| gone.to_owned(), |error: StatementError| error.message.trim().to_owned());
    let sql_state = statement.status.sql_state;
    StatementFailure {
        sql_state: sql_state.or_else(|| after(&message, "SQLSTATE: ").map(|rest| rest.chars().take(5).collect())),
        position: position(&message),
        advice: advice::after_failure(&message, user),
        statement_id: Some(statement.statement_id),
        workspace_request_id: statement.workspace_request_id,
        message,
    }
}

/// `(line 1, pos 7)` or `; line 1 pos 7`; the warehouse counts columns from 0.
fn position(message: &str) -> Option<(u32, u32)> {
    let mut rest = message;
    while let Some(found) = after(rest, "line ") {
        if let Some((line, behind)) = number(found)
            && let Some(column) = behind.trim_start_matches(',').trim_start().strip_prefix("pos ")
            && let Some((column, _)) = number(column)
        {
            return Some((line, column.checked_add(1)?));
        }
        rest = found;
    }
    None
}

fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::databricks::Outline;

    #[test]
    fn positions_as_the_warehouse_writes_them() {
        for (message, place) in [
            ("[PARSE_SYNTAX_ERROR] Syntax error at or near 'INSER'. SQLSTATE: 42601 (line 1, pos 0)", Some((1, 1))),
            ("… cannot be resolved. SQLSTATE: 42703; line 12 pos 7", Some((12, 8))),
            ("on line of duty; line 2 pos x; line 3 pos 4", Some((3, 5))),
            ("line 1 pos 4294967295", None),
            ("no place", None),
        ] {
            assert_eq!(position(message), place, "{message}");
        }
    }

    #[test]
    fn a_failure_carries_what_its_support_asks_for() {
        let answer = r#"{"statement_id":"01ef","status":{"state":"FAILED","error":{"error_code":"BAD_REQUEST",
            "message":"\nUser does not have USE CATALOG on Catalog 'fin'. SQLSTATE: 42501\n"}}}"#;
        let statement: Statement<Outline> = serde_json::from_str(answer).unwrap();
        let failed = of(Statement { workspace_request_id: Some("r1".into()), ..statement }, "bob@example.com");
        assert_eq!(failed.sql_state.as_deref(), Some("42501"));
        assert!(failed.advice.is_some_and(|advice| advice.contains("GRANT USE CATALOG")));
        assert_eq!(
            (failed.statement_id.as_deref(), failed.workspace_request_id.as_deref()),
            (Some("01ef"), Some("r1"))
        );
    }
}
