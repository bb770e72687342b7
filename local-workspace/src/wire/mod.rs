//! What all API answers share: the error bodies of Databricks and the headers that every answer carries.
//! Everything that answers HTTP may use it; it must never know what an answer is about.

mod error;
mod headers;
mod html;

pub use error::{ApiError, ApiJson};
pub use headers::{ORG_ID, workspace_headers};
pub use html::escape;
