//! A failed statement is HTTP 200 with the words of Databricks. The messages of DataFusion that they are made from
//! have no promise of stability, so every translation has its case here.

use crate::support::TestWorkspace;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn errors_carry_class_and_sql_state() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let cases = [
        ("INSER INTO x", "[PARSE_SYNTAX_ERROR] Syntax error at or near 'INSER'.", "42601"),
        ("SELECT 1 +", "[PARSE_SYNTAX_ERROR] Syntax error at or near end of input.", "42601"),
        (
            "SELECT * FROM samples.nyctaxi.nope",
            "[TABLE_OR_VIEW_NOT_FOUND] The table or view `samples`.`nyctaxi`.`nope` cannot be found.",
            "42P01",
        ),
        (
            "SELECT nope FROM samples.nyctaxi.trips",
            "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `nope`",
            "42703",
        ),
        ("SELECT nope", "[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION]", "42703"),
        ("SELECT nope(1)", "[UNRESOLVED_ROUTINE] Cannot resolve routine `nope`", "42883"),
        (
            "SELECT pickup_zip, count(*) FROM samples.nyctaxi.trips",
            "[MISSING_AGGREGATION] The non-aggregating expression \"pickup_zip\"",
            "42803",
        ),
        ("SELECT 1 / 0", "[DIVIDE_BY_ZERO] Division by zero.", "22012"),
        ("SELECT 1 % 0", "[DIVIDE_BY_ZERO] Division by zero.", "22012"),
        ("SELECT fare_amount / 0 FROM samples.nyctaxi.trips", "[DIVIDE_BY_ZERO] Division by zero.", "22012"),
        ("SELECT CAST('abc' AS INT)", "[CAST_INVALID_INPUT]", "22018"),
        ("SELECT CAST(fare_amount || 'x' AS INT) FROM samples.nyctaxi.trips", "[CAST_INVALID_INPUT]", "22018"),
        ("SELECT :absent", "[UNBOUND_SQL_PARAMETER] Found the unbound parameter: absent.", "42P02"),
    ];
    for (sql, beginning, sql_state) in cases {
        let answer = session.statement(sql, json!({})).await;
        let status = &answer["status"];
        assert_eq!(status["state"], "FAILED", "{sql}");
        assert_eq!(status["error"]["error_code"], "BAD_REQUEST");
        let message = status["error"]["message"].as_str().unwrap();
        assert!(message.trim_start().starts_with(beginning), "{sql}: {message}");
        assert!(message.contains(&format!("SQLSTATE: {sql_state}")), "{sql}: {message}");
        assert_eq!(status["sql_state"], sql_state);
        assert!(answer.get("manifest").is_none() && answer.get("result").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_syntax_error_points_at_its_place() {
    let workspace = TestWorkspace::start().await;
    let message = workspace.sign_in("ada").await.failure("SELECT 1\nFROM )").await;
    assert!(message.contains("(line 2, pos "), "{message}");
    assert!(message.contains("== SQL ==\nSELECT 1\nFROM )\n"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_found_is_pointed_at() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    for (sql, end) in [
        ("SELECT 1\nFROM samples.tpch.nope", "SQLSTATE: 42P01; line 2 pos 5"),
        ("SELECT r_name,\n  nope FROM samples.tpch.region", "SQLSTATE: 42703; line 2 pos 2"),
        ("SELECT nope(1)", "SQLSTATE: 42883; line 1 pos 7"),
    ] {
        let message = session.failure(sql).await;
        assert!(message.ends_with(end), "{sql}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_queries_are_permitted() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    for sql in [
        "CREATE TABLE t AS SELECT 1",
        "DROP TABLE samples.nyctaxi.trips",
        "INSERT INTO samples.tpch.region VALUES (9, 'x', 'y')",
        "UPDATE samples.tpch.region SET r_name = 'x'",
        "DELETE FROM samples.tpch.region",
        "COPY (SELECT 1) TO '/tmp/local-workspace-must-not-write.csv'",
        "COPY samples.tpch.region TO 'file:///tmp/local-workspace-must-not-write.csv'",
        "CREATE EXTERNAL TABLE passwd STORED AS CSV LOCATION '/etc/passwd'",
        "EXPLAIN ANALYZE INSERT INTO samples.tpch.region VALUES (9, 'x', 'y')",
        "SET datafusion.execution.batch_size = 1",
    ] {
        let message = session.failure(sql).await;
        assert!(message.contains("PERMISSION_DENIED"), "{sql}: {message}");
    }
    assert_eq!(session.rows("SELECT count(*) FROM samples.tpch.region").await, json!([["5"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_this_machine_are_out_of_reach() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    for sql in [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM `/etc/passwd`",
        "SELECT * FROM 'file:///etc/passwd'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM csv.`/etc/passwd`",
    ] {
        let message = session.failure(sql).await;
        assert!(!message.contains("root:"), "{message}");
    }
}
