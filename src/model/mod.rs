//! Plain serde types that cross the wire between server and browser.
//!
//! May be used by everyone and uses nobody: no features, no I/O, no clock.

pub mod error;
pub mod progress;
pub mod queries;
pub mod query;
pub mod session;
pub mod values;

pub use error::{AppError, ErrorCode};
pub use progress::{Phase, Progress};
pub use session::{EndsBy, SessionView, User};
