//! The settings: read from the environment (or `.env`), checked at start, one line for each wrong one.
//!
//! One file per concern. A secret `NAME` may also come from the file named by `NAME_FILE`. Values of secrets are never printed.

pub mod cookie_keys;
mod live_secret;
mod reader;
mod session;
mod web;
mod workspace;

use secrecy::SecretString;

pub use cookie_keys::CookieKey;
pub use live_secret::LiveSecret;
pub use reader::{Problem, Reader};
pub use session::SessionSettings;
pub use web::{LogFormat, WebSettings};
pub use workspace::WorkspaceSettings;

/// The settings that hold no secret, for whoever reads all of them.
pub const PLAIN_NAMES: [&str; 14] = [
    "DATABRICKS_HOST",
    "DATABRICKS_CLIENT_ID",
    "DATABRICKS_WAREHOUSE_ID",
    "OAUTH_SCOPES",
    "LISTEN_ADDR",
    "PUBLIC_URL",
    "TRUSTED_PROXIES",
    "SIGN_IN_LIMIT_PER_MINUTE",
    "LOG_FORMAT",
    "SESSION_IDLE_SECONDS",
    "SESSION_ABSOLUTE_SECONDS",
    "SESSION_EPOCH",
    "REFRESH_TOKEN_WITHIN_N_SECONDS",
    "SESSION_VALIDATION_INTERVAL_SECONDS",
];

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    pub web: WebSettings,
    pub workspace: WorkspaceSettings,
    pub session: SessionSettings,
}

impl Settings {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// Every wrong or missing setting, each with what to do.
    pub fn from_env() -> Result<Self, Vec<Problem>> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// What tools need that are no server: the workspace, and `DATABRICKS_TOKEN` to call it with.
    ///
    /// # Errors
    /// As [`Settings::from_env`].
    pub fn for_tools(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<(WorkspaceSettings, SecretString), Vec<Problem>> {
        let mut reader = Reader::new(lookup);
        let workspace = WorkspaceSettings::read(&mut reader);
        let token = reader.required("DATABRICKS_TOKEN", "a personal access token of yours, such as dapi…");
        match (workspace, token) {
            (Some(workspace), Some(token)) if reader.problems.is_empty() => Ok((workspace, token.into())),
            _ => Err(reader.problems),
        }
    }

    /// Reads settings from anywhere: `lookup` gives the value of a name.
    ///
    /// # Errors
    /// As [`Settings::from_env`].
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(lookup);
        let web = WebSettings::read(&mut reader);
        let workspace = WorkspaceSettings::read(&mut reader);
        let session = SessionSettings::read(&mut reader);
        match (web, workspace, session) {
            (Some(web), Some(workspace), Some(session)) if reader.problems.is_empty() => {
                Ok(Self { web, workspace, session })
            }
            _ => Err(reader.problems),
        }
    }
}

#[cfg(test)]
mod tests;
