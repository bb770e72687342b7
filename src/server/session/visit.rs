//! What one request does to its session: its cookies are read, the engine is asked, and what changed goes back with the
//! answer. The middleware calls this, and so does the simulation in `tests/simulation`.
//!
//! Answers can reach a browser in another order than they were made in, and a `Set-Cookie` cannot say "only if what you
//! hold is older". So an answer touches the cookies only where it brings a whole session, or where nobody is signed in:
//! a chunk that is expired by itself could belong to a longer session that arrived in between.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};

use super::{
    Engine, Over, Session, Stop,
    cookies::{self, TooLarge},
    store::StoreError,
};
use crate::server::clock::Seconds;

/// Activity is written down no more often than this, in seconds, so that not every answer sets a cookie.
const ACTIVITY_GRAIN: Seconds = 60;

/// Of a short idle limit a tenth: activity that is not written down would otherwise end the session of a busy person.
fn activity_grain(idle: Seconds) -> Seconds {
    ACTIVITY_GRAIN.min(idle / 10)
}

/// What the answer must know of the request.
#[derive(Debug)]
pub struct Visit {
    /// The request came with session cookies, whether they open or not.
    pub came_with_cookie: bool,
    /// The names of all of them.
    names: Vec<String>,
    leftovers: Vec<String>,
    stored: Option<Stored>,
    /// When the person had last done something, before this.
    last_activity: Seconds,
}

/// What of a session decides whether its cookies must be written anew.
#[derive(Debug, PartialEq, Eq)]
struct Stored {
    version: u64,
    last_activity: Seconds,
    old_key: bool,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The person does something.
    Act,
    /// The page asks by itself.
    Follow,
    /// Only who is signed in: no token is needed, so nobody waits for a refresh.
    Look,
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Arrival {
    SignedIn(Session),
    Over(Over),
    /// Their tokens cannot be renewed right now. `None` if the session store does not say who.
    Unavailable(Option<Session>),
}

/// What the request's work has made of the session.
#[derive(Clone, Copy, Debug)]
pub enum Leaving<'a> {
    SignedIn(&'a Session),
    Over(Over),
}

pub async fn begin(engine: &Arc<Engine>, headers: &HeaderMap, purpose: Purpose) -> (Visit, Arrival) {
    let carried = cookies::read_session(headers);
    let mut names = cookies::ours(headers);
    names.retain(|name| name.starts_with(cookies::SESSION));
    let mut visit = Visit {
        came_with_cookie: carried.sealed.is_some() || !carried.leftovers.is_empty(),
        names,
        leftovers: carried.leftovers,
        stored: None,
        last_activity: 0,
    };
    let opened = match &carried.sealed {
        Some(sealed) => engine.store().open(sealed).await,
        None => Ok(None),
    };
    let opened = match opened {
        Ok(Some(opened)) => opened,
        Ok(None) => return (visit, Arrival::Over(Over::Absent)),
        Err(error) => {
            tracing::error!(%error, "nobody is let in while the session store fails");
            return (visit, Arrival::Unavailable(None));
        }
    };
    let session = opened.value;
    visit.stored =
        Some(Stored { version: session.version, last_activity: session.last_activity, old_key: opened.old_key });
    let now = engine.clock().now();
    let current = match purpose {
        Purpose::Look => engine.newest(session.clone()).await,
        Purpose::Act | Purpose::Follow => engine.current(session.clone()).await,
    };
    visit.last_activity = current.as_ref().map_or(0, |session| session.last_activity);
    let arrival = match current {
        // Judged by what the store knows, too: this copy may have missed what was done in another tab.
        Ok(session)
            if purpose == Purpose::Act
                && now.saturating_sub(session.last_activity) >= activity_grain(engine.settings().idle) =>
        {
            Arrival::SignedIn(session.active_since(now))
        }
        Ok(session) => Arrival::SignedIn(session),
        Err(Stop::Over(over)) => Arrival::Over(over),
        Err(Stop::Unavailable) => Arrival::Unavailable(Some(session)),
    };
    (visit, arrival)
}

impl Visit {
    /// The session as if the person had done nothing: the request turned out to be one that a page makes by itself.
    pub fn without_activity(&self, session: Session) -> Session {
        Session { last_activity: self.last_activity, ..session }
    }

    /// The `Set-Cookie` values for an answer that already has these headers.
    pub async fn end(&self, engine: &Engine, answer: &HeaderMap, leaving: Leaving<'_>) -> Vec<HeaderValue> {
        // A sign-in was the answer: what it set stands.
        if sets_session(answer) {
            return Vec::new();
        }
        match leaving {
            Leaving::SignedIn(session) => self.store(engine, session).await,
            // A newer copy lives, or somebody has signed in anew since; either may have reached the browser meanwhile.
            Leaving::Over(Over::Outdated | Over::SignedOut) => Vec::new(),
            Leaving::Over(_) => expire(&self.names),
        }
    }

    async fn store(&self, engine: &Engine, session: &Session) -> Vec<HeaderValue> {
        let unchanged = Stored { version: session.version, last_activity: session.last_activity, old_key: false };
        if self.leftovers.is_empty() && self.stored.as_ref() == Some(&unchanged) {
            return Vec::new();
        }
        match keep(engine, session).await {
            Ok(written) if written.is_empty() => Vec::new(),
            // The later of two values for one name counts.
            Ok(written) => expire(&self.leftovers).into_iter().chain(written).collect(),
            Err(error) => {
                // This leaves the one before in the browser, which is replayed or refreshed next time.
                tracing::error!(session = ?session.id, %error, "the session cannot be stored");
                Vec::new()
            }
        }
    }
}

/// Why a session is not in the browser's hands.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

/// Stores a session and gives its `Set-Cookie` values; none if a newer version exists, it has ended, or another one took its
/// place.
///
/// # Errors
/// See [`NotKept`].
pub async fn keep(engine: &Engine, session: &Session) -> Result<Vec<HeaderValue>, NotKept> {
    let now = engine.clock().now();
    let Some(text) = engine.store().keep(session).await? else { return Ok(Vec::new()) };
    let written = cookies::write_session(&text, session.ends_at.saturating_sub(now))?;
    engine.store().handed_out(session, now).await?;
    Ok(written)
}

/// Ends the session that a request brings, whether or not anybody is let in with that copy of it: with an outdated copy
/// a person signs out no less. Gives its newest version; `None` if there was no session.
///
/// # Errors
/// The store failed; the session stands.
pub async fn sign_out(engine: &Arc<Engine>, headers: &HeaderMap) -> Result<Option<Session>, StoreError> {
    match carried(engine, headers).await? {
        Some(copy) => engine.sign_out(&copy).await.map(Some),
        None => Ok(None),
    }
}

/// The copy of a session that a request brings, whether or not the session still stands.
///
/// # Errors
/// The store failed.
pub async fn carried(engine: &Engine, headers: &HeaderMap) -> Result<Option<Session>, StoreError> {
    let Some(sealed) = cookies::read_session(headers).sealed else { return Ok(None) };
    Ok(engine.store().open(&sealed).await?.map(|copy| copy.value))
}

fn expire(names: &[String]) -> Vec<HeaderValue> {
    names.iter().filter_map(|name| cookies::expire(name)).collect()
}

fn sets_session(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::SET_COOKIE)
        .into_iter()
        .any(|value| value.as_bytes().starts_with(cookies::SESSION.as_bytes()))
}
