//! What a result looks like on the wire: types, cells, parameters, chunks, limits.

use crate::support::{TestWorkspace, json};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_is_text_or_null_and_types_have_databricks_names() {
    let workspace = TestWorkspace::start().await;
    let answer = workspace
        .sign_in("ada")
        .await
        .sql(
            "SELECT CAST(1 AS INT) AS an_int, CAST(2 AS BIGINT) AS a_long, 12.50 AS a_decimal, \
             CAST(2.5 AS DOUBLE) AS a_double, 'text' AS a_string, true AS a_boolean, DATE '2016-02-29' AS a_date, \
             TIMESTAMP '2016-02-01 00:00:00' AS a_timestamp, CAST(NULL AS STRING) AS a_null, NULL AS nothing, \
             array(1, 2) AS a_list",
        )
        .await;
    let columns = answer["manifest"]["schema"]["columns"].as_array().unwrap();
    let types: Vec<(&str, &str)> = columns
        .iter()
        .map(|column| (column["type_text"].as_str().unwrap(), column["type_name"].as_str().unwrap()))
        .collect();
    assert_eq!(
        types,
        [
            ("INT", "INT"),
            ("BIGINT", "LONG"),
            ("DECIMAL(4,2)", "DECIMAL"),
            ("DOUBLE", "DOUBLE"),
            ("STRING", "STRING"),
            ("BOOLEAN", "BOOLEAN"),
            ("DATE", "DATE"),
            ("TIMESTAMP", "TIMESTAMP"),
            ("STRING", "STRING"),
            ("VOID", "NULL"),
            ("ARRAY<BIGINT>", "ARRAY"),
        ]
    );
    let decimal = json!({"name": "a_decimal", "type_text": "DECIMAL(4,2)", "type_name": "DECIMAL",
                         "type_precision": 4, "type_scale": 2, "position": 2});
    assert_eq!(columns[2], decimal);
    let row = json!([
        "1",
        "2",
        "12.50",
        "2.5",
        "text",
        "true",
        "2016-02-29",
        "2016-02-01T00:00:00.000Z",
        null,
        null,
        "[1,2]"
    ]);
    assert_eq!(answer["result"]["data_array"], json!([row]));
    assert_eq!(answer["manifest"]["format"], "JSON_ARRAY");
    assert_eq!(answer["manifest"]["truncated"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_take_part_under_their_declared_type() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let parameters = json!([
        {"name": "s", "value": "it's; DROP --"},
        {"name": "i", "value": "5", "type": "INT"},
        {"name": "l", "value": "5000000000", "type": "LONG"},
        {"name": "f", "value": "0.25", "type": "DOUBLE"},
        {"name": "d", "value": "12.345", "type": "DECIMAL(10, 2)"},
        {"name": "day", "value": "2016-01-23", "type": "DATE"},
        {"name": "moment", "value": "2016-01-23T14:30:00Z", "type": "TIMESTAMP"},
        {"name": "yes", "value": "true", "type": "BOOLEAN"},
        {"name": "nothing", "type": "BIGINT"},
        {"name": "unused", "value": "1"},
    ]);
    let sql = "SELECT :s, :i + 1, :l, :f, :d, :day, :moment, :yes, :nothing, :s AS again";
    let answer = session.statement(sql, json!({"parameters": parameters})).await;
    let types: Vec<&Value> =
        answer["manifest"]["schema"]["columns"].as_array().unwrap().iter().map(|column| &column["type_text"]).collect();
    let row = json!([
        "it's; DROP --",
        "6",
        "5000000000",
        "0.25",
        "12.35",
        "2016-01-23",
        "2016-01-23T14:30:00.000Z",
        "true",
        null,
        "it's; DROP --"
    ]);
    assert_eq!(answer["result"]["data_array"], json!([row]), "{}", answer["status"]);
    assert_eq!(types[2..9], ["BIGINT", "DOUBLE", "DECIMAL(10,2)", "DATE", "TIMESTAMP", "BOOLEAN", "BIGINT"]);

    let limits = json!({"parameters": [{"name": "zip", "value": "10003", "type": "INT"},
                                       {"name": "n", "value": "3", "type": "INT"}]});
    let sql = "SELECT pickup_zip FROM samples.nyctaxi.trips WHERE pickup_zip = :zip LIMIT :n";
    assert_eq!(session.statement(sql, limits).await["manifest"]["total_row_count"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_result_comes_in_chunks_of_32_000_rows() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let sql = "SELECT r.r_regionkey FROM samples.nyctaxi.trips t CROSS JOIN samples.tpch.region r LIMIT 70000";
    let answer = session.sql(sql).await;
    let manifest = &answer["manifest"];
    assert_eq!(manifest["total_row_count"], 70_000);
    assert_eq!(manifest["total_chunk_count"], 3);
    assert_eq!(manifest["chunks"][2], json!({"chunk_index": 2, "row_offset": 64_000, "row_count": 6_000}));

    let mut result = answer["result"].clone();
    let mut rows = 0;
    loop {
        let cells = result["data_array"].as_array().unwrap();
        assert_eq!(result["row_offset"], rows);
        assert_eq!(result["row_count"], cells.len());
        rows += cells.len();
        let Some(next) = result.get("next_chunk_internal_link") else { break };
        result = json(session.get(next.as_str().unwrap()).await).await;
    }
    assert_eq!(rows, 70_000);
    assert!(result.get("next_chunk_index").is_none());
    let id = answer["statement_id"].as_str().unwrap();
    assert_eq!(session.get(&format!("/api/2.0/sql/statements/{id}/result/chunks/3")).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_limit_truncates_and_says_so() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    for (limit, rows, truncated) in [(10, 10, true), (25, 25, false), (26, 25, false)] {
        let answer = session.statement("SELECT * FROM samples.tpch.nation", json!({"row_limit": limit})).await;
        assert_eq!(answer["manifest"]["total_row_count"], rows);
        assert_eq!(answer["manifest"]["truncated"], truncated, "limit {limit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_limit_truncates_and_says_so() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    // Of eight bytes each.
    let sql = "SELECT CAST(n_nationkey AS BIGINT) FROM samples.tpch.nation";
    for (limit, rows, truncated) in [(80, 10, true), (87, 10, true), (7, 0, true), (200, 25, false)] {
        let answer = session.statement(sql, json!({"byte_limit": limit})).await;
        assert_eq!(answer["manifest"]["total_row_count"], rows, "limit {limit}");
        assert_eq!(answer["manifest"]["truncated"], truncated, "limit {limit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rows_is_an_empty_result() {
    let workspace = TestWorkspace::start().await;
    let answer = workspace.sign_in("ada").await.sql("SELECT * FROM samples.tpch.nation WHERE false").await;
    assert_eq!(answer["result"], json!({}));
    assert_eq!(answer["manifest"]["total_row_count"], 0);
    assert_eq!(answer["manifest"]["total_chunk_count"], 0);
    assert_eq!(answer["manifest"]["schema"]["column_count"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_25_mib_fails_the_statement() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let message = session.failure("SELECT a.*, b.* FROM samples.nyctaxi.trips a, samples.nyctaxi.trips b").await;
    assert!(message.contains("disposition=INLINE can have a result size of at most 26214400 bytes"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_knows_its_user() {
    let workspace = TestWorkspace::start().await;
    for user in ["ada", "bob"] {
        let session = workspace.sign_in(user).await;
        let email = format!("{user}@example.com");
        let rows = session.rows("SELECT current_user(), session_user() AS same, current_user AS bare").await;
        assert_eq!(rows, json!([[email, email, email]]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_without_alias_are_called_by_their_text() {
    let workspace = TestWorkspace::start().await;
    let answer = workspace
        .sign_in("ada")
        .await
        .sql("SELECT 1, 'x', count(*), sum(t.fare_amount) FROM samples.nyctaxi.trips t")
        .await;
    let names: Vec<&Value> =
        answer["manifest"]["schema"]["columns"].as_array().unwrap().iter().map(|column| &column["name"]).collect();
    assert_eq!(names, ["1", "x", "count(*)", "sum(t.fare_amount)"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_means_what_it_means_on_databricks() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let rows =
        session.rows("SELECT 5 / 2, 1 / 4.0, hour(TIMESTAMP '2016-01-23 14:30:00'), year(DATE '2016-01-23')").await;
    assert_eq!(rows[0][0], "2.5");
    assert!(rows[0][1].as_str().unwrap().starts_with("0.25"));
    assert_eq!(rows[0][2], "14");
    assert_eq!(rows[0][3], "2016");
    let by_hour = "SELECT hour(tpep_pickup_datetime) AS hour, count(*) FROM samples.nyctaxi.trips \
                   GROUP BY hour(tpep_pickup_datetime) ORDER BY hour";
    assert_eq!(session.rows(by_hour).await.as_array().unwrap().len(), 24);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_can_name_a_table_and_nothing_else() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("carol").await;
    let run = async |table: &str| {
        let more = json!({"parameters": [{"name": "t", "value": table}]});
        session.statement("SELECT count(*) FROM IDENTIFIER(:t)", more).await
    };
    assert_eq!(run("samples.nyctaxi.trips").await["result"]["data_array"], json!([["21932"]]));
    for (table, class) in [
        ("samples.tpch.region", "[INSUFFICIENT_PERMISSIONS]"),
        ("samples.nyctaxi.trips; SELECT 1", "[INVALID_IDENTIFIER]"),
        ("(SELECT 1)", "[INVALID_IDENTIFIER]"),
    ] {
        let status = run(table).await["status"].clone();
        assert!(status["error"]["message"].as_str().unwrap().contains(class), "{table}: {status}");
    }
}
