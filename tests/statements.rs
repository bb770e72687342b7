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
    app.tell("faults", json!({"method": "GET", "path": path, "status": 500, "body": "{}", "times": 2})).await;
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

/// The old page says that it goes when the new one has been written already.
#[tokio::test]
async fn a_page_that_is_loaded_again_has_time_to_come_to_life() {
    let app = TestApp::start_with(&["--warehouse-start", "10m"], &[]).await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let view = ada.run("SELECT 1", false).await;
    let cancels = async || app.seen("POST", &format!("/api/2.0/sql/statements/{}/cancel", id(&view))).await.len();
    ada.get(&format!("/sql?sql=SELECT+1&statement={}", id(&view))).await;
    ada.call("statements/state", json!({"statement_id": view["statement_id"], "warehouse_id": null})).await;
    ada.call("statements/leave", json!({"statement_id": view["statement_id"]})).await;
    app.state.running.cancel_left(&app.state, Instant::now() + running::GRACE).await;
    assert_eq!(cancels().await, 0);
    // One that never comes to life is not waited for longer.
    app.state.running.cancel_left(&app.state, Instant::now() + running::OPENING).await;
    assert_eq!(cancels().await, 1);
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

/// 400,000 rows in several chunks behind links.
const NUMBERS: &str = "SELECT id, repeat('x', 90) AS filler FROM range(400000) ORDER BY id";

fn are_all_numbers(file: &str) -> bool {
    let ids = file.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")["id"].as_u64());
    ids.eq((0..400_000).map(Some))
}

#[tokio::test]
async fn a_chunk_that_breaks_off_is_opened_once_more_and_no_row_comes_twice() {
    let app = TestApp::start().await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let done = ada.finished(NUMBERS, true).await;
    let url = format!("{}/download/{}?format=jsonl", app.url, id(&done));
    let cut = |times: u32| json!({"method": "GET", "path": "/external-results/*/1", "cut": true, "times": times});
    app.tell("faults", cut(1)).await;
    let file = ada.browser.try_send(Method::GET, &url, &[], None).await.expect("the whole file");
    assert!(are_all_numbers(&file.body), "each row once, in order");
    app.tell("faults", cut(2)).await;
    assert!(ada.browser.try_send(Method::GET, &url, &[], None).await.is_err(), "twice is not by chance");
}

#[tokio::test]
async fn other_rows_than_the_manifest_says_are_no_result() {
    let app = TestApp::start().await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let done = ada.finished("SELECT id FROM range(3) ORDER BY id", false).await;
    let url = format!("{}/download/{}?format=csv", app.url, id(&done));
    let path = format!("/api/2.0/sql/statements/{}/result/chunks/0", id(&done));
    for rows in [json!([["0"], ["1"]]), json!([["0"], ["1"], ["2"], ["3"]])] {
        let body = json!({"data_array": rows});
        app.tell("faults", json!({"method": "GET", "path": path, "status": 200, "body": body, "times": 1})).await;
        assert!(ada.browser.try_send(Method::GET, &url, &[], None).await.is_err(), "{rows}");
    }
    assert_eq!(ada.get(&format!("/download/{}?format=csv", id(&done))).await.body, "id\r\n0\r\n1\r\n2\r\n");
}

#[tokio::test]
async fn a_download_outlasts_its_access_token() {
    let app = TestApp::start().await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let done = ada.finished(NUMBERS, true).await;
    let jar = ada.browser.jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    let url = format!("{}/download/{}?format=jsonl", app.url, id(&done));
    // Nothing more is read for now, so the server waits in the middle of the file.
    let mut file = reqwest::Client::new().get(url).header("cookie", jar).send().await.expect("an answer");
    let mut bytes = file.chunk().await.expect("a piece").expect("a piece").to_vec();
    app.tell("expire-all-tokens", json!({"refresh": false})).await;
    let (status, _) = ada.call("identity/profile", json!({})).await;
    assert_eq!(status, StatusCode::OK, "another request of the session renews it");
    while let Some(piece) = file.chunk().await.expect("the rest") {
        bytes.extend_from_slice(&piece);
    }
    assert!(are_all_numbers(std::str::from_utf8(&bytes).expect("text")));
    assert_eq!(app.grants("refresh_token").await, 1);
}

#[tokio::test]
async fn a_download_ends_with_its_session() {
    let app = TestApp::start().await;
    // As at Databricks: no revocation is offered, so the tokens stay good.
    let iss = format!("{}/oidc", app.workspace);
    let document = json!({
        "issuer": iss, "authorization_endpoint": format!("{iss}/v1/authorize"), "token_endpoint": format!("{iss}/v1/token"),
        "authorization_response_iss_parameter_supported": true,
    });
    let path = "/oidc/.well-known/oauth-authorization-server";
    app.tell("faults", json!({"path": path, "status": 200, "body": document})).await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let done = ada.finished(NUMBERS, true).await;
    let jar = ada.browser.jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    let url = format!("{}/download/{}?format=jsonl", app.url, id(&done));
    let mut file = reqwest::Client::new().get(url).header("cookie", jar).send().await.expect("an answer");
    file.chunk().await.expect("a piece").expect("a piece");
    ada.browser.call(&format!("{}/logout", app.url), "").await;
    let ended = loop {
        match file.chunk().await {
            Ok(Some(_)) => {}
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(ended, "the connection ends without an end");
}

#[tokio::test]
async fn who_opens_a_download_that_is_not_there_reads_why() {
    let app = TestApp::start().await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let gone = "/download/01ef-0000?format=csv";
    let page = ada.get(gone).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.body);
    assert!(page.body.contains("This did not work") && page.body.contains("/sql?statement=01ef-0000"), "{}", page.body);
    let answer = ada.browser.ask(&format!("{}{gone}", app.url)).await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    let mut nobody = Person { app: &app, browser: Browser::new() };
    let page = nobody.get(gone).await;
    assert_eq!(page.location(), "/sign-in?return_to=%2Fsql%3Fstatement%3D01ef-0000", "to the result, not to a file");
}

#[tokio::test]
async fn a_warehouse_that_may_not_be_seen_holds_no_statement_up() {
    let app = TestApp::start_with(&["--warehouse-start", "10m"], &[]).await;
    let mut ada = Person::signed_in(&app, "ada").await;
    for status in [403, 404, 429] {
        let body = json!({"error_code": "PERMISSION_DENIED", "message": "no"});
        app.tell("faults", json!({"method": "GET", "path": "/api/2.0/sql/warehouses", "status": status, "body": body}))
            .await;
        let view = ada.run("SELECT 1", false).await;
        assert_eq!(view["state"], json!({"working": "Queued"}), "{status}");
        app.heal().await;
    }
    let view = ada.run("SELECT 1", false).await;
    assert_eq!(view["state"], json!({"working": "WarehouseStarting"}));
}

#[tokio::test]
async fn a_browser_that_goes_before_the_answer_leaves_no_statement_behind() {
    let app = TestApp::start_with(&["--warehouse-start", "10m"], &[]).await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let path = "/api/2.0/sql/statements";
    app.tell("faults", json!({"method": "POST", "path": path, "delay_ms": 3_000, "after": true, "times": 1})).await;
    let submitted = async {
        while app.seen("POST", path).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        view = ada.run("SELECT 1", false) => panic!("the browser did not wait: {view}"),
        () = submitted => {}
    }
    // It is known as soon as its answer is here, and from then on nobody asks after it.
    let mut cancelled = 0;
    for _ in 0..100 {
        app.state.running.cancel_left(&app.state, Instant::now() + running::SILENCE).await;
        let posts = app.seen("POST", path).await;
        cancelled =
            posts.iter().filter(|post| post["path"].as_str().is_some_and(|path| path.ends_with("/cancel"))).count();
        if cancelled > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(cancelled, 1);
}

#[tokio::test]
async fn a_cancel_that_fails_is_tried_again_with_the_newest_token() {
    let app = TestApp::start_with(&["--warehouse-start", "10m"], &[]).await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let view = ada.run("SELECT 1", false).await;
    let cancel = format!("/api/2.0/sql/statements/{}/cancel", id(&view));
    app.tell("expire-all-tokens", json!({"refresh": false})).await;
    let later = Instant::now() + running::SILENCE;
    app.state.running.cancel_left(&app.state, later).await;
    let (status, _) = ada.call("identity/profile", json!({})).await;
    assert_eq!(status, StatusCode::OK, "another request of the session renews it");
    app.state.running.cancel_left(&app.state, Instant::now() + running::TRY_AGAIN).await;
    let tries = app.seen("POST", &cancel).await;
    let statuses: Vec<_> = tries.iter().map(|entry| entry["status"].as_u64().unwrap_or_default()).collect();
    assert_eq!(statuses, [403, 200], "{tries:?}");
    app.state.running.cancel_left(&app.state, later + running::SILENCE).await;
    assert_eq!(app.seen("POST", &cancel).await.len(), 2, "and then no more");
}

#[tokio::test]
async fn a_sign_out_cancels_what_runs_for_its_session_alone() {
    let app = TestApp::start_with(&["--warehouse-start", "10m"], &[]).await;
    let (mut ada, mut elsewhere) = (Person::signed_in(&app, "ada").await, Person::signed_in(&app, "ada").await);
    let (theirs, other) = (ada.run("SELECT 1", false).await, elsewhere.run("SELECT 2", false).await);
    ada.browser.call(&format!("{}/logout", app.url), "").await;
    let cancelled = |view: &Value| format!("/api/2.0/sql/statements/{}/cancel", id(view));
    assert_eq!(app.seen("POST", &cancelled(&theirs)).await.len(), 1);
    assert_eq!(app.seen("POST", &cancelled(&other)).await.len(), 0, "the other session goes on");
}

#[tokio::test]
async fn a_result_too_large_to_come_at_once_comes_as_links_by_itself() {
    let app = TestApp::start().await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let first = ada.run("SELECT id, repeat('x', 4000) AS filler FROM range(9000) ORDER BY id", false).await;
    let mut view = first.clone();
    // Two tabs ask at the same instant, again and again.
    let mut beside = Person { app: &app, browser: ada.browser.clone() };
    while view["state"]["working"].is_string() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let ask = json!({"statement_id": view["statement_id"], "warehouse_id": null});
        let ((_, one), (_, two)) =
            tokio::join!(ada.call("statements/state", ask.clone()), beside.call("statements/state", ask));
        for seen in [&one, &two] {
            assert!(seen["state"]["failed"].is_null(), "{seen}");
        }
        view = if one["state"]["working"].is_string() { two } else { one };
    }
    let shape = &view["state"]["done"];
    assert_eq!((&shape["total_rows"], &shape["external"]), (&json!(9_000), &json!(true)), "{view}");
    assert_eq!(app.seen("POST", "/api/2.0/sql/statements").await.len(), 2, "twice and no more");
    // Under the id of the first one there is the same result: the address may still hold it.
    let runs = app.seen("POST", "/api/2.0/sql/statements").await;
    let (_, again) =
        ada.call("statements/state", json!({"statement_id": first["statement_id"], "warehouse_id": null})).await;
    assert_eq!(again, view, "{runs:?}");
    let file = ada.get(&format!("/download/{}?format=csv", id(&first))).await;
    assert_eq!(file.body.lines().count(), 9_001);
}

#[tokio::test]
async fn behind_the_last_page_is_the_last_page() {
    let app = TestApp::start().await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let done = ada.finished("SELECT id FROM range(250) ORDER BY id", false).await;
    for (page, first_row, rows) in [(1, 0, 100), (3, 200, 50), (4, 200, 50), (u64::MAX, 200, 50)] {
        let ask = json!({"statement_id": id(&done), "shape": done["state"]["done"], "page": page});
        let (status, answer) = ada.call("statements/page", ask).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!((&answer["first_row"], answer["rows"].as_array().map(Vec::len)), (&json!(first_row), Some(rows)));
    }
}

#[tokio::test]
async fn a_finished_result_is_asked_for_once() {
    let app = TestApp::start().await;
    let mut ada = Person::signed_in(&app, "ada").await;
    let done = ada.finished("SELECT 1 AS one", false).await;
    let path = format!("/api/2.0/sql/statements/{}", id(&done));
    let asked = async || {
        let seen = app.seen("GET", &path).await;
        seen.iter().filter(|entry| entry["path"] == path.as_str()).count()
    };
    let before = asked().await;
    ada.get(&format!("/download/{}?format=csv", id(&done))).await;
    ada.get(&format!("/sql?statement={}", id(&done))).await;
    assert_eq!(asked().await, before, "its shape does not change");
}

#[tokio::test]
async fn a_statement_that_was_taken_is_not_sent_again_when_the_session_ends_meanwhile() {
    let app = TestApp::start().await;
    let mut ada = Person::signed_in(&app, "ada").await;
    // The workspace takes the statement; from then on it knows neither the access token nor the refresh token.
    app.tell(
        "faults",
        json!({"method": "GET", "path": "/api/2.0/sql/statements/*", "status": 401,
            "body": {"error_code": 401, "message": "Credential was not sent or was of an unsupported type for this API."}}),
    )
    .await;
    app.token_fault(json!({"status": 400, "body": {"error": "invalid_grant"}})).await;
    let view = ada.run("SELECT 1 AS one", false).await;
    assert!(view["state"]["working"].is_string(), "{view}");
    let (status, _) =
        ada.call("statements/state", json!({"statement_id": view["statement_id"], "warehouse_id": null})).await;
    assert_eq!(
        status,
        StatusCode::UNAUTHORIZED,
        "asking after it says that the session is over; that may be asked again"
    );
    assert_eq!(app.seen("POST", "/api/2.0/sql/statements").await.len(), 1);
}
