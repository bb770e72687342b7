//! The life of a statement: waiting, polling, canceling, and who may see it.

use crate::support::{TestWorkspace, WAREHOUSE, json};
use serde_json::{Value, json};
use std::time::Duration;

/// A product of 10^13 rows: nobody waits for its end.
const ENDLESS: &str = "SELECT sum(a.fare_amount * b.fare_amount * c.fare_amount) \
                       FROM samples.nyctaxi.trips a, samples.nyctaxi.trips b, samples.nyctaxi.trips c";

#[tokio::test(flavor = "multi_thread")]
async fn a_quick_statement_answers_at_once_with_or_without_slash() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    for path in ["/api/2.0/sql/statements", "/api/2.0/sql/statements/"] {
        let body = json!({"statement": "SELECT 'x' AS greeting", "warehouse_id": WAREHOUSE});
        let answer = json(session.post(path, body).await).await;
        assert_eq!(answer["status"], json!({"state": "SUCCEEDED"}));
        assert_eq!(answer["result"]["data_array"], json!([["x"]]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_waiting_the_answer_is_pending_and_polling_finds_the_result() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let answer = session.statement("SELECT 1 AS one", json!({"wait_timeout": "0s"})).await;
    assert_eq!(answer["status"], json!({"state": "PENDING"}));
    assert!(answer.get("manifest").is_none() && answer.get("result").is_none());
    let settled = session.settle(answer["statement_id"].as_str().unwrap()).await;
    assert_eq!(settled["result"]["data_array"], json!([["1"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_are_400() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let cases = [
        (json!({"statement": "SELECT 1", "warehouse_id": WAREHOUSE, "wait_timeout": "4s"}), "INVALID_PARAMETER_VALUE"),
        (json!({"statement": "SELECT 1", "warehouse_id": WAREHOUSE, "wait_timeout": "51s"}), "INVALID_PARAMETER_VALUE"),
        (json!({"statement": "SELECT 1", "warehouse_id": WAREHOUSE, "row_limit": 0}), "INVALID_PARAMETER_VALUE"),
        (json!({"statement": "SELECT 1"}), "INVALID_PARAMETER_VALUE"),
        (json!({"warehouse_id": WAREHOUSE}), "INVALID_PARAMETER_VALUE"),
        (
            json!({"statement": "SELECT :a", "warehouse_id": WAREHOUSE, "parameters": [{"name": "a", "type": "MAP"}]}),
            "INVALID_PARAMETER_VALUE",
        ),
        (json!({"statement": "SELECT 1", "warehouse_id": WAREHOUSE, "byte_limit": -1}), "INVALID_PARAMETER_VALUE"),
        (
            json!({"statement": "SELECT 1", "warehouse_id": WAREHOUSE, "disposition": "LINKS"}),
            "INVALID_PARAMETER_VALUE",
        ),
        (
            json!({"statement": "SELECT 1", "warehouse_id": WAREHOUSE, "format": "ARROW_STREAM"}),
            "INVALID_PARAMETER_VALUE",
        ),
        (json!("SELECT 1"), "BAD_REQUEST"),
    ];
    for (body, code) in cases {
        let answer = session.post("/api/2.0/sql/statements", body.clone()).await;
        assert_eq!(answer.status(), 400, "{body}");
        let error = json(answer).await;
        assert_eq!(error["error_code"], code, "{body}");
        assert!(!error["message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn others_statements_are_not_there() {
    let workspace = TestWorkspace::start().await;
    let (ada, bob) = (workspace.sign_in("ada").await, workspace.sign_in("bob").await);
    let id = ada.sql("SELECT 1").await["statement_id"].as_str().unwrap().to_owned();
    let path = format!("/api/2.0/sql/statements/{id}");
    for answer in [
        bob.get(&path).await,
        bob.get(&format!("{path}/result/chunks/0")).await,
        bob.post(&format!("{path}/cancel"), json!({})).await,
        ada.get("/api/2.0/sql/statements/01efffff-0000-0000-0000-000000000000").await,
    ] {
        assert_eq!(answer.status(), 404);
        assert_eq!(json(answer).await["error_code"], "NOT_FOUND");
    }
    assert_eq!(ada.get(&path).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_stops_the_work() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let answer = session.statement(ENDLESS, json!({"wait_timeout": "0s"})).await;
    let id = answer["statement_id"].as_str().unwrap();
    let path = format!("/api/2.0/sql/statements/{id}");
    let state = async || json(session.get(&path).await).await["status"]["state"].clone();
    while state().await != "RUNNING" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let answer = session.post(&format!("{path}/cancel"), json!({})).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.unwrap(), "");
    assert_eq!(state().await, "CANCELED");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_wait_can_cancel() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let more = json!({"wait_timeout": "5s", "on_wait_timeout": "CANCEL"});
    assert_eq!(session.statement(ENDLESS, more).await["status"], json!({"state": "CANCELED"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_is_too_late_for_a_finished_statement() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let id = session.sql("SELECT 1").await["statement_id"].as_str().unwrap().to_owned();
    session.post(&format!("/api/2.0/sql/statements/{id}/cancel"), json!({})).await;
    assert_eq!(session.settle(&id).await["status"]["state"], "SUCCEEDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_statement_is_gone() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let id = session.sql("SELECT 1").await["statement_id"].as_str().unwrap().to_owned();
    let url = workspace.url(&format!("/api/2.0/sql/statements/{id}"));
    let closed = workspace.http.delete(&url).bearer_auth(&session.token).send().await.unwrap();
    assert_eq!(json(closed).await, json!({}));
    assert_eq!(session.get(&format!("/api/2.0/sql/statements/{id}")).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn catalog_and_schema_complete_short_names() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let count = |sql: &'static str, more: Value| {
        let session = &session;
        async move { session.statement(sql, more).await["result"]["data_array"].clone() }
    };
    let place = json!({"catalog": "samples", "schema": "tpch"});
    assert_eq!(count("SELECT count(*) FROM nation", place).await, json!([["25"]]));
    assert_eq!(count("SELECT count(*) FROM `tpch`.`region`", json!({"catalog": "samples"})).await, json!([["5"]]));
}
