//! S39–S48: the refresh. Both authorization servers give single-use refresh tokens and end everything when one comes twice.

use std::{sync::Arc, time::Duration};

use lakefront::server::{AppState, session::Engine};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    comes_true, lets_in, signed_in,
    support::{AuthorizationServer, Browser, HTML, Page, Replica, TestApp, open_session},
    validate,
};

on_both!(
    s39_fifty_parallel_requests_cause_one_refresh,
    s40_the_old_cookie_is_served_for_a_while_and_then_counts_as_signed_out,
    s41_replicas_with_a_shared_store_refresh_once,
    s41_replicas_without_a_shared_store_never_send_anybody_round_in_circles,
    s40_a_successor_that_no_answer_carried_waits_for_its_browser,
    s40_a_successor_waits_for_as_long_as_the_person_may_be_idle,
    s42_two_users_at_once_get_each_their_own,
    s42_two_sessions_of_one_user_get_each_their_own,
    s43_a_closed_tab_does_not_cancel_a_refresh,
    s46_during_an_outage_each_session_asks_every_ten_seconds_at_most,
    s46_during_an_outage_many_sessions_ask_together_no_more_than_one,
    s47_clocks_that_differ_by_five_minutes_change_nothing,
    s48_without_a_refresh_token_the_session_ends_with_the_access_token,
    s48_a_refused_access_token_that_nothing_can_renew_ends_the_session,
    s48_a_gateways_own_refusal_ends_no_session,
    s48_a_refresh_token_is_used_in_time_and_not_sent_after_its_end,
    the_heartbeat_refreshes_near_expiry_and_only_then,
    a_token_that_the_workspace_refuses_is_renewed_once_and_the_call_repeated,
    an_authorization_server_that_is_away_after_the_access_token_ended_keeps_the_session,
);

async fn s39_fifty_parallel_requests_cause_one_refresh(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let browser = signed_in(&app).await;
    // The access token has ended.
    app.clock.advance(3_700);
    let url = format!("{}/validate-session", app.url);
    let calls = (0..50).map(|_| {
        let (mut browser, url) = (browser.clone(), url.clone());
        tokio::spawn(async move {
            let answer = browser.call(&url, "{}").await;
            (answer, browser)
        })
    });
    let mut sessions = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        let (answer, browser) = call.await.expect("no panic");
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert!(answer.sets_session(), "the new session is set");
        sessions.push(app.session(&browser));
    }
    assert_eq!(app.token_requests().await, 2, "the sign-in and one refresh");
    sessions.dedup_by_key(|session| session["access_token"].to_string());
    assert_eq!(sessions.len(), 1, "one session afterwards");
    assert!(app.access_token_works(sessions[0]["access_token"].as_str().expect("text")).await);
}

async fn s40_the_old_cookie_is_served_for_a_while_and_then_counts_as_signed_out(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let browser = signed_in(&app).await;
    app.clock.advance(3_400);
    let mut fresh = browser.clone();
    assert_eq!(validate(&mut fresh, &app).await.status, StatusCode::OK);
    for seconds in [1, 49] {
        app.clock.advance(seconds);
        let mut late = browser.clone();
        assert_eq!(validate(&mut late, &app).await.status, StatusCode::OK);
        assert_eq!(app.session(&late)["access_token"], app.session(&fresh)["access_token"], "the successor");
    }
    app.clock.advance(20);
    let mut late = browser.clone();
    assert_eq!(validate(&mut late, &app).await.status, StatusCode::UNAUTHORIZED);
    let page = browser.clone().open(&format!("{}/account", app.url)).await;
    assert!(page.status == StatusCode::SEE_OTHER && page.location().starts_with("/sign-in?"), "a page, and no loop");
    assert_eq!(validate(&mut fresh, &app).await.status, StatusCode::OK, "the newer copy is not harmed");
    assert_eq!(app.grants("refresh_token").await, 1);
}

async fn s40_a_successor_that_no_answer_carried_waits_for_its_browser(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let old = browser.clone();
    app.clock.advance(3_400);
    // The page does not wait that long: it is answered with the token that lives on.
    app.token_fault(json!({"after": true, "delay_ms": 2_500, "times": 1})).await;
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK);
    assert_eq!(app.session(&browser)["version"], json!(1));
    tokio::time::sleep(Duration::from_secs(5)).await;
    // Then nobody looks at it for an hour; the access token of the first version ends.
    app.clock.advance(3_000);
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    assert_eq!((&app.session(&browser)["version"], app.grants("refresh_token").await), (&json!(2), 1));
    // From now on the one before counts for a minute.
    assert!(lets_in(&old, &app).await);
    app.clock.advance(61);
    assert!(!lets_in(&old, &app).await && lets_in(&browser, &app).await);
}

/// What was done while the refresh was under way counts, too.
async fn s40_a_successor_waits_for_as_long_as_the_person_may_be_idle(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("SESSION_IDLE_SECONDS", "7200")]).await;
    let mut browser = signed_in(&app).await;
    app.clock.advance(3_400);
    app.token_fault(json!({"after": true, "delay_ms": 2_500, "times": 1})).await;
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK);
    assert_eq!(app.session(&browser)["version"], json!(1));
    tokio::time::sleep(Duration::from_secs(5)).await;
    // More than two hours after the sign-in, and less after that page; others come and go meanwhile.
    app.clock.advance(6_000);
    signed_in(&app).await;
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    assert_eq!((&app.session(&browser)["version"], app.grants("refresh_token").await), (&json!(3), 2));
}

async fn validate_at(browser: &mut Browser, replica: &Replica) -> Page {
    let headers = [("content-type", "application/json"), ("x-lakefront-call", "1"), ("host", replica.host.as_str())];
    browser.send(Method::POST, &format!("{}/validate-session", replica.url), &headers, Some("{}")).await
}

async fn s41_replicas_with_a_shared_store_refresh_once(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let store = Arc::clone(&app.state.sessions);
    let share = |state: &mut AppState| {
        state.sessions = Arc::clone(&store);
        let settings = state.settings.session.clone();
        state.engine = Arc::new(Engine::new(state.clock.clone(), settings, Arc::new(state.tokens.clone()), store));
    };
    let replica = app.replica(&[], share).await;
    let browser = signed_in(&app).await;
    app.clock.advance(3_700);
    let (mut here, mut there) = (browser.clone(), browser.clone());
    let (first, second) = tokio::join!(validate(&mut here, &app), validate_at(&mut there, &replica));
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK), "{} {}", first.body, second.body);
    assert_eq!(app.session(&here)["access_token"], app.session(&there)["access_token"]);
    assert_eq!(app.grants("refresh_token").await, 1);
}

async fn s41_replicas_without_a_shared_store_never_send_anybody_round_in_circles(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let replica = app.replica(&[], |_| {}).await;
    // One after the other: the cookie tells the second replica what the first one did.
    let mut browser = signed_in(&app).await;
    app.clock.advance(3_700);
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    assert_eq!(validate_at(&mut browser, &replica).await.status, StatusCode::OK);
    assert_eq!(app.grants("refresh_token").await, 1);

    // At the same instant: the refresh token comes twice, and the authorization server may end the session.
    app.clock.advance(3_700);
    let (mut here, mut there) = (browser.clone(), browser.clone());
    let (first, second) = tokio::join!(validate(&mut here, &app), validate_at(&mut there, &replica));
    for answer in [&first, &second] {
        assert!([StatusCode::OK, StatusCode::UNAUTHORIZED].contains(&answer.status), "{}", answer.status);
    }
    assert!(app.token_requests().await <= 1 + 1 + 2, "nobody insists");
    // A browser that follows whatever it gets reaches its page at either replica with one sign-in at most.
    let mut browser = if second.sets_session() { there } else { here };
    let mut sign_ins = 0;
    for url in [&app.url, &replica.url, &app.url, &replica.url] {
        let headers = [HTML, ("host", replica.host.as_str())];
        let page = browser.send(Method::GET, &format!("{url}/account"), &headers, None).await;
        if page.status == StatusCode::SEE_OTHER {
            assert!(page.location().starts_with("/sign-in?"), "{}", page.location());
            browser.sign_in(&app, "ada").await;
            sign_ins += 1;
            let again = browser.send(Method::GET, &format!("{url}/account"), &headers, None).await;
            assert_eq!(again.status, StatusCode::OK);
        }
    }
    assert!(sign_ins <= 1, "{sign_ins} sign-ins");
    assert!(app.token_requests().await <= 1 + 1 + 2 + 1);
}

/// Two browsers whose refreshes cross: the first one to ask is the last one to be answered.
async fn crossing(app: &TestApp, first: &mut Browser, second: &mut Browser) {
    app.clock.advance(3_700);
    app.token_fault(json!({"delay_ms": 1_500, "times": 1})).await;
    let (mut slow, url) = (first.clone(), format!("{}/validate-session", app.url));
    let waiting = tokio::spawn(async move { (slow.call(&url, "{}").await, slow) });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(validate(second, app).await.status, StatusCode::OK);
    let (answer, slow) = waiting.await.expect("no panic");
    assert_eq!(answer.status, StatusCode::OK);
    *first = slow;
    assert_eq!(app.grants("refresh_token").await, 2);
}

async fn s42_two_users_at_once_get_each_their_own(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let (mut ada, mut bob) = (Browser::new(), Browser::new());
    ada.sign_in(&app, "ada").await;
    bob.sign_in(&app, "bob").await;
    crossing(&app, &mut ada, &mut bob).await;
    for (browser, user) in [(&mut ada, "ada"), (&mut bob, "bob")] {
        let me = browser.ask(&format!("{}/me", app.url)).await;
        assert_eq!(me.json()["user_name"], format!("{user}@example.com"), "by the word of the workspace");
        assert_eq!(app.session(browser)["user"]["user_name"], format!("{user}@example.com"));
    }
    let asked = app.seen("GET", "/api/2.0/preview/scim/v2/Me").await;
    let users: Vec<_> = asked.iter().rev().take(2).map(|entry| entry["user"].clone()).collect();
    assert_eq!(users, ["bob", "ada"]);
}

async fn s42_two_sessions_of_one_user_get_each_their_own(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let (mut first, mut second) = (signed_in(&app).await, signed_in(&app).await);
    crossing(&app, &mut first, &mut second).await;
    let (one, two) = (app.session(&first), app.session(&second));
    for name in ["id", "access_token", "refresh_token"] {
        assert_ne!(one[name], two[name], "{name}");
    }
    assert_eq!(second.post_form(&format!("{}/logout", app.url), "").await.location(), "/signed-out");
    assert_eq!(first.ask(&format!("{}/me", app.url)).await.status, StatusCode::OK, "ending one leaves the other");
}

async fn s43_a_closed_tab_does_not_cancel_a_refresh(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let browser = signed_in(&app).await;
    app.clock.advance(3_700);
    app.token_fault(json!({"delay_ms": 1_500, "times": 1})).await;
    let (mut closed, url) = (browser.clone(), format!("{}/account", app.url));
    let tab = tokio::time::timeout(Duration::from_millis(500), closed.open(&url)).await;
    assert!(tab.is_err(), "it went away while the refresh was under way");
    drop(closed);
    let mut browser = browser;
    assert_eq!(browser.open(&url).await.status, StatusCode::OK);
    assert_eq!(app.session(&browser)["version"], json!(2), "the successor");
    assert_eq!(app.grants("refresh_token").await, 1);
}

async fn s46_during_an_outage_each_session_asks_every_ten_seconds_at_most(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let browser = signed_in(&app).await;
    let ends = app.session(&browser)["access_expires_at"].as_i64().expect("a time");
    app.token_fault(json!({"status": 503, "body": ""})).await;
    app.clock.advance(3_301);
    // Ten minutes, a hundred tabs that ask every half minute, some of them every five seconds.
    for step in 0..120 {
        let tabs = if step % 6 == 0 { 100 } else { 4 };
        let calls = (0..tabs).map(|_| {
            let (mut browser, url) = (browser.clone(), format!("{}/validate-session", app.url));
            tokio::spawn(async move { browser.call(&url, "{}").await.status })
        });
        let before = app.clock.now();
        for call in calls.collect::<Vec<_>>() {
            let status = call.await.expect("no panic");
            // The access token ends in the middle of it.
            let right = (status == StatusCode::OK && before < ends)
                || (status == StatusCode::SERVICE_UNAVAILABLE && app.clock.now() >= ends);
            assert!(right, "{step}: {status}");
        }
        app.clock.advance(5);
    }
    let asked = app.token_requests().await - 1;
    assert!((30..=61).contains(&asked), "{asked} refreshes in ten minutes");
    app.heal().await;
    app.clock.advance(10);
    assert_eq!(validate(&mut browser.clone(), &app).await.status, StatusCode::OK, "and then it goes on");
}

async fn s46_during_an_outage_many_sessions_ask_together_no_more_than_one(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browsers = Vec::new();
    for _ in 0..30 {
        browsers.push(signed_in(&app).await);
    }
    app.token_fault(json!({"status": 503, "body": ""})).await;
    app.clock.advance(3_400);
    let before = app.token_requests().await;
    for browser in &mut browsers {
        assert_eq!(validate(browser, &app).await.status, StatusCode::OK);
    }
    let first_wave = app.token_requests().await - before;
    assert!((1..=15).contains(&first_wave), "{first_wave} of 30 sessions asked before it counted as an outage");
    // A minute of it, and all of them at once each time: one asks for all, not each for itself.
    for _ in 0..6 {
        app.clock.advance(10);
        let calls = browsers.iter().map(|browser| {
            let (mut browser, url) = (browser.clone(), format!("{}/validate-session", app.url));
            tokio::spawn(async move { browser.call(&url, "{}").await.status })
        });
        for call in calls.collect::<Vec<_>>() {
            assert_eq!(call.await.expect("no panic"), StatusCode::OK);
        }
    }
    let outage = app.token_requests().await - before - first_wave;
    assert!((1..=20).contains(&outage), "{outage} refreshes in a minute of an outage");
    app.heal().await;
    app.clock.advance(10);
    for browser in &mut browsers {
        assert_eq!(validate(browser, &app).await.status, StatusCode::OK);
    }
    app.clock.advance(10);
    for browser in &mut browsers {
        assert_eq!(validate(browser, &app).await.status, StatusCode::OK);
        assert_eq!(app.session(browser)["version"], json!(2), "all are renewed after it");
    }
}

async fn s47_clocks_that_differ_by_five_minutes_change_nothing(server: AuthorizationServer) {
    for moved in [-300, 300] {
        let app = TestApp::start_on(server).await;
        app.clock.advance(moved);
        let mut browser = signed_in(&app).await;
        let view = validate(&mut browser, &app).await.json();
        let left = view["access_expires_at"].as_i64().expect("a time") - view["now"].as_i64().expect("a time");
        assert!((3_590..=3_600).contains(&left), "counted from receipt: {left}");
        app.clock.advance(3_200);
        for _ in 0..3 {
            assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
        }
        assert_eq!(app.grants("refresh_token").await, 0);
        // A minute before the end at the latest.
        app.clock.advance(340);
        for _ in 0..3 {
            assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
        }
        assert_eq!(app.grants("refresh_token").await, 1, "once, and no loop");
        assert_eq!(browser.ask(&format!("{}/me", app.url)).await.status, StatusCode::OK);
    }
}

async fn s48_without_a_refresh_token_the_session_ends_with_the_access_token(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("OAUTH_SCOPES", "all-apis")]).await;
    let mut browser = signed_in(&app).await;
    assert_eq!(app.session(&browser)["refresh_token"], Value::Null);
    let view = validate(&mut browser, &app).await.json();
    assert_eq!(view["session_ends_at"], view["access_expires_at"], "the page can say when it ends");
    app.clock.advance(3_400);
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK, "near its end, and nothing to refresh");
    app.clock.advance(300);
    let account = format!("{}/account", app.url);
    let page = browser.open(&account).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/sign-in?return_to=%2Faccount"));
    assert!(browser.jar.is_empty());
    browser.sign_in(&app, "ada").await;
    assert_eq!(browser.open(&account).await.status, StatusCode::OK, "one sign-in, and no loop");
    assert_eq!((app.grants("refresh_token").await, app.grants("authorization_code").await), (0, 2));
}

async fn s48_a_refused_access_token_that_nothing_can_renew_ends_the_session(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("OAUTH_SCOPES", "all-apis")]).await;
    let mut browser = signed_in(&app).await;
    let saved = browser.clone();
    app.tell("expire-all-tokens", json!({})).await;
    let me = browser.ask(&format!("{}/me", app.url)).await;
    assert_eq!((me.status, me.json()["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("session_over")));
    assert!(!lets_in(&saved, &app).await, "it has ended for every copy");
    assert_eq!(app.token_requests().await, 1);
}

async fn s48_a_gateways_own_refusal_ends_no_session(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("OAUTH_SCOPES", "all-apis")]).await;
    let mut browser = signed_in(&app).await;
    let fault = json!({"path": "/api/2.0/preview/scim/v2/Me", "status": 401, "body": "<html>who are you?</html>"});
    app.tell("faults", fault).await;
    let me = browser.ask(&format!("{}/me", app.url)).await;
    assert!(me.status.is_server_error() && me.json()["code"] != "session_over", "{}", me.body);
    app.heal().await;
    assert!(lets_in(&browser, &app).await);
    assert_eq!(browser.ask(&format!("{}/me", app.url)).await.status, StatusCode::OK);
    assert_eq!(app.token_requests().await, 1);
}

/// A sign-in whose refresh token lives for half an hour and whose access token for an hour.
async fn signed_in_for_half_an_hour(app: &TestApp) -> Browser {
    let session = app.session(&signed_in(app).await);
    let answer = json!({
        "access_token": session["access_token"], "refresh_token": session["refresh_token"], "token_type": "Bearer",
        "expires_in": 3600, "refresh_expires_in": 1800,
    });
    app.token_fault(json!({"status": 200, "body": answer, "times": 1})).await;
    let mut browser = Browser::new();
    browser.sign_in(app, "ada").await;
    browser
}

async fn s48_a_refresh_token_is_used_in_time_and_not_sent_after_its_end(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    // Somebody comes while it is good: it is used before it ends, though the access token lives on for long.
    let mut browser = signed_in_for_half_an_hour(&app).await;
    let before = app.token_requests().await;
    app.clock.advance(1_000);
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    assert_eq!(app.token_requests().await, before, "not yet");
    app.clock.advance(600);
    for _ in 0..3 {
        assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    }
    assert_eq!(app.token_requests().await, before + 1, "once, and no loop");
    assert_eq!(app.session(&browser)["version"], json!(2));

    // Nobody comes in time: it is not sent any more, and the session lives until the end that was told.
    let mut browser = signed_in_for_half_an_hour(&app).await;
    let before = app.token_requests().await;
    let told = validate(&mut browser, &app).await.json();
    assert_eq!(told["session_ends_at"], told["access_expires_at"], "the page can say when it ends");
    app.clock.advance(3_400);
    for _ in 0..3 {
        let view = validate(&mut browser, &app).await;
        assert_eq!((view.status, &view.json()["session_ends_at"]), (StatusCode::OK, &told["session_ends_at"]));
    }
    app.clock.advance(300);
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::UNAUTHORIZED);
    assert!(browser.jar.is_empty());
    assert_eq!(app.token_requests().await, before, "a dead token is not sent");
    assert!(comes_true(0, async || app.grants("refresh_token").await == 1).await);
}

async fn the_heartbeat_refreshes_near_expiry_and_only_then(server: AuthorizationServer) {
    let settings = [("REFRESH_TOKEN_WITHIN_N_SECONDS", "10")];
    let app = TestApp::start_on_with(server, &["--access-ttl", "20s"], &settings).await;
    let mut browser = signed_in(&app).await;
    let first = validate(&mut browser, &app).await;
    assert!(first.set_cookies().is_empty(), "a fresh session is left alone");
    assert_eq!(app.grants("refresh_token").await, 0);
    app.clock.advance(11);
    let second = validate(&mut browser, &app).await;
    let expires = |page: &Page| page.json()["access_expires_at"].as_i64().expect("a time");
    assert!(expires(&second) > expires(&first));
    assert_eq!(second.json()["session_ends_at"], first.json()["session_ends_at"], "the heartbeat extends nothing");
    assert_eq!(app.grants("refresh_token").await, 1);
}

async fn a_token_that_the_workspace_refuses_is_renewed_once_and_the_call_repeated(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    app.tell("expire-all-tokens", json!({})).await;
    let page = browser.ask(&format!("{}/me", app.url)).await;
    assert_eq!((page.status, page.json()["user_name"].as_str()), (StatusCode::OK, Some("ada@example.com")));
    assert_eq!(app.grants("refresh_token").await, 1);
    assert!(page.sets_session(), "the new tokens are kept");
    assert_eq!(app.seen("GET", "/api/2.0/preview/scim/v2/Me").await.len(), 1 + 2);
    if server == AuthorizationServer::LocalWorkspace {
        // A page with data from a warehouse as well.
        app.clock.advance(40);
        app.tell("expire-all-tokens", json!({})).await;
        let page = browser.open(&format!("{}/", app.url)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("This did not work"), "{}", page.body);
        assert_eq!(app.grants("refresh_token").await, 2);
        assert!(page.sets_session());
    }
    let state = open_session(&app.state, &browser).expect("a session");
    assert!(app.access_token_works(state["access_token"].as_str().expect("text")).await);
}

async fn an_authorization_server_that_is_away_after_the_access_token_ended_keeps_the_session(
    server: AuthorizationServer,
) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    app.token_fault(json!({"status": 503, "body": "", "times": 1})).await;
    app.clock.advance(3_700);
    let page = browser.open(&format!("{}/", app.url)).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("You stay signed in"), "{}", page.body);
    app.clock.advance(11);
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK);
    assert_eq!(app.grants("refresh_token").await, 1);
}
