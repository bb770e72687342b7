//! Refresh tokens: single use, rotation, and what happens when one comes back.

use crate::support::{ALL, TestWorkspace, json, text};
use reqwest::Response;
use serde_json::Value;
use std::time::Duration;

async fn assert_dead(answer: Response) {
    assert_eq!(answer.status(), 401);
    let body = json(answer).await;
    assert_eq!(body["error"], "invalid_request");
    assert_eq!(body["error_description"], "Refresh token is invalid");
}

async fn me(workspace: &TestWorkspace, tokens: &Value) -> u16 {
    let request = workspace.get("/api/2.0/preview/scim/v2/Me").bearer_auth(text(&tokens["access_token"]));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_refresh_rotates_and_keeps_user_and_scopes() {
    let workspace = TestWorkspace::start().await;
    let first = workspace.tokens("bob", "all-apis offline_access").await;
    let second = json(workspace.refresh(&text(&first["refresh_token"])).await).await;
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(first["scope"], second["scope"]);
    assert_eq!(me(&workspace, &first).await, 200, "the older access token lives on");
    assert_eq!(me(&workspace, &second).await, 200);
}

#[tokio::test]
async fn reuse_revokes_the_whole_family_and_no_other() {
    let workspace = TestWorkspace::start().await;
    let other = workspace.tokens("ada", ALL).await;
    let first = workspace.tokens("ada", ALL).await;
    let second = json(workspace.refresh(&text(&first["refresh_token"])).await).await;
    assert_dead(workspace.refresh(&text(&first["refresh_token"])).await).await;
    assert_dead(workspace.refresh(&text(&second["refresh_token"])).await).await;
    assert_eq!(me(&workspace, &first).await, 403);
    assert_eq!(me(&workspace, &second).await, 403);
    assert_eq!(me(&workspace, &other).await, 200);
}

#[tokio::test]
async fn of_parallel_refreshes_one_wins_and_the_family_ends() {
    let workspace = TestWorkspace::start().await;
    let token = text(&workspace.tokens("ada", ALL).await["refresh_token"]);
    let answers = futures::future::join_all((0..5).map(|_| workspace.refresh(&token))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status() == 200).count(), 1);
}

#[tokio::test]
async fn unknown_and_expired_refresh_tokens_are_dead() {
    let workspace = TestWorkspace::with(&["--refresh-ttl", "1s"]).await;
    assert_dead(workspace.refresh("doau00000000000000000000000000000000").await).await;
    let tokens = workspace.tokens("ada", ALL).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_dead(workspace.refresh(&text(&tokens["refresh_token"])).await).await;
}

#[tokio::test]
async fn a_revoked_refresh_token_ends_its_family_and_an_access_token_only_itself() {
    let workspace = TestWorkspace::start().await;
    let metadata = json(workspace.get("/oidc/.well-known/oauth-authorization-server").send().await.unwrap()).await;
    let endpoint = text(&metadata["revocation_endpoint"]);
    let revoke = async |token: &Value, secret: &str| {
        let (token, id) = (text(token), workspace.client_id.clone());
        let form = [("token", token.as_str()), ("client_id", id.as_str()), ("client_secret", secret)];
        workspace.http.post(&endpoint).form(&form).send().await.unwrap().status().as_u16()
    };
    let (first, other) = (workspace.tokens("ada", ALL).await, workspace.tokens("ada", ALL).await);
    assert_eq!(revoke(&first["refresh_token"], "wrong").await, 401);
    assert_eq!(me(&workspace, &first).await, 200);
    assert_eq!(revoke(&first["refresh_token"], &workspace.client_secret).await, 200);
    assert_dead(workspace.refresh(&text(&first["refresh_token"])).await).await;
    assert_eq!(me(&workspace, &first).await, 403);
    assert_eq!(revoke(&other["access_token"], &workspace.client_secret).await, 200);
    assert_eq!(me(&workspace, &other).await, 403);
    assert_eq!(workspace.refresh(&text(&other["refresh_token"])).await.status(), 200);
    assert_eq!(revoke(&Value::from("unknown"), &workspace.client_secret).await, 200, "what it wants is so already");
}
