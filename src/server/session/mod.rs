//! The session: one signed-in browser with its tokens, sealed in cookies, refreshed by one flight at a time.
//!
//! `seal` encrypts, `cookies` cuts into chunks, `engine` decides who is still signed in. Used by the middleware and
//! the sign-in; pages and services see only [`crate::server::SignedIn`].

pub mod cookies;
pub mod engine;
pub mod record;
pub mod seal;

pub use engine::{Engine, Over, Stop};
pub use record::{Session, SessionId};
pub use seal::{KeyRing, Purpose};
