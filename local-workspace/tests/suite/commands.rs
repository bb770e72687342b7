//! SHOW, DESCRIBE, GRANT and what writes to the scratch catalog; and that all of it agrees with the catalog API.

use crate::support::{Session, TestWorkspace, json};
use serde_json::{Value, json};

const UNITY: &str = "/api/2.1/unity-catalog";

async fn column(session: &Session<'_>, sql: &str, index: usize) -> Vec<String> {
    let rows = session.rows(sql).await;
    let rows = rows.as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row[index].as_str().unwrap().to_owned()).collect()
}

async fn listed(session: &Session<'_>, kind: &str, query: &str) -> Vec<String> {
    let answer = json(session.get(&format!("{UNITY}/{kind}?include_browse=true&{query}")).await).await;
    let documents = answer[kind].as_array().cloned().unwrap_or_default();
    documents.iter().map(|document| document["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn show_and_the_lists_agree_for_everyone() {
    let workspace = TestWorkspace::start().await;
    for user in ["ada", "bob", "carol"] {
        let session = workspace.sign_in(user).await;
        assert_eq!(column(&session, "SHOW CATALOGS", 0).await, listed(&session, "catalogs", "").await);
        let schemas = column(&session, "SHOW SCHEMAS IN samples", 0).await;
        let mut expected = listed(&session, "schemas", "catalog_name=samples").await;
        expected.insert(0, "information_schema".to_owned());
        assert_eq!(schemas, expected, "{user}");
        let tables = column(&session, "SHOW TABLES IN samples.tpch", 1).await;
        assert_eq!(tables, listed(&session, "tables", "catalog_name=samples&schema_name=tpch").await);
        let sql = "SELECT table_name FROM samples.information_schema.tables WHERE table_schema = 'tpch' ORDER BY 1";
        assert_eq!(tables, column(&session, sql, 0).await);
    }
    let ada = workspace.sign_in("ada").await;
    assert_eq!(
        column(&ada, "SHOW TABLES IN samples.tpch LIKE '*part*|region'", 1).await,
        ["part", "partsupp", "region"]
    );
    assert_eq!(column(&ada, "SHOW COLUMNS IN samples.tpch.region", 0).await, ["r_regionkey", "r_name", "r_comment"]);
    assert_eq!(column(&ada, "SHOW SCHEMAS LIKE 'tp*'", 0).await, ["tpch"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn describe_tells_types_comments_and_owner() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("bob").await;
    let answer = session.sql("DESCRIBE TABLE samples.tpch.region").await;
    let names: Vec<&Value> =
        answer["manifest"]["schema"]["columns"].as_array().unwrap().iter().map(|column| &column["name"]).collect();
    assert_eq!(names, ["col_name", "data_type", "comment"]);
    let columns = json!([
        ["r_regionkey", "bigint", "Key of the region"],
        ["r_name", "string", "Name, in capitals"],
        ["r_comment", "string", "Text of any kind"],
    ]);
    assert_eq!(answer["result"]["data_array"], columns);
    let more = session.rows("DESC EXTENDED samples.tpch.region").await;
    let more = more.as_array().unwrap();
    for row in [["Owner", "admins", ""], ["Type", "MANAGED", ""], ["Comment", "Regions of the world", ""]] {
        assert!(more.contains(&json!(row)), "{row:?} in {more:?}");
    }
    let missing = session.failure("DESCRIBE samples.tpch.nope").await;
    assert!(missing.starts_with("[TABLE_OR_VIEW_NOT_FOUND]"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_opens_and_its_revocation_closes() {
    let workspace = TestWorkspace::start().await;
    let (ada, carol) = (workspace.sign_in("ada").await, workspace.sign_in("carol").await);
    let sql = "SELECT count(*) FROM samples.tpch.region";
    assert!(carol.failure(sql).await.contains("User does not have USE SCHEMA on Schema 'samples.tpch'."));
    ada.sql("GRANT USE SCHEMA ON SCHEMA samples.tpch TO `carol@example.com`").await;
    assert!(carol.failure(sql).await.contains("User does not have SELECT on Table 'samples.tpch.region'."));
    ada.sql("GRANT SELECT ON TABLE samples.tpch.region TO `carol@example.com`").await;
    assert_eq!(carol.rows(sql).await, json!([["5"]]));
    let tables = json(carol.get(&format!("{UNITY}/tables?catalog_name=samples&schema_name=tpch")).await).await;
    assert_eq!(tables["tables"][0]["name"], "region", "the list follows at once");
    let grants = ada.rows("SHOW GRANTS `carol@example.com` ON TABLE samples.tpch.region").await;
    assert_eq!(
        grants,
        json!([
            ["carol@example.com", "SELECT", "TABLE", "samples.tpch.region"],
            ["carol@example.com", "USE SCHEMA", "SCHEMA", "samples.tpch"],
        ])
    );
    ada.sql("REVOKE SELECT ON samples.tpch.region FROM `carol@example.com`").await;
    assert!(carol.failure(sql).await.contains("User does not have SELECT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_own_it_grants_nothing() {
    let workspace = TestWorkspace::start().await;
    let (ada, bob) = (workspace.sign_in("ada").await, workspace.sign_in("bob").await);
    let message = bob.failure("GRANT SELECT ON TABLE samples.tpch.supplier TO `bob@example.com`").await;
    assert!(message.contains("User does not have MANAGE on Table 'samples.tpch.supplier'."), "{message}");
    assert!(bob.failure("SELECT 1 FROM samples.tpch.supplier").await.contains("User does not have SELECT"));
    let message = ada.failure("GRANT SELECT ON TABLE samples.tpch.region TO nobody").await;
    assert!(message.contains("[PRINCIPAL_DOES_NOT_EXIST] Could not find principal with name nobody."), "{message}");
    assert!(ada.failure("GRANT FLY ON TABLE samples.tpch.region TO bob").await.contains("[INVALID_PRIVILEGE]"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_ones_own_is_made_filled_read_and_dropped() {
    let workspace = TestWorkspace::start().await;
    let (bob, carol) = (workspace.sign_in("bob").await, workspace.sign_in("carol").await);
    let made =
        bob.sql("CREATE TABLE scratch.default.t (id INT COMMENT 'the key', price DECIMAL(10,2)) COMMENT 'mine'").await;
    assert_eq!(made["manifest"]["schema"]["column_count"], 0);
    let inserted = bob.rows("INSERT INTO scratch.default.t VALUES (1, 2.5), (2, NULL)").await;
    assert_eq!(inserted, json!([["2", "2"]]));
    bob.sql("INSERT INTO scratch.default.t (price) SELECT 7").await;
    let rows = bob.rows("SELECT id, price FROM scratch.default.t ORDER BY price NULLS LAST").await;
    assert_eq!(rows, json!([["1", "2.50"], [null, "7.00"], ["2", null]]));
    let document = json(bob.get(&format!("{UNITY}/tables/scratch.default.t")).await).await;
    assert_eq!((&document["owner"], &document["comment"]), (&json!("bob@example.com"), &json!("mine")));
    assert_eq!(
        (&document["columns"][0]["comment"], &document["columns"][0]["type_name"]),
        (&json!("the key"), &json!("INT"))
    );
    assert_eq!(bob.rows("DESCRIBE scratch.default.t").await[1], json!(["price", "decimal(10,2)", ""]));

    assert!(carol.failure("SELECT * FROM scratch.default.t").await.contains("User does not have SELECT"));
    assert!(carol.failure("DROP TABLE scratch.default.t").await.contains("User does not have MANAGE"));
    assert!(carol.failure("INSERT INTO scratch.default.t VALUES (1, 1)").await.contains("User does not have MODIFY"));
    assert_eq!(listed(&carol, "tables", "catalog_name=scratch&schema_name=default").await, [""; 0]);
    bob.sql("GRANT SELECT ON scratch.default.t TO `carol@example.com`").await;
    assert_eq!(carol.rows("SELECT count(*) FROM scratch.default.t").await, json!([["3"]]));

    bob.sql("DROP TABLE scratch.default.t").await;
    let message = bob.failure("SELECT * FROM scratch.default.t").await;
    assert!(message.starts_with("[TABLE_OR_VIEW_NOT_FOUND]"), "{message}");
    bob.sql("CREATE TABLE scratch.default.t AS SELECT 1 AS one").await;
    assert!(carol.failure("SELECT * FROM scratch.default.t").await.contains("SELECT"), "old grants are gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_made_of_queries_and_views_read_with_their_makers_rights() {
    let workspace = TestWorkspace::start().await;
    let (bob, carol) = (workspace.sign_in("bob").await, workspace.sign_in("carol").await);
    bob.sql("CREATE SCHEMA scratch.lab COMMENT 'experiments'").await;
    bob.sql(
        "CREATE TABLE scratch.lab.big AS SELECT n_name, n_nationkey FROM samples.tpch.nation WHERE n_nationkey < 3",
    )
    .await;
    assert_eq!(bob.rows("SELECT count(*) FROM scratch.lab.big").await, json!([["3"]]));
    assert!(
        bob.failure("CREATE TABLE scratch.lab.big AS SELECT 1 AS a").await.contains("[TABLE_OR_VIEW_ALREADY_EXISTS]")
    );
    bob.sql("CREATE TABLE IF NOT EXISTS scratch.lab.big AS SELECT 1 AS a").await;
    bob.sql("CREATE OR REPLACE VIEW scratch.lab.v AS SELECT r_name FROM samples.tpch.region").await;
    for privilege in ["USE SCHEMA", "SELECT"] {
        bob.sql(&format!("GRANT {privilege} ON SCHEMA scratch.lab TO users")).await;
    }
    assert_eq!(carol.rows("SELECT count(*) FROM scratch.lab.v").await, json!([["5"]]), "carol may not read region");
    let document = json(carol.get(&format!("{UNITY}/tables/scratch.lab.v")).await).await;
    assert_eq!(document["table_type"], "VIEW");
    assert!(bob.failure("DROP TABLE scratch.lab.v").await.contains("[EXPECT_TABLE_NOT_VIEW"));
    assert!(bob.failure("DROP SCHEMA scratch.lab").await.contains("[SCHEMA_NOT_EMPTY]"));
    bob.sql("DROP SCHEMA scratch.lab CASCADE").await;
    assert_eq!(column(&bob, "SHOW SCHEMAS IN scratch", 0).await, ["default", "information_schema"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_whole() {
    let workspace = TestWorkspace::start().await;
    let session = workspace.sign_in("carol").await;
    session.sql("CREATE TABLE scratch.default.n (n INT)").await;
    for (sql, class) in [
        ("INSERT INTO scratch.default.n VALUES (1), ('x')", "[CAST_INVALID_INPUT]"),
        ("INSERT INTO scratch.default.n VALUES (1, 2)", "[INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS]"),
        ("INSERT INTO scratch.default.n (m) VALUES (1)", "[UNRESOLVED_COLUMN.WITH_SUGGESTION]"),
        ("INSERT INTO scratch.default.none VALUES (1)", "[TABLE_OR_VIEW_NOT_FOUND]"),
        ("INSERT INTO scratch.default.n SELECT p_size FROM samples.tpch.part", "[INSUFFICIENT_PERMISSIONS]"),
        ("CREATE TABLE scratch.none.t AS SELECT 1 AS a", "[SCHEMA_NOT_FOUND]"),
        ("CREATE TABLE none.none.t AS SELECT 1 AS a", "[NO_SUCH_CATALOG_EXCEPTION]"),
        ("CREATE SCHEMA samples.mine", "[INSUFFICIENT_PERMISSIONS]"),
        (
            "CREATE TABLE scratch.default.full AS SELECT a.* FROM samples.nyctaxi.trips a, samples.nyctaxi.trips b",
            "[RESOURCE_EXHAUSTED]",
        ),
    ] {
        let message = session.failure(sql).await;
        assert!(message.contains(class), "{sql}: {message}");
    }
    assert_eq!(session.rows("SELECT count(*) FROM scratch.default.n").await, json!([["0"]]));
    assert!(session.failure("CREATE TABLE t x").await.contains("[PARSE_SYNTAX_ERROR]"));
    assert!(session.failure("SHOW TABLES IN samples.none").await.contains("[SCHEMA_NOT_FOUND]"));
}
