//! What the browser may know about a session: who and until when. Never a token.

use serde::{Deserialize, Serialize};

/// The signed-in person, as SCIM `Me` describes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The workspace's id of the user; keys everything that is kept per user.
    pub id: String,
    /// E-mail address.
    pub user_name: String,
    /// Given and family name; the e-mail address where the workspace knows none.
    pub display_name: String,
}

/// The state of a session. Times are seconds since 1970-01-01T00:00:00Z on the server's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    pub user: User,
    /// `https://…`, without a slash at its end.
    pub workspace_host: String,
    /// When the access token ends; it is renewed before.
    pub access_expires_at: i64,
    /// When the person is signed out whatever they do: the earliest of the idle and the absolute limit.
    pub session_ends_at: i64,
    /// The server's clock when this was written: only differences to it mean anything in the browser.
    pub now: i64,
}
