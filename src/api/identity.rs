//! Who is signed in, by the workspace's own word.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use super::client::Calls;
use crate::model::{AppError, User};

/// The SCIM `Me` of the signed-in user, asked anew.
#[server(prefix = "", endpoint = "me", input = GetUrl, client = Calls)]
pub async fn me() -> Result<User, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(crate::server::services::identity::me(&state, &user).await)
}
