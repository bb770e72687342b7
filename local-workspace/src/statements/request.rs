//! The body of `POST /api/2.0/sql/statements`, and what of it is refused with 400 before anything runs.

use super::delivery::Delivery;
use super::wait::Wait;
use crate::engine::{Parameter, Query};
use crate::unity::PersonalAccess;
use crate::wire::ApiError;
use serde::Deserialize;
use std::sync::Arc;

const STATEMENT_BYTES: usize = 16 * 1024 * 1024;

#[derive(Deserialize)]
pub(super) struct StatementRequest {
    statement: Option<String>,
    pub(super) warehouse_id: Option<String>,
    pub(super) catalog: Option<String>,
    pub(super) schema: Option<String>,
    /// Of the drivers: see `sessions`.
    pub(super) session_id: Option<String>,
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
    /// The query, how its result is delivered, and how long the caller wants to wait for it.
    pub(super) fn check(self, access: PersonalAccess) -> Result<(Query, Delivery, Wait), ApiError> {
        let sql = self.statement.unwrap_or_default();
        if sql.trim().is_empty() {
            return Err(ApiError::InvalidParameter("statement must not be empty.".to_owned()));
        }
        if sql.len() > STATEMENT_BYTES {
            return Err(ApiError::InvalidParameter("statement is larger than 16 MiB.".to_owned()));
        }
        let delivery = Delivery::parse(self.disposition.as_deref(), self.format.as_deref())?;
        let limits = delivery.limits(self.row_limit, self.byte_limit)?;
        let wait = Wait::parse(self.wait_timeout.as_deref(), self.on_wait_timeout.as_deref())?;
        let parameters = self.parameters.into_iter().map(RequestParameter::check).collect::<Result<_, _>>()?;
        let (catalog, schema) = (self.catalog, self.schema);
        let user = access.user.email.to_owned();
        Ok((Query { sql, parameters, user, access: Arc::new(access), catalog, schema, limits }, delivery, wait))
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
