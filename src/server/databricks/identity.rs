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

#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    display: String,
}

impl Databricks {
    /// The names of the groups that `Me` is in.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn groups(&self, token: &SecretString) -> Result<Vec<String>, ApiError> {
        let me: Groups = self.get(token, "/api/2.0/preview/scim/v2/Me?attributes=groups").await?;
        Ok(me.groups.into_iter().map(|group| group.display).filter(|name| !name.is_empty()).collect())
    }

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
