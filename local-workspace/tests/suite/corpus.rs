//! Statements with their expected answers, from `tests/corpus/*.txt`. A statement, a line `=>`, its rows with ` | `
//! between cells, or `! ERROR_CLASS`; an empty line ends it. `#` begins a comment, `NULL` is NULL, and a number with a
//! point may differ by a millionth.

use crate::support::{Session, TestWorkspace};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

struct Case {
    sql: String,
    expected: Vec<String>,
}

fn cases(file: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(file);
    let text = fs::read_to_string(path).unwrap();
    let uncommented: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let blocks = uncommented.split(|line| line.is_empty()).filter(|block| !block.is_empty());
    blocks
        .map(|block| {
            let arrow = block.iter().position(|line| *line == "=>").unwrap_or_else(|| panic!("no => in {block:?}"));
            let expected = block[arrow + 1..].iter().map(|line| (*line).to_owned()).collect();
            Case { sql: block[..arrow].join("\n"), expected }
        })
        .collect()
}

fn same(found: &str, expected: &str) -> bool {
    if found == expected {
        return true;
    }
    match (found.parse::<f64>(), expected.parse::<f64>()) {
        (Ok(found), Ok(exact)) if expected.contains('.') => (found - exact).abs() <= 1e-6 * exact.abs().max(1.0),
        _ => false,
    }
}

fn cells(row: &Value) -> Vec<String> {
    let text = |cell: &Value| cell.as_str().map_or_else(|| "NULL".to_owned(), str::to_owned);
    row.as_array().unwrap().iter().map(text).collect()
}

/// What differs, if anything does.
async fn difference(session: &Session<'_>, case: &Case) -> Option<String> {
    let place = json!({"catalog": "samples", "schema": "tpch"});
    let answer = session.statement(&case.sql, place).await;
    let message = answer["status"]["error"]["message"].as_str();
    if let Some(class) = case.expected.first().and_then(|line| line.strip_prefix("! ")) {
        let fits = message.is_some_and(|message| message.trim_start().starts_with(&format!("[{class}]")));
        return (!fits).then(|| format!("{}\n  expected {class}, found {}", case.sql, answer["status"]));
    }
    if let Some(message) = message {
        return Some(format!("{}\n  failed: {message}", case.sql));
    }
    let rows: Vec<Vec<String>> =
        answer["result"]["data_array"].as_array().map(|rows| rows.iter().map(cells).collect()).unwrap_or_default();
    let expected: Vec<Vec<&str>> = case.expected.iter().map(|line| line.split(" | ").collect()).collect();
    let equal = rows.len() == expected.len()
        && rows.iter().zip(&expected).all(|(row, expected)| {
            row.len() == expected.len() && row.iter().zip(expected).all(|(found, expected)| same(found, expected))
        });
    (!equal).then(|| format!("{}\n  expected {expected:?}\n  found    {rows:?}", case.sql))
}

async fn run(file: &str, at_least: usize) {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let cases = cases(file);
    assert!(cases.len() >= at_least, "{file} has {} statements only", cases.len());
    let mut differences = Vec::new();
    for case in &cases {
        differences.extend(difference(&session, case).await);
    }
    assert!(differences.is_empty(), "{} of {}:\n{}", differences.len(), cases.len(), differences.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_22_queries_of_tpc_h_answer_as_another_engine_does() {
    run("tpch.txt", 22).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_and_operators_answer_as_documented() {
    run("functions.txt", 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_and_their_errors_are_those_of_databricks() {
    run("statements.txt", 50).await;
}
