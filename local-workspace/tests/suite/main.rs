//! The promises of the local workspace, each test against a server of its own on a free port.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod api;
mod commands;
mod controls;
mod corpus;
mod data;
mod discovery;
mod failures;
mod faults;
mod history;
mod links;
mod options;
mod page;
mod parquet_files;
mod processor;
mod program;
mod refresh;
mod results;
mod sign_in;
mod statements;
mod support;
mod tokens;
mod unity;
mod warehouses;
mod witnesses;
