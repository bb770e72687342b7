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
    // The query may take longer than a page waits: then the page names the address at which it goes on by itself.
    for _ in 0..40 {
        let Some((_, rest)) = page.body.split_once("content=\"1;url=/fares?statement=") else { break };
        let id = rest.split('"').next().expect("an id");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        page = browser.open(&format!("{}/fares?statement={id}", app.url)).await;
    }
    assert!(page.body.contains("average fares of"), "{}", page.body);
    assert!(page.body.contains("<svg") && page.body.contains("href=\"/fares\""), "a chart and a link");
    assert!(page.body.matches("<th scope=\"row\"").count() >= 10, "{}", page.body);
    let seen = app.seen("POST", "/api/2.0/sql/statements").await;
    assert_eq!((seen.len(), seen[0]["user"].as_str()), (1, Some("ada")), "submitted once");
}
