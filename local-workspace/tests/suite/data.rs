//! Facts about the sample data that apps and their tests may build on.

use crate::support::{TestWorkspace, data_dir};
use local_workspace::data::mount;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_have_their_rows() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    for (table, rows) in [
        ("nyctaxi.trips", 21_932),
        ("tpch.region", 5),
        ("tpch.nation", 25),
        ("tpch.supplier", 100),
        ("tpch.customer", 1_500),
        ("tpch.part", 2_000),
        ("tpch.partsupp", 8_000),
        ("tpch.orders", 15_000),
        ("tpch.lineitem", 60_175),
    ] {
        let sql = format!("SELECT CAST(count(*) AS STRING) FROM samples.{table}");
        assert_eq!(session.rows(&sql).await, json!([[rows.to_string()]]), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trips_have_the_columns_of_the_real_sample() {
    let workspace = TestWorkspace::start().await;
    let answer = workspace.sign_in("ada").await.sql("SELECT * FROM samples.nyctaxi.trips LIMIT 1").await;
    let columns: Vec<(String, String)> = answer["manifest"]["schema"]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| (column["name"].as_str().unwrap().to_owned(), column["type_text"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [
        ("tpep_pickup_datetime", "TIMESTAMP"),
        ("tpep_dropoff_datetime", "TIMESTAMP"),
        ("trip_distance", "DOUBLE"),
        ("fare_amount", "DOUBLE"),
        ("pickup_zip", "INT"),
        ("dropoff_zip", "INT"),
    ]
    .map(|(name, kind)| (name.to_owned(), kind.to_owned()));
    assert_eq!(columns, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn trips_follow_the_rhythm_of_the_city() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let number = async |sql: &str| {
        let rows = session.rows(sql).await;
        rows[0][0].as_str().unwrap().parse::<f64>().unwrap()
    };
    let days = "SELECT count(DISTINCT CAST(tpep_pickup_datetime AS DATE)) FROM samples.nyctaxi.trips \
                WHERE tpep_pickup_datetime >= '2016-01-01' AND tpep_pickup_datetime < '2016-03-01'";
    assert_eq!(number(days).await, 60.0);
    let on = |filter: &str| format!("SELECT count(*) FROM samples.nyctaxi.trips WHERE {filter}");
    let blizzard = number(&on("CAST(tpep_pickup_datetime AS DATE) = DATE '2016-01-23'")).await;
    let usual = number(&on("CAST(tpep_pickup_datetime AS DATE) = DATE '2016-01-16'")).await;
    assert!(blizzard * 5.0 < usual, "{blizzard} in the blizzard, {usual} a week before");
    let night = number(&on("hour(tpep_pickup_datetime) = 5")).await;
    let evening = number(&on("hour(tpep_pickup_datetime) = 19")).await;
    assert!(night * 3.0 < evening);
    assert!(number(&on("pickup_zip = 10003 AND dropoff_zip = 11238")).await >= 1.0);
    assert!(number("SELECT corr(trip_distance, fare_amount) FROM samples.nyctaxi.trips").await > 0.9);
    assert_eq!(number(&on("tpep_dropoff_datetime <= tpep_pickup_datetime OR fare_amount < 2.5")).await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_files_is_a_catalog_that_everyone_reads() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("Shop/Sales.csv", "day,amount,who\n2016-01-23,2.5,ada\n2016-01-24,,bob\n");
    write("shop/events.jsonl", "{\"id\": 1, \"tags\": [\"a\"]}\n{\"id\": 2, \"tags\": null}\n");
    write("top.json", "{\"x\": true}\n");
    write("shop/readme.md", "not a table");
    std::fs::copy(data_dir().join("tpch.region.arrow"), folder.path().join("region.arrow")).unwrap();
    let workspace = TestWorkspace::with(&["--data", folder.path().to_str().unwrap()]).await;
    let session = workspace.sign_in("carol").await;
    assert_eq!(session.rows("SHOW SCHEMAS IN local").await, json!([["default"], ["information_schema"], ["shop"]]));
    let tables = session.rows("SHOW TABLES IN local.default").await;
    assert_eq!(tables, json!([["default", "region", "false"], ["default", "top", "false"]]));
    let rows = session.rows("SELECT day, amount, who FROM local.shop.sales ORDER BY day").await;
    assert_eq!(rows, json!([["2016-01-23", "2.5", "ada"], ["2016-01-24", null, "bob"]]));
    assert_eq!(session.rows("DESCRIBE local.shop.sales").await[0], json!(["day", "date", ""]));
    assert_eq!(
        session.rows("SELECT id, tags FROM local.shop.events ORDER BY id").await,
        json!([["1", "[\"a\"]"], ["2", null]])
    );
    assert_eq!(session.rows("SELECT count(*) FROM local.default.region").await, json!([["5"]]));
    assert!(session.failure("INSERT INTO local.default.top VALUES (true)").await.contains("read-only"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_mounted_stops_the_start_and_says_which_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.json"), "[1, 2").unwrap();
    let error = mount(folder.path()).map(drop).unwrap_err().to_string();
    assert!(error.contains("broken.json") && error.contains("one object a line"), "{error}");
    std::fs::write(folder.path().join("broken.json"), "{\"x\": 1}\n").unwrap();
    std::fs::write(folder.path().join("broken.csv"), "x\n1\n").unwrap();
    let error = mount(folder.path()).map(drop).unwrap_err().to_string();
    assert!(error.contains("a second table local.default.broken"), "{error}");
    assert!(mount(&folder.path().join("none")).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn tpch_comes_in_other_sizes() {
    let workspace = TestWorkspace::with(&["--tpch-scale", "0.002"]).await;
    let session = workspace.sign_in("ada").await;
    assert_eq!(session.rows("SELECT count(*) FROM samples.tpch.orders").await, json!([["3000"]]));
    assert_eq!(session.rows("SELECT count(*) FROM samples.tpch.nation").await, json!([["25"]]));
    let usual = TestWorkspace::start().await;
    assert_eq!(usual.sign_in("ada").await.rows("SELECT count(*) FROM samples.tpch.orders").await, json!([["15000"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn tpch_query_6_has_an_answer() {
    let workspace = TestWorkspace::start().await;
    let sql = "SELECT sum(l_extendedprice * l_discount) AS revenue FROM samples.tpch.lineitem \
               WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01' \
               AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24";
    let answer = workspace.sign_in("ada").await.sql(sql).await;
    // The same figure as other generators give for scale factor 0.01.
    assert_eq!(answer["result"]["data_array"], json!([["1193053.2253"]]));
}
