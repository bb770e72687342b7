//! A statement that somebody wrote: how far it is, and what its result looks like. The rows come separately.

use serde::{Deserialize, Serialize};

use super::{Phase, query::Parameter};

/// How many rows a result has unless all are asked for.
pub const ROW_LIMIT: u64 = 10_000;

/// Minutes without a question after which the server cancels a statement. Browsers let a hidden page ask once a minute at least.
pub const SILENCE_MINUTES: u64 = 3;

/// Where names are looked up that name no catalog, or no schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespace {
    /// `None` for the workspace's own.
    pub catalog: Option<String>,
    /// `None` for the catalog's own.
    pub schema: Option<String>,
}

/// What to run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementRequest {
    pub sql: String,
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// `None` for the configured one.
    #[serde(default)]
    pub warehouse_id: Option<String>,
    #[serde(default)]
    pub namespace: Namespace,
    /// The whole result, whatever its size, instead of the first [`ROW_LIMIT`] rows.
    #[serde(default)]
    pub all_rows: bool,
}

/// How far a statement is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementView {
    pub statement_id: String,
    pub state: StatementState,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementState {
    Working(Phase),
    Done(ResultShape),
    Failed(StatementFailure),
    /// The warehouse has confirmed it.
    Canceled,
}

impl StatementState {
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Working(_))
    }
}

/// What a result looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultShape {
    pub columns: Vec<ResultColumn>,
    pub total_rows: u64,
    /// There are more rows than these: the result was cut at the limit.
    pub truncated: bool,
    /// Rows in each chunk, in their order.
    pub chunks: Vec<u64>,
    /// The chunks are kept in the cloud's storage.
    pub external: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultColumn {
    pub name: String,
    /// `DECIMAL(18,2)`, `BIGINT`, …
    pub sql_type: String,
}

impl ResultColumn {
    /// Whether its values are numbers, which are aligned to the right.
    pub fn is_number(&self) -> bool {
        let name = self.sql_type.split('(').next().unwrap_or_default();
        matches!(name, "TINYINT" | "SMALLINT" | "INT" | "BIGINT" | "FLOAT" | "DOUBLE" | "DECIMAL")
    }
}

/// Why a statement failed, in the warehouse's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementFailure {
    pub message: String,
    pub sql_state: Option<String>,
    /// Line and column in the statement, counted from 1.
    pub position: Option<(u32, u32)>,
    /// What to do about it, where that is known.
    pub advice: Option<String>,
    /// For the workspace's query history.
    #[serde(default)]
    pub statement_id: Option<String>,
    /// The workspace's id of the request that told of it, for its support.
    #[serde(default)]
    pub workspace_request_id: Option<String>,
}

/// One page of a result, for readers without JavaScript.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultPage {
    pub first_row: u64,
    pub rows: Vec<Vec<Option<String>>>,
}
