//! The Statement Execution API 2.0: submit, ask, fetch further chunks. INLINE results as JSON arrays of strings.

use std::borrow::Cow;

use reqwest::Method;
use secrecy::SecretString;
use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{ApiError, Databricks, accepted, error::request_id, outline, parsed, retry};
use crate::model::{query::Parameter, statement::Namespace};

/// A statement id as the API gives them: letters, digits and dashes. It goes into a path, so nothing else is let through.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StatementId(String);

impl StatementId {
    pub fn parse(text: &str) -> Option<Self> {
        let fine = !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        fine.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    Pending,
    Running,
    Succeeded,
    Failed,
    Canceled,
    Closed,
}

/// A statement as the API describes it; parts are absent while it runs and when it failed. `R` is what is read of its
/// first rows: [`Chunk`] or [`Outline`].
#[derive(Debug, Deserialize)]
pub struct Statement<R> {
    pub statement_id: String,
    pub status: Status,
    pub manifest: Option<Manifest>,
    pub result: Option<R>,
    /// The workspace's id of the request that this answered.
    #[serde(skip)]
    pub workspace_request_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Status {
    pub state: State,
    pub sql_state: Option<String>,
    pub error: Option<StatementError>,
}

#[derive(Debug, Deserialize)]
pub struct StatementError {
    #[serde(default)]
    pub error_code: String,
    #[serde(default)]
    pub message: String,
}

#[derive(Debug, Deserialize)]
pub struct Manifest {
    #[serde(default)]
    pub schema: Schema,
    #[serde(default)]
    pub total_row_count: u64,
    #[serde(default)]
    pub truncated: bool,
    #[serde(default)]
    pub total_chunk_count: u64,
    #[serde(default)]
    pub chunks: Vec<ChunkPlace>,
}

/// Which rows a chunk holds.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct ChunkPlace {
    pub row_offset: u64,
    pub row_count: u64,
}

#[derive(Debug, Default, Deserialize)]
pub struct Schema {
    #[serde(default)]
    pub columns: Vec<Column>,
}

#[derive(Debug, Deserialize)]
pub struct Column {
    pub name: String,
    /// `DECIMAL(18,2)`, `BIGINT`, …
    pub type_text: String,
}

#[derive(Debug, Default, Deserialize)]
pub struct Chunk {
    #[serde(default)]
    pub data_array: Vec<Vec<Option<String>>>,
    /// Absent on the last chunk.
    pub next_chunk_index: Option<u64>,
}

/// How the rows come, without any of them.
#[derive(Debug, Default, Deserialize)]
pub struct Outline {
    /// Present when the result was asked for as links.
    pub external_links: Option<IgnoredAny>,
}

/// How the rows come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// With the answers; at most 25 MiB, more fails.
    Inline,
    /// As links to files in the cloud's storage, at most 100 GiB.
    External,
}

/// A statement to be run.
#[derive(Clone, Debug)]
pub struct Submission {
    pub sql: Cow<'static, str>,
    pub parameters: Vec<Parameter>,
    /// `None` for the configured one.
    pub warehouse_id: Option<String>,
    pub namespace: Namespace,
    /// The result is cut after so many rows.
    pub row_limit: Option<u64>,
    pub delivery: Delivery,
}

#[derive(Serialize)]
struct Body<'a> {
    warehouse_id: &'a str,
    statement: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    catalog: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'a str>,
    parameters: &'a [Parameter],
    #[serde(skip_serializing_if = "Option::is_none")]
    row_limit: Option<u64>,
    disposition: &'static str,
    format: &'static str,
    /// `0s`: answer at once; the waiting is ours, and it is shorter than the API's least of 5 s.
    wait_timeout: &'static str,
}

impl Databricks {
    /// Submits a statement and returns at once.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn submit(&self, token: &SecretString, what: &Submission) -> Result<Statement<Chunk>, ApiError> {
        let body = Body {
            warehouse_id: what.warehouse_id.as_deref().unwrap_or(&self.workspace.warehouse_id),
            statement: &what.sql,
            catalog: what.namespace.catalog.as_deref(),
            schema: what.namespace.schema.as_deref(),
            parameters: &what.parameters,
            row_limit: what.row_limit,
            disposition: match what.delivery {
                Delivery::Inline => "INLINE",
                Delivery::External => "EXTERNAL_LINKS",
            },
            format: "JSON_ARRAY",
            wait_timeout: "0s",
        };
        self.post(token, "/api/2.0/sql/statements", &body).await
    }

    /// How far a statement is, with its first rows when it is done. The workspace answers only its owner.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn statement(&self, token: &SecretString, id: &StatementId) -> Result<Statement<Chunk>, ApiError> {
        self.ask(token, id, parsed).await
    }

    /// How far a statement is and what its result looks like, without reading its rows.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn outline(&self, token: &SecretString, id: &StatementId) -> Result<Statement<Outline>, ApiError> {
        self.ask(token, id, outline::read).await
    }

    async fn ask<R, F>(
        &self,
        token: &SecretString,
        id: &StatementId,
        read: impl Fn(reqwest::Response) -> F,
    ) -> Result<Statement<R>, ApiError>
    where
        F: Future<Output = Result<Statement<R>, ApiError>>,
    {
        let (path, read) = (format!("/api/2.0/sql/statements/{}", id.0), &read);
        retry::patiently(retry::PATIENCE, |until| {
            let request = self.request(Method::GET, token, &path);
            async move {
                let answer = accepted(request, Some(until)).await?;
                let workspace_request_id = request_id(answer.headers());
                Ok(Statement { workspace_request_id, ..read(answer).await? })
            }
        })
        .await
    }

    /// A further chunk of a result.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn chunk(&self, token: &SecretString, id: &StatementId, index: u64) -> Result<Chunk, ApiError> {
        self.get(token, &format!("/api/2.0/sql/statements/{}/result/chunks/{index}", id.0)).await
    }

    /// Asks the warehouse to stop a statement. It may come too late, so its state must be asked for afterwards. To stop
    /// what has stopped does no harm, so this is repeated like a question.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn cancel(&self, token: &SecretString, id: &StatementId) -> Result<(), ApiError> {
        let path = format!("/api/2.0/sql/statements/{}/cancel", id.0);
        retry::patiently(retry::PATIENCE, |until| {
            let request = self.request(Method::POST, token, &path).json(&serde_json::json!({}));
            async move { parsed::<Option<IgnoredAny>>(accepted(request, Some(until)).await?).await }
        })
        .await
        .map(|_| ())
    }
}
