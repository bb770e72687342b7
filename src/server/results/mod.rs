//! Results on their way to the browser: chunks for the grid, downloads in several formats, both streamed.
//!
//! Nothing is held but the rows that are being written; the workspace itself answers only the statement's owner.

mod arrow;
mod formats;
mod handlers;
mod rows;

pub use handlers::{chunk, download};
pub use rows::{RowReader, rows_of};
