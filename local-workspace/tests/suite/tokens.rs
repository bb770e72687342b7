//! Codes become tokens: single use, bound, and for the right client alone.

use crate::support::{ALL, REDIRECT_URI, TestWorkspace, VERIFIER, json, text};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn the_access_token_has_the_shape_of_the_real_one() {
    let workspace = TestWorkspace::with(&["--access-ttl", "20s"]).await;
    let answer = workspace.redeem(&workspace.code("ada", ALL).await).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let tokens = json(answer).await;
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 20);
    assert_eq!(tokens["scope"], ALL);
    assert!(tokens.get("id_token").is_none());

    let access = text(&tokens["access_token"]);
    assert!((700..1_100).contains(&access.len()), "{}", access.len());
    let header = part(&access, 0);
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(header["alg"], "RS256");
    assert_eq!(text(&header["kid"]).len(), 64);
    let claims = part(&access, 1);
    assert_eq!(claims["iss"], workspace.url("/oidc"));
    assert_eq!(claims["sub"], "ada@example.com");
    assert_eq!(claims["client_id"], workspace.client_id);
    assert_eq!(claims["scope"], ALL);
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 20);
    let config = json(workspace.get("/.well-known/databricks-config").send().await.unwrap()).await;
    assert_eq!(claims["aud"], config["workspace_id"]);

    let refresh = text(&tokens["refresh_token"]);
    let hex = refresh.strip_prefix("doau").unwrap();
    assert!(hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[tokio::test]
async fn the_published_key_verifies_the_token() {
    let workspace = TestWorkspace::start().await;
    let token = text(&workspace.tokens("ada", "all-apis").await["access_token"]);
    let keys = json(workspace.get("/oidc/jwks.json").send().await.unwrap()).await;
    let key = &keys["keys"][0];
    assert_eq!(key["kid"], part(&token, 0)["kid"]);
    let bytes = |value: &Value| BASE64_URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    RsaPublicKeyComponents { n: bytes(&key["n"]), e: bytes(&key["e"]) }
        .verify(&RSA_PKCS1_2048_8192_SHA256, input.as_bytes(), &BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap())
        .unwrap();
}

#[tokio::test]
async fn scopes_decide_about_refresh_and_id_tokens() {
    let workspace = TestWorkspace::start().await;
    let tokens = workspace.tokens("carol", "sql openid profile").await;
    assert!(tokens.get("refresh_token").is_none());
    let claims = part(&text(&tokens["id_token"]), 1);
    assert_eq!(claims["aud"], workspace.client_id);
    assert_eq!(claims["name"], "Carol Shaw");
    let session_api = workspace.get("/api/2.0/sql/warehouses").bearer_auth(text(&tokens["id_token"]));
    assert_eq!(session_api.send().await.unwrap().status(), 403, "an ID token opens nothing");
}

#[tokio::test]
async fn a_code_works_once_and_its_reuse_revokes_what_it_gave() {
    let workspace = TestWorkspace::start().await;
    let code = workspace.code("ada", ALL).await;
    let tokens = json(workspace.redeem(&code).await).await;
    let again = workspace.redeem(&code).await;
    assert_eq!(again.status(), 400);
    assert_eq!(json(again).await["error"], "invalid_grant");
    assert_eq!(workspace.refresh(&text(&tokens["refresh_token"])).await.status(), 401);
}

#[tokio::test]
async fn a_code_is_bound_to_verifier_and_redirect_uri() {
    let second = "http://localhost:5173/second";
    let workspace = TestWorkspace::with(&["--redirect-uri", REDIRECT_URI, "--redirect-uri", second]).await;
    for (redirect_uri, verifier) in
        [(REDIRECT_URI, "another-verifier-of-at-least-forty-three-characters"), (second, VERIFIER)]
    {
        let code = workspace.code("ada", ALL).await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let answer = workspace.token(&fields).await;
        assert_eq!(answer.status(), 400);
        assert_eq!(json(answer).await["error"], "invalid_grant");
        assert_eq!(workspace.redeem(&code).await.status(), 400, "the wrong attempt used it up");
    }
}

#[tokio::test]
async fn missing_and_unknown_fields_are_named() {
    let workspace = TestWorkspace::start().await;
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[], "invalid_request"),
        (&[("grant_type", "password")], "unsupported_grant_type"),
        (&[("grant_type", "authorization_code"), ("code", "x")], "invalid_request"),
        (&[("grant_type", "refresh_token")], "invalid_request"),
        (
            &[
                ("grant_type", "authorization_code"),
                ("code", "dcod0"),
                ("redirect_uri", REDIRECT_URI),
                ("code_verifier", VERIFIER),
            ],
            "invalid_grant",
        ),
    ];
    for (fields, error) in cases {
        let answer = workspace.token(fields).await;
        assert_eq!(answer.status(), 400, "{fields:?}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(json(answer).await["error"], error, "{fields:?}");
    }
}

#[tokio::test]
async fn the_secret_is_taken_from_body_or_basic_and_has_to_be_right() {
    let workspace = TestWorkspace::with(&["--client-secret", "s3cret&=+ä"]).await;
    let basic = |secret: &str| {
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", "doau0")];
        workspace.post("/oidc/v1/token").basic_auth(encode(&workspace.client_id), Some(encode(secret))).form(&fields)
    };
    // The right credentials come as far as the wrong refresh token.
    let right = json(basic("s3cret&=+ä").send().await.unwrap()).await;
    assert_eq!(right["error_description"], "Refresh token is invalid");

    let wrong = basic("wrong").send().await.unwrap();
    assert_eq!(wrong.status(), 401);
    assert!(wrong.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic"));
    assert_eq!(json(wrong).await["error"], "invalid_client");

    for (id, secret) in [(workspace.client_id.as_str(), "wrong"), (&workspace.client_id, ""), ("other", "s3cret&=+ä")]
    {
        let fields = [("client_id", id), ("client_secret", secret), ("grant_type", "refresh_token")];
        let answer = workspace.token(&fields).await;
        assert_eq!(answer.status(), 401);
        assert_eq!(json(answer).await["error"], "invalid_client");
    }

    let both = basic("s3cret&=+ä").form(&[("client_secret", "s3cret&=+ä")]).send().await.unwrap();
    assert_eq!(both.status(), 400);
}

#[tokio::test]
async fn a_public_client_needs_no_secret() {
    let workspace = TestWorkspace::with(&["--public-client"]).await;
    assert_eq!(workspace.redeem(&workspace.code("ada", ALL).await).await.status(), 200);
}
