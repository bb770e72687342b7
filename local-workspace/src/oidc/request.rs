//! An authorization request after its checks. Holding an [`AuthorizeRequest`] means that its client and redirect URI
//! are registered, so redirecting is safe; every earlier refusal is shown on our own page (RFC 6749 section 4.1.2.1).

use super::level::Level;
use super::params::{Params, Repeated};
use super::scope::Scopes;
use crate::settings::Client;

pub(super) struct AuthorizeRequest {
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    pub(super) scopes: Scopes,
    /// The S256 challenge: 43 characters of base64url.
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) level: Level,
}

pub(super) enum Refusal {
    /// The redirect target cannot be trusted: answer here.
    Page { error: &'static str, description: String },
    /// Tell the app.
    Redirect { redirect_uri: String, state: Option<String>, error: &'static str, description: String },
}

impl AuthorizeRequest {
    pub(super) fn check(params: &Params, client: &Client, level: Level) -> Result<Self, Refusal> {
        let client_id = params.get("client_id").unwrap_or_default();
        if client_id != client.id {
            return Err(page(
                "invalid_client",
                format!("OAuth application with client_id: '{client_id}' not available"),
            ));
        }
        let redirect_uri = params.get("redirect_uri").unwrap_or_default();
        if !client.redirect_uris.iter().any(|registered| registered == redirect_uri) {
            let description =
                format!("redirect_uri '{redirect_uri}' not registered for OAuth application '{client_id}'");
            return Err(page("invalid_request", description));
        }
        let state = params.get("state").map(str::to_owned);
        let refuse = |error, description: String| Refusal::Redirect {
            redirect_uri: redirect_uri.to_owned(),
            state: state.clone(),
            error,
            description,
        };

        if params.get("response_type") != Some("code") {
            let description = "response_type must be 'code'".to_owned();
            return Err(refuse("unsupported_response_type", description));
        }
        if params.get("code_challenge_method") != Some("S256") {
            return Err(refuse("invalid_request", "code_challenge_method must be 'S256'".to_owned()));
        }
        let challenge = params.get("code_challenge").filter(|challenge| is_s256_challenge(challenge));
        let Some(challenge) = challenge else {
            return Err(refuse("invalid_request", "code_challenge is missing or malformed".to_owned()));
        };
        let scopes = match Scopes::parse(params.get("scope").unwrap_or_default()) {
            Ok(scopes) if scopes.is_empty() => return Err(refuse("invalid_scope", "scope is missing".to_owned())),
            Ok(scopes) => scopes,
            Err(unknown) => {
                let unknown = unknown.join(" ");
                let description = format!("Scopes '{unknown}' are not assigned to OAuth application '{client_id}'");
                return Err(refuse("access_denied", description));
            }
        };
        Ok(Self {
            redirect_uri: redirect_uri.to_owned(),
            scopes,
            challenge: challenge.to_owned(),
            nonce: params.get("nonce").map(str::to_owned),
            state,
            level,
        })
    }
}

impl From<Repeated> for Refusal {
    fn from(Repeated(name): Repeated) -> Self {
        page("invalid_request", format!("parameter '{name}' occurs more than once"))
    }
}

fn page(error: &'static str, description: String) -> Refusal {
    Refusal::Page { error, description }
}

/// SHA-256 is 32 bytes: 43 characters of unpadded base64url (RFC 7636 section 4.2).
fn is_s256_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
