//! Results behind links: three formats, links that expire, and who may follow them.

use crate::support::{Session, TestWorkspace, json, text};
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::arrow::ipc::reader::StreamReader;
use reqwest::Response;
use serde_json::{Value, json};

/// 540,000 rows: three chunks.
const MANY: &str = "SELECT CAST(row_number() OVER () AS BIGINT) AS id, 'a,\"b' AS word, NULL AS nothing \
                    FROM samples.nyctaxi.trips t CROSS JOIN samples.tpch.nation n LIMIT 540000";

async fn linked(session: &Session<'_>, format: &str) -> Value {
    let answer = session.statement(MANY, json!({"disposition": "EXTERNAL_LINKS", "format": format})).await;
    let id = answer["statement_id"].as_str().unwrap();
    let answer = session.settle(id).await;
    assert_eq!(answer["status"]["state"], "SUCCEEDED", "{answer}");
    answer
}

async fn follow(workspace: &TestWorkspace, url: &str) -> Response {
    workspace.http.get(url).send().await.unwrap()
}

/// All chunks in order, each as its link gives it.
async fn download(session: &Session<'_>, answer: &Value) -> Vec<Vec<u8>> {
    let (mut parts, mut result) = (Vec::new(), answer["result"].clone());
    loop {
        let link = result["external_links"][0].clone();
        assert_eq!(link["chunk_index"], parts.len());
        assert!(link["byte_count"].as_u64().unwrap() > 0 && link["expiration"].is_string());
        let got = follow(session.workspace, link["external_link"].as_str().unwrap()).await;
        assert_eq!(got.status(), 200);
        parts.push(got.bytes().await.unwrap().to_vec());
        let Some(next) = link.get("next_chunk_internal_link") else { return parts };
        result = json(session.get(next.as_str().unwrap()).await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_format_carries_every_row_once() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;

    let answer = linked(&session, "ARROW_STREAM").await;
    let manifest = &answer["manifest"];
    assert_eq!((&manifest["format"], &manifest["total_row_count"]), (&json!("ARROW_STREAM"), &json!(540_000)));
    assert_eq!(manifest["total_chunk_count"], 3);
    assert_eq!(manifest["chunks"][1]["row_offset"], 250_000);
    let parts = download(&session, &answer).await;
    assert_eq!(manifest["chunks"][0]["byte_count"], parts[0].len());
    let batches: Vec<RecordBatch> = parts
        .iter()
        .flat_map(|part| StreamReader::try_new(part.as_slice(), None).unwrap())
        .map(Result::unwrap)
        .collect();
    let ids: i64 =
        batches.iter().map(|batch| batch.column(0).as_primitive::<Int64Type>().values().iter().sum::<i64>()).sum();
    assert_eq!(ids, 540_000 * 540_001 / 2);

    let parts = download(&session, &linked(&session, "JSON_ARRAY").await).await;
    let rows: Vec<Vec<Value>> =
        parts.iter().flat_map(|part| serde_json::from_slice::<Vec<Vec<Value>>>(part).unwrap()).collect();
    assert_eq!(rows.len(), 540_000);
    assert!(rows.iter().all(|row| row[0].is_string() && row[1] == "a,\"b" && row[2].is_null()));

    let parts = download(&session, &linked(&session, "CSV").await).await;
    let csv: Vec<String> = parts.into_iter().map(|part| String::from_utf8(part).unwrap()).collect();
    assert!(csv[0].starts_with("id,word,nothing\r\n"), "{}", &csv[0][..60]);
    let rows = csv.iter().flat_map(|part| part.lines()).skip(1);
    assert!(rows.clone().all(|line| line.ends_with(",\"a,\"\"b\",null")), "the first chunk alone has a header");
    assert_eq!(rows.count(), 540_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_refused_with_a_token_changed_expired_or_closed() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let more = json!({"disposition": "EXTERNAL_LINKS", "format": "CSV"});
    let answer = session.statement("SELECT 1 AS one", more).await;
    let url = text(&answer["result"]["external_links"][0]["external_link"]);
    assert_eq!(follow(&workspace, &url).await.text().await.unwrap(), "one\r\n1\r\n");

    let with_token = workspace.http.get(&url).bearer_auth(&session.token).send().await.unwrap();
    assert_eq!(with_token.status(), 400);
    assert!(with_token.text().await.unwrap().contains("Only one auth mechanism allowed"));
    let changed = follow(&workspace, &url.replace("/0?", "/1?")).await;
    assert_eq!(changed.status(), 403);
    assert!(changed.text().await.unwrap().contains("SignatureDoesNotMatch"));

    let clock = |seconds: i32| workspace.post("/local/clock").json(&json!({"skew_seconds": seconds})).send();
    clock(901).await.unwrap();
    let late = follow(&workspace, &url).await;
    assert_eq!(late.status(), 403);
    assert!(late.text().await.unwrap().contains("Request has expired"));
    let id = answer["statement_id"].as_str().unwrap();
    let chunk = json(session.get(&format!("/api/2.0/sql/statements/{id}/result/chunks/0")).await).await;
    let fresh = text(&chunk["external_links"][0]["external_link"]);
    assert_eq!(follow(&workspace, &fresh).await.status(), 200, "a new link to the same chunk");
    clock(0).await.unwrap();

    let path = format!("/api/2.0/sql/statements/{id}");
    workspace.http.delete(workspace.url(&path)).bearer_auth(&session.token).send().await.unwrap();
    assert_eq!(follow(&workspace, &url).await.status(), 404);

    let log = json!(workspace.requests().await).to_string();
    assert!(!log.contains("signature"), "the log keeps no link that works");
}
