//! SQL warehouses: their state, which tells a cold start from a slow statement.

use secrecy::SecretString;
use serde::Deserialize;

use super::{ApiError, Databricks, path_part};

/// More pages than any workspace has warehouses for; a server that never ends its list is not followed further.
const MOST_PAGES: usize = 50;

#[derive(Clone, Debug, Deserialize)]
pub struct Warehouse {
    pub id: String,
    pub name: String,
    /// `STARTING`, `RUNNING`, `STOPPING`, `STOPPED`, `DELETING` or `DELETED`.
    pub state: String,
    /// `2X-Small` to `5X-Large`
    #[serde(default)]
    pub cluster_size: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    warehouses: Vec<Warehouse>,
    next_page_token: Option<String>,
}

impl Databricks {
    /// `GET /api/2.0/sql/warehouses/{id}`; `None` for the configured warehouse.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn warehouse(&self, token: &SecretString, id: Option<&str>) -> Result<Warehouse, ApiError> {
        let id = id.unwrap_or(&self.workspace.warehouse_id);
        self.get(token, &format!("/api/2.0/sql/warehouses/{}", path_part(id))).await
    }

    /// Every warehouse that the user may see.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn warehouses(&self, token: &SecretString) -> Result<Vec<Warehouse>, ApiError> {
        let mut all = Vec::new();
        let mut page_token = None::<String>;
        for _ in 0..MOST_PAGES {
            let query = page_token.map(|token| format!("?page_token={}", path_part(&token))).unwrap_or_default();
            let page: Page = self.get(token, &format!("/api/2.0/sql/warehouses{query}")).await?;
            all.extend(page.warehouses);
            page_token = page.next_page_token.filter(|token| !token.is_empty());
            if page_token.is_none() {
                break;
            }
        }
        Ok(all)
    }

    /// Starts a stopped warehouse; returns before it runs.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn start_warehouse(&self, token: &SecretString, id: &str) -> Result<(), ApiError> {
        let path = format!("/api/2.0/sql/warehouses/{}/start", path_part(id));
        let _: Option<serde::de::IgnoredAny> = self.post(token, &path, &serde_json::json!({})).await?;
        Ok(())
    }
}
