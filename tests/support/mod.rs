//! Starts the app and a local workspace of its own for one test, both on free ports, and is a browser's cookie jar.

#![allow(dead_code, reason = "each test file uses a part")]

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use lakefront::server::{AppState, clock::Clock, router::build_router, serve, settings::Settings};
use leptos::config::LeptosOptions;
use reqwest::{Method, StatusCode, header};
use serde_json::Value;
use tokio::net::TcpListener;

pub const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml");

/// The app, its local workspace, and the ends of both that a test looks at.
pub struct TestApp {
    /// `http://localhost:PORT`
    pub url: String,
    pub clock: Clock,
    pub state: AppState,
    /// `http://127.0.0.1:PORT`
    pub workspace: String,
    process: Child,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("LOCAL_WORKSPACE_BIN") {
        return path.into();
    }
    // target/debug/deps/http-… → target/debug/local-workspace
    let test = std::env::current_exe().expect("the test's own path");
    test.ancestors().nth(2).expect("the target folder").join("local-workspace")
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(&[], &[]).await
    }

    /// With options of the local workspace and settings of the app.
    pub async fn start_with(options: &[&str], settings: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        let redirect_uri = format!("{url}/token");
        let program = program();
        let mut process = Command::new(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--redirect-uri", &redirect_uri])
            .args(["--client-secret", "dose-test-secret"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{}: {error}. Build it with: cargo build -p local-workspace", program.display())
            });
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("piped"));
        output.read_line(&mut line).expect("the local workspace says that it is ready");
        let ready: Value = serde_json::from_str(&line).expect("one line of JSON");
        let text = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();

        let clock = Clock::default();
        let mut values: BTreeMap<String, String> = BTreeMap::from(
            [
                ("DATABRICKS_HOST", text("host")),
                ("DATABRICKS_CLIENT_ID", text("client_id")),
                ("DATABRICKS_CLIENT_SECRET", "dose-test-secret".into()),
                ("DATABRICKS_WAREHOUSE_ID", text("warehouse_id")),
                ("PUBLIC_URL", url.clone()),
                ("COOKIE_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".into()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        values.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let settings = Settings::read(|name| values.get(name).cloned()).expect("the settings are right");
        let leptos = LeptosOptions::builder().output_name("lakefront").site_root("target/site").build();
        let state = AppState::new(settings, leptos, clock.clone()).expect("a state");
        let router = build_router(state.clone()).expect("a router");
        tokio::spawn(async move { serve::accept(listener, router, std::future::pending()).await.await });
        Self { url, clock, state, workspace: text("host"), process }
    }

    /// What the local workspace saw: requests of this method and path prefix.
    pub async fn seen(&self, method: &str, path: &str) -> Vec<Value> {
        let answer = reqwest::get(format!("{}/local/requests", self.workspace)).await.expect("an answer");
        let log: Value = answer.json().await.expect("JSON");
        let list = log.as_array().or_else(|| log["requests"].as_array()).expect("a list of requests").clone();
        let fits = |entry: &Value| {
            entry["method"] == method && entry["path"].as_str().is_some_and(|found| found.starts_with(path))
        };
        list.into_iter().filter(fits).collect()
    }

    /// How often the token endpoint was asked for this grant.
    pub async fn grants(&self, grant_type: &str) -> usize {
        self.seen("POST", "/oidc/v1/token").await.iter().filter(|entry| entry["grant_type"] == grant_type).count()
    }

    /// Tells the local workspace something: `fault`, `expire-all-tokens`, …
    pub async fn tell(&self, path: &str, body: Value) {
        let url = format!("{}/local/{path}", self.workspace);
        let answer = reqwest::Client::new().post(url).json(&body).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }
}

/// A browser as far as cookies and redirects go: it follows none by itself.
#[derive(Clone, Default)]
pub struct Browser {
    http: reqwest::Client,
    pub jar: BTreeMap<String, String>,
}

pub struct Page {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub body: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}

impl Browser {
    pub fn new() -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { http, jar: BTreeMap::new() }
    }

    pub async fn send(&mut self, method: Method, url: &str, headers: &[(&str, &str)], body: Option<&str>) -> Page {
        let mut request = self.http.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if url.starts_with("http://localhost") && !self.jar.is_empty() {
            let line = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            request = request.header(header::COOKIE, line);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let page = Page { status, headers, body: answer.text().await.expect("a text") };
        for cookie in page.set_cookies() {
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a name");
            if attributes.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        page
    }

    /// A navigation.
    pub async fn open(&mut self, url: &str) -> Page {
        self.send(Method::GET, url, &[HTML], None).await
    }

    /// A call as the app's own scripts make it.
    pub async fn call(&mut self, url: &str, json: &str) -> Page {
        let headers = [("content-type", "application/json"), ("accept", "application/json"), ("x-lakefront-call", "1")];
        self.send(Method::POST, url, &headers, Some(json)).await
    }

    /// A plain form post, without JavaScript.
    pub async fn post_form(&mut self, url: &str, fields: &str) -> Page {
        let headers = [("content-type", "application/x-www-form-urlencoded"), HTML];
        self.send(Method::POST, url, &headers, Some(fields)).await
    }

    /// Goes to the authorization server and picks a user there; ends with the address that it sends the browser back to.
    pub async fn approve(&mut self, app: &TestApp, user: &str, return_to: &str) -> String {
        let page = self.open(&format!("{}/sign-in?return_to={return_to}", app.url)).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let form = self.open(page.location()).await;
        assert_eq!(form.status, StatusCode::OK, "{}", form.body);
        let url = url::Url::parse(page.location()).expect("a URL");
        let action = attribute(&form.body, "action=\"").map_or(url.clone(), |path| url.join(&path).expect("a URL"));
        let mut fields = url::form_urlencoded::Serializer::new(String::new());
        for input in form.body.split("<input").skip(1) {
            if let (Some(name), Some(value)) = (attribute(input, "name=\""), attribute(input, "value=\"")) {
                fields.append_pair(&name, &value);
            }
        }
        let button =
            form.body.split("<button").skip(1).find(|button| button.contains(user)).expect("a button for the user");
        let (name, value) = (attribute(button, "name=\""), attribute(button, "value=\""));
        fields.append_pair(&name.expect("a name"), &value.expect("a value"));
        let answer = self.post_form(action.as_str(), &fields.finish()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.location().to_owned()
    }

    /// The whole sign-in.
    pub async fn sign_in(&mut self, app: &TestApp, user: &str) -> Page {
        let back = self.approve(app, user, "/").await;
        let page = self.open(&back).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        page
    }
}

fn attribute(html: &str, start: &str) -> Option<String> {
    let (_, rest) = html.split_once(start)?;
    let value = rest.split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&#x27;", "'").replace("&quot;", "\""))
}
