//! Starts a local workspace inside the test and speaks to it the way an app does.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use clap::Parser;
use local_workspace::cli::{Cli, Command};
use local_workspace::serve::LocalWorkspace;
use local_workspace::settings::Settings;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::future::pending;
use std::path::Path;
use std::time::Duration;
use url::Url;

pub const REDIRECT_URI: &str = "http://localhost:5173/token";
pub const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0";
pub const WAREHOUSE: &str = "84840000c0ffee01";
pub const ALL: &str = "all-apis offline_access";

/// Shared by all tests, so that the data is made once.
pub fn data_dir() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

pub struct TestWorkspace {
    pub host: String,
    pub client_id: String,
    pub client_secret: String,
    /// Follows no redirect: the tests look at them.
    pub http: Client,
}

impl TestWorkspace {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(options: &[&str]) -> Self {
        let command = ["local-workspace", "serve", "--listen", "127.0.0.1:0"];
        let Command::Serve(options) = Cli::parse_from(command.iter().chain(options)).command else { panic!() };
        let mut settings = Settings::new(options.listen, options.common).unwrap();
        settings.data_dir = Some(data_dir().to_owned());
        let client = settings.client.clone();
        let server = LocalWorkspace::build(settings).await.unwrap();
        let host = server.host().to_owned();
        tokio::spawn(server.run_until(pending()));
        Self::at(host, client.id, client.secret.unwrap_or_default())
    }

    /// One that runs already, in a program of its own.
    pub fn at(host: String, client_id: String, client_secret: String) -> Self {
        Self { host, client_id, client_secret, http: Client::builder().redirect(Policy::none()).build().unwrap() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.host)
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(self.url(path))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(self.url(path))
    }

    /// A correct authorization request; `changes` replace parameters, an empty value removes one.
    pub fn authorize_params(&self, changes: &[(&str, &str)]) -> HashMap<String, String> {
        let challenge = challenge_of(VERIFIER);
        let mut params: HashMap<String, String> = [
            ("response_type", "code"),
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", REDIRECT_URI),
            ("scope", ALL),
            ("state", "the-state"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        for (name, value) in changes {
            params.insert((*name).to_owned(), (*value).to_owned());
        }
        params.retain(|_, value| !value.is_empty());
        params
    }

    pub async fn authorize(&self, changes: &[(&str, &str)]) -> Response {
        self.get("/oidc/v1/authorize").query(&self.authorize_params(changes)).send().await.unwrap()
    }

    /// Presses a button of the sign-in page; the redirect's parameters.
    pub async fn choose(&self, user: &str, changes: &[(&str, &str)]) -> HashMap<String, String> {
        let mut form = self.authorize_params(changes);
        form.insert("local_user".to_owned(), user.to_owned());
        let answer = self.post("/oidc/v1/authorize").form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        redirect_params(&answer)
    }

    pub async fn code(&self, user: &str, scope: &str) -> String {
        self.choose(user, &[("scope", scope)]).await.remove("code").unwrap()
    }

    /// A token request with the client's credentials in the body.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Response {
        let mut form: HashMap<&str, &str> =
            [("client_id", self.client_id.as_str()), ("client_secret", self.client_secret.as_str())].into();
        form.extend(fields.iter().copied());
        form.retain(|_, value| !value.is_empty());
        self.post("/oidc/v1/token").form(&form).send().await.unwrap()
    }

    pub async fn redeem(&self, code: &str) -> Response {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    pub async fn refresh(&self, refresh_token: &str) -> Response {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// The whole way of a sign-in; the token answer.
    pub async fn tokens(&self, user: &str, scope: &str) -> Value {
        let code = self.code(user, scope).await;
        let answer = self.redeem(&code).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    pub async fn sign_in(&self, user: &str) -> Session<'_> {
        let token = text(&self.tokens(user, ALL).await["access_token"]);
        Session { workspace: self, token }
    }

    pub async fn requests(&self) -> Vec<Value> {
        let list: Value = self.get("/local/requests").send().await.unwrap().json().await.unwrap();
        list["requests"].as_array().unwrap().clone()
    }

    pub async fn fault(&self, rule: Value) {
        let answer = self.post("/local/faults").json(&rule).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
    }
}

/// A user with an access token.
pub struct Session<'a> {
    pub workspace: &'a TestWorkspace,
    pub token: String,
}

impl Session<'_> {
    pub async fn get(&self, path: &str) -> Response {
        self.workspace.get(path).bearer_auth(&self.token).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Response {
        self.workspace.post(path).bearer_auth(&self.token).json(&body).send().await.unwrap()
    }

    /// Runs a statement; `more` is merged into the request.
    pub async fn statement(&self, sql: &str, more: Value) -> Value {
        let mut body = json!({"statement": sql, "warehouse_id": WAREHOUSE, "wait_timeout": "50s"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.post("/api/2.0/sql/statements", body).await;
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn sql(&self, sql: &str) -> Value {
        let answer = self.statement(sql, json!({})).await;
        assert_eq!(answer["status"]["state"], "SUCCEEDED", "{}", answer["status"]);
        answer
    }

    pub async fn rows(&self, sql: &str) -> Value {
        self.sql(sql).await["result"]["data_array"].clone()
    }

    /// The message of a statement that has to fail.
    pub async fn failure(&self, sql: &str) -> String {
        let answer = self.statement(sql, json!({})).await;
        assert_eq!(answer["status"]["state"], "FAILED", "{sql}: {answer}");
        assert_eq!(answer["status"]["error"]["error_code"], "BAD_REQUEST");
        text(&answer["status"]["error"]["message"])
    }

    /// Polls until the statement is in a state that does not change any more.
    pub async fn settle(&self, id: &str) -> Value {
        loop {
            let answer: Value = self.get(&format!("/api/2.0/sql/statements/{id}")).await.json().await.unwrap();
            if !["PENDING", "RUNNING"].contains(&answer["status"]["state"].as_str().unwrap()) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

pub fn challenge_of(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

pub fn redirect_params(answer: &Response) -> HashMap<String, String> {
    let location = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    assert!(location.as_str().starts_with(REDIRECT_URI), "{location}");
    location.query_pairs().into_owned().collect()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}

pub async fn json(answer: Response) -> Value {
    answer.json().await.unwrap()
}
