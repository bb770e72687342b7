//! S25–S38: the session cookie.

use std::collections::{BTreeMap, HashSet};

use lakefront::server::{
    reload,
    session::{Purpose, cookies},
};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    comes_true, lets_in, signed_in,
    support::{AuthorizationServer, Browser, COOKIE_KEY, HTML, Page, SESSION, TestApp},
    validate,
};

const SECOND_KEY: &str = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

on_both!(
    s25_every_cookie_carries_every_attribute,
    s26_cookies_stay_within_what_browsers_and_proxies_carry,
    s26_a_session_that_no_browser_can_carry_ends_and_says_so,
    s27_a_session_that_grows_and_shrinks_loses_nothing,
    s28_chunks_that_do_not_belong_together_are_nobodys_session,
    s29_a_changed_cookie_is_nobodys_session,
    s30_keys_rotate_and_a_removed_one_opens_nothing,
    s30_keys_from_a_file_rotate_while_the_server_runs,
    s33_a_short_idle_limit_counts_what_the_person_does,
    s33_s34_idle_and_absolute_limits_hold_and_the_heartbeat_extends_neither,
    s33_limits_survive_a_refresh,
    s33_what_pages_do_by_themselves_extends_nothing,
    s35_static_files_have_nothing_to_do_with_the_session,
    s35_nothing_that_depends_on_the_session_is_cached,
    s36_no_token_reaches_the_browser,
    s37_a_late_answer_does_not_undo_a_sign_out,
    s38_a_late_answer_does_not_roll_back_a_refresh,
);

fn check_attributes(page: &Page) -> usize {
    for cookie in page.set_cookies() {
        assert!(cookie.starts_with("__Host-Http-") && !cookie.contains("Domain"), "{cookie}");
        for part in ["; Secure", "; HttpOnly", "; Path=/", "; SameSite=", "; Max-Age="] {
            assert!(cookie.contains(part), "{part}");
        }
        let expected = if cookie.starts_with(SESSION) { "SameSite=Strict" } else { "SameSite=Lax" };
        assert!(cookie.contains(expected));
    }
    page.set_cookies().len()
}

async fn s25_every_cookie_carries_every_attribute(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let begun = browser.open(&format!("{}/sign-in", app.url)).await;
    assert_eq!(check_attributes(&begun), 1);
    let back = browser.choose(begun.location(), "ada", &app.url).await;
    let bounce = browser.open(&back).await;
    assert_eq!(check_attributes(&bounce), 2, "the session, and the end of the attempt");
    assert!(bounce.sets_session());
    app.clock.advance(3_400);
    assert!(check_attributes(&validate(&mut browser, &app).await) >= 1, "a refresh");
    let mut garbage = Browser::new();
    garbage.jar.extend([(SESSION.to_owned(), "1~x.y".to_owned()), (format!("{SESSION}.7"), "z".into())]);
    assert_eq!(check_attributes(&garbage.open(&format!("{}/account", app.url)).await), 2, "deletions");
    browser.open(&format!("{}/sign-in", app.url)).await;
    assert_eq!(check_attributes(&browser.post_form(&format!("{}/logout", app.url), "").await), 2);
    assert!(browser.jar.is_empty());
}

/// The answer to a refresh with tokens of this length together.
fn long_answer(length: usize, number: usize) -> Value {
    json!({
        "access_token": format!("{number:04}{}", "a".repeat(length)), "refresh_token": format!("r{number}"),
        "token_type": "Bearer", "expires_in": 3600,
    })
}

fn sizes(browser: &Browser) -> (usize, usize) {
    let size = |(name, value): (&String, &String)| name.len() + value.len();
    (browser.jar.iter().map(size).max().unwrap_or_default(), browser.jar.iter().map(size).sum())
}

async fn s26_cookies_stay_within_what_browsers_and_proxies_carry(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    assert!(sizes(&browser).0 <= 4_096);
    app.clock.advance(3_400);
    app.token_fault(json!({"status": 200, "body": long_answer(7_500, 1), "times": 1})).await;
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    let (largest, together) = sizes(&browser);
    assert!(browser.jar.len() == 3 && largest <= 4_096 && together <= 12 * 1_024, "{largest} {together}");
}

async fn s26_a_session_that_no_browser_can_carry_ends_and_says_so(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let saved = browser.clone();
    app.clock.advance(3_400);
    app.token_fault(json!({"status": 200, "body": long_answer(20_000, 2), "times": 1})).await;
    let page = validate(&mut browser, &app).await;
    assert_eq!((page.status, page.json()["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("session_over")));
    assert!(!page.sets_session() && browser.jar.is_empty(), "nothing half is stored: {:?}", browser.jar.keys());
    assert!(!lets_in(&saved, &app).await, "no copy lives on with tokens that were used");
    assert!(comes_true(5, async || app.seen("POST", "/oidc/v1/revoke").await.len() == 1).await, "they are revoked");
    assert_eq!(app.token_requests().await, 2);

    // At a sign-in: a page that says so, and its tokens are revoked, too.
    app.token_fault(json!({"status": 200, "body": long_answer(12_000, 3), "times": 1})).await;
    let back = browser.approve(&app, "ada", "/").await;
    let me = json!({"id": "1", "userName": "ada@example.com", "displayName": "Ada"});
    app.tell("faults", json!({"path": "/api/2.0/preview", "status": 200, "body": me, "times": 1})).await;
    let page = browser.open(&back).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", page.body);
    assert!(page.body.contains("could not be stored") && page.body.contains("administrator"), "{}", page.body);
    assert!(!page.body.contains("http-equiv") && browser.jar.is_empty(), "{:?}", browser.jar.keys());
    assert!(comes_true(5, async || app.seen("POST", "/oidc/v1/revoke").await.len() == 2).await);
}

async fn s27_a_session_that_grows_and_shrinks_loses_nothing(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let mut counts = Vec::new();
    for (number, length) in [100, 7_600, 3_900, 100, 3_900, 7_600, 100].into_iter().enumerate() {
        app.clock.advance(3_400);
        let answer = long_answer(length, number);
        app.token_fault(json!({"status": 200, "body": answer, "times": 1})).await;
        assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
        // What is left over is expired with the next answer at the latest.
        assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
        assert_eq!(app.session(&browser)["access_token"], answer["access_token"]);
        counts.push(browser.jar.len());
    }
    assert_eq!(counts, [1, 3, 2, 1, 2, 3, 1], "cookies, stale ones expired");
    assert_eq!(app.token_requests().await, 1 + 7);
}

async fn s28_chunks_that_do_not_belong_together_are_nobodys_session(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let large = |user: &'static str| {
        let app = &app;
        async move {
            let mut browser = Browser::new();
            browser.sign_in(app, user).await;
            let mut session = app.session(&browser);
            session["scope"] = "x".repeat(6_500).into();
            app.plant(&mut browser, &session);
            assert_eq!(browser.jar.len(), 3);
            browser
        }
    };
    let (ada, bob) = (large("ada").await, large("bob").await);
    let chunk = |index: usize| if index == 0 { SESSION.to_owned() } else { format!("{SESSION}.{index}") };
    let account = format!("{}/account", app.url);
    let whole = ada.clone().open(&account).await;
    assert!(whole.status == StatusCode::OK && whole.body.contains("Ada Lovelace"));

    let mut broken: Vec<BTreeMap<String, String>> = Vec::new();
    for index in 0..3 {
        let mut jar = ada.jar.clone();
        jar.remove(&chunk(index));
        broken.push(jar);
        let mut jar = ada.jar.clone();
        jar.insert(chunk(index), bob.jar[&chunk(index)].clone());
        broken.push(jar);
        let mut jar = ada.jar.clone();
        jar.insert(chunk(index), ada.jar[&chunk((index + 1) % 3)].clone());
        broken.push(jar);
    }
    for count in ["0", "2", "4", "99999999999999999999", "-1", ""] {
        let mut jar = ada.jar.clone();
        let text = jar[SESSION].split_once('~').expect("a count").1.to_owned();
        jar.insert(SESSION.to_owned(), format!("{count}~{text}"));
        broken.push(jar);
    }
    for jar in broken {
        let mut browser = Browser::new();
        browser.jar = jar;
        let page = browser.open(&account).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert!(!page.body.contains("Lovelace") && !page.body.contains("Kahn"));
        assert!(browser.jar.is_empty(), "leftovers are expired: {:?}", browser.jar.keys());
    }

    // Junk beside a whole session, and a second cookie of one name.
    let mut browser = ada.clone();
    browser.jar.insert(format!("{SESSION}.9"), "junk".into());
    assert_eq!(browser.open(&account).await.status, StatusCode::OK);
    assert!(!browser.jar.contains_key(&format!("{SESSION}.9")));
    let mut twice = Browser::new();
    let line = |browser: &Browser| {
        browser.jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    };
    let both = format!("{}; {}", line(&ada), line(&bob));
    let page = twice.send(Method::GET, &account, &[HTML, ("cookie", &both)], None).await;
    assert!(page.status == StatusCode::OK && page.body.contains("Ada Lovelace") && !page.body.contains("Bob Kahn"));
    assert_eq!(app.grants("refresh_token").await, 0);
}

async fn s29_a_changed_cookie_is_nobodys_session(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let browser = signed_in(&app).await;
    let good = browser.jar[SESSION].clone();
    let account = format!("{}/account", app.url);
    let mut values: Vec<String> = Vec::new();
    for position in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        values.push(String::from_utf8(bytes).expect("ASCII"));
    }
    values.extend((0..good.len()).step_by(7).map(|length| good[..length].to_owned()));
    values.extend([
        format!("{good}A"),
        format!("1~k1.{}", "A".repeat(4_000)),
        "1~k1.".into(),
        "~".into(),
        "%00".into(),
    ]);
    let mut bodies = HashSet::new();
    let blank = Browser::new();
    for value in values {
        let mut browser = blank.clone();
        browser.jar.insert(SESSION.into(), value);
        let page = browser.open(&account).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert!(browser.jar.is_empty(), "it is expired");
        bodies.insert((page.location().to_owned(), page.body));
    }
    assert_eq!(bodies.len(), 1, "no answer tells what was wrong");
    assert!(app.token_requests().await == 1 && app.seen("POST", "/api").await.is_empty());
    assert_eq!(browser.clone().open(&account).await.status, StatusCode::OK);
}

/// Needs no authorization server: what no HTTP test could send often enough.
#[test]
fn s29_a_hundred_thousand_random_cookies_open_nothing() {
    let ring = ring(COOKIE_KEY);
    let good = ring.seal(Purpose::Session, SESSION, &json!({"user": "ada"})).expect("sealed");
    let mut number = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        usize::try_from(number % below as u64).unwrap_or_default()
    };
    for _ in 0..100_000 {
        let mut bytes = good.clone().into_bytes();
        for _ in 0..=random(3) {
            let (position, byte) = (random(bytes.len()), 33 + random(94));
            bytes[position] = u8::try_from(byte).unwrap_or(b'!');
        }
        bytes.truncate(if random(4) == 0 { random(good.len()) } else { good.len() });
        let text = String::from_utf8(bytes).expect("ASCII");
        // Random changes may undo each other.
        let opened = ring.open::<Value>(Purpose::Session, SESSION, &text).is_some();
        assert_eq!(opened, text == good);
        let line = format!("{SESSION}=1~{text}");
        if let Ok(line) = line.parse() {
            let headers = header::HeaderMap::from_iter([(header::COOKIE, line)]);
            let _ = cookies::read_session(&headers);
        }
    }
}

/// Needs no authorization server. 192 random bits: among a hundred thousand none comes twice, nor would among 2^64.
#[test]
fn s31_no_nonce_comes_twice() {
    let ring = ring(COOKIE_KEY);
    let mut nonces = HashSet::new();
    for _ in 0..100_000 {
        let sealed = ring.seal(Purpose::Session, SESSION, &1).expect("sealed");
        let encoded = sealed.split_once('.').expect("a key id").1;
        // 24 bytes are 32 characters.
        assert!(encoded.len() > 32 + 21 && nonces.insert(encoded[..32].to_owned()), "never twice");
    }
}

fn ring(text: &str) -> lakefront::server::session::KeyRing {
    let keys = lakefront::server::settings::cookie_keys::parse(text).expect("keys");
    lakefront::server::session::KeyRing::new(&keys)
}

async fn s30_keys_rotate_and_a_removed_one_opens_nothing(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let browser = signed_in(&app).await;
    assert!(browser.jar[SESSION].starts_with("1~k1."));
    let ask = async |keys: &str, browser: &mut Browser| {
        let replica = app.replica(&[("COOKIE_KEYS", keys)], |_| {}).await;
        let headers = [HTML, ("host", replica.host.as_str())];
        browser.send(Method::GET, &format!("{}/account", replica.url), &headers, None).await
    };
    let mut rotated = browser.clone();
    let both = format!("{SECOND_KEY},{COOKIE_KEY}");
    assert_eq!(ask(&both, &mut rotated).await.status, StatusCode::OK);
    assert!(rotated.jar[SESSION].starts_with("1~k2."), "sealed anew with the first key");
    assert_eq!(ask(SECOND_KEY, &mut rotated.clone()).await.status, StatusCode::OK);
    assert!(!ask(&both, &mut rotated.clone()).await.sets_session(), "once is enough");

    let mut late = browser.clone();
    assert_eq!(ask(SECOND_KEY, &mut late).await.status, StatusCode::SEE_OTHER, "the old key is gone");
    assert!(late.jar.is_empty());
    let mut forged = browser.clone();
    let renamed = browser.jar[SESSION].replace("1~k1.", "1~k9.");
    forged.jar.insert(SESSION.into(), renamed);
    assert_eq!(ask(&both, &mut forged).await.status, StatusCode::SEE_OTHER, "an id that nobody knows");
    let same_id = SECOND_KEY.replace("k2:", "k1:");
    assert_eq!(ask(&same_id, &mut browser.clone()).await.status, StatusCode::SEE_OTHER, "the same id, other bytes");
    assert_eq!(app.token_requests().await, 1);
}

async fn s30_keys_from_a_file_rotate_while_the_server_runs(server: AuthorizationServer) {
    let name = format!("lakefront-contract-{}-{server:?}", std::process::id());
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, COOKIE_KEY).expect("written");
    let path = file.to_str().expect("a path").to_owned();
    let app = TestApp::start_on_with(server, &[], &[("COOKIE_KEYS", ""), ("COOKIE_KEYS_FILE", &path)]).await;
    let mut browser = signed_in(&app).await;
    let account = format!("{}/account", app.url);
    for (text, starts) in [
        (format!("{SECOND_KEY},{COOKIE_KEY}"), "1~k2."),
        // What is wrong is not taken over.
        ("k3:short".to_owned(), "1~k2."),
        (String::new(), "1~k2."),
        (SECOND_KEY.to_owned(), "1~k2."),
    ] {
        std::fs::write(&file, text).expect("written");
        reload::check(&app.state);
        assert_eq!(browser.open(&account).await.status, StatusCode::OK);
        assert!(browser.jar[SESSION].starts_with(starts));
    }
    std::fs::write(&file, COOKIE_KEY).expect("written");
    reload::check(&app.state);
    std::fs::remove_file(&file).expect("removed");
    assert_eq!(browser.open(&account).await.status, StatusCode::SEE_OTHER, "its key is gone");
    assert_eq!(app.token_requests().await, 1);
}

async fn s33_a_short_idle_limit_counts_what_the_person_does(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("SESSION_IDLE_SECONDS", "60")]).await;
    let account = format!("{}/account", app.url);
    let mut browser = signed_in(&app).await;
    for _ in 0..4 {
        app.clock.advance(25);
        assert_eq!(browser.open(&account).await.status, StatusCode::OK, "something is done every 25 s");
    }
    app.clock.advance(61);
    assert_eq!(browser.open(&account).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.grants("authorization_code").await, 1);
}

async fn s33_s34_idle_and_absolute_limits_hold_and_the_heartbeat_extends_neither(server: AuthorizationServer) {
    let settings = [("SESSION_IDLE_SECONDS", "600"), ("SESSION_ABSOLUTE_SECONDS", "1500")];
    let app = TestApp::start_on_with(server, &[], &settings).await;
    let account = format!("{}/account", app.url);
    let mut idle = signed_in(&app).await;
    let mut busy = signed_in(&app).await;
    let saved = idle.clone();
    for _ in 0..2 {
        app.clock.advance(250);
        assert_eq!(validate(&mut idle, &app).await.status, StatusCode::OK);
        assert_eq!(busy.open(&account).await.status, StatusCode::OK);
    }
    app.clock.advance(110);
    assert_eq!(validate(&mut idle, &app).await.status, StatusCode::UNAUTHORIZED, "only the heartbeat came");
    assert!(idle.jar.is_empty());
    assert_eq!(saved.clone().open(&account).await.status, StatusCode::SEE_OTHER, "a saved cookie ends, too");
    assert_eq!(busy.open(&account).await.status, StatusCode::OK);
    app.clock.advance(500);
    assert_eq!(busy.open(&account).await.status, StatusCode::OK);
    app.clock.advance(400);
    assert_eq!(busy.open(&account).await.status, StatusCode::SEE_OTHER, "the absolute end has come");
    assert_eq!(app.token_requests().await, 2, "nobody asked for more than the two sign-ins");
}

async fn s33_limits_survive_a_refresh(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("SESSION_ABSOLUTE_SECONDS", "30000")]).await;
    let mut browser = signed_in(&app).await;
    let first = app.session(&browser);
    let account = format!("{}/account", app.url);
    for number in 1..=8 {
        app.clock.advance(3_400);
        assert_eq!(browser.open(&account).await.status, StatusCode::OK);
        let session = app.session(&browser);
        assert_eq!(session["version"], json!(number + 1));
        assert_eq!((&session["ends_at"], &session["created_at"]), (&first["ends_at"], &first["created_at"]));
    }
    app.clock.advance(3_000);
    assert_eq!(browser.open(&account).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.grants("refresh_token").await, 8);
}

async fn s33_what_pages_do_by_themselves_extends_nothing(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("SESSION_IDLE_SECONDS", "600")]).await;
    let id = "01ef0000-0000-0000-0000-000000000000";
    let state = json!({"statement_id": id}).to_string();
    let trips = json!({"query": {"from_day": "2016-01-01", "to_day": "2016-01-02"}, "statement_id": id}).to_string();
    let reload =
        [HTML, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"), ("sec-fetch-site", "same-origin")];
    for asks in 0..6 {
        let mut browser = signed_in(&app).await;
        let mut last = StatusCode::OK;
        for _ in 0..3 {
            app.clock.advance(250);
            let page = match asks {
                0 => browser.call(&format!("{}/api/statements/state", app.url), &state).await,
                1 => browser.call(&format!("{}/api/queries/trips_per_day", app.url), &trips).await,
                2 => browser.call(&format!("{}/api/statements/leave", app.url), &state).await,
                4 => browser.call(&format!("{}/api/warehouses", app.url), "{}").await,
                // Without JavaScript a page that waits for a statement loads itself again.
                3 => browser.send(Method::GET, &format!("{}/sql?statement={id}", app.url), &reload, None).await,
                _ => browser.open(&format!("{}/favicon.svg", app.url)).await,
            };
            assert!(!page.sets_session(), "{asks}");
            last = page.status;
        }
        let over = validate(&mut browser, &app).await.status;
        assert_eq!(
            over,
            StatusCode::UNAUTHORIZED,
            "way {asks} to ask by itself keeps a session alive, the last: {last}"
        );
    }
    // What a person does in the same way counts.
    let mut browser = signed_in(&app).await;
    let click = [&reload[..], &[("sec-fetch-user", "?1")]].concat();
    for _ in 0..3 {
        app.clock.advance(250);
        let page = browser.send(Method::GET, &format!("{}/sql?statement={id}", app.url), &click, None).await;
        assert_ne!(page.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
}

async fn s35_static_files_have_nothing_to_do_with_the_session(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let site = std::env::temp_dir().join(format!("lakefront-site-{}-{server:?}", std::process::id()));
    for folder in ["pkg", "web"] {
        std::fs::create_dir_all(site.join(folder)).expect("a folder");
    }
    for file in ["pkg/app.css", "web/editor.js", "favicon.svg", "robots.txt"] {
        std::fs::write(site.join(file), "x").expect("written");
    }
    let root = site.to_str().expect("a path").to_owned();
    let change = move |state: &mut lakefront::server::AppState| {
        state.leptos.hash_files = true;
        state.leptos.site_root = root.into();
        state.leptos.site_pkg_dir = "pkg".into();
    };
    let replica = app.replica(&[], change).await;
    let mut browser = signed_in(&app).await;
    let garbage = (format!("{SESSION}.7"), "z".to_owned());
    browser.jar.extend([garbage]);
    // Any other request would refresh the session, write down what the person did and expire the garbage.
    app.clock.advance(3_400);
    let forever = "public, max-age=31536000, immutable";
    for (path, status, cache) in [
        ("/pkg/app.css", StatusCode::OK, forever),
        ("/pkg/missing.css", StatusCode::NOT_FOUND, "no-store"),
        ("/pkg/", StatusCode::NOT_FOUND, "no-store"),
        ("/web/editor.js", StatusCode::OK, "no-cache"),
        ("/web/missing.js", StatusCode::NOT_FOUND, "no-store"),
        ("/favicon.svg", StatusCode::OK, "no-cache"),
        ("/robots.txt", StatusCode::OK, "no-cache"),
    ] {
        let url = format!("{}{path}", replica.url);
        let host = ("host", replica.host.as_str());
        let page = browser.send(Method::GET, &url, &[host], None).await;
        assert_eq!((page.status, page.header("cache-control")), (status, cache), "{path}");
        assert!(page.set_cookies().is_empty(), "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!page.header("x-request-id").is_empty() && page.headers.contains_key("content-security-policy"));
        if page.status == StatusCode::OK {
            let varies = page.headers.get_all(header::VARY).iter().any(|value| value == "Cookie");
            assert!(!varies, "{path}: the same for everybody, whatever their cookies");
            let modified = page.header("last-modified").to_owned();
            let same = browser.send(Method::GET, &url, &[host, ("if-modified-since", &modified)], None).await;
            assert_eq!((same.status, same.header("cache-control")), (StatusCode::NOT_MODIFIED, cache), "{path}");
        }
        let elsewhere = browser.send(Method::GET, &url, &[("host", "evil.example")], None).await;
        assert_eq!(elsewhere.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
        assert_eq!(elsewhere.header("cache-control"), "no-store");
    }
    std::fs::remove_dir_all(&site).expect("removed");
    assert_eq!(app.grants("refresh_token").await, 0);
}

async fn s35_nothing_that_depends_on_the_session_is_cached(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let check = |page: &Page, path: &str| {
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert!(page.headers.get_all(header::VARY).iter().any(|value| value == "Cookie"), "{path}");
    };
    check(&browser.clone().open(&format!("{}/account", app.url)).await, "turned away");
    check(&browser.open(&back).await, "/token");
    check(&browser.open(&back).await, "/token again");
    for path in ["/", "/account", "/no-such-page", "/me", "/sign-in", "/sign-in-problem", "/signed-out"] {
        check(&browser.open(&format!("{}{path}", app.url)).await, path);
    }
    let conditional = [HTML, ("if-none-match", "*"), ("if-modified-since", "Wed, 21 Oct 2065 07:28:00 GMT")];
    check(
        &browser.send(Method::GET, &format!("{}/account", app.url), &conditional, None).await,
        "a conditional request",
    );
    check(&validate(&mut browser, &app).await, "/validate-session");
    assert_eq!(browser.open(&format!("{}/no-such-page", app.url)).await.status, StatusCode::NOT_FOUND);
    for path in ["/api/statements/x/chunks/0", "/download/x", "/api/no-such-call"] {
        check(&browser.ask(&format!("{}{path}", app.url)).await, path);
        check(&Browser::new().ask(&format!("{}{path}", app.url)).await, "401");
    }
    check(&browser.call(&format!("{}/api/warehouses", app.url), "{}").await, "/api/warehouses");
    let cross_site = [HTML, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    let bounce = Browser::new().send(Method::GET, &format!("{}/account", app.url), &cross_site, None).await;
    assert!(bounce.body.contains("0;url=/account"));
    check(&bounce, "the bounce");
    app.token_fault(json!({"status": 503, "times": 1})).await;
    app.clock.advance(3_700);
    let away = browser.open(&format!("{}/account", app.url)).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    check(&away, "503");
    check(&browser.post_form(&format!("{}/logout", app.url), "").await, "/logout");
    assert_eq!(app.grants("authorization_code").await, 1);
}

async fn s36_no_token_reaches_the_browser(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let mut pages = vec![browser.open(&back).await];
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let session = app.session(&browser);
        secrets.extend(["access_token", "refresh_token"].map(|name| session[name].as_str().expect("text").to_owned()));
        for path in ["/", "/account", "/no-such-page", "/me", "/signed-out", "/sign-in-problem", "/healthz"] {
            pages.push(browser.open(&format!("{}{path}", app.url)).await);
        }
        pages.push(validate(&mut browser, &app).await);
        let query = r#"{"query":{"from_day":"2016-01-01","to_day":"2016-01-02"},"statement_id":null}"#;
        pages.push(browser.call(&format!("{}/api/queries/trips_per_day", app.url), query).await);
        app.clock.advance(3_400);
        pages.push(validate(&mut browser, &app).await);
    }
    pages.push(browser.post_form(&format!("{}/logout", app.url), "").await);
    for page in &pages {
        let everything = format!("{:?} {}", page.headers, page.body);
        assert!(!secrets.iter().any(|secret| everything.contains(secret.as_str())), "a page shows a token");
    }
    assert_eq!(secrets.iter().collect::<HashSet<_>>().len(), 4, "there were four tokens to look for");
    assert_eq!(app.grants("refresh_token").await, 2);
}

/// A call that takes a while, because the workspace does.
async fn slow_me(app: &TestApp, browser: &Browser) -> tokio::task::JoinHandle<Page> {
    let me = "/api/2.0/preview/scim/v2/Me";
    app.tell("faults", json!({"path": me, "delay_ms": 5_000, "times": 1})).await;
    let before = app.seen("GET", me).await.len();
    let (mut browser, url) = (browser.clone(), format!("{}/me", app.url));
    let slow = tokio::spawn(async move { browser.ask(&url).await });
    assert!(comes_true(5, async || app.seen("GET", me).await.len() > before).await, "it is under way");
    slow
}

async fn s37_a_late_answer_does_not_undo_a_sign_out(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let saved = browser.clone();
    // Long enough ago that an answer would store the session again, with new tokens.
    app.clock.advance(3_400);
    let slow = slow_me(&app, &browser).await;
    assert_eq!(browser.post_form(&format!("{}/logout", app.url), "").await.location(), "/signed-out");
    let late = slow.await.expect("no panic");
    assert!(!late.sets_session(), "{:?}", late.status);
    assert!(browser.jar.is_empty());
    assert_eq!(saved.clone().open(&format!("{}/account", app.url)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.grants("refresh_token").await, 1);
}

async fn s38_a_late_answer_does_not_roll_back_a_refresh(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    // Enough that the slow answer would write the activity down.
    app.clock.advance(120);
    let slow = slow_me(&app, &browser).await;
    app.clock.advance(3_300);
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    assert_eq!(app.session(&browser)["version"], json!(2));
    let late = slow.await.expect("no panic");
    assert_eq!(late.status, StatusCode::OK);
    assert!(!late.sets_session(), "the new tokens survive");
    app.clock.advance(70);
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK);
    assert_eq!(app.grants("refresh_token").await, 1);
}
