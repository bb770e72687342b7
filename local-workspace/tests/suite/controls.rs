//! The controls of the local workspace: what they do, whom they refuse, and what they never show.

use crate::support::{ALL, TestWorkspace, VERIFIER, WAREHOUSE, json, text};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_request_log_tells_who_asked_for_what_and_keeps_no_secret() {
    let workspace = TestWorkspace::start().await;
    let code = workspace.code("ada", ALL).await;
    let tokens = json(workspace.redeem(&code).await).await;
    let refreshed = json(workspace.refresh(&text(&tokens["refresh_token"])).await).await;
    let access = text(&refreshed["access_token"]);
    workspace.get("/api/2.0/preview/scim/v2/Me?attributes=userName").bearer_auth(&access).send().await.unwrap();
    workspace.get("/api/2.0/preview/scim/v2/Me").bearer_auth("garbage").send().await.unwrap();

    let log = workspace.requests().await;
    let short: Vec<_> = log
        .iter()
        .map(|entry| {
            (
                text(&entry["method"]),
                text(&entry["path"]),
                entry["status"].clone(),
                entry["user"].clone(),
                entry["grant_type"].clone(),
            )
        })
        .collect();
    let entry = |method: &str, path: &str, status: u16, user: Option<&str>, grant: Option<&str>| {
        (method.to_owned(), path.to_owned(), json!(status), json!(user), json!(grant))
    };
    assert_eq!(
        short,
        [
            entry("POST", "/oidc/v1/authorize", 303, Some("ada"), None),
            entry("POST", "/oidc/v1/token", 200, Some("ada"), Some("authorization_code")),
            entry("POST", "/oidc/v1/token", 200, Some("ada"), Some("refresh_token")),
            entry("GET", "/api/2.0/preview/scim/v2/Me", 200, Some("ada"), None),
            entry("GET", "/api/2.0/preview/scim/v2/Me", 403, None, None),
        ]
    );
    assert_eq!(log[0]["client_ip"], "127.0.0.1");

    let whole = json!(log).to_string();
    let secrets = [
        code,
        access,
        text(&tokens["refresh_token"]),
        VERIFIER.to_owned(),
        workspace.client_secret.clone(),
        "userName".to_owned(),
    ];
    for secret in secrets {
        assert!(!whole.contains(&secret));
    }

    assert_eq!(workspace.http.delete(workspace.url("/local/requests")).send().await.unwrap().status(), 204);
    assert!(workspace.requests().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_tokens_can_be_expired() {
    let workspace = TestWorkspace::start().await;
    let tokens = workspace.tokens("ada", ALL).await;
    let me = async |access: &serde_json::Value| {
        workspace.get("/api/2.0/preview/scim/v2/Me").bearer_auth(text(access)).send().await.unwrap().status().as_u16()
    };
    assert_eq!(workspace.post("/local/expire-all-tokens").send().await.unwrap().status(), 204);
    assert_eq!(me(&tokens["access_token"]).await, 403);
    let next = json(workspace.refresh(&text(&tokens["refresh_token"])).await).await;
    assert_eq!(me(&next["access_token"]).await, 200);

    let everything = workspace.post("/local/expire-all-tokens").json(&json!({"refresh": true}));
    assert_eq!(everything.send().await.unwrap().status(), 204);
    assert_eq!(me(&next["access_token"]).await, 403);
    assert_eq!(workspace.refresh(&text(&next["refresh_token"])).await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warehouse_can_be_put_into_a_state() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let control = format!("/local/warehouses/{WAREHOUSE}/state");
    for state in ["STOPPED", "STARTING", "RUNNING"] {
        let answer = workspace.post(&control).json(&json!({"state": state})).send().await.unwrap();
        assert_eq!(answer.status(), 204);
        let shown = json(session.get(&format!("/api/2.0/sql/warehouses/{WAREHOUSE}")).await).await;
        assert_eq!(shown["state"], state);
    }
    let answer = workspace.post(&control).json(&json!({"state": "BROKEN"})).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_after_stop_warehouse_starts_its_own_again() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let states = async || {
        let list = json(session.get("/api/2.0/sql/warehouses").await).await;
        let list = list["warehouses"].as_array().unwrap().clone();
        list.iter().map(|warehouse| (text(&warehouse["id"]), text(&warehouse["state"]))).collect::<Vec<_>>()
    };
    assert_eq!(workspace.post("/local/stop-warehouse").send().await.unwrap().status(), 204);
    let stopped = states().await;
    assert!(stopped.len() == 3 && stopped.iter().all(|(_, state)| state == "STOPPED"), "{stopped:?}");
    assert_eq!(session.rows("SELECT 1").await, json!([["1"]]));
    for (id, state) in states().await {
        assert_eq!(state, if id == WAREHOUSE { "RUNNING" } else { "STOPPED" }, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_origins_are_refused() {
    let workspace = TestWorkspace::start().await;
    for (name, value) in [
        ("origin", "http://localhost:5173"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let answer = workspace.get("/local/requests").header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), 403, "{name}: {value}");
    }
    let own =
        workspace.get("/local/requests").header("origin", &workspace.host).header("sec-fetch-site", "same-origin");
    assert_eq!(own.send().await.unwrap().status(), 200);
}
