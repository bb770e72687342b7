//! The sign-in page: plain HTML that works without JavaScript. Everything that came with the request is escaped.

use super::params::Params;
use super::request::AuthorizeRequest;
use crate::identity::USERS;
use crate::wire::escape;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use std::fmt::Write;
use url::Url;

/// The form field that says who signs in; anything but a user's id is a denial.
pub(super) const CHOICE: &str = "local_user";

const STYLESHEET: &str = include_str!("sign_in.css");

pub(super) async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], STYLESHEET)
}

pub(super) fn sign_in(params: &Params, request: &AuthorizeRequest) -> Response {
    let app = Url::parse(&request.redirect_uri).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy(&app)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, Html(html(params, request, &app))).into_response()
}

/// Browsers apply `form-action` to the redirect that follows the form too, so the app's origin has to be in it.
fn policy(app: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {app}; base-uri 'none'; frame-ancestors 'none'"
    )
}

fn html(params: &Params, request: &AuthorizeRequest, app: &str) -> String {
    let scopes: String = request.scopes.iter().map(|scope| format!("<li><code>{scope}</code></li>")).collect();
    let carried: String = params
        .iter()
        .filter(|(name, _)| *name != CHOICE)
        .map(|(name, value)| format!(r#"<input type="hidden" name="{}" value="{}">"#, escape(name), escape(value)))
        .collect();
    let app = escape(app);
    let action = format!("{}/v1/authorize", request.level.path());
    let users = user_buttons();
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in · Local workspace</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/oidc/sign-in.css">
</head>
<body>
<main>
<p class="brand">Local workspace</p>
<h1>Who is signing in?</h1>
<p>The app at <strong>{app}</strong> will act as the user you choose. There are no passwords here.</p>
<form method="post" action="{action}">
{carried}
<ul class="users">{users}</ul>
<button class="deny" type="submit" name="{CHOICE}" value="">Deny</button>
</form>
<h2>What the app asks for</h2>
<ul class="scopes">{scopes}</ul>
</main>
</body>
</html>
"#
    )
}

fn user_buttons() -> String {
    USERS.iter().fold(String::new(), |mut html, user| {
        // Writing to a String cannot fail.
        let _ = write!(
            html,
            r#"<li><button type="submit" name="{CHOICE}" value="{}"><span class="initials" aria-hidden="true">{}</span><span class="who"><span class="name">{}</span> <span class="email">{}</span></span></button></li>"#,
            user.id,
            user.initials(),
            user.display_name(),
            user.email
        );
        html
    })
}
