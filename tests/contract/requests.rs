//! S49–S60: forged requests, the gate, proxies, headers.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use lakefront::server::{
    AppState,
    clock::Seconds,
    middleware::gate::is_public,
    router::page_routes,
    session::{
        Engine, Over, Session, SessionId, SessionName, SessionStore,
        seal::Opened,
        store::{Answer, Claim, Standing, StoreError},
    },
};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    signed_in,
    support::{AuthorizationServer, Browser, HTML, Page, SESSION, TestApp},
    validate,
};

on_both!(
    s49_requests_that_other_sites_cause_are_refused,
    s50_only_a_post_signs_out,
    s51_no_other_origin_is_let_in,
    s52_a_call_without_a_session_is_told_so_and_not_redirected,
    s52_a_form_without_a_session_gets_a_page_that_keeps_what_was_typed,
    s53_the_gate_stands_before_every_route_and_server_function,
    s53_old_and_foreign_cookies_open_no_gate,
    s54_a_discovery_that_fails_opens_no_gate,
    s54_a_workspace_that_does_not_say_who_signs_in_is_not_guessed_at,
    s54_a_discovery_that_hangs_is_asked_once_for_all_and_given_up,
    s54_a_session_store_that_fails_opens_no_gate,
    s55_the_gate_judges_the_path_and_nothing_else,
    s56_the_host_header_changes_no_link_and_no_redirect_uri,
    s56_forwarded_headers_count_only_from_trusted_proxies,
    s57_odd_paths_reach_nothing_of_the_workspace,
    s58_what_a_client_says_of_itself_counts_for_nothing,
    s58_nothing_of_ours_goes_up_and_nothing_of_theirs_comes_down,
    s59_every_page_carries_the_security_headers,
    s59_what_an_address_holds_stays_text,
);

/// What only a signed-in user may read.
const PROTECTED: [&str; 4] = ["Ada Lovelace", "ada@example.com", "Taxi trips", "samples.nyctaxi"];

/// Requests that ask the workspace for data.
async fn data_requests(app: &TestApp) -> usize {
    app.seen("POST", "/api").await.len() + app.seen("GET", "/api").await.len()
}

async fn s49_requests_that_other_sites_cause_are_refused(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let before = data_requests(&app).await;
    // Near enough to its end that a request let through would refresh the session.
    app.clock.advance(3_400);
    let json = ("content-type", "application/json");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let own = ("x-lakefront-call", "1");
    for path in ["/validate-session", "/logout", "/api/queries/trips_per_day"] {
        for headers in [
            vec![json],
            vec![("content-type", "text/plain")],
            vec![],
            vec![json, own, ("origin", "https://evil.example")],
            vec![json, own, ("origin", "null")],
            vec![json, own, ("sec-fetch-site", "cross-site")],
            vec![json, own, ("sec-fetch-site", "same-site")],
            vec![form, ("sec-fetch-site", "cross-site")],
            vec![form, ("sec-fetch-site", "same-site")],
            vec![form, ("origin", "https://evil.example")],
            vec![form, ("origin", "null")],
            // A proxy that takes Origin and Fetch Metadata away.
            vec![form],
        ] {
            // This one takes plain forms, from which nobody can tell who made them then.
            if path == "/logout" && headers == [form] {
                continue;
            }
            let page = browser.send(Method::POST, &format!("{}{path}", app.url), &headers, Some("{}")).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert!(page.set_cookies().is_empty());
            assert!(page.headers.get("access-control-allow-origin").is_none());
        }
    }
    assert_eq!((app.grants("refresh_token").await, data_requests(&app).await), (0, before));
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK, "still signed in");
}

async fn s50_only_a_post_signs_out(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let url = format!("{}/logout", app.url);
    let image = [("accept", "image/*"), ("sec-fetch-dest", "image"), ("sec-fetch-mode", "no-cors")];
    let prefetch = [HTML, ("sec-purpose", "prefetch")];
    for (method, headers) in [
        (Method::GET, &[HTML][..]),
        (Method::GET, &image),
        (Method::GET, &prefetch),
        (Method::HEAD, &[HTML]),
        (Method::PUT, &[("x-lakefront-call", "1")]),
        (Method::DELETE, &[("x-lakefront-call", "1")]),
    ] {
        let page = browser.send(method.clone(), &url, headers, None).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert!(page.set_cookies().is_empty());
    }
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK, "still signed in");
    assert!(app.seen("POST", "/oidc/v1/revoke").await.is_empty());
}

async fn s51_no_other_origin_is_let_in(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    for origin in ["https://evil.example", "null", &app.workspace] {
        for path in ["/validate-session", "/me", "/logout", "/api/queries/trips_per_day", "/account"] {
            let url = format!("{}{path}", app.url);
            let preflight = [
                ("origin", origin),
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "x-lakefront-call,content-type"),
            ];
            let asked = browser.send(Method::OPTIONS, &url, &preflight, None).await;
            let cross = [("origin", origin), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "cors")];
            let read = browser.send(Method::GET, &url, &cross, None).await;
            for page in [&asked, &read] {
                assert!(
                    !page.headers.keys().any(|name| name.as_str().starts_with("access-control-allow")),
                    "{origin} {path}"
                );
                assert_eq!(page.header("cross-origin-resource-policy"), "same-origin");
            }
        }
    }
    assert_eq!(app.grants("refresh_token").await, 0);
}

async fn s52_a_call_without_a_session_is_told_so_and_not_redirected(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let script =
        [("accept", "*/*"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty"), ("x-lakefront-call", "1")];
    for (method, path) in [
        (Method::GET, "/me"),
        (Method::GET, "/account"),
        (Method::GET, "/"),
        (Method::POST, "/validate-session"),
        (Method::POST, "/api/queries/trips_per_day"),
        (Method::POST, "/api/no-such-call"),
    ] {
        let page = Browser::new().send(method, &format!("{}{path}", app.url), &script, Some("{}")).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(page.location().is_empty() && page.header("content-type").starts_with("application/json"));
        let error = page.json();
        assert_eq!((error["code"].as_str(), error["sign_in_url"].as_str()), (Some("session_over"), Some("/sign-in")));
        assert!(error["request_id"].is_string());
    }
    assert_eq!(data_requests(&app).await, 0);
}

async fn s52_a_form_without_a_session_gets_a_page_that_keeps_what_was_typed(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let url = format!("{}/sql/run", app.url);
    let fields = "sql=SELECT+%27%3C%2Ftextarea%3E%3Cscript%3E%27%0D%0AFROM+trips+%26+more&warehouse=";
    let mut ended = signed_in(&app).await;
    app.clock.advance(90_000);
    for browser in [&mut ended, &mut Browser::new()] {
        let page = browser.post_form(&url, fields).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.body.contains("Your session is over") && page.body.contains("<textarea"), "{}", page.body);
        assert!(page.body.contains("FROM trips &amp; more"), "what was typed: {}", page.body);
        assert!(!page.body.contains("<script") && page.body.matches("</textarea>").count() == 1, "{}", page.body);
        assert!(page.body.contains("/sign-in?return_to=%2Fsql%3Fsql%3DSELECT"), "and it comes along: {}", page.body);
        assert!(browser.jar.is_empty());
    }
    // What is too long for an address stands on the page all the same.
    let long: String = std::iter::repeat_with(fastrand::alphanumeric).take(30_000).collect();
    let page = Browser::new().post_form(&url, &format!("sql={long}")).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.body.contains(&long) && page.body.contains("/sign-in?return_to=%2Fsql\""), "{}", page.body.len());
    // And a body without end is not read.
    let endless = "a".repeat(2 * 1024 * 1024);
    let page = Browser::new().post_form(&url, &format!("sql={endless}")).await;
    assert!(page.status.is_client_error() && !page.body.contains("aaaaaaaa"), "{}", page.status);

    // The session is kept while its tokens cannot be renewed.
    let mut browser = signed_in(&app).await;
    app.clock.advance(3_700);
    app.token_fault(json!({"status": 503})).await;
    let page = browser.post_form(&url, fields).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("You stay signed in") && page.body.contains("FROM trips &amp; more"), "{}", page.body);
    assert!(!browser.jar.is_empty());
    // A script is told in its own way, and another site's form gets nothing.
    let call = [("content-type", "application/x-www-form-urlencoded"), ("x-lakefront-call", "1"), ("accept", "*/*")];
    let told = Browser::new().send(Method::POST, &url, &call, Some(fields)).await;
    assert_eq!((told.status, told.json()["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("session_over")));
    let foreign = [HTML, ("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
    let page = Browser::new().send(Method::POST, &url, &foreign, Some(fields)).await;
    assert!(page.status == StatusCode::FORBIDDEN && !page.body.contains("FROM trips"));
    assert_eq!(app.seen("POST", "/api").await.len(), 0);
}

/// Pages and server functions, from the router's own tables, and some odd spellings.
fn paths() -> Vec<String> {
    let mut paths: Vec<String> = page_routes().iter().map(|route| route.path().to_owned()).collect();
    paths.extend(server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()));
    assert!(
        paths.iter().any(|path| path == "/account") && paths.iter().any(|path| path == "/api/queries/trips_per_day"),
        "{paths:?}"
    );
    paths.extend(["/download/01ef?format=csv", "/api/statements/01ef/chunks/0", "/sql/run"].map(str::to_owned));
    paths.extend(
        ["/no-such-page", "//account", "/account/", "/pkg/..%2faccount", "/pkg/../account", "/api/x"]
            .map(str::to_owned),
    );
    paths
}

async fn s53_the_gate_stands_before_every_route_and_server_function(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let blank = Browser::new();
    for path in &paths() {
        for cookie in ["", "__Host-Http-session=garbage", "__Host-Http-session=1~k1.AAAA; __Host-Http-session.1=x"] {
            for method in [Method::GET, Method::POST] {
                let mut headers = vec![("x-lakefront-call", "1"), ("content-type", "application/json")];
                if !cookie.is_empty() {
                    headers.push(("cookie", cookie));
                }
                let url = format!("{}{path}", app.url);
                let call = blank.clone().send(method.clone(), &url, &headers, Some("{}")).await;
                headers.push(HTML);
                let page = blank.clone().send(method.clone(), &url, &headers, Some("{}")).await;
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
    assert_eq!(data_requests(&app).await, 0, "the workspace was not asked");
}

async fn s53_old_and_foreign_cookies_open_no_gate(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut ended = signed_in(&app).await;
    let mut attempt = Browser::new();
    attempt.open(&format!("{}/sign-in", app.url)).await;
    let value = attempt.jar.values().next().expect("an attempt").clone();
    attempt.jar.insert(SESSION.into(), format!("1~{value}"));
    let before = data_requests(&app).await;
    app.clock.advance(90_000);
    for path in paths().iter().filter(|path| !is_public(path)) {
        for browser in [&mut ended, &mut attempt] {
            let mut again = browser.clone();
            let page = again.open(&format!("{}{path}", app.url)).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
            assert!(!PROTECTED.iter().any(|text| page.body.contains(text)));
            assert!(!again.jar.contains_key(SESSION), "it is expired");
        }
    }
    assert_eq!((data_requests(&app).await, app.grants("refresh_token").await), (before, 0));
}

async fn s54_a_discovery_that_fails_opens_no_gate(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    for fault in [
        json!({"path": "/oidc/.well-known", "status": 503}),
        json!({"path": "/oidc/.well-known", "status": 200, "body": "<html>"}),
        json!({"path": "/oidc/.well-known", "status": 200, "body": "{}"}),
    ] {
        app.tell("faults", fault).await;
        let mut browser = Browser::new();
        let page = browser.open(&format!("{}/account", app.url)).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let page = browser.open(&format!("{}/sign-in", app.url)).await;
        assert!(page.status.is_server_error() && page.body.contains("cannot be reached"), "{}", page.status);
        assert!(browser.jar.is_empty());
        assert_eq!(browser.open(&format!("{}/readyz", app.url)).await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(browser.open(&format!("{}/healthz", app.url)).await.status, StatusCode::OK);
        let page = browser.open(&format!("{}/token?code=x&state=y", app.url)).await;
        assert!(page.status.is_client_error() && browser.jar.is_empty());
        app.heal().await;
    }
    assert_eq!(app.token_requests().await + data_requests(&app).await, 0);
    signed_in(&app).await;
}

async fn s54_a_workspace_that_does_not_say_who_signs_in_is_not_guessed_at(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let (config, document) = ("/.well-known/databricks-config", "/oidc/.well-known/oauth-authorization-server");
    for fault in [
        json!({"path": config, "status": 503}),
        json!({"path": config, "status": 429}),
        json!({"path": config, "status": 200, "body": "<html>"}),
    ] {
        app.tell("faults", fault.clone()).await;
        let before = app.seen("GET", document).await.len();
        let page = Browser::new().open(&format!("{}/sign-in", app.url)).await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{fault}");
        assert!(page.set_cookies().is_empty());
        assert_eq!(app.seen("GET", document).await.len(), before, "at no other place");
        app.heal().await;
    }
    // Older workspaces have no such document.
    app.tell("faults", json!({"path": config, "status": 404})).await;
    signed_in(&app).await;
}

async fn s54_a_discovery_that_hangs_is_asked_once_for_all_and_given_up(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let document = "/oidc/.well-known/oauth-authorization-server";
    for fault in [
        json!({"path": document, "hang": true}),
        json!({"path": document, "status": 200, "body": "x".repeat(70_000), "delay_ms": 1_000}),
    ] {
        app.tell("faults", fault.clone()).await;
        let before = app.seen("GET", document).await.len();
        let blank = Browser::new();
        let begun = Instant::now();
        let calls = (0..20).map(|_| {
            let (mut browser, url) = (blank.clone(), format!("{}/sign-in", app.url));
            tokio::spawn(async move { browser.open(&url).await })
        });
        for call in calls.collect::<Vec<_>>() {
            let page = call.await.expect("no panic");
            assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{fault}");
            assert!(page.body.contains("cannot be reached") && page.set_cookies().is_empty());
        }
        assert!(begun.elapsed() < Duration::from_secs(8), "they fail together: {:?}", begun.elapsed());
        let asked = app.seen("GET", document).await.len() - before;
        // One that came just when the first had failed may have asked once more.
        assert!((1..=3).contains(&asked), "{asked} for twenty");
        app.heal().await;
    }
    signed_in(&app).await;
}

/// A store that is down.
struct Down;

fn down<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(std::future::ready(Err(StoreError("down".into()))))
}

impl SessionStore for Down {
    fn open<'a>(&'a self, _: &'a str) -> Answer<'a, Option<Opened<Session>>> {
        down()
    }
    fn keep<'a>(&'a self, _: &'a Session) -> Answer<'a, Option<String>> {
        down()
    }
    fn handed_out<'a>(&'a self, _: &'a Session, _: Seconds) -> Answer<'a, ()> {
        down()
    }
    fn standing<'a>(&'a self, _: &'a SessionId) -> Answer<'a, Standing> {
        down()
    }
    fn claim<'a>(&'a self, _: &'a Session, _: Seconds, _: Seconds) -> Answer<'a, Claim> {
        down()
    }
    fn replace<'a>(&'a self, _: &'a Session, _: Seconds) -> Answer<'a, bool> {
        down()
    }
    fn release<'a>(&'a self, _: &'a Session, _: Seconds) -> Answer<'a, ()> {
        down()
    }
    fn end<'a>(&'a self, _: &'a SessionName, _: Over) -> Answer<'a, Option<Arc<Session>>> {
        down()
    }
    fn remember<'a>(&'a self, _: &'a Session, _: Seconds) -> Answer<'a, ()> {
        down()
    }
    fn give_way<'a>(&'a self, _: &'a SessionName, _: &'a SessionName) -> Answer<'a, Option<SessionName>> {
        down()
    }
}

async fn s54_a_session_store_that_fails_opens_no_gate(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let before = data_requests(&app).await;
    let change = |state: &mut AppState| {
        state.sessions = Arc::new(Down);
        let settings = state.settings.session.clone();
        let grants = Arc::new(state.tokens.clone());
        state.engine = Arc::new(Engine::new(state.clock.clone(), settings, grants, Arc::new(Down)));
    };
    let replica = app.replica(&[], change).await;
    let host = ("host", replica.host.as_str());
    let jar = browser.jar.clone();
    for path in ["/", "/account", "/me", "/no-such-page"] {
        let page = browser.send(Method::GET, &format!("{}{path}", replica.url), &[HTML, host], None).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!PROTECTED.iter().any(|text| page.body.contains(text)));
        let call = [("x-lakefront-call", "1"), host];
        let page = browser.send(Method::GET, &format!("{}{path}", replica.url), &call, None).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    assert_eq!(browser.jar, jar, "the session waits for better times");
    assert_eq!(data_requests(&app).await, before);
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK);
}

async fn s55_the_gate_judges_the_path_and_nothing_else(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    for header in [
        ("x-forwarded-uri", "/signed-out"),
        ("x-original-url", "/signed-out"),
        ("x-original-uri", "/signed-out"),
        ("x-rewrite-url", "/signed-out"),
        ("x-http-method-override", "GET"),
        ("user-agent", "GoogleHC/1.0"),
        ("x-forwarded-access-token", "a-token"),
        ("x-forwarded-user", "ada@example.com"),
        ("authorization", "Basic YWRhOng="),
    ] {
        let page = Browser::new().send(Method::GET, &format!("{}/account", app.url), &[HTML, header], None).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{header:?}");
        assert!(page.location().starts_with("/sign-in?"), "{header:?}");
    }
    for path in [
        "/account?x=/signed-out",
        "/account#/signed-out",
        "/account;/signed-out",
        "/pkg/..%2faccount",
        "/pkg/%2e%2e/account",
        "/signed-out/../account",
        "/signed-out%2f..%2faccount",
        "//account",
        "/./account",
        "/ACCOUNT",
        "/signed-out/",
        "/signed-out/x",
        "/signed-outx",
        "/healthz/../account",
    ] {
        let page = get_raw(&app, path, &[]).await;
        assert!(page.starts_with("HTTP/1.1 303") || page.starts_with("HTTP/1.1 400"), "{path}: {page}");
        assert!(!PROTECTED.iter().any(|text| page.contains(text)), "{path}");
    }
    assert_eq!(data_requests(&app).await, 0);
}

/// A request whose path no client has tidied up.
async fn get_raw(app: &TestApp, path: &str, headers: &[String]) -> String {
    let host = app.url.trim_start_matches("http://");
    let port = host.rsplit(':').next().expect("a port");
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("connected");
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let head =
        format!("GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn s56_the_host_header_changes_no_link_and_no_redirect_uri(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let sign_in = format!("{}/sign-in", app.url);
    let headers =
        [HTML, ("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https")];
    for path in ["/sign-in", "/account", "/token?code=x&state=y", "/authorize-url", "/signed-out"] {
        let page = Browser::new().send(Method::GET, &format!("{}{path}", app.url), &headers, None).await;
        assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
        assert!(page.location().is_empty() && page.set_cookies().is_empty() && !page.body.contains("evil"));
    }
    let headers = [
        HTML,
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "444"),
        ("forwarded", "host=evil.example;proto=https"),
    ];
    let page = Browser::new().send(Method::GET, &sign_in, &headers, None).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(!page.location().contains("evil"), "{}", page.location());
    assert_eq!(crate::parameter(page.location(), "redirect_uri"), format!("{}/token", app.url));
    let probe = Browser::new().send(Method::GET, &format!("{}/healthz", app.url), &[("host", "10.1.2.3")], None).await;
    assert_eq!(probe.status, StatusCode::OK);
    assert!(app.seen("GET", "/oidc/v1/authorize").await.is_empty());
}

async fn s56_forwarded_headers_count_only_from_trusted_proxies(server: AuthorizationServer) {
    for (proxies, status) in [
        ("", StatusCode::MISDIRECTED_REQUEST),
        ("10.0.0.0/8", StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.0/8,::1", StatusCode::SEE_OTHER),
    ] {
        let app = TestApp::start_on_with(server, &[], &[("TRUSTED_PROXIES", proxies)]).await;
        let public = app.url.trim_start_matches("http://").to_owned();
        // Of two proxies the second one puts the name behind by which it was asked.
        let chain = format!("{public}, internal:8080");
        let headers = [HTML, ("host", "internal:8080"), ("x-forwarded-host", &chain)];
        let page = Browser::new().send(Method::GET, &format!("{}/sign-in", app.url), &headers, None).await;
        assert_eq!(page.status, status, "{proxies}");
        let headers = [HTML, ("host", "internal:8080"), ("x-forwarded-host", &public)];
        let page = Browser::new().send(Method::GET, &format!("{}/sign-in", app.url), &headers, None).await;
        assert_eq!(page.status, status, "{proxies}");
        if status == StatusCode::SEE_OTHER {
            assert_eq!(crate::parameter(page.location(), "redirect_uri"), format!("{}/token", app.url));
            let headers = [HTML, ("host", public.as_str()), ("x-forwarded-host", "evil.example")];
            let page = Browser::new().send(Method::GET, &format!("{}/sign-in", app.url), &headers, None).await;
            assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST, "a proxy that says something else is believed");
        }
    }
}

async fn s57_odd_paths_reach_nothing_of_the_workspace(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let browser = signed_in(&app).await;
    let cookie = format!("cookie: {SESSION}={}", browser.jar[SESSION]);
    let before = data_requests(&app).await;
    let long = format!("/api/{}", "a".repeat(64 * 1024));
    let absolute = format!("{}/api/2.0/preview/scim/v2/Me", app.workspace);
    for path in [
        "/api/../x",
        "/api/%2e%2e%2fx",
        "/api/%252f",
        "/api/\\..\\x",
        "/api/@evil.example",
        "/api//evil.example",
        "/api/2.0/preview/scim/v2/Me",
        "/api/2.0/sql/statements",
        "/api/queries/../../2.0/sql/statements",
        "//evil.example/api",
        "/api/%00",
        &absolute,
        "http://evil.example/me",
        &long,
    ] {
        let answer = get_raw(&app, path, std::slice::from_ref(&cookie)).await;
        let status = answer.split(' ').nth(1).unwrap_or("0");
        let refused = ["303", "400", "404", "405", "414", "421", "431"].contains(&status);
        assert!(refused, "{}: {status}", path.get(..40).unwrap_or(path));
    }
    assert_eq!(data_requests(&app).await, before, "the workspace was not asked");
}

async fn s58_what_a_client_says_of_itself_counts_for_nothing(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let (mut ada, mut bob) = (Browser::new(), Browser::new());
    ada.sign_in(&app, "ada").await;
    bob.sign_in(&app, "bob").await;
    let token = format!("Bearer {}", app.session(&bob)["access_token"].as_str().expect("text"));
    for header in [
        ("authorization", token.as_str()),
        ("x-forwarded-access-token", token.trim_start_matches("Bearer ")),
        ("x-forwarded-user", "bob@example.com"),
        ("x_forwarded_user", "bob@example.com"),
        ("x-forwarded-email", "bob@example.com"),
        ("connection", "authorization, cookie"),
        ("connection", "x-lakefront-call"),
    ] {
        let me = ada.send(Method::GET, &format!("{}/me", app.url), &[header], None).await;
        assert_eq!(
            (me.status, me.json()["user_name"].as_str()),
            (StatusCode::OK, Some("ada@example.com")),
            "{header:?}"
        );
        let nobody = Browser::new().send(Method::GET, &format!("{}/me", app.url), &[header], None).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{header:?}");
    }
    let asked = app.seen("GET", "/api/2.0/preview/scim/v2/Me").await;
    let users: Vec<_> = asked.iter().skip(2).map(|entry| entry["user"].clone()).collect();
    assert_eq!(users, vec![json!("ada"); 7], "the workspace saw ada's token alone");
}

async fn s58_nothing_of_ours_goes_up_and_nothing_of_theirs_comes_down(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    // A workspace that answers with headers of its own.
    let me = json!({"id": "1", "userName": "ada@example.com", "displayName": "Ada"});
    let headers = json!({"set-cookie": "upstream=1; Path=/", "x-upstream": "1", "location": "https://evil.example/"});
    app.tell("faults", json!({"path": "/api/2.0/preview", "status": 200, "body": me, "headers": headers, "times": 1}))
        .await;
    let page = browser.ask(&format!("{}/me", app.url)).await;
    assert_eq!(page.status, StatusCode::OK);
    let passed = |page: &Page| {
        page.set_cookies().iter().any(|cookie| cookie.starts_with("upstream"))
            || page.headers.contains_key("x-upstream")
    };
    assert!(!passed(&page) && page.location().is_empty());
    app.tell("faults", json!({"path": "/api/2.0/preview", "status": 302, "headers": headers, "times": 1})).await;
    let page = browser.ask(&format!("{}/me", app.url)).await;
    assert!(page.status.is_server_error() && !passed(&page) && page.location().is_empty(), "{}", page.status);

    // And a listener in its place that writes down what it is sent.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let host = format!("http://{}", listener.local_addr().expect("an address"));
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a visitor");
        let mut bytes = vec![0; 16 * 1024];
        let length = stream.read(&mut bytes).await.expect("a request");
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    });
    let replica = app.replica(&[("DATABRICKS_HOST", &host)], |_| {}).await;
    let headers = [("host", replica.host.as_str()), ("x-custom", "from-the-client"), ("te", "trailers")];
    let _ = browser.send(Method::GET, &format!("{}/me", replica.url), &headers, None).await;
    let heard = heard.await.expect("no panic").to_lowercase();
    assert!(heard.starts_with("get /api/2.0/preview/scim/v2/me") && heard.contains("authorization: bearer "));
    assert!(!heard.contains("cookie") && !heard.contains("x-custom") && !heard.contains("__host"));
}

async fn s59_every_page_carries_the_security_headers(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let mut pages = vec![browser.open(&back).await, browser.open(&back).await];
    for path in ["/", "/account", "/no-such-page", "/sign-in-problem", "/sign-in", "/me", "/healthz", "/robots.txt"] {
        pages.push(browser.open(&format!("{}{path}", app.url)).await);
    }
    pages.push(Browser::new().open(&format!("{}/account", app.url)).await);
    pages.push(Browser::new().open(&format!("{}/signed-out", app.url)).await);
    pages.push(validate(&mut Browser::new(), &app).await);
    pages.push(browser.send(Method::GET, &format!("{}/", app.url), &[("host", "evil.example")], None).await);
    let mut nonces = std::collections::HashSet::new();
    for page in &pages {
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "'wasm-unsafe-eval'",
        ] {
            assert!(policy.contains(part), "{part}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'));
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
        assert!(nonce.len() >= 22 && nonces.insert(nonce.to_owned()), "a nonce of its own");
        for script in page.body.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            assert!(tag.contains(nonce) || tag.contains("src="), "a script without the nonce: {tag}");
        }
        assert!(!page.body.contains(" style=\"") && !page.body.contains(" onclick="), "no inline style or handler");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ] {
            assert_eq!(page.header(name), value);
        }
        assert!(page.headers.get("strict-transport-security").is_none(), "not on plain http");
    }
    let replica = app.replica(&[("PUBLIC_URL", "https://data.example.com")], |_| {}).await;
    let headers = [HTML, ("host", "data.example.com")];
    let page = Browser::new().send(Method::GET, &format!("{}/signed-out", replica.url), &headers, None).await;
    assert!(page.header("strict-transport-security").starts_with("max-age=31536000"));
    assert_eq!(app.grants("authorization_code").await, 1);
}

async fn s59_what_an_address_holds_stays_text(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let evil = crate::encoded("</textarea></title><i id=\"evil\">'\"&lt;i");
    for address in [
        format!("/sql?sql={evil}"),
        format!("/sql?sql=SELECT+:a&p.a={evil}&t.a={evil}&warehouse={evil}&sort={evil}&chart={evil}&x={evil}"),
        format!("/?from={evil}&to={evil}"),
        format!("/catalog?q={evil}"),
        format!("/catalog/{evil}"),
        format!("/no-such-page/{evil}?x={evil}"),
        format!("/sign-in-problem?return_to={evil}"),
    ] {
        for page in [
            browser.open(&format!("{}{address}", app.url)).await,
            Browser::new().open(&format!("{}{address}", app.url)).await,
        ] {
            assert!(!page.body.contains("<i id="), "{address}: {}", page.body);
        }
    }
    assert_eq!(app.token_requests().await, 1);
}
