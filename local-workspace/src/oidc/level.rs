//! The two doors of the same authorization server: that of the workspace, and that of the account, which app
//! connections belong to. A code or token says which one it came from by its issuer.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;

pub(super) const ACCOUNT_ID: &str = "8484c0de-0000-4000-8000-000000000001";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Level {
    #[default]
    Workspace,
    Account,
}

impl Level {
    pub(super) const BOTH: [Self; 2] = [Self::Workspace, Self::Account];

    /// What all paths of this door begin with.
    pub(super) fn path(self) -> String {
        match self {
            Self::Workspace => "/oidc".to_owned(),
            Self::Account => format!("/oidc/accounts/{ACCOUNT_ID}"),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Level {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let account = parts.uri.path().starts_with("/oidc/accounts/");
        Ok(if account { Self::Account } else { Self::Workspace })
    }
}
