//! Who is signed in, by the workspace's own word.

use leptos::prelude::*;
use server_fn::codec::{GetUrl, Json};

use super::client::Calls;
use crate::model::{AppError, Profile, User};

/// The SCIM `Me` of the signed-in user, asked anew.
#[server(prefix = "", endpoint = "me", input = GetUrl, client = Calls)]
pub async fn me() -> Result<User, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(crate::server::services::identity::me(&state, &user).await)
}

/// The groups and scopes of the signed-in user.
#[server(name = ProfileCall, prefix = "/api", endpoint = "identity/profile", input = Json, client = Calls)]
pub async fn profile() -> Result<Profile, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(crate::server::services::identity::profile(&state, &user).await)
}
