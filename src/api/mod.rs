//! Every server function, by area. A door of ten lines: require the user, call the service, map the error.
//!
//! The bodies run on the server alone; in the browser each is a call over [`client::Calls`].

pub mod catalog;
pub mod client;
pub mod identity;
pub mod queries;
pub mod session;
pub mod statements;
pub mod warehouses;
