//! Unity Catalog: what there is that the user may see. Lists hold what was granted, and with it what may be browsed only.

use secrecy::SecretString;
use serde::Deserialize;

use super::{ApiError, Databricks, path_part};

/// A page may be empty and still have a next one. More than this is no list that people read.
const MOST_PAGES: usize = 100;
const MOST_ENTRIES: usize = 10_000;

/// A list, as far as it was read.
#[derive(Debug)]
pub struct Found {
    pub all: Vec<Securable>,
    /// There are more than these.
    pub more: bool,
}

#[derive(Debug, Deserialize)]
pub struct Securable {
    pub name: String,
    pub comment: Option<String>,
    pub owner: Option<String>,
    pub table_type: Option<String>,
    #[serde(default)]
    pub browse_only: bool,
    #[serde(default)]
    pub columns: Vec<Column>,
}

#[derive(Debug, Deserialize)]
pub struct Column {
    pub name: String,
    #[serde(default)]
    pub type_text: String,
    /// Absent means yes.
    pub nullable: Option<bool>,
    pub comment: Option<String>,
}

/// The lists have different names for what they hold.
#[derive(Deserialize)]
struct Page {
    #[serde(default, alias = "schemas", alias = "tables")]
    catalogs: Vec<Securable>,
    next_page_token: Option<String>,
}

impl Databricks {
    /// # Errors
    /// See [`super::Kind`].
    pub async fn catalogs(&self, token: &SecretString) -> Result<Found, ApiError> {
        self.securables(token, "catalogs?").await
    }

    /// # Errors
    /// See [`super::Kind`].
    pub async fn schemas(&self, token: &SecretString, catalog: &str) -> Result<Found, ApiError> {
        self.securables(token, &format!("schemas?catalog_name={}&", path_part(catalog))).await
    }

    /// # Errors
    /// See [`super::Kind`].
    pub async fn tables(&self, token: &SecretString, catalog: &str, schema: &str) -> Result<Found, ApiError> {
        let (catalog, schema) = (path_part(catalog), path_part(schema));
        let list = format!("tables?catalog_name={catalog}&schema_name={schema}&omit_columns=true&");
        self.securables(token, &list).await
    }

    /// # Errors
    /// See [`super::Kind`].
    pub async fn table(&self, token: &SecretString, parts: [&str; 3]) -> Result<Securable, ApiError> {
        let name = path_part(&parts.join("."));
        self.get(token, &format!("/api/2.1/unity-catalog/tables/{name}?include_browse=true")).await
    }

    /// What a catalog or schema itself is; `kind` is `catalogs` or `schemas`.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn securable(&self, token: &SecretString, kind: &str, name: &str) -> Result<Securable, ApiError> {
        self.get(token, &format!("/api/2.1/unity-catalog/{kind}/{}?include_browse=true", path_part(name))).await
    }

    async fn securables(&self, token: &SecretString, list: &str) -> Result<Found, ApiError> {
        let first = format!("/api/2.1/unity-catalog/{list}include_browse=true&max_results=0");
        let (mut all, mut next, mut pages) = (Vec::new(), Some(first.clone()), 0);
        while let Some(path) = next.take_if(|_| pages < MOST_PAGES && all.len() < MOST_ENTRIES) {
            let page: Page = self.get(token, &path).await?;
            all.extend(page.catalogs);
            pages += 1;
            let token = page.next_page_token.filter(|token| !token.is_empty());
            next = token.map(|token| format!("{first}&page_token={}", path_part(&token)));
        }
        let more = next.is_some() || all.len() > MOST_ENTRIES;
        all.truncate(MOST_ENTRIES);
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Found { all, more })
    }
}
