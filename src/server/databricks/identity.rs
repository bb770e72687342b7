//! SCIM `Me`: who a token belongs to.

use secrecy::SecretString;
use serde::Deserialize;

use super::{ApiError, Databricks};
use crate::model::User;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Me {
    id: String,
    user_name: String,
    display_name: Option<String>,
}

impl Databricks {
    /// `GET /api/2.0/preview/scim/v2/Me`, without the groups, which can be thousands.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn me(&self, token: &SecretString) -> Result<User, ApiError> {
        let me: Me =
            self.get(token, "/api/2.0/preview/scim/v2/Me?excludedAttributes=groups,entitlements,roles").await?;
        let display_name = me.display_name.filter(|name| !name.is_empty()).unwrap_or_else(|| me.user_name.clone());
        Ok(User { id: me.id, user_name: me.user_name, display_name })
    }
}
