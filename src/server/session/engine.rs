//! Decides whether a session still stands, and refreshes it: one flight per session, in its own task.
//!
//! A copy of the session lives in every request that the browser sends, so several copies with the same refresh token
//! arrive at once. With single-use refresh tokens, a second use kills the session at the authorization server; so the
//! engine keeps, per session and process, the newest version, the flight under way and whether it was signed out:
//! - requests that arrive during a flight wait for it; later ones with the old cookie get the successor for
//!   [`REPLAY`] seconds; after that an old copy counts as signed out, without a word to the authorization server;
//! - a sign-out leaves a tombstone until the session's absolute end; a flight that lands after it is dropped.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

use super::{Session, SessionId};
use crate::server::{
    clock::{Clock, Seconds},
    oauth::tokens::{TokenEndpoint, TokenError},
    settings::SessionSettings,
};

/// How long a successor is given to requests that still carry the session before it, in seconds.
pub const REPLAY: Seconds = 60;
/// After a failed refresh the authorization server is left alone for this long, in seconds.
const COOL_OFF: Seconds = 10;

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// No cookie, or one that does not open.
    Absent,
    Idle,
    Absolute,
    SignedOut,
    /// The authorization server refused the refresh token.
    Refused,
    /// The access token ended, and there is no refresh token.
    NoRefreshToken,
    /// A copy that was refreshed long ago.
    Outdated,
}

/// Why there is no session to go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Over(Over),
    /// The access token has ended and the authorization server does not give a new one right now; the session is kept.
    Unavailable,
}

/// How a flight ended.
#[derive(Clone, Debug)]
enum Landed {
    New(Arc<Session>),
    Refused,
    Failed,
}

#[derive(Default)]
struct Record {
    newest: Option<(Arc<Session>, Seconds)>,
    flight: Option<watch::Receiver<Option<Landed>>>,
    over: Option<Over>,
    /// No refresh before this.
    rest_until: Seconds,
    /// When the record may be forgotten: the session's absolute end.
    forget_at: Seconds,
}

pub struct Engine {
    clock: Clock,
    settings: SessionSettings,
    tokens: TokenEndpoint,
    records: Mutex<HashMap<SessionId, Record>>,
}

/// What to do with a copy of a session that needs new tokens.
enum Step {
    Use(Arc<Session>),
    Wait(watch::Receiver<Option<Landed>>),
    Stop(Stop),
}

impl Engine {
    pub fn new(clock: Clock, settings: SessionSettings, tokens: TokenEndpoint) -> Self {
        Self { clock, settings, tokens, records: Mutex::default() }
    }

    /// The session to go on with: this one, or its successor; refreshed if its access token ends soon.
    ///
    /// # Errors
    /// Nobody is signed in any more, or the authorization server is away and the access token has ended.
    pub async fn current(self: &Arc<Self>, session: Session) -> Result<Session, Stop> {
        let now = self.clock.now();
        let newest = self.newest(session, now)?;
        if newest.access_expires_at - now > self.settings.refresh_within {
            return Ok(newest);
        }
        self.refresh(newest, now).await
    }

    /// A session whose access token the workspace refused, refreshed once: at most one refresh per version.
    ///
    /// # Errors
    /// As [`Engine::current`].
    pub async fn replaced(self: &Arc<Self>, refused: Session) -> Result<Session, Stop> {
        let now = self.clock.now();
        let version = refused.version;
        let newest = self.newest(refused, now)?;
        if newest.version > version {
            return Ok(newest);
        }
        self.refresh(Session { access_expires_at: now, ..newest }, now).await
    }

    /// Ends a session: no copy of it is accepted again by this process.
    pub fn end(&self, session: &Session) {
        let mut records = self.lock();
        let record = record_of(&mut records, session);
        record.over = Some(Over::SignedOut);
        record.newest = None;
    }

    /// Whether a late answer may still store this session: it must be the newest and not signed out (S37, S38).
    pub fn may_store(&self, session: &Session) -> bool {
        self.lock().get(&session.id).is_none_or(|record| {
            record.over.is_none() && record.newest.as_ref().is_none_or(|(newest, _)| newest.version <= session.version)
        })
    }

    /// Checks the limits and exchanges an outdated copy for its successor.
    fn newest(&self, session: Session, now: Seconds) -> Result<Session, Stop> {
        if now >= session.ends_at {
            return Err(Stop::Over(Over::Absolute));
        }
        if now >= session.last_activity.saturating_add(self.settings.idle) {
            return Err(Stop::Over(Over::Idle));
        }
        let records = self.lock();
        let Some(record) = records.get(&session.id) else { return Ok(session) };
        if let Some(over) = record.over {
            return Err(Stop::Over(over));
        }
        match &record.newest {
            Some((newest, since)) if newest.version > session.version => {
                if now <= since.saturating_add(REPLAY) {
                    // What the person did meanwhile is in the copy that they sent.
                    let last_activity = newest.last_activity.max(session.last_activity);
                    Ok(Session { last_activity, ..(**newest).clone() })
                } else {
                    Err(Stop::Over(Over::Outdated))
                }
            }
            _ => Ok(session),
        }
    }

    async fn refresh(self: &Arc<Self>, session: Session, now: Seconds) -> Result<Session, Stop> {
        let last_activity = session.last_activity;
        let mut landing = match self.step(session.clone(), now) {
            Step::Use(session) => return Ok(Session { last_activity, ..(*session).clone() }),
            Step::Stop(stop) => return Err(stop),
            Step::Wait(landing) => landing,
        };
        // The flight's task always reports; if it were lost with the runtime, the session is kept as it is.
        let landed = match landing.wait_for(Option::is_some).await {
            Ok(landed) => landed.clone().unwrap_or(Landed::Failed),
            Err(_) => Landed::Failed,
        };
        match landed {
            Landed::New(new) => Ok(Session { last_activity: new.last_activity.max(last_activity), ..(*new).clone() }),
            Landed::Refused => Err(Stop::Over(Over::Refused)),
            Landed::Failed if session.access_expires_at > self.clock.now() => Ok(session),
            Landed::Failed => Err(Stop::Unavailable),
        }
    }

    fn step(self: &Arc<Self>, session: Session, now: Seconds) -> Step {
        let alive = session.access_expires_at > now;
        let mut records = self.lock();
        records.retain(|_, record| record.forget_at > now || record.flight.is_some());
        let record = record_of(&mut records, &session);
        if let Some(over) = record.over {
            return Step::Stop(Stop::Over(over));
        }
        if let Some((newest, _)) = record.newest.as_ref().filter(|(newest, _)| newest.version > session.version) {
            return Step::Use(Arc::clone(newest));
        }
        if let Some(flight) = &record.flight {
            return Step::Wait(flight.clone());
        }
        if session.refresh_token.is_none() {
            return if alive { Step::Use(Arc::new(session)) } else { Step::Stop(Stop::Over(Over::NoRefreshToken)) };
        }
        if now < record.rest_until {
            return if alive { Step::Use(Arc::new(session)) } else { Step::Stop(Stop::Unavailable) };
        }
        let (report, landing) = watch::channel(None);
        record.flight = Some(landing.clone());
        let engine = Arc::clone(self);
        tokio::spawn(async move {
            let landed = engine.fly(&session).await;
            report.send_replace(Some(landed));
        });
        Step::Wait(landing)
    }

    /// The one refresh of this version of a session.
    async fn fly(&self, session: &Session) -> Landed {
        let answer = match &session.refresh_token {
            Some(token) => self.tokens.refresh(token).await,
            None => Err(TokenError::Refused { error: "no refresh token".into() }),
        };
        // Expiry counts from receipt: neither our clock nor the server's needs to be right.
        let now = self.clock.now();
        let mut records = self.lock();
        let record = record_of(&mut records, session);
        record.flight = None;
        if record.over.is_some() {
            tracing::info!(session = ?session.id, "a refresh landed after the sign-out and is dropped");
            return Landed::Refused;
        }
        match answer {
            Ok(tokens) => {
                let new = Arc::new(session.refreshed(tokens, now));
                record.newest = Some((Arc::clone(&new), now));
                tracing::info!(session = ?session.id, version = new.version, "refreshed");
                Landed::New(new)
            }
            Err(TokenError::Refused { error }) => {
                record.over = Some(Over::Refused);
                tracing::info!(session = ?session.id, error, "the refresh token was refused: the session is over");
                Landed::Refused
            }
            Err(error) => {
                record.rest_until = now.saturating_add(error.retry_after().unwrap_or(COOL_OFF).max(COOL_OFF));
                tracing::warn!(session = ?session.id, error = %error, "the refresh failed; the session is kept");
                Landed::Failed
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SessionId, Record>> {
        // A panic while the map was locked leaves whole records: each change is one assignment.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn record_of<'a>(records: &'a mut HashMap<SessionId, Record>, session: &Session) -> &'a mut Record {
    let record = records.entry(session.id.clone()).or_default();
    record.forget_at = session.ends_at;
    record
}
