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
    session::{
        Over, Purpose, Session, Stop,
        cookies::{self, Carried},
        seal::Opened,
    },
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
    let opened = open(&state, &carried);
    let stored = opened.as_ref().map(|opened| (opened.value.version, opened.value.last_activity, opened.old_key));
    let presence = presence(&state, opened, request.uri().path()).await;
    let ours = cookies::ours(request.headers());
    request.extensions_mut().insert(CameWithCookie(came_with_cookie));
    request.extensions_mut().insert(presence.clone());

    let mut response = next.run(request).await;

    let set = match &presence {
        // The sign-out has expired every cookie itself.
        Presence::SignedIn(signed_in) if signed_in.has_ended() => Vec::new(),
        Presence::SignedIn(signed_in) => {
            let session = signed_in.session();
            let unchanged = stored == Some((session.version, session.last_activity, false));
            let mut set = expire(&carried.leftovers);
            if !unchanged && state.engine.may_store(&session) {
                set.extend(store(&state, &session));
            }
            set
        }
        Presence::Nobody(_) if came_with_cookie && !sets_session(response.headers()) => {
            expire(&ours.into_iter().filter(|name| name.starts_with(cookies::SESSION)).collect::<Vec<_>>())
        }
        _ => Vec::new(),
    };
    for cookie in set {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn open(state: &AppState, carried: &Carried) -> Option<Opened<Session>> {
    state.keys.open(Purpose::Session, cookies::SESSION, carried.sealed.as_deref()?)
}

async fn presence(state: &AppState, opened: Option<Opened<Session>>, path: &str) -> Presence {
    let Some(mut session) = opened.map(|opened| opened.value) else { return Presence::Nobody(Over::Absent) };
    let now = state.clock.now();
    let idle_since = now.saturating_sub(session.last_activity);
    if path != HEARTBEAT && (ACTIVITY_GRAIN..state.settings.session.idle).contains(&idle_since) {
        session.last_activity = now;
    }
    match state.engine.current(session).await {
        Ok(session) => Presence::SignedIn(SignedIn::new(session)),
        Err(Stop::Over(over)) => Presence::Nobody(over),
        Err(Stop::Unavailable) => Presence::Unavailable,
    }
}

/// The `Set-Cookie` values for a session; none, and a line in the log, if it cannot be stored.
pub fn store(state: &AppState, session: &Session) -> Vec<HeaderValue> {
    let max_age = session.ends_at.saturating_sub(state.clock.now());
    let sealed = state.keys.seal(Purpose::Session, cookies::SESSION, session);
    let cookies = sealed
        .map_err(|error| error.to_string())
        .and_then(|sealed| cookies::write_session(&sealed, max_age).map_err(|error| error.to_string()));
    cookies.unwrap_or_else(|error| {
        tracing::error!(session = ?session.id, error, "the session cannot be stored");
        Vec::new()
    })
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
