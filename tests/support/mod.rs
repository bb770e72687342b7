//! Starts the app and an authorization server of its own for one test, both on free ports, and is a browser's cookie jar.

#![allow(dead_code, unused_imports, reason = "each test file uses a part")]

pub mod authorization_server;
pub mod browser;

use std::collections::BTreeMap;

use lakefront::server::{
    AppState,
    clock::Clock,
    router::build_router,
    serve,
    session::{Purpose, cookies},
    settings::Settings,
};
use leptos::config::LeptosOptions;
use reqwest::header;
use serde_json::Value;
use tokio::net::TcpListener;

pub use authorization_server::{AuthorizationServer, CLIENT_SECRET, Running};
pub use browser::{Browser, HTML, Page};

pub const COOKIE_KEY: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
pub const SESSION: &str = cookies::SESSION;

/// The app, its authorization server, and the ends of both that a test looks at.
pub struct TestApp {
    /// `http://localhost:PORT`
    pub url: String,
    pub clock: Clock,
    pub state: AppState,
    /// `http://127.0.0.1:PORT`
    pub workspace: String,
    settings: BTreeMap<String, String>,
    server: Option<Running>,
}

/// Another server program of the same app: the same settings, unless some are changed, and a memory of its own.
pub struct Replica {
    pub url: String,
    pub state: AppState,
    /// Its own address is not the public one.
    pub host: String,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(&[], &[]).await
    }

    /// With options of the local workspace and settings of the app.
    pub async fn start_with(options: &[&str], settings: &[(&str, &str)]) -> Self {
        Self::start_on_with(AuthorizationServer::LocalWorkspace, options, settings).await
    }

    pub async fn start_on(server: AuthorizationServer) -> Self {
        Self::start_on_with(server, &[], &[]).await
    }

    /// With options of the authorization server and settings of the app.
    pub async fn start_on_with(server: AuthorizationServer, options: &[&str], settings: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        let public_url = settings.iter().find(|(name, _)| *name == "PUBLIC_URL").map_or(url.as_str(), |(_, url)| url);
        let server = server.start(&format!("{public_url}/token"), options);
        let mut values: BTreeMap<String, String> = BTreeMap::from(
            [
                ("DATABRICKS_HOST", server.text("host")),
                ("DATABRICKS_CLIENT_ID", server.text("client_id")),
                ("DATABRICKS_CLIENT_SECRET", CLIENT_SECRET.into()),
                ("DATABRICKS_WAREHOUSE_ID", server.text("warehouse_id")),
                ("PUBLIC_URL", url.clone()),
                ("COOKIE_KEYS", COOKIE_KEY.into()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        values.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let clock = Clock::default();
        let state = state(&values, clock.clone());
        serve_on(listener, &state);
        Self { url, clock, state, workspace: server.text("host"), settings: values, server: Some(server) }
    }

    /// Another replica; `change` may give it a store that it shares, or one that fails.
    pub async fn replica(&self, settings: &[(&str, &str)], change: impl FnOnce(&mut AppState)) -> Replica {
        let mut values = self.settings.clone();
        values.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut state = state(&values, self.clock.clone());
        change(&mut state);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        serve_on(listener, &state);
        let host = self.url.trim_start_matches("http://").to_owned();
        Replica { url, state, host }
    }

    /// Ends the authorization server: from now on its address refuses connections.
    pub fn stop_server(&mut self) {
        self.server = None;
    }

    /// What the authorization server saw: requests of this method and path prefix.
    pub async fn seen(&self, method: &str, path: &str) -> Vec<Value> {
        seen(&self.workspace, method, path).await
    }

    /// How often the token endpoint was asked for this grant; requests that a fault answered are not among them.
    pub async fn grants(&self, grant_type: &str) -> usize {
        self.seen("POST", "/oidc/v1/token").await.iter().filter(|entry| entry["grant_type"] == grant_type).count()
    }

    /// How often the token endpoint was asked at all.
    pub async fn token_requests(&self) -> usize {
        self.seen("POST", "/oidc/v1/token").await.len()
    }

    /// Tells the authorization server something: `faults`, `expire-all-tokens`, …
    pub async fn tell(&self, path: &str, body: Value) {
        let url = format!("{}/local/{path}", self.workspace);
        let answer = reqwest::Client::new().post(url).json(&body).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    /// A fault at the token endpoint.
    pub async fn token_fault(&self, mut rule: Value) {
        rule["method"] = "POST".into();
        rule["path"] = "/oidc/v1/token".into();
        self.tell("faults", rule).await;
    }

    pub async fn heal(&self) {
        let url = format!("{}/local/faults", self.workspace);
        let answer = reqwest::Client::new().delete(url).send().await.expect("an answer");
        assert!(answer.status().is_success());
    }

    /// What the browser's session cookies hold.
    pub fn session(&self, browser: &Browser) -> Value {
        open_session(&self.state, browser).expect("a session that opens")
    }

    /// Gives the browser a session of our choice, as if the app had set it.
    pub fn plant(&self, browser: &mut Browser, session: &Value) {
        self.plant_sealed_for(browser, Purpose::Session, SESSION, session);
    }

    /// The same, sealed for this purpose and name.
    pub fn plant_sealed_for(&self, browser: &mut Browser, purpose: Purpose, name: &str, session: &Value) {
        let sealed = self.state.keys.seal(purpose, name, session).expect("sealed");
        browser.jar.retain(|name, _| !name.starts_with(SESSION));
        for cookie in cookies::write_session(&sealed, 3_600).expect("small enough") {
            let line = cookie.to_str().expect("ASCII").to_owned();
            let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            browser.jar.insert(name.to_owned(), value.to_owned());
        }
    }

    /// What the sign-in attempt of this state holds.
    pub fn attempts(&self, browser: &Browser) -> Vec<Value> {
        let open = |(name, value): (&String, &String)| {
            let opened = self.state.keys.open::<Value>(Purpose::SignInAttempt, name, value)?;
            Some(opened.value)
        };
        browser.jar.iter().filter(|(name, _)| name.starts_with(cookies::SIGN_IN_ATTEMPT)).filter_map(open).collect()
    }

    /// Asks the token endpoint itself, as the app would: is this refresh token still good?
    pub async fn refresh_token_works(&self, token: &str) -> bool {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", &self.settings["DATABRICKS_CLIENT_ID"]),
            ("client_secret", CLIENT_SECRET),
        ];
        let url = format!("{}/oidc/v1/token", self.workspace);
        reqwest::Client::new().post(url).form(&form).send().await.expect("an answer").status().is_success()
    }

    /// Asks the workspace's API itself: is this access token still good?
    pub async fn access_token_works(&self, token: &str) -> bool {
        let url = format!("{}/api/2.0/preview/scim/v2/Me", self.workspace);
        reqwest::Client::new().get(url).bearer_auth(token).send().await.expect("an answer").status().is_success()
    }
}

pub async fn seen(workspace: &str, method: &str, path: &str) -> Vec<Value> {
    let answer = reqwest::get(format!("{workspace}/local/requests")).await.expect("an answer");
    let log: Value = answer.json().await.expect("JSON");
    let list = log["requests"].as_array().expect("a list of requests").clone();
    let fits = |entry: &Value| {
        entry["method"] == method && entry["path"].as_str().is_some_and(|found| found.starts_with(path))
    };
    list.into_iter().filter(fits).collect()
}

pub fn open_session(state: &AppState, browser: &Browser) -> Option<Value> {
    let line = browser.jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    let headers = header::HeaderMap::from_iter([(header::COOKIE, line.parse().expect("a header value"))]);
    let sealed = cookies::read_session(&headers).sealed?;
    Some(state.keys.open::<Value>(Purpose::Session, SESSION, &sealed)?.value)
}

fn state(values: &BTreeMap<String, String>, clock: Clock) -> AppState {
    let settings = Settings::read(|name| values.get(name).cloned()).expect("the settings are right");
    let leptos = LeptosOptions::builder().output_name("lakefront").site_root("target/site").build();
    AppState::new(settings, leptos, clock).expect("a state")
}

fn serve_on(listener: TcpListener, state: &AppState) {
    let router = build_router(state.clone()).expect("a router");
    tokio::spawn(async move { serve::accept(listener, router, std::future::pending()).await.await });
}
