//! What server functions and handlers call: plain async functions over the state and the user who asks.
//!
//! A service knows rules (how long to wait, what a failure means to people); it knows no views and no HTTP.

pub mod advice;
pub mod as_user;
pub mod catalog;
pub mod catalog_search;
pub mod failure;
pub mod identity;
pub mod kept;
pub mod page;
pub mod per_user;
pub mod running;
pub mod session;
pub mod sql;
pub mod statements;
pub mod warehouses;
pub mod weight;
