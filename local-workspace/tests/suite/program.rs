//! The program itself: its ready line, its refusals, `exec`, and how it stops.

use crate::support::{TestWorkspace, text};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::process::{Output, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-workspace"));
    // The cache is where the other tests have theirs, one level deeper.
    command.args(arguments).env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR")).kill_on_drop(true);
    command
}

async fn output(arguments: &[&str]) -> Output {
    program(arguments).output().await.unwrap()
}

pub async fn serve(arguments: &[&str]) -> (Child, Value) {
    let all: Vec<&str> =
        ["serve", "--end-with-stdin", "--listen", "127.0.0.1:0"].iter().chain(arguments).copied().collect();
    let mut child = program(&all).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    (child, ready)
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

#[tokio::test]
async fn the_ready_line_tells_a_test_all_it_needs() {
    let (_child, ready) = serve(&[]).await;
    assert_eq!(ready["event"], "ready");
    assert!(ready["host"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert!(ready["client_id"].is_string() && ready["warehouse_id"].is_string());
    assert!(ready["client_secret"].as_str().unwrap().len() > 20);
    let (_child, ready) = serve(&["--client-secret", "known"]).await;
    assert!(ready.get("client_secret").is_none(), "who chose the secret knows it");
}

#[tokio::test]
async fn it_stops_gracefully_on_both_signals() {
    for kind in [Signal::INT, Signal::TERM] {
        let (mut child, _) = serve(&[]).await;
        signal(&child, kind);
        let status = tokio::time::timeout(Duration::from_secs(5), child.wait()).await.unwrap().unwrap();
        assert_eq!(status.code(), Some(0));
    }
}

#[tokio::test]
async fn it_stops_while_a_request_hangs() {
    let (mut child, ready) = serve(&[]).await;
    let host = ready["host"].as_str().unwrap().to_owned();
    let http = reqwest::Client::new();
    let rule = serde_json::json!({"path": "/", "hang": true});
    http.post(format!("{host}/local/faults")).json(&rule).send().await.unwrap();
    tokio::spawn(async move { http.get(format!("{host}/x")).send().await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    signal(&child, Signal::TERM);
    let status = tokio::time::timeout(Duration::from_secs(6), child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn it_ends_with_its_standard_input_when_told_to() {
    let start = |arguments: &[&str]| {
        let all: Vec<&str> = ["serve", "--listen", "127.0.0.1:0"].iter().chain(arguments).copied().collect();
        program(&all).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    };
    let mut child = start(&["--end-with-stdin"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next_line().await.unwrap().unwrap();
    assert!(child.try_wait().unwrap().is_none());
    drop(child.stdin.take());
    assert_eq!(child.wait().await.unwrap().code(), Some(0));

    let mut child = start(&[]);
    drop(child.stdin.take());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    let host = ready["host"].as_str().unwrap();
    let answer = reqwest::get(format!("{host}/.well-known/databricks-config")).await.unwrap();
    assert_eq!(answer.status(), 200, "without the option it goes on");
}

#[tokio::test]
async fn the_ready_line_tells_personal_tokens_that_were_asked_for() {
    let (_child, ready) = serve(&["--personal-token", "ada", "--personal-token", "carol"]).await;
    let host = ready["host"].as_str().unwrap();
    let tokens = ready["personal_tokens"].as_object().unwrap();
    assert_eq!(tokens.keys().collect::<Vec<_>>(), ["ada", "carol"]);
    for (user, token) in tokens {
        let me = reqwest::Client::new().get(format!("{host}/api/2.0/preview/scim/v2/Me"));
        let me: Value = me.bearer_auth(token.as_str().unwrap()).send().await.unwrap().json().await.unwrap();
        assert_eq!(me["userName"], format!("{user}@example.com"));
    }
    let output = output(&["serve", "--personal-token", "mallory"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("there is no user 'mallory'"));
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8484"] {
        let output = output(&["serve", "--listen", address]).await;
        assert_eq!(output.status.code(), Some(1));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains("loopback"), "{message}");
        assert_eq!(message.lines().count(), 1);
        assert!(output.stdout.is_empty());
    }
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_line() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = output(&["serve", "--listen", &address]).await;
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains(&address) && message.contains("--listen"), "{message}");
    assert_eq!(message.lines().count(), 1);
}

#[tokio::test]
async fn exec_shows_the_command_its_workspace_and_takes_over_its_exit_code() {
    let script = "env | grep ^DATABRICKS_ | sort; exit 7";
    let output = output(&["exec", "--client-secret", "known", "--", "sh", "-c", script]).await;
    assert_eq!(output.status.code(), Some(7));
    let text = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> = text.lines().map(|line| line.split_once('=').unwrap().0).collect();
    let expected = ["DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET", "DATABRICKS_HOST", "DATABRICKS_WAREHOUSE_ID"];
    assert_eq!(names, expected);
    assert!(text.contains("DATABRICKS_HOST=http://127.0.0.1:"));
}

#[tokio::test]
async fn exec_passes_signals_on() {
    let script = "trap 'echo stopping; exit 3' TERM; echo up; while :; do sleep 0.1; done";
    let mut child = program(&["exec", "--", "sh", "-c", script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("up"));
    signal(&child, Signal::TERM);
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("stopping"));
    assert_eq!(child.wait().await.unwrap().code(), Some(3));
}

#[tokio::test]
async fn exec_says_so_when_there_is_no_such_command() {
    let output = output(&["exec", "--", "no-such-command-anywhere"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot run 'no-such-command-anywhere'"));
}

/// In the program, because its threads have a stack of their own size.
#[tokio::test]
async fn no_statement_is_deep_enough_to_end_it() {
    let (_child, ready) = serve(&[]).await;
    let workspace = TestWorkspace::at(text(&ready["host"]), text(&ready["client_id"]), text(&ready["client_secret"]));
    let session = workspace.sign_in("ada").await;
    let brackets = format!("SELECT {}1{}", "(".repeat(5_000), ")".repeat(5_000));
    let sums = |terms: usize| format!("SELECT 1{}", " + 1".repeat(terms));
    for sql in [brackets, sums(1_100), sums(9_000), sums(500_000)] {
        let message = session.failure(&sql).await;
        assert!(message.contains("[FAILED_TO_PARSE_TOO_COMPLEX]"), "{message}");
    }
    session.failure(&format!("SELECT {} true", "NOT ".repeat(5_000))).await;
    assert_eq!(session.rows(&sums(200)).await[0][0], "201");
}
