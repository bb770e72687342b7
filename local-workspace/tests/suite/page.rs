//! The page at `/local`: what it shows, what its buttons do, whom it refuses.

use crate::support::{ALL, TestWorkspace, WAREHOUSE, json, text};
use serde_json::json;

async fn shown(workspace: &TestWorkspace) -> String {
    let answer = workspace.get("/local").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    answer.text().await.unwrap()
}

async fn press(workspace: &TestWorkspace, fields: &[(&str, &str)]) -> u16 {
    workspace.post("/local/page").form(fields).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_shows_people_sessions_warehouses_and_statements_but_no_secret() {
    let workspace = TestWorkspace::start().await;
    let tokens = workspace.tokens("bob", ALL).await;
    let session = workspace.sign_in("ada").await;
    let id = text(&session.sql("SELECT '<script>' AS a").await["statement_id"]);
    let page = shown(&workspace).await;
    for expected in
        ["Ada Lovelace", "Finance", WAREHOUSE, &id, "SELECT &#39;&lt;script&gt;&#39; AS a", "all-apis offline_access"]
    {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains("<script"));
    for secret in
        [&session.token, &text(&tokens["access_token"]), &text(&tokens["refresh_token"]), &workspace.client_secret]
    {
        assert!(!page.contains(secret));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_buttons_do_what_the_controls_do() {
    let workspace = TestWorkspace::with(&["--warehouse-start", "1h"]).await;
    let session = workspace.sign_in("ada").await;
    let warehouse = format!("/api/2.0/sql/warehouses/{WAREHOUSE}");
    let state = async || json(session.get(&warehouse).await).await["state"].clone();
    assert_eq!(press(&workspace, &[("action", "start-warehouse"), ("id", WAREHOUSE)]).await, 303);
    assert_eq!(state().await, "STARTING");
    assert_eq!(press(&workspace, &[("action", "stop-warehouses")]).await, 303);
    assert_eq!(state().await, "STOPPED");

    let fault = [
        ("action", "add-fault"),
        ("path", "/api/2.0/sql/warehouses"),
        ("status", "503"),
        ("times", "1"),
        ("delay_ms", ""),
    ];
    assert_eq!(press(&workspace, &fault).await, 303);
    assert!(shown(&workspace).await.contains("status 503"));
    assert_eq!(session.get(&warehouse).await.status(), 503);
    assert_eq!(session.get(&warehouse).await.status(), 200);
    workspace.fault(json!({"path": "/", "hang": true})).await;
    assert_eq!(press(&workspace, &[("action", "clear-faults")]).await, 303, "faults do not reach the page");
    assert!(!shown(&workspace).await.contains("no answer"));

    assert_eq!(press(&workspace, &[("action", "set-clock"), ("skew_seconds", "-90")]).await, 303);
    assert!(shown(&workspace).await.contains("value=\"-90\""));
    assert_eq!(press(&workspace, &[("action", "expire-access")]).await, 303);
    assert_eq!(session.get(&warehouse).await.status(), 403);
    for wrong in [&[("action", "burn")][..], &[("action", "add-fault"), ("path", "/"), ("status", "x")]] {
        assert_eq!(press(&workspace, wrong).await, 400);
    }
}

#[tokio::test]
async fn other_sites_and_other_names_are_refused() {
    let workspace = TestWorkspace::start().await;
    let foreign =
        workspace.post("/local/page").header("origin", "http://evil.example").form(&[("action", "expire-all")]);
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    let rebound = workspace.get("/local").header("host", "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), 421);
}
