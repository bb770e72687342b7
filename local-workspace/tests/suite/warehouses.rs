use crate::support::{TestWorkspace, WAREHOUSE, json};
use serde_json::{Value, json};
use std::time::Duration;

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
    let workspace = TestWorkspace::with(&["--warehouse-start", "1s"]).await;
    let session = workspace.sign_in("ada").await;
    let path = format!("{LIST}/{WAREHOUSE}");
    let state = async || json(session.get(&path).await).await["state"].clone();
    assert_eq!(state().await, "STOPPED");
    let answer = session.post(&format!("{path}/start"), json!({})).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(json(answer).await, json!({}));
    assert_eq!(state().await, "STARTING");
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    assert_eq!(state().await, "RUNNING");
    session.post(&format!("{path}/stop"), json!({})).await;
    assert_eq!(state().await, "STOPPED");
}

#[tokio::test]
async fn a_statement_wakes_a_cold_warehouse_and_waits_for_it() {
    let workspace = TestWorkspace::with(&["--warehouse-start", "1s"]).await;
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
