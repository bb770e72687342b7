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

/// What the workspace knows of a person beyond the name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Names of the groups that the person is in, in their order.
    pub groups: Vec<String>,
    /// What the sign-in covers (OAuth scopes).
    pub scopes: Vec<String>,
}

/// The state of a session. Times are seconds since 1970-01-01T00:00:00Z on the server's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    pub user: User,
    /// `https://…`, without a slash at its end.
    pub workspace_host: String,
    /// When the access token ends; it is renewed before.
    pub access_expires_at: i64,
    /// From when on the server renews it for whoever asks.
    pub renew_from: i64,
    /// When the person is signed out: the earliest of the limits.
    pub session_ends_at: i64,
    /// Which limit that is.
    pub ends_by: EndsBy,
    /// From when on the person is warned of the end.
    pub warn_from: i64,
    /// The server's clock when this was written: only differences to it mean anything in the browser.
    pub now: i64,
}

/// The limit that ends a session first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndsBy {
    /// Nothing was done for long; doing something moves the end.
    Idle,
    /// Whatever the person does; only signing in again helps.
    Absolute,
}
