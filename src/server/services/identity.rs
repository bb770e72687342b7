//! Who somebody is, by the workspace's own word.

use secrecy::SecretString;

use super::as_user;
use crate::{
    model::{AppError, Profile, User},
    server::{AppState, SignedIn},
};

/// The owner of a token that was just issued.
///
/// # Errors
/// What the workspace said.
pub async fn of_token(state: &AppState, token: &SecretString) -> Result<User, AppError> {
    state.databricks.me(token).await.map_err(|error| as_user::for_people(&error))
}

/// Groups and scopes of the signed-in user, asked every now and then.
///
/// # Errors
/// What the workspace said.
pub async fn profile(state: &AppState, user: &SignedIn) -> Result<Profile, AppError> {
    let fresh = async || {
        let mut groups =
            as_user::call(state, user, |token| async move { state.databricks.groups(&token).await }).await?;
        groups.sort();
        let granted = user.session().scope;
        // Where the answer names none, it granted what was asked for (RFC 6749, 5.1).
        let scopes = match granted.split_whitespace().map(str::to_owned).collect::<Vec<_>>() {
            none if none.is_empty() => state.settings.workspace.scopes.clone(),
            scopes => scopes,
        };
        Ok(Profile { groups, scopes })
    };
    state.kept.profiles.get_or(user, &(), fresh).await
}

/// The signed-in user, asked anew.
///
/// # Errors
/// What the workspace said.
pub async fn me(state: &AppState, user: &SignedIn) -> Result<User, AppError> {
    as_user::call(state, user, |token| async move { state.databricks.me(&token).await }).await
}
