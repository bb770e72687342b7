//! What a builder has after the steps of docs/BUILD-ON-IT.md.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

mod support;

use support::{Browser, TestApp};

#[tokio::test]
async fn the_page_of_the_guide_shows_its_chart_and_its_rows() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    browser.sign_in(&app, "ada").await;
    let mut page = browser.open(&format!("{}/fares", app.url)).await;
    // The query takes longer than a page waits; the page says so, and is opened again.
    for _ in 0..20 {
        if page.body.contains("<table") {
            break;
        }
        page = browser.open(&format!("{}/fares", app.url)).await;
    }
    assert!(page.body.contains("Average fares of") || page.body.contains("average fares of"), "{}", page.body);
    assert!(page.body.contains("<svg") && page.body.contains("href=\"/fares\""), "a chart and a link");
    assert!(page.body.matches("<th scope=\"row\"").count() >= 10, "{}", page.body);
    assert_eq!(app.seen("POST", "/api/2.0/sql/statements").await[0]["user"], "ada");
}
