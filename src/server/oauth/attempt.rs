//! One trip to the authorization server: state, PKCE verifier and return path, sealed in a short-lived cookie of its own.
//!
//! One cookie per attempt, so that two tabs can sign in at once. Its name is made from the state, so that the answer
//! finds it; the state inside is what counts.

use axum::http::{HeaderMap, HeaderValue};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::{ReturnTo, discovery::Provider};
use crate::server::{
    clock::Seconds,
    session::{
        KeyRing, Purpose, Session, SessionName,
        cookies::{self, SIGN_IN_ATTEMPT},
        seal::{SealError, random_text},
    },
    settings::WorkspaceSettings,
};

/// Seconds in which a person can pick an account and type a password.
pub const LIFETIME: Seconds = 600;
/// For this long the browser knows where an answer was meant to lead, though it does not count any more.
const KEPT_FOR: Seconds = 3_600;
/// Attempts of one browser at the same time; the oldest makes room.
const MOST_ATTEMPTS: usize = 8;
/// Bytes of all of them, names and values together: servers and proxies bound the Cookie header as a whole.
const MOST_BYTES: usize = 8 * 1024;
/// Bytes of all our cookies, the session's too.
const MOST_BYTES_OF_ALL: usize = 12 * 1024;

/// Name, equals sign and value: browsers keep no larger cookie.
const MOST_COOKIE_BYTES: usize = 4_096;

/// Why no attempt began.
#[derive(Debug, thiserror::Error)]
pub enum NotBegun {
    #[error("the address to return to does not fit into a cookie")]
    TooLong,
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("{0}")]
    Failed(String),
}

/// A prepared attempt.
pub struct Attempt {
    pub authorize_url: Url,
    /// Stores this attempt and expires those that make room for it.
    pub cookies: Vec<HeaderValue>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    state: String,
    verifier: String,
    issuer: String,
    return_to: ReturnTo,
    started_at: Seconds,
    /// Its name alone: tokens would fill the cookie, and be outdated by the time that the answer comes.
    #[serde(default)]
    earlier: Option<SessionName>,
}

/// What the answer to an attempt needs.
pub struct Begun {
    pub verifier: SecretString,
    pub return_to: ReturnTo,
    pub issuer: String,
    pub cookie_name: String,
    /// The session of this browser when the attempt began; the new one takes its place. The answer may come without that
    /// session's Strict cookies.
    pub earlier: Option<SessionName>,
}

/// Prepares a trip. `earlier`: the session that its answer is to replace.
///
/// # Errors
/// No randomness, or the address to return to is too long to be kept.
#[allow(clippy::too_many_arguments, reason = "each is one thing of its own, and there is one caller")]
pub fn begin(
    provider: &Provider,
    workspace: &WorkspaceSettings,
    redirect_uri: &Url,
    return_to: ReturnTo,
    earlier: Option<&Session>,
    keys: &KeyRing,
    request: &HeaderMap,
    now: Seconds,
) -> Result<Attempt, NotBegun> {
    let random = || random_text::<32>().map_err(SealError::from);
    let verifier = random()?;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let stored = Stored {
        state: random()?,
        verifier,
        issuer: provider.issuer.clone(),
        return_to,
        started_at: now,
        earlier: earlier.map(Session::name),
    };
    let name = cookie_name(&stored.state);
    let sealed = keys.seal(Purpose::SignInAttempt, &name, &stored)?;
    if name.len() + 1 + sealed.len() > MOST_COOKIE_BYTES {
        return Err(NotBegun::TooLong);
    }
    let mut cookies = surplus(keys, request, Some(name.len() + sealed.len()));
    cookies.extend(cookies::write_attempt(name, sealed, KEPT_FOR));

    let mut authorize_url = provider.authorization_endpoint.clone();
    authorize_url
        .query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &workspace.client_id)
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("scope", &workspace.scopes.join(" "))
        .append_pair("state", &stored.state)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    Ok(Attempt { authorize_url, cookies })
}

/// What an answer finds in the browser.
pub enum Found {
    Begun(Begun),
    /// It began too long ago to count; somebody who has signed in since goes on to its page.
    Late {
        return_to: ReturnTo,
        cookie_name: String,
    },
}

/// The attempt that this browser began with this state. The cookie is found and opened, and the state inside compared: a
/// state of another browser finds nothing here (S12).
pub fn find(keys: &KeyRing, request: &HeaderMap, state: &str, now: Seconds) -> Option<Found> {
    let name = cookie_name(state);
    let (_, sealed) = cookies::all(request).find(|(found, _)| *found == name)?;
    let stored = keys.open::<Stored>(Purpose::SignInAttempt, &name, sealed)?.value;
    if Sha256::digest(stored.state.as_bytes()) != Sha256::digest(state.as_bytes()) {
        return None;
    }
    if now.saturating_sub(stored.started_at) > LIFETIME {
        return Some(Found::Late { return_to: stored.return_to, cookie_name: name });
    }
    Some(Found::Begun(Begun {
        verifier: stored.verifier.into(),
        return_to: stored.return_to,
        issuer: stored.issuer,
        cookie_name: name,
        earlier: stored.earlier,
    }))
}

/// The verifiers of all attempts that a request carries.
pub fn carried_verifiers(keys: &KeyRing, request: &HeaderMap) -> Vec<SecretString> {
    cookies::all(request)
        .filter(|(name, _)| name.starts_with(SIGN_IN_ATTEMPT))
        .filter_map(|(name, sealed)| keys.open::<Stored>(Purpose::SignInAttempt, name, sealed))
        .map(|opened| opened.value.verifier.into())
        .collect()
}

/// Expires the oldest attempts, and those that do not open, until those that the request carries are few enough. Many that
/// began at the same instant did not see each other's cookies, and would be carried along until they end.
pub fn trim(keys: &KeyRing, request: &HeaderMap) -> Vec<HeaderValue> {
    surplus(keys, request, None)
}

/// `new`: the bytes of one that joins them.
fn surplus(keys: &KeyRing, request: &HeaderMap, new: Option<usize>) -> Vec<HeaderValue> {
    let carried = || cookies::all(request).filter(|(name, _)| name.starts_with(SIGN_IN_ATTEMPT));
    let size = |(name, sealed): (&str, &str)| name.len() + sealed.len();
    let most = MOST_BYTES.min(MOST_BYTES_OF_ALL.saturating_sub(cookies::session_bytes(request)));
    let mut count = carried().count() + usize::from(new.is_some());
    let mut total = carried().map(size).sum::<usize>() + new.unwrap_or_default();
    // The newest one stays whatever its size: somebody is on their way with it.
    let enough = |count: usize, total: usize| count <= 1 || count <= MOST_ATTEMPTS && total <= most;
    if enough(count, total) {
        return Vec::new();
    }
    let mut attempts: Vec<(Seconds, &str, usize)> = carried()
        .map(|(name, sealed)| {
            let opened = keys.open::<Stored>(Purpose::SignInAttempt, name, sealed);
            (opened.map_or(0, |opened| opened.value.started_at), name, size((name, sealed)))
        })
        .collect();
    attempts.sort_unstable();
    let mut expired = Vec::new();
    for (_, name, size) in attempts {
        if enough(count, total) {
            break;
        }
        expired.extend(cookies::expire(name));
        count -= 1;
        total -= size;
    }
    expired
}

fn cookie_name(state: &str) -> String {
    let digest = Sha256::digest(state.as_bytes());
    let tag: String = URL_SAFE_NO_PAD.encode(digest).chars().take(12).collect();
    format!("{SIGN_IN_ATTEMPT}.{tag}")
}
