//! The users of the workspace, SCIM `Me`, and [`Caller`]: the proof that a request came with a valid access token.
//! Every API handler takes a `Caller` and so cannot be reached without one. It never reads the request body.

mod caller;
mod personal_tokens;
mod scim;
mod users;

pub use caller::Caller;
pub use personal_tokens::PersonalTokens;
pub use users::{USERS, User};

/// SCIM `Me` and personal access tokens.
pub fn routes() -> axum::Router<std::sync::Arc<crate::workspace::Workspace>> {
    scim::routes().merge(personal_tokens::routes())
}
