//! The authorization endpoint: what is shown, what is redirected, what is neither.

use crate::support::{REDIRECT_URI, TestWorkspace, json, redirect_params};

#[tokio::test]
async fn the_page_offers_three_users_and_a_way_out() {
    let workspace = TestWorkspace::start().await;
    let answer = workspace.authorize(&[]).await;
    assert_eq!(answer.status(), 200);
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self' http://localhost:5173"), "the redirect must be allowed: {policy}");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    let page = answer.text().await.unwrap();
    for expected in [r#"<html lang="en">"#, "<title>", "<main>", "<h1>", "Ada Lovelace", "bob@example.com", "Deny"] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains("<script") && !page.contains("<style") && !page.contains("style="));
    assert_eq!(
        workspace.get("/oidc/sign-in.css").send().await.unwrap().headers()["content-type"],
        "text/css; charset=utf-8"
    );
}

#[tokio::test]
async fn what_came_with_the_request_is_escaped() {
    let workspace = TestWorkspace::start().await;
    let page = workspace.authorize(&[("state", r#""><script>alert(1)</script>"#)]).await.text().await.unwrap();
    assert!(!page.contains("<script>"));
    assert!(page.contains("&quot;&gt;&lt;script&gt;"));
}

#[tokio::test]
async fn a_choice_redirects_with_code_state_and_issuer() {
    let workspace = TestWorkspace::start().await;
    let params = workspace.choose("bob", &[]).await;
    assert!(!params["code"].is_empty());
    assert_eq!(params["state"], "the-state");
    assert_eq!(params["iss"], format!("{}/oidc", workspace.host));
}

#[tokio::test]
async fn denial_and_unknown_users_are_access_denied() {
    let workspace = TestWorkspace::start().await;
    for user in ["", "mallory"] {
        let params = workspace.choose(user, &[]).await;
        assert_eq!(params["error"], "access_denied");
        assert!(!params["error_description"].is_empty());
        assert_eq!(params["state"], "the-state");
        assert!(!params.contains_key("code"));
    }
}

#[tokio::test]
async fn an_unknown_client_or_redirect_uri_is_never_redirected() {
    let workspace = TestWorkspace::start().await;
    let near_misses = [
        "http://localhost:5173/token/",
        "http://localhost:5173/Token",
        "http://127.0.0.1:5173/token",
        "http://localhost:5173/token?x=1",
        "http://localhost/token",
        "",
    ];
    for redirect_uri in near_misses {
        let answer = workspace.authorize(&[("redirect_uri", redirect_uri)]).await;
        assert_eq!(answer.status(), 400);
        assert!(!answer.headers().contains_key("location"));
        let body = json(answer).await;
        assert_eq!(body["error"], "invalid_request");
        let client_id = &workspace.client_id;
        let words = format!("redirect_uri '{redirect_uri}' not registered for OAuth application '{client_id}'");
        assert_eq!(body["error_description"], words);
    }
    let answer = workspace.authorize(&[("client_id", "someone-else")]).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(json(answer).await["error"], "invalid_client");
}

#[tokio::test]
async fn wrong_requests_go_back_to_the_app_as_errors() {
    let workspace = TestWorkspace::start().await;
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "")], "unsupported_response_type"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("scope", "all-apis everything")], "access_denied"),
        (&[("scope", "")], "invalid_scope"),
    ];
    for (changes, error) in cases {
        let answer = workspace.authorize(changes).await;
        assert_eq!(answer.status(), 303, "{changes:?}");
        let params = redirect_params(&answer);
        assert_eq!(params["error"], error, "{changes:?}");
        assert_eq!(params["state"], "the-state");
        assert_eq!(params["iss"], format!("{}/oidc", workspace.host));
    }
}

#[tokio::test]
async fn a_repeated_parameter_is_refused() {
    let workspace = TestWorkspace::start().await;
    let mut pairs: Vec<(String, String)> = workspace.authorize_params(&[]).into_iter().collect();
    pairs.push(("redirect_uri".to_owned(), REDIRECT_URI.to_owned()));
    let answer = workspace.get("/oidc/v1/authorize").query(&pairs).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn another_site_cannot_press_the_button() {
    let workspace = TestWorkspace::start().await;
    let mut form = workspace.authorize_params(&[]);
    form.insert("local_user".to_owned(), "ada".to_owned());
    for (name, value) in [("origin", "https://attacker.example"), ("sec-fetch-site", "cross-site")] {
        let answer = workspace.post("/oidc/v1/authorize").header(name, value).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        assert!(!answer.headers().contains_key("location"));
    }
}
