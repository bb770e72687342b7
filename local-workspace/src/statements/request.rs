//! The body of `POST /api/2.0/sql/statements`, and what of it is refused with 400 before anything runs.

use super::wait::Wait;
use crate::engine::{Limits, Parameter, Query};
use crate::unity::PersonalAccess;
use crate::wire::ApiError;
use serde::Deserialize;
use std::sync::Arc;

const STATEMENT_BYTES: usize = 16 * 1024 * 1024;
const INLINE_BYTES: usize = 25 * 1024 * 1024;

#[derive(Deserialize)]
pub(super) struct StatementRequest {
    statement: Option<String>,
    pub(super) warehouse_id: Option<String>,
    catalog: Option<String>,
    schema: Option<String>,
    row_limit: Option<i64>,
    byte_limit: Option<i64>,
    disposition: Option<String>,
    format: Option<String>,
    wait_timeout: Option<String>,
    on_wait_timeout: Option<String>,
    #[serde(default)]
    parameters: Vec<RequestParameter>,
}

#[derive(Deserialize)]
struct RequestParameter {
    name: String,
    value: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl StatementRequest {
    /// The query, and how long the caller wants to wait for it.
    pub(super) fn check(self, access: PersonalAccess) -> Result<(Query, Wait), ApiError> {
        let sql = self.statement.unwrap_or_default();
        if sql.trim().is_empty() {
            return Err(ApiError::InvalidParameter("statement must not be empty.".to_owned()));
        }
        if sql.len() > STATEMENT_BYTES {
            return Err(ApiError::InvalidParameter("statement is larger than 16 MiB.".to_owned()));
        }
        only("disposition", self.disposition.as_deref(), "INLINE")?;
        only("format", self.format.as_deref(), "JSON_ARRAY")?;
        if self.byte_limit.is_some() {
            return Err(ApiError::BadRequest("The local workspace does not support byte_limit.".to_owned()));
        }
        let rows = match self.row_limit {
            None => None,
            Some(limit) => Some(usize::try_from(limit).ok().filter(|limit| *limit > 0).ok_or_else(|| {
                ApiError::InvalidParameter(format!("row_limit must be a positive number, not {limit}."))
            })?),
        };
        let wait = Wait::parse(self.wait_timeout.as_deref(), self.on_wait_timeout.as_deref())?;
        let parameters = self.parameters.into_iter().map(RequestParameter::check).collect::<Result<_, _>>()?;
        let limits = Limits { rows, bytes: INLINE_BYTES };
        let (catalog, schema) = (self.catalog, self.schema);
        let user = access.user.email.to_owned();
        Ok((Query { sql, parameters, user, access: Arc::new(access), catalog, schema, limits }, wait))
    }
}

impl RequestParameter {
    fn check(self) -> Result<Parameter, ApiError> {
        let kind = match self.kind {
            None => Default::default(),
            Some(kind) => kind
                .parse()
                .map_err(|error| ApiError::InvalidParameter(format!("Parameter '{}': {error}.", self.name)))?,
        };
        Ok(Parameter { name: self.name, value: self.value, kind })
    }
}

fn only(field: &str, given: Option<&str>, supported: &str) -> Result<(), ApiError> {
    match given {
        Some(other) if other != supported => {
            Err(ApiError::BadRequest(format!("The local workspace supports {field} {supported} only, not {other}.")))
        }
        _ => Ok(()),
    }
}
