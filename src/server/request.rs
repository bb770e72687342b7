//! Who asks: put into the request by the session middleware, read by server functions and handlers.
//!
//! Holding a [`SignedIn`] is the permission to act as that user; services take one and cannot be called without.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use axum::http::{HeaderMap, request::Parts};
use leptos::prelude::use_context;
use secrecy::SecretString;

use super::{
    AppState,
    middleware::request_id::RequestId,
    session::{Over, Session, Stop},
};
use crate::model::{AppError, ErrorCode, SessionView, User};

/// The answer to "who asks?" for one request.
#[derive(Clone, Debug)]
pub enum Presence {
    SignedIn(SignedIn),
    Nobody(Over),
    /// Somebody, but their tokens cannot be renewed right now. `None` if the session store does not say who.
    Unavailable(Option<SignedIn>),
}

/// A user with a session that stands. Its tokens may be renewed while the request is under way.
#[derive(Clone, Debug)]
pub struct SignedIn {
    session: Arc<Mutex<Session>>,
    asks_again: Arc<AtomicBool>,
}

impl SignedIn {
    pub fn new(session: Session) -> Self {
        Self { session: Arc::new(Mutex::new(session)), asks_again: Arc::default() }
    }

    /// The session as it is now.
    pub fn session(&self) -> Session {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn user(&self) -> User {
        self.session().user
    }

    pub fn access_token(&self) -> SecretString {
        self.session().access_token
    }

    pub fn view(&self, state: &AppState) -> SessionView {
        self.session().view(state.clock.now(), &state.settings.session, &state.settings.workspace)
    }

    /// New tokens after the workspace refused the present ones.
    ///
    /// # Errors
    /// There are none to be had.
    pub async fn renew(&self, state: &AppState) -> Result<(), Stop> {
        let renewed = state.engine.replaced(self.session()).await?;
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    /// Takes over what other requests of the same session have renewed since, for work that goes on behind the answer.
    ///
    /// It renews nothing by itself: whoever renews must tell the browser with an answer, and none is left to be given.
    /// A successor that the browser does not learn of within the replay window would cost the person the session.
    ///
    /// # Errors
    /// The session has ended, or its store does not say.
    pub async fn catch_up(&self, state: &AppState) -> Result<(), Stop> {
        if let Some(newer) = state.engine.newer(&self.session()).await? {
            *self.session.lock().unwrap_or_else(PoisonError::into_inner) = newer;
        }
        Ok(())
    }

    /// This request is one that a page makes by itself, such as asking how far a statement is: it is nothing that the
    /// person does, and moves no idle limit. For calls whose arguments tell; `middleware::session` knows whole paths.
    pub fn note_asking_again(&self) {
        self.asks_again.store(true, Ordering::Relaxed);
    }

    pub fn asks_again(&self) -> bool {
        self.asks_again.load(Ordering::Relaxed)
    }
}

/// For server functions: the state and the user who asks.
///
/// # Errors
/// Nobody is signed in.
pub fn require_user() -> Result<(AppState, SignedIn), AppError> {
    let state =
        use_context::<AppState>().ok_or_else(|| AppError::new(ErrorCode::Internal, "The server is not set up."))?;
    match presence() {
        Some(Presence::SignedIn(signed_in)) => Ok((state, signed_in)),
        Some(Presence::Unavailable(_)) => Err(unavailable()),
        _ => Err(AppError::session_over()),
    }
}

/// Whether a server function is called for a page that is being written, and not by one that lives.
pub fn writes_a_page() -> bool {
    use_context::<Parts>().is_some_and(|parts| !parts.uri.path().starts_with("/api/"))
}

/// The tokens of a session that stands cannot be renewed right now.
pub fn unavailable() -> AppError {
    AppError::new(
        ErrorCode::WorkspaceUnreachable,
        "The workspace's sign-in service does not answer. Try again in a minute; you stay signed in.",
    )
}

/// For server functions: gives an error the id of its request, also where a page shows it.
///
/// # Errors
/// The error that came in.
pub fn reply<T>(result: Result<T, AppError>) -> Result<T, AppError> {
    result.map_err(|error| {
        let request_id = use_context::<Parts>().and_then(|parts| Some(parts.extensions.get::<RequestId>()?.0.clone()));
        AppError { request_id, ..error }
    })
}

/// Who asks, inside Leptos; `None` outside of a request.
pub fn presence() -> Option<Presence> {
    use_context::<Presence>()
}

/// A document navigation that is no prefetch. Clients that send no such headers are no browsers and may pass.
pub fn is_navigation(headers: &HeaderMap) -> bool {
    let is = |name: &str, expected: &str| headers.get(name).is_none_or(|value| value == expected);
    is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document") && !headers.contains_key("sec-purpose")
}

/// A call of this app's own pages: no other site's script can send the header without being asked first.
pub fn is_own_call(headers: &HeaderMap) -> bool {
    let same_origin = headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin");
    same_origin && headers.contains_key(crate::api::client::HEADER)
}
