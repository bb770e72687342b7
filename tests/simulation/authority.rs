//! The authorization server of a simulation: single-use refresh tokens, reuse detection that ends the whole family, and
//! every way in which a request or its answer can go wrong. It watches what the app sends (the first invariant).

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, Weak},
    time::Duration,
};

use fastrand::Rng;
use lakefront::server::{
    clock::Seconds,
    oauth::tokens::{TokenError, Tokens},
    session::{Session, engine::Grants},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::sleep;

use crate::{ledger::Broken, plan::Plan, world::World};

/// Longer than the app waits for an answer.
const FOR_EVER: Duration = Duration::from_secs(60);

/// What happens to one refresh request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Works,
    /// It never arrives.
    RequestLost,
    /// The work is done; nobody hears of it.
    AnswerLost,
    Unavailable,
    TooMany(Seconds),
    Refused,
}

/// One refresh token of a family; its place is its number.
#[derive(Default)]
struct Token {
    sent: u32,
    /// Processes that wait for an answer to it.
    waiting: Vec<u64>,
    /// The process that heard what came of it.
    answered: Option<u64>,
    used_by: Option<u64>,
    /// On the app's clock.
    ends_at: Option<Seconds>,
    answer_lost: bool,
}

#[derive(Default)]
pub struct Family {
    tokens: Vec<Token>,
    pub over: bool,
    pub revoked: bool,
    /// The process that was told that a token of this family is not good.
    pub refused: Option<u64>,
    pub offline: bool,
    /// The workspace refused an access token that nothing could renew.
    pub access_refused: bool,
    /// The latest that the app's clock has shown since it received the newest tokens.
    pub clock_was_at: Seconds,
}

impl Family {
    /// The process that received the tokens of this version.
    pub fn received_by(&self, version: u64) -> u64 {
        let before = usize::try_from(version).unwrap_or_default().checked_sub(2);
        before.and_then(|place| self.tokens.get(place)?.answered).unwrap_or_default()
    }

    /// Whether the app has been told of the end of a refresh token that has come.
    pub fn refresh_ended(&self, now: Seconds) -> bool {
        let now = now.max(self.clock_was_at);
        self.tokens.iter().any(|token| token.ends_at.is_some_and(|end| end <= now))
    }
}

pub struct Authority {
    families: Mutex<Vec<Family>>,
    plan: Plan,
    pub down: Mutex<bool>,
}

/// The number of a family, and the place of a token in it. `rt.3.1` was given with `at.3.1.…`.
pub fn family_and_place(token: &SecretString) -> (usize, usize) {
    let mut parts = token.expose_secret().split('.').skip(1).map(|part| part.parse().expect("a number"));
    (parts.next().expect("a family"), parts.next().expect("a place"))
}

impl Authority {
    pub fn new(plan: Plan) -> Self {
        Self { families: Mutex::default(), plan, down: Mutex::new(false) }
    }

    pub fn families(&self) -> MutexGuard<'_, Vec<Family>> {
        self.families.lock().expect("no panic elsewhere")
    }

    /// The app's clock is set: what it showed before was seen.
    pub fn note_clock(&self, now: Seconds) {
        for family in self.families().iter_mut() {
            family.clock_was_at = family.clock_was_at.max(now);
        }
    }

    /// Where nothing renews an access token that the workspace refuses, the session is over.
    pub fn note_refused_access(&self, family: usize, now: Seconds) {
        let family = &mut self.families()[family];
        family.access_refused |= !family.offline || family.refresh_ended(now);
    }

    /// What a sign-in gives.
    pub fn begin(&self, rng: &mut Rng, now: Seconds) -> Tokens {
        let mut families = self.families();
        let offline = rng.u32(..20) > 0;
        let ends_at = self.plan.refresh_lifetime.map(|seconds| now + seconds);
        let first = Token { ends_at, ..Token::default() };
        let family = Family { tokens: vec![first], offline, clock_was_at: now, ..Family::default() };
        families.push(family);
        self.tokens(families.len() - 1, 0, offline, rng)
    }

    fn tokens(&self, family: usize, place: usize, offline: bool, rng: &mut Rng) -> Tokens {
        let padding = if self.plan.long_tokens { rng.usize(100..7_000) } else { 40 };
        Tokens {
            access_token: format!("at.{family}.{place}.{}", "0".repeat(padding)).into(),
            refresh_token: offline.then(|| format!("rt.{family}.{place}").into()),
            expires_in: self.plan.access_lifetime,
            refresh_expires_in: self.plan.refresh_lifetime,
            scope: None,
        }
    }

    fn fate(&self, rng: &mut Rng) -> Fate {
        if *self.down.lock().expect("no panic elsewhere") {
            return Fate::Unavailable;
        }
        if self.plan.calm || rng.u32(..100) >= self.plan.trouble {
            return Fate::Works;
        }
        match rng.u32(..6) {
            0 => Fate::RequestLost,
            1 | 2 => Fate::AnswerLost,
            3 => Fate::Unavailable,
            4 => Fate::TooMany(*rng.choice(&[-1, 0, 5, 30, 86_400]).expect("one of them")),
            _ if rng.bool() => Fate::Refused,
            _ => Fate::Unavailable,
        }
    }
}

/// The authorization server as one process of the app sees it.
pub struct Line {
    pub authority: Arc<Authority>,
    pub world: Weak<World>,
    pub process: u64,
}

impl Line {
    fn world(&self) -> Arc<World> {
        self.world.upgrade().expect("the world outlives its tasks")
    }

    /// A process that has ended hears nothing any more.
    async fn if_alive(&self) {
        if self.world().process() != self.process {
            std::future::pending::<()>().await;
        }
    }

    fn note_sent(&self, family: usize, place: usize) -> u32 {
        let mut families = self.authority.families();
        let token = &mut families[family].tokens[place];
        token.sent += 1;
        let world = self.world();
        let what = if token.waiting.contains(&self.process) {
            Some("is sent while an answer to it is awaited")
        } else if token.answered == Some(self.process) {
            Some("is sent again after its use was answered")
        } else if self.authority.plan.calm && token.sent > 1 {
            Some("is sent twice though nothing was lost")
        } else if token.ends_at.is_some_and(|end| end <= world.clock.now()) {
            Some("is sent though it is known to have ended")
        } else {
            None
        };
        token.waiting.push(self.process);
        if let Some(what) = what {
            world.ledger().violation(Broken::SingleUse, format!("rt.{family}.{place} {what}"));
        }
        token.sent
    }

    /// The request has arrived: the authorization server's own work.
    fn work(&self, family: usize, place: usize, rng: &mut Rng) -> Result<Tokens, TokenError> {
        let refused = || Err(TokenError::Refused { error: "invalid_grant".into() });
        let mut families = self.authority.families();
        let newest = families[family].tokens.len() - 1;
        let it = &mut families[family];
        if it.over {
            return refused();
        }
        let token = &mut it.tokens[place];
        if place != newest {
            let caused = token.answer_lost || token.used_by.is_some_and(|process| process != self.process);
            it.over = true;
            let world = self.world();
            let mut ledger = world.ledger();
            ledger.count("families ended by reuse");
            if !caused {
                ledger.violation(Broken::SingleUse, format!("rt.{family}.{place} is used twice without a cause"));
            }
            return refused();
        }
        token.used_by = Some(self.process);
        it.tokens.push(Token::default());
        Ok(self.authority.tokens(family, place + 1, true, rng))
    }

    async fn answer(&self, family: usize, place: usize, rng: &mut Rng, fate: Fate) -> Result<Tokens, TokenError> {
        let unavailable =
            |retry_after| Err(TokenError::Unavailable { why: format!("simulated: {fate:?}"), retry_after });
        let slow = rng.u32(..8) == 0;
        let most = if slow { 7_000 } else { 300 };
        sleep(Duration::from_millis(rng.u64(1..most))).await;
        let back = Duration::from_millis(rng.u64(1..most));
        match fate {
            Fate::RequestLost => {
                self.world().ledger().count("requests lost on the way");
                sleep(if slow { FOR_EVER } else { back }).await;
                unavailable(None)
            }
            Fate::AnswerLost => {
                let done = self.work(family, place, rng);
                if done.is_ok() {
                    self.authority.families()[family].tokens[place].answer_lost = true;
                }
                self.world().ledger().count("answers lost on the way");
                sleep(if slow { FOR_EVER } else { back }).await;
                unavailable(None)
            }
            Fate::Unavailable => {
                sleep(back).await;
                self.world().ledger().count("answers 503");
                unavailable(None)
            }
            Fate::TooMany(after) => {
                sleep(back).await;
                self.world().ledger().count("answers 429");
                unavailable(Some(after))
            }
            Fate::Refused => {
                self.authority.families()[family].over = true;
                sleep(back).await;
                Err(TokenError::Refused { error: "invalid_grant".into() })
            }
            Fate::Works => {
                let done = self.work(family, place, rng);
                sleep(back).await;
                if self.world().process() != self.process && done.is_ok() {
                    self.authority.families()[family].tokens[place].answer_lost = true;
                }
                done
            }
        }
    }
}

/// An answer is awaited until this is dropped: when it is there, or when the app gives up.
struct Waiting<'a> {
    line: &'a Line,
    family: usize,
    place: usize,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut families = self.line.authority.families();
        families[self.family].tokens[self.place].waiting.retain(|process| *process != self.line.process);
    }
}

impl Grants for Line {
    fn refresh<'a>(
        &'a self,
        token: &'a SecretString,
    ) -> Pin<Box<dyn Future<Output = Result<Tokens, TokenError>> + Send + 'a>> {
        Box::pin(async move {
            self.if_alive().await;
            let (family, place) = family_and_place(token);
            let sent = self.note_sent(family, place);
            self.world().ledger().trace(|| format!("process {} sends rt.{family}.{place}", self.process));
            // Of what is asked, not of when: a replay does not depend on the order within one millisecond.
            let own = ((family as u64) << 32) ^ ((place as u64) << 8) ^ u64::from(sent);
            let mut rng = Rng::with_seed(self.authority.plan.seed ^ own.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let fate = self.authority.fate(&mut rng);
            let waiting = Waiting { line: self, family, place };
            let answer = self.answer(family, place, &mut rng, fate).await;
            self.if_alive().await;
            drop(waiting);
            let world = self.world();
            let mut families = self.authority.families();
            let it = &mut families[family];
            let mut ledger = world.ledger();
            ledger.trace(|| format!("rt.{family}.{place}: {fate:?}, good: {}", answer.is_ok()));
            match &answer {
                Ok(_) => {
                    it.tokens[place].answered = Some(self.process);
                    it.clock_was_at = world.clock.now();
                    let ends_at = self.authority.plan.refresh_lifetime.map(|seconds| it.clock_was_at + seconds);
                    if let Some(next) = it.tokens.get_mut(place + 1) {
                        next.ends_at = ends_at;
                    }
                    ledger.count("refreshes");
                }
                Err(TokenError::Refused { .. }) => {
                    it.tokens[place].answered = Some(self.process);
                    it.refused = Some(self.process);
                    ledger.count("refreshes refused");
                }
                Err(_) => ledger.count("refreshes failed"),
            }
            drop(ledger);
            answer
        })
    }

    fn revoke<'a>(&'a self, session: &'a Session) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            self.if_alive().await;
            let (family, place) = family_and_place(&session.access_token);
            let mut rng = Rng::with_seed(self.authority.plan.seed ^ (family * 31 + place) as u64);
            sleep(Duration::from_millis(rng.u64(1..900))).await;
            self.if_alive().await;
            let world = self.world();
            if !self.authority.plan.calm && rng.u32(..10) == 0 {
                return world.ledger().count("revocations failed");
            }
            let it = &mut self.authority.families()[family];
            it.over = true;
            it.revoked = true;
            let mut ledger = world.ledger();
            ledger.count("revocations");
            ledger.trace(|| format!("family {family} is revoked"));
        })
    }
}
