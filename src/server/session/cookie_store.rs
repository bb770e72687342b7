//! The default store: the whole session sealed into its cookie; what must be decided once is kept in this process.
//!
//! Several replicas without a shared store do not see each other's decisions; docs/SECURITY.md says what that means. A
//! restart forgets them: the cookies stay good, and a session that was signed out is then refused at its next refresh
//! where the authorization server revoked it.

use std::{
    collections::HashMap,
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    KeyRing, Over, Purpose, Session, SessionId,
    cookies::SESSION,
    engine::REPLAY,
    seal::Opened,
    store::{Answer, Claim, SessionStore, Standing, StoreError},
};
use crate::server::clock::Seconds;

/// Forgotten records are looked for this often, in seconds.
const SWEEP_EVERY: Seconds = 30;

/// A record outlives its session by this, in seconds: a clock that is set back brings a session back to life, and must
/// not find its sign-out forgotten.
const AFTERLIFE: Seconds = 3_600;

#[derive(Default)]
struct Record {
    standing: Standing,
    /// 0: nobody refreshes.
    lease_ends: Seconds,
    /// Some time after the session's absolute end.
    forget_at: Seconds,
}

#[derive(Default)]
struct Records {
    by_id: HashMap<SessionId, Record>,
    swept_at: Seconds,
}

pub struct CookieStore {
    keys: Arc<KeyRing>,
    records: Mutex<Records>,
}

impl CookieStore {
    pub fn new(keys: Arc<KeyRing>) -> Self {
        Self { keys, records: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        // A panic while it was locked leaves whole records: no change needs two steps.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Records {
    fn of(&mut self, session: &Session) -> &mut Record {
        let record = self.by_id.entry(session.id.clone()).or_default();
        record.forget_at = session.ends_at.saturating_add(AFTERLIFE);
        record
    }

    /// Drops what no request can bring back any more, and tokens that nobody is given any more.
    fn sweep(&mut self, now: Seconds) {
        if now.saturating_sub(self.swept_at) < SWEEP_EVERY {
            return;
        }
        self.swept_at = now;
        self.by_id.retain(|_, record| record.forget_at > now || record.lease_ends > now);
        for record in self.by_id.values_mut() {
            if now > record.standing.since.saturating_add(REPLAY) {
                record.standing.newest = None;
            }
        }
    }
}

/// A settled answer.
fn done<'a, T: Send + 'a>(value: T) -> Answer<'a, T> {
    Box::pin(ready(Ok(value)))
}

impl SessionStore for CookieStore {
    fn open<'a>(&'a self, sealed: &'a str) -> Answer<'a, Option<Opened<Session>>> {
        done(self.keys.open(Purpose::Session, SESSION, sealed))
    }

    fn keep<'a>(&'a self, session: &'a Session) -> Answer<'a, Option<String>> {
        let last_activity = {
            let mut records = self.lock();
            let standing = &mut records.of(session).standing;
            // Of use to the session even if this copy of it is not kept.
            standing.last_activity = standing.last_activity.max(session.last_activity);
            if standing.over.is_some() || standing.version > session.version {
                return done(None);
            }
            standing.last_activity
        };
        let session = session.active_since(last_activity);
        let sealed = self.keys.seal(Purpose::Session, SESSION, &session);
        Box::pin(ready(sealed.map(Some).map_err(|error| StoreError(error.to_string()))))
    }

    fn standing<'a>(&'a self, id: &'a SessionId) -> Answer<'a, Standing> {
        done(self.lock().by_id.get(id).map(|record| record.standing.clone()).unwrap_or_default())
    }

    fn claim<'a>(&'a self, session: &'a Session, now: Seconds, lease_ends: Seconds) -> Answer<'a, Claim> {
        let mut records = self.lock();
        records.sweep(now);
        let record = records.of(session);
        let standing = &record.standing;
        let settled = standing.over.is_some() || standing.version > session.version || standing.rests(now);
        done(if settled {
            Claim::Settled(standing.clone())
        } else if now < record.lease_ends {
            Claim::Busy
        } else {
            record.lease_ends = lease_ends;
            Claim::Granted
        })
    }

    fn replace<'a>(&'a self, new: &'a Session, now: Seconds) -> Answer<'a, bool> {
        let mut records = self.lock();
        let record = records.of(new);
        record.lease_ends = 0;
        if record.standing.over.is_some() || record.standing.version >= new.version {
            return done(false);
        }
        record.standing = Standing {
            version: new.version,
            since: now,
            newest: Some(Arc::new(new.clone())),
            over: None,
            rest_until: 0,
            last_activity: record.standing.last_activity.max(new.last_activity),
        };
        done(true)
    }

    fn release<'a>(&'a self, session: &'a Session, rest_until: Seconds) -> Answer<'a, ()> {
        let mut records = self.lock();
        let record = records.of(session);
        record.lease_ends = 0;
        record.standing.rest_until = rest_until;
        done(())
    }

    fn end<'a>(&'a self, session: &'a Session, over: Over) -> Answer<'a, Option<Arc<Session>>> {
        let mut records = self.lock();
        let standing = &mut records.of(session).standing;
        // The first reason stays: a sign-out is not overwritten by the refusal of a token that it revoked.
        standing.over.get_or_insert(over);
        done(standing.newest.take().filter(|newest| newest.version > session.version))
    }
}
