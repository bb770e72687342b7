//! The revocation endpoint (RFC 7009): a refresh token ends with its whole family, an access token alone.

use super::client_auth::authenticate;
use super::error::OAuthError;
use super::params::{Params, PostedForm};
use crate::workspace::Workspace;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use std::sync::Arc;

/// An unknown token is no error: what the client wants is already so.
pub(super) async fn revoke(
    State(workspace): State<Arc<Workspace>>,
    headers: HeaderMap,
    form: PostedForm,
) -> Result<StatusCode, OAuthError> {
    let authority = &workspace.authority;
    if !authority.revocation {
        return Ok(StatusCode::NOT_FOUND);
    }
    let params = Params::of_form(form)?;
    authenticate(&headers, &params, &authority.client)?;
    let token = params.get("token").ok_or_else(|| OAuthError::bad_request("invalid_request", "token is missing"))?;
    authority.revoke(token);
    Ok(StatusCode::OK)
}
