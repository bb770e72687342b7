//! Bounds on what a client may ask for: how many sign-ins, how long a body, how slowly.

use std::{
    net::IpAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Json, Response},
};
use futures::StreamExt as _;
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    state::keyed::HashMapStateStore,
};

use super::{gate::is_page, request_id::RequestId};
use crate::{
    model::{AppError, ErrorCode},
    server::{
        AppState, client,
        oauth::ReturnTo,
        plain_page,
        request::{is_navigation, is_own_call},
        session::cookies::{self, SIGN_IN_ATTEMPT},
        settings::WebSettings,
    },
};

/// What begins or ends a sign-in: each one costs work here and at the authorization server.
const SIGN_IN: [&str; 3] = ["/sign-in", "/authorize-url", "/token"];
/// Calls about the session carry next to nothing.
const SMALL: [&str; 3] = ["/validate-session", "/logout", "/me"];
const SMALL_BYTES: usize = 16 * 1024;
/// Databricks takes statements of up to 16 MiB, but no query of this app comes near it.
const MOST_BYTES: usize = 1024 * 1024;
/// For a body as a whole.
const PATIENCE: Duration = Duration::from_secs(10);
/// For a plain form of somebody without a session, whose text is shown to them again.
const MOST_BYTES_TURNED_AWAY: usize = 256 * 1024;
/// 12 KiB of our own cookies, and room for other programs' on the same host. Sign-in attempts do not count: those that have
/// piled up are expired by the answer, which they must not prevent.
const MOST_HEADER_BYTES: usize = 32 * 1024;
/// Clients that have not come for a while are forgotten after so many requests.
const FORGET_EVERY: usize = 1_024;

/// Counts the sign-ins of each client address.
pub struct SignIns {
    limiter: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>,
    clock: DefaultClock,
    asked: AtomicUsize,
}

impl SignIns {
    pub fn new(settings: &WebSettings) -> Self {
        let clock = DefaultClock::default();
        let quota = Quota::per_minute(settings.sign_in_limit);
        let limiter = RateLimiter::new(quota, HashMapStateStore::default(), clock.clone());
        Self { limiter, clock, asked: AtomicUsize::new(0) }
    }

    /// # Errors
    /// How long to wait until the next one.
    fn take(&self, client: IpAddr) -> Result<(), Duration> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&client).map_err(|not_until| not_until.wait_time_from(self.clock.now()))
    }
}

/// Address and headers together; what is longer still does not get past the connection's own bound.
pub async fn header_bytes(request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let attempts: usize = cookies::all(request.headers())
        .filter(|(name, _)| name.starts_with(SIGN_IN_ATTEMPT))
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if (address + headers).saturating_sub(attempts) > MOST_HEADER_BYTES {
        return StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
    }
    next.run(request).await
}

pub async fn sign_ins(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !SIGN_IN.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    if request.method() == Method::HEAD {
        // It would do the work of a GET, and spend an answer that nobody reads.
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    // Refused in any case, and cheaply: the pictures and frames of another site must not use up a network's sign-ins.
    if !may_begin(&request) {
        return next.run(request).await;
    }
    let client = client::prefix(client::address(&request, &state.settings.web));
    let Err(wait) = state.sign_ins.take(client) else { return next.run(request).await };
    tracing::warn!(%client, "too many sign-ins from one address");
    let seconds = wait.as_secs().saturating_add(1);
    let happened = "Too many sign-ins came from your network within a minute.";
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    let status = StatusCode::TOO_MANY_REQUESTS;
    let mut response = if is_page(request.method(), request.headers()) {
        let advice = format!("Try again in {seconds} s.");
        plain_page::sign_in_problem(&state, status, happened, &advice, &ReturnTo::home(), id.as_deref(), None)
    } else {
        let mut error = AppError::new(ErrorCode::RateLimited, format!("{happened} Try again in {seconds} s."));
        error.request_id = id;
        (status, Json(error)).into_response()
    };
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// What leads to work: navigations, and calls of our own pages.
fn may_begin(request: &Request) -> bool {
    match request.uri().path() {
        "/authorize-url" => is_own_call(request.headers()),
        _ => is_navigation(request.headers()),
    }
}

/// Reads the whole body before anything else does, so that its length and its time are bounded in one place. Stands
/// below the gate: nobody without a session sends a long one.
pub async fn read_body(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let path = request.uri().path();
    let most = if SMALL.contains(&path) || SIGN_IN.contains(&path) { SMALL_BYTES } else { MOST_BYTES };
    let (parts, body) = request.into_parts();
    match tokio::time::timeout(PATIENCE, collect(body, most)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(Unread::TooLong)) => {
            refuse(StatusCode::PAYLOAD_TOO_LARGE, &format!("The request is longer than {most} bytes."))
        }
        Ok(Err(Unread::Broken)) => refuse(StatusCode::BAD_REQUEST, "The request broke off."),
        Err(_) => refuse(StatusCode::REQUEST_TIMEOUT, "The request came too slowly."),
    }
}

/// The body of a form that is turned away; `None` if it is long, slow or broken.
pub async fn body_turned_away(request: Request) -> Option<Bytes> {
    let read = collect(request.into_body(), MOST_BYTES_TURNED_AWAY);
    tokio::time::timeout(PATIENCE, read).await.ok()?.ok()
}

enum Unread {
    TooLong,
    Broken,
}

async fn collect(body: Body, most: usize) -> Result<Bytes, Unread> {
    if body.size_hint().lower() > most as u64 {
        return Err(Unread::TooLong);
    }
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(part) = stream.next().await {
        let part = part.map_err(|_| Unread::Broken)?;
        if bytes.len() + part.len() > most {
            return Err(Unread::TooLong);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes.into())
}

/// The rest of the body is not read, so the connection ends with the answer.
fn refuse(status: StatusCode, message: &str) -> Response {
    let error = AppError::new(ErrorCode::BadRequest, message);
    (status, [(header::CONNECTION, "close")], Json(error)).into_response()
}
