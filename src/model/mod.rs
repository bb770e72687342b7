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
pub mod sql_kind;
pub mod sql_text;
pub mod statement;
pub mod values;
pub mod warehouse;

pub use error::{AppError, ErrorCode, ErrorDetails};
pub use progress::{Phase, Progress};
pub use session::{EndsBy, Profile, SessionView, User};

/// The text of a `textarea`. Leptos writes its children as they are, so markup in them would end it; and the first line break
/// after the tag is none of the text.
pub fn inside_textarea(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

/// Percent-encodes everything that is not unreserved (RFC 3986).
pub fn percent_encoded(text: &str) -> String {
    let unreserved = |b: &u8| b.is_ascii_alphanumeric() || b"-._~".contains(b);
    text.bytes().map(|b| if unreserved(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
