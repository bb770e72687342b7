//! The session: what the gate lets through, refresh, limits and sign-out, seen from both ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use reqwest::{Method, StatusCode, header};
use support::{Browser, HTML, TestApp};

/// What only a signed-in user may read.
const PROTECTED: [&str; 4] = ["Ada Lovelace", "ada@example.com", "Taxi trips", "samples.nyctaxi"];

async fn signed_in(app: &TestApp) -> Browser {
    let mut browser = Browser::new();
    browser.sign_in(app, "ada").await;
    browser
}

#[tokio::test]
async fn s53_the_gate_stands_before_every_route_and_server_function() {
    use lakefront::server::{middleware::gate::is_public, router::page_routes};
    let app = TestApp::start().await;
    let mut paths: Vec<String> = page_routes().iter().map(|route| route.path().to_owned()).collect();
    paths.extend(server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()));
    assert!(
        paths.iter().any(|path| path == "/account") && paths.iter().any(|path| path == "/api/queries/trips_per_day"),
        "{paths:?}"
    );
    paths.extend(
        ["/no-such-page", "//account", "/account/", "/pkg/..%2faccount", "/pkg/../account", "/api/x"]
            .map(str::to_owned),
    );
    for path in &paths {
        for cookie in ["", "__Host-Http-session=garbage", "__Host-Http-session=1~k1.AAAA; __Host-Http-session.1=x"] {
            for method in [Method::GET, Method::POST] {
                let mut headers = vec![("x-lakefront-call", "1"), ("content-type", "application/json")];
                if !cookie.is_empty() {
                    headers.push(("cookie", cookie));
                }
                let url = format!("{}{path}", app.url);
                let call = Browser::new().send(method.clone(), &url, &headers, Some("{}")).await;
                headers.push(HTML);
                let page = Browser::new().send(method.clone(), &url, &headers, Some("{}")).await;
                for answer in [&call, &page] {
                    for text in PROTECTED {
                        assert!(!answer.body.contains(text), "{method} {path} [{cookie}] shows {text}");
                    }
                }
                if !is_public(path) {
                    assert_eq!(call.status, StatusCode::UNAUTHORIZED, "{method} {path}");
                    assert_eq!(call.json()["code"], "session_over");
                    let turned_away =
                        if method == Method::GET { StatusCode::SEE_OTHER } else { StatusCode::UNAUTHORIZED };
                    assert_eq!(page.status, turned_away, "{method} {path}");
                }
            }
        }
    }
    assert!(
        app.seen("POST", "/api").await.is_empty() && app.seen("GET", "/api").await.is_empty(),
        "the workspace was not asked"
    );
}

#[tokio::test]
async fn s24_a_link_from_another_site_gets_one_bounce_before_it_counts_as_signed_out() {
    let app = TestApp::start().await;
    let cross_site = [HTML, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    let page = Browser::new().send(Method::GET, &format!("{}/account?x=1", app.url), &cross_site, None).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("0;url=/account?x=1") && !page.body.contains("<script"), "{}", page.body);
    let own = [HTML, ("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "navigate")];
    let page = Browser::new().send(Method::GET, &format!("{}/account?x=1", app.url), &own, None).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let page = Browser::new().send(Method::GET, &format!("{}//evil.example/x", app.url), &cross_site, None).await;
    assert!(!page.body.contains("url=//"), "no bounce to another site: {}", page.body);
}

#[tokio::test]
async fn s25_s35_s36_cookies_caching_and_secrets() {
    let app = TestApp::start().await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let bounce = browser.open(&back).await;
    for cookie in bounce.set_cookies() {
        assert!(cookie.starts_with("__Host-Http-") && !cookie.contains("Domain"), "{cookie}");
        for part in ["Secure", "HttpOnly", "Path=/", "SameSite="] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
    }
    assert!(
        bounce
            .set_cookies()
            .iter()
            .any(|cookie| cookie.starts_with("__Host-Http-session=") && cookie.contains("SameSite=Strict"))
    );
    let session = app.state.keys.open::<serde_json::Value>(
        lakefront::server::session::Purpose::Session,
        "__Host-Http-session",
        browser.jar["__Host-Http-session"].split_once('~').expect("a count").1,
    );
    let session = session.expect("it opens").value;
    let secrets = ["access_token", "refresh_token"].map(|name| session[name].as_str().expect("a token").to_owned());
    for path in ["/", "/account", "/no-such-page", "/me"] {
        let page = browser.open(&format!("{}{path}", app.url)).await;
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store", "{path}");
        assert!(page.headers.get_all(header::VARY).iter().any(|value| value == "Cookie"), "{path}");
        for secret in &secrets {
            assert!(
                !page.body.contains(secret.as_str()) && !format!("{:?}", page.headers).contains(secret.as_str()),
                "{path}"
            );
        }
    }
    let page = browser.open(&format!("{}/no-such-page", app.url)).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn s39_fifty_parallel_requests_cause_one_refresh() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app).await;
    app.clock.advance(3_400);
    let url = format!("{}/validate-session", app.url);
    let calls = (0..50).map(|_| {
        let (mut browser, url) = (browser.clone(), url.clone());
        tokio::spawn(async move { browser.call(&url, "{}").await })
    });
    for call in calls.collect::<Vec<_>>() {
        let answer = call.await.expect("no panic");
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert!(
            answer.set_cookies().iter().any(|cookie| cookie.starts_with("__Host-Http-session=")),
            "the new session is set"
        );
    }
    assert_eq!(app.grants("refresh_token").await, 1);

    // S40: the old cookie is served with the successor for a while, then it counts as signed out; nobody is asked.
    app.clock.advance(50);
    assert_eq!(browser.clone().call(&url, "{}").await.status, StatusCode::OK);
    app.clock.advance(20);
    assert_eq!(browser.call(&url, "{}").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.grants("refresh_token").await, 1);
}

#[tokio::test]
async fn the_heartbeat_refreshes_near_expiry_and_only_then() {
    let app = TestApp::start_with(&["--access-ttl", "20s"], &[("REFRESH_TOKEN_WITHIN_N_SECONDS", "10")]).await;
    let mut browser = signed_in(&app).await;
    let url = format!("{}/validate-session", app.url);
    let first = browser.call(&url, "{}").await;
    assert!(first.set_cookies().is_empty(), "a fresh session is left alone");
    assert_eq!(app.grants("refresh_token").await, 0);
    app.clock.advance(11);
    let second = browser.call(&url, "{}").await;
    let expires = |page: &support::Page| page.json()["access_expires_at"].as_i64().expect("a time");
    assert!(expires(&second) > expires(&first));
    assert_eq!(second.json()["session_ends_at"], first.json()["session_ends_at"], "the heartbeat extends nothing");
    assert_eq!(app.grants("refresh_token").await, 1);
}

#[tokio::test]
async fn a_token_that_the_workspace_refuses_is_renewed_once_and_the_call_repeated() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app).await;
    app.tell("expire-all-tokens", serde_json::json!({})).await;
    let page = browser.open(&format!("{}/", app.url)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("This did not work"), "{}", page.body);
    assert_eq!(app.grants("refresh_token").await, 1);
    assert!(
        page.set_cookies().iter().any(|cookie| cookie.starts_with("__Host-Http-session=")),
        "the new tokens are kept"
    );
}

#[tokio::test]
async fn s45_a_dead_refresh_token_ends_the_session_and_a_failing_server_does_not() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app).await;
    let url = format!("{}/validate-session", app.url);
    app.tell(
        "faults",
        serde_json::json!({"method": "POST", "path": "/oidc/v1/token", "status": 503, "body": "", "times": 1}),
    )
    .await;
    app.clock.advance(3_400);
    assert_eq!(browser.call(&url, "{}").await.status, StatusCode::OK, "the access token still lives");
    assert_eq!(browser.call(&url, "{}").await.status, StatusCode::OK);
    let asked = app.seen("POST", "/oidc/v1/token").await.iter().filter(|entry| entry["status"] == 503).count();
    assert_eq!(asked, 1, "S46: the authorization server is left alone for a while");

    app.clock.advance(11);
    app.tell("expire-all-tokens", serde_json::json!({"refresh": true})).await;
    let over = browser.call(&url, "{}").await;
    assert_eq!(over.status, StatusCode::UNAUTHORIZED);
    assert_eq!(over.json()["sign_in_url"], "/sign-in");
    assert!(browser.jar.is_empty(), "the cookies are expired: {:?}", browser.jar.keys());
}

#[tokio::test]
async fn an_authorization_server_that_is_away_after_the_access_token_ended_keeps_the_session() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app).await;
    app.tell(
        "faults",
        serde_json::json!({"method": "POST", "path": "/oidc/v1/token", "status": 503, "body": "", "times": 1}),
    )
    .await;
    app.clock.advance(3_700);
    let page = browser.open(&format!("{}/", app.url)).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("You stay signed in"), "{}", page.body);
    app.clock.advance(11);
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn s33_s34_idle_and_absolute_limits_hold_and_the_heartbeat_extends_neither() {
    let settings = [("SESSION_IDLE_SECONDS", "600"), ("SESSION_ABSOLUTE_SECONDS", "1500")];
    let app = TestApp::start_with(&[], &settings).await;
    let (validate, account) = (format!("{}/validate-session", app.url), format!("{}/account", app.url));
    let mut idle = signed_in(&app).await;
    let mut busy = signed_in(&app).await;
    for _ in 0..2 {
        app.clock.advance(250);
        assert_eq!(idle.call(&validate, "{}").await.status, StatusCode::OK);
        assert_eq!(busy.open(&account).await.status, StatusCode::OK);
    }
    app.clock.advance(110);
    assert_eq!(idle.call(&validate, "{}").await.status, StatusCode::UNAUTHORIZED, "only the heartbeat came");
    assert_eq!(busy.open(&account).await.status, StatusCode::OK);
    app.clock.advance(500);
    assert_eq!(busy.open(&account).await.status, StatusCode::OK);
    app.clock.advance(400);
    assert_eq!(busy.open(&account).await.status, StatusCode::SEE_OTHER, "the absolute end has come");
}

#[tokio::test]
async fn s50_s61_a_sign_out_holds_even_against_a_saved_cookie() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app).await;
    let saved = browser.clone();
    let logout = format!("{}/logout", app.url);
    assert_eq!(browser.open(&logout).await.status, StatusCode::METHOD_NOT_ALLOWED, "GET changes nothing");
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK);
    let page = browser.post_form(&logout, "").await;
    assert_eq!((page.status, page.location()), (StatusCode::FOUND, "/signed-out"));
    assert!(browser.jar.is_empty(), "{:?}", browser.jar.keys());
    assert!(browser.open(&format!("{}/signed-out", app.url)).await.body.contains("You are signed out"));
    let page = saved.clone().open(&format!("{}/account", app.url)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn s49_requests_that_other_sites_cause_are_refused() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app).await;
    let json = ("content-type", "application/json");
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (path, headers) in [
        ("/validate-session", vec![json]),
        ("/validate-session", vec![("content-type", "text/plain")]),
        ("/validate-session", vec![json, ("x-lakefront-call", "1"), ("origin", "https://evil.example")]),
        ("/validate-session", vec![json, ("x-lakefront-call", "1"), ("origin", "null")]),
        ("/logout", vec![form, ("sec-fetch-site", "cross-site")]),
        ("/logout", vec![form, ("sec-fetch-site", "same-site")]),
        ("/logout", vec![form, ("origin", "https://evil.example")]),
    ] {
        let page = browser.send(Method::POST, &format!("{}{path}", app.url), &headers, Some("{}")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        assert!(page.set_cookies().is_empty());
        assert!(page.headers.get("access-control-allow-origin").is_none());
    }
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn s56_the_host_header_changes_no_link_and_no_redirect_uri() {
    let app = TestApp::start().await;
    let headers =
        [HTML, ("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https")];
    let page = Browser::new().send(Method::GET, &format!("{}/sign-in", app.url), &headers, None).await;
    assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(page.location().is_empty() && page.set_cookies().is_empty() && !page.body.contains("evil"));
    let headers = [HTML, ("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example;proto=https")];
    let page = Browser::new().send(Method::GET, &format!("{}/sign-in", app.url), &headers, None).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(!page.location().contains("evil"), "{}", page.location());
    let probe = Browser::new().send(Method::GET, &format!("{}/healthz", app.url), &[("host", "10.1.2.3")], None).await;
    assert_eq!(probe.status, StatusCode::OK);
}
