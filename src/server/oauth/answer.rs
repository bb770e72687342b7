//! What an answer of the authorization server leads to: a session, or a refusal. The work is done in a task of its own,
//! so that a reload or a closed tab does not cut it off between the code, which is then spent, and the session.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::{HeaderMap, StatusCode};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tracing::Instrument as _;

use super::{
    attempt::{self, Begun, LIFETIME},
    callback::{self, single},
    tokens::{TokenError, Tokens},
};
use crate::{
    model::AppError,
    server::{
        AppState,
        clock::Seconds,
        services::identity,
        session::{
            Session, SessionName,
            visit::{self, NotKept},
        },
    },
};

/// What came of an attempt.
pub type Outcome = Arc<Result<Session, Refused>>;

/// For this long, in seconds, a second request with the same answer gets the same session: that of a tab that was loaded
/// again before it had heard.
const JOINED_FOR: Seconds = 60;

/// Attempts that were answered: each makes one token request (S13).
#[derive(Default)]
pub struct Answers {
    by_attempt: Mutex<HashMap<String, Answered>>,
}

struct Answered {
    /// `None`: too long ago to be joined, or signed out.
    outcome: Option<watch::Receiver<Option<Outcome>>>,
    /// The browser signed out since the attempt began.
    ended: bool,
    join_until: Seconds,
    /// The attempt has ended by then.
    forget_at: Seconds,
}

impl Answers {
    /// What this answer comes to, by work that begins now or is under way. `None`: it was used some time ago.
    pub async fn outcome(&self, state: &AppState, query: &str, headers: &HeaderMap, begun: Begun) -> Option<Outcome> {
        let mut outcome = self.join(state, query, headers, begun)?;
        let outcome = outcome.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        // The task is lost with the runtime, or after a panic.
        Some(outcome.unwrap_or_else(|| Arc::new(Err(Refused::Broken))))
    }

    /// The attempts that a browser carries lead nowhere any more: it has signed out. Gives the sessions that have come of
    /// them and may be on their way to it.
    pub fn end(&self, state: &AppState, headers: &HeaderMap) -> Vec<Outcome> {
        let forget_at = state.clock.now().saturating_add(LIFETIME + 60);
        let mut answers = self.by_attempt.lock().unwrap_or_else(PoisonError::into_inner);
        let mut landed = Vec::new();
        for id in attempt::carried_verifiers(&state.keys, headers).iter().map(id_of) {
            let answered =
                answers.entry(id).or_insert(Answered { outcome: None, ended: true, join_until: 0, forget_at });
            answered.ended = true;
            landed.extend(answered.outcome.take().and_then(|outcome| outcome.borrow().clone()));
        }
        landed
    }

    /// Reports what came of an attempt unless its browser has signed out meanwhile.
    fn land(&self, id: &str, outcome: &Outcome, report: &watch::Sender<Option<Outcome>>) -> bool {
        let answers = self.by_attempt.lock().unwrap_or_else(PoisonError::into_inner);
        let stands = answers.get(id).is_some_and(|answered| !answered.ended);
        if stands {
            report.send_replace(Some(Arc::clone(outcome)));
        }
        stands
    }

    /// Its tokens stay in memory no longer than somebody may join; that it was answered is still known.
    fn forget_outcome(&self, id: &str) {
        if let Some(answered) = self.by_attempt.lock().unwrap_or_else(PoisonError::into_inner).get_mut(id) {
            answered.outcome = None;
        }
    }

    fn join(
        &self,
        state: &AppState,
        query: &str,
        headers: &HeaderMap,
        begun: Begun,
    ) -> Option<watch::Receiver<Option<Outcome>>> {
        let now = state.clock.now();
        let mut answers = self.by_attempt.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|_, answered| answered.forget_at > now);
        let id = id_of(&begun.verifier);
        if let Some(answered) = answers.get(&id) {
            return answered.outcome.clone().filter(|_| now <= answered.join_until);
        }
        let (report, outcome) = watch::channel(None);
        let answered = Answered {
            outcome: Some(outcome.clone()),
            ended: false,
            join_until: now.saturating_add(JOINED_FOR),
            forget_at: now.saturating_add(LIFETIME + 60),
        };
        answers.insert(id.clone(), answered);
        let (state, query, headers) = (state.clone(), query.to_owned(), headers.clone());
        let work = async move {
            let mut outcome = Arc::new(session(&state, &query, &headers, begun).await);
            if !state.answers.land(&id, &outcome, &report) {
                end_what_came_of_it(&state, &outcome).await;
                outcome = Arc::new(Err(Refused::SignedOut));
                report.send_replace(Some(Arc::clone(&outcome)));
            }
            match outcome.as_ref() {
                Ok(session) => tracing::info!(session = ?session.id, user = session.user.id, "signed in"),
                Err(refused) => tracing::warn!(reason = ?refused, "a sign-in was refused"),
            }
            drop(outcome);
            tokio::time::sleep(Duration::from_secs(JOINED_FOR.unsigned_abs())).await;
            state.answers.forget_outcome(&id);
        };
        tokio::spawn(work.in_current_span());
        Some(outcome)
    }
}

fn id_of(verifier: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret().as_bytes()))
}

/// The session of an attempt whose browser has signed out meanwhile.
pub async fn end_what_came_of_it(state: &AppState, outcome: &Outcome) {
    if let Ok(session) = outcome.as_ref()
        && let Err(error) = state.engine.sign_out(session).await
    {
        tracing::error!(session = ?session.id, %error, "a session that crossed a sign-out goes on until its end");
    }
}

/// Why an answer of the authorization server leads to no session.
#[derive(Debug)]
pub enum Refused {
    /// The person or a policy said no.
    Denied,
    OtherError,
    WrongIssuer,
    NoCode,
    Code(TokenError),
    Identity(AppError),
    NotKept(NotKept),
    /// The browser signed out meanwhile.
    SignedOut,
    /// No randomness, or a fault in this program.
    Broken,
}

impl Refused {
    /// Fixed texts: nothing that came with the request is shown.
    pub fn for_people(&self) -> (StatusCode, String, &'static str) {
        let (status, happened, advice) = match self {
            Self::Denied => (
                StatusCode::FORBIDDEN,
                "The workspace did not let you in, or you declined.",
                "Try again, or ask your workspace's administrator.",
            ),
            Self::OtherError => (
                StatusCode::BAD_REQUEST,
                "The workspace's sign-in service reported a problem.",
                "Try again. If it stays, tell your administrator.",
            ),
            Self::WrongIssuer => (
                StatusCode::BAD_REQUEST,
                "The answer did not come from your workspace's sign-in service.",
                "Sign in once more.",
            ),
            Self::NoCode => {
                (StatusCode::BAD_REQUEST, "The answer of the sign-in service is incomplete.", "Sign in once more.")
            }
            Self::Code(TokenError::Refused { .. }) => (
                StatusCode::BAD_REQUEST,
                "The workspace did not accept this sign-in; it may have been used already.",
                "Sign in once more.",
            ),
            Self::Code(TokenError::Client { .. }) => (
                StatusCode::BAD_GATEWAY,
                "The workspace does not know this app.",
                "Tell your administrator: the app's client id or secret is wrong.",
            ),
            Self::Code(TokenError::Unavailable { .. }) => (
                StatusCode::BAD_GATEWAY,
                "The workspace's sign-in service does not answer as it should.",
                "Try again in a minute.",
            ),
            Self::Identity(error) => {
                return (
                    StatusCode::BAD_GATEWAY,
                    format!("The workspace did not say who you are. {}", error.message),
                    "Try again in a minute.",
                );
            }
            Self::NotKept(NotKept::TooLarge(_)) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "You were let in, but your session could not be stored: it is larger than a browser can carry.",
                "Tell your administrator.",
            ),
            Self::NotKept(NotKept::Store(_)) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "You were let in, but your session could not be stored.",
                "Try again in a minute. If it stays, tell your administrator.",
            ),
            Self::SignedOut => (
                StatusCode::CONFLICT,
                "You signed out in this browser while this sign-in was on its way.",
                "Sign in once more.",
            ),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on the server.", "Try again."),
        };
        (status, happened.to_owned(), advice)
    }
}

/// Checks the answer before anything is asked of the token endpoint. Tokens that lead to no session are revoked.
async fn session(state: &AppState, query: &str, headers: &HeaderMap, begun: Begun) -> Result<Session, Refused> {
    let query = Some(query);
    let provider = state.discovery.provider().await.map_err(|error| Refused::Code(error.into()))?;
    let issuer = single(query, "iss");
    let issuer_is_right = match &issuer {
        Some(issuer) => *issuer == provider.issuer,
        None => !provider.sends_issuer,
    };
    if begun.issuer != provider.issuer || !issuer_is_right {
        return Err(Refused::WrongIssuer);
    }
    if let Some(error) = single(query, "error") {
        return Err(if error == "access_denied" { Refused::Denied } else { Refused::OtherError });
    }
    let code = callback::code(query).ok_or(Refused::NoCode)?;
    let redirect_uri = state.settings.web.redirect_uri();
    let tokens = state.tokens.exchange(&code, &begun.verifier, redirect_uri.as_str()).await.map_err(Refused::Code)?;
    let user = match identity::of_token(state, &tokens.access_token).await {
        Ok(user) => user,
        Err(error) => {
            revoke_beside(state, tokens);
            return Err(Refused::Identity(error));
        }
    };
    let settings = &state.settings.session;
    let session = Session::begin(user, tokens, state.clock.now(), settings).map_err(|_| Refused::Broken)?;
    if let Err(error) = visit::keep(&state.engine, &session).await {
        tracing::error!(session = ?session.id, %error, "a new session cannot be stored");
        if let Err(error) = state.engine.sign_out(&session).await {
            tracing::error!(session = ?session.id, %error, "nor can it be ended");
        }
        return Err(Refused::NotKept(error));
    }
    take_place_of_earlier(state, headers, begun.earlier, &session).await;
    Ok(session)
}

/// The page does not wait for it.
fn revoke_beside(state: &AppState, tokens: Tokens) {
    let endpoint = state.tokens.clone();
    tokio::spawn(async move { endpoint.revoke_unused(&tokens).await });
}

/// Ends the sessions that the new one takes the place of: nobody could do it later, since their cookies are gone (S32).
/// `begun_with`: the one that this browser had when the attempt began.
async fn take_place_of_earlier(state: &AppState, headers: &HeaderMap, begun_with: Option<SessionName>, new: &Session) {
    let until = state.clock.now().saturating_add(LIFETIME);
    let done = async {
        let mut earlier: Vec<SessionName> = begun_with.into_iter().collect();
        if let Some(carried) = visit::carried(&state.engine, headers).await? {
            state.engine.store().remember(&carried, until).await?;
            earlier.retain(|name| name.id != carried.id);
            earlier.push(carried.name());
        }
        state.engine.take_place(new, earlier, until).await
    };
    if let Err(error) = done.await {
        tracing::error!(%error, "an earlier session of this browser goes on until its end");
    }
}
