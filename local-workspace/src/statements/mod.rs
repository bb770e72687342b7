//! The Statement Execution API 2.0: accepting a statement, its states, its result in chunks. The engine computes;
//! here is who may see what, and when. A statement is visible to its own user alone.

mod answer;
mod csv;
mod delivery;
mod download;
mod history;
mod links;
mod request;
mod routes;
mod sessions;
mod statement;
mod store;
mod wait;

pub use links::Links;
pub use routes::routes;
pub use sessions::Sessions;
pub use store::{Overview, Statements};
