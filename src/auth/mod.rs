//! Who is signed in and until when, for every component: `<DatabricksAuthProvider>` once at the root, `use_auth()` anywhere.
//!
//! The first value comes with the server's page: no flash, no extra call. Then one heartbeat for all tabs asks whether the
//! session still stands. A session that ends leaves the page as it is; only the state changes, and calls made with
//! [`Auth::call`] wait until the person is back.

mod heart;
mod heartbeat;
mod renewal;
mod tabs;

use futures::channel::oneshot;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api,
    model::{AppError, EndsBy, ErrorCode, SessionView, User, percent_encoded},
};

/// What the server knows when it renders a page; it puts this into the context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initial {
    pub session: Option<SessionView>,
    /// Seconds between two heartbeats.
    pub validation_interval: u32,
}

/// The state of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthState {
    SignedIn(SessionView),
    /// Somebody was signed in on this page and no longer is. What they did is still there.
    Over(SessionView),
    Anonymous,
}

/// What the server said when it was asked.
#[derive(Debug)]
enum Standing {
    Stands(SessionView),
    /// Another person is signed in; the page is about to be loaded anew.
    Replaced,
    Refused(AppError),
}

/// The handle that [`use_auth`] gives. Copies are the same thing.
#[derive(Clone, Copy, Debug)]
pub struct Auth {
    state: RwSignal<AuthState>,
    /// The end is so near that the person is told.
    near_end: RwSignal<bool>,
    heart: StoredValue<heart::Heart>,
    /// The server's clock in seconds, and the browser's in milliseconds at the same moment.
    known_at: StoredValue<Option<(i64, f64)>>,
    /// Questions under way.
    asking: StoredValue<u32>,
    /// Calls under way.
    calling: StoredValue<u32>,
    heard: StoredValue<heartbeat::Heard>,
    /// The person is signing out: nothing more is asked for this page.
    leaving: StoredValue<bool>,
    /// The person has signed out, here or in another tab: nothing more is kept for them in the browser.
    forgotten: StoredValue<bool>,
    /// Calls that wait until the person is signed in again, or a sign-out has failed.
    waiting: StoredValue<Vec<oneshot::Sender<()>>>,
    /// In a browser, with a page that lives.
    live: StoredValue<bool>,
}

impl Auth {
    fn new(initial: Initial) -> Self {
        let near_end = initial.session.as_ref().is_some_and(|session| session.now >= session.warn_from);
        Self {
            state: RwSignal::new(initial.session.map_or(AuthState::Anonymous, AuthState::SignedIn)),
            near_end: RwSignal::new(near_end),
            heart: StoredValue::new(heart::Heart::new(initial.validation_interval)),
            known_at: StoredValue::new(None),
            asking: StoredValue::new(0),
            calling: StoredValue::new(0),
            heard: StoredValue::new(heartbeat::Heard::default()),
            leaving: StoredValue::new(false),
            forgotten: StoredValue::new(false),
            waiting: StoredValue::new(Vec::new()),
            live: StoredValue::new(false),
        }
    }

    pub fn state(self) -> AuthState {
        self.state.get()
    }

    /// The session that this page was made for, also after its end.
    pub fn session(self) -> Option<SessionView> {
        match self.state.get() {
            AuthState::SignedIn(session) | AuthState::Over(session) => Some(session),
            AuthState::Anonymous => None,
        }
    }

    pub fn user(self) -> Option<User> {
        self.session().map(|session| session.user)
    }

    /// For what happens outside of views.
    pub fn user_untracked(self) -> Option<User> {
        self.session_untracked().map(|session| session.user)
    }

    pub fn is_over(self) -> bool {
        self.state.with(|state| matches!(state, AuthState::Over(_)))
    }

    /// When the session ends and by which limit, if that is so soon that the person ought to know.
    pub fn warning(self) -> Option<(i64, EndsBy)> {
        match self.state.get() {
            AuthState::SignedIn(session) if self.near_end.get() => Some((session.session_ends_at, session.ends_by)),
            _ => None,
        }
    }

    /// Asks the server whether the session stands; renews the access token near its end.
    ///
    /// # Errors
    /// The session is over, or the server is not reached; then the state stays as it was.
    pub async fn validate(self) -> Result<SessionView, AppError> {
        match self.ask().await {
            Standing::Stands(session) => Ok(session),
            Standing::Replaced => Err(AppError::session_changed()),
            Standing::Refused(error) => Err(error),
        }
    }

    /// To be told every error of a call: one of them may say that the session is over. [`Auth::call`] does it by itself.
    pub fn note(self, error: &AppError) {
        if error.code == ErrorCode::SessionChanged && self.live.try_get_value() == Some(true) {
            // Nothing of the first person may stay here. The error's text stands on the page until the new one is there.
            reload();
        }
        // What crosses a sign-out comes back so; the page is being left, and shows no end.
        if error.code == ErrorCode::SessionOver
            && self.leaving.try_get_value() == Some(false)
            && let Some(AuthState::SignedIn(session)) = self.state.try_get_untracked()
        {
            let _ = self.state.try_set(AuthState::Over(session));
            self.note_end();
            if self.live.get_value() {
                tabs::tell(&tabs::News::Ended);
            }
        }
    }

    /// Leaves for the authorization server and comes back to this page.
    pub fn sign_in(self) {
        go(&sign_in_path(&current_path()));
    }

    /// Ends the session and shows the signed-out page.
    ///
    /// # Errors
    /// The server was not reached: the session stands.
    pub async fn sign_out(self) -> Result<(), AppError> {
        self.fall_silent().await;
        api::session::logout().await.inspect_err(|_| self.stay())?;
        self.note_end();
        self.forget();
        if let Some(user) = self.user_untracked() {
            tabs::tell(&tabs::News::SignedOut { user_id: user.id });
        }
        go("/signed-out");
        Ok(())
    }

    /// Whether the browser may keep nothing more for this person.
    pub fn is_forgotten(self) -> bool {
        self.forgotten.try_get_value() == Some(true)
    }

    fn forget(self) {
        let _ = self.forgotten.try_set_value(true);
        forget_everybody();
    }

    /// Makes the other tabs ask whether their session stands. In the browser only.
    pub fn tell_end(self) {
        tabs::tell(&tabs::News::Ended);
    }

    fn session_untracked(self) -> Option<SessionView> {
        match self.state.try_get_untracked()? {
            AuthState::SignedIn(session) | AuthState::Over(session) => Some(session),
            AuthState::Anonymous => None,
        }
    }
}

/// Provides [`Auth`] to everything inside.
#[component]
pub fn DatabricksAuthProvider(children: Children) -> impl IntoView {
    let initial = SharedValue::new(|| use_context::<Initial>().unwrap_or_default()).into_inner();
    let auth = Auth::new(initial);
    provide_context(auth);
    heartbeat::start(auth);
    children()
}

/// The handle of the provider above.
///
/// # Panics
/// There is no `DatabricksAuthProvider` around: a mistake in the program that the first render shows.
#[allow(clippy::expect_used, reason = "a missing provider is a mistake in the program, not a state it can be in")]
pub fn use_auth() -> Auth {
    use_context::<Auth>().expect("<DatabricksAuthProvider> stands around everything that calls use_auth()")
}

/// The path for a link that signs in and comes back to `return_to`. The server checks it again.
pub fn sign_in_path(return_to: &str) -> String {
    format!("/sign-in?return_to={}", percent_encoded(return_to))
}

/// Path and query of the page in the browser.
pub fn current_path() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// Keys of the browser's storage that begin so belong to a person and go when that person signs out.
pub const KEPT_FOR_USER: &str = "lakefront.user.";

/// Wipes what the browser keeps for people: after a sign-out nothing of them stays on a shared machine.
fn forget_everybody() {
    for storage in [window().local_storage(), window().session_storage()].into_iter().flatten().flatten() {
        let keys = (0..storage.length().unwrap_or_default()).filter_map(|index| storage.key(index).ok().flatten());
        for key in keys.filter(|key| key.starts_with(KEPT_FOR_USER)).collect::<Vec<_>>() {
            if storage.remove_item(&key).is_err() {
                leptos::logging::error!("the browser does not let go of what it keeps for {key}");
            }
        }
    }
}

fn go(path: &str) {
    if window().location().set_href(path).is_err() {
        leptos::logging::error!("the browser refuses to go to {path}");
    }
}

fn reload() {
    if window().location().reload().is_err() {
        leptos::logging::error!("the browser refuses to reload the page");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_in_path_carries_the_whole_page_address() {
        assert_eq!(sign_in_path("/?from=2016-02-01&to=ä"), "/sign-in?return_to=%2F%3Ffrom%3D2016-02-01%26to%3D%C3%A4");
    }
}
