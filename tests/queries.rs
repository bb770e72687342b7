//! Typed queries against a real engine, and what people get when it fails or takes its time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::time::{Duration, Instant};

use lakefront::{
    model::{queries, query::QueryFile},
    server::check_queries::check,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use support::{Browser, TestApp};

async fn ask(app: &TestApp, browser: &mut Browser, from: &str, to: &str) -> support::Page {
    let mut statement_id = Value::Null;
    let begun = Instant::now();
    loop {
        let body = json!({"query": {"from_day": from, "to_day": to}, "statement_id": statement_id});
        let page = browser.call(&format!("{}/api/queries/trips_per_day", app.url), &body.to_string()).await;
        match page.status == StatusCode::OK && page.json()["Working"].is_object() {
            true if begun.elapsed() < Duration::from_secs(30) => {
                statement_id = page.json()["Working"]["statement_id"].clone()
            }
            _ => return page,
        }
    }
}

#[tokio::test]
async fn rows_come_with_their_types() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    browser.sign_in(&app, "ada").await;
    let page = ask(&app, &mut browser, "2016-01-01", "2016-02-29").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let rows = page.json()["Ready"]["rows"].as_array().expect("rows").clone();
    assert_eq!(rows.len(), 60);
    assert_eq!(rows[0]["day"], "2016-01-01");
    assert_eq!(rows.iter().map(|row| row["trips"].as_i64().expect("a number")).sum::<i64>(), 21_932);
    assert!(
        rows[0]["fares"].as_str().is_some_and(|fares| fares.split_once('.').is_some_and(|(_, cents)| cents.len() == 2)),
        "exact cents"
    );

    let page = ask(&app, &mut browser, "2017-01-01", "2017-01-02").await;
    assert_eq!(page.json()["Ready"]["rows"], json!([]), "an empty result is no error");
}

#[tokio::test]
async fn bad_input_is_refused_with_a_sentence() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    browser.sign_in(&app, "ada").await;
    let page = ask(&app, &mut browser, "2016-02-30'; DROP TABLE x", "2016-02-01").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.body);
    assert!(app.seen("POST", "/api/2.0/sql/statements").await.is_empty(), "the workspace was not asked");
    let body = json!({"query": {"from_day": "2016-01-01", "to_day": "2016-01-02"}, "statement_id": "../../x"});
    let page = browser.call(&format!("{}/api/queries/trips_per_day", app.url), &body.to_string()).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.body);
}

#[tokio::test]
async fn a_statement_belongs_to_its_user() {
    let app = TestApp::start_with(&["--warehouse-start", "2s"], &[]).await;
    let (mut ada, mut bob) = (Browser::new(), Browser::new());
    ada.sign_in(&app, "ada").await;
    bob.sign_in(&app, "bob").await;
    let url = format!("{}/api/queries/trips_per_day", app.url);
    let query = json!({"from_day": "2016-01-01", "to_day": "2016-01-02"});
    let working = ada.call(&url, &json!({"query": query, "statement_id": null}).to_string()).await;
    let id = working.json()["Working"]["statement_id"].clone();
    assert!(id.is_string(), "{}", working.body);
    let page = bob.call(&url, &json!({"query": query, "statement_id": id}).to_string()).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.body);
}

#[tokio::test]
async fn a_cold_warehouse_does_not_hold_the_page() {
    let app = TestApp::start_with(&["--warehouse-start", "5s"], &[]).await;
    let mut browser = Browser::new();
    browser.sign_in(&app, "ada").await;
    let page = browser.open(&format!("{}/", app.url)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Warehouse starting"), "{}", page.body);
    assert!(page.body.contains("<noscript>") && page.body.contains("statement="), "it goes on without JavaScript");
}

#[tokio::test]
async fn a_workspace_that_fails_is_told_apart_from_a_missing_grant() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    browser.sign_in(&app, "ada").await;
    for (status, body, code) in [
        (500, "{}", "workspace_unreachable"),
        (
            403,
            r#"{"error_code":"PERMISSION_DENIED","message":"You need CAN USE on the warehouse"}"#,
            "permission_denied",
        ),
        (403, r#"{"message":"Provided OAuth token does not have required scopes: sql"}"#, "missing_scope"),
        (302, "", "workspace_unreachable"),
    ] {
        let fault =
            json!({"method": "POST", "path": "/api/2.0/sql/statements", "status": status, "body": body, "times": 1});
        app.tell("faults", fault).await;
        let page = ask(&app, &mut browser, "2016-01-01", "2016-01-02").await;
        assert_eq!(page.json()["code"], code, "{status} {body}: {}", page.body);
        assert!(page.json()["request_id"].is_string());
    }
}

#[tokio::test]
async fn a_throttled_statement_is_sent_again_and_in_the_end_reported() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    browser.sign_in(&app, "ada").await;
    let fault = |times: u32| json!({"method": "POST", "path": "/api/2.0/sql/statements", "status": 429, "body": "{}", "times": times});
    app.tell("faults", fault(1)).await;
    let page = ask(&app, &mut browser, "2016-01-01", "2016-01-02").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(app.seen("POST", "/api/2.0/sql/statements").await.len(), 2, "refused once, then done once");
    app.tell("faults", fault(100)).await;
    let page = ask(&app, &mut browser, "2016-01-01", "2016-01-03").await;
    assert_eq!(page.json()["code"], "rate_limited", "{}", page.body);
}

#[tokio::test]
async fn files_are_compared_with_what_the_workspace_answers() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    browser.sign_in(&app, "ada").await;
    let session = app.session(&browser);
    let token = session["access_token"].as_str().expect("a token").into();
    for file in queries::FILES {
        assert_eq!(check(&app.state.databricks, &token, file).await, Ok(()), "{}", file.name);
    }
    let file = |sql, columns| QueryFile { name: "x", sql, parameters: &[("day", "DATE")], columns };
    for (sql, columns, problem) in [
        ("SELECT CAST(1 AS INT) AS a WHERE :day > DATE'2016-01-01'", &[("a", "INT")][..], Ok(())),
        ("SELECT CAST(1 AS INT) AS a, :day AS b", &[("a", "BIGINT"), ("b", "DATE")], Err("column 1 is `a INT`")),
        ("SELECT :day AS b", &[("b", "DATE"), ("c", "INT")], Err("`c INT`")),
        ("SELECT :day AS b, CAST(2 AS INT) AS c", &[("b", "DATE")], Err("does not name the column `c INT`")),
        ("SELECT nothing", &[("a", "INT")], Err("nothing")),
    ] {
        match (check(&app.state.databricks, &token, &file(sql, columns)).await, problem) {
            (Ok(()), Ok(())) => {}
            (Err(found), Err(problem)) => assert!(found.contains(problem), "{sql}: {found}"),
            (found, _) => panic!("{sql}: {found:?}"),
        }
    }
}
