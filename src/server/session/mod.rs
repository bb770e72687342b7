//! The session: one signed-in browser with its tokens, sealed in cookies, refreshed by one flight at a time.
//!
//! `seal` encrypts, `cookies` cuts into chunks, `store` is where sessions live (`cookie_store` by default), `engine`
//! decides who is still signed in, `visit` is what one request does to its session. Used by the middleware and the sign-in; pages and services see only
//! [`crate::server::SignedIn`].

pub mod cookie_store;
pub mod cookies;
pub mod engine;
mod outage;
mod place;
pub mod record;
pub mod seal;
pub mod store;
pub mod visit;

pub use cookie_store::CookieStore;
pub use engine::{Engine, Over, Stop};
pub use record::{Session, SessionId, SessionName};
pub use seal::{KeyRing, Purpose};
pub use store::SessionStore;
