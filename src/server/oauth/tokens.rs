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
    /// The code or refresh token is not, or no longer, good: only a new sign-in helps. Nothing but what says so to the letter
    /// counts: a gateway's `{"error":"forbidden"}` must not end everybody's session.
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
    /// Two spellings are in use; no standard names one, and some send both.
    refresh_token_expires_in: Option<serde_json::Value>,
    refresh_expires_in: Option<serde_json::Value>,
    scope: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    /// For people, and where Databricks says what `error` does not.
    error_description: Option<serde_json::Value>,
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

    /// Tells the authorization server that tokens which led to no session are done with. Best effort.
    pub async fn revoke_unused(&self, tokens: &Tokens) {
        if let Err(error) = self.ask_to_revoke(tokens.refresh_token.as_ref(), &tokens.access_token).await {
            tracing::warn!(error, "tokens that led to no session could not be revoked");
        }
    }

    /// RFC 7009. Where there is no refresh token the access token is revoked.
    async fn ask_to_revoke(&self, refresh: Option<&SecretString>, access: &SecretString) -> Result<(), String> {
        let provider = self.discovery.provider().await.map_err(|error| error.to_string())?;
        let Some(endpoint) = provider.revocation_endpoint else {
            tracing::debug!("the authorization server offers no revocation");
            return Ok(());
        };
        let (token, hint) = match refresh {
            Some(token) => (token, "refresh_token"),
            None => (access, "access_token"),
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
        let body = bounded(answer, MOST_BYTES).await.map_err(|why| unavailable(why, None))?;
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
            if let Err(error) = self.ask_to_revoke(session.refresh_token.as_ref(), &session.access_token).await {
                tracing::warn!(session = ?session.id, error, "the tokens of a session could not be revoked");
            }
        })
    }
}

/// The body of an answer, if it is no longer than this.
///
/// # Errors
/// What is wrong with it, without its address.
pub(super) async fn bounded(mut answer: reqwest::Response, most: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| error.without_url().to_string())? {
        body.extend_from_slice(&part);
        if body.len() > most {
            return Err("its answer is too long".into());
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
        refresh_expires_in: seconds(answer.refresh_token_expires_in.as_ref())
            .or_else(|| seconds(answer.refresh_expires_in.as_ref())),
        scope: answer.scope.as_ref().and_then(scope),
    })
}

/// What an answer of another status means.
pub fn read_failure(status: reqwest::StatusCode, retry_after: Option<Seconds>, body: &[u8]) -> TokenError {
    match serde_json::from_slice::<Refusal>(body) {
        Ok(refusal) if [400, 401].contains(&status.as_u16()) => judge(&refusal),
        _ => {
            if status.is_client_error() && status.as_u16() != 429 {
                tracing::error!(%status, "the token endpoint answers what no authorization server says");
            }
            TokenError::Unavailable { why: format!("status {status}"), retry_after }
        }
    }
}

/// Text as the standard has it, or a list of texts.
fn scope(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Array(parts) => {
            Some(parts.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(" "))
        }
        _ => None,
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

/// What Databricks says of a dead refresh token, with `invalid_request` where the RFC says `invalid_grant`.
const DEAD: &str = "refresh token is invalid";
/// OpenID Connect: the person has to come themselves.
const COME_YOURSELF: [&str; 4] =
    ["interaction_required", "login_required", "account_selection_required", "consent_required"];

fn judge(refusal: &Refusal) -> TokenError {
    let description = refusal.error_description.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    let description = description.to_ascii_lowercase();
    let error: String = refusal.error.chars().filter(char::is_ascii_graphic).take(64).collect();
    match refusal.error.as_str() {
        "invalid_client" | "unauthorized_client" => client(error),
        _ if description.contains("invalid client") => client(error),
        "invalid_grant" => TokenError::Refused { error },
        "invalid_request" if description.contains(DEAD) => TokenError::Refused { error },
        other if COME_YOURSELF.contains(&other) => TokenError::Refused { error },
        "temporarily_unavailable" | "server_error" => TokenError::Unavailable { why: error, retry_after: None },
        _ => {
            tracing::error!(error, "the authorization server refuses a token request, and not because of the token");
            TokenError::Unavailable { why: error, retry_after: None }
        }
    }
}

fn client(error: String) -> TokenError {
    tracing::error!(error, "the authorization server refuses this app's client id or secret");
    TokenError::Client { error }
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
        let read = |status: u16, body: &str| {
            let status = reqwest::StatusCode::from_u16(status).expect("a status");
            match read_failure(status, None, body.as_bytes()) {
                TokenError::Refused { .. } => "refused",
                TokenError::Client { .. } => "client",
                TokenError::Unavailable { .. } => "unavailable",
            }
        };
        for (status, body, meaning) in [
            (400, r#"{"error":"invalid_grant"}"#, "refused"),
            (401, r#"{"error":"invalid_grant","error_description":"Refresh token is invalid"}"#, "refused"),
            (400, r#"{"error":"invalid_grant","error_description":null}"#, "refused"),
            (400, r#"{"error":"invalid_grant","error_description":7}"#, "refused"),
            (401, r#"{"error":"invalid_request","error_description":"Refresh token is invalid"}"#, "refused"),
            (400, r#"{"error":"invalid_request","error_description":"refresh token is INVALID."}"#, "refused"),
            (400, r#"{"error":"consent_required"}"#, "refused"),
            (400, r#"{"error":"login_required"}"#, "refused"),
            (400, r#"{"error":"interaction_required"}"#, "refused"),
            (400, r#"{"error":"account_selection_required"}"#, "refused"),
            (401, r#"{"error":"invalid_client"}"#, "client"),
            (400, r#"{"error":"unauthorized_client"}"#, "client"),
            (401, r#"{"error":"invalid_grant","error_description":"Invalid Client"}"#, "client"),
            (400, r#"{"error":"temporarily_unavailable"}"#, "unavailable"),
            (400, r#"{"error":"server_error"}"#, "unavailable"),
            (400, r#"{"error":"invalid_request"}"#, "unavailable"),
            (400, r#"{"error":"invalid_request","error_description":null}"#, "unavailable"),
            (400, r#"{"error":"invalid_request","error_description":"refresh_token is missing"}"#, "unavailable"),
            (400, r#"{"error":"invalid_scope"}"#, "unavailable"),
            (400, r#"{"error":"access_denied"}"#, "unavailable"),
            (400, r#"{"error":"evil_required"}"#, "unavailable"),
            (400, r#"{"error":{"code":"invalid_grant"}}"#, "unavailable"),
            (400, "invalid_grant", "unavailable"),
            (403, r#"{"error":"forbidden"}"#, "unavailable"),
            (403, r#"{"error":"invalid_grant"}"#, "unavailable"),
            (404, r#"{"error":"not_found"}"#, "unavailable"),
            (429, r#"{"error":"invalid_grant"}"#, "unavailable"),
            (500, r#"{"error":"invalid_grant"}"#, "unavailable"),
            (200, r#"{"error":"invalid_grant"}"#, "unavailable"),
        ] {
            assert_eq!(read(status, body), meaning, "{status} {body}");
        }
    }

    #[test]
    fn s44_answers_of_every_known_shape_are_read() {
        for (json, refresh_ends, scope) in [
            (r#""refresh_expires_in":60"#, Some(60), None),
            (r#""refresh_token_expires_in":"60""#, Some(60), None),
            (r#""refresh_expires_in":60,"refresh_token_expires_in":90"#, Some(90), None),
            (r#""refresh_expires_in":60,"refresh_token_expires_in":0"#, Some(60), None),
            (r#""scope":"a b""#, None, Some("a b")),
            (r#""scope":["a","b",7]"#, None, Some("a b")),
            (r#""scope":null"#, None, None),
            (r#""scope":7"#, None, None),
        ] {
            let answer = read_answer(format!(r#"{{"access_token":"a",{json}}}"#).as_bytes()).expect("tokens");
            assert_eq!((answer.refresh_expires_in, answer.scope.as_deref()), (refresh_ends, scope), "{json}");
        }
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
