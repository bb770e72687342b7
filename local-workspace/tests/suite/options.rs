//! What the options of the authorization server change, and the tokens that need no sign-in.

use crate::support::{ALL, REDIRECT_URI, TestWorkspace, VERIFIER, json, redirect_params, text};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::time::Duration;

const ME: &str = "/api/2.0/preview/scim/v2/Me";
const ACCOUNT: &str = "/oidc/accounts/8484c0de-0000-4000-8000-000000000001";

async fn me(workspace: &TestWorkspace, bearer: &str) -> (u16, Value) {
    let answer = workspace.get(ME).bearer_auth(bearer).send().await.unwrap();
    (answer.status().as_u16(), json(answer).await)
}

#[tokio::test]
async fn refresh_tokens_can_be_reusable() {
    let workspace = TestWorkspace::with(&["--reusable-refresh-tokens"]).await;
    let first = workspace.tokens("ada", ALL).await;
    let mut access = vec![text(&first["access_token"])];
    for _ in 0..3 {
        let next = json(workspace.refresh(&text(&first["refresh_token"])).await).await;
        assert_eq!(next["refresh_token"], first["refresh_token"]);
        access.push(text(&next["access_token"]));
    }
    for token in &access {
        assert_eq!(me(&workspace, token).await.0, 200);
    }
}

#[tokio::test]
async fn a_session_can_have_an_end_that_refreshing_does_not_move() {
    let workspace = TestWorkspace::with(&["--session-ttl", "4s"]).await;
    let first = workspace.tokens("ada", ALL).await;
    let second = json(workspace.refresh(&text(&first["refresh_token"])).await).await;
    assert_eq!(me(&workspace, &text(&second["access_token"])).await.0, 200);
    tokio::time::sleep(Duration::from_millis(4_100)).await;
    assert_eq!(me(&workspace, &text(&second["access_token"])).await.0, 403);
    assert_eq!(workspace.refresh(&text(&second["refresh_token"])).await.status(), 401);
}

#[tokio::test]
async fn revocation_can_be_missing_as_on_the_real_service() {
    let workspace = TestWorkspace::with(&["--no-revocation"]).await;
    let metadata = json(workspace.get("/oidc/.well-known/oauth-authorization-server").send().await.unwrap()).await;
    assert!(metadata.get("revocation_endpoint").is_none());
    let tokens = workspace.tokens("ada", ALL).await;
    let form = [("token", text(&tokens["refresh_token"])), ("client_id", workspace.client_id.clone())];
    assert_eq!(workspace.post("/oidc/v1/revoke").form(&form).send().await.unwrap().status(), 404);
    assert_eq!(workspace.refresh(&text(&tokens["refresh_token"])).await.status(), 200);
}

#[tokio::test]
async fn the_account_has_a_door_of_its_own() {
    let workspace = TestWorkspace::start().await;
    let metadata = workspace.get(&format!("{ACCOUNT}/.well-known/oauth-authorization-server"));
    let metadata = json(metadata.send().await.unwrap()).await;
    let issuer = text(&metadata["issuer"]);
    assert_eq!(issuer, workspace.url(ACCOUNT));
    assert_eq!(metadata["token_endpoint"], format!("{issuer}/v1/token"));

    let page = workspace.http.get(text(&metadata["authorization_endpoint"])).query(&workspace.authorize_params(&[]));
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains(&format!("action=\"{ACCOUNT}/v1/authorize\"")));
    let mut form = workspace.authorize_params(&[]);
    form.insert("local_user".to_owned(), "bob".to_owned());
    let answer = workspace.post(&format!("{ACCOUNT}/v1/authorize")).form(&form).send().await.unwrap();
    let params = redirect_params(&answer);
    assert_eq!(params["iss"], issuer);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &params["code"]),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
        ("client_id", &workspace.client_id),
        ("client_secret", &workspace.client_secret),
    ];
    let tokens = json(workspace.post(&format!("{ACCOUNT}/v1/token")).form(&form).send().await.unwrap()).await;
    let access = text(&tokens["access_token"]);
    let claims = BASE64_URL_SAFE_NO_PAD.decode(access.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some(issuer.as_str()), Some("bob@example.com")));
    assert_eq!(me(&workspace, &access).await.0, 200);
    let other = workspace.get("/oidc/accounts/00000000-0000-0000-0000-000000000000/v1/authorize").send().await.unwrap();
    assert_eq!(other.status(), 404);
}

#[tokio::test]
async fn a_clock_ahead_shows_in_the_tokens() {
    let workspace = TestWorkspace::start().await;
    let issued = async || {
        let access = text(&workspace.tokens("ada", ALL).await["access_token"]);
        let claims = BASE64_URL_SAFE_NO_PAD.decode(access.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice::<Value>(&claims).unwrap()["iat"].as_i64().unwrap()
    };
    let before = issued().await;
    let answer = workspace.post("/local/clock").json(&json!({"skew_seconds": 86_400})).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    assert!((86_400..86_500).contains(&(issued().await - before)));
}

#[tokio::test]
async fn personal_tokens_are_made_listed_used_and_deleted() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("bob").await;
    let wanted = json!({"comment": "a script", "lifetime_seconds": 60});
    let made = json(session.post("/api/2.0/token/create", wanted).await).await;
    let token = text(&made["token_value"]);
    assert!(token.starts_with("dapi") && token.len() == 36);
    assert_eq!(me(&workspace, &token).await.1["userName"], "bob@example.com");
    let listed = json(session.get("/api/2.0/token/list").await).await;
    assert_eq!(listed["token_infos"], json!([made["token_info"]]));
    assert!(!listed.to_string().contains(&token), "it is told once");
    assert_eq!(listed["token_infos"][0]["comment"], "a script");
    let others = workspace.sign_in("carol").await;
    assert_eq!(json(others.get("/api/2.0/token/list").await).await["token_infos"], json!([]));
    let named = json!({"token_id": made["token_info"]["token_id"]});
    assert_eq!(others.post("/api/2.0/token/delete", named.clone()).await.status(), 404);

    workspace.post("/local/clock").json(&json!({"skew_seconds": 61})).send().await.unwrap();
    assert_eq!(me(&workspace, &token).await.0, 403, "expired");
    workspace.post("/local/clock").json(&json!({"skew_seconds": 0})).send().await.unwrap();
    assert_eq!(me(&workspace, &token).await.0, 200);
    assert_eq!(session.post("/api/2.0/token/delete", named).await.status(), 200);
    assert_eq!(me(&workspace, &token).await.0, 403);
}
