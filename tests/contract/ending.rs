//! S61–S64, S66 and S68: signing out, and limits.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use lakefront::server::{
    AppState,
    oauth::tokens::{TokenEndpoint, TokenError, Tokens},
    session::{
        Engine, Session,
        engine::{Asked, Grants},
    },
};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    comes_true, lets_in, signed_in,
    support::{AuthorizationServer, Browser, HTML, Page, SESSION, TestApp},
    validate,
};

on_both!(
    s61_a_sign_out_holds_even_against_a_saved_cookie,
    s61_a_sign_out_ends_the_successor_as_well,
    s61_a_refresh_that_lands_after_a_sign_out_is_revoked,
    s61_a_sign_out_waits_for_no_refresh,
    s61_a_sign_out_ends_the_sign_ins_that_cross_it,
    s61_other_programs_cookies_do_not_hide_the_session,
    s61_the_operator_ends_every_session_by_its_epoch,
    s62_a_revocation_that_fails_does_not_hold_the_sign_out,
    s62_where_no_revocation_is_offered_the_sign_out_stands_all_the_same,
    s63_a_sign_out_leaves_nothing_behind,
    s64_no_back_channel_sign_out_is_offered,
    s66_sign_ins_are_limited_for_each_client,
    s66_pictures_on_other_sites_use_up_nobodys_sign_ins,
    s66_clients_behind_a_trusted_proxy_are_told_apart_by_their_prefix,
    s68_requests_are_bounded_in_length_and_number_of_headers,
    s68_a_slow_request_is_cut_off,
    s68_a_proxys_idle_connection_is_kept_for_its_next_request,
    s68_a_connection_that_asks_nothing_is_cut_off,
);

async fn sign_out(browser: &mut Browser, app: &TestApp) -> Page {
    browser.post_form(&format!("{}/logout", app.url), "").await
}

async fn tokens_work(app: &TestApp, session: &Value) -> [bool; 2] {
    let text = |name: &str| session[name].as_str().expect("a token").to_owned();
    [app.access_token_works(&text("access_token")).await, app.refresh_token_works(&text("refresh_token")).await]
}

/// A revocation may end shortly after the sign-out.
async fn revocations(app: &TestApp) -> Vec<Value> {
    for _ in 0..50 {
        let seen = app.seen("POST", "/oidc/v1/revoke").await;
        if seen.iter().any(|entry| !entry["status"].is_null()) {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Vec::new()
}

async fn s61_a_sign_out_holds_even_against_a_saved_cookie(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let (mut saved, session) = (browser.clone(), app.session(&browser));
    let account = format!("{}/account", app.url);
    assert_eq!(browser.open(&account).await.status, StatusCode::OK);
    let page = sign_out(&mut browser, &app).await;
    assert_eq!((page.status, page.location()), (StatusCode::FOUND, "/signed-out"));
    assert!(browser.jar.is_empty(), "{:?}", browser.jar.keys());
    assert!(browser.open(&format!("{}/signed-out", app.url)).await.body.contains("You are signed out"));
    assert_eq!(saved.open(&account).await.status, StatusCode::SEE_OTHER);
    assert_eq!(saved.ask(&format!("{}/me", app.url)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(validate(&mut saved, &app).await.status, StatusCode::UNAUTHORIZED);
    let revoked = revocations(&app).await;
    assert_eq!((revoked.len(), revoked[0]["status"].as_u64()), (1, Some(200)));
    assert_eq!(tokens_work(&app, &session).await, [false, false], "the authorization server knows them no more");
}

async fn s61_a_sign_out_ends_the_successor_as_well(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let mut old_copy = browser.clone();
    app.clock.advance(3_400);
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    let successor = app.session(&browser);
    // Another tab signs out with the cookie from before.
    assert_eq!(sign_out(&mut old_copy, &app).await.location(), "/signed-out");
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::SEE_OTHER);
    revocations(&app).await;
    assert_eq!(tokens_work(&app, &successor).await, [false, false], "the newest tokens are the ones revoked");
}

/// Notes what the authorization server gives: what the app drops is seen nowhere else.
struct Recorder {
    tokens: TokenEndpoint,
    given: Arc<Mutex<Vec<[String; 2]>>>,
}

impl Grants for Recorder {
    fn refresh<'a>(&'a self, token: &'a SecretString) -> Asked<'a, Result<Tokens, TokenError>> {
        Box::pin(async move {
            let answer = Grants::refresh(&self.tokens, token).await;
            if let Ok(Tokens { access_token, refresh_token: Some(refresh_token), .. }) = &answer {
                let pair = [access_token, refresh_token].map(|token| token.expose_secret().to_owned());
                self.given.lock().expect("no panic").push(pair);
            }
            answer
        })
    }

    fn revoke<'a>(&'a self, session: &'a Session) -> Asked<'a, ()> {
        Grants::revoke(&self.tokens, session)
    }
}

async fn s61_a_refresh_that_lands_after_a_sign_out_is_revoked(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let given = Arc::new(Mutex::default());
    let recorded = Arc::clone(&given);
    let change = move |state: &mut AppState| {
        let recorder = Arc::new(Recorder { tokens: state.tokens.clone(), given: recorded });
        let (clock, settings) = (state.clock.clone(), state.settings.session.clone());
        state.engine = Arc::new(Engine::new(clock, settings, recorder, Arc::clone(&state.sessions)));
    };
    let replica = app.replica(&[], change).await;
    let host = ("host", replica.host.as_str());
    let mut browser = signed_in(&app).await;
    let (saved, mut other_tab) = (browser.clone(), browser.clone());
    app.clock.advance(3_700);
    // The authorization server has done its work, and says so late.
    app.token_fault(json!({"after": true, "delay_ms": 6_000, "times": 1})).await;
    let (url, own) = (format!("{}/validate-session", replica.url), replica.host.clone());
    let refreshing = tokio::spawn(async move {
        let headers = [("content-type", "application/json"), ("x-lakefront-call", "1"), ("host", own.as_str())];
        browser.send(Method::POST, &url, &headers, Some("{}")).await
    });
    assert!(comes_true(5, async || app.token_requests().await == 2).await, "the refresh is under way");
    let headers = [HTML, ("content-type", "application/x-www-form-urlencoded"), host];
    let begun = Instant::now();
    let out = other_tab.send(Method::POST, &format!("{}/logout", replica.url), &headers, Some("")).await;
    assert_eq!(out.location(), "/signed-out");
    assert!(begun.elapsed() < Duration::from_secs(3), "the sign-out came first: {:?}", begun.elapsed());
    assert!(given.lock().expect("no panic").is_empty(), "the tokens were not here yet");
    let late = refreshing.await.expect("no panic");
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    assert!(!late.sets_session());
    let revocations = async || app.seen("POST", "/oidc/v1/revoke").await.len() == 2;
    assert!(comes_true(5, revocations).await, "those of the sign-out, and those that came late");
    let pairs = given.lock().expect("no panic").clone();
    assert_eq!(pairs.len(), 1);
    assert!(!app.access_token_works(&pairs[0][0]).await && !app.refresh_token_works(&pairs[0][1]).await);
    let page = saved.clone().send(Method::GET, &format!("{}/account", replica.url), &[HTML, host], None).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

async fn s61_a_sign_out_waits_for_no_refresh(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    for seconds in [3_400, 3_700] {
        let mut browser = signed_in(&app).await;
        let saved = browser.clone();
        app.clock.advance(seconds);
        app.token_fault(json!({"hang": true})).await;
        let begun = Instant::now();
        let out = sign_out(&mut browser, &app).await;
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        assert_eq!(out.location(), "/signed-out");
        assert!(browser.jar.is_empty() && !lets_in(&saved, &app).await);
        app.heal().await;
    }
    // Nor does what else works without a session.
    let mut browser = signed_in(&app).await;
    app.clock.advance(3_700);
    app.token_fault(json!({"hang": true})).await;
    for path in ["/sign-in", "/authorize-url", "/token?code=x&state=y", "/healthz", "/readyz"] {
        let begun = Instant::now();
        let headers = [HTML, ("x-lakefront-call", "1")];
        let page = browser.send(Method::GET, &format!("{}{path}", app.url), &headers, None).await;
        assert!(begun.elapsed() < Duration::from_secs(2), "{path}: {:?}", begun.elapsed());
        assert_ne!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!page.sets_session(), "{path}");
    }
    assert_eq!(app.token_requests().await, 3, "three sign-ins and no refresh");
}

async fn s61_a_sign_out_ends_the_sign_ins_that_cross_it(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let back = browser.approve(&app, "bob", "/account").await;
    // The exchange is done, and heard of late.
    app.token_fault(json!({"after": true, "delay_ms": 4_000, "times": 1})).await;
    let mut window = browser.clone();
    let late = tokio::spawn(async move {
        let page = window.open(&back).await;
        (window, page)
    });
    assert!(comes_true(3, async || app.token_requests().await == 2).await, "the exchange is under way");
    assert_eq!(sign_out(&mut browser, &app).await.location(), "/signed-out");
    let (window, page) = late.await.expect("no panic");
    assert!(page.status.is_client_error() && !page.sets_session(), "{}", page.body);
    assert!(page.body.contains("You signed out") && !lets_in(&window, &app).await);
    let revocations = async || app.seen("POST", "/oidc/v1/revoke").await.len() == 2;
    assert!(comes_true(5, revocations).await, "the tokens of both sessions");

    // One that had landed, but not in the browser that signs out.
    let mut browser = signed_in(&app).await;
    let back = browser.approve(&app, "bob", "/account").await;
    let mut window = browser.clone();
    assert!(window.open(&back).await.sets_session() && lets_in(&window, &app).await);
    assert_eq!(sign_out(&mut browser, &app).await.location(), "/signed-out");
    assert!(!lets_in(&window, &app).await, "neither of the two sessions");
    let revocations = async || app.seen("POST", "/oidc/v1/revoke").await.len() == 4;
    assert!(comes_true(5, revocations).await);

    // Without the attempt's cookie, which that window had spent: by the session that it took the place of.
    let mut browser = signed_in(&app).await;
    let mut window = browser.clone();
    window.sign_in(&app, "bob").await;
    assert!(lets_in(&window, &app).await);
    assert_eq!(sign_out(&mut browser, &app).await.location(), "/signed-out");
    assert!(!lets_in(&window, &app).await);
    let revocations = async || app.seen("POST", "/oidc/v1/revoke").await.len() == 6;
    assert!(comes_true(5, revocations).await);
    // Who signs in afterwards is in.
    signed_in(&app).await;
}

async fn s61_other_programs_cookies_do_not_hide_the_session(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    // A sibling on the same domain may write any bytes, and all cookies come in one line.
    browser.jar.insert("a".into(), "é".into());
    browser.jar.insert("zz".into(), "ü".into());
    browser.sign_in(&app, "ada").await;
    assert!(lets_in(&browser, &app).await);
    let saved = browser.clone();
    assert_eq!(sign_out(&mut browser, &app).await.location(), "/signed-out");
    assert_eq!(browser.jar.keys().collect::<Vec<_>>(), ["a", "zz"]);
    assert!(!lets_in(&saved, &app).await);
    let revocations = async || app.seen("POST", "/oidc/v1/revoke").await.len() == 1;
    assert!(comes_true(5, revocations).await);
}

async fn s61_the_operator_ends_every_session_by_its_epoch(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let replica = app.replica(&[("SESSION_EPOCH", "1")], |_| {}).await;
    let headers = [HTML, ("host", replica.host.as_str())];
    let url = format!("{}/account", replica.url);
    let page = browser.clone().send(Method::GET, &url, &headers, None).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let mut session = app.session(&browser);
    session["epoch"] = 1.into();
    app.plant(&mut browser, &session);
    assert_eq!(browser.send(Method::GET, &url, &headers, None).await.status, StatusCode::OK, "one of the new epoch");
    assert_eq!(app.grants("refresh_token").await, 0);
}

async fn s62_a_revocation_that_fails_does_not_hold_the_sign_out(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    for fault in [
        json!({"path": "/oidc/v1/revoke", "status": 503, "times": 1}),
        json!({"path": "/oidc/v1/revoke", "status": 200, "delay_ms": 5_000, "times": 1}),
        json!({"path": "/oidc/v1/revoke", "hang": true, "times": 1}),
        json!({"path": "/oidc/v1/revoke", "status": 200, "body": "x", "cut": true, "times": 1}),
    ] {
        let mut browser = signed_in(&app).await;
        let mut saved = browser.clone();
        app.tell("faults", fault.clone()).await;
        let begun = Instant::now();
        let page = sign_out(&mut browser, &app).await;
        assert!(begun.elapsed() < Duration::from_secs(3), "{fault}: {:?}", begun.elapsed());
        assert_eq!(page.location(), "/signed-out", "{fault}");
        assert!(browser.jar.is_empty());
        assert_eq!(saved.open(&format!("{}/account", app.url)).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(app.seen("POST", "/oidc/v1/revoke").await.len(), 4, "it was tried each time");
}

async fn s62_where_no_revocation_is_offered_the_sign_out_stands_all_the_same(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let iss = format!("{}/oidc", app.workspace);
    let document = json!({
        "issuer": iss, "authorization_endpoint": format!("{iss}/v1/authorize"), "token_endpoint": format!("{iss}/v1/token"),
        "authorization_response_iss_parameter_supported": true,
    });
    let path = "/oidc/.well-known/oauth-authorization-server";
    app.tell("faults", json!({"path": path, "status": 200, "body": document})).await;
    let mut browser = signed_in(&app).await;
    let mut saved = browser.clone();
    assert_eq!(sign_out(&mut browser, &app).await.location(), "/signed-out");
    assert_eq!(saved.open(&format!("{}/account", app.url)).await.status, StatusCode::SEE_OTHER);
    assert!(app.seen("POST", "/oidc/v1/revoke").await.is_empty());
}

async fn s63_a_sign_out_leaves_nothing_behind(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let mut session = app.session(&browser);
    session["scope"] = "x".repeat(6_500).into();
    app.plant(&mut browser, &session);
    browser.jar.insert(format!("{SESSION}.8"), "junk".into());
    browser.jar.insert("of-another-app".into(), "1".into());
    for _ in 0..2 {
        browser.open(&format!("{}/sign-in", app.url)).await;
    }
    browser.jar.insert(format!("{SESSION}.8"), "junk".into());
    let url = format!("{}/logout?return_to=//evil.example&redirect=https://evil.example", app.url);
    let page =
        browser.post_form(&url, "return_to=%2F%2Fevil.example&post_logout_redirect_uri=https://evil.example").await;
    assert_eq!((page.status, page.location()), (StatusCode::FOUND, "/signed-out"));
    assert_eq!(browser.jar.keys().collect::<Vec<_>>(), ["of-another-app"]);
    assert!(page.headers.get("clear-site-data").is_none(), "not on plain http");
    revocations(&app).await;
    assert_eq!(app.seen("POST", "/oidc/v1/revoke").await.len(), 1);

    // A script gets the same, and nobody signed in is no error.
    let page = browser.call(&format!("{}/logout", app.url), "{}").await;
    assert!(page.status.is_success() || page.status.is_redirection(), "{}", page.status);
    let replica = app.replica(&[("PUBLIC_URL", "https://data.example.com")], |_| {}).await;
    let headers = [HTML, ("host", "data.example.com"), ("content-type", "application/x-www-form-urlencoded")];
    let page = browser.send(Method::POST, &format!("{}/logout", replica.url), &headers, Some("")).await;
    assert_eq!(page.header("clear-site-data"), "\"cache\", \"storage\"");
    let mut browser = signed_in(&app).await;
    let page = browser.send(Method::POST, &format!("{}/logout", replica.url), &headers, Some("")).await;
    assert_eq!(page.header("clear-site-data"), "\"cache\", \"storage\"", "for somebody who was signed in, too");
    assert!(page.location() == "/signed-out" && browser.jar.is_empty(), "{:?}", browser.jar.keys());
}

async fn s64_no_back_channel_sign_out_is_offered(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let token = "logout_token=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.";
    for path in ["/backchannel-logout", "/logout/backchannel", "/oidc/backchannel-logout", "/frontchannel-logout"] {
        let page = Browser::new().post_form(&format!("{}{path}", app.url), token).await;
        assert!(page.status.is_client_error(), "{path}: {}", page.status);
    }
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK, "still signed in");
    assert!(app.seen("POST", "/oidc/v1/revoke").await.is_empty());
}

async fn s66_sign_ins_are_limited_for_each_client(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("SIGN_IN_LIMIT_PER_MINUTE", "20")]).await;
    let mut browser = signed_in(&app).await;
    let blank = Browser::new();
    let mut refused = 0;
    for number in 0..200 {
        let path = ["/sign-in", "/token?code=x&state=y", "/authorize-url"][number % 3];
        // Anybody can write this header; from nobody's proxy it counts for nothing.
        let forged = format!("198.51.100.{number}");
        let call = ("x-lakefront-call", "1");
        let headers = [HTML, call, ("x-forwarded-for", forged.as_str()), ("forwarded", "for=198.51.100.7")];
        let page = blank.clone().send(Method::GET, &format!("{}{path}", app.url), &headers, None).await;
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            refused += 1;
            let wait: u64 = page.header("retry-after").parse().expect("seconds");
            assert!((1..=60).contains(&wait), "{wait}");
            assert!(page.set_cookies().is_empty() && page.location().is_empty());
        }
    }
    // Two of the twenty went to Ada's own sign-in; some come back while the test runs.
    assert!((150..=182).contains(&refused), "{refused} of 200");
    assert_eq!(
        browser.open(&format!("{}/account", app.url)).await.status,
        StatusCode::OK,
        "who is in is not disturbed"
    );
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    assert_eq!(app.token_requests().await, 1);
}

async fn s66_pictures_on_other_sites_use_up_nobodys_sign_ins(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("SIGN_IN_LIMIT_PER_MINUTE", "5")]).await;
    for number in 0..30 {
        let path = ["/sign-in", "/token?code=x&state=y", "/authorize-url"][number % 3];
        let picture = [("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image"), ("sec-fetch-site", "cross-site")];
        let page = Browser::new().send(Method::GET, &format!("{}{path}", app.url), &picture, None).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(page.set_cookies().is_empty());
    }
    signed_in(&app).await;
    assert_eq!(app.token_requests().await, 1);
}

async fn s66_clients_behind_a_trusted_proxy_are_told_apart_by_their_prefix(server: AuthorizationServer) {
    let settings = [("SIGN_IN_LIMIT_PER_MINUTE", "5"), ("TRUSTED_PROXIES", "127.0.0.0/8,::1")];
    let app = TestApp::start_on_with(server, &[], &settings).await;
    let blank = Browser::new();
    let ask = async |client: &str| {
        let headers = [HTML, ("x-forwarded-for", client)];
        blank.clone().send(Method::GET, &format!("{}/sign-in", app.url), &headers, None).await.status
    };
    for client in [
        // One IPv4 address in several spellings, with whatever the client itself put in front.
        ["198.51.100.1", "198.51.100.1:4711", "::ffff:198.51.100.1", "1.1.1.1, 198.51.100.1", "2.2.2.2,198.51.100.1"],
        // One IPv6 /64.
        [
            "2001:db8:1:2::1",
            "2001:0DB8:0001:0002:ffff::9",
            "[2001:db8:1:2::2]:443",
            "2001:db8:1:2:3:4:5:6",
            "2001:db8:1:2::3",
        ],
    ] {
        for spelling in client {
            assert_eq!(ask(spelling).await, StatusCode::SEE_OTHER, "{spelling}");
        }
        let refused = [ask(client[0]).await, ask(client[1]).await, ask(client[2]).await];
        assert!(refused.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count() >= 2, "{refused:?}");
    }
    for other in ["198.51.100.2", "2001:db8:1:3::1"] {
        assert_eq!(ask(other).await, StatusCode::SEE_OTHER, "another client: {other}");
    }
    assert_eq!(app.token_requests().await, 0);
}

async fn s68_requests_are_bounded_in_length_and_number_of_headers(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let long = "a".repeat(1024 * 1024 + 1);
    for path in ["/validate-session", "/logout", "/api/queries/trips_per_day"] {
        let page = browser.call(&format!("{}{path}", app.url), &long).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
    let page = Browser::new().call(&format!("{}/validate-session", app.url), &long).await;
    assert!(page.status.is_client_error(), "{}", page.status);
    let names: Vec<String> = (0..200).map(|number| format!("x-header-{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    let wide = "a".repeat(64 * 1024);
    for path in ["/sign-in", "/token", "/authorize-url", "/validate-session"] {
        for headers in [&many[..], &[("x-wide", wide.as_str())], &[("cookie", wide.as_str())]] {
            let page = Browser::new().send(Method::GET, &format!("{}{path}", app.url), headers, None).await;
            assert_eq!(page.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "{path}");
            assert!(page.set_cookies().is_empty());
        }
    }
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK, "still signed in");
    assert_eq!(app.token_requests().await, 1);
}

/// Sends the beginning of a request and waits for what comes.
async fn unfinished(app: &TestApp, text: impl AsRef<[u8]>) -> (String, Duration) {
    let port = app.url.rsplit(':').next().expect("a port");
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("connected");
    let begun = Instant::now();
    stream.write_all(text.as_ref()).await.expect("sent");
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the connection is still open after 30 s");
    (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
}

async fn s68_a_slow_request_is_cut_off(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let browser = signed_in(&app).await;
    let host = app.url.trim_start_matches("http://");
    let cookie = format!("cookie: {SESSION}={}", browser.jar[SESSION]);
    let head = |path: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\n{cookie}\r\ncontent-type: application/json\r\nx-lakefront-call: 1\r\n\
             content-length: 100\r\n\r\n{{"
        )
    };
    let (validate, logout) = (head("/validate-session"), head("/logout"));
    let without_end = format!("GET /account HTTP/1.1\r\nhost: {host}\r\n");
    let (slow_call, slow_logout, slow_head) =
        tokio::join!(unfinished(&app, &validate), unfinished(&app, &logout), unfinished(&app, &without_end));
    for (answer, took) in [slow_call, slow_logout] {
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(took < Duration::from_secs(20), "{took:?}");
    }
    assert!(!slow_head.0.starts_with("HTTP/1.1 200") && slow_head.1 < Duration::from_secs(20), "{:?}", slow_head.1);
    assert_eq!(browser.clone().open(&format!("{}/account", app.url)).await.status, StatusCode::OK, "still signed in");
    assert_eq!(app.token_requests().await, 1);
}

async fn s68_a_proxys_idle_connection_is_kept_for_its_next_request(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let (host, port) = (app.url.trim_start_matches("http://"), app.url.rsplit(':').next().expect("a port"));
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("connected");
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\n\r\n");
    for pause in [0, 12] {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).await.expect("an answer");
        assert_eq!(&begin, b"HTTP/1.1 200");
        let mut rest = vec![0; 16 * 1024];
        assert!(stream.read(&mut rest).await.expect("the rest") < rest.len());
    }
}

async fn s68_a_connection_that_asks_nothing_is_cut_off(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let preface: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    // An empty SETTINGS frame, and a ping.
    let settings = [preface, &[0, 0, 0, 4, 0, 0, 0, 0, 0]].concat();
    let ping = [settings.as_slice(), &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]].concat();
    let (nothing, half, preface, settings, ping) = tokio::join!(
        unfinished(&app, ""),
        unfinished(&app, "PRI * HTTP"),
        unfinished(&app, preface),
        unfinished(&app, settings),
        unfinished(&app, ping),
    );
    for (_, took) in [nothing, half, preface, settings, ping] {
        assert!(took < Duration::from_secs(20), "{took:?}");
    }
    assert_eq!(Browser::new().open(&format!("{}/healthz", app.url)).await.status, StatusCode::OK);
    assert_eq!(app.token_requests().await, 0);
}
