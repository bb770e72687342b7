//! S11–S24: the answer of the authorization server.

use std::time::{Duration, Instant};

use lakefront::server::session::Purpose;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt as _, net::TcpListener};

use crate::{
    comes_true, lets_in, parameter, signed_in,
    support::{AuthorizationServer, Browser, HTML, SESSION, TestApp},
};

on_both!(
    s11_a_wrong_state_makes_no_token_request,
    s11_a_wrong_answer_leaves_the_session_alone,
    s12_an_answer_counts_only_in_the_browser_that_asked,
    s13_an_answer_that_comes_twice_makes_one_token_request,
    s13_a_reload_joins_the_exchange_that_is_under_way,
    s14_a_cookie_counts_only_under_its_own_name,
    s15_an_attempt_for_one_issuer_counts_at_no_other,
    s16_a_wrong_or_missing_issuer_makes_no_token_request,
    s17_a_refusal_is_told_in_fixed_words,
    s17_a_person_who_declines_can_try_again,
    s18_an_error_without_an_attempt_ends_on_a_page_that_stays,
    s19_odd_answers_are_refused_without_a_panic,
    s20_an_id_token_is_neither_kept_nor_trusted,
    s21_a_discovery_document_that_is_not_the_issuers_own_is_refused,
    s22_a_token_endpoint_that_fails_ends_in_a_page_that_offers_to_try_again,
    s22_tokens_that_lead_to_no_session_are_revoked,
    s22_no_redirect_is_followed_with_the_code,
    s22_time_is_bounded_when_the_token_endpoint_hangs,
    s22_an_authorization_server_that_is_gone_ends_the_attempt,
    s23_code_and_state_leave_with_no_referer_and_back_runs_nothing,
    s24_a_link_from_another_site_gets_one_bounce_before_it_counts_as_signed_out,
    a_wrong_client_secret_is_the_operators_business,
);

fn issuer(app: &TestApp) -> String {
    format!("{}/oidc", app.workspace)
}

fn has_session(browser: &Browser) -> bool {
    browser.jar.keys().any(|name| name.starts_with(SESSION))
}

async fn s11_a_wrong_state_makes_no_token_request(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let (code, right) = (parameter(&back, "code"), parameter(&back, "state"));
    for query in [
        format!("code={code}"),
        format!("code={code}&state="),
        format!("code={code}&state=wrong"),
        format!("code={code}&state={right}&state={right}"),
        format!("code={code}&state={right}x"),
        "error=access_denied".into(),
        String::new(),
    ] {
        let page = browser.open(&format!("{}/token?{query}&iss={}", app.url, issuer(&app))).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(page.body.contains("Sign-in did not work") && page.body.contains("Try again"), "{}", page.body);
        assert!(!page.body.contains(&code), "the page shows nothing that came with the request");
    }
    assert_eq!(app.token_requests().await, 0);
    assert!(!has_session(&browser));
}

async fn s11_a_wrong_answer_leaves_the_session_alone(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let before = app.session(&browser);
    let back = browser.approve(&app, "bob", "/").await;
    let page = browser.open(&back.replace("state=", "state=x")).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.session(&browser), before);
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK);
    assert_eq!(app.grants("authorization_code").await, 1);
}

async fn s12_an_answer_counts_only_in_the_browser_that_asked(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut first = Browser::new();
    let back = first.approve(&app, "ada", "/").await;
    let mut other = Browser::new();
    // One that has an attempt of its own is no better off.
    other.open(&format!("{}/sign-in", app.url)).await;
    let page = other.open(&back).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(!has_session(&other));
    assert_eq!(app.token_requests().await, 0);
    assert_eq!(first.open(&back).await.status, StatusCode::OK, "it still counts where it belongs");
}

async fn s13_an_answer_that_comes_twice_makes_one_token_request(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let (mut one, mut two) = (browser.clone(), browser.clone());
    let (first, second) = tokio::join!(one.open(&back), two.open(&back));
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK), "both get the same session");
    assert_eq!(app.session(&one)["id"], app.session(&two)["id"]);
    assert_eq!(app.token_requests().await, 1);
    for browser in [&one, &two] {
        assert!(lets_in(browser, &app).await);
    }
    // Later it counts no more.
    app.clock.advance(61);
    let third = browser.open(&back).await;
    assert_eq!(third.status, StatusCode::BAD_REQUEST);
    assert!(third.body.contains("Try again"), "a page for people: {}", third.body);
    assert_eq!(app.token_requests().await, 1);
}

async fn s13_a_reload_joins_the_exchange_that_is_under_way(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/account").await;
    app.token_fault(json!({"after": true, "delay_ms": 1_500, "times": 1})).await;
    let mut closed = browser.clone();
    assert!(tokio::time::timeout(Duration::from_millis(500), closed.open(&back)).await.is_err(), "it went away");
    drop(closed);
    let bounce = browser.open(&back).await;
    assert_eq!(bounce.status, StatusCode::OK, "{}", bounce.body);
    assert!(bounce.sets_session() && bounce.body.contains("0;url=/account"));
    assert!(lets_in(&browser, &app).await);
    assert_eq!(app.token_requests().await, 1);

    // Nor does a tab that is closed for good lose a session that somebody could have: the work is done once.
    let back = browser.approve(&app, "bob", "/").await;
    app.token_fault(json!({"after": true, "delay_ms": 1_000, "times": 1})).await;
    let (mut one, mut two) = (browser.clone(), browser.clone());
    assert!(tokio::time::timeout(Duration::from_millis(300), one.open(&back)).await.is_err());
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(two.open(&back).await.status, StatusCode::OK, "it was done, and nobody had heard of it");
    assert_eq!(app.session(&two)["user"]["user_name"], "bob@example.com");
    // After a sign-out it brings nothing back.
    assert_eq!(two.post_form(&format!("{}/logout", app.url), "").await.location(), "/signed-out");
    let again = browser.open(&back).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(!again.sets_session());
    assert_eq!(app.token_requests().await, 2);
}

async fn s14_a_cookie_counts_only_under_its_own_name(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let (name, attempt) = browser.jar.iter().next().map(|(n, v)| (n.clone(), v.clone())).expect("an attempt");

    let mut forged = Browser::new();
    forged.jar.insert(SESSION.into(), format!("1~{attempt}"));
    assert_eq!(forged.open(&format!("{}/account", app.url)).await.status, StatusCode::SEE_OTHER);
    assert!(forged.jar.is_empty(), "and it is expired");

    let mut signed_in = Browser::new();
    signed_in.sign_in(&app, "ada").await;
    let session = signed_in.jar[SESSION].split_once('~').expect("a count").1.to_owned();
    let mut forged = Browser::new();
    forged.jar.insert(name, session);
    assert_eq!(forged.open(&back).await.status, StatusCode::BAD_REQUEST);
    assert!(!has_session(&forged));

    // The form of a session is not enough: it has to be sealed as one.
    let held = app.session(&signed_in);
    for (purpose, name, status) in [
        (Purpose::SignInAttempt, SESSION, StatusCode::SEE_OTHER),
        (Purpose::Session, "another", StatusCode::SEE_OTHER),
        (Purpose::Session, SESSION, StatusCode::OK),
    ] {
        let mut forged = Browser::new();
        app.plant_sealed_for(&mut forged, purpose, name, &held);
        assert_eq!(forged.open(&format!("{}/account", app.url)).await.status, status, "{name}");
    }
    assert_eq!(app.grants("authorization_code").await, 1);
}

async fn s15_an_attempt_for_one_issuer_counts_at_no_other(server: AuthorizationServer) {
    // Two workspaces, one key ring: the cookies of one open at the other.
    let (first, second) = (TestApp::start_on(server).await, TestApp::start_on(server).await);
    let mut browser = Browser::new();
    let at_first = browser.approve(&first, "ada", "/").await;
    let state = parameter(&at_first, "state");
    for (code, iss) in [("stolen".to_owned(), issuer(&second)), (parameter(&at_first, "code"), issuer(&first))] {
        let mut browser = browser.clone();
        let page = browser.open(&format!("{}/token?code={code}&state={state}&iss={iss}", second.url)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{iss}");
        assert!(!has_session(&browser));
    }
    assert_eq!(second.token_requests().await, 0);
    assert_eq!(browser.open(&at_first).await.status, StatusCode::OK, "at its own issuer it counts");
}

async fn s16_a_wrong_or_missing_issuer_makes_no_token_request(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let wrong = issuer(&app).replace("/oidc", "/oidc/");
    for iss in ["http://evil.example", "", &wrong] {
        let mut browser = Browser::new();
        let back = browser.approve(&app, "ada", "/").await;
        assert_eq!(parameter(&back, "iss"), issuer(&app), "the server says who it is");
        let mut query = format!("code={}&state={}", parameter(&back, "code"), parameter(&back, "state"));
        if !iss.is_empty() {
            query.push_str(&format!("&iss={iss}"));
        }
        let page = browser.open(&format!("{}/token?{query}", app.url)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{iss}");
        assert!(page.body.contains("did not come from your workspace"), "{}", page.body);
        assert!(!has_session(&browser));
    }
    assert_eq!(app.token_requests().await, 0);
    signed_in(&app).await;
    assert_eq!(app.grants("authorization_code").await, 1, "the right one is accepted");
}

async fn s17_a_refusal_is_told_in_fixed_words(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let page = browser.open(&format!("{}/sign-in?return_to=/account", app.url)).await;
    let state = parameter(page.location(), "state");
    let query = format!(
        "error=access_denied&error_description=%3Cscript%3Ealert(1)&error_uri=javascript:1&state={state}&iss={}",
        issuer(&app)
    );
    let page = browser.open(&format!("{}/token?{query}", app.url)).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("did not let you in"), "{}", page.body);
    assert!(page.body.contains("/sign-in?return_to=%2Faccount"), "a way to try again");
    assert!(!page.body.contains("alert(1)") && !page.body.contains("javascript:"));
    assert!(browser.jar.is_empty(), "the attempt is over: {:?}", browser.jar.keys());
    assert_eq!(app.token_requests().await, 0);
}

async fn s17_a_person_who_declines_can_try_again(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "Deny", "/account").await;
    assert_eq!(parameter(&back, "error"), "access_denied");
    let page = browser.open(&back).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(browser.jar.is_empty() && !page.body.contains("http-equiv"), "{}", page.body);
    assert_eq!(app.token_requests().await, 0);
    browser.sign_in(&app, "ada").await;
}

async fn s18_an_error_without_an_attempt_ends_on_a_page_that_stays(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    for query in ["error=server_error", "error=access_denied&state=unknown", "error=login_required&state=", "state=x"] {
        let mut browser = Browser::new();
        let mut page = browser.open(&format!("{}/token?{query}", app.url)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
        // It may look for a session once, and then it stays, without asking the authorization server.
        if let Some((_, rest)) = page.body.split_once("0;url=") {
            let next = rest.split('"').next().expect("an address").replace("&amp;", "&");
            page = browser.open(&format!("{}{next}", app.url)).await;
        }
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(!page.body.contains("http-equiv") && page.body.contains("Try again"), "{}", page.body);
        assert!(browser.jar.is_empty());
    }
    assert!(app.seen("GET", "/oidc/v1/authorize").await.is_empty());
    assert_eq!(app.token_requests().await, 0);
}

async fn s19_odd_answers_are_refused_without_a_panic(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let page = browser.open(&format!("{}/sign-in", app.url)).await;
    let state = parameter(page.location(), "state");
    let iss = issuer(&app);
    let long = "a".repeat(16 * 1024);
    for code in [long.as_str(), "a&code=b", "%00", "a%0d%0ab", "", "%ff%fe", "ä"] {
        let page = browser.clone().open(&format!("{}/token?code={code}&state={state}&iss={iss}", app.url)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
    }
    let page = browser.post_form(&format!("{}/token", app.url), &format!("code=a&state={state}&iss={iss}")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(app.token_requests().await, 0);
}

async fn s20_an_id_token_is_neither_kept_nor_trusted(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("OAUTH_SCOPES", "openid all-apis offline_access")]).await;
    let mut browser = signed_in(&app).await;
    let session = app.session(&browser);
    assert!(session.get("id_token").is_none() && session["user"]["user_name"] == "ada@example.com", "{session}");
    // A forged one beside real tokens changes nothing: who somebody is, the workspace says.
    let forged = json!({
        "access_token": session["access_token"], "refresh_token": "r", "token_type": "Bearer", "expires_in": 3600,
        "id_token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2JAZXhhbXBsZS5jb20ifQ.",
    });
    app.token_fault(json!({"status": 200, "body": forged, "times": 1})).await;
    browser.sign_in(&app, "carol").await;
    assert_eq!(app.session(&browser)["user"]["user_name"], "ada@example.com");
    assert_eq!(app.seen("GET", "/api/2.0/preview/scim/v2/Me").await.len(), 2);
}

async fn s21_a_discovery_document_that_is_not_the_issuers_own_is_refused(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let iss = issuer(&app);
    let document = |change: &[(&str, &str)]| {
        let mut document = json!({
            "issuer": iss, "authorization_endpoint": format!("{iss}/v1/authorize"),
            "token_endpoint": format!("{iss}/v1/token"), "authorization_response_iss_parameter_supported": true,
        });
        for (name, value) in change {
            document[*name] = (*value).into();
        }
        document
    };
    for change in [
        ("issuer", "https://evil.example/oidc"),
        ("token_endpoint", "https://evil.example/v1/token"),
        ("authorization_endpoint", "https://evil.example/v1/authorize"),
        ("token_endpoint", "http://127.0.0.1:9/v1/token"),
        ("revocation_endpoint", "http://127.0.0.1:9/v1/revoke"),
        ("token_endpoint", "/v1/token"),
    ] {
        let path = "/oidc/.well-known/oauth-authorization-server";
        app.tell("faults", json!({"path": path, "status": 200, "body": document(&[change]), "times": 2})).await;
        let mut browser = Browser::new();
        let page = browser.open(&format!("{}/sign-in", app.url)).await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{change:?}");
        assert!(browser.jar.is_empty() && page.location().is_empty() && !page.body.contains("evil"), "{change:?}");
        let ready = browser.open(&format!("{}/readyz", app.url)).await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "{change:?}");
        app.heal().await;
    }
    assert!(app.seen("GET", "/oidc/v1/authorize").await.is_empty() && app.token_requests().await == 0);
    signed_in(&app).await;
}

async fn s22_a_token_endpoint_that_fails_ends_in_a_page_that_offers_to_try_again(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(1_000_000));
    for (status, body) in [
        (503, "<html>down</html>"),
        (200, "<html>proxy</html>"),
        (200, "{}"),
        (200, r#"{"access_token":""}"#),
        (200, r#"{"access_token":7}"#),
        (200, &long),
        (500, ""),
    ] {
        app.token_fault(json!({"status": status, "body": body, "times": 1})).await;
        let mut browser = Browser::new();
        let back = browser.approve(&app, "ada", "/").await;
        let page = browser.open(&back).await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{status} {}", body.get(..20).unwrap_or(body));
        assert!(page.body.contains("sign-in service does not answer"), "{}", page.body);
        assert!(page.body.contains("Try again"));
        assert!(browser.jar.is_empty(), "the attempt is over: {:?}", browser.jar.keys());
    }
    assert!(app.seen("GET", "/api").await.is_empty(), "no token was taken from such an answer");
    assert_eq!(app.token_requests().await, 7, "each was asked once");
}

async fn s22_tokens_that_lead_to_no_session_are_revoked(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let path = "/api/2.0/preview/scim/v2/Me";
    for (number, fault) in [
        json!({"path": path, "status": 403, "body": {"message": "no"}, "times": 1}),
        json!({"path": path, "status": 200, "body": "<html>", "times": 1}),
    ]
    .into_iter()
    .enumerate()
    {
        app.tell("faults", fault.clone()).await;
        let mut browser = Browser::new();
        let back = browser.approve(&app, "ada", "/").await;
        let page = browser.open(&back).await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{fault}");
        assert!(page.body.contains("did not say who you are") && browser.jar.is_empty(), "{}", page.body);
        let revoked = async || app.seen("POST", "/oidc/v1/revoke").await.len() == number + 1;
        assert!(comes_true(5, revoked).await, "nobody holds its tokens: {fault}");
    }
    assert_eq!(app.grants("authorization_code").await, 2);
}

async fn s22_no_redirect_is_followed_with_the_code(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let canary = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let elsewhere = format!("http://{}/v1/token", canary.local_addr().expect("an address"));
    let visited = tokio::spawn(async move {
        let (mut stream, _) = canary.accept().await.expect("a visitor");
        let mut bytes = vec![0; 1_024];
        stream.read(&mut bytes).await.unwrap_or_default()
    });
    for status in [302, 307, 308] {
        app.token_fault(json!({"status": status, "headers": {"location": elsewhere}, "times": 1})).await;
        let mut browser = Browser::new();
        let back = browser.approve(&app, "ada", "/").await;
        assert_eq!(browser.open(&back).await.status, StatusCode::BAD_GATEWAY, "{status}");
        assert!(browser.jar.is_empty());
    }
    assert!(!visited.is_finished(), "nobody came to the other host");
    visited.abort();
}

async fn s22_time_is_bounded_when_the_token_endpoint_hangs(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    app.token_fault(json!({"hang": true, "times": 1})).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let begun = Instant::now();
    let page = tokio::time::timeout(Duration::from_secs(40), browser.open(&back)).await.expect("an answer in time");
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert!(browser.jar.is_empty());
    browser.sign_in(&app, "ada").await;
}

async fn s22_an_authorization_server_that_is_gone_ends_the_attempt(server: AuthorizationServer) {
    let mut app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    app.stop_server();
    let page = browser.open(&back).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.body.contains("does not answer"), "{}", page.body);
    assert!(!page.body.contains("127.0.0.1") && browser.jar.is_empty());
}

async fn s23_code_and_state_leave_with_no_referer_and_back_runs_nothing(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/account").await;
    let (code, state) = (parameter(&back, "code"), parameter(&back, "state"));
    let bounce = browser.open(&back).await;
    assert_eq!(bounce.header("referrer-policy"), "no-referrer");
    assert_eq!(bounce.header("cache-control"), "no-store");
    let everything = format!("{:?} {}", bounce.headers, bounce.body);
    assert!(!everything.contains(&code) && !everything.contains(&state));
    assert!(bounce.body.contains("0;url=/account"));
    // Back, and reload.
    let session = app.session(&browser);
    let again = browser.open(&back).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.session(&browser), session);
    assert_eq!(app.token_requests().await, 1);
}

async fn s24_a_link_from_another_site_gets_one_bounce_before_it_counts_as_signed_out(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let cross_site = [HTML, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    let page = Browser::new().send(Method::GET, &format!("{}/account?x=1", app.url), &cross_site, None).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("0;url=/account?x=1") && !page.body.contains("<script"), "{}", page.body);
    let own = [HTML, ("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "navigate")];
    let page = Browser::new().send(Method::GET, &format!("{}/account?x=1", app.url), &own, None).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let page = Browser::new().send(Method::GET, &format!("{}//evil.example/x", app.url), &cross_site, None).await;
    assert!(!page.body.contains("url=//"), "no bounce to another site: {}", page.body);
    let requests: Vec<Value> = app.seen("GET", "/oidc/v1/authorize").await;
    assert!(requests.is_empty());
}

async fn a_wrong_client_secret_is_the_operators_business(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[("DATABRICKS_CLIENT_SECRET", "wrong")]).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    let page = browser.open(&back).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.body.contains("does not know this app") && page.body.contains("administrator"), "{}", page.body);
    assert!(!page.body.contains("http-equiv"), "nobody is sent round in circles");
    let answers: Vec<_> =
        app.seen("POST", "/oidc/v1/token").await.iter().map(|entry| entry["status"].clone()).collect();
    assert_eq!(answers, [json!(401)]);
}
