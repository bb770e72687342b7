//! Calls to the workspace as the user: a refused token is renewed once and the call made once more.

use secrecy::SecretString;

use super::advice;
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
                Stop::Unavailable => {
                    for_people(&ApiError { not_sent: true, ..ApiError::new(Kind::Unreachable, "no token") })
                }
            })?;
            make(user.access_token()).await.map_err(|error| match error.kind {
                Kind::TokenRefused => refused_again(&error),
                _ => for_user(&error, user),
            })
        }
        answer => answer.map_err(|error| for_user(&error, user)),
    }
}

/// The workspace refuses a token that its own authorization server gave a moment ago. Signing in once more would go round
/// in circles, so this says what it is.
fn refused_again(error: &ApiError) -> AppError {
    tracing::error!(%error, workspace_request_id = error.workspace_request_id, "the workspace refuses a token that was just given");
    let told = AppError::new(
        ErrorCode::PermissionDenied,
        "The workspace does not accept your access, although it was just renewed. Your administrator may have to give you access to this workspace.",
    );
    told.with(|details| details.workspace_request_id = error.workspace_request_id.clone())
}

/// What a failed call means to the person who made it: with what they can ask for.
pub fn for_user(error: &ApiError, user: &SignedIn) -> AppError {
    let told = for_people(error);
    match advice::missing_grant(&error.message, &user.user().user_name) {
        Some(advice) if told.code != ErrorCode::SessionOver => told.with(|details| details.advice = Some(advice)),
        _ => told,
    }
}

/// What a failed call means to people.
pub fn for_people(error: &ApiError) -> AppError {
    tracing::warn!(error = %error, workspace_request_id = error.workspace_request_id, "a call to the workspace failed");
    let said = &error.message;
    let (code, message, advice) = match error.kind {
        Kind::TokenRefused => return AppError::session_over(),
        Kind::MissingScope => (
            ErrorCode::MissingScope,
            format!(
                "Your sign-in does not cover this ({said}). Once an administrator has added the scope, sign out and in again."
            ),
            None,
        ),
        Kind::PermissionDenied => (ErrorCode::PermissionDenied, said.clone(), None),
        Kind::WarehouseNotGranted => (ErrorCode::PermissionDenied, said.clone(), Some(advice::CAN_USE)),
        Kind::WarehouseGone => (
            ErrorCode::NotFound,
            format!("The SQL warehouse is not there: {said}"),
            Some(advice::WAREHOUSE_GONE),
        ),
        Kind::WarehouseDown => (
            ErrorCode::WorkspaceUnreachable,
            format!("The SQL warehouse does not run: {said}"),
            Some(advice::WAREHOUSE_DOWN),
        ),
        Kind::NotFound => (ErrorCode::NotFound, said.clone(), None),
        Kind::BadRequest => (ErrorCode::StatementFailed, said.clone(), None),
        Kind::RateLimited => (
            ErrorCode::RateLimited,
            "The workspace asks for a pause: too many requests. Try again in a few seconds.".to_owned(),
            None,
        ),
        Kind::Overloaded | Kind::WorkspaceFailed => (
            ErrorCode::WorkspaceUnreachable,
            "The workspace reported a problem of its own. Try again in a minute.".to_owned(),
            None,
        ),
        Kind::Unreachable => {
            (ErrorCode::WorkspaceUnreachable, "The workspace does not answer. Try again in a minute.".to_owned(), None)
        }
        Kind::NetworkBlocked => (
            ErrorCode::WorkspaceUnreachable,
            "The workspace lets nobody in from the network that this app runs in.".to_owned(),
            Some("Tell your administrator: the app's address may have to be added to the workspace's IP access list, or the app has to reach it over private link."),
        ),
        Kind::Unexpected => (
            ErrorCode::WorkspaceUnreachable,
            "Something other than the workspace answered: a proxy or a network rule may be in the way. Tell your administrator.".to_owned(),
            None,
        ),
    };
    AppError::new(code, message).with(|details| {
        details.advice = advice.map(str::to_owned);
        details.answer_lost = error.may_be_done();
        details.workspace_request_id = error.workspace_request_id.clone();
    })
}
