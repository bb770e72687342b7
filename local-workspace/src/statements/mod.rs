//! The Statement Execution API 2.0: accepting a statement, its states, its result in chunks. The engine computes;
//! here is who may see what, and when. A statement is visible to its own user alone.

mod answer;
mod request;
mod routes;
mod statement;
mod store;
mod wait;

pub use routes::routes;
pub use store::Statements;
