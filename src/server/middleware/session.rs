//! Reads the session from its cookies, renews it when it is near its end, and stores it again if it changed.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::server::{
    AppState,
    request::{Presence, SignedIn},
    session::{
        Session,
        visit::{self, Arrival, Leaving},
    },
};

/// The heartbeat asks whether the session stands; it is nothing that the person does.
const HEARTBEAT: &str = "/validate-session";

/// The request came with session cookies, whether they open or not.
#[derive(Clone, Copy, Debug)]
pub struct CameWithCookie(pub bool);

pub async fn load(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let by_person = request.uri().path() != HEARTBEAT;
    let (visit, arrival) = visit::begin(&state.engine, request.headers(), by_person).await;
    let presence = match arrival {
        Arrival::SignedIn(session) => Presence::SignedIn(SignedIn::new(session)),
        Arrival::Over(over) => Presence::Nobody(over),
        Arrival::Unavailable(session) => Presence::Unavailable(session.map(SignedIn::new)),
    };
    request.extensions_mut().insert(CameWithCookie(visit.came_with_cookie));
    request.extensions_mut().insert(presence.clone());

    let mut response = next.run(request).await;

    let set = match &presence {
        Presence::SignedIn(signed_in) if !signed_in.has_ended() => {
            visit.end(&state.engine, response.headers(), Leaving::SignedIn(&signed_in.session())).await
        }
        Presence::Nobody(over) => visit.end(&state.engine, response.headers(), Leaving::Over(*over)).await,
        // The sign-out has expired every cookie itself.
        Presence::SignedIn(_) | Presence::Unavailable(_) => Vec::new(),
    };
    for cookie in set {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Stores a session and gives its `Set-Cookie` values; none if a newer version exists or it has ended.
///
/// # Errors
/// The cause, for the log.
pub async fn keep(state: &AppState, session: &Session) -> Result<Vec<HeaderValue>, String> {
    visit::keep(&state.engine, session).await
}
