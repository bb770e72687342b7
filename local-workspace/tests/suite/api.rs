//! The bearer token check, and SCIM `Me`.

use crate::support::{TestWorkspace, json, text};
use serde_json::{Value, json};
use std::time::Duration;

const ME: &str = "/api/2.0/preview/scim/v2/Me";

#[tokio::test]
async fn no_credential_is_401_with_a_challenge() {
    let workspace = TestWorkspace::start().await;
    for request in [workspace.get(ME), workspace.get(ME).basic_auth("ada", Some("x"))] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.headers()["www-authenticate"], "Bearer realm=\"DatabricksRealm\"");
        let message = "Credential was not sent or was of an unsupported type for this API.";
        assert_eq!(json(answer).await, json!({"error_code": 401, "message": message}));
    }
}

#[tokio::test]
async fn garbage_foreign_and_expired_tokens_are_403_with_a_numeric_code() {
    let workspace = TestWorkspace::with(&["--access-ttl", "3s"]).await;
    let other = TestWorkspace::start().await;
    let expired = text(&workspace.tokens("ada", "all-apis").await["access_token"]);
    let foreign = text(&other.tokens("ada", "all-apis").await["access_token"]);
    let fresh = text(&workspace.tokens("ada", "all-apis").await["access_token"]);
    assert_eq!(workspace.get(ME).bearer_auth(&fresh).send().await.unwrap().status(), 200, "short lives are accepted");
    let (input, _) = fresh.rsplit_once('.').unwrap();
    let unsigned = format!("{input}.AAAA");
    tokio::time::sleep(Duration::from_millis(3_100)).await;
    for token in ["garbage", "a.b.c", &expired, &foreign, &unsigned] {
        let answer = workspace.get(ME).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 403);
        assert!(!answer.headers().contains_key("www-authenticate"));
        assert_eq!(answer.headers()["x-databricks-reason-phrase"], "Invalid access token.");
        assert_eq!(json(answer).await, json!({"error_code": 403, "message": "Invalid access token."}));
    }
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let workspace = TestWorkspace::start().await;
    let token = text(&workspace.tokens("ada", "openid").await["access_token"]);
    let answer = workspace.get("/api/2.0/sql/warehouses").bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 403);
    let message = "Provided OAuth token does not have required scopes: sql";
    assert_eq!(json(answer).await, json!({"message": message}));
}

#[tokio::test]
async fn me_is_the_user_who_signed_in() {
    let workspace = TestWorkspace::start().await;
    let answer = workspace.sign_in("ada").await.get(ME).await;
    assert_eq!(answer.headers()["content-type"], "application/scim+json");
    let me = json(answer).await;
    assert_eq!(me["userName"], "ada@example.com");
    assert_eq!(me["displayName"], "Ada Lovelace");
    assert_eq!(me["name"], json!({"givenName": "Ada", "familyName": "Lovelace"}));
    assert_eq!(me["emails"][0], json!({"type": "work", "value": "ada@example.com", "primary": true}));
    assert_eq!(me["active"], true);
    let names: Vec<&Value> = me["groups"].as_array().unwrap().iter().map(|group| &group["display"]).collect();
    assert_eq!(names, ["admins", "analysts", "users"]);
    assert_eq!(json(workspace.sign_in("bob").await.get(ME).await).await["userName"], "bob@example.com");
}

#[tokio::test]
async fn me_can_be_cut_down() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let keys = async |query: &str| {
        let me = json(session.get(&format!("{ME}?{query}")).await).await;
        me.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(keys("attributes=userName,Groups").await, ["groups", "id", "schemas", "userName"]);
    assert!(!keys("excludedAttributes=groups,id").await.contains(&"groups".to_owned()));
    assert!(keys("excludedAttributes=groups,id").await.contains(&"id".to_owned()), "an id is always returned");
}
