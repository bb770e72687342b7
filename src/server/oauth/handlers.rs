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
    attempt::{self, Attempt, Begun, NotBegun},
    callback::{self, single},
    tokens::TokenError,
};
use crate::server::{
    AppState,
    middleware::{request_id::RequestId, session::keep},
    plain_page,
    request::Presence,
    services::identity,
    session::{Session, cookies, visit},
};

/// `GET /sign-in?return_to=`: a navigation to the authorization server. Other kinds of requests start nothing (S04).
pub async fn sign_in(
    State(state): State<AppState>,
    Extension(id): Extension<RequestId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if !is_navigation(&headers) {
        return (StatusCode::BAD_REQUEST, "This address is for people: open it in a browser window.").into_response();
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

/// Prepares an attempt: what `/sign-in` and `/authorize-url` share.
///
/// # Errors
/// The cause; all but a long address are for the log.
pub async fn prepare(state: &AppState, return_to: ReturnTo, headers: &HeaderMap) -> Result<Attempt, NotBegun> {
    let provider = state.discovery.provider().await.map_err(|error| NotBegun::Failed(error.to_string()))?;
    let redirect_uri = state.settings.web.redirect_uri();
    let workspace = &state.settings.workspace;
    let earlier = visit::carried(&state.engine, headers).await.map_err(|error| NotBegun::Failed(error.to_string()))?;
    let (earlier, now) = (earlier.as_ref(), state.clock.now());
    attempt::begin(&provider, workspace, &redirect_uri, return_to, earlier, &state.keys, headers, now)
}

/// `GET /token?code&state[&iss]` or `?error&state`: the redirect URI. No token ever reaches the browser.
pub async fn token(
    State(state): State<AppState>,
    Extension(id): Extension<RequestId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.as_deref();
    let begun = single(query, "state").and_then(|text| attempt::find(&state.keys, &headers, &text, state.clock.now()));
    let Some(mut begun) = begun else {
        tracing::warn!("an answer to no sign-in attempt of this browser");
        return no_attempt(&state, &ReturnTo::home(), &id, Later::Look);
    };
    let spent: Vec<HeaderValue> = cookies::expire(&begun.cookie_name).into_iter().collect();
    let return_to = begun.return_to.clone();
    let earlier = begun.earlier.take();
    match answer(&state, query, begun).await {
        Ok(session) => {
            tracing::info!(session = ?session.id, user = session.user.id, "signed in");
            let mut set = spent;
            match keep(&state, &session).await {
                Ok(cookies) => {
                    set.extend(cookies);
                    end_earlier(&state, &headers, earlier).await;
                }
                Err(error) => {
                    tracing::error!(session = ?session.id, error, "a new session cannot be stored");
                    let happened = "You were let in, but your session could not be stored.";
                    let status = StatusCode::INTERNAL_SERVER_ERROR;
                    let page = problem(&state, status, happened, "Tell your administrator.", &return_to, &id);
                    return with_cookies(page, set);
                }
            }
            with_cookies(plain_page::bounce(&state, StatusCode::OK, &return_to), set)
        }
        Err(Refused::UsedTwice) => with_cookies(no_attempt(&state, &return_to, &id, Later::Look), spent),
        Err(refused) => {
            tracing::warn!(reason = ?refused, "a sign-in was refused");
            let (status, happened, advice) = refused.for_people();
            with_cookies(problem(&state, status, &happened, advice, &return_to, &id), spent)
        }
    }
}

/// Signs out the sessions that the new one takes the place of: nobody could do it later, since their cookies are gone
/// (S32). `begun_with`: the one that this browser had when the attempt began.
async fn end_earlier(state: &AppState, headers: &HeaderMap, begun_with: Option<Session>) {
    let carried = visit::carried(&state.engine, headers).await.unwrap_or_else(|error| {
        tracing::error!(%error, "an earlier session of this browser cannot be looked up and goes on until its end");
        None
    });
    let begun_with = begun_with.filter(|one| carried.as_ref().is_none_or(|other| other.id != one.id));
    for session in [carried, begun_with].into_iter().flatten() {
        match state.engine.sign_out(&session).await {
            Ok(_) => tracing::info!(session = ?session.id, "ended: somebody signed in over it"),
            Err(error) => tracing::error!(session = ?session.id, %error, "an earlier session goes on until its end"),
        }
    }
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

/// Why an answer of the authorization server leads to no session.
#[derive(Debug)]
enum Refused {
    /// The person or a policy said no.
    Denied,
    OtherError,
    WrongIssuer,
    NoCode,
    UsedTwice,
    Code(TokenError),
    Identity(crate::model::AppError),
    Randomness,
}

impl Refused {
    /// Fixed texts: nothing that came with the request is shown.
    fn for_people(&self) -> (StatusCode, String, &'static str) {
        let (status, happened, advice) = match self {
            Self::Denied => (
                StatusCode::FORBIDDEN,
                "The workspace did not let you in, or you declined.",
                "Try again, or ask your workspace's administrator.",
            ),
            Self::OtherError => (
                StatusCode::BAD_REQUEST,
                "The workspace's sign-in service reported a problem.",
                "Try again. If it stays, tell your administrator.",
            ),
            Self::WrongIssuer => (
                StatusCode::BAD_REQUEST,
                "The answer did not come from your workspace's sign-in service.",
                "Sign in once more.",
            ),
            Self::NoCode => {
                (StatusCode::BAD_REQUEST, "The answer of the sign-in service is incomplete.", "Sign in once more.")
            }
            Self::UsedTwice => (StatusCode::BAD_REQUEST, NO_ATTEMPT, "Sign in once more."),
            Self::Code(TokenError::Refused { .. }) => (
                StatusCode::BAD_REQUEST,
                "The workspace did not accept this sign-in; it may have been used already.",
                "Sign in once more.",
            ),
            Self::Code(TokenError::Client { .. }) => (
                StatusCode::BAD_GATEWAY,
                "The workspace does not know this app.",
                "Tell your administrator: the app's client id or secret is wrong.",
            ),
            Self::Code(TokenError::Unavailable { .. }) => {
                (StatusCode::BAD_GATEWAY, "The workspace's sign-in service does not answer.", "Try again in a minute.")
            }
            Self::Identity(error) => {
                return (
                    StatusCode::BAD_GATEWAY,
                    format!("The workspace did not say who you are. {}", error.message),
                    "Try again in a minute.",
                );
            }
            Self::Randomness => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on the server.", "Try again.")
            }
        };
        (status, happened.to_owned(), advice)
    }
}

/// Checks the answer before anything is asked of the token endpoint.
async fn answer(state: &AppState, query: Option<&str>, begun: Begun) -> Result<Session, Refused> {
    let now = state.clock.now();
    if !state.used_attempts.first(&begun, now) {
        return Err(Refused::UsedTwice);
    }
    let provider = state.discovery.provider().await.map_err(|error| Refused::Code(error.into()))?;
    let issuer = single(query, "iss");
    let issuer_is_right = match &issuer {
        Some(issuer) => *issuer == provider.issuer,
        None => !provider.sends_issuer,
    };
    if begun.issuer != provider.issuer || !issuer_is_right {
        return Err(Refused::WrongIssuer);
    }
    if let Some(error) = single(query, "error") {
        return Err(if error == "access_denied" { Refused::Denied } else { Refused::OtherError });
    }
    let code = callback::code(query).ok_or(Refused::NoCode)?;
    let redirect_uri = state.settings.web.redirect_uri();
    let tokens = state.tokens.exchange(&code, &begun.verifier, redirect_uri.as_str()).await.map_err(Refused::Code)?;
    let user = identity::of_token(state, &tokens.access_token).await.map_err(Refused::Identity)?;
    Session::begin(user, tokens, state.clock.now(), &state.settings.session).map_err(|_| Refused::Randomness)
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

/// A document navigation that is no prefetch. Clients that send no such headers are no browsers and may pass.
fn is_navigation(headers: &HeaderMap) -> bool {
    let is = |name: &str, expected: &str| headers.get(name).is_none_or(|value| value == expected);
    is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document") && !headers.contains_key("sec-purpose")
}
