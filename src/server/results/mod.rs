//! Results on their way to the browser: chunks for the grid, downloads in several formats, both streamed.
//!
//! Nothing is held but the rows that are being written; the workspace itself answers only the statement's owner.

mod arrow;
mod formats;
mod handlers;
mod rows;
mod whole;

pub use handlers::{chunk, download, statement_page};
pub use rows::{RowReader, rows_of};
