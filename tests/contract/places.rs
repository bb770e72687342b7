//! S32: a new sign-in takes the place of the session that the browser had.

use std::{collections::HashSet, time::Duration};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    comes_true, lets_in, signed_in,
    support::{AuthorizationServer, Browser, SESSION, TestApp},
    validate,
};

on_both!(
    s32_signing_in_replaces_whatever_session_was_there,
    s32_signing_in_ends_the_earlier_session_of_the_browser,
    s32_the_earlier_session_is_revoked_whatever_its_tokens_are_like,
    s32_the_earlier_session_is_revoked_with_the_tokens_that_it_has_by_then,
    s32_of_two_sign_ins_begun_in_one_session_the_later_answer_stays,
    s32_other_tabs_have_some_seconds_to_hear_of_a_new_sign_in,
    s32_a_page_made_for_one_person_gets_nothing_of_another,
);

async fn s32_signing_in_replaces_whatever_session_was_there(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let attacker = signed_in(&app).await;
    let planted = app.session(&attacker);
    let mut victim = Browser::new();
    let back = victim.approve(&app, "bob", "/").await;
    victim.jar.extend(attacker.jar.clone());
    assert_eq!(victim.open(&back).await.status, StatusCode::OK);
    let session = app.session(&victim);
    assert_eq!(session["user"]["user_name"], "bob@example.com");
    for name in ["id", "access_token", "refresh_token"] {
        assert_ne!(session[name], planted[name], "{name}");
    }
    let account = format!("{}/account", app.url);
    assert!(victim.open(&account).await.body.contains("Bob Kahn"));
    assert!(!attacker.clone().open(&account).await.body.contains("Bob Kahn"));
    assert!(comes_true(10, async || !lets_in(&attacker, &app).await).await, "the planted one has ended");
    assert_eq!(app.grants("authorization_code").await, 2);
}

async fn s32_signing_in_ends_the_earlier_session_of_the_browser(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let account = format!("{}/account", app.url);
    let mut browser = signed_in(&app).await;
    let saved = browser.clone();
    let earlier = app.session(&browser);
    let back = browser.approve(&app, "bob", "/").await;
    // The way back begins at another site, so Strict cookies stay at home.
    browser.jar.retain(|name, _| !name.starts_with(SESSION));
    assert_eq!(saved.clone().open(&account).await.status, StatusCode::OK, "an attempt alone ends nothing");
    assert_eq!(browser.open(&back).await.status, StatusCode::OK);
    assert!(browser.open(&account).await.body.contains("Bob Kahn"));
    assert!(comes_true(10, async || !lets_in(&saved, &app).await).await, "no copy of it is let in");
    assert!(comes_true(5, async || app.seen("POST", "/oidc/v1/revoke").await.len() == 1).await);
    let token = earlier["refresh_token"].as_str().expect("a refresh token");
    assert!(!app.refresh_token_works(token).await, "its tokens were revoked");
}

/// An answer as it comes from another site: Strict cookies stay at home.
async fn answered_from_elsewhere(browser: &mut Browser, back: &str) {
    browser.jar.retain(|name, _| !name.starts_with(SESSION));
    assert_eq!(browser.open(back).await.status, StatusCode::OK);
}

fn attempt_bytes(browser: &Browser) -> usize {
    let attempts = browser.jar.iter().filter(|(name, _)| !name.starts_with(SESSION));
    attempts.map(|(name, value)| name.len() + value.len()).sum()
}

async fn s32_the_earlier_session_is_revoked_whatever_its_tokens_are_like(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut sizes = HashSet::new();
    for (number, refresh_token) in [json!("r".repeat(3_000)), json!("short"), Value::Null].into_iter().enumerate() {
        let mut browser = signed_in(&app).await;
        let mut session = app.session(&browser);
        session["refresh_token"] = refresh_token;
        app.plant(&mut browser, &session);
        let saved = browser.clone();
        let back = browser.approve(&app, "bob", "/").await;
        sizes.insert(attempt_bytes(&browser));
        answered_from_elsewhere(&mut browser, &back).await;
        assert!(comes_true(10, async || !lets_in(&saved, &app).await).await, "{number}");
        assert!(lets_in(&browser, &app).await);
        let revoked = async || app.seen("POST", "/oidc/v1/revoke").await.len() == number + 1;
        assert!(comes_true(5, revoked).await, "{number}: the authorization server was told");
    }
    assert!(sizes.iter().all(|size| *size < 800), "an attempt carries no tokens: {sizes:?}");
}

async fn s32_the_earlier_session_is_revoked_with_the_tokens_that_it_has_by_then(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let back = browser.approve(&app, "bob", "/").await;
    // Another tab goes on meanwhile, long enough for a refresh.
    let mut other_tab = browser.clone();
    app.clock.advance(400);
    let mut session = app.session(&other_tab);
    session["access_expires_at"] = (app.clock.now() + 60).into();
    app.plant(&mut other_tab, &session);
    assert_eq!(validate(&mut other_tab, &app).await.status, StatusCode::OK);
    let session = app.session(&other_tab);
    assert_eq!((&session["version"], app.grants("refresh_token").await), (&json!(2), 1));
    app.clock.advance(100);
    answered_from_elsewhere(&mut browser, &back).await;
    assert!(comes_true(10, async || !lets_in(&other_tab, &app).await).await);
    let works = async || app.access_token_works(session["access_token"].as_str().expect("text")).await;
    assert!(comes_true(5, async || !works().await).await, "the newest tokens are the ones revoked");
    assert!(!app.refresh_token_works(session["refresh_token"].as_str().expect("text")).await);
}

async fn s32_of_two_sign_ins_begun_in_one_session_the_later_answer_stays(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let (one, two) = (browser.approve(&app, "bob", "/").await, browser.approve(&app, "ada", "/").await);
    answered_from_elsewhere(&mut browser, &one).await;
    let first = browser.clone();
    answered_from_elsewhere(&mut browser, &two).await;
    assert!(comes_true(10, async || !lets_in(&first, &app).await).await, "nobody holds its cookies any more");
    assert!(comes_true(5, async || app.seen("POST", "/oidc/v1/revoke").await.len() == 2).await);
    let session = app.session(&first);
    assert!(!app.refresh_token_works(session["refresh_token"].as_str().expect("text")).await);
    assert!(lets_in(&browser, &app).await);
}

async fn s32_other_tabs_have_some_seconds_to_hear_of_a_new_sign_in(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    // Long enough ago that an answer would write down what the person does.
    app.clock.advance(400);
    let mut other_tab = browser.clone();
    let earlier = app.session(&browser);
    let back = browser.approve(&app, "ada", "/").await;
    answered_from_elsewhere(&mut browser, &back).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let late = other_tab.ask(&format!("{}/me", app.url)).await;
    assert_eq!(late.status, StatusCode::OK, "a request that was on its way is not told that the session is over");
    assert!(late.set_cookies().is_empty(), "and its answer does not take the place of the new session");
    assert!(app.seen("POST", "/oidc/v1/revoke").await.is_empty());
    assert!(comes_true(10, async || !lets_in(&other_tab, &app).await).await, "then it is over here");
    assert!(comes_true(5, async || app.seen("POST", "/oidc/v1/revoke").await.len() == 1).await);
    assert!(!app.refresh_token_works(earlier["refresh_token"].as_str().expect("text")).await, "and there");
    assert!(lets_in(&browser, &app).await);
}

async fn s32_a_page_made_for_one_person_gets_nothing_of_another(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let ada = app.session(&browser)["user"]["id"].as_str().expect("an id").to_owned();
    browser.sign_in(&app, "bob").await;
    let bob = app.session(&browser)["user"]["id"].as_str().expect("an id").to_owned();
    let url = format!("{}/validate-session", app.url);
    for (user, status) in [(&ada, StatusCode::CONFLICT), (&bob, StatusCode::OK)] {
        let headers = [("content-type", "application/json"), ("x-lakefront-call", "1"), ("x-lakefront-user", user)];
        let answer = browser.send(Method::POST, &url, &headers, Some("{}")).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.body.contains("Bob Kahn"), status == StatusCode::OK);
        if status == StatusCode::CONFLICT {
            assert_eq!(answer.json()["code"], "session_changed");
        }
    }
    assert!(browser.open(&format!("{}/account", app.url)).await.body.contains("Bob Kahn"), "the session stands");
}
