//! Plain serde types that cross the wire between server and browser.
//!
//! May be used by everyone and uses nobody: no features, no I/O, no clock.

pub mod catalog;
pub mod error;
pub mod progress;
pub mod queries;
pub mod query;
pub mod session;
pub mod sql_address;
pub mod sql_text;
pub mod statement;
pub mod values;
pub mod warehouse;

pub use error::{AppError, ErrorCode, ErrorDetails};
pub use progress::{Phase, Progress};
pub use session::{EndsBy, Profile, SessionView, User};

/// Percent-encodes everything that is not unreserved (RFC 3986).
pub fn percent_encoded(text: &str) -> String {
    let unreserved = |b: &u8| b.is_ascii_alphanumeric() || b"-._~".contains(b);
    text.bytes().map(|b| if unreserved(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
