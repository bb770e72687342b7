//! S44 and S45: what the token endpoint answers to a refresh, and what that means for the session.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    comes_true, signed_in,
    support::{AuthorizationServer, TestApp},
    validate,
};

on_both!(
    s44_an_answer_without_a_refresh_token_keeps_the_old_one,
    s44_odd_lifetimes_neither_loop_nor_overflow,
    s44_answers_of_every_known_shape_are_read,
    s45_a_dead_refresh_token_ends_the_session,
    s45_both_spellings_of_a_dead_refresh_token_end_the_session,
    s45_only_a_refusal_of_the_refresh_token_ends_a_session,
    s45_a_failing_server_ends_no_session,
    s45_a_refusal_of_the_app_ends_no_session,
    s45_silence_ends_no_session,
    s45_a_slow_refresh_holds_nobody_up_whose_access_token_lives,
    s45_pages_that_need_no_token_wait_for_no_refresh,
    s45_an_answer_lost_on_the_way_costs_one_sign_in_at_most,
    s45_an_authorization_server_that_is_gone_ends_no_session,
);

async fn s44_an_answer_without_a_refresh_token_keeps_the_old_one(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let first = app.session(&browser);
    for (answer, token, scope) in [
        (json!({"access_token": "a1", "expires_in": 3600}), first["refresh_token"].clone(), "all-apis offline_access"),
        (
            json!({"access_token": "a2", "expires_in": 3600, "refresh_token": "r2"}),
            json!("r2"),
            "all-apis offline_access",
        ),
        (
            json!({"access_token": "a3", "expires_in": 3600, "refresh_token": ""}),
            json!("r2"),
            "all-apis offline_access",
        ),
        (json!({"access_token": "a4", "expires_in": 3600, "scope": "sql"}), json!("r2"), "sql"),
    ] {
        app.clock.advance(3_400);
        app.token_fault(json!({"status": 200, "body": answer, "times": 1})).await;
        assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
        let session = app.session(&browser);
        assert_eq!(session["access_token"], answer["access_token"]);
        assert_eq!((&session["refresh_token"], session["scope"].as_str()), (&token, Some(scope)));
    }
    assert_eq!(app.token_requests().await, 1 + 4);
}

async fn s44_odd_lifetimes_neither_loop_nor_overflow(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("SESSION_ABSOLUTE_SECONDS", "7776000")]).await;
    for (number, lifetime) in [
        Value::Null,
        json!(0),
        json!(-1),
        json!("3600"),
        json!("soon"),
        json!(1_000_000_000_000_i64),
        json!(i64::MAX),
        json!(1.5),
    ]
    .into_iter()
    .enumerate()
    {
        let mut browser = signed_in(&app).await;
        let before = app.token_requests().await;
        app.clock.advance(3_700);
        let answer = json!({"access_token": format!("a{number}"), "refresh_token": "r", "expires_in": lifetime});
        app.token_fault(json!({"status": 200, "body": answer, "times": 1})).await;
        for _ in 0..5 {
            let page = validate(&mut browser, &app).await;
            assert_eq!(page.status, StatusCode::OK, "{lifetime}");
            let left = page.json()["access_expires_at"].as_i64().expect("a time") - app.clock.now();
            assert!((1_800..=30 * 86_400).contains(&left), "{lifetime}: {left}");
        }
        assert_eq!(app.token_requests().await, before + 1, "{lifetime}");
    }
}

async fn s44_answers_of_every_known_shape_are_read(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let mut requests = 1;
    for (number, (extra, scope)) in [
        (json!({"refresh_expires_in": 90_000, "refresh_token_expires_in": 90_000}), "all-apis offline_access"),
        (json!({"scope": ["sql", "offline_access"]}), "sql offline_access"),
        (json!({"scope": null, "id_token": null}), "sql offline_access"),
        (json!({"scope": {"odd": 1}, "refresh_expires_in": "never"}), "sql offline_access"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut answer = json!({"access_token": format!("a{number}"), "refresh_token": "r", "expires_in": 3600});
        for (name, value) in extra.as_object().expect("an object") {
            answer[name] = value.clone();
        }
        app.clock.advance(3_400);
        app.token_fault(json!({"status": 200, "body": answer, "times": 1})).await;
        assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK, "{extra}");
        let session = app.session(&browser);
        assert_eq!((&session["access_token"], session["scope"].as_str()), (&answer["access_token"], Some(scope)));
        requests += 1;
    }
    assert_eq!(app.token_requests().await, requests);
}

async fn s45_a_dead_refresh_token_ends_the_session(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let mut other_tab = browser.clone();
    app.clock.advance(3_400);
    app.tell("expire-all-tokens", json!({"refresh": true})).await;
    let over = validate(&mut browser, &app).await;
    assert_eq!(over.status, StatusCode::UNAUTHORIZED, "the server refused: {}", over.body);
    assert_eq!(over.json()["sign_in_url"], "/sign-in");
    assert!(browser.jar.is_empty(), "the cookies are expired: {:?}", browser.jar.keys());
    let page = other_tab.open(&format!("{}/account", app.url)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(app.grants("refresh_token").await, 1, "it is not tried again");
}

async fn s45_both_spellings_of_a_dead_refresh_token_end_the_session(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    for (status, body) in [
        (400, json!({"error": "invalid_grant"})),
        (400, json!({"error": "invalid_request", "error_description": "Refresh token is invalid"})),
        (401, json!({"error": "invalid_request", "error_description": "Refresh token is invalid"})),
        (400, json!({"error": "invalid_grant", "error_description": null})),
        (401, json!({"error": "invalid_grant", "error_description": {"odd": 1}})),
        (400, json!({"error": "interaction_required"})),
        (400, json!({"error": "login_required"})),
        (400, json!({"error": "consent_required"})),
    ] {
        let mut browser = signed_in(&app).await;
        app.clock.advance(3_400);
        let before = app.token_requests().await;
        app.token_fault(json!({"status": status, "body": body, "times": 1})).await;
        assert_eq!(validate(&mut browser, &app).await.status, StatusCode::UNAUTHORIZED, "{status} {body}");
        assert!(browser.jar.is_empty());
        assert_eq!(app.token_requests().await, before + 1);
    }
}

async fn s45_only_a_refusal_of_the_refresh_token_ends_a_session(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    for (status, body) in [
        (403, json!({"error": "forbidden"})),
        (403, json!({"error": "invalid_grant"})),
        (404, json!({"error": "not_found", "error_description": "No such route"})),
        (400, json!({"error": "invalid_scope"})),
        (400, json!({"error": "unsupported_grant_type"})),
        (400, json!({"error": "access_denied"})),
        (400, json!({"error": "required"})),
        (400, json!({"error": "invalid_request"})),
        (400, json!({"error": "invalid_request", "error_description": null})),
        (400, json!({"error": "invalid_request", "error_description": "refresh_token is missing"})),
        (400, json!({"error": {"code": "invalid_grant"}})),
        (429, json!({"error": "invalid_grant"})),
        (502, json!({"error": "invalid_grant"})),
    ] {
        let mut browser = signed_in(&app).await;
        app.clock.advance(3_400);
        let before = app.token_requests().await;
        app.token_fault(json!({"status": status, "body": body, "times": 1})).await;
        assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK, "{status} {body}");
        assert!(!browser.jar.is_empty(), "{status} {body}");
        app.clock.advance(11);
        assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
        assert_eq!(app.session(&browser)["version"], json!(2), "then it is renewed: {status} {body}");
        assert_eq!(app.token_requests().await, before + 2);
    }
}

async fn s45_a_failing_server_ends_no_session(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let busy = json!({"retry-after": "45"});
    for (status, body, headers, rest) in [
        (503, "", json!({}), 10),
        (500, "<html>", json!({}), 10),
        (200, "<html>a proxy</html>", json!({}), 10),
        (429, "{}", busy, 45),
    ] {
        let mut browser = signed_in(&app).await;
        let before = app.token_requests().await;
        app.clock.advance(3_400);
        app.token_fault(json!({"status": status, "body": body, "headers": headers})).await;
        for _ in 0..3 {
            let page = validate(&mut browser, &app).await;
            assert_eq!(page.status, StatusCode::OK, "the access token still lives: {status}");
            app.clock.advance((rest - 4) / 3);
        }
        assert_eq!(app.token_requests().await, before + 1, "left alone for {rest} s: {status}");
        app.heal().await;
        app.clock.advance(10);
        assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
        assert_eq!(app.token_requests().await, before + 2);
        assert_eq!(app.session(&browser)["version"], json!(2), "then it is renewed");
    }
}

async fn s45_a_refusal_of_the_app_ends_no_session(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    app.clock.advance(3_400);
    app.token_fault(json!({"status": 401, "body": {"error": "invalid_client"}})).await;
    for _ in 0..5 {
        assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK, "the access token still lives");
        app.clock.advance(10);
    }
    assert_eq!(app.token_requests().await, 2, "one try in a minute");
    app.clock.advance(300);
    let page = browser.open(&format!("{}/account", app.url)).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.location().is_empty() && !page.body.contains("http-equiv"), "nobody is sent round in circles");
    assert!(!browser.jar.is_empty(), "the session is kept until the operator has mended it");
    app.heal().await;
    app.clock.advance(70);
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK);
}

async fn s45_silence_ends_no_session(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    app.clock.advance(3_400);
    app.token_fault(json!({"hang": true, "times": 1})).await;
    let answer = tokio::time::timeout(Duration::from_secs(40), validate(&mut browser, &app)).await;
    assert_eq!(answer.expect("an answer in time").status, StatusCode::OK);
    // Until it is given up, nobody else asks.
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(app.token_requests().await, 1 + 1);
    app.token_fault(json!({"cut": true, "status": 200, "body": "{\"access_token\":\"x\"}", "times": 1})).await;
    app.clock.advance(11);
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    app.clock.advance(11);
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    assert_eq!(app.session(&browser)["version"], json!(2));
    assert_eq!(app.token_requests().await, 1 + 3);
}

async fn s45_a_slow_refresh_holds_nobody_up_whose_access_token_lives(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    app.clock.advance(3_400);
    app.token_fault(json!({"after": true, "delay_ms": 8_000, "times": 1})).await;
    let me = format!("{}/me", app.url);
    let begun = Instant::now();
    let first = browser.ask(&me).await;
    assert_eq!((first.status, first.json()["user_name"].as_str()), (StatusCode::OK, Some("ada@example.com")));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // Those that come later do not wait once more, each for itself.
    let begun = Instant::now();
    for _ in 0..4 {
        assert_eq!(browser.ask(&me).await.status, StatusCode::OK);
    }
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(app.session(&browser)["version"], json!(1), "with the token that lives");
    // The refresh goes on, and what it brings is handed to whoever comes then.
    let landed = async || {
        let mut beside = browser.clone();
        assert_eq!(beside.ask(&me).await.status, StatusCode::OK);
        app.session(&beside)["version"] != json!(1)
    };
    assert!(comes_true(20, landed).await);
    assert_eq!(browser.ask(&me).await.status, StatusCode::OK);
    assert_eq!((&app.session(&browser)["version"], app.token_requests().await), (&json!(2), 2));

    // A token that has ended is waited for.
    app.clock.advance(3_700);
    app.token_fault(json!({"after": true, "delay_ms": 2_500, "times": 1})).await;
    assert_eq!(browser.ask(&me).await.status, StatusCode::OK);
    assert_eq!((&app.session(&browser)["version"], app.token_requests().await), (&json!(3), 3));
}

async fn s45_pages_that_need_no_token_wait_for_no_refresh(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    app.clock.advance(3_700);
    app.token_fault(json!({"hang": true, "times": 1})).await;
    let begun = Instant::now();
    let page = browser.open(&format!("{}/signed-out", app.url)).await;
    assert_eq!(page.status, StatusCode::OK);
    let page = browser.open(&format!("{}/sign-in-problem?return_to=/account", app.url)).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/account"), "there is a session to look for");
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!((app.token_requests().await, &app.session(&browser)["version"]), (1, &json!(1)), "nor ask for one");
    // Looking is nothing that a person does: the idle limit runs on.
    app.heal().await;
    app.clock.advance(8 * 3_600 - 3_700 + 1);
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::SEE_OTHER);
}

async fn s45_an_answer_lost_on_the_way_costs_one_sign_in_at_most(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    app.clock.advance(3_400);
    // The refresh token is used up, and nobody learns the next one.
    app.token_fault(json!({"after": true, "cut": true, "times": 1})).await;
    for _ in 0..3 {
        assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK, "the access token still lives");
    }
    assert_eq!(app.grants("refresh_token").await, 1, "the authorization server did its work");
    app.clock.advance(11);
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::UNAUTHORIZED, "it has come twice");
    assert!(browser.jar.is_empty());
    assert_eq!(app.grants("refresh_token").await, 2);
    browser.sign_in(&app, "ada").await;
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
}

async fn s45_an_authorization_server_that_is_gone_ends_no_session(server: AuthorizationServer) {
    let mut app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    app.stop_server();
    app.clock.advance(3_400);
    assert_eq!(validate(&mut browser, &app).await.status, StatusCode::OK);
    app.clock.advance(300);
    let page = browser.open(&format!("{}/account", app.url)).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("You stay signed in") && !browser.jar.is_empty());
    let call = validate(&mut browser, &app).await;
    assert_eq!(
        (call.status, call.json()["code"].as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("workspace_unreachable"))
    );
}
