//! Who somebody is, by the workspace's own word.

use secrecy::SecretString;

use super::as_user;
use crate::{
    model::{AppError, User},
    server::{AppState, SignedIn},
};

/// The owner of a token that was just issued.
///
/// # Errors
/// What the workspace said.
pub async fn of_token(state: &AppState, token: &SecretString) -> Result<User, AppError> {
    state.databricks.me(token).await.map_err(|error| as_user::for_people(&error))
}

/// The signed-in user, asked anew.
///
/// # Errors
/// What the workspace said.
pub async fn me(state: &AppState, user: &SignedIn) -> Result<User, AppError> {
    as_user::call(state, user, |token| async move { state.databricks.me(&token).await }).await
}
