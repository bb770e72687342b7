//! The query history: whose statements, in which order, and what of them.

use crate::support::{TestWorkspace, WAREHOUSE, json};
use serde_json::{Value, json};

const HISTORY: &str = "/api/2.0/sql/history/queries";

#[tokio::test(flavor = "multi_thread")]
async fn people_see_their_own_statements_and_admins_all() {
    let workspace = TestWorkspace::start().await;
    let (ada, bob) = (workspace.sign_in("ada").await, workspace.sign_in("bob").await);
    bob.sql("SELECT 1 AS of_bob").await;
    bob.failure("SELECT nonsense").await;
    ada.sql("SELECT 2 AS of_ada").await;
    let texts = |list: &Value| {
        let mut texts: Vec<String> =
            list["res"].as_array().unwrap().iter().map(|one| one["query_text"].as_str().unwrap().to_owned()).collect();
        texts.sort();
        texts
    };
    let of_bob = json(bob.get(HISTORY).await).await;
    assert_eq!(texts(&of_bob), ["SELECT 1 AS of_bob", "SELECT nonsense"]);
    assert_eq!(texts(&json(ada.get(HISTORY).await).await).len(), 3);

    let find = |text: &str| of_bob["res"].as_array().unwrap().iter().find(|one| one["query_text"] == text).unwrap();
    let good = find("SELECT 1 AS of_bob");
    assert_eq!(good["status"], "FINISHED");
    assert_eq!(good["rows_produced"], 1);
    assert_eq!(good["user_name"], "bob@example.com");
    assert_eq!(good["warehouse_id"], WAREHOUSE);
    assert!(good["query_end_time_ms"].as_i64().unwrap() >= good["query_start_time_ms"].as_i64().unwrap());
    let bad = find("SELECT nonsense");
    assert_eq!(bad["status"], "FAILED");
    assert!(bad["error_message"].as_str().unwrap().contains("UNRESOLVED_COLUMN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_until_there_is_no_token() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("carol").await;
    for number in 0..5 {
        session.sql(&format!("SELECT {number}")).await;
    }
    let (mut ids, mut token) = (Vec::new(), String::new());
    loop {
        let page = json(session.get(&format!("{HISTORY}?max_results=2&page_token={token}")).await).await;
        ids.extend(page["res"].as_array().unwrap().iter().map(|one| one["query_id"].clone()));
        let Some(next) = page.get("next_page_token") else { break };
        assert_eq!(page["has_next_page"], true);
        token = next.as_str().unwrap().to_owned();
    }
    assert_eq!(ids.len(), 5);
    assert_eq!(session.get(&format!("{HISTORY}?page_token=x")).await.status(), 400);
    assert_ne!(json!(ids[0]), json!(ids[4]));
}
