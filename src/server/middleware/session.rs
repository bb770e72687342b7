//! Reads the session from its cookies, renews it when it is near its end, and stores it again if it changed. Sign-in
//! attempts that have piled up are expired on the way.

use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::Response,
};

use crate::server::{
    AppState,
    oauth::attempt,
    request::{Presence, SignedIn},
    session::visit::{self, Arrival, Leaving, Purpose},
};

/// What pages ask by themselves: whether the session stands, how far a statement or a warehouse is, that they go. It is nothing that
/// the person does. Where only the arguments tell, the call itself says so ([`SignedIn::note_asking_again`]).
const BY_ITSELF: [&str; 4] = ["/validate-session", "/api/statements/state", "/api/statements/leave", "/api/warehouses"];
/// What begins or ends a session, or has none: no access token is needed, so nobody waits for a refresh.
const WITHOUT: [&str; 6] = ["/logout", "/sign-in", "/authorize-url", "/token", "/healthz", "/readyz"];
/// What shows or does something else for who is signed in, and needs no token for it.
const LOOKING: [&str; 2] = ["/signed-out", "/sign-in-problem"];
/// These set and expire sign-in attempts themselves.
const WITH_ATTEMPTS_OF_ITS_OWN: [&str; 3] = ["/logout", "/sign-in", "/authorize-url"];

/// The request came with session cookies, whether they open or not.
#[derive(Clone, Copy, Debug)]
pub struct CameWithCookie(pub bool);

pub async fn load(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let trimmed = match WITH_ATTEMPTS_OF_ITS_OWN.contains(&path) {
        true => Vec::new(),
        false => attempt::trim(&state.keys, request.headers()),
    };
    let mut response = match WITHOUT.contains(&path) {
        true => next.run(request).await,
        false => with_session(&state, request, next).await,
    };
    for cookie in trimmed {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn with_session(state: &AppState, mut request: Request, next: Next) -> Response {
    let (visit, arrival) = visit::begin(&state.engine, request.headers(), purpose(&request)).await;
    let presence = match arrival {
        Arrival::SignedIn(session) => Presence::SignedIn(SignedIn::new(session)),
        Arrival::Over(over) => Presence::Nobody(over),
        Arrival::Unavailable(session) => Presence::Unavailable(session.map(SignedIn::new)),
    };
    request.extensions_mut().insert(CameWithCookie(visit.came_with_cookie));
    request.extensions_mut().insert(presence.clone());

    let mut response = next.run(request).await;

    let set = match &presence {
        Presence::SignedIn(signed_in) => {
            let session = signed_in.session();
            let session = if signed_in.asks_again() { visit.without_activity(session) } else { session };
            visit.end(&state.engine, response.headers(), Leaving::SignedIn(&session)).await
        }
        Presence::Nobody(over) => visit.end(&state.engine, response.headers(), Leaving::Over(*over)).await,
        Presence::Unavailable(_) => Vec::new(),
    };
    for cookie in set {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn purpose(request: &Request) -> Purpose {
    match request.uri().path() {
        path if LOOKING.contains(&path) => Purpose::Look,
        path if BY_ITSELF.contains(&path) || reloads_itself(request) => Purpose::Follow,
        _ => Purpose::Act,
    }
}

/// Without JavaScript, a page that waits for a statement loads itself again. Browsers name the navigations that a person
/// caused (`Sec-Fetch-User`); one that says nothing of the kind may be old, and is believed.
fn reloads_itself(request: &Request) -> bool {
    let is = |name: &str, value: &str| request.headers().get(name).is_some_and(|found| found == value);
    let waits = request.uri().query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("statement=")));
    waits
        && is("sec-fetch-mode", "navigate")
        && is("sec-fetch-site", "same-origin")
        && !request.headers().contains_key("sec-fetch-user")
}
