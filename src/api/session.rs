//! The session: begin a sign-in from a script, ask whether it stands, end it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::{GetUrl, Json};

use super::client::Calls;
use crate::model::{AppError, SessionView};

/// Where to send the browser to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizeUrl {
    pub authorize_url: String,
}

/// Prepares a sign-in attempt and sets its cookie. Same-origin calls only: a link or an image starts nothing.
#[server(name = AuthorizeUrlCall, prefix = "", endpoint = "authorize-url", input = GetUrl, client = Calls)]
pub async fn authorize_url(#[server(default)] return_to: String) -> Result<AuthorizeUrl, AppError> {
    crate::server::reply(crate::server::services::session::authorize_url(&return_to).await)
}

/// The heartbeat: who is signed in and until when. Renews the access token near its end and extends nothing.
#[server(prefix = "", endpoint = "validate-session", input = Json, client = Calls)]
pub async fn validate_session() -> Result<SessionView, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    Ok(user.view(&state))
}

/// Ends the session. A plain form post works, too.
#[server(prefix = "", endpoint = "logout", client = Calls)]
pub async fn logout() -> Result<(), AppError> {
    crate::server::reply(crate::server::services::session::logout().await)
}
