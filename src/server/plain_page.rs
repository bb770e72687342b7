//! Whole documents without scripts: the bounce after signing in, sign-in problems, and "try again later".
//!
//! They use the app's style sheet and work when nothing else does.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use leptos::prelude::*;

use crate::model::{AppError, inside_textarea};

use super::{AppState, forms::Why, middleware::gate::sign_in_path, oauth::ReturnTo};

/// Sends the browser on by itself, without a script: what follows is a request of our own page, so Strict cookies go
/// along. A redirect would count as coming from where the browser was before (measured in Chromium and Firefox).
pub fn bounce(state: &AppState, status: StatusCode, to: &ReturnTo) -> Response {
    let target = to.to_string();
    let refresh = format!("0;url={target}");
    document(state, status, "One moment", Some(refresh), view! { <p><a href=target>"Go on"</a></p> })
}

/// A sign-in that did not work: what happened, and a way to try again. `next`: where the browser goes on by itself.
pub fn sign_in_problem(
    state: &AppState,
    status: StatusCode,
    happened: &str,
    advice: &str,
    again: &ReturnTo,
    request_id: Option<&str>,
    next: Option<String>,
) -> Response {
    let body = view! {
        <h1>"Sign-in did not work"</h1>
        <p role="alert">{happened.to_owned()}</p>
        <p>{advice.to_owned()}</p>
        <p><a class="button" href=sign_in_path(again)>"Try again"</a></p>
        {reference(request_id)}
    };
    document(state, status, "Sign-in did not work", next.map(|path| format!("0;url={path}")), body)
}

/// The session is kept, but its tokens cannot be renewed now.
pub fn unavailable(state: &AppState, here: &ReturnTo, request_id: Option<&str>) -> Response {
    let body = view! {
        <h1>"The workspace does not answer"</h1>
        <p role="alert">"Its sign-in service cannot renew your access right now. You stay signed in."</p>
        <p><a class="button" href=here.to_string()>"Try again"</a></p>
        {reference(request_id)}
    };
    let mut response = document(state, StatusCode::SERVICE_UNAVAILABLE, "The workspace does not answer", None, body);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    response
}

/// A form that could not do what it was sent for. What was typed is still there, one page back.
/// `typed`: the text of the form, where it is too long for the address to go back to.
pub fn form_problem(
    state: &AppState,
    status: StatusCode,
    error: &AppError,
    back: &str,
    typed: Option<String>,
) -> Response {
    let body = view! {
        <h1>"This did not work"</h1>
        <p role="alert">{error.message.clone()}</p>
        {error.advice().map(|advice| view! { <p>{advice.to_owned()}</p> })}
        <p><a class="button" href=back.to_owned()>"Back"</a></p>
        {typed.map(written)}
        {reference(error.request_id.as_deref())}
    };
    document(state, status, "This did not work", None, body)
}

/// A statement was taken whose text is too long for an address. `result`: where its result is.
pub fn form_taken(state: &AppState, result: &str, typed: String) -> Response {
    let title = "The statement runs";
    let body = view! {
        <h1>{title}</h1>
        <p>"Its text is too long for an address, so the page of its result does not hold it. Copy it from here if you still need it."</p>
        <p><a class="button" href=result.to_owned()>"See the result"</a></p>
        {written(typed)}
    };
    document(state, StatusCode::OK, title, None, body)
}

/// What somebody has written, so that nothing is lost.
fn written(text: String) -> impl IntoView {
    view! { <textarea rows="12" readonly aria-label="What you had written">{inside_textarea(&text)}</textarea> }
}

/// A form of somebody without a session. `typed`: the text that it held. `comes_along`: it is in the address to go on to.
pub fn form_turned_away(
    state: &AppState,
    why: Why,
    typed: Option<String>,
    back: &ReturnTo,
    comes_along: bool,
    request_id: Option<&str>,
) -> Response {
    let (status, title, happened, link, path) = match why {
        Why::Over => (
            StatusCode::UNAUTHORIZED,
            "Your session is over",
            "You are signed out, so nothing was run.",
            "Sign in",
            sign_in_path(back),
        ),
        Why::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The workspace does not answer",
            "Its sign-in service cannot renew your access right now, so nothing was run. You stay signed in.",
            "Back",
            back.to_string(),
        ),
    };
    let advice = match (&typed, comes_along) {
        (Some(_), true) => "What you had written is below, and comes along.",
        (Some(_), false) => "What you had written is below. Copy it: it is too long to come along.",
        (None, _) => "If you had written something, going back in your browser brings it back.",
    };
    let body = view! {
        <h1>{title}</h1>
        <p role="alert">{happened}</p>
        <p>{advice}</p>
        <p><a class="button" href=path>{link}</a></p>
        {typed.map(written)}
        {reference(request_id)}
    };
    document(state, status, title, None, body)
}

fn reference(request_id: Option<&str>) -> Option<impl IntoView + use<>> {
    request_id
        .map(|id| view! { <p class="fine-print">"Reference for your administrator: " <code>{id.to_owned()}</code></p> })
}

fn document(
    state: &AppState,
    status: StatusCode,
    title: &str,
    refresh: Option<String>,
    body: impl IntoView,
) -> Response {
    let owner = Owner::new();
    let html = owner.with(|| {
        view! {
            <html lang="en">
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    {refresh.map(|content| view! { <meta http-equiv="refresh" content=content/> })}
                    <title>{format!("{title} · Lakefront")}</title>
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                    <link rel="stylesheet" href=stylesheet(&state.leptos)/>
                </head>
                <body class="plain">
                    <main class="plain-page">{body}</main>
                </body>
            </html>
        }
        .to_html()
    });
    (status, Html(format!("<!DOCTYPE html>{html}"))).into_response()
}

/// The path of the app's style sheet; with `hash-files` its name holds a hash, which cargo-leptos writes beside the
/// program.
fn stylesheet(options: &LeptosOptions) -> String {
    let hash = options.hash_files.then(|| {
        let folder = std::env::current_exe().ok()?.parent()?.to_owned();
        let hashes = std::fs::read_to_string(folder.join(options.hash_file.as_ref())).ok()?;
        hashes.lines().find_map(|line| line.trim().strip_prefix("css:").map(|hash| format!(".{}", hash.trim())))
    });
    format!("/{}/{}{}.css", options.site_pkg_dir, options.output_name, hash.flatten().unwrap_or_default())
}
