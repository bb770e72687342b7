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

/// Groups of the signed-in user, asked every now and then, and what this sign-in covers.
///
/// # Errors
/// What the workspace said.
pub async fn profile(state: &AppState, user: &SignedIn) -> Result<Profile, AppError> {
    let fresh = async || {
        let mut groups =
            as_user::call(state, user, |token| async move { state.databricks.groups(&token).await }).await?;
        groups.sort();
        Ok(groups)
    };
    let groups = state.kept.groups.get_or(user, &(), fresh).await?;
    // Two sign-ins of one person may cover different things. Where the authorization server names none, it granted what
    // was asked for (RFC 6749, 5.1).
    let scopes = match user.session().scope.split_whitespace().map(str::to_owned).collect::<Vec<_>>() {
        none if none.is_empty() => state.settings.workspace.scopes.clone(),
        scopes => scopes,
    };
    Ok(Profile { groups, scopes })
}

/// The signed-in user, asked anew.
///
/// # Errors
/// What the workspace said.
pub async fn me(state: &AppState, user: &SignedIn) -> Result<User, AppError> {
    as_user::call(state, user, |token| async move { state.databricks.me(&token).await }).await
}
