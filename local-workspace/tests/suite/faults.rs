//! Faults: what an app has to live through.

use crate::support::{ALL, TestWorkspace, json, text};
use serde_json::json;
use std::time::{Duration, Instant};

const CONFIG: &str = "/.well-known/databricks-config";

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_answers_in_the_handlers_place_as_often_as_asked() {
    let workspace = TestWorkspace::start().await;
    let body = json!({"error_code": "RESOURCE_EXHAUSTED", "message": "Too many requests"});
    let rule = json!({"method": "GET", "path": "/.well-known/*", "status": 429, "body": body,
                      "headers": {"retry-after": "1"}, "times": 2});
    workspace.fault(rule).await;
    for _ in 0..2 {
        let answer = workspace.get(CONFIG).send().await.unwrap();
        assert_eq!(answer.status(), 429);
        assert_eq!(answer.headers()["retry-after"], "1");
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert!(answer.headers().contains_key("x-request-id"));
        assert_eq!(json(answer).await, body);
    }
    assert_eq!(workspace.get(CONFIG).send().await.unwrap().status(), 200);
    let log = workspace.requests().await;
    assert_eq!(log[0]["fault"], 1);
    assert_eq!(log[2]["fault"], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn text_bodies_keep_their_content_type() {
    let workspace = TestWorkspace::start().await;
    let rule = json!({"path": CONFIG, "status": 200, "body": "<html>proxy</html>", "content_type": "text/html"});
    workspace.fault(rule).await;
    let answer = workspace.get(CONFIG).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/html");
    assert_eq!(answer.text().await.unwrap(), "<html>proxy</html>");
    assert_eq!(workspace.http.delete(workspace.url("/local/faults")).send().await.unwrap().status(), 204);
    assert!(json(workspace.get(CONFIG).send().await.unwrap()).await.is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn delays_hangs_and_cuts() {
    let workspace = TestWorkspace::start().await;
    workspace.fault(json!({"path": CONFIG, "delay_ms": 300, "times": 1})).await;
    let begun = Instant::now();
    assert_eq!(workspace.get(CONFIG).send().await.unwrap().status(), 200);
    assert!(begun.elapsed() >= Duration::from_millis(300));

    workspace.fault(json!({"path": CONFIG, "hang": true, "times": 1})).await;
    let error = workspace.get(CONFIG).timeout(Duration::from_millis(300)).send().await.unwrap_err();
    assert!(error.is_timeout());

    workspace.fault(json!({"path": CONFIG, "cut": true, "times": 1})).await;
    let mut cut = workspace.get(CONFIG).send().await.unwrap();
    assert_eq!(cut.status(), 200);
    let begin = cut.chunk().await.unwrap().unwrap();
    let rest = cut.chunk().await;
    assert!(rest.is_err(), "{rest:?}");
    let whole = workspace.get(CONFIG).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(begin, whole[..whole.len() / 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_can_be_lost_after_the_work_was_done() {
    let workspace = TestWorkspace::start().await;
    let refresh_token = text(&workspace.tokens("ada", ALL).await["refresh_token"]);
    workspace.fault(json!({"path": "/oidc/v1/token", "status": 502, "after": true, "times": 1})).await;
    assert_eq!(workspace.refresh(&refresh_token).await.status(), 502);
    assert_eq!(workspace.refresh(&refresh_token).await.status(), 401, "the first attempt used it up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_makes_no_sense_is_refused() {
    let workspace = TestWorkspace::start().await;
    for rule in [
        json!({"path": "/x"}),
        json!({"status": 500}),
        json!({"path": "/x", "status": 99}),
        json!({"path": "/x", "status": 500, "headers": {"bad name": "x"}}),
        json!({"path": "/x", "status": 500, "unknown": 1}),
    ] {
        assert_eq!(workspace.post("/local/faults").json(&rule).send().await.unwrap().status(), 400, "{rule}");
    }
}
