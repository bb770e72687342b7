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
    KeyRing, Over, Purpose, Session, SessionId, SessionName,
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
    /// If no answer has carried the newest version, it is kept for its browser for so long after the last activity.
    idle: Seconds,
    /// The newest version, for somebody who knows only the name, and until when.
    at_hand: Option<(Arc<Session>, Seconds)>,
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
        self.of_id(&session.id, session.ends_at)
    }

    fn of_id(&mut self, id: &SessionId, ends_at: Seconds) -> &mut Record {
        let record = self.by_id.entry(id.clone()).or_default();
        record.forget_at = ends_at.saturating_add(AFTERLIFE);
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
            let idle = record.idle;
            let standing = &mut record.standing;
            if standing.newest.as_ref().is_some_and(|newest| now > standing.keep_until(newest, idle)) {
                standing.newest = None;
            }
            record.at_hand = record.at_hand.take().filter(|(_, until)| *until > now);
        }
    }
}

impl Standing {
    /// Until when somebody may come for the newest version.
    fn keep_until(&self, newest: &Session, idle: Seconds) -> Seconds {
        if self.handed >= self.version {
            return self.handed_at.saturating_add(REPLAY);
        }
        // A request may wait for it that the store has not been told of.
        let waiting = newest.refreshed_at.saturating_add(REPLAY);
        self.last_activity.saturating_add(idle).max(waiting).min(newest.ends_at)
    }
}

fn newest(known: [Option<Arc<Session>>; 2]) -> Option<Arc<Session>> {
    known.into_iter().flatten().max_by_key(|session| session.version)
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
            if standing.over.is_some() || standing.gave_way_to.is_some() || standing.version > session.version {
                return done(None);
            }
            standing.last_activity
        };
        let session = session.active_since(last_activity);
        let sealed = self.keys.seal(Purpose::Session, SESSION, &session);
        Box::pin(ready(sealed.map(Some).map_err(|error| StoreError(error.to_string()))))
    }

    fn handed_out<'a>(&'a self, session: &'a Session, now: Seconds) -> Answer<'a, ()> {
        let mut records = self.lock();
        let standing = &mut records.of(session).standing;
        if session.version > standing.handed {
            (standing.handed, standing.handed_at) = (session.version, now);
        }
        // Not before: it would take what is handed out right now for something that nobody came for.
        records.sweep(now);
        done(())
    }

    fn standing<'a>(&'a self, id: &'a SessionId) -> Answer<'a, Standing> {
        done(self.lock().by_id.get(id).map(|record| record.standing.clone()).unwrap_or_default())
    }

    fn claim<'a>(&'a self, session: &'a Session, now: Seconds, lease_ends: Seconds) -> Answer<'a, Claim> {
        let mut records = self.lock();
        records.sweep(now);
        let record = records.of(session);
        let standing = &record.standing;
        let passed_by = standing.gave_way_to.is_some() || standing.version > session.version;
        let settled = standing.over.is_some() || passed_by || standing.rests(now);
        done(if settled {
            Claim::Settled(standing.clone())
        } else if now < record.lease_ends {
            Claim::Busy
        } else {
            record.lease_ends = lease_ends;
            Claim::Granted
        })
    }

    fn replace<'a>(&'a self, new: &'a Session, idle: Seconds) -> Answer<'a, bool> {
        let mut records = self.lock();
        let record = records.of(new);
        record.lease_ends = 0;
        if record.standing.over.is_some() || record.standing.version >= new.version {
            return done(false);
        }
        let newest = Arc::new(new.clone());
        if let Some((at_hand, _)) = &mut record.at_hand {
            *at_hand = Arc::clone(&newest);
        }
        record.idle = idle;
        let standing = &mut record.standing;
        standing.version = new.version;
        standing.newest = Some(newest);
        standing.rest_until = 0;
        standing.last_activity = standing.last_activity.max(new.last_activity);
        done(true)
    }

    fn release<'a>(&'a self, session: &'a Session, rest_until: Seconds) -> Answer<'a, ()> {
        let mut records = self.lock();
        let record = records.of(session);
        record.lease_ends = 0;
        record.standing.rest_until = rest_until;
        done(())
    }

    fn end<'a>(&'a self, session: &'a SessionName, over: Over) -> Answer<'a, Option<Arc<Session>>> {
        let mut records = self.lock();
        let record = records.of_id(&session.id, session.ends_at);
        // The first reason stays: a sign-out is not overwritten by the refusal of a token that it revoked.
        record.standing.over.get_or_insert(over);
        let known = [record.standing.newest.take(), record.at_hand.take().map(|(session, _)| session)];
        done(newest(known).filter(|newest| newest.version >= session.version))
    }

    fn remember<'a>(&'a self, session: &'a Session, until: Seconds) -> Answer<'a, ()> {
        let mut records = self.lock();
        let record = records.of(session);
        let known = [record.standing.newest.clone(), record.at_hand.take().map(|(session, _)| session)];
        let newest = newest(known).filter(|newest| newest.version > session.version);
        let is_good = record.standing.over.is_none();
        // Tokens that were exchanged since are worth nothing.
        let own = (record.standing.version <= session.version).then(|| Arc::new(session.clone()));
        record.at_hand = newest.or(own).filter(|_| is_good).map(|session| (session, until));
        done(())
    }

    fn give_way<'a>(&'a self, session: &'a SessionName, to: &'a SessionName) -> Answer<'a, Option<SessionName>> {
        let mut records = self.lock();
        let record = records.of_id(&session.id, session.ends_at);
        done(record.standing.gave_way_to.replace(to.clone()))
    }
}
