//! One file a page. A page puts components together and asks `api` for what it shows; it knows no transport.

pub mod account;
pub mod catalog;
pub mod not_found;
pub mod signed_in;
pub mod signed_out;
pub mod sql;
pub mod trips;
