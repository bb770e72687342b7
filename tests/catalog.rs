//! What is kept of the catalog and of people is kept for each of them alone; and pages that many ask for at once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Browser, TestApp};

async fn list(app: &TestApp, browser: &mut Browser, path: &[&str]) -> Vec<Value> {
    let page = browser.call(&format!("{}/api/catalog/folder", app.url), &json!({"path": path}).to_string()).await;
    page.json()["entries"].as_array().cloned().unwrap_or_else(|| panic!("{}", page.body))
}

fn has(list: &[Value], name: &str) -> bool {
    list.iter().any(|entry| entry["name"] == name)
}

#[tokio::test]
async fn two_people_at_once_each_get_their_own_answers_from_memory() {
    let app = TestApp::start().await;
    let (mut ada, mut bob) = (Browser::new(), Browser::new());
    ada.sign_in(&app, "ada").await;
    bob.sign_in(&app, "bob").await;
    let tpch = ["samples", "tpch"];
    let (hers, his) = tokio::join!(list(&app, &mut ada, &tpch), list(&app, &mut bob, &tpch));
    let browse_only = |list: &[Value]| list.iter().filter(|entry| entry["browse_only"] == true).count();
    assert_eq!(browse_only(&hers), 0, "{hers:?}");
    assert!(browse_only(&his) > 0, "bob was granted less: {his:?}");
    for _ in 0..5 {
        let (again, his_again) = tokio::join!(list(&app, &mut ada, &tpch), list(&app, &mut bob, &tpch));
        assert_eq!((again, his_again), (hers.clone(), his.clone()));
    }
    let asked = app.seen("GET", "/api/2.1/unity-catalog/tables").await;
    let users: Vec<_> = asked.iter().map(|request| request["user"].as_str().unwrap_or_default().to_owned()).collect();
    let of = |name: &str| users.iter().filter(|user| user.starts_with(name)).count();
    assert_eq!(of("ada"), of("bob"), "{users:?}");
    assert!(of("ada") >= 1 && users.len() <= 4, "asked once for each, page by page: {users:?}");
}

#[tokio::test]
async fn groups_are_those_of_who_asks() {
    let app = TestApp::start().await;
    let (mut ada, mut bob) = (Browser::new(), Browser::new());
    ada.sign_in(&app, "ada").await;
    bob.sign_in(&app, "bob").await;
    let url = format!("{}/api/identity/profile", app.url);
    for _ in 0..2 {
        let (hers, his) = tokio::join!(ada.call(&url, "{}"), bob.call(&url, "{}"));
        assert_eq!(hers.json()["groups"], json!(["admins", "analysts", "users"]));
        assert_eq!(his.json()["groups"], json!(["analysts", "users"]));
        assert!(his.json()["scopes"].as_array().is_some_and(|scopes| scopes.contains(&json!("offline_access"))));
    }
}

#[tokio::test]
async fn what_a_statement_made_is_in_the_list_at_once() {
    let app = TestApp::start().await;
    let mut ada = Browser::new();
    ada.sign_in(&app, "ada").await;
    let before = list(&app, &mut ada, &["scratch", "default"]).await;
    assert!(!has(&before, "made"));
    make_table(&app, &mut ada).await;
    assert!(has(&list(&app, &mut ada, &["scratch", "default"]).await, "made"));
}

async fn make_table(app: &TestApp, ada: &mut Browser) {
    let run = json!({"request": {"sql": "CREATE TABLE scratch.default.made AS SELECT 1 AS one", "all_rows": false}});
    let mut page = ada.call(&format!("{}/api/statements/run", app.url), &run.to_string()).await;
    while page.json()["state"]["working"].is_string() {
        let ask = json!({"statement_id": page.json()["statement_id"], "warehouse_id": null});
        page = ada.call(&format!("{}/api/statements/state", app.url), &ask.to_string()).await;
    }
    assert!(page.json()["state"]["done"].is_object(), "{}", page.body);
}

/// The list was made before the table was, and came after.
#[tokio::test]
async fn a_list_from_before_is_not_kept() {
    let app = TestApp::start().await;
    let mut ada = Browser::new();
    ada.sign_in(&app, "ada").await;
    let slow =
        json!({"method": "GET", "path": "/api/2.1/unity-catalog/tables", "after": true, "delay_ms": 3_000, "times": 1});
    app.tell("faults", slow).await;
    let (mut early, url) = (ada.clone(), app.url.clone());
    let path = json!({"path": ["scratch", "default"]}).to_string();
    let asked = tokio::spawn(async move { early.call(&format!("{url}/api/catalog/folder"), &path).await });
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    make_table(&app, &mut ada).await;
    assert_eq!(asked.await.expect("no panic").status, reqwest::StatusCode::OK);
    assert!(has(&list(&app, &mut ada, &["scratch", "default"]).await, "made"));
}

#[tokio::test]
async fn a_folder_tells_of_itself_and_whether_there_is_more() {
    let app = TestApp::start().await;
    let mut ada = Browser::new();
    ada.sign_in(&app, "ada").await;
    let url = format!("{}/api/catalog/folder", app.url);
    let folder = ada.call(&url, &json!({"path": ["samples", "tpch"]}).to_string()).await.json();
    assert_eq!((&folder["about"]["name"], &folder["more"]), (&json!("tpch"), &json!(false)), "{folder}");
    assert!(folder["about"]["owner"].as_str().is_some_and(|owner| !owner.is_empty()), "{folder}");
    assert!(has(folder["entries"].as_array().expect("a list"), "lineitem"));
    let endless = json!({"method": "GET", "path": "/api/2.1/unity-catalog/schemas", "status": 200,
        "body": {"schemas": [{"name": "one"}], "next_page_token": "more"}});
    app.tell("faults", endless).await;
    let folder = ada.call(&url, &json!({"path": ["samples"]}).to_string()).await.json();
    assert_eq!((&folder["more"], folder["entries"].as_array().map(Vec::len)), (&json!(true), Some(100)), "{folder}");
}

#[tokio::test]
async fn tables_are_found_by_name_among_those_of_who_asks() {
    let app = TestApp::start().await;
    let (mut ada, mut carol) = (Browser::new(), Browser::new());
    ada.sign_in(&app, "ada").await;
    carol.sign_in(&app, "carol").await;
    let url = format!("{}/api/catalog/tables", app.url);
    let look = |path: &[&str], wanted: &str| json!({"path": path, "wanted": wanted}).to_string();
    for (path, wanted, table) in [
        (&[][..], "LineItem", json!(["samples", "tpch", "lineitem"])),
        (&["samples"], "trip", json!(["samples", "nyctaxi", "trips"])),
        (&["samples", "tpch"], "nation", json!(["samples", "tpch", "nation"])),
    ] {
        let found = ada.call(&url, &look(path, wanted)).await.json();
        assert_eq!((&found["tables"][0]["path"], &found["more"]), (&table, &json!(false)), "{found}");
    }
    let asked = app.seen("GET", "/api/2.1/unity-catalog/tables").await.len();
    assert_eq!(ada.call(&url, &look(&[], "no such table")).await.json()["tables"], json!([]));
    assert_eq!(app.seen("GET", "/api/2.1/unity-catalog/tables").await.len(), asked, "from memory");
    let hers = carol.call(&url, &look(&[], "")).await.json();
    assert_eq!(hers["tables"], json!([]), "nothing was looked for");

    let many: Vec<_> = (0..150).map(|number| json!({"name": format!("s{number:03}")})).collect();
    let schemas =
        json!({"method": "GET", "path": "/api/2.1/unity-catalog/schemas", "status": 200, "body": {"schemas": many}});
    app.tell("faults", schemas).await;
    let before = app.seen("GET", "/api/2.1/unity-catalog/tables").await.len();
    let found = carol.call(&url, &look(&["samples"], "x")).await.json();
    assert_eq!(found["more"], json!(true), "not everything was looked into: {found}");
    let lists = app.seen("GET", "/api/2.1/unity-catalog/tables").await.len() - before;
    assert!(lists <= 100, "{lists}");
}

#[tokio::test]
async fn scopes_are_those_of_the_sign_in_that_asks() {
    let app = TestApp::start().await;
    let (mut first, mut second) = (Browser::new(), Browser::new());
    first.sign_in(&app, "ada").await;
    second.sign_in(&app, "ada").await;
    let mut session = app.session(&second);
    session["scope"] = "sql offline_access".into();
    app.plant(&mut second, &session);
    let url = format!("{}/api/identity/profile", app.url);
    let (wide, narrow) = (first.call(&url, "{}").await.json(), second.call(&url, "{}").await.json());
    assert_eq!(narrow["scopes"], json!(["sql", "offline_access"]));
    assert_ne!(wide["scopes"], narrow["scopes"]);
    assert_eq!(wide["groups"], narrow["groups"]);
}

/// Pages are written by several threads at once; whatever a page reads must be there until its last byte.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_that_are_written_at_once_are_whole() {
    let app = TestApp::start().await;
    let mut ada = Browser::new();
    ada.sign_in(&app, "ada").await;
    for (path, title) in [
        ("/", "Taxi trips per day"),
        ("/account", "Your session"),
        ("/catalog", "Catalog"),
        ("/catalog/samples/tpch", "tpch"),
        ("/catalog/samples/tpch?filter=nation", "tpch"),
        ("/catalog/samples/tpch/nation", "nation"),
        ("/catalog/samples?table=lineitem", "samples"),
        ("/sql?query=trips_per_day", "SQL"),
        ("/signed-out", "Signed out"),
        ("/no-such-page", "Page not found"),
    ] {
        let pages = (0..60).map(|_| {
            let (mut ada, url) = (ada.clone(), format!("{}{path}", app.url));
            tokio::spawn(async move { ada.open(&url).await })
        });
        for page in pages.collect::<Vec<_>>() {
            let page = page.await.expect("no panic");
            let title = format!("<title>{title} · Lakefront</title>");
            assert!(page.body.contains(&title) && page.body.contains("</html>"), "{path}: {}", page.status);
        }
    }
}
