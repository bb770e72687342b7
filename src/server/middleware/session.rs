//! Reads the session from its cookies, renews it when it is near its end, and stores it again if it changed.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::server::{
    AppState,
    clock::Seconds,
    request::{Presence, SignedIn},
    session::{Over, Session, Stop, cookies, seal::Opened},
};

/// The heartbeat asks whether the session stands; it is nothing that the person does.
const HEARTBEAT: &str = "/validate-session";
/// Activity is written down this often, in seconds, so that not every answer sets a cookie.
const ACTIVITY_GRAIN: Seconds = 60;

/// The request came with session cookies, whether they open or not.
#[derive(Clone, Copy, Debug)]
pub struct CameWithCookie(pub bool);

pub async fn load(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let carried = cookies::read_session(request.headers());
    let came_with_cookie = carried.sealed.is_some() || !carried.leftovers.is_empty();
    let opened = match &carried.sealed {
        Some(sealed) => state.sessions.open(sealed).await,
        None => Ok(None),
    };
    let store_failed = opened.is_err();
    let opened = opened.unwrap_or_else(|error| {
        tracing::error!(%error, "nobody is let in while the session store fails");
        None
    });
    let stored = opened.as_ref().map(|opened| (opened.value.version, opened.value.last_activity, opened.old_key));
    let presence =
        if store_failed { Presence::Unavailable(None) } else { presence(&state, opened, request.uri().path()).await };
    let ours = cookies::ours(request.headers());
    request.extensions_mut().insert(CameWithCookie(came_with_cookie));
    request.extensions_mut().insert(presence.clone());

    let mut response = next.run(request).await;

    let set = match &presence {
        // The sign-out has expired every cookie itself.
        Presence::SignedIn(signed_in) if signed_in.has_ended() => Vec::new(),
        // A sign-in was the answer: what it set stands.
        _ if sets_session(response.headers()) => expire(&carried.leftovers),
        Presence::SignedIn(signed_in) => {
            let session = signed_in.session();
            let unchanged = stored == Some((session.version, session.last_activity, false));
            let mut set = expire(&carried.leftovers);
            if !unchanged {
                // Failing to store it leaves the one before in the browser, which is replayed or refreshed next time.
                set.extend(keep(&state, &session).await.unwrap_or_else(|error| {
                    tracing::error!(session = ?session.id, error, "the session cannot be stored");
                    Vec::new()
                }));
            }
            set
        }
        // A late request with an old copy: the browser has a newer session by now, or none, and its cookies are left alone.
        Presence::Nobody(Over::Outdated | Over::SignedOut) => Vec::new(),
        Presence::Nobody(_) if came_with_cookie => {
            expire(&ours.into_iter().filter(|name| name.starts_with(cookies::SESSION)).collect::<Vec<_>>())
        }
        _ => Vec::new(),
    };
    for cookie in set {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn presence(state: &AppState, opened: Option<Opened<Session>>, path: &str) -> Presence {
    let Some(mut session) = opened.map(|opened| opened.value) else { return Presence::Nobody(Over::Absent) };
    let now = state.clock.now();
    let idle_since = now.saturating_sub(session.last_activity);
    if path != HEARTBEAT && (ACTIVITY_GRAIN..state.settings.session.idle).contains(&idle_since) {
        session.last_activity = now;
    }
    match state.engine.current(session.clone()).await {
        Ok(session) => Presence::SignedIn(SignedIn::new(session)),
        Err(Stop::Over(over)) => Presence::Nobody(over),
        Err(Stop::Unavailable) => Presence::Unavailable(Some(SignedIn::new(session))),
    }
}

/// Stores a session and gives its `Set-Cookie` values; none if a newer version exists or it has ended.
///
/// # Errors
/// The cause, for the log.
pub async fn keep(state: &AppState, session: &Session) -> Result<Vec<HeaderValue>, String> {
    let max_age = session.ends_at.saturating_sub(state.clock.now());
    match state.sessions.keep(session).await.map_err(|error| error.to_string())? {
        Some(text) => cookies::write_session(&text, max_age).map_err(|error| error.to_string()),
        None => Ok(Vec::new()),
    }
}

fn expire(names: &[String]) -> Vec<HeaderValue> {
    names.iter().filter_map(|name| cookies::expire(name)).collect()
}

fn sets_session(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::SET_COOKIE)
        .into_iter()
        .any(|value| value.as_bytes().starts_with(cookies::SESSION.as_bytes()))
}
