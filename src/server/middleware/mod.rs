//! The layers around every request, one file each; `router` says in which order they stand and why.

pub mod call_errors;
pub mod csrf;
pub mod gate;
pub mod headers;
pub mod host;
pub mod limits;
pub mod request_id;
pub mod session;
