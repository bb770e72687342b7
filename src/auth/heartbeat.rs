//! Asks again and again whether the session stands. It counts as nothing that the person did.
//!
//! All tabs of a browser have one heart: the tab that asked last goes on asking and tells the others what it heard. The
//! others wait a little longer than the interval, so that one of them takes over when that tab is closed or hidden. A
//! browser that is offline asks nothing, and hidden tabs only when the access token is due for renewal: a download may go on
//! behind them. A tab that is seen again asks at once if the last answer is old.

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
/// Nor for a call: the server answers within 300 ms how far things are.
const LONGEST_CALL: f64 = 500.0;

/// What was heard of sessions, so that a question knows what happened while it was under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// How often somebody was said to be signed in.
    somebody: u32,
    /// How often a session was said or found to have ended.
    end: u32,
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
        let Some(heart) = auth.heart.try_get_value() else { return };
        let rest = match (may_ask(auth), document().hidden()) {
            (false, _) => heart.interval(),
            (true, false) => heart.rest(now(), auth.end_here()),
            (true, true) => heart.rest_unseen(now(), auth.renewal_here(), auth.end_here()),
        };
        if rest <= 0.0 {
            ask(auth).await;
            continue;
        }
        let sleep = rest.min(auth.until_warning(now())).clamp(50.0, LONGEST_SLEEP);
        TimeoutFuture::new(sleep as u32).await;
        auth.look_at_the_clock(now());
    }
}

/// Nobody asks without a network, after the end, or while the person signs out.
fn may_ask(auth: Auth) -> bool {
    auth.state.with_untracked(|state| matches!(state, AuthState::SignedIn(_))) && can_ask(auth)
}

fn can_ask(auth: Auth) -> bool {
    !auth.leaving.get_value() && window().navigator().on_line()
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
        let old = auth.heart.try_with_value(|heart| heart.is_old(now) && !heart.has_just_asked(now));
        let is_anonymous = auth.state.with_untracked(|state| matches!(state, AuthState::Anonymous));
        if old == Some(true) && !is_anonymous && !document().hidden() && can_ask(auth) {
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
    auth.heard.update_value(|heard| match news {
        News::Asking { .. } => {}
        News::Answer { .. } => heard.somebody += 1,
        News::Ended | News::SignedOut { .. } => heard.end += 1,
    });
    match (news, state) {
        (News::Asking { at }, _) => {
            let chance = js_sys::Math::random();
            let at = at.min(now());
            let _ = auth.heart.try_update_value(|heart| heart.hears_asking(at, chance));
        }
        (News::Answer { session, at }, AuthState::SignedIn(known))
            if session.user.id == known.user.id && !auth.is_forgotten() =>
        {
            if session.now >= known.now && (0.0..=now()).contains(&at) {
                auth.learn(session, at);
            }
        }
        // Another person, or somebody after the end or a sign-out, from before which the answer may be: the server knows
        // who. Many tabs may say so at once.
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
        self.here(|session| session.session_ends_at)
    }

    /// From when on the server renews the access token for whoever asks, on the browser's clock.
    fn renewal_here(self) -> f64 {
        self.here(|session| session.renew_from)
    }

    fn here(self, moment: impl FnOnce(&SessionView) -> i64) -> f64 {
        let moment = self.session_untracked().map(|session| moment(&session) as f64 * 1_000.0);
        let known = self.known_at.try_get_value().flatten();
        match (moment, known) {
            (Some(moment), Some((server, here))) => moment - server as f64 * 1_000.0 + here,
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

    /// Asks nothing more, and waits a moment for what is under way: a question or a call that crosses the sign-out would come
    /// back with "session over".
    pub(super) async fn fall_silent(self) {
        self.leaving.set_value(true);
        let since = now();
        let holds = |under_way: StoredValue<u32>, patience: f64| {
            under_way.try_get_value().is_some_and(|count| count > 0) && (0.0..patience).contains(&(now() - since))
        };
        while holds(self.asking, LONGEST_SILENCE) || holds(self.calling, LONGEST_CALL) {
            TimeoutFuture::new(20).await;
        }
    }

    /// The sign-out failed: what waited for it goes on.
    pub(super) fn stay(self) {
        let _ = self.leaving.try_set_value(false);
        self.wake();
    }

    /// The session has ended: answers to questions from before say nothing of the time after.
    pub(super) fn note_end(self) {
        let _ = self.heard.try_update_value(|heard| heard.end += 1);
    }

    /// Asks the server and takes the answer over.
    pub(super) async fn ask(self) -> Standing {
        loop {
            self.until_it_stays().await;
            let Some(standing) = self.ask_once().await else { continue };
            if let Standing::Refused(error) = &standing {
                self.note(error);
            }
            return standing;
        }
    }

    /// `None`: what happened while the question was under way makes the answer one of the past.
    async fn ask_once(self) -> Option<Standing> {
        let at = now();
        let before = self.heard.try_get_value().unwrap_or_default();
        let asking = UnderWay::new(self.asking);
        let answer = api::session::validate_session().await;
        drop(asking);
        let since = self.heard.try_get_value().unwrap_or(before);
        match answer {
            // The session has ended since.
            Ok(_) if since.end != before.end => None,
            // Somebody signed in while the question was under way with the cookies from before.
            Err(error) if error.code == ErrorCode::SessionOver && since.somebody != before.somebody => None,
            Ok(session) if self.session_untracked().is_none_or(|known| known.user.id == session.user.id) => {
                tabs::tell(&News::Answer { session: session.clone(), at });
                self.learn(session.clone(), at);
                Some(Standing::Stands(session))
            }
            Ok(_) => {
                // Another person signed in in another tab: nothing of the first one may stay here.
                reload();
                Some(Standing::Replaced)
            }
            Err(error) if error.code == ErrorCode::SessionChanged => {
                self.note(&error);
                Some(Standing::Replaced)
            }
            Err(error) => Some(Standing::Refused(error)),
        }
    }
}

/// Something under way, until it is dropped.
pub(super) struct UnderWay(StoredValue<u32>);

impl UnderWay {
    pub(super) fn new(count: StoredValue<u32>) -> Self {
        let _ = count.try_update_value(|count| *count += 1);
        Self(count)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let _ = self.0.try_update_value(|count| *count = count.saturating_sub(1));
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
