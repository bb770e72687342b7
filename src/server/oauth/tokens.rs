//! The token endpoint: trades a code or a refresh token for tokens, and tells its refusals from its failures.

use std::{borrow::Cow, sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::discovery::{Discovery, DiscoveryError};
use crate::server::{
    clock::Seconds,
    session::{
        Session,
        engine::{Asked, Grants},
    },
    settings::WorkspaceSettings,
};

/// Lifetime assumed where the answer tells none: Databricks' default.
const DEFAULT_LIFETIME: Seconds = 3_600;
/// No answer of ours is longer; an Entra token has about 2 KB.
const MOST_BYTES: usize = 256 * 1024;
const TIME_LIMIT: Duration = Duration::from_secs(15);
/// Nobody who signs out waits for longer than this.
const REVOCATION_LIMIT: Duration = Duration::from_secs(3);

/// What the authorization server gave.
#[derive(Debug)]
pub struct Tokens {
    pub access_token: SecretString,
    pub refresh_token: Option<SecretString>,
    /// Seconds from receipt; from 1 to 30 days.
    pub expires_in: Seconds,
    /// Seconds from receipt until the refresh token ends, where the answer tells.
    pub refresh_expires_in: Option<Seconds>,
    pub scope: Option<String>,
}

/// Why there are no tokens. Holds no token, code or secret.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The code or refresh token is not, or no longer, good: only a new sign-in helps.
    #[error("the authorization server refuses: {error}")]
    Refused { error: String },
    /// Client id or secret are wrong: only the operator can help.
    #[error(
        "the authorization server refuses this app: {error}. Check DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET"
    )]
    Client { error: String },
    /// Away, overloaded or garbled; later it may work.
    #[error("the authorization server gives no usable answer: {why}")]
    Unavailable { why: String, retry_after: Option<Seconds> },
}

impl TokenError {
    /// How long to leave the authorization server alone.
    pub fn retry_after(&self) -> Option<Seconds> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            Self::Client { .. } => Some(60),
            Self::Refused { .. } => None,
        }
    }
}

impl From<DiscoveryError> for TokenError {
    fn from(error: DiscoveryError) -> Self {
        Self::Unavailable { why: error.to_string(), retry_after: None }
    }
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<serde_json::Value>,
    /// Two spellings are in use; no standard names one.
    #[serde(alias = "refresh_expires_in")]
    refresh_token_expires_in: Option<serde_json::Value>,
    scope: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

#[derive(Clone)]
pub struct TokenEndpoint {
    http: reqwest::Client,
    discovery: Arc<Discovery>,
    workspace: Arc<WorkspaceSettings>,
}

impl TokenEndpoint {
    pub fn new(http: reqwest::Client, discovery: Arc<Discovery>, workspace: Arc<WorkspaceSettings>) -> Self {
        Self { http, discovery, workspace }
    }

    /// Trades the code of a sign-in attempt.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn exchange(
        &self,
        code: &str,
        verifier: &SecretString,
        redirect_uri: &str,
    ) -> Result<Tokens, TokenError> {
        self.ask(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier.expose_secret()),
        ])
        .await
    }

    /// RFC 7009. Where there is no refresh token the access token is revoked.
    async fn ask_to_revoke(&self, session: &Session) -> Result<(), String> {
        let provider = self.discovery.provider().await.map_err(|error| error.to_string())?;
        let Some(endpoint) = provider.revocation_endpoint else {
            tracing::debug!(session = ?session.id, "the authorization server offers no revocation");
            return Ok(());
        };
        let (token, hint) = match &session.refresh_token {
            Some(token) => (token, "refresh_token"),
            None => (&session.access_token, "access_token"),
        };
        let form = self.with_client(&[("token", token.expose_secret()), ("token_type_hint", hint)]);
        let request = self.http.post(endpoint).timeout(REVOCATION_LIMIT).form(&form);
        let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("status {}", answer.status())) }
    }

    /// Databricks' own SDKs send the client's credentials in the body, so that is what is known to work.
    fn with_client<'a>(&'a self, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, Cow<'a, str>)> {
        let mut form: Vec<_> = fields.iter().map(|(name, value)| (*name, Cow::Borrowed(*value))).collect();
        form.push(("client_id", Cow::Borrowed(&self.workspace.client_id)));
        if let Some(secret) = &self.workspace.client_secret {
            form.push(("client_secret", Cow::Owned(secret.get().expose_secret().to_owned())));
        }
        form
    }

    async fn ask(&self, fields: &[(&str, &str)]) -> Result<Tokens, TokenError> {
        let provider = self.discovery.provider().await?;
        let form = self.with_client(fields);
        let request = self.http.post(provider.token_endpoint).timeout(TIME_LIMIT).form(&form);
        let unavailable = |why: String, retry_after| TokenError::Unavailable { why, retry_after };
        let answer = request.send().await.map_err(|error| unavailable(error.without_url().to_string(), None))?;
        let status = answer.status();
        let retry_after =
            answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse::<Seconds>().ok());
        let body = bounded(answer).await?;
        if status.is_success() {
            return read_answer(&body);
        }
        Err(read_failure(status, retry_after, &body))
    }
}

impl Grants for TokenEndpoint {
    fn refresh<'a>(&'a self, token: &'a SecretString) -> Asked<'a, Result<Tokens, TokenError>> {
        Box::pin(
            async move { self.ask(&[("grant_type", "refresh_token"), ("refresh_token", token.expose_secret())]).await },
        )
    }

    fn revoke<'a>(&'a self, session: &'a Session) -> Asked<'a, ()> {
        Box::pin(async move {
            if let Err(error) = self.ask_to_revoke(session).await {
                tracing::warn!(session = ?session.id, error, "the tokens of a session could not be revoked");
            }
        })
    }
}

async fn bounded(mut answer: reqwest::Response) -> Result<Vec<u8>, TokenError> {
    let unavailable = |why: String| TokenError::Unavailable { why, retry_after: None };
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| unavailable(error.without_url().to_string()))? {
        body.extend_from_slice(&part);
        if body.len() > MOST_BYTES {
            return Err(unavailable("its answer is too long".into()));
        }
    }
    Ok(body)
}

/// The tokens in the body of a successful answer.
///
/// # Errors
/// It holds none.
pub fn read_answer(body: &[u8]) -> Result<Tokens, TokenError> {
    let answer: Answer = serde_json::from_slice(body)
        .ok()
        .filter(|answer: &Answer| !answer.access_token.is_empty())
        .ok_or(TokenError::Unavailable { why: "its answer is not a token answer".into(), retry_after: None })?;
    Ok(Tokens {
        access_token: answer.access_token.into(),
        refresh_token: answer.refresh_token.filter(|token| !token.is_empty()).map(SecretString::from),
        expires_in: seconds(answer.expires_in.as_ref()).unwrap_or(DEFAULT_LIFETIME).min(30 * 86_400),
        refresh_expires_in: seconds(answer.refresh_token_expires_in.as_ref()),
        scope: answer.scope,
    })
}

/// What an answer of another status means.
pub fn read_failure(status: reqwest::StatusCode, retry_after: Option<Seconds>, body: &[u8]) -> TokenError {
    match serde_json::from_slice::<Refusal>(body) {
        Ok(refusal) if status.is_client_error() && status.as_u16() != 429 => judge(refusal),
        _ => TokenError::Unavailable { why: format!("status {status}"), retry_after },
    }
}

/// A number, or a number as text as Databricks' own test server sends it; nonsense counts as missing (S44).
fn seconds(value: Option<&serde_json::Value>) -> Option<Seconds> {
    let seconds: Option<Seconds> = match value {
        Some(serde_json::Value::Number(number)) => number.as_i64(),
        Some(serde_json::Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    seconds.filter(|seconds| *seconds > 0)
}

/// Databricks says `invalid_request` with this text for a dead refresh token where the RFC says `invalid_grant`.
fn judge(refusal: Refusal) -> TokenError {
    let description = refusal.error_description.to_ascii_lowercase();
    let error = refusal.error.chars().filter(char::is_ascii_graphic).take(64).collect();
    if refusal.error == "invalid_client"
        || refusal.error == "unauthorized_client"
        || description.contains("invalid client")
    {
        tracing::error!(error, "the authorization server refuses this app's client id or secret");
        TokenError::Client { error }
    } else if refusal.error == "temporarily_unavailable" || refusal.error == "server_error" {
        TokenError::Unavailable { why: error, retry_after: None }
    } else {
        TokenError::Refused { error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s44_lifetimes_are_read_leniently_and_bounded() {
        for (json, seconds) in [
            (",\"expires_in\":3600", 3_600),
            (",\"expires_in\":\"3600\"", 3_600),
            (",\"expires_in\":20", 20),
            (",\"expires_in\":0", 3_600),
            (",\"expires_in\":-1", 3_600),
            (",\"expires_in\":null", 3_600),
            (",\"expires_in\":1000000000000", 30 * 86_400),
            (",\"expires_in\":\"soon\"", 3_600),
            (",\"expires_in\":1.5", 3_600),
            ("", 3_600),
        ] {
            let answer = read_answer(format!("{{\"access_token\":\"a\"{json}}}").as_bytes()).expect("tokens");
            assert_eq!(answer.expires_in, seconds, "{json}");
        }
    }

    #[test]
    fn s45_refusals_are_told_apart() {
        let judged = |error: &str, description: &str| {
            judge(Refusal { error: error.into(), error_description: description.into() })
        };
        assert!(matches!(judged("invalid_grant", ""), TokenError::Refused { .. }));
        assert!(matches!(judged("invalid_request", "Refresh token is invalid"), TokenError::Refused { .. }));
        assert!(matches!(judged("invalid_client", ""), TokenError::Client { .. }));
        assert!(matches!(judged("invalid_grant", "Invalid Client"), TokenError::Client { .. }));
        assert!(matches!(judged("temporarily_unavailable", ""), TokenError::Unavailable { .. }));
    }

    #[test]
    fn an_answer_without_an_access_token_is_none() {
        assert!(read_answer(b"<html>").is_err());
        assert!(read_answer(b"{}").is_err());
        assert!(read_answer(br#"{"access_token":""}"#).is_err());
        assert!(
            read_answer(br#"{"access_token":"a","refresh_token":""}"#)
                .is_ok_and(|tokens| tokens.refresh_token.is_none())
        );
    }
}
