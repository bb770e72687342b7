//! Typed queries against a real engine, and what people get when it fails or takes its time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../build/query.rs"]
#[allow(dead_code, reason = "the build uses the rest")]
mod query;
#[path = "../src/model/sql_text.rs"]
#[allow(dead_code, reason = "the app uses the rest")]
mod sql_text;
mod support;

use std::time::{Duration, Instant};

use lakefront::{
    model::{queries, query::QueryFile},
    server::{check_queries::check, services::running},
};
use query::Query;
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

#[test]
fn a_file_that_is_wrong_does_not_build_and_says_where() {
    for (text, problem) in [
        ("-- @column a INT\nSELECT :day AS a", "2: `:day` has no `-- @param day TYPE`"),
        ("-- @param day DATE\n-- @column a INT\n\nSELECT 1 AS a\nWHERE :day_from > 1", "5: `:day_from` has no"),
        (
            "-- @param day DATE\n-- @param day_from DATE\n-- @column a INT\nSELECT :day_from AS a",
            "1: parameter `day` does not occur",
        ),
        ("-- @param day DATE\n-- @column a INT\nSELECT ':day' AS a -- :day", "1: parameter `day` does not occur"),
        ("-- @column a INT\n-- @column a INT\nSELECT 1", "2: column `a` is there twice"),
        ("-- @param p INT\n-- @param p INT\n-- @column a INT\nSELECT :p", "2: parameter `p` is there twice"),
        ("-- @column a\nSELECT 1", "1: the type of `a` is missing"),
        ("-- @column a DECIMAL(18, 2\nSELECT 1", "1: the type of `a` is missing"),
        ("-- @column\nSELECT 1", "1: a name is missing"),
        ("-- x\n-- @column self INT\nSELECT 1", "2: `self` cannot be a name in Rust"),
        ("-- @column Day DATE\nSELECT 1", "1: `Day`: names are lower case"),
        ("-- @column a VARIANT\nSELECT 1", "1: `a`: the type VARIANT is not known"),
        ("-- @columns a INT\nSELECT 1", "1: unknown mark"),
        ("-- @column a INT\n", "there is no SQL"),
        ("SELECT 1", "1: name the columns"),
    ] {
        let found = Query::parse("x", text).expect_err(text);
        assert!(found.contains(problem), "{text}: {found}");
    }
    let good = "-- @column a INT\nSELECT 1 AS a";
    for (name, problem) in [("date", "Date"), ("self", "cannot be a name"), ("Trips", "lower case")] {
        assert!(Query::parse(name, good).expect_err(name).contains(problem), "{name}");
    }
}

#[test]
fn what_a_file_says_is_read_as_people_write_it() {
    let text = "-- Docs\n--@param type  STRING  what kind\n-- @column price DECIMAL(18, 2) NULL\n-- @column match BOOLEAN\n\nSELECT :type, 'it''s :not', a:path, x::INT";
    let query = Query::parse("a_b", text).expect("a query");
    assert_eq!((query.type_name().as_str(), query.docs.as_slice()), ("AB", &["Docs".to_owned()][..]));
    assert_eq!((query.params[0].rust_name().as_str(), query.params[0].sql_type.as_str()), ("r#type", "STRING"));
    let [price, matches] = query.columns.as_slice() else { panic!("two columns") };
    assert_eq!((price.sql_type.as_str(), price.rust_type().as_deref()), ("DECIMAL(18,2)", Ok("Option<Decimal>")));
    assert_eq!((matches.rust_name().as_str(), matches.rust_type().as_deref()), ("r#match", Ok("bool")));
}

#[tokio::test]
async fn a_typed_query_that_nobody_waits_for_is_cancelled() {
    let app = TestApp::start_with(&["--warehouse-start", "10m"], &[]).await;
    let mut browser = Browser::new();
    browser.sign_in(&app, "ada").await;
    let url = format!("{}/api/queries/trips_per_day", app.url);
    let query = json!({"from_day": "2016-01-01", "to_day": "2016-01-02"});
    let working = browser.call(&url, &json!({"query": query, "statement_id": null}).to_string()).await;
    let id = working.json()["Working"]["statement_id"].as_str().expect("an id").to_owned();
    let cancel = format!("/api/2.0/sql/statements/{id}/cancel");
    app.state.running.cancel_left(&app.state, Instant::now()).await;
    assert_eq!(app.seen("POST", &cancel).await.len(), 0, "the page may still ask");
    app.state.running.cancel_left(&app.state, Instant::now() + running::SILENCE).await;
    assert_eq!(app.seen("POST", &cancel).await.len(), 1);
}

#[tokio::test]
async fn a_refusal_says_whom_to_ask_for_what_and_where_to_look() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    browser.sign_in(&app, "ada").await;
    for (status, body, code, text, advice) in [
        (
            403,
            json!({"error_code": "PERMISSION_DENIED", "message": "User does not have USE SCHEMA on Schema 'a.b'."}),
            "permission_denied",
            "USE SCHEMA",
            "GRANT USE SCHEMA ON SCHEMA `a`.`b` TO `ada@example.com`",
        ),
        (
            403,
            json!("PERMISSION_DENIED: User does not have SELECT on Table 'a.b.c'."),
            "permission_denied",
            "SELECT",
            "GRANT SELECT",
        ),
        (
            403,
            json!({"error_code": 403, "message": "Source IP address: 192.0.2.1 is blocked by Databricks IP ACL for workspace: 7"}),
            "workspace_unreachable",
            "network",
            "IP access list",
        ),
        (
            404,
            json!({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "SQL warehouse 1 does not exist."}),
            "not_found",
            "warehouse is not there",
            "another warehouse",
        ),
    ] {
        let fault = json!({"method": "POST", "path": "/api/2.0/sql/statements", "status": status, "body": body,
            "times": 1});
        app.tell("faults", fault).await;
        let error = ask(&app, &mut browser, "2016-01-01", "2016-01-02").await.json();
        assert_eq!(error["code"], code, "{error}");
        assert!(error["details"]["workspace_request_id"].is_string(), "{error}");
        let has = |field: &Value, part: &str| field.as_str().is_some_and(|found| found.contains(part));
        assert!(has(&error["message"], text) && has(&error["details"]["advice"], advice), "{error}");
    }
    assert_eq!(app.grants("refresh_token").await, 0, "a blocked network is no refused token");
}
