//! Asks again and again whether the session stands. It counts as nothing that the person did.
//!
//! All tabs of a browser have one heart: the tab that asked last goes on asking and tells the others what it heard. The
//! others wait a little longer than the interval, so that one of them takes over when that tab is closed or hidden. A
//! hidden tab and a browser that is offline ask nothing; a tab that is seen again asks at once if the last answer is old.

use gloo_timers::future::TimeoutFuture;
use leptos::{ev, prelude::*, task::spawn_local};

use super::{Auth, AuthState, Standing, reload, tabs};
use crate::{
    api,
    auth::tabs::News,
    model::{ErrorCode, SessionView},
};

/// A sleep is never longer, so that a computer that slept or a clock that was set is noticed.
const LONGEST_SLEEP: f64 = 30_000.0;
/// A sign-out waits no longer for a question that is under way.
const LONGEST_SILENCE: f64 = 1_000.0;
/// After the end of a session by its own times, the server is asked whether it is so.
const AFTER_THE_END: f64 = 1_000.0;

/// When to ask. Times are milliseconds of the browser's clock; only differences are used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Heart {
    interval: f64,
    /// The server's last answer, to whichever tab.
    answered: f64,
    /// The last question, of whichever tab.
    asked: f64,
    /// How much longer than the interval this tab waits for another one to ask.
    patience: f64,
}

impl Heart {
    pub(super) fn new(interval_seconds: u32) -> Self {
        Self { interval: f64::from(interval_seconds.max(1)) * 1_000.0, answered: 0.0, asked: 0.0, patience: 0.0 }
    }

    /// This tab asks, so it goes on asking.
    fn asks(&mut self, now: f64) {
        self.asked = now;
        self.patience = 0.0;
    }

    /// Another tab asks. `chance`, from 0 to 1, keeps those that wait apart.
    fn hears_asking(&mut self, at: f64, chance: f64) {
        self.asked = self.asked.max(at);
        self.patience = (self.interval / 2.0).min(5_000.0) * (1.0 + chance);
    }

    fn hears_answer(&mut self, at: f64) {
        self.answered = self.answered.max(at);
    }

    /// Milliseconds until this tab is to ask; none left: now. `end`: when the session ends by its own times.
    fn rest(self, now: f64, end: f64) -> f64 {
        if now < self.asked {
            // The clock was set back.
            return 0.0;
        }
        let beat = self.asked + self.interval + self.patience;
        let after_end = end + AFTER_THE_END + self.patience;
        let next = if after_end > self.asked { beat.min(after_end) } else { beat };
        (next - now).max(0.0)
    }

    /// The last answer is older than the interval.
    fn is_old(self, now: f64) -> bool {
        now - self.answered >= self.interval || now < self.answered
    }
}

/// Effects run in the browser alone, so the server starts no heartbeat.
pub(super) fn start(auth: Auth) {
    Effect::new(move || {
        reload_when_restored();
        let AuthState::SignedIn(session) = auth.state.get_untracked() else { return };
        auth.begin(&session);
        tabs::listen(move |news| hear(auth, news));
        // A tab whose session is over, or is another person's, learns from it that somebody is signed in.
        tabs::tell(&News::Answer { session, at: now() });
        ask_when_seen(auth);
        spawn_local(beat(auth));
    });
    Effect::new(move || {
        auth.state.track();
        auth.look_at_the_clock(now());
    });
}

async fn beat(auth: Auth) {
    loop {
        let Some(rest) = auth.heart.try_with_value(|heart| heart.rest(now(), auth.end_here())) else { return };
        let may_ask = may_ask(auth);
        if rest <= 0.0 && may_ask {
            ask(auth).await;
            continue;
        }
        let rest = if may_ask { rest } else { auth.heart.with_value(|heart| heart.interval) };
        let sleep = rest.min(auth.until_warning(now())).clamp(50.0, LONGEST_SLEEP);
        TimeoutFuture::new(sleep as u32).await;
        auth.look_at_the_clock(now());
    }
}

/// Nobody asks for a page that nobody sees, without a network, after the end, or while the person signs out.
fn may_ask(auth: Auth) -> bool {
    auth.state.with_untracked(|state| matches!(state, AuthState::SignedIn(_))) && can_ask(auth)
}

fn can_ask(auth: Auth) -> bool {
    !auth.leaving.get_value() && !document().hidden() && window().navigator().on_line()
}

async fn ask(auth: Auth) {
    let at = now();
    let _ = auth.heart.try_update_value(|heart| heart.asks(at));
    tabs::tell(&News::Asking { at });
    // An answer or a refusal is in the state; a server that is away is asked again.
    let _ = auth.ask().await;
}

/// Tabs that wake up together: one of them asks.
fn ask_if_old(auth: Auth) {
    spawn_local(async move {
        TimeoutFuture::new((js_sys::Math::random() * 200.0) as u32).await;
        let now = now();
        let old = auth.heart.try_with_value(|heart| heart.is_old(now) && (now - heart.asked).abs() >= 1_000.0);
        let is_anonymous = auth.state.with_untracked(|state| matches!(state, AuthState::Anonymous));
        if old == Some(true) && !is_anonymous && can_ask(auth) {
            ask(auth).await;
        }
    });
}

fn ask_when_seen(auth: Auth) {
    let seen = window_event_listener(ev::visibilitychange, move |_| ask_if_old(auth));
    let online = window_event_listener(ev::online, move |_| ask_if_old(auth));
    on_cleanup(move || {
        seen.remove();
        online.remove();
    });
}

fn hear(auth: Auth, news: News) {
    let Some(state) = auth.state.try_get_untracked() else { return };
    if auth.leaving.try_get_value() != Some(false) {
        return;
    }
    if matches!(news, News::Answer { .. }) && auth.asking.get_value() > 0 {
        auth.heard.set_value(true);
    }
    match (news, state) {
        (News::Asking { at }, _) => {
            let chance = js_sys::Math::random();
            let at = at.min(now());
            let _ = auth.heart.try_update_value(|heart| heart.hears_asking(at, chance));
        }
        (News::Answer { session, at }, AuthState::SignedIn(known))
            if session.user.id == known.user.id && session.now >= known.now && (0.0..=now()).contains(&at) =>
        {
            auth.learn(session, at);
        }
        (News::Answer { session, .. }, AuthState::SignedIn(known)) if session.user.id == known.user.id => {}
        // Another person, or somebody after the end: the server knows who. Many tabs may say so at once.
        (News::Answer { .. }, AuthState::SignedIn(_) | AuthState::Over(_)) if auth.asking.get_value() > 0 => {}
        (News::Answer { .. }, AuthState::SignedIn(_) | AuthState::Over(_)) | (News::Ended, AuthState::SignedIn(_)) => {
            spawn_local(async move {
                let _ = auth.ask().await;
            });
        }
        (News::SignedOut { user_id }, AuthState::SignedIn(known) | AuthState::Over(known)) => {
            // Only what the server says counts for the session; wiping needs no proof.
            if user_id == known.user.id {
                auth.forget();
            }
            if auth.state.with_untracked(|state| matches!(state, AuthState::SignedIn(_))) {
                spawn_local(async move {
                    let _ = auth.ask().await;
                });
            }
        }
        (News::Answer { .. } | News::Ended | News::SignedOut { .. }, _) => {}
    }
}

impl Auth {
    /// The first value came with the page.
    fn begin(self, session: &SessionView) {
        let at = now();
        api::client::expect_user(&session.user.id);
        self.live.set_value(true);
        self.heart.update_value(|heart| {
            heart.asks(at);
            heart.hears_answer(at);
        });
        self.known_at.set_value(Some((session.now, at)));
    }

    /// What the server said about this person's session, to this tab or another, when the browser's clock was `at`.
    pub(super) fn learn(self, session: SessionView, at: f64) {
        let _ = self.heart.try_update_value(|heart| heart.hears_answer(at));
        let _ = self.known_at.try_update_value(|known| *known = Some((session.now, at)));
        let _ = self.state.try_set(AuthState::SignedIn(session));
        let _ = self.forgotten.try_set_value(false);
        self.wake();
    }

    /// The server's clock, in milliseconds, when the browser's shows `now`: from the difference when it last answered.
    fn server_clock(self, now: f64) -> Option<f64> {
        let (server, here) = self.known_at.try_get_value()??;
        Some(server as f64 * 1_000.0 + (now - here))
    }

    /// When the session ends, on the browser's clock.
    fn end_here(self) -> f64 {
        let end = self.session_untracked().map(|session| session.session_ends_at as f64 * 1_000.0);
        let known = self.known_at.try_get_value().flatten();
        match (end, known) {
            (Some(end), Some((server, here))) => end - server as f64 * 1_000.0 + here,
            _ => f64::INFINITY,
        }
    }

    fn until_warning(self, now: f64) -> f64 {
        match (self.session_untracked(), self.server_clock(now)) {
            (Some(session), Some(clock)) if session.warn_from as f64 * 1_000.0 > clock => {
                session.warn_from as f64 * 1_000.0 - clock
            }
            _ => f64::INFINITY,
        }
    }

    fn look_at_the_clock(self, now: f64) {
        if let Some(clock) = self.server_clock(now) {
            let near = self.session_untracked().is_some_and(|session| clock >= session.warn_from as f64 * 1_000.0);
            if self.near_end.try_get_untracked().is_some_and(|known| known != near) {
                let _ = self.near_end.try_set(near);
            }
        }
    }

    /// Asks nothing more, and waits a moment for what is under way: a question that crosses the sign-out would come back
    /// with "session over" and show it on a page that is being left.
    pub(super) async fn fall_silent(self) {
        self.leaving.set_value(true);
        let since = now();
        while self.asking.try_get_value().is_some_and(|asking| asking > 0)
            && (0.0..LONGEST_SILENCE).contains(&(now() - since))
        {
            TimeoutFuture::new(20).await;
        }
    }

    /// Asks the server and takes the answer over.
    pub(super) async fn ask(self) -> Standing {
        let mut standing = self.ask_once().await;
        let is_over = matches!(&standing, Standing::Refused(error) if error.code == ErrorCode::SessionOver);
        if is_over && self.heard.try_get_value() == Some(true) {
            // Somebody signed in while the question was under way with the cookies from before.
            standing = self.ask_once().await;
        }
        if let Standing::Refused(error) = &standing {
            self.note(error);
        }
        standing
    }

    async fn ask_once(self) -> Standing {
        let at = now();
        let _ = self.heard.try_set_value(false);
        let asking = Asking::new(self);
        let answer = api::session::validate_session().await;
        drop(asking);
        match answer {
            Ok(session) if self.session_untracked().is_none_or(|known| known.user.id == session.user.id) => {
                tabs::tell(&News::Answer { session: session.clone(), at });
                self.learn(session.clone(), at);
                Standing::Stands(session)
            }
            Ok(_) => {
                // Another person signed in in another tab: nothing of the first one may stay here.
                reload();
                Standing::Replaced
            }
            Err(error) if error.code == ErrorCode::SessionChanged => {
                self.note(&error);
                Standing::Replaced
            }
            Err(error) => Standing::Refused(error),
        }
    }
}

/// A question under way, until it is dropped.
struct Asking(Auth);

impl Asking {
    fn new(auth: Auth) -> Self {
        let _ = auth.asking.try_update_value(|asking| *asking += 1);
        Self(auth)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        let _ = self.0.asking.try_update_value(|asking| *asking = asking.saturating_sub(1));
    }
}

pub(super) fn now() -> f64 {
    js_sys::Date::now()
}

/// A browser may keep a page and show it again after a sign-out when somebody goes back to it: it is asked for anew.
fn reload_when_restored() {
    let handle = window_event_listener(ev::Custom::<web_sys::PageTransitionEvent>::new("pageshow"), |event| {
        if event.persisted() {
            reload();
        }
    });
    on_cleanup(move || handle.remove());
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: f64 = f64::INFINITY;

    #[test]
    fn the_tab_that_asked_goes_on_and_the_others_wait_longer() {
        let (mut first, mut second) = (Heart::new(60), Heart::new(60));
        first.asks(1_000_000.0);
        second.hears_asking(1_000_000.0, 0.0);
        assert_eq!(first.rest(1_030_000.0, NEVER), 30_000.0);
        assert_eq!(second.rest(1_030_000.0, NEVER), 35_000.0);
        second.hears_asking(1_060_000.0, 1.0);
        assert_eq!(second.rest(1_060_000.0, NEVER), 70_000.0);
        // The first is gone: the second asks, and from then on without patience.
        assert_eq!(second.rest(1_130_000.0, NEVER), 0.0);
        second.asks(1_130_000.0);
        assert_eq!(second.rest(1_130_000.0, NEVER), 60_000.0);
    }

    #[test]
    fn the_end_of_the_session_is_a_moment_to_ask_once() {
        let mut heart = Heart::new(60);
        heart.asks(1_000_000.0);
        assert_eq!(heart.rest(1_000_000.0, 1_010_000.0), 11_000.0);
        heart.asks(1_011_000.0);
        assert_eq!(heart.rest(1_011_000.0, 1_010_000.0), 60_000.0);
    }

    #[test]
    fn an_answer_is_old_after_an_interval_and_after_the_clock_was_set_back() {
        let mut heart = Heart::new(60);
        heart.hears_answer(1_000_000.0);
        assert!(!heart.is_old(1_059_000.0));
        assert!(heart.is_old(1_060_000.0) && heart.is_old(900_000.0));
        heart.asks(1_000_000.0);
        assert_eq!(heart.rest(900_000.0, NEVER), 0.0);
    }
}
