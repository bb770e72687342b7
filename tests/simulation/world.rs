//! The app's processes, the authorization server, the browsers, and what the model knows to be true of them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use lakefront::server::{
    clock::{Clock, Seconds},
    session::{CookieStore, Engine, KeyRing, SessionStore},
    settings::{CookieKey, LiveSecret, SessionSettings},
};
use secrecy::SecretBox;
use tokio::{sync::watch, time::Instant};

use crate::{
    authority::{Authority, Line},
    browser::{Browser, Reader},
    ledger::Ledger,
    plan::Plan,
};

const START: i64 = 1_800_000_000;

/// A sign-out, as seen from outside.
#[derive(Clone, Copy, Debug)]
pub struct SignedOut {
    pub process: u64,
    /// Its answer was made.
    pub done: bool,
    /// A new sign-in has taken its place; it ends some seconds later.
    pub gave_way: bool,
}

struct Servers {
    engines: Vec<Arc<Engine>>,
    epoch: u64,
}

pub struct World {
    pub plan: Plan,
    pub clock: Clock,
    keys: Arc<KeyRing>,
    reader: Mutex<Reader>,
    pub authority: Arc<Authority>,
    begun: Instant,
    servers: Mutex<Servers>,
    process: watch::Sender<u64>,
    browsers: Mutex<Vec<Browser>>,
    /// By family.
    signed_out: Mutex<BTreeMap<usize, SignedOut>>,
    /// Which family took the place of one, as the processes of a number remember it.
    places: Mutex<BTreeMap<(u64, usize), usize>>,
    handed: Mutex<BTreeMap<(u64, usize), (u64, Seconds)>>,
    answers: Mutex<u64>,
    /// Seconds.
    set_back: Mutex<i64>,
    ledger: Mutex<Ledger>,
}

pub fn keys() -> Vec<CookieKey> {
    vec![CookieKey { id: "k1".into(), bytes: Arc::new(SecretBox::new(Box::new([7; 32]))) }]
}

/// Limits in seconds.
pub fn settings(idle: Seconds, absolute: Seconds, epoch: u64) -> SessionSettings {
    SessionSettings {
        keys: keys(),
        keys_text: LiveSecret::fixed(String::new()),
        idle,
        absolute,
        epoch,
        refresh_within: 300,
        validation_interval: 60,
    }
}

impl World {
    pub fn new(plan: Plan, traced: bool) -> Arc<Self> {
        let ring = Arc::new(KeyRing::new(&keys()));
        let world = Arc::new(Self {
            clock: Clock::simulated(START),
            reader: Mutex::new(Reader::new(Arc::clone(&ring))),
            keys: ring,
            authority: Arc::new(Authority::new(plan.clone())),
            begun: Instant::now(),
            servers: Mutex::new(Servers { engines: Vec::new(), epoch: 0 }),
            process: watch::Sender::new(0),
            browsers: Mutex::new((0..plan.browsers).map(|_| Browser::default()).collect()),
            signed_out: Mutex::default(),
            places: Mutex::default(),
            handed: Mutex::default(),
            answers: Mutex::default(),
            set_back: Mutex::default(),
            ledger: Mutex::new(Ledger { traced, ..Ledger::default() }),
            plan,
        });
        world.restart(false);
        world
    }

    /// The processes end, with all that they have in memory, and others begin.
    pub fn restart(self: &Arc<Self>, raise_epoch: bool) {
        let process = self.process() + 1;
        self.process.send_replace(process);
        let mut servers = self.servers.lock().expect("no panic elsewhere");
        servers.epoch += u64::from(raise_epoch);
        let settings = settings(self.plan.idle, self.plan.absolute, servers.epoch);
        let store: Arc<dyn SessionStore> = Arc::new(CookieStore::new(Arc::clone(&self.keys)));
        let engine = || {
            let line = Line { authority: Arc::clone(&self.authority), world: Arc::downgrade(self), process };
            Arc::new(Engine::new(self.clock.clone(), settings.clone(), Arc::new(line), Arc::clone(&store)))
        };
        servers.engines = (0..self.plan.replicas).map(|_| engine()).collect();
    }

    /// One of the replicas.
    pub fn engine(&self, any: usize) -> Arc<Engine> {
        let servers = self.servers.lock().expect("no panic elsewhere");
        Arc::clone(&servers.engines[any % servers.engines.len()])
    }

    /// All the ways back together stay below an hour: a sign-out is not remembered beyond that.
    pub fn not_too_far_back(&self, seconds: i64) -> i64 {
        let mut back = self.set_back.lock().expect("no panic elsewhere");
        let seconds = seconds.max(-(3_500 - *back));
        *back -= seconds.min(0);
        seconds
    }

    /// Counts restarts.
    pub fn process(&self) -> u64 {
        *self.process.borrow()
    }

    /// What the processes of now make of this; `None` if they end before.
    pub async fn until_restart<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut process = self.process.subscribe();
        let now = *process.borrow();
        tokio::select! {
            biased;
            _ = process.wait_for(|process| *process > now) => None,
            done = work => Some(done),
        }
    }

    pub fn browser<T>(&self, number: usize, look: impl FnOnce(&mut Browser) -> T) -> T {
        look(&mut self.browsers.lock().expect("no panic elsewhere")[number])
    }

    pub fn reader(&self) -> MutexGuard<'_, Reader> {
        self.reader.lock().expect("no panic elsewhere")
    }

    pub fn signed_out(&self) -> MutexGuard<'_, BTreeMap<usize, SignedOut>> {
        self.signed_out.lock().expect("no panic elsewhere")
    }

    /// A new session takes the place of one, and of those that had taken its place since the processes began.
    pub fn note_place_taken(&self, family: usize, new: usize) {
        let process = self.process();
        let (mut signed_out, mut places) = (self.signed_out(), self.places.lock().expect("no panic elsewhere"));
        let mut next = Some(family);
        while let Some(family) = next.filter(|family| *family != new) {
            let leaves = SignedOut { process, done: false, gave_way: true };
            let entry = signed_out.entry(family).or_insert(leaves);
            entry.gave_way = true;
            if !entry.done {
                entry.process = process;
            }
            next = places.insert((process, family), new);
        }
    }

    /// This family, and those that took its place one after the other, as the processes remember it.
    pub fn in_place_of(&self, family: usize) -> Vec<usize> {
        let (process, places) = (self.process(), self.places.lock().expect("no panic elsewhere"));
        let mut families = vec![family];
        while let Some(next) = families.last().and_then(|last| places.get(&(process, *last))) {
            if families.contains(next) {
                break;
            }
            families.push(*next);
        }
        families
    }

    /// An answer carries this version of a family's session.
    pub fn note_handed(&self, family: usize, version: u64) {
        let mut handed = self.handed.lock().expect("no panic elsewhere");
        let newest = handed.entry((self.process(), family)).or_insert((0, 0));
        if version > newest.0 {
            *newest = (version, self.clock.now());
        }
    }

    /// The newest version that an answer of these processes has carried, and when the first one did.
    pub fn handed(&self, family: usize) -> (u64, Seconds) {
        let handed = self.handed.lock().expect("no panic elsewhere");
        handed.get(&(self.process(), family)).copied().unwrap_or_default()
    }

    /// The sign-out of this family's session that is done.
    pub fn sign_out_of(&self, family: usize) -> Option<SignedOut> {
        self.signed_out().get(&family).copied().filter(|at| at.done)
    }

    /// The place of an answer that is made now.
    pub fn next_answer(&self) -> u64 {
        let mut answers = self.answers.lock().expect("no panic elsewhere");
        *answers += 1;
        *answers
    }

    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        let mut ledger = self.ledger.lock().expect("no panic elsewhere");
        ledger.now = self.begun.elapsed().as_millis();
        ledger
    }

    pub fn set_down(&self, down: bool) {
        *self.authority.down.lock().expect("no panic elsewhere") = down;
    }
}

pub async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
