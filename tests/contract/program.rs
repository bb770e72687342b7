//! S65 and S67: the program itself, as an operator starts it: what it logs, and when it does not start.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::TcpListener,
    process::{Child, Command, Output, Stdio},
    thread::{JoinHandle, spawn},
    time::Duration,
};

use lakefront::server::{
    session::{KeyRing, Purpose},
    settings::cookie_keys,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    parameter,
    support::{AuthorizationServer, Browser, CLIENT_SECRET, COOKIE_KEY, HTML, Running, SESSION},
};

on_both!(
    s65_the_log_tells_what_happened_and_no_secret,
    s65_nobody_writes_lines_of_their_own_into_the_log,
    s67_the_program_starts_only_with_settings_that_are_right,
);

fn program(settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lakefront"));
    // Away from any .env of this checkout.
    command.arg("serve").current_dir(std::env::temp_dir()).env_clear().stdin(Stdio::null());
    command.envs(settings.iter().copied());
    command
}

/// The program, with a port that was free a moment ago.
struct Program {
    process: Child,
    /// Reads what it logs all the time: a pipe that is full would hold the program.
    log: Option<JoinHandle<String>>,
    url: String,
    server: Running,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Program {
    fn start(server: AuthorizationServer, options: &[&str], settings: &[(&str, &str)]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("an address");
        let url = format!("http://localhost:{}", address.port());
        let server = server.start(&format!("{url}/token"), options);
        let (host, client_id, address) = (server.text("host"), server.text("client_id"), address.to_string());
        let mut all = vec![
            ("DATABRICKS_HOST", host.as_str()),
            ("DATABRICKS_CLIENT_ID", client_id.as_str()),
            ("DATABRICKS_CLIENT_SECRET", CLIENT_SECRET),
            ("DATABRICKS_WAREHOUSE_ID", "8484"),
            ("COOKIE_KEYS", COOKIE_KEY),
            ("PUBLIC_URL", url.as_str()),
            ("LISTEN_ADDR", address.as_str()),
        ];
        all.extend(settings);
        drop(free);
        let mut process = program(&all).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("piped"));
        output.read_line(&mut line).expect("a line");
        let mut stream = process.stderr.take().expect("piped");
        let log = spawn(move || {
            let mut log = String::new();
            stream.read_to_string(&mut log).map(|_| log).expect("text")
        });
        assert!(line.starts_with("Lakefront is ready"), "{line}");
        Self { process, log: Some(log), url, server }
    }

    /// Ends the program and gives its log.
    fn stop(mut self) -> String {
        let _ = self.process.kill();
        self.log.take().and_then(|log| log.join().ok()).expect("a log")
    }
}

/// In the last half of its 12 s a token is renewed; the next one is not, for as long.
const LAST_HALF: Duration = Duration::from_millis(6_500);

async fn s65_the_log_tells_what_happened_and_no_secret(server: AuthorizationServer) {
    let settings = [("RUST_LOG", "debug"), ("LOG_FORMAT", "json")];
    let app = Program::start(server, &["--access-ttl", "12s"], &settings);
    let ring = KeyRing::new(&cookie_keys::parse(COOKIE_KEY).expect("a key"));
    let url = |path: &str| format!("{}{path}", app.url);
    let tell = async |body: Value| {
        let address = format!("{}/local/faults", app.server.text("host"));
        assert!(
            reqwest::Client::new().post(address).json(&body).send().await.expect("an answer").status().is_success()
        );
    };
    let mut secrets: Vec<String> = vec![CLIENT_SECRET.into(), COOKIE_KEY.split_once(':').expect("a key").1.into()];
    let remember = |secrets: &mut Vec<String>, browser: &Browser| {
        secrets.extend(browser.jar.values().cloned());
        for (name, value) in &browser.jar {
            if let Some(attempt) = ring.open::<Value>(Purpose::SignInAttempt, name, value) {
                secrets
                    .extend(["state", "verifier"].map(|name| attempt.value[name].as_str().expect("text").to_owned()));
            }
            if let Some((_, sealed)) = value.split_once('~')
                && let Some(session) = ring.open::<Value>(Purpose::Session, SESSION, sealed)
            {
                let tokens =
                    ["access_token", "refresh_token"].map(|name| session.value[name].as_str().map(str::to_owned));
                secrets.extend(tokens.into_iter().flatten());
            }
        }
    };

    // Answers that are refused: forged, with line breaks, declined, and one that the token endpoint spoils.
    let mut browser = Browser::new();
    browser.open(&url("/token?code=forged-code-1&state=forged-state-1%0d%0aINFO%20forged%20line")).await;
    browser
        .send(Method::GET, &url("/sign-in?return_to=/a%0d%0ab"), &[HTML, ("host", "evil%0d%0a.example")], None)
        .await;
    browser.open(&url("/account%0d%0aINFO%20forged%20line")).await;
    secrets.extend(["forged-code-1", "forged-state-1"].map(str::to_owned));
    let back = browser.approve_at(&app.url, "Deny", "/").await;
    remember(&mut secrets, &browser);
    assert_eq!(browser.open(&back).await.status, StatusCode::FORBIDDEN);
    let back = browser.approve_at(&app.url, "ada", "/").await;
    remember(&mut secrets, &browser);
    secrets.push(parameter(&back, "code"));
    tell(json!({"method": "POST", "path": "/oidc/v1/token", "status": 503, "times": 1})).await;
    assert_eq!(browser.open(&back).await.status, StatusCode::BAD_GATEWAY);

    // A sign-in, twice the same answer, a refresh, a call that fails, a sign-out.
    let back = browser.approve_at(&app.url, "ada", "/").await;
    remember(&mut secrets, &browser);
    secrets.push(parameter(&back, "code"));
    assert_eq!(browser.open(&back).await.status, StatusCode::OK);
    assert_eq!(browser.open(&back).await.status, StatusCode::BAD_REQUEST);
    remember(&mut secrets, &browser);
    tokio::time::sleep(LAST_HALF).await;
    assert_eq!(browser.call(&url("/validate-session"), "{}").await.status, StatusCode::OK);
    remember(&mut secrets, &browser);
    browser.open(&url("/account")).await;
    browser.open(&url("/")).await;
    tell(json!({"path": "/api/2.0/preview", "status": 500, "times": 1})).await;
    browser.ask(&url("/me")).await;
    remember(&mut secrets, &browser);
    assert_eq!(browser.post_form(&url("/logout"), "").await.location(), "/signed-out");

    // A session that the authorization server ends.
    let back = browser.approve_at(&app.url, "bob", "/").await;
    assert_eq!(browser.open(&back).await.status, StatusCode::OK);
    remember(&mut secrets, &browser);
    tell(json!({"method": "POST", "path": "/oidc/v1/token", "status": 400, "body": {"error": "invalid_grant"}})).await;
    tokio::time::sleep(LAST_HALF).await;
    assert_eq!(browser.call(&url("/validate-session"), "{}").await.status, StatusCode::UNAUTHORIZED);

    let log = app.stop();
    secrets.retain(|secret| secret.len() >= 12);
    assert!(secrets.len() >= 20, "{} secrets to look for", secrets.len());
    for secret in &secrets {
        // Not the secret itself in the message of this test, either.
        assert!(!log.contains(secret.as_str()), "the log holds a secret of {} bytes", secret.len());
    }
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("each line is one object: {line}")))
        .collect();
    assert!(!lines.iter().any(|line| line["message"].as_str().is_some_and(|text| text.starts_with("forged"))));
    let told = |message: &str| -> Vec<&Value> {
        lines.iter().filter(|line| line["message"].as_str().is_some_and(|text| text.contains(message))).collect()
    };
    // On a slow machine the next token may be near its end, too, and be renewed.
    for (message, times) in [
        ("signed in", 2..=2),
        ("an answer to no sign-in attempt", 2..=2),
        ("a sign-in was refused", 2..=2),
        ("refreshed", 1..=3),
        ("the refresh token was refused", 1..=1),
        ("signed out", 1..=1),
    ] {
        let found = told(message);
        assert!(times.contains(&found.len()), "{message}: {}", found.len());
        for line in found {
            assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
        }
    }
    for message in ["signed in", "refreshed", "signed out"] {
        for line in told(message) {
            let session = line["session"].as_str().expect("which session");
            assert!(session.chars().count() <= 8, "the beginning of its id: {session}");
        }
    }
    assert!(told("a sign-in was refused").iter().all(|line| line["reason"].is_string()));
}

/// Texts of others that reach the log: in the form for people each line is still one of ours.
async fn s65_nobody_writes_lines_of_their_own_into_the_log(server: AuthorizationServer) {
    let app = Program::start(server, &[], &[("RUST_LOG", "debug"), ("LOG_FORMAT", "text"), ("NO_COLOR", "1")]);
    let url = |path: &str| format!("{}{path}", app.url);
    let forged = "x\n2026-01-01T00:00:00Z  INFO forged line\r\u{1b}[31m\u{9b}red\u{2028}";
    let tell = async |body: Value| {
        let address = format!("{}/local/faults", app.server.text("host"));
        let answer = reqwest::Client::new().post(address).json(&body).send().await.expect("an answer");
        assert!(answer.status().is_success());
    };
    // The start has found the endpoints; so this speaks of errors of the workspace and the token endpoint.
    let mut browser = Browser::new();
    for fault in [
        json!({"method": "POST", "path": "/oidc/v1/token", "status": 400, "body": {"error": forged}}),
        json!({"path": "/api/2.0/preview", "status": 400, "body": {"error_code": forged, "message": forged}}),
    ] {
        tell(fault).await;
        let back = browser.approve_at(&app.url, "ada", "/").await;
        assert_eq!(browser.open(&back).await.status, StatusCode::BAD_GATEWAY);
        let address = format!("{}/local/faults", app.server.text("host"));
        reqwest::Client::new().delete(address).send().await.expect("an answer");
    }
    browser.open(&url("/token?code=a&state=%0aforged%20line")).await;
    browser.open(&url("/a%0aforged%20line")).await;
    let log = app.stop();
    assert!(log.contains("a sign-in was refused"), "{log}");
    for line in log.lines() {
        let begins = line.as_bytes().iter().take(4).all(u8::is_ascii_digit) && line.contains("Z ");
        assert!(begins && !line.starts_with("2026-01-01T00:00:00Z"), "a line of somebody else: {line:?}");
        assert!(!line.contains(['\r', '\u{1b}', '\u{9b}', '\u{2028}']), "{line:?}");
    }
}

fn outcome(settings: &[(&str, &str)]) -> Output {
    program(settings).output().expect("it runs")
}

async fn s67_the_program_starts_only_with_settings_that_are_right(server: AuthorizationServer) {
    let program = Program::start(server, &[], &[]);
    let page = Browser::new().open(&format!("{}/readyz", program.url)).await;
    assert_eq!(page.status, StatusCode::OK, "with the right ones it does: {}", page.body);
    let in_use = program.url.trim_start_matches("http://localhost:").to_owned();

    let host = program.server.text("host");
    let good = [
        ("DATABRICKS_HOST", host.as_str()),
        ("DATABRICKS_CLIENT_ID", "an-app"),
        ("DATABRICKS_CLIENT_SECRET", CLIENT_SECRET),
        ("DATABRICKS_WAREHOUSE_ID", "8484"),
        ("COOKIE_KEYS", COOKIE_KEY),
        ("LISTEN_ADDR", "127.0.0.1:0"),
    ];
    let taken = format!("127.0.0.1:{in_use}");
    for (name, value, names) in [
        ("COOKIE_KEYS", "", "COOKIE_KEYS"),
        ("COOKIE_KEYS", "k1:AAECAwQFBgcICQoLDA0ODw==", "COOKIE_KEYS"),
        ("COOKIE_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,k1:x", "COOKIE_KEYS"),
        ("COOKIE_KEYS", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "COOKIE_KEYS"),
        ("PUBLIC_URL", "http://data.example.com", "PUBLIC_URL"),
        ("PUBLIC_URL", "https://data.example.com/app", "PUBLIC_URL"),
        ("DATABRICKS_HOST", "", "DATABRICKS_HOST"),
        ("DATABRICKS_HOST", "http://dbc-1.cloud.databricks.com", "DATABRICKS_HOST"),
        ("DATABRICKS_CLIENT_ID", "", "DATABRICKS_CLIENT_ID"),
        ("DATABRICKS_CLIENT_SECRET_FILE", "/no/such/file", "DATABRICKS_CLIENT_SECRET"),
        ("COOKIE_KEYS_FILE", "/no/such/file", "COOKIE_KEYS"),
        ("TRUSTED_PROXIES", "everybody", "TRUSTED_PROXIES"),
        ("LISTEN_ADDR", &taken, "LISTEN_ADDR"),
    ] {
        let mut settings: Vec<_> = good.into_iter().filter(|(other, _)| *other != name).collect();
        settings.push((name, value));
        let outcome = outcome(&settings);
        let said = format!("{}{}", String::from_utf8_lossy(&outcome.stdout), String::from_utf8_lossy(&outcome.stderr));
        assert!(!outcome.status.success(), "{name}={value} starts");
        assert!(said.contains(names), "{name}: {said}");
        for secret in [CLIENT_SECRET, "AAECAwQF"] {
            assert!(!said.contains(secret), "a secret is printed: {name}");
        }
    }
    let unreadable = [("COOKIE_KEYS", ""), ("COOKIE_KEYS_FILE", "/no/such/file")];
    let settings: Vec<_> = good.into_iter().filter(|(name, _)| *name != "COOKIE_KEYS").chain(unreadable).collect();
    let said = String::from_utf8_lossy(&outcome(&settings).stderr).into_owned();
    assert!(said.contains("COOKIE_KEYS_FILE") && said.contains("/no/such/file"), "{said}");
}
