//! What statements cost this machine: processor time after a cancel, memory for large results. Measured in a program
//! of its own.

use crate::program::serve;
use crate::support::{Session, TestWorkspace, json, text};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::process::Child;

/// A product of 10^13 rows: nobody waits for its end.
const ENDLESS: &str = "SELECT sum(a.fare_amount * b.fare_amount * c.fare_amount) \
                       FROM samples.nyctaxi.trips a, samples.nyctaxi.trips b, samples.nyctaxi.trips c";

async fn started() -> (Child, TestWorkspace) {
    let (child, ready) = serve(&[]).await;
    let workspace = TestWorkspace::at(text(&ready["host"]), text(&ready["client_id"]), text(&ready["client_secret"]));
    (child, workspace)
}

/// Clock ticks that all threads of a process have had so far.
fn ticks(stat: &str) -> u64 {
    let text = std::fs::read_to_string(stat).unwrap();
    // The name, in brackets, may hold anything; user and system time are the 14th and 15th field.
    let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// Keeps a thread busy until it alone has had this many ticks. A work that goes on elsewhere gets its share meanwhile.
fn burn(ticks_wanted: u64) {
    let begin = ticks("/proc/thread-self/stat");
    while ticks("/proc/thread-self/stat") < begin + ticks_wanted {
        std::hint::black_box((0..1_000_000_u64).fold(0, |sum, number| sum ^ number));
    }
}

async fn state(session: &Session<'_>, id: &str) -> Value {
    json(session.get(&format!("/api/2.0/sql/statements/{id}")).await).await["status"]["state"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canceled_statement_takes_no_more_processor_time() {
    let (child, workspace) = started().await;
    let stat = format!("/proc/{}/stat", child.id().unwrap());
    let session = workspace.sign_in("ada").await;
    let answer = session.statement(ENDLESS, json!({"wait_timeout": "0s"})).await;
    let id = answer["statement_id"].as_str().unwrap();
    while state(&session, id).await != "RUNNING" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let begin = ticks(&stat);
    burn(50);
    let while_running = ticks(&stat) - begin;
    assert!(while_running >= 20, "it works while it runs: {while_running} ticks");

    session.post(&format!("/api/2.0/sql/statements/{id}/cancel"), json!({})).await;
    assert_eq!(state(&session, id).await, "CANCELED");
    // A thread may still be within its slice.
    burn(20);
    let begin = ticks(&stat);
    burn(100);
    let after = ticks(&stat) - begin;
    assert!(after <= 5, "{after} ticks went to a canceled statement");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_result_is_on_disk_and_not_in_memory() {
    let (child, workspace) = started().await;
    let session = workspace.sign_in("ada").await;
    // 3,000,000 rows of some 130 bytes: about 400 MB.
    let sql = "SELECT t.*, repeat('x', 80) AS filler FROM samples.nyctaxi.trips t \
               CROSS JOIN samples.nyctaxi.trips u LIMIT 3000000";
    let answer = session.statement(sql, json!({"disposition": "EXTERNAL_LINKS", "format": "ARROW_STREAM"})).await;
    let answer = session.settle(answer["statement_id"].as_str().unwrap()).await;
    assert_eq!(answer["manifest"]["total_row_count"], 3_000_000, "{}", answer["status"]);
    let bytes = answer["manifest"]["total_byte_count"].as_u64().unwrap();
    assert!(bytes > 300_000_000, "{bytes}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id().unwrap())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024;
    assert!(peak < bytes, "at its peak {peak} bytes of memory for a result of {bytes}");
}
