//! The bearer token check. A token near its end is still good here, because tests run with lifetimes of seconds; the
//! real service refuses the last thirty.

use super::User;
use super::personal_tokens::PREFIX;
use crate::local::Note;
use crate::oidc::{Scopes, TokenHolder};
use crate::wire::ApiError;
use crate::workspace::Workspace;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use std::sync::Arc;

/// The signed-in user behind a request.
pub struct Caller {
    pub user: &'static User,
    scopes: Scopes,
}

impl Caller {
    /// `all-apis` stands for every scope.
    pub fn require(&self, scope: &'static str) -> Result<(), ApiError> {
        if self.scopes.contains("all-apis") || self.scopes.contains(scope) {
            Ok(())
        } else {
            Err(ApiError::MissingScope(scope))
        }
    }
}

impl FromRequestParts<Arc<Workspace>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, workspace: &Arc<Workspace>) -> Result<Self, ApiError> {
        let header = parts.headers.get(header::AUTHORIZATION).ok_or(ApiError::NoCredential)?;
        let token = header
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or(ApiError::NoCredential)?;
        let holder = if token.starts_with(PREFIX) {
            let owner = workspace.personal_tokens.owner(token, workspace.clock.now());
            owner.map(|user| TokenHolder { user, scopes: Scopes::every() })
        } else {
            workspace.authority.check(token)
        };
        let holder = holder.ok_or(ApiError::InvalidToken)?;
        if let Some(note) = parts.extensions.get::<Note>() {
            note.set_user(holder.user.id);
        }
        Ok(Self { user: holder.user, scopes: holder.scopes })
    }
}
