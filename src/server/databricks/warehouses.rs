//! SQL warehouses: their state, which tells a cold start from a slow statement.

use secrecy::SecretString;
use serde::Deserialize;

use super::{ApiError, Databricks};

#[derive(Clone, Debug, Deserialize)]
pub struct Warehouse {
    pub name: String,
    /// `STARTING`, `RUNNING`, `STOPPING`, `STOPPED`, `DELETING` or `DELETED`.
    pub state: String,
}

impl Databricks {
    /// `GET /api/2.0/sql/warehouses/{id}` of the configured warehouse.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn warehouse(&self, token: &SecretString) -> Result<Warehouse, ApiError> {
        self.get(token, &format!("/api/2.0/sql/warehouses/{}", self.workspace.warehouse_id)).await
    }
}
