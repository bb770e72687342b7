//! The sign-in, seen from both ends: what the browser got and what the authorization server saw.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use reqwest::{Method, StatusCode};
use support::{Browser, HTML, TestApp};

#[tokio::test]
async fn from_the_gate_to_data_as_the_user_who_signed_in() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    let page = browser.open(&format!("{}/", app.url)).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/sign-in?return_to=%2F"));

    let bounce = browser.sign_in(&app, "bob").await;
    assert!(bounce.body.contains(r#"http-equiv="refresh""#) && !bounce.body.contains("<script"), "{}", bounce.body);
    let home = browser.open(&format!("{}/", app.url)).await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.body.contains("Bob Kahn") && home.body.contains("Taxi trips per day"), "{}", home.body);

    let users: Vec<_> =
        app.seen("POST", "/api/2.0/sql/statements").await.iter().map(|entry| entry["user"].to_string()).collect();
    assert!(!users.is_empty() && users.iter().all(|user| user.contains("bob")), "{users:?}");
    assert_eq!(app.grants("authorization_code").await, 1);
}

#[tokio::test]
async fn s01_the_authorization_request_is_as_the_standards_ask() {
    let app = TestApp::start().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..50 {
        let page = Browser::new()
            .open(&format!("{}/sign-in?client_id=evil&redirect_uri=http://e.com&scope=x&state=y", app.url))
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let url = url::Url::parse(page.location()).expect("a URL");
        let value = |name: &str| {
            url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).expect("a value")
        };
        assert_eq!(value("response_type"), "code");
        assert_eq!(value("redirect_uri"), format!("{}/token", app.url));
        assert_eq!(value("scope"), "all-apis offline_access");
        assert_eq!(value("code_challenge_method"), "S256");
        assert_eq!(value("code_challenge").len(), 43);
        assert!(value("state").len() >= 22, "128 bits");
        assert_eq!(url.query_pairs().filter(|(key, _)| key == "state").count(), 1);
        assert!(seen.insert(value("state")) && seen.insert(value("code_challenge")), "never twice");
    }
}

#[tokio::test]
async fn s04_only_a_navigation_starts_a_sign_in() {
    let app = TestApp::start().await;
    for header in [("sec-purpose", "prefetch"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "image")] {
        let page = Browser::new().send(Method::GET, &format!("{}/sign-in", app.url), &[HTML, header], None).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{header:?}");
        assert!(page.set_cookies().is_empty(), "{header:?}");
    }
    let page = Browser::new().send(Method::GET, &format!("{}/authorize-url", app.url), &[], None).await;
    assert_eq!(page.set_cookies().len(), 0, "a link to /authorize-url starts nothing");
}

#[tokio::test]
async fn authorize_url_answers_the_apps_own_script() {
    let app = TestApp::start().await;
    let headers = [("x-lakefront-call", "1"), ("sec-fetch-site", "same-origin"), ("accept", "application/json")];
    let page = Browser::new()
        .send(Method::GET, &format!("{}/authorize-url?return_to=/account", app.url), &headers, None)
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.json()["authorize_url"].as_str().is_some_and(|url| url.starts_with(&app.workspace)), "{}", page.body);
    assert_eq!(page.set_cookies().len(), 1);
}

#[tokio::test]
async fn s06_two_tabs_both_succeed_each_at_its_own_page() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    let first = browser.approve(&app, "ada", "/account").await;
    let second = browser.approve(&app, "ada", "/?from=2016-02-01").await;
    for (back, page) in [(second, "/?from=2016-02-01"), (first, "/account")] {
        let bounce = browser.open(&back).await;
        assert_eq!(bounce.status, StatusCode::OK, "{}", bounce.body);
        assert!(bounce.body.contains(&format!("0;url={page}")), "{page}: {}", bounce.body);
    }
    assert_eq!(app.grants("authorization_code").await, 2);
}

#[tokio::test]
async fn s05_abandoned_attempts_do_not_pile_up() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    for _ in 0..30 {
        browser.open(&format!("{}/sign-in", app.url)).await;
        let bytes: usize = browser.jar.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(browser.jar.len() <= 8 && bytes <= 8 * 1024, "{} cookies, {bytes} bytes", browser.jar.len());
    }
    browser.sign_in(&app, "ada").await;
}

#[tokio::test]
async fn s11_a_wrong_state_makes_no_token_request() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let code = url::Url::parse(&back)
        .expect("a URL")
        .query_pairs()
        .find(|(key, _)| key == "code")
        .expect("a code")
        .1
        .into_owned();
    let right = back.split_once("state=").expect("a state").1.split('&').next().unwrap_or_default().to_owned();
    for query in [
        format!("code={code}"),
        format!("code={code}&state="),
        format!("code={code}&state=wrong"),
        format!("code={code}&state={right}&state={right}"),
        "error=access_denied".into(),
        String::new(),
    ] {
        let page = browser.open(&format!("{}/token?{query}", app.url)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(page.body.contains("Sign-in did not work") && page.body.contains("Try again"), "{}", page.body);
        assert!(!page.body.contains(&code), "the page shows nothing that came with the request");
    }
    assert_eq!(app.grants("authorization_code").await, 0);
    assert!(!browser.jar.keys().any(|name| name.contains("session")));
}

#[tokio::test]
async fn s12_an_answer_counts_only_in_the_browser_that_asked() {
    let app = TestApp::start().await;
    let back = Browser::new().approve(&app, "ada", "/").await;
    let page = Browser::new().open(&back).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.grants("authorization_code").await, 0);
}

#[tokio::test]
async fn s13_an_answer_that_comes_twice_makes_one_token_request() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let (mut one, mut two) = (browser.clone(), browser.clone());
    let (first, second) = tokio::join!(one.open(&back), two.open(&back));
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::BAD_REQUEST]);
    assert_eq!(browser.open(&back).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.grants("authorization_code").await, 1);
}

#[tokio::test]
async fn s16_a_wrong_or_missing_issuer_makes_no_token_request() {
    let app = TestApp::start().await;
    for change in ["iss=http%3A%2F%2Fevil.example", ""] {
        let mut browser = Browser::new();
        let back = browser.approve(&app, "ada", "/").await;
        let (start, rest) = back.split_once("iss=").expect("the local workspace sends iss");
        let rest = rest.split_once('&').map_or("", |(_, rest)| rest);
        let page = browser.open(&format!("{start}{change}&{rest}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{change}");
        assert!(page.body.contains("did not come from your workspace"), "{}", page.body);
    }
    assert_eq!(app.grants("authorization_code").await, 0);
}

#[tokio::test]
async fn s17_a_refusal_is_told_in_fixed_words() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    let page = browser.open(&format!("{}/sign-in?return_to=/account", app.url)).await;
    let state =
        page.location().split_once("state=").expect("a state").1.split('&').next().unwrap_or_default().to_owned();
    let issuer = format!("{}/oidc", app.workspace);
    let query = format!(
        "error=access_denied&error_description=%3Cscript%3Ealert(1)&error_uri=javascript:1&state={state}&iss={issuer}"
    );
    let page = browser.open(&format!("{}/token?{query}", app.url)).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.body.contains("did not let you in") && page.body.contains("/sign-in?return_to=%2Faccount"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("alert(1)") && !page.body.contains("javascript:"));
    assert!(browser.jar.is_empty(), "the attempt is over: {:?}", browser.jar.keys());
}

#[tokio::test]
async fn s22_a_token_endpoint_that_fails_ends_in_a_page_that_offers_to_try_again() {
    let app = TestApp::start().await;
    for (status, body) in [(503, "<html>down</html>"), (200, "<html>proxy</html>"), (200, "{}"), (500, "")] {
        app.tell(
            "faults",
            serde_json::json!({"method": "POST", "path": "/oidc/v1/token", "status": status, "body": body, "times": 1}),
        )
        .await;
        let mut browser = Browser::new();
        let back = browser.approve(&app, "ada", "/").await;
        let page = browser.open(&back).await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{status} {body}");
        assert!(page.body.contains("does not answer") && page.body.contains("Try again"), "{}", page.body);
        assert!(browser.jar.is_empty(), "{:?}", browser.jar.keys());
    }
}

#[tokio::test]
async fn a_wrong_client_secret_is_the_operators_business() {
    let app = TestApp::start_with(&[], &[("DATABRICKS_CLIENT_SECRET", "wrong")]).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let page = browser.open(&back).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.body.contains("does not know this app") && page.body.contains("administrator"), "{}", page.body);
}

#[tokio::test]
async fn s19_odd_answers_are_refused_without_a_panic() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    let page = browser.open(&format!("{}/sign-in", app.url)).await;
    let state =
        page.location().split_once("state=").expect("a state").1.split('&').next().unwrap_or_default().to_owned();
    let iss = format!("{}/oidc", app.workspace);
    let long = "a".repeat(16 * 1024);
    for code in [long.as_str(), "a&code=b", "%00", "a%0d%0ab"] {
        let page = browser.clone().open(&format!("{}/token?code={code}&state={state}&iss={iss}", app.url)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
    }
    let page = browser.post_form(&format!("{}/token", app.url), &format!("code=a&state={state}")).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(app.grants("authorization_code").await, 0);
}
