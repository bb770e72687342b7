//! SQL in, rows out: the one room that knows DataFusion. Called by `statements`; it knows nothing of HTTP, users'
//! tokens or warehouses, and it must never touch a file: the tables it may read are handed to it at the start.

mod access;
mod aliases;
mod arithmetic;
mod binding;
mod cells;
mod collect;
mod commands;
mod complexity;
mod division;
mod error;
mod functions;
mod guard;
mod identifier;
mod isolation;
mod listing;
mod names;
mod nested;
mod parameters;
mod query;
mod range;
mod rewrite;
mod rows;
mod scratch;
mod session;
mod session_functions;
mod spelling;
mod spool;
mod translation;
mod types;
mod visible;
mod yielding;

pub use access::{Access, Action, Description, Granted, Rules};
pub use collect::{Larger, Limits};
pub use error::SqlError;
pub use parameters::{Parameter, ParameterType};
pub use query::Query;
pub use rows::{Cell, Chunk, Column, Rows};
pub use session::{Engine, EngineError};
pub use types::json_field;
