//! The workspace's REST API, called with the user's own token: identity, warehouses, statements.
//!
//! Speaks the wire and nothing else: no sessions, no waiting, no views. Errors are told apart in `error`.

mod error;
mod identity;
mod statements;
mod warehouses;

use std::sync::Arc;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};

use super::settings::WorkspaceSettings;

pub use error::{ApiError, Kind};
pub use statements::{State, Statement, StatementId};
pub use warehouses::Warehouse;

/// No answer that is read at once is longer: INLINE results end at 25 MiB.
const MOST_BYTES: usize = 32 * 1024 * 1024;

#[derive(Clone)]
pub struct Databricks {
    http: reqwest::Client,
    workspace: Arc<WorkspaceSettings>,
}

impl Databricks {
    pub fn new(http: reqwest::Client, workspace: Arc<WorkspaceSettings>) -> Self {
        Self { http, workspace }
    }

    async fn get<T: DeserializeOwned>(&self, token: &SecretString, path: &str) -> Result<T, ApiError> {
        self.call(self.request(Method::GET, token, path)).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        token: &SecretString,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        self.call(self.request(Method::POST, token, path).json(body)).await
    }

    fn request(&self, method: Method, token: &SecretString, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.workspace.host)).bearer_auth(token.expose_secret())
    }

    async fn call<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, ApiError> {
        let mut answer = request.send().await.map_err(|error| ApiError::unreachable(&error))?;
        let status = answer.status();
        let headers = answer.headers().clone();
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(|error| ApiError::unreachable(&error))? {
            body.extend_from_slice(&part);
            if body.len() > MOST_BYTES {
                return Err(ApiError::new(Kind::Unexpected, "the answer is longer than 32 MiB"));
            }
        }
        if status.is_success() {
            serde_json::from_slice(&body)
                .map_err(|_| ApiError::new(Kind::Unexpected, "the answer is not the JSON it should be"))
        } else {
            Err(ApiError::from_answer(status.as_u16(), &headers, &body))
        }
    }
}
