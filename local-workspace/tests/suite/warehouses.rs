use crate::support::{TestWorkspace, WAREHOUSE, json};
use serde_json::{Value, json};
use std::time::Duration;

/// A product of 10^13 rows: nobody waits for its end.
const ENDLESS: &str = "SELECT sum(a.fare_amount * b.fare_amount * c.fare_amount) \
                       FROM samples.nyctaxi.trips a, samples.nyctaxi.trips b, samples.nyctaxi.trips c";

const LIST: &str = "/api/2.0/sql/warehouses";

#[tokio::test]
async fn warehouses_are_listed_and_run_from_the_beginning() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("bob").await;
    let list = json(session.get(LIST).await).await;
    let first = &list["warehouses"][0];
    assert_eq!(first["id"], WAREHOUSE);
    assert_eq!(first["state"], "RUNNING");
    assert_eq!(first["health"]["status"], "HEALTHY");
    assert_eq!(first["odbc_params"]["path"], format!("/sql/1.0/warehouses/{WAREHOUSE}"));
    assert_eq!(json(session.get(&format!("{LIST}/{WAREHOUSE}")).await).await, *first);
}

#[tokio::test]
async fn unknown_warehouses_are_404_and_malformed_ids_400() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("bob").await;
    for (id, status, code) in
        [("0123456789abcdef", 404, "RESOURCE_DOES_NOT_EXIST"), ("nonsense", 400, "INVALID_PARAMETER_VALUE")]
    {
        let statement = json!({"statement": "SELECT 1", "warehouse_id": id});
        for answer in
            [session.get(&format!("{LIST}/{id}")).await, session.post("/api/2.0/sql/statements", statement).await]
        {
            assert_eq!(answer.status(), status);
            assert_eq!(json(answer).await["error_code"], code);
        }
    }
}

#[tokio::test]
async fn start_and_stop_take_effect_in_time() {
    let workspace = TestWorkspace::with(&["--warehouse-start", "3s"]).await;
    let session = workspace.sign_in("ada").await;
    let path = format!("{LIST}/{WAREHOUSE}");
    let state = async || json(session.get(&path).await).await["state"].clone();
    assert_eq!(state().await, "STOPPED");
    let answer = session.post(&format!("{path}/start"), json!({})).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(json(answer).await, json!({}));
    assert_eq!(state().await, "STARTING");
    tokio::time::sleep(Duration::from_millis(3_300)).await;
    assert_eq!(state().await, "RUNNING");
    session.post(&format!("{path}/stop"), json!({})).await;
    assert_eq!(state().await, "STOPPED");
}

#[tokio::test]
async fn a_statement_wakes_a_cold_warehouse_and_waits_for_it() {
    let workspace = TestWorkspace::with(&["--warehouse-start", "4s"]).await;
    let session = workspace.sign_in("ada").await;
    let answer: Value = session.statement("SELECT 1", json!({"wait_timeout": "0s"})).await;
    assert_eq!(answer["status"], json!({"state": "PENDING"}));
    let id = answer["statement_id"].as_str().unwrap();
    let path = format!("/api/2.0/sql/statements/{id}");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(json(session.get(&path).await).await["status"]["state"], "PENDING");
    assert_eq!(json(session.get(&format!("{LIST}/{WAREHOUSE}")).await).await["state"], "STARTING");
    assert_eq!(session.settle(id).await["status"]["state"], "SUCCEEDED");
}

#[tokio::test]
async fn a_list_shows_what_the_user_may_use_and_the_rest_is_denied() {
    let workspace = TestWorkspace::start().await;
    for (user, names) in [
        ("ada", &["Starter Warehouse", "Reporting", "Finance"][..]),
        ("bob", &["Starter Warehouse", "Reporting"]),
        ("carol", &["Starter Warehouse"]),
    ] {
        let session = workspace.sign_in(user).await;
        let list = json(session.get(LIST).await).await;
        let listed: Vec<&Value> = list["warehouses"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
        assert_eq!(listed, names, "{user}");
    }
    let finance = "84840000c0ffee03";
    let (ada, carol) = (workspace.sign_in("ada").await, workspace.sign_in("carol").await);
    let statement = json!({"statement": "SELECT 1", "warehouse_id": finance});
    for answer in [
        carol.get(&format!("{LIST}/{finance}")).await,
        carol.post(&format!("{LIST}/{finance}/stop"), json!({})).await,
        carol.post("/api/2.0/sql/statements", statement.clone()).await,
    ] {
        assert_eq!(answer.status(), 403);
        assert_eq!(json(answer).await["error_code"], "PERMISSION_DENIED");
    }
    assert_eq!(json(ada.get(&format!("{LIST}/{finance}")).await).await["state"], "RUNNING");
    assert_eq!(ada.post("/api/2.0/sql/statements", statement).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_without_a_free_place_waits_until_another_ends() {
    let workspace = TestWorkspace::with(&["--warehouse-slots", "1"]).await;
    let session = workspace.sign_in("ada").await;
    let first = session.statement(ENDLESS, json!({"wait_timeout": "0s"})).await;
    let first = format!("/api/2.0/sql/statements/{}", first["statement_id"].as_str().unwrap());
    let state = async |path: &str| json(session.get(path).await).await["status"]["state"].clone();
    while state(&first).await != "RUNNING" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let queued = session.statement("SELECT 1", json!({"wait_timeout": "5s"})).await;
    assert_eq!(queued["status"], json!({"state": "PENDING"}));
    assert_eq!(json(session.get(&format!("{LIST}/{WAREHOUSE}")).await).await["num_active_sessions"], 1);
    session.post(&format!("{first}/cancel"), json!({})).await;
    assert_eq!(session.settle(queued["statement_id"].as_str().unwrap()).await["status"]["state"], "SUCCEEDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_is_canceled_in_the_queue_never_runs() {
    let workspace = TestWorkspace::with(&["--warehouse-slots", "1"]).await;
    let session = workspace.sign_in("ada").await;
    let more = json!({"wait_timeout": "0s"});
    let first = session.statement(ENDLESS, more.clone()).await;
    let second = session.statement("SELECT 1", more).await;
    let id = second["statement_id"].as_str().unwrap();
    session.post(&format!("/api/2.0/sql/statements/{id}/cancel"), json!({})).await;
    assert_eq!(session.settle(id).await["status"]["state"], "CANCELED");
    let id = first["statement_id"].as_str().unwrap();
    session.post(&format!("/api/2.0/sql/statements/{id}/cancel"), json!({})).await;
    assert_eq!(session.rows("SELECT 2").await, json!([["2"]]), "the place is free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_warehouse_stops_by_itself_and_a_busy_one_does_not() {
    let workspace = TestWorkspace::with(&["--auto-stop", "1s"]).await;
    let session = workspace.sign_in("ada").await;
    let path = format!("{LIST}/{WAREHOUSE}");
    let state = async || json(session.get(&path).await).await["state"].clone();
    let running = session.statement(ENDLESS, json!({"wait_timeout": "0s"})).await;
    session.sql("SELECT 1").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(state().await, "RUNNING", "a statement runs there");
    let id = running["statement_id"].as_str().unwrap();
    session.post(&format!("/api/2.0/sql/statements/{id}/cancel"), json!({})).await;
    while state().await != "STOPPED" {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    session.sql("SELECT 1").await;
}
