//! Grants: what each person sees in the lists and reads in SQL, and that both agree.

use crate::support::{Session, TestWorkspace};
use serde_json::{Value, json};

const UNITY: &str = "/api/2.1/unity-catalog";

async fn list(session: &Session<'_>, path: &str) -> Value {
    let answer = session.get(&format!("{UNITY}/{path}")).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

async fn names(session: &Session<'_>, kind: &str, query: &str) -> Vec<String> {
    let answer = list(session, &format!("{kind}?{query}")).await;
    let documents = answer[kind].as_array().cloned().unwrap_or_default();
    documents.iter().map(|document| document["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ada_reads_all_bob_some_carol_little() {
    let workspace = TestWorkspace::start().await;
    let query = "catalog_name=samples&schema_name=tpch";
    for (user, readable) in [
        ("ada", &["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"][..]),
        ("bob", &["customer", "lineitem", "nation", "orders", "part", "region"]),
        ("carol", &[]),
    ] {
        let session = workspace.sign_in(user).await;
        assert_eq!(names(&session, "tables", query).await, readable, "{user}");
        let browsed = names(&session, "tables", &format!("{query}&include_browse=true")).await;
        assert_eq!(browsed.len(), 8, "{user} may browse");
        for table in &browsed {
            let sql = format!("SELECT count(*) FROM samples.tpch.{table}");
            if readable.contains(&table.as_str()) {
                session.rows(&sql).await;
            } else {
                let message = session.failure(&sql).await;
                let missing = if user == "bob" {
                    format!("User does not have SELECT on Table 'samples.tpch.{table}'.")
                } else {
                    "User does not have USE SCHEMA on Schema 'samples.tpch'.".to_owned()
                };
                assert!(message.contains("[INSUFFICIENT_PERMISSIONS]") && message.contains(&missing), "{message}");
            }
        }
        assert_eq!(session.rows("SELECT count(*) FROM samples.nyctaxi.trips").await, json!([["21932"]]), "{user}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalog_and_a_schema_tell_of_themselves_as_the_lists_do() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("carol").await;
    for (kind, query, name) in [
        ("catalogs", "include_browse=true", "samples"),
        ("schemas", "catalog_name=samples&include_browse=true", "samples.tpch"),
    ] {
        let listed = list(&session, &format!("{kind}?{query}")).await;
        let one = list(&session, &format!("{kind}/{name}?include_browse=true")).await;
        assert!(listed[kind].as_array().is_some_and(|all| all.contains(&one)), "{one} in {listed}");
        let missing = session.get(&format!("{UNITY}/{kind}/{name}x")).await;
        assert_eq!(missing.status(), 404, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn information_schema_agrees_with_the_lists() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("bob").await;
    let sql =
        "SELECT table_name FROM samples.information_schema.tables WHERE table_schema = 'tpch' ORDER BY table_name";
    let listed = names(&session, "tables", "catalog_name=samples&schema_name=tpch&include_browse=true").await;
    assert_eq!(session.rows(sql).await, json!(listed.iter().map(|name| [name]).collect::<Vec<_>>()));
    let sql = "SELECT count(*) FROM samples.information_schema.columns WHERE table_name = 'supplier'";
    assert_eq!(session.rows(sql).await, json!([["7"]]), "columns of a table that may be browsed only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_filter_and_a_column_mask_spare_administrators() {
    let workspace = TestWorkspace::start().await;
    let (ada, bob) = (workspace.sign_in("ada").await, workspace.sign_in("bob").await);
    let urgent = "SELECT count(*) > 0 FROM samples.tpch.orders WHERE o_orderpriority = '1-URGENT'";
    assert_eq!(ada.rows(urgent).await, json!([["true"]]));
    assert_eq!(bob.rows(urgent).await, json!([["false"]]));
    let phones = "SELECT count(DISTINCT c_phone) FROM samples.tpch.customer";
    assert_eq!(ada.rows(phones).await, json!([["1500"]]));
    assert_eq!(bob.rows(phones).await, json!([["1"]]));
    let by_phone = "SELECT count(*) FROM samples.tpch.customer WHERE c_phone LIKE '25-%'";
    assert_eq!(bob.rows(by_phone).await, json!([["0"]]), "a filter sees the mask, too");
    let all = bob.sql("SELECT * FROM samples.tpch.customer LIMIT 1").await;
    let columns: Vec<_> =
        all["manifest"]["schema"]["columns"].as_array().unwrap().iter().map(|c| c["name"].clone()).collect();
    assert_eq!(columns[0], "c_custkey");
    assert_eq!(columns.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_known_in_sql() {
    let workspace = TestWorkspace::start().await;
    let sql = "SELECT is_account_group_member('analysts'), is_member('admins'), is_account_group_member('nobody')";
    assert_eq!(workspace.sign_in("bob").await.rows(sql).await, json!([["true", "false", "false"]]));
    assert_eq!(workspace.sign_in("ada").await.rows(sql).await, json!([["true", "true", "false"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_pages_and_an_empty_page_may_have_a_next_one() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("bob").await;
    let path = "tables?catalog_name=samples&schema_name=tpch&max_results=1&omit_columns=true";
    let (mut found, mut empty, mut token) = (Vec::new(), 0, String::new());
    for _ in 0..20 {
        let page = list(&session, &format!("{path}&page_token={token}")).await;
        match page["tables"].as_array() {
            Some(tables) => found.extend(tables.iter().map(|table| table["name"].as_str().unwrap().to_owned())),
            None => empty += 1,
        }
        match page["next_page_token"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => break,
        }
    }
    assert_eq!(found, ["customer", "lineitem", "nation", "orders", "part", "region"]);
    assert_eq!(empty, 2, "partsupp and supplier are hidden from bob");
    let wrong = session.get(&format!("{UNITY}/{path}&page_token=x")).await;
    assert_eq!(wrong.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_tells_its_columns_and_what_is_hidden_does_not_exist() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("carol").await;
    let trips = list(&session, "tables/samples.nyctaxi.trips").await;
    assert_eq!((&trips["full_name"], &trips["browse_only"]), (&json!("samples.nyctaxi.trips"), &json!(false)));
    assert_eq!(trips["columns"][0]["name"], "tpep_pickup_datetime");
    assert_eq!(trips["columns"][0]["type_text"], "timestamp");
    let orders = list(&session, "tables/samples.tpch.orders").await;
    assert_eq!(orders["comment"], "Orders; urgent ones are left out for all but administrators");
    assert_eq!((&orders["owner"], &orders["created_at"]), (&json!("admins"), &json!(1_704_067_200_000_u64)));
    let price = &orders["columns"][3];
    let type_json: Value = serde_json::from_str(price["type_json"].as_str().unwrap()).unwrap();
    let comment = "Sum of its items after discount and tax, US dollars";
    assert_eq!(
        type_json,
        json!({"name": "o_totalprice", "type": "decimal(15,2)", "nullable": true, "metadata": {"comment": comment}})
    );
    assert_eq!(price["comment"], comment);
    assert_eq!(
        (&price["type_name"], &price["type_precision"], &price["type_scale"], &price["position"]),
        (&json!("DECIMAL"), &json!(15), &json!(2), &json!(3))
    );
    assert_eq!(list(&session, "tables/samples.tpch.orders").await["browse_only"], true);
    for name in ["samples.tpch.none", "none.tpch.orders", "orders"] {
        assert_eq!(session.get(&format!("{UNITY}/tables/{name}")).await.status(), 404, "{name}");
    }
    assert_eq!(names(&session, "catalogs", "").await, ["samples", "scratch"]);
    assert_eq!(names(&session, "schemas", "catalog_name=samples").await, ["nyctaxi"]);
    let browsed = list(&session, "schemas?catalog_name=samples&include_browse=true").await;
    let marks: Vec<_> =
        browsed["schemas"].as_array().unwrap().iter().map(|schema| (&schema["name"], &schema["browse_only"])).collect();
    assert_eq!(marks, [(&json!("nyctaxi"), &json!(false)), (&json!("tpch"), &json!(true))]);
    assert_eq!(session.get(&format!("{UNITY}/schemas")).await.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_column_has_a_comment() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("ada").await;
    let mut columns = 0;
    for schema in ["nyctaxi", "tpch"] {
        let tables = list(&session, &format!("tables?catalog_name=samples&schema_name={schema}")).await;
        for table in tables["tables"].as_array().unwrap() {
            for column in table["columns"].as_array().unwrap() {
                assert!(column["comment"].is_string(), "{} of {}", column["name"], table["name"]);
                columns += 1;
            }
        }
    }
    assert_eq!(columns, 6 + 61);
}
