//! The sign-in's routes: `GET /sign-in` sends the browser away, `GET /token` takes it back.

use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use url::form_urlencoded;

use super::{
    ReturnTo,
    answer::Refused,
    attempt::{self, Attempt, Found, LIFETIME, NotBegun},
    callback::single,
};
use crate::server::{
    AppState,
    middleware::request_id::RequestId,
    plain_page,
    request::{Presence, is_navigation},
    session::{cookies, store::StoreError, visit},
};

/// `GET /sign-in?return_to=`: a navigation to the authorization server. Other kinds of requests start nothing (S04).
pub async fn sign_in(
    State(state): State<AppState>,
    Extension(id): Extension<RequestId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if !is_navigation(&headers) {
        return for_people();
    }
    let return_to = ReturnTo::parse(&single(query.as_deref(), "return_to").unwrap_or_default());
    match prepare(&state, return_to.clone(), &headers).await {
        Ok(attempt) => with_cookies(Redirect::to(attempt.authorize_url.as_str()).into_response(), attempt.cookies),
        Err(NotBegun::TooLong) => {
            let happened = "The address that you opened is too long to be kept while you sign in.";
            let advice = "Sign in first, then open it again.";
            problem(&state, StatusCode::URI_TOO_LONG, happened, advice, &ReturnTo::home(), &id)
        }
        Err(error) => {
            tracing::error!(%error, "a sign-in could not begin");
            let happened = "The workspace's sign-in service cannot be reached.";
            problem(&state, StatusCode::BAD_GATEWAY, happened, "Try again in a minute.", &return_to, &id)
        }
    }
}

fn for_people() -> Response {
    (StatusCode::BAD_REQUEST, "This address is for people: open it in a browser window.").into_response()
}

/// Prepares an attempt: what `/sign-in` and `/authorize-url` share.
///
/// # Errors
/// The cause; all but a long address are for the log.
pub async fn prepare(state: &AppState, return_to: ReturnTo, headers: &HeaderMap) -> Result<Attempt, NotBegun> {
    let provider = state.discovery.provider().await.map_err(|error| NotBegun::Failed(error.to_string()))?;
    let redirect_uri = state.settings.web.redirect_uri();
    let workspace = &state.settings.workspace;
    let failed = |error: StoreError| NotBegun::Failed(error.to_string());
    let earlier = visit::carried(&state.engine, headers).await.map_err(failed)?;
    let now = state.clock.now();
    let attempt =
        attempt::begin(&provider, workspace, &redirect_uri, return_to, earlier.as_ref(), &state.keys, headers, now)?;
    if let Some(earlier) = &earlier {
        // The attempt names it alone; the answer ends it, and its tokens are to be revoked then.
        state.engine.store().remember(earlier, now.saturating_add(LIFETIME)).await.map_err(failed)?;
    }
    Ok(attempt)
}

/// `GET /token?code&state[&iss]` or `?error&state`: the redirect URI. No token ever reaches the browser.
pub async fn token(
    State(state): State<AppState>,
    Extension(id): Extension<RequestId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if !is_navigation(&headers) {
        return for_people();
    }
    let query = query.as_deref();
    let found = single(query, "state").and_then(|text| attempt::find(&state.keys, &headers, &text, state.clock.now()));
    let begun = match found {
        Some(Found::Begun(begun)) => begun,
        Some(Found::Late { return_to, cookie_name }) => {
            tracing::warn!("an answer to a sign-in attempt that has ended");
            let spent = cookies::expire(&cookie_name).into_iter().collect();
            return with_cookies(no_attempt(&state, &return_to, &id, Later::Look), spent);
        }
        None => {
            tracing::warn!("an answer to no sign-in attempt of this browser");
            return no_attempt(&state, &ReturnTo::home(), &id, Later::Look);
        }
    };
    let mut set: Vec<HeaderValue> = cookies::expire(&begun.cookie_name).into_iter().collect();
    let return_to = begun.return_to.clone();
    let outcome = state.answers.outcome(&state, query.unwrap_or_default(), &headers, begun).await;
    let refused = match outcome.as_deref() {
        None => return with_cookies(no_attempt(&state, &return_to, &id, Later::Look), set),
        Some(Ok(session)) => match visit::keep(&state.engine, session).await {
            // It was signed out, refreshed or replaced since then; what came after it may be in the browser already.
            Ok(cookies) if cookies.is_empty() => {
                return with_cookies(no_attempt(&state, &return_to, &id, Later::Look), set);
            }
            Ok(cookies) => {
                set.extend(cookies);
                return with_cookies(plain_page::bounce(&state, StatusCode::OK, &return_to), set);
            }
            Err(error) => {
                tracing::error!(session = ?session.id, %error, "a session cannot be stored again");
                Refused::NotKept(error).for_people()
            }
        },
        Some(Err(refused)) => refused.for_people(),
    };
    let (status, happened, advice) = refused;
    with_cookies(problem(&state, status, &happened, advice, &return_to, &id), set)
}

/// What an answer to no sign-in attempt of this browser is called.
const NO_ATTEMPT: &str =
    "This sign-in was not begun in this browser, was already used, or took longer than ten minutes.";

/// Whether the browser goes on to look for a session.
enum Later {
    Look,
    Stay,
}

/// An answer that belongs to no sign-in attempt. The second of two tabs may bring one, and the first has signed in long
/// ago (S07). `/token` cannot know: Strict cookies stay at home on the way from another site. So the page sends the
/// browser on, by itself and without a script, to an address of our own that does.
fn no_attempt(state: &AppState, return_to: &ReturnTo, id: &RequestId, later: Later) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to.as_str()).finish();
    let next = match later {
        Later::Look => Some(format!("/sign-in-problem?{query}")),
        Later::Stay => None,
    };
    let (happened, advice) = (NO_ATTEMPT, "Sign in once more.");
    plain_page::sign_in_problem(state, StatusCode::BAD_REQUEST, happened, advice, return_to, Some(&id.0), next)
}

/// `GET /sign-in-problem?return_to=`: where an answer to no attempt ends. Somebody with a session goes on to their page.
pub async fn sign_in_problem(
    State(state): State<AppState>,
    Extension(id): Extension<RequestId>,
    Extension(presence): Extension<Presence>,
    RawQuery(query): RawQuery,
) -> Response {
    let return_to = ReturnTo::parse(&single(query.as_deref(), "return_to").unwrap_or_default());
    match presence {
        Presence::SignedIn(_) => Redirect::to(return_to.as_str()).into_response(),
        Presence::Nobody(_) | Presence::Unavailable(_) => no_attempt(&state, &return_to, &id, Later::Stay),
    }
}

fn problem(
    state: &AppState,
    status: StatusCode,
    happened: &str,
    advice: &str,
    again: &ReturnTo,
    id: &RequestId,
) -> Response {
    plain_page::sign_in_problem(state, status, happened, advice, again, Some(&id.0), None)
}

fn with_cookies(mut response: Response, cookies: Vec<HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
