//! S01–S10: starting a sign-in.

use std::{collections::HashSet, time::Instant};

use reqwest::{Method, StatusCode};
use url::Url;

use crate::{
    encoded, parameter, signed_in,
    support::{AuthorizationServer, Browser, HTML, TestApp},
};

/// Room for checks that begin many sign-ins.
const NO_LIMIT: (&str, &str) = ("SIGN_IN_LIMIT_PER_MINUTE", "1000000");

on_both!(
    s01_the_authorization_request_is_as_the_standards_ask,
    s02_no_secret_and_no_verifier_leave_in_clear,
    s03_parameters_of_the_caller_change_nothing,
    s04_only_a_navigation_starts_a_sign_in,
    s04_authorize_url_answers_the_apps_own_script_alone,
    s04_asking_for_the_head_alone_does_nothing,
    s05_abandoned_attempts_do_not_pile_up,
    s05_attempts_begun_at_once_are_trimmed_by_the_next_answer,
    s06_two_tabs_both_succeed_each_at_its_own_page,
    s07_a_late_answer_in_a_signed_in_browser_goes_on_to_its_page,
    s08_return_to_stays_on_our_origin,
    s08_no_answer_leads_to_where_the_request_came_from,
    s08_a_long_address_is_returned_to_or_refused_before_the_trip,
    s09_a_malformed_return_to_is_the_home_page_at_once,
    s10_return_to_never_signs_out_or_loops,
);
on_local_workspace!(from_the_gate_to_data_as_the_user_who_signed_in);

/// Needs data, so it runs against the local workspace only.
async fn from_the_gate_to_data_as_the_user_who_signed_in(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
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

async fn s01_the_authorization_request_is_as_the_standards_ask(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[NO_LIMIT]).await;
    let mut seen = HashSet::new();
    let (mut last, blank) = (String::new(), Browser::new());
    for _ in 0..1_000 {
        let page = blank.clone().open(&format!("{}/sign-in", app.url)).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let value = |name: &str| parameter(page.location(), name);
        assert!(page.location().starts_with(&format!("{}/oidc/v1/authorize?", app.workspace)));
        assert_eq!(value("response_type"), "code");
        assert_eq!(value("client_id"), app.state.settings.workspace.client_id);
        assert_eq!(value("redirect_uri"), format!("{}/token", app.url));
        assert_eq!(value("scope"), "all-apis offline_access");
        assert_eq!(value("code_challenge_method"), "S256");
        assert_eq!(value("code_challenge").len(), 43);
        assert!(value("state").len() >= 22, "128 bits");
        let url = Url::parse(page.location()).expect("a URL");
        let names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        assert_eq!(names.len(), names.iter().collect::<HashSet<_>>().len(), "no parameter twice");
        assert!(seen.insert(value("state")) && seen.insert(value("code_challenge")), "never twice");
        last = page.location().to_owned();
    }
    // The authorization server is content with it.
    assert!(Browser::new().choose(&last, "ada", &app.url).await.contains("code="));
    assert_eq!(app.token_requests().await, 0);
}

async fn s02_no_secret_and_no_verifier_leave_in_clear(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let page = browser.open(&format!("{}/sign-in?return_to=/account", app.url)).await;
    let attempt = app.attempts(&browser).pop().expect("an attempt");
    let verifier = attempt["verifier"].as_str().expect("a verifier").to_owned();
    let back = browser.choose(page.location(), "ada", &app.url).await;
    let bounce = browser.open(&back).await;
    assert_eq!(bounce.status, StatusCode::OK, "the verifier was the right one");
    let home = browser.open(&format!("{}/account", app.url)).await;
    assert_eq!(home.status, StatusCode::OK);
    for page in [&page, &bounce, &home] {
        let everything = format!("{:?} {}", page.headers, page.body);
        for secret in [crate::support::CLIENT_SECRET, &verifier] {
            assert!(!everything.contains(secret));
        }
    }
    assert!(!back.contains(&verifier));
    assert_eq!(app.grants("authorization_code").await, 1);
}

async fn s03_parameters_of_the_caller_change_nothing(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let query = "client_id=evil&redirect_uri=http://e.com&scope=evil&state=evil&prompt=zzz&code_challenge=evil&nonce=evil\
                 &response_type=token&response_mode=fragment";
    let page = Browser::new().open(&format!("{}/sign-in?{query}", app.url)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(!page.location().contains("evil") && !page.location().contains("e.com"), "{}", page.location());
    let plain = Browser::new().open(&format!("{}/sign-in", app.url)).await;
    let names = |address: &str| {
        let url = Url::parse(address).expect("a URL");
        url.query_pairs().map(|(name, _)| name.into_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(page.location()), names(plain.location()));
    assert!(Browser::new().choose(page.location(), "ada", &app.url).await.contains("code="));
}

async fn s04_only_a_navigation_starts_a_sign_in(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    for header in [("sec-purpose", "prefetch"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "image")] {
        let page = Browser::new().send(Method::GET, &format!("{}/sign-in", app.url), &[HTML, header], None).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{header:?}");
        assert!(page.set_cookies().is_empty() && page.location().is_empty(), "{header:?}");
    }
    assert!(app.seen("GET", "/oidc/v1/authorize").await.is_empty());
}

async fn s04_authorize_url_answers_the_apps_own_script_alone(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let page = Browser::new().send(Method::GET, &format!("{}/authorize-url", app.url), &[], None).await;
    assert!(page.set_cookies().is_empty() && !page.body.contains("authorize_url"), "a link starts nothing");
    let cross_site = [("x-lakefront-call", "1"), ("sec-fetch-site", "cross-site")];
    let page = Browser::new().send(Method::GET, &format!("{}/authorize-url", app.url), &cross_site, None).await;
    assert!(page.set_cookies().is_empty() && !page.body.contains("authorize_url"));

    let headers = [("x-lakefront-call", "1"), ("sec-fetch-site", "same-origin"), ("accept", "application/json")];
    let mut browser = Browser::new();
    let url = format!("{}/authorize-url?return_to=/account", app.url);
    let page = browser.send(Method::GET, &url, &headers, None).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let authorize_url = page.json()["authorize_url"].as_str().expect("an address").to_owned();
    assert!(authorize_url.starts_with(&app.workspace), "{}", page.body);
    assert_eq!(page.set_cookies().len(), 1);
    let back = browser.choose(&authorize_url, "ada", &app.url).await;
    assert!(browser.open(&back).await.body.contains("0;url=/account"));
}

async fn s04_asking_for_the_head_alone_does_nothing(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", "/").await;
    for url in [back.as_str(), &format!("{}/sign-in", app.url), &format!("{}/authorize-url", app.url)] {
        let headers = [HTML, ("x-lakefront-call", "1")];
        let page = browser.send(Method::HEAD, url, &headers, None).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(page.set_cookies().is_empty() && page.location().is_empty());
    }
    assert_eq!(app.token_requests().await, 0);
    assert_eq!(browser.open(&back).await.status, StatusCode::OK, "the answer still counts");
}

async fn s05_attempts_begun_at_once_are_trimmed_by_the_next_answer(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[NO_LIMIT]).await;
    let bytes = |browser: &Browser| browser.jar.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    for (signed_in_first, path) in [(false, "/account"), (true, "/account"), (false, "/sign-in")] {
        let mut browser = if signed_in_first { signed_in(&app).await } else { Browser::new() };
        if signed_in_first {
            let mut session = app.session(&browser);
            session["scope"] = "x".repeat(4_000).into();
            app.plant(&mut browser, &session);
        }
        // None of them sees the others' cookies.
        let begun = (0..20).map(|_| {
            let mut tab = browser.clone();
            let noise: String = std::iter::repeat_with(fastrand::alphanumeric).take(2_600).collect();
            let url = format!("{}/sign-in?return_to=/sql%3Fsql%3D{noise}", app.url);
            tokio::spawn(async move {
                assert_eq!(tab.open(&url).await.status, StatusCode::SEE_OTHER);
                tab.jar
            })
        });
        for tab in begun.collect::<Vec<_>>() {
            browser.jar.extend(tab.await.expect("no panic"));
        }
        assert!(bytes(&browser) > 64 * 1024, "{}", bytes(&browser));
        let page = browser.open(&format!("{}{path}", app.url)).await;
        assert!(page.status == StatusCode::SEE_OTHER || page.status == StatusCode::OK, "{}", page.status);
        assert!(bytes(&browser) <= 12 * 1024, "{path}: {} bytes", bytes(&browser));
        assert_eq!(browser.jar.contains_key(crate::support::SESSION), signed_in_first, "the session stays");
        assert!(!app.attempts(&browser).is_empty(), "the newest attempt stays");
        browser.sign_in(&app, "ada").await;
        assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK);
        assert!(bytes(&browser) <= 12 * 1024);
    }
}

async fn s05_abandoned_attempts_do_not_pile_up(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[NO_LIMIT]).await;
    let long = format!("/account?x={}", "a".repeat(2_000));
    // Signed in as well: an attempt then says which session it takes the place of.
    for (return_to, mut browser) in
        [("/", Browser::new()), (long.as_str(), Browser::new()), ("/", signed_in(&app).await)]
    {
        let session: Vec<_> = browser.jar.keys().cloned().collect();
        for number in 0..200 {
            let page = browser.open(&format!("{}/sign-in?return_to={return_to}", app.url)).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{number}");
            let attempts: Vec<_> = browser.jar.iter().filter(|(name, _)| !session.contains(name)).collect();
            let bytes: usize = attempts.iter().map(|(name, value)| name.len() + value.len()).sum();
            assert!(attempts.len() <= 8 && bytes <= 8 * 1024, "{} cookies, {bytes} bytes", attempts.len());
        }
        let back = browser.approve(&app, "ada", return_to).await;
        let bounce = browser.open(&back).await;
        assert_eq!(bounce.status, StatusCode::OK);
        assert!(bounce.body.contains(&format!("0;url={return_to}")), "the last one goes where it was meant to");
    }
    assert_eq!(app.grants("authorization_code").await, 1 + 3);
}

async fn s06_two_tabs_both_succeed_each_at_its_own_page(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    for first_comes_first in [false, true] {
        let mut browser = Browser::new();
        let first = (browser.approve(&app, "ada", "/account").await, "/account");
        let second = (browser.approve(&app, "ada", "/?from=2016-02-01").await, "/?from=2016-02-01");
        let order = if first_comes_first { [first, second] } else { [second, first] };
        for (back, page) in order {
            let bounce = browser.open(&back).await;
            assert_eq!(bounce.status, StatusCode::OK, "{}", bounce.body);
            assert!(bounce.body.contains(&format!("0;url={page}")), "{page}: {}", bounce.body);
            assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK);
        }
    }
    assert_eq!(app.grants("authorization_code").await, 4);
}

async fn s07_a_late_answer_in_a_signed_in_browser_goes_on_to_its_page(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = Browser::new();
    let late = browser.approve(&app, "ada", "/account").await;
    app.clock.advance(700);
    browser.sign_in(&app, "ada").await;
    let page = browser.open(&late).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let (_, next) = page.body.split_once("0;url=").expect("the page goes on by itself");
    let next = next.split('"').next().expect("an address").replace("&amp;", "&");
    assert_eq!(app.grants("authorization_code").await, 1, "only the one that was in time");
    let problem = format!("{}{next}", app.url);
    let on = browser.open(&problem).await;
    assert_eq!((on.status, on.location()), (StatusCode::SEE_OTHER, "/account"));

    // Nobody signed in: the same words, and no way round in circles.
    let stays = Browser::new().open(&problem).await;
    assert_eq!(stays.status, StatusCode::BAD_REQUEST);
    assert!(stays.body.contains("Sign-in did not work") && !stays.body.contains("http-equiv"), "{}", stays.body);
    assert!(stays.body.contains("/sign-in?return_to=%2Faccount"));
}

/// Where a return path leads, by both ways that there are: what the attempt stores, and a redirect.
async fn leads_to(app: &TestApp, signed_in: &mut Browser, query: &str) -> String {
    let mut browser = Browser::new();
    let begun = Instant::now();
    let page = browser.open(&format!("{}/sign-in?{query}", app.url)).await;
    assert!(begun.elapsed().as_secs() < 10);
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{query}");
    assert_eq!(page.set_cookies().len(), 1, "{query}");
    assert!(page.headers.get("x-evil").is_none());
    let stored = app.attempts(&browser).pop().expect("an attempt")["return_to"].as_str().expect("a path").to_owned();
    let redirect = signed_in.open(&format!("{}/sign-in-problem?{query}", app.url)).await;
    assert_eq!((redirect.status, redirect.location()), (StatusCode::SEE_OTHER, stored.as_str()), "{query}");
    stored
}

async fn s08_return_to_stays_on_our_origin(server: AuthorizationServer) {
    let app = TestApp::start_on_with(server, &[], &[NO_LIMIT]).await;
    let mut browser = signed_in(&app).await;
    let origin = Url::parse(&app.url).expect("a URL");
    for evil in [
        "//e.com",
        "/\\e.com",
        "/%09/e.com",
        "/\t/e.com",
        "/ /e.com",
        "\\\\e.com",
        "https:e.com",
        "https://e.com",
        "/..//e.com",
        "/.//e.com",
        "/%2f%2fe.com",
        "/%5ce.com",
        "javascript:1",
        "/a\r\nSet-Cookie:x=1\r\nX-Evil:1",
        "/\u{0}/e.com",
        "http://ok@e.com",
        "\u{ff0f}\u{ff0f}e.com",
        "/\u{ff0f}e.com",
        "/;//e.com",
        "///e.com",
    ] {
        let path = leads_to(&app, &mut browser, &format!("return_to={}", encoded(evil))).await;
        let target = origin.join(&path).expect("a URL");
        assert_eq!(target.origin(), origin.origin(), "{evil:?} leads to {path}");
        assert!(
            path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']),
            "{evil:?}: {path}"
        );
    }
    for page in ["/account", "/?from=2016-02-01&to=2016-02-07"] {
        assert_eq!(leads_to(&app, &mut browser, &format!("return_to={}", encoded(page))).await, page);
    }
    // All the way, once.
    let back = browser.approve(&app, "ada", "//e.com").await;
    assert!(browser.open(&back).await.body.contains("content=\"0;url=/\""));
}

async fn s08_a_long_address_is_returned_to_or_refused_before_the_trip(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let lines = (0..140).map(|number| format!("SELECT trip_{number}, {} FROM trips\n", number * 7_919));
    let long = format!("/sql?sql={}", encoded(&lines.collect::<String>()));
    let long = long.get(..5_900).unwrap_or(&long).trim_end_matches(['%', '2', '0']).to_owned();
    assert!(long.len() > 5_000, "{}", long.len());
    let mut browser = Browser::new();
    let back = browser.approve(&app, "ada", &encoded(&long)).await;
    assert!(browser.jar.iter().all(|(name, value)| name.len() + 1 + value.len() <= 4_096));
    let bounce = browser.open(&back).await;
    let led = bounce.body.replace("&amp;", "&");
    assert!(led.contains(&format!("content=\"0;url={long}\"")), "{led}");

    let noise: String = std::iter::repeat_with(fastrand::alphanumeric).take(6_000).collect();
    let mut browser = Browser::new();
    let refused = browser.open(&format!("{}/sign-in?return_to=%2Fsql%3Fsql%3D{noise}", app.url)).await;
    assert_eq!(refused.status, StatusCode::URI_TOO_LONG);
    assert!(refused.body.contains("Sign in first, then open it again."), "{}", refused.body);
    assert!(refused.set_cookies().is_empty() && browser.jar.is_empty());
    assert_eq!(app.grants("authorization_code").await, 1);
}

async fn s08_no_answer_leads_to_where_the_request_came_from(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let signed_in = signed_in(&app).await;
    let referer = ("referer", "https://evil.example/page");
    let form = ("content-type", "application/x-www-form-urlencoded");
    for browser in [&signed_in, &Browser::new()] {
        for path in ["/me", "/authorize-url", "/validate-session", "/api/queries/trips_per_day", "/token", "/logout"] {
            for method in [Method::GET, Method::POST] {
                let url = format!("{}{path}", app.url);
                let page = browser.clone().send(method.clone(), &url, &[HTML, form, referer], Some("x=1")).await;
                assert!(!page.location().contains("evil"), "{method} {path}: {}", page.location());
            }
        }
    }
    assert_eq!(app.token_requests().await, 1);
}

async fn s09_a_malformed_return_to_is_the_home_page_at_once(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    let long = format!("return_to=/{}", "a".repeat(8_192));
    for query in [
        long.as_str(),
        "",
        "return_to",
        "return_to=",
        "return_to=account",
        "return_to=%ff%fe",
        "return_to=%",
        "return_to=/account&return_to=/account",
        "return_to[]=/account",
    ] {
        assert_eq!(leads_to(&app, &mut browser, query).await, "/", "{}", query.get(..20).unwrap_or(query));
    }
}

async fn s10_return_to_never_signs_out_or_loops(server: AuthorizationServer) {
    let app = TestApp::start_on(server).await;
    let mut browser = signed_in(&app).await;
    for path in [
        "/logout",
        "/logout/",
        "/sign-in",
        "/sign-in?return_to=/sign-in",
        "/sign-in-problem",
        "/signed-out",
        "/token?code=1",
        "/authorize-url",
        "/validate-session",
        "/me",
        "/api/queries/trips_per_day",
        "/x/../logout",
        "/x/%2e%2e/logout",
    ] {
        assert_eq!(leads_to(&app, &mut browser, &format!("return_to={}", encoded(path))).await, "/", "{path}");
    }
    let run = leads_to(&app, &mut browser, "return_to=/sql/run").await;
    assert_eq!(run, "/sql", "the page of the form, which a link cannot send");
    assert_eq!(browser.open(&format!("{}/account", app.url)).await.status, StatusCode::OK, "still signed in");
}
