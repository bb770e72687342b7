//! The Statement Execution API 2.0: submit, ask, fetch further chunks. INLINE results as JSON arrays of strings.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{ApiError, Databricks};
use crate::model::query::Parameter;

/// A statement id as the API gives them: letters, digits and dashes. It goes into a path, so nothing else is let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementId(String);

impl StatementId {
    pub fn parse(text: &str) -> Option<Self> {
        let fine = !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        fine.then(|| Self(text.to_owned()))
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

/// A statement as the API describes it; parts are absent while it runs and when it failed.
#[derive(Debug, Deserialize)]
pub struct Statement {
    pub statement_id: String,
    pub status: Status,
    pub manifest: Option<Manifest>,
    pub result: Option<Chunk>,
}

#[derive(Debug, Deserialize)]
pub struct Status {
    pub state: State,
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

#[derive(Serialize)]
struct Submission<'a> {
    warehouse_id: &'a str,
    statement: &'a str,
    parameters: &'a [Parameter],
    disposition: &'static str,
    format: &'static str,
    /// `0s`: answer at once; the waiting is ours, and it is shorter than the API's least of 5 s.
    wait_timeout: &'static str,
}

impl Databricks {
    /// Submits a statement to the configured warehouse and returns at once.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn submit(
        &self,
        token: &SecretString,
        sql: &str,
        parameters: &[Parameter],
    ) -> Result<Statement, ApiError> {
        let submission = Submission {
            warehouse_id: &self.workspace.warehouse_id,
            statement: sql,
            parameters,
            disposition: "INLINE",
            format: "JSON_ARRAY",
            wait_timeout: "0s",
        };
        self.post(token, "/api/2.0/sql/statements", &submission).await
    }

    /// How far a statement is, with its first rows when it is done. The workspace answers only its owner.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn statement(&self, token: &SecretString, id: &StatementId) -> Result<Statement, ApiError> {
        self.get(token, &format!("/api/2.0/sql/statements/{}", id.0)).await
    }

    /// A further chunk of a result.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn chunk(&self, token: &SecretString, id: &StatementId, index: u64) -> Result<Chunk, ApiError> {
        self.get(token, &format!("/api/2.0/sql/statements/{}/result/chunks/{index}", id.0)).await
    }
}
