//! The authorization server: discovery, the sign-in page, authorization codes, access and refresh tokens.
//! Called by the router, and by `identity` to check a bearer token. It must never log a code, a secret or a token,
//! and never redirect to a URI that is not registered.

mod authority;
mod authorize;
mod client_auth;
mod codes;
mod error;
mod grants;
mod jws;
mod keys;
mod level;
mod metadata;
mod page;
mod params;
mod request;
mod revocation;
mod routes;
mod scope;
mod tokens;

pub use authority::Authority;
pub use grants::{LiveSession, TokenHolder};
pub use routes::routes;
pub use scope::Scopes;
