//! Where sessions live between requests, behind one trait: what the engine above needs to know and to decide once.
//!
//! A request brings the text that [`SessionStore::keep`] gave for its cookie. The cookie store seals the whole session
//! into it; a store with a database seals the session's id and loads the rest. Whichever it is, three decisions must
//! fall once for all copies of a session, and every replica that shares the store: who refreshes ([`SessionStore::claim`]),
//! which version is the newest ([`SessionStore::replace`], a compare-and-set), and that it has ended
//! ([`SessionStore::end`]).

use std::{pin::Pin, sync::Arc};

use super::{Over, Session, SessionId, SessionName, seal::Opened};
use crate::server::clock::Seconds;

/// What every method of a store gives; a store in memory is ready at once.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The store did not do what it was asked. Holds nothing of the session.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the session store failed: {0}")]
pub struct StoreError(pub String);

/// The authorization server is left alone for no longer than this, in seconds, whatever it asks for: a session would
/// otherwise be kept from people long after the authorization server is back.
pub const MOST_REST: Seconds = 300;

/// What a store knows of a session beyond the copy that a request carries.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Of the newest version; 0 if the store has no say.
    pub version: u64,
    /// The newest version itself, for requests that still carry one before it.
    pub newest: Option<Arc<Session>>,
    /// The newest version that was put into an answer; 0 if the store has no say.
    pub handed: u64,
    /// When that was first done.
    pub handed_at: Seconds,
    pub over: Option<Over>,
    /// Another sign-in of the same browser has taken its place: it is let in for some seconds more, and no answer puts it
    /// back into the browser.
    pub gave_way_to: Option<SessionName>,
    /// The authorization server failed; no refresh before this.
    pub rest_until: Seconds,
    /// The last thing the person did that the store was told of. Of two answers that cross, the one that knows less may
    /// be the one that stays in the browser.
    pub last_activity: Seconds,
}

impl Standing {
    /// Whether the authorization server is left alone. A clock that was set back must not make that long.
    pub fn rests(&self, now: Seconds) -> bool {
        (1..=MOST_REST).contains(&self.rest_until.saturating_sub(now))
    }
}

/// The answer to "may I refresh this version?".
#[derive(Debug)]
pub enum Claim {
    /// Yes, and nobody else until the lease ends, or `replace` or `release` gives it back.
    Granted,
    /// Somebody else is at it.
    Busy,
    /// There is a newer version already, it has ended, or the authorization server is left alone.
    Settled(Standing),
}

pub trait SessionStore: Send + Sync {
    /// The session behind a cookie's text; `None` for anything that this store did not make.
    fn open<'a>(&'a self, sealed: &'a str) -> Answer<'a, Option<Opened<Session>>>;

    /// Stores a session and gives the text for its cookie; `None` if a newer version exists or it has ended, so that a
    /// late answer neither rolls back a refresh nor undoes a sign-out (S37, S38).
    fn keep<'a>(&'a self, session: &'a Session) -> Answer<'a, Option<String>>;

    /// This version goes into an answer: from now on the ones before it count for a short while only.
    fn handed_out<'a>(&'a self, session: &'a Session, now: Seconds) -> Answer<'a, ()>;

    fn standing<'a>(&'a self, id: &'a SessionId) -> Answer<'a, Standing>;

    /// Asks to be the one who refreshes `session.version`, for at most until `lease_ends`.
    fn claim<'a>(&'a self, session: &'a Session, now: Seconds, lease_ends: Seconds) -> Answer<'a, Claim>;

    /// Makes `new` the newest version if the newest is the one before it and the session has not ended. False if not. Its
    /// browser has not heard of it: until an answer carries it, it is kept for as long as the person may be `idle`, counted
    /// from the last thing that they did, then or later.
    fn replace<'a>(&'a self, new: &'a Session, idle: Seconds) -> Answer<'a, bool>;

    /// Gives a claim back without a successor.
    fn release<'a>(&'a self, session: &'a Session, rest_until: Seconds) -> Answer<'a, ()>;

    /// Ends a session for good. Gives its newest version where the store knows its tokens; a store of cookies forgets them
    /// soon, unless it was told to remember.
    fn end<'a>(&'a self, session: &'a SessionName, over: Over) -> Answer<'a, Option<Arc<Session>>>;

    /// Keeps the newest tokens of a session at hand until then, so that it can be ended by its name alone.
    fn remember<'a>(&'a self, session: &'a Session, until: Seconds) -> Answer<'a, ()>;

    /// Another session takes the place of this one in its browser. Gives the one that had taken it before.
    fn give_way<'a>(&'a self, session: &'a SessionName, to: &'a SessionName) -> Answer<'a, Option<SessionName>>;
}
