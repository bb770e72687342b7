//! Decides whether a session still stands, and refreshes it: one flight per session, in its own task.
//!
//! A copy of the session lives in every request that the browser sends, so several copies with the same refresh token
//! arrive at once. With single-use refresh tokens, a second use kills the session at the authorization server. So:
//! - requests that arrive during a flight wait for it, if only for a moment where their access token lives on; later ones with the old copy get the successor until
//!   an answer has carried it, and for [`REPLAY`] seconds more; after that an old copy counts as signed out, without a word to the authorization server;
//! - a sign-out leaves a tombstone until the session's absolute end; a flight that lands after it is dropped, and the
//!   tokens that it brought are revoked;
//! - a refresh token whose use was answered, or that is known to have ended, is never sent again. One whose answer was lost on the way is, after a pause:
//!   if the authorization server had not seen it the session lives on, and otherwise it was lost anyway.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use secrecy::SecretString;
use tokio::{sync::watch, time::Instant};

use super::{
    Session, SessionId, cookies,
    outage::Outage,
    store::{Claim, MOST_REST, SessionStore, Standing, StoreError},
};
use crate::server::{
    clock::{Clock, Seconds},
    oauth::tokens::{TokenError, Tokens},
    settings::SessionSettings,
};

/// How long a successor is given to requests that still carry the session before it, in seconds from its first answer.
pub const REPLAY: Seconds = 60;
/// After a failed refresh the authorization server is left alone for this long, in seconds.
const COOL_OFF: Seconds = 10;
/// A refresh is over well within this, in seconds; a replica that died holds its claim no longer.
const LEASE: Seconds = 20;
/// A sign-out waits this long for the revocation, so that it is usually done when the page says so.
const REVOCATION_PATIENCE: Duration = Duration::from_millis(500);
/// Who has an access token that lives on waits this long for a flight, from its beginning.
const PATIENCE: Duration = Duration::from_secs(1);
/// Databricks refuses access tokens in their last half minute; this much life, in seconds, is worth going on with.
const WORTH_IT: Seconds = 45;
/// A flight gives up before its lease ends.
const FLIGHT_LIMIT: Duration = Duration::from_secs(18);
/// How often a refresh by another replica is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A token that the workspace refuses this soon after it was given is not exchanged for yet another one, in seconds.
const FRESH: Seconds = 30;

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// No cookie, or one that does not open.
    Absent,
    Idle,
    Absolute,
    SignedOut,
    /// The operator has ended all sessions of its epoch.
    Epoch,
    /// The authorization server refused the refresh token.
    Refused,
    /// The access token ended or is refused, and there is no refresh token that could be good.
    NoRefreshToken,
    /// Its new tokens are more than browsers can be trusted to carry.
    TooLarge,
    /// A copy that was refreshed long ago.
    Outdated,
}

/// Why there is no session to go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Over(Over),
    /// The access token has ended and the authorization server, or the session store, does not help right now; the
    /// session is kept.
    Unavailable,
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "nobody is let in while the session store fails");
        Self::Unavailable
    }
}

/// Grants are called through `dyn`, so their futures are boxed.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the engine asks of the authorization server.
pub trait Grants: Send + Sync {
    /// Trades a refresh token for new tokens.
    fn refresh<'a>(&'a self, token: &'a SecretString) -> Asked<'a, Result<Tokens, TokenError>>;

    /// Tells the authorization server that a session's tokens are done with. Best effort; failures are logged.
    fn revoke<'a>(&'a self, session: &'a Session) -> Asked<'a, ()>;
}

/// How a flight ended.
#[derive(Clone, Debug)]
enum Landed {
    New(Arc<Session>),
    Over(Over),
    Failed,
}

/// A flight under way.
#[derive(Clone)]
struct Flight {
    begun: Instant,
    landing: watch::Receiver<Option<Landed>>,
}

/// Takes a flight from the list when it ends, however it ends.
struct InTheAir {
    engine: Arc<Engine>,
    id: SessionId,
}

impl Drop for InTheAir {
    fn drop(&mut self) {
        self.engine.flights().remove(&self.id);
    }
}

pub struct Engine {
    clock: Clock,
    settings: SessionSettings,
    pub(super) grants: Arc<dyn Grants>,
    store: Arc<dyn SessionStore>,
    /// Of this process. The store sees to it that no other replica flies at the same time.
    flights: Mutex<HashMap<SessionId, Flight>>,
    outage: Outage,
}

impl Engine {
    pub fn new(clock: Clock, settings: SessionSettings, grants: Arc<dyn Grants>, store: Arc<dyn SessionStore>) -> Self {
        Self { clock, settings, grants, store, flights: Mutex::default(), outage: Outage::default() }
    }

    /// The session to go on with: this one, or its successor; refreshed if its access token ends soon.
    ///
    /// # Errors
    /// Nobody is signed in any more, or the authorization server is away and the access token has ended.
    pub async fn current(self: &Arc<Self>, session: Session) -> Result<Session, Stop> {
        let newest = self.newest(session).await?;
        if newest.needs_refresh(self.clock.now(), self.settings.refresh_within) {
            self.refresh(newest).await
        } else {
            Ok(newest)
        }
    }

    /// A session whose access token the workspace refused, refreshed once: at most one refresh per version. A token that
    /// was given just now is left as it is: another one would be refused, too.
    ///
    /// # Errors
    /// As [`Engine::current`].
    pub async fn replaced(self: &Arc<Self>, refused: Session) -> Result<Session, Stop> {
        let version = refused.version;
        let newest = self.newest(refused).await?;
        let now = self.clock.now();
        let just_given = newest.version > 1 && (0..FRESH).contains(&now.saturating_sub(newest.refreshed_at));
        if newest.version > version || just_given {
            return Ok(newest);
        }
        if !newest.is_renewable(now) {
            // Whoever comes next would be refused as well: the person signs in anew, instead of meeting errors.
            tracing::info!(session = ?newest.id, "the access token is refused and nothing renews it: the session is over");
            self.store.end(&newest.name(), Over::NoRefreshToken).await?;
            return Err(Stop::Over(Over::NoRefreshToken));
        }
        self.refresh(Session { access_expires_at: now, ..newest }).await
    }

    /// What other requests have made of a session since, as far as the store still holds it. Changes nothing and asks
    /// nobody.
    ///
    /// # Errors
    /// The session has ended, or the store failed.
    pub async fn newer(&self, session: &Session) -> Result<Option<Session>, Stop> {
        let standing = self.store.standing(&session.id).await?;
        match standing.over {
            Some(over) => Err(Stop::Over(over)),
            None => {
                Ok(standing.newest.filter(|newest| newest.version > session.version).map(|newest| (*newest).clone()))
            }
        }
    }

    /// Ends a session and revokes its tokens where the authorization server offers that; nobody waits long for it.
    ///
    /// # Errors
    /// The store failed; the session stands.
    pub async fn sign_out(self: &Arc<Self>, session: &Session) -> Result<Session, StoreError> {
        self.end_those_in_place_of(&session.id).await?;
        // The newest version's tokens are the ones to revoke.
        let known = self.store.end(&session.name(), Over::SignedOut).await?;
        let newest = known.filter(|known| known.version > session.version);
        let newest = newest.map_or_else(|| session.clone(), |newest| (*newest).clone());
        // In a task of its own: it goes on when the answer is sent, or the browser does not wait for it.
        let (engine, done_with) = (Arc::clone(self), newest.clone());
        let revocation = tokio::spawn(async move { engine.grants.revoke(&done_with).await });
        if tokio::time::timeout(REVOCATION_PATIENCE, revocation).await.is_err() {
            tracing::info!(session = ?newest.id, "the sign-out does not wait for the revocation");
        }
        Ok(newest)
    }

    pub fn store(&self) -> &dyn SessionStore {
        self.store.as_ref()
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn settings(&self) -> &SessionSettings {
        &self.settings
    }

    /// The session as it stands, or its successor; its access token may have ended.
    ///
    /// # Errors
    /// Nobody is signed in any more, or the store failed.
    pub async fn newest(&self, session: Session) -> Result<Session, Stop> {
        let now = self.clock.now();
        if session.epoch < self.settings.epoch {
            return Err(Stop::Over(Over::Epoch));
        }
        if now >= session.ends_at {
            return Err(Stop::Over(Over::Absolute));
        }
        let standing = self.store.standing(&session.id).await?;
        if let Some(over) = standing.over {
            return Err(Stop::Over(over));
        }
        // What the person did in another tab counts even if this copy does not know of it.
        let session = session.active_since(standing.last_activity);
        if now >= session.last_activity.saturating_add(self.settings.idle) {
            return Err(Stop::Over(Over::Idle));
        }
        if standing.version <= session.version {
            return Ok(session);
        }
        match standing.newest {
            // What the person did meanwhile is in the copy that they sent. As long as no answer has carried a newer one, the
            // browser cannot know better.
            Some(newest) if session.version >= standing.handed || now <= standing.handed_at.saturating_add(REPLAY) => {
                Ok(newest.active_since(session.last_activity))
            }
            _ => Err(Stop::Over(Over::Outdated)),
        }
    }

    async fn refresh(self: &Arc<Self>, session: Session) -> Result<Session, Stop> {
        let now = self.clock.now();
        if !session.is_renewable(now) {
            let alive = session.access_expires_at > now;
            return if alive { Ok(session) } else { Err(Stop::Over(Over::NoRefreshToken)) };
        }
        let Flight { begun, mut landing } = self.flight(&session);
        let landed = async move {
            // If the flight's task is lost with the runtime, the session is kept as it is.
            landing.wait_for(Option::is_some).await.ok().and_then(|landed| landed.clone()).unwrap_or(Landed::Failed)
        };
        let landed = if session.access_expires_at.saturating_sub(now) > WORTH_IT {
            match tokio::time::timeout_at(begun + PATIENCE, landed).await {
                Ok(landed) => landed,
                // The flight goes on, and whoever comes after it gets the successor.
                Err(_) => return Ok(session),
            }
        } else {
            landed.await
        };
        match landed {
            Landed::New(new) => Ok(new.active_since(session.last_activity)),
            Landed::Over(over) => Err(Stop::Over(over)),
            Landed::Failed if session.access_expires_at > self.clock.now() => Ok(session),
            Landed::Failed => Err(Stop::Unavailable),
        }
    }

    /// The flight under way, or a new one in a task of its own: a closed tab does not cancel it.
    fn flight(self: &Arc<Self>, session: &Session) -> Flight {
        let mut flights = self.flights();
        if let Some(flight) = flights.get(&session.id) {
            return flight.clone();
        }
        let (report, landing) = watch::channel(None);
        let flight = Flight { begun: Instant::now(), landing };
        flights.insert(session.id.clone(), flight.clone());
        let (engine, session) = (Arc::clone(self), session.clone());
        tokio::spawn(async move {
            // Not before the task runs: a runtime that shuts down drops it at once, and the list is locked here.
            let in_the_air = InTheAir { engine: Arc::clone(&engine), id: session.id.clone() };
            let landed = engine.fly(&session).await.unwrap_or_else(|error| {
                tracing::error!(session = ?session.id, %error, "a refresh failed");
                Landed::Failed
            });
            drop(in_the_air);
            report.send_replace(Some(landed));
        });
        flight
    }

    /// The one refresh of this version of a session.
    async fn fly(&self, session: &Session) -> Result<Landed, StoreError> {
        let Some(token) = &session.refresh_token else { return Ok(Landed::Over(Over::NoRefreshToken)) };
        // Before the claim, whose lease must not end while it waits.
        let _place = self.outage.place().await;
        loop {
            let now = self.clock.now();
            match self.store.claim(session, now, now.saturating_add(LEASE)).await? {
                Claim::Granted => break,
                Claim::Settled(standing) => return Ok(settled(standing, session)),
                Claim::Busy => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
        if !self.outage.may_ask(self.clock.now()) {
            self.store.release(session, 0).await?;
            return Ok(Landed::Failed);
        }
        // It may have ended while this waited.
        if !session.is_renewable(self.clock.now()) {
            self.store.release(session, 0).await?;
            return Ok(Landed::Failed);
        }
        // Nobody else may ask while an answer is awaited, and the claim ends with the lease.
        let answer = tokio::time::timeout(FLIGHT_LIMIT, self.grants.refresh(token))
            .await
            .unwrap_or_else(|_| Err(TokenError::Unavailable { why: "it takes too long".into(), retry_after: None }));
        // A refusal is an answer, too.
        self.outage.note(matches!(answer, Ok(_) | Err(TokenError::Refused { .. })));
        match answer {
            Ok(tokens) => self.land(session, tokens).await,
            Err(TokenError::Refused { error }) => {
                tracing::info!(session = ?session.id, error, "the refresh token was refused: the session is over");
                self.store.end(&session.name(), Over::Refused).await?;
                Ok(Landed::Over(Over::Refused))
            }
            Err(error) => {
                tracing::warn!(session = ?session.id, %error, "the refresh failed; the session is kept");
                let rest = error.retry_after().unwrap_or(COOL_OFF).clamp(COOL_OFF, MOST_REST);
                self.store.release(session, self.clock.now().saturating_add(rest)).await?;
                Ok(Landed::Failed)
            }
        }
    }

    async fn land(&self, session: &Session, tokens: Tokens) -> Result<Landed, StoreError> {
        // Expiry counts from receipt: neither our clock nor the server's needs to be right.
        let now = self.clock.now();
        let new = session.refreshed(tokens, now);
        if self.store.replace(&new, self.settings.idle).await? {
            if self.store.keep(&new).await?.is_some_and(|sealed| !cookies::fits(&sealed)) {
                tracing::error!(session = ?session.id, "the renewed session is larger than cookies can be: it is over");
                self.store.end(&new.name(), Over::TooLarge).await?;
                self.grants.revoke(&new).await;
                return Ok(Landed::Over(Over::TooLarge));
            }
            tracing::info!(session = ?session.id, version = new.version, "refreshed");
            return Ok(Landed::New(Arc::new(new)));
        }
        let standing = self.store.standing(&session.id).await?;
        if standing.over.is_some() {
            tracing::info!(session = ?session.id, "a refresh landed after the sign-out and is dropped");
            self.grants.revoke(&new).await;
        } else {
            tracing::warn!(session = ?session.id, "a refresh landed after another one and is dropped");
        }
        Ok(settled(standing, session))
    }

    fn flights(&self) -> MutexGuard<'_, HashMap<SessionId, Flight>> {
        // A panic while it was locked leaves a whole map: each change is one insertion or removal.
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a decision that fell elsewhere means for this copy.
fn settled(standing: Standing, session: &Session) -> Landed {
    match (standing.over, standing.newest) {
        (Some(over), _) => Landed::Over(over),
        (None, Some(newest)) if newest.version > session.version => Landed::New(newest),
        _ if standing.version > session.version => Landed::Over(Over::Outdated),
        _ => Landed::Failed,
    }
}
