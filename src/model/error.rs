//! The one error that crosses the wire: a code for programs, a sentence for people, a request id for the operator.
//!
//! Causes stay in the server's log. `ServerFnError` is not used anywhere, since it sends internal texts to the browser.

use serde::{Deserialize, Serialize};
use server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

use super::sql_kind::is_plain_query;

const NOT_KNOWN: &str = "It is not known whether it ran: no answer came back. Look into the query history of the workspace before running it again.";

/// What went wrong, for programs. Written in snake case on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 401: nobody is signed in, or no longer.
    SessionOver,
    /// 409: the page was made for one person, and another one is signed in now.
    SessionChanged,
    /// 400: the request makes no sense; the message says why.
    BadRequest,
    /// 403: the user lacks a grant in the workspace.
    PermissionDenied,
    /// 403: the sign-in did not ask for a scope that this needs.
    MissingScope,
    /// 404
    NotFound,
    /// 422: the warehouse refused or failed the statement.
    StatementFailed,
    /// 429
    RateLimited,
    /// 502: the workspace did not answer, or not with what it should.
    WorkspaceUnreachable,
    /// 500
    Internal,
    /// In the browser only: the server was not reached.
    Offline,
}

impl ErrorCode {
    pub fn http_status(self) -> u16 {
        match self {
            Self::SessionOver => 401,
            Self::SessionChanged => 409,
            Self::BadRequest => 400,
            Self::PermissionDenied | Self::MissingScope => 403,
            Self::NotFound => 404,
            Self::StatementFailed => 422,
            Self::RateLimited => 429,
            Self::WorkspaceUnreachable | Self::Offline => 502,
            Self::Internal => 500,
        }
    }

    /// Whether the request may have arrived although nothing usable came back.
    fn loses_the_answer(self) -> bool {
        matches!(self, Self::Internal | Self::Offline)
    }

    /// Whether the same question may well be answered a little later. `patient`: it has not failed for long. A browser that is
    /// offline waits for its network however long that takes.
    pub fn passes(self, patient: bool) -> bool {
        let passes = matches!(self, Self::RateLimited | Self::WorkspaceUnreachable | Self::Internal);
        self == Self::Offline || passes && patient
    }
}

/// An error as people and programs get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    pub code: ErrorCode,
    /// One or two sentences: what happened and what to do.
    pub message: String,
    /// Finds the cause in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Where to sign in again; with [`ErrorCode::SessionOver`] only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in_url: Option<String>,
    /// What else is known about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<ErrorDetails>>,
}

/// What else may be known about an error. In a box of its own, since most errors have none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorDetails {
    /// What to do about it, or whom to ask for what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// The statement that it happened to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement_id: Option<String>,
    /// The workspace's id of the request that failed, for its support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace_request_id: Option<String>,
    /// The workspace may have done what was asked of it: its answer did not come back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answer_lost: bool,
}

impl AppError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), request_id: None, sign_in_url: None, details: None }
    }

    /// What to do about it, or whom to ask for what.
    pub fn advice(&self) -> Option<&str> {
        self.details.as_deref()?.advice.as_deref()
    }

    /// The same with more of its details.
    #[must_use]
    pub fn with(mut self, add: impl FnOnce(&mut ErrorDetails)) -> Self {
        add(self.details.get_or_insert_default());
        self
    }

    /// Whether what was asked for may have been done all the same.
    pub fn may_be_done(&self) -> bool {
        self.code.loses_the_answer() || self.details.as_deref().is_some_and(|details| details.answer_lost)
    }

    /// What became of a statement that was to be run. One that may have written something is not to be sent once more without a
    /// look.
    #[must_use]
    pub fn of_submission(self, sql: &str) -> Self {
        if self.may_be_done() && !is_plain_query(sql) { Self { message: NOT_KNOWN.to_owned(), ..self } } else { self }
    }

    pub fn session_over() -> Self {
        Self {
            sign_in_url: Some("/sign-in".into()),
            ..Self::new(ErrorCode::SessionOver, "You are signed out. Sign in to go on.")
        }
    }

    pub fn session_changed() -> Self {
        let message = "Somebody else has signed in in this browser. This page is loaded again for them.";
        Self::new(ErrorCode::SessionChanged, message)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                Self::new(ErrorCode::Offline, "The server could not be reached. Check your connection and try again.")
            }
            // In the browser: a proxy answered in place of the app, or another version of the app did.
            ServerFnErrorErr::Deserialization(_) if cfg!(target_family = "wasm") => Self::new(
                ErrorCode::Internal,
                "Something other than the app answered. Try again; if it stays, reload the page.",
            ),
            // On the server: arguments of a wrong shape.
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::new(
                    ErrorCode::BadRequest,
                    "An argument is missing or not of its type. Reload the page and try again.",
                )
            }
            _ => Self::new(ErrorCode::Internal, "Something went wrong. Reload the page and try again."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_whose_answer_is_lost_is_not_offered_again_as_if_nothing_was_done() {
        let lost =
            || AppError::new(ErrorCode::WorkspaceUnreachable, "Try again.").with(|details| details.answer_lost = true);
        for (error, sql, known) in [
            (lost(), "INSERT INTO t SELECT 1", false),
            (lost(), "SELECT 1", true),
            (AppError::new(ErrorCode::Offline, "Try again."), "DELETE FROM t", false),
            (AppError::new(ErrorCode::WorkspaceUnreachable, "Try again."), "DELETE FROM t", true),
            (AppError::new(ErrorCode::RateLimited, "Try again."), "DELETE FROM t", true),
        ] {
            assert_eq!(error.clone().of_submission(sql).message == "Try again.", known, "{error:?} {sql}");
        }
    }
}
