//! The contract: one test for each security check (docs/SECURITY.md lists them), named by its id, asserting both what
//! the browser got and what the authorization server saw.
//!
//! A check is a function of the authorization server that it runs against; `on_both` makes a test of it for each one,
//! `s39_…::local_workspace` and `s39_…::oidc_provider`. `make contract` prints a table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

macro_rules! on_local_workspace {
    ($($(#[$attribute:meta])* $check:ident),+ $(,)?) => { $(
        mod $check {
            use crate::support::AuthorizationServer::LocalWorkspace;

            #[tokio::test]
            $(#[$attribute])*
            async fn local_workspace() {
                super::$check(LocalWorkspace).await;
            }
        }
    )+ };
}

macro_rules! on_both {
    ($($(#[$attribute:meta])* $check:ident),+ $(,)?) => { $(
        mod $check {
            use crate::support::AuthorizationServer::{LocalWorkspace, OidcProvider};

            #[tokio::test]
            $(#[$attribute])*
            async fn local_workspace() {
                super::$check(LocalWorkspace).await;
            }

            #[tokio::test]
            $(#[$attribute])*
            async fn oidc_provider() {
                super::$check(OidcProvider).await;
            }
        }
    )+ };
}

mod callback;
mod cookies;
mod document;
mod ending;
mod places;
mod program;
mod refresh;
mod requests;
mod starting;
#[path = "../support/mod.rs"]
mod support;
mod token_answers;

use support::{Browser, Page, TestApp};

/// Ada, signed in.
async fn signed_in(app: &TestApp) -> Browser {
    let mut browser = Browser::new();
    browser.sign_in(app, "ada").await;
    browser
}

/// The heartbeat of one tab.
async fn validate(browser: &mut Browser, app: &TestApp) -> Page {
    browser.call(&format!("{}/validate-session", app.url), "{}").await
}

/// A parameter of an address.
fn parameter(address: &str, name: &str) -> String {
    let url = url::Url::parse(address).expect("a URL");
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// What a query parameter must look like to arrive as it is.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Whether this comes true within so many seconds.
async fn comes_true(seconds: u64, is_so: impl AsyncFn() -> bool) -> bool {
    for _ in 0..seconds * 5 {
        if is_so().await {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    is_so().await
}

/// Whether this browser's cookies let somebody in. What an answer would change in them is forgotten.
async fn lets_in(browser: &Browser, app: &TestApp) -> bool {
    browser.clone().open(&format!("{}/account", app.url)).await.status == reqwest::StatusCode::OK
}
