//! What a real workspace has not: the request log, faults, and the controls under `/local/` that tests use.
//! No token is needed there, so no page of another origin may call it; and nothing here ever shows a secret, a code,
//! a token or a query value.

mod controls;
mod fault_rule;
mod faults;
mod inject;
mod log_layer;
mod note;
mod origin;
mod page;
mod page_form;
mod requests;

pub use controls::routes;
pub use faults::Faults;
pub use inject::inject_faults;
pub use log_layer::log_requests;
pub use note::Note;
pub use origin::{loopback_host, own_page};
pub use requests::RequestLog;
