//! Beginning a sign-in from a script, and signing out.

use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

use crate::{
    api::session::AuthorizeUrl,
    model::{AppError, ErrorCode},
    server::{
        AppState,
        oauth::{ReturnTo, answer, attempt::NotBegun, handlers},
        request::is_own_call,
        session::{cookies, visit},
    },
};

/// Where everybody lands after signing out.
const SIGNED_OUT: &str = "/signed-out";

/// What `GET /authorize-url` answers; its cookie goes with the answer.
///
/// # Errors
/// The authorization server cannot be found.
pub async fn authorize_url(return_to: &str) -> Result<AuthorizeUrl, AppError> {
    let state = expect_context::<AppState>();
    let headers = request_headers();
    if !is_own_call(&headers) {
        return Err(AppError::new(
            ErrorCode::BadRequest,
            "This address is for this app's own pages. Open /sign-in instead.",
        ));
    }
    let attempt = handlers::prepare(&state, ReturnTo::parse(return_to), &headers).await.map_err(|error| {
        if matches!(error, NotBegun::TooLong) {
            return AppError::new(ErrorCode::BadRequest, "The address to return to is too long.");
        }
        tracing::error!(%error, "a sign-in could not begin");
        AppError::new(
            ErrorCode::WorkspaceUnreachable,
            "The workspace's sign-in service cannot be reached. Try again in a minute.",
        )
    })?;
    set_cookies(attempt.cookies);
    Ok(AuthorizeUrl { authorize_url: attempt.authorize_url.into() })
}

/// Ends the session if there is one, expires all cookies of ours, and shows the signed-out page. Its tokens are revoked
/// where the authorization server offers that; nobody waits long for it.
///
/// # Errors
/// The session store failed: the session stands.
pub async fn logout() -> Result<(), AppError> {
    let state = expect_context::<AppState>();
    let headers = request_headers();
    // With a copy that does not open, or a store that fails, there are no tokens to cancel anything with.
    if let Ok(Some(session)) = visit::carried(&state.engine, &headers).await {
        state.running.cancel_of(&state, &session.id).await;
    }
    // Sign-ins that are on their way would undo it.
    for outcome in state.answers.end(&state, &headers) {
        answer::end_what_came_of_it(&state, &outcome).await;
    }
    let ended = visit::sign_out(&state.engine, &headers).await.map_err(|error| {
        tracing::error!(%error, "a sign-out failed");
        AppError::new(ErrorCode::Internal, "You could not be signed out. Try again in a minute.")
    })?;
    if let Some(session) = ended {
        tracing::info!(session = ?session.id, user = session.user.id, "signed out");
    }
    set_cookies(cookies::ours(&headers).iter().filter_map(|name| cookies::expire(name)).collect());
    if let Some(response) = use_context::<ResponseOptions>().filter(|_| state.settings.web.is_https()) {
        let everything = HeaderValue::from_static("\"cache\", \"storage\"");
        response.insert_header(header::HeaderName::from_static("clear-site-data"), everything);
    }
    // A script that calls leaves the page itself; a redirect would be taken up by its router, too.
    if !headers.contains_key(crate::api::client::HEADER) {
        leptos_axum::redirect(SIGNED_OUT);
    }
    Ok(())
}

fn request_headers() -> HeaderMap {
    use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default()
}

fn set_cookies(cookies: Vec<HeaderValue>) {
    if let Some(response) = use_context::<ResponseOptions>() {
        for cookie in cookies {
            response.append_header(header::SET_COOKIE, cookie);
        }
    }
}
