use crate::support::{TestWorkspace, json};
use serde_json::json;

#[tokio::test]
async fn the_host_configuration_leads_to_the_metadata() {
    let workspace = TestWorkspace::start().await;
    let config = json(workspace.get("/.well-known/databricks-config").send().await.unwrap()).await;
    assert_eq!(config["oidc_endpoint"], format!("{}/oidc", workspace.host));
    assert_eq!(config["host_type"], "workspace");
    for field in ["workspace_id", "account_id", "cloud"] {
        assert!(config[field].is_string(), "{field}");
    }

    let documents = ["/oidc/.well-known/oauth-authorization-server", "/oidc/.well-known/openid-configuration"];
    for path in documents {
        let metadata = json(workspace.get(path).send().await.unwrap()).await;
        assert_eq!(metadata["issuer"], config["oidc_endpoint"]);
        assert_eq!(metadata["authorization_endpoint"], workspace.url("/oidc/v1/authorize"));
        assert_eq!(metadata["token_endpoint"], workspace.url("/oidc/v1/token"));
        assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
        let scopes = json!(["all-apis", "email", "offline_access", "openid", "profile", "sql", "unity-catalog"]);
        assert_eq!(metadata["scopes_supported"], scopes);
    }
}

#[tokio::test]
async fn every_answer_carries_request_id_and_workspace_id() {
    let workspace = TestWorkspace::start().await;
    let config = json(workspace.get("/.well-known/databricks-config").send().await.unwrap()).await;
    let mut seen = Vec::new();
    for path in ["/.well-known/databricks-config", "/api/2.0/sql/warehouses", "/no/such/path"] {
        let answer = workspace.get(path).send().await.unwrap();
        assert_eq!(answer.headers()["x-databricks-org-id"], config["workspace_id"].as_str().unwrap());
        seen.push(answer.headers()["x-request-id"].clone());
    }
    seen.dedup();
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn other_host_names_are_refused() {
    let workspace = TestWorkspace::start().await;
    let answer =
        workspace.get("/.well-known/databricks-config").header("host", "attacker.example").send().await.unwrap();
    assert_eq!(answer.status(), 421);
}
