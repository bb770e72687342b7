//! A stand-in for a Databricks workspace, for development and tests. It speaks the wire protocol, signs people in
//! and computes SQL for real; it never serves anyone but this machine. The map:
//!
//! | folder | what lives there |
//! |---|---|
//! | [`cli`], [`serve`], [`exec`] | the program: options, the server's life, running a command beside it |
//! | [`workspace`], [`router`] | everything a request may need, and the one place where routes and layers meet |
//! | [`wire`] | what all answers share: error bodies, request ids |
//! | [`oidc`] | the authorization server: discovery, sign-in page, codes, tokens |
//! | [`identity`] | the users, SCIM `Me`, and the bearer token check that every API call goes through |
//! | [`warehouses`] | warehouses and their states |
//! | [`statements`] | the Statement Execution API: life of a statement, results in chunks |
//! | [`unity`] | grants, and the lists of catalogs, schemas and tables |
//! | [`engine`] | SQL to rows, on DataFusion; knows nothing of HTTP |
//! | [`data`] | the `samples` catalog, generated once and cached |
//! | [`clock`] | what time the workspace believes it is |
//! | [`local`] | what a real workspace has not: the request log, faults and controls for tests |
//!
//! Imports point downwards: `statements → unity → engine → data`, and everything may use `wire`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod cli;
pub mod clock;
pub mod data;
pub mod engine;
pub mod exec;
pub mod identity;
pub mod local;
pub mod oidc;
pub mod random;
pub mod router;
pub mod serve;
pub mod settings;
pub mod statements;
pub mod unity;
pub mod warehouses;
pub mod wire;
pub mod workspace;
