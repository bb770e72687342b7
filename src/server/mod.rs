//! Everything that runs on the server alone; the only `#[cfg(feature = "ssr")]` module of the crate.
//!
//! `router` puts the parts together. May use `model`, and `app` only to render it; knows nothing of single pages.
//! Nothing here may put a token, code, state, verifier, cookie value or key into a log, an error or an answer.

pub mod check_queries;
pub mod client;
pub mod clock;
pub mod databricks;
pub mod forms;
pub mod middleware;
pub mod oauth;
pub mod plain_page;
pub mod reload;
pub mod request;
pub mod results;
pub mod router;
pub mod serve;
pub mod services;
pub mod session;
pub mod settings;
pub mod state;
pub mod static_files;
pub mod telemetry;

pub use request::{SignedIn, reply, require_user, writes_a_page};
pub use state::AppState;
