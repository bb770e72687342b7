//! The `samples` catalog: taxi trips of our own making and TPC-H. Generated once, then read from a cache of Arrow
//! files into memory. And `local`: the folder of files that was given with `--data`. Nothing here depends on who asks.

pub mod cache;
mod catalog;
mod comments;
mod folder;
mod table;
mod tpch;
mod trips;

pub use catalog::samples;
pub use comments::{COMMENTS, Comment};
pub use folder::{MountError, mount};

#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error(transparent)]
    Arrow(#[from] datafusion::arrow::error::ArrowError),
    #[error(transparent)]
    DataFusion(#[from] datafusion::error::DataFusionError),
}
