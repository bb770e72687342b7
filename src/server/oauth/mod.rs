//! Signing in: authorization code with PKCE (RFC 6749, RFC 7636) at the workspace's own authorization server.
//!
//! `discovery` finds its endpoints, `attempt` is one trip there, `answer` what comes of it, `tokens` talks to the token
//! endpoint, `handlers` are the routes. Nobody else may see a code, a verifier or a state.

pub mod answer;
pub mod attempt;
pub mod callback;
pub mod discovery;
pub mod handlers;
pub mod return_to;
pub mod tokens;

pub use return_to::ReturnTo;
