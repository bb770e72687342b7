//! Calls to the workspace as the user: a refused token is renewed once and the call made once more.

use secrecy::SecretString;

use crate::{
    model::{AppError, ErrorCode},
    server::{
        AppState, SignedIn,
        databricks::{ApiError, Kind},
        session::Stop,
    },
};

/// Makes a call with the user's token. The call must be one that a refused token has no effect on: the workspace checks
/// the token before anything else, so every call is.
///
/// # Errors
/// The session is over, or what the workspace said.
pub async fn call<T, F>(state: &AppState, user: &SignedIn, make: impl Fn(SecretString) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    match make(user.access_token()).await {
        Err(error) if error.kind == Kind::TokenRefused => {
            user.renew(state).await.map_err(|stop| match stop {
                Stop::Over(_) => AppError::session_over(),
                Stop::Unavailable => for_people(&ApiError::new(Kind::Unreachable, "no token")),
            })?;
            make(user.access_token()).await.map_err(|error| match error.kind {
                Kind::TokenRefused => refused_again(&error),
                _ => for_people(&error),
            })
        }
        answer => answer.map_err(|error| for_people(&error)),
    }
}

/// The workspace refuses a token that its own authorization server gave a moment ago. Signing in once more would go round
/// in circles, so this says what it is.
fn refused_again(error: &ApiError) -> AppError {
    tracing::error!(%error, "the workspace refuses a token that was just given");
    AppError::new(
        ErrorCode::PermissionDenied,
        "The workspace does not accept your access, although it was just renewed. Your administrator may have to give you access to this workspace.",
    )
}

/// What a failed call means to people.
pub fn for_people(error: &ApiError) -> AppError {
    tracing::warn!(error = %error, workspace_request_id = error.workspace_request_id, "a call to the workspace failed");
    let said = &error.message;
    match error.kind {
        Kind::TokenRefused => AppError::session_over(),
        Kind::MissingScope => AppError::new(
            ErrorCode::MissingScope,
            format!(
                "Your sign-in does not cover this ({said}). Once an administrator has added the scope, sign out and in again."
            ),
        ),
        Kind::PermissionDenied => AppError::new(ErrorCode::PermissionDenied, said.clone()),
        Kind::NotFound => AppError::new(ErrorCode::NotFound, said.clone()),
        Kind::BadRequest => AppError::new(ErrorCode::StatementFailed, said.clone()),
        Kind::RateLimited => AppError::new(
            ErrorCode::RateLimited,
            "The workspace asks for a pause: too many requests. Try again in a few seconds.",
        ),
        Kind::Overloaded | Kind::WorkspaceFailed => AppError::new(
            ErrorCode::WorkspaceUnreachable,
            "The workspace reported a problem of its own. Try again in a minute.",
        ),
        Kind::Unreachable => {
            AppError::new(ErrorCode::WorkspaceUnreachable, "The workspace does not answer. Try again in a minute.")
        }
        Kind::Unexpected => AppError::new(
            ErrorCode::WorkspaceUnreachable,
            "Something other than the workspace answered: a proxy or a network rule may be in the way. Tell your administrator.",
        ),
    }
}
