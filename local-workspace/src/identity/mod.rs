//! The users of the workspace, SCIM `Me`, and [`Caller`]: the proof that a request came with a valid access token.
//! Every API handler takes a `Caller` and so cannot be reached without one. It never reads the request body.

mod caller;
mod scim;
mod users;

pub use caller::Caller;
pub use scim::routes;
pub use users::{USERS, User};
