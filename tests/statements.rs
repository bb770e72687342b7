//! Statements that people write, over HTTP: the result is whole, belongs to who ran it, and nothing runs for nobody.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::time::{Duration, Instant};

use arrow_array::{cast::AsArray as _, types::Int64Type};
use lakefront::server::services::running;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Browser, TestApp};

const LINES: &str =
    "SELECT l_orderkey, l_linenumber, l_comment FROM samples.tpch.lineitem ORDER BY l_orderkey, l_linenumber";

struct Person<'a> {
    app: &'a TestApp,
    browser: Browser,
}

impl<'a> Person<'a> {
    async fn signed_in(app: &'a TestApp, name: &str) -> Self {
        let mut browser = Browser::new();
        browser.sign_in(app, name).await;
        Self { app, browser }
    }

    async fn call(&mut self, path: &str, body: Value) -> (StatusCode, Value) {
        let page = self.browser.call(&format!("{}/api/{path}", self.app.url), &body.to_string()).await;
        (page.status, page.json())
    }

    async fn run(&mut self, sql: &str, all_rows: bool) -> Value {
        let (status, view) = self.call("statements/run", json!({"request": {"sql": sql, "all_rows": all_rows}})).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    }

    /// Runs a statement to its end.
    async fn finished(&mut self, sql: &str, all_rows: bool) -> Value {
        let mut view = self.run(sql, all_rows).await;
        let begun = Instant::now();
        while view["state"]["working"].is_string() {
            assert!(begun.elapsed() < Duration::from_secs(120), "{view}");
            tokio::time::sleep(Duration::from_millis(100)).await;
            let (status, next) = self
                .call("statements/state", json!({"statement_id": view["statement_id"], "warehouse_id": null}))
                .await;
            assert_eq!(status, StatusCode::OK, "{next}");
            view = next;
        }
        view
    }

    async fn get(&mut self, path: &str) -> support::Page {
        self.browser.open(&format!("{}{path}", self.app.url)).await
    }
}

fn id(view: &Value) -> String {
    view["statement_id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn every_chunk_comes_whether_inline_or_behind_links() {
    let app = TestApp::start().await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let first = ada.finished(LINES, false).await;
    let shape = &first["state"]["done"];
    assert_eq!(
        (&shape["total_rows"], &shape["truncated"], &shape["external"]),
        (&json!(10_000), &json!(true), &json!(false))
    );

    let sql = "SELECT id, repeat('x', 90) AS filler FROM range(400000) ORDER BY id";
    let all = ada.finished(sql, true).await;
    let shape = &all["state"]["done"];
    assert!(shape["chunks"].as_array().expect("chunks").len() > 1, "{shape}");
    assert_eq!(
        (&shape["total_rows"], &shape["truncated"], &shape["external"]),
        (&json!(400_000), &json!(false), &json!(true))
    );
    let file = ada.get(&format!("/download/{}?format=jsonl&name=numbers", id(&all))).await;
    assert_eq!(file.status, StatusCode::OK);
    let ids = file.body.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")["id"].as_u64());
    assert!(ids.eq((0..400_000).map(Some)), "each row once, in order");
}

#[tokio::test]
async fn results_belong_to_who_ran_the_statement() {
    let app = TestApp::start().await;
    let (mut ada, mut bob) = (Person::signed_in(&app, "ada").await, Person::signed_in(&app, "bob").await);
    let done = ada.finished("SELECT 'only for ada' AS secret", false).await;
    let id = id(&done);
    for path in [
        format!("/download/{id}?format=csv"),
        format!("/api/statements/{id}/chunks/0?external=false"),
        format!("/api/statements/{id}/chunks/0?external=true"),
        format!("/sql?statement={id}"),
    ] {
        let page = bob.get(&path).await;
        assert!(!page.body.contains("only for ada"), "{path}: {}", page.body);
        assert!(page.status == StatusCode::NOT_FOUND || path.starts_with("/sql"), "{path}: {}", page.status);
    }
    for call in ["statements/state", "statements/cancel"] {
        let (status, answer) = bob.call(call, json!({"statement_id": id, "warehouse_id": null})).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{call}: {answer}");
    }
    let page = ada.get(&format!("/download/{id}?format=csv")).await;
    assert_eq!(page.body, "secret\r\nonly for ada\r\n");
}

#[tokio::test]
async fn nobody_signed_in_gets_nothing() {
    let app = TestApp::start().await;
    let done = Person::signed_in(&app, "ada").await.finished("SELECT 1 AS one", false).await;
    let mut nobody = Person { app: &app, browser: Browser::new() };
    let (status, answer) = nobody.call("statements/run", json!({"request": {"sql": "SELECT 1"}})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::UNAUTHORIZED, &json!("session_over")));
    let before = app.seen("GET", &format!("/api/2.0/sql/statements/{}", id(&done))).await.len();
    let page = nobody.get(&format!("/download/{}?format=csv", id(&done))).await;
    assert!(!page.body.contains("one"), "{}", page.body);
    assert_eq!(app.seen("GET", &format!("/api/2.0/sql/statements/{}", id(&done))).await.len(), before);
}

#[tokio::test]
async fn a_failure_is_told_with_its_place_and_what_to_ask_for() {
    let app = TestApp::start().await;
    let mut carol = Person::signed_in(&app, "carol").await;
    let failed = carol.finished("SELECT 1,\n  FROM FROM", false).await;
    assert!(
        failed["state"]["failed"]["message"].as_str().is_some_and(|message| message.contains("PARSE_SYNTAX_ERROR")),
        "{failed}"
    );
    let denied = carol.finished("SELECT * FROM samples.tpch.customer", false).await;
    let advice = denied["state"]["failed"]["advice"].as_str().unwrap_or_default().to_owned();
    assert!(advice.contains("GRANT ") && advice.contains("carol@example.com"), "{denied}");
    let (status, answer) = carol.call("statements/run", json!({"request": {"sql": "  "}})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_is_renewed_and_the_statement_goes_on() {
    let app = TestApp::start_with(&["--warehouse-start", "10m"], &[]).await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let working = ada.run("SELECT 7 AS seven", false).await;
    assert_eq!(working["state"]["working"], "WarehouseStarting", "{working}");
    app.tell("expire-all-tokens", json!({"refresh": false})).await;
    let (status, view) =
        ada.call("statements/state", json!({"statement_id": working["statement_id"], "warehouse_id": null})).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    assert_eq!(view["statement_id"], working["statement_id"]);
    assert_eq!(app.grants("refresh_token").await, 1, "renewed once");
    assert_eq!(app.seen("POST", "/api/2.0/sql/statements").await.len(), 1, "and not run again");
}

#[tokio::test]
async fn cancelling_while_queued_is_confirmed_by_the_warehouse() {
    let app = TestApp::start_with(&["--warehouse-start", "10m"], &[]).await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let working = ada.run("SELECT 1", false).await;
    let (status, view) = ada.call("statements/cancel", json!({"statement_id": working["statement_id"]})).await;
    assert_eq!((status, &view["state"]), (StatusCode::OK, &json!("canceled")));
}

#[tokio::test]
async fn a_server_that_stops_cancels_what_runs_for_its_pages() {
    let app = TestApp::start_with(&["--warehouse-start", "10m"], &[]).await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let working = ada.run("SELECT 1", false).await;
    app.state.running.cancel_all(&app.state).await;
    let (_, view) =
        ada.call("statements/state", json!({"statement_id": working["statement_id"], "warehouse_id": null})).await;
    assert_eq!(view["state"], "canceled", "{view}");
}

#[tokio::test]
async fn what_breaks_off_is_never_a_shorter_result() {
    let app = TestApp::start().await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let done = ada.finished(LINES, false).await;
    let path = format!("/api/2.0/sql/statements/{}/result/chunks/0", id(&done));
    app.tell("faults", json!({"method": "GET", "path": path, "status": 500, "body": "{}", "times": 1})).await;
    let url = format!("{}/download/{}?format=csv", app.url, id(&done));
    let broken = ada.browser.try_send(Method::GET, &url, &[], None).await;
    assert!(broken.is_err(), "the connection ends without an end");
}

#[tokio::test]
async fn a_page_that_goes_leaves_its_own_statement_to_be_cancelled() {
    let app = TestApp::start_with(&["--warehouse-start", "10m"], &[]).await;
    let (mut ada, mut bob) = (Person::signed_in(&app, "ada").await, Person::signed_in(&app, "bob").await);
    let (left, kept) = (ada.run("SELECT 1", false).await, ada.run("SELECT 2", false).await);
    for (person, view) in [(&mut ada, &left), (&mut bob, &kept)] {
        let (status, answer) = person.call("statements/leave", json!({"statement_id": view["statement_id"]})).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
    let cancelled = |view: &Value| format!("/api/2.0/sql/statements/{}/cancel", id(view));
    app.state.running.cancel_left(&app.state, Instant::now()).await;
    assert_eq!(app.seen("POST", &cancelled(&left)).await.len(), 0, "it may be loaded again");
    app.state.running.cancel_left(&app.state, Instant::now() + running::GRACE).await;
    assert_eq!(app.seen("POST", &cancelled(&left)).await.len(), 1);
    assert_eq!(app.seen("POST", &cancelled(&kept)).await.len(), 0, "nobody leaves another one's statement");
}

#[tokio::test]
async fn a_page_that_is_loaded_again_keeps_its_statement() {
    let app = TestApp::start_with(&["--warehouse-start", "10m"], &[]).await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let view = ada.run("SELECT 1", false).await;
    ada.call("statements/leave", json!({"statement_id": view["statement_id"]})).await;
    ada.call("statements/state", json!({"statement_id": view["statement_id"], "warehouse_id": null})).await;
    app.state.running.cancel_left(&app.state, Instant::now() + running::GRACE).await;
    assert_eq!(app.seen("POST", &format!("/api/2.0/sql/statements/{}/cancel", id(&view))).await.len(), 0);
}

#[tokio::test]
async fn arrow_holds_the_same_rows_with_their_types() {
    let app = TestApp::start().await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let sql = "SELECT id, CAST(id AS DECIMAL(20,2)) AS price, DATE'2016-02-29' AS day, TIMESTAMP'2016-02-29 12:00:00' AS at FROM range(20000) ORDER BY id";
    let done = ada.finished(sql, true).await;
    let url = format!("{}/download/{}?format=arrow&name=rows", app.url, id(&done));
    let bytes = ada.browser.open(&url).await.bytes;
    let batches: Vec<_> = arrow_ipc::reader::StreamReader::try_new(bytes.as_slice(), None)
        .expect("a stream")
        .map(Result::unwrap)
        .collect();
    let types: Vec<_> = batches[0].schema().fields().iter().map(|field| field.data_type().to_string()).collect();
    assert_eq!(types, ["Int64", "Decimal128(20, 2)", "Date32", "Timestamp(\u{b5}s, \"UTC\")"]);
    let ids = batches.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec());
    assert!(ids.eq(0..20_000), "each row once, in order");
}
