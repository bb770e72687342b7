//! Lakefront: a data app on Databricks in which every query runs as the person who is signed in.
//!
//! # The map
//!
//! | room | what lives there |
//! |---|---|
//! | [`app`] | the document, the one routes table, the guard for client navigation |
//! | [`auth`] | `DatabricksAuthProvider` and `use_auth()`: who is signed in, until when |
//! | [`pages`] | one file a page |
//! | [`components`] | what pages are made of: header, chart, progress line, times |
//! | [`api`] | every server function, by area: doors of ten lines |
//! | [`model`] | plain types that cross the wire |
//! | `server` | everything that runs on the server alone: settings, sign-in, session, Databricks client, router |
//!
//! Imports point one way: `pages → components → auth → api → server → model`. The server renders `app` and knows nothing
//! of single pages. `docs/ARCHITECTURE.md` walks through a sign-in, a page and a refresh.
// Views are nested types; the default depth of 128 ends at a handful of components.
#![recursion_limit = "256"]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod api;
pub mod app;
pub mod auth;
pub mod components;
pub mod model;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;

/// Brings the server-rendered page to life; called by the script that cargo-leptos makes.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    // Tests wait for this mark: a click before it would be lost.
    if let Some(root) = leptos::prelude::document().document_element() {
        let _ = root.set_attribute("data-hydrated", "true");
    }
}
