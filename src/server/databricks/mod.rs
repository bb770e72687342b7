//! The workspace's REST API, called with the user's own token: identity, warehouses, statements.
//!
//! Speaks the wire and nothing else: no sessions, no waiting, no views. Errors are told apart in `error`.

mod error;
mod identity;
mod results;
mod retry;
mod statements;
mod unity;
mod warehouses;

use std::sync::Arc;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};

use super::settings::WorkspaceSettings;

pub use error::{ApiError, Kind};
pub use results::{Body, Link};
pub use statements::{Column, Delivery, Manifest, State, Statement, StatementError, StatementId, Submission};
pub use unity::{Column as TableColumn, Found, Securable};
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

    /// Asking changes nothing, so it may be asked again.
    async fn get<T: DeserializeOwned>(&self, token: &SecretString, path: &str) -> Result<T, ApiError> {
        retry::patiently(|| self.call(self.request(Method::GET, token, path))).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        token: &SecretString,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        // What was refused with 429 was not done; anything else may have been.
        retry::while_throttled(|| self.call(self.request(Method::POST, token, path).json(body))).await
    }

    fn request(&self, method: Method, token: &SecretString, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.workspace.host)).bearer_auth(token.expose_secret())
    }

    async fn call<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, ApiError> {
        let answer = request.send().await.map_err(|error| ApiError::unreachable(&error))?;
        let answer = accepted(answer).await?;
        let body = read(answer).await?;
        // Some calls answer nothing at all, which is `null` here.
        let body = if body.is_empty() { b"null".as_slice() } else { &body };
        serde_json::from_slice(body)
            .map_err(|_| ApiError::new(Kind::Unexpected, "the answer is not the JSON it should be"))
    }
}

/// The answer if it says yes, otherwise what it says instead.
async fn accepted(answer: reqwest::Response) -> Result<reqwest::Response, ApiError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let headers = answer.headers().clone();
    let body = read(answer).await?;
    Err(ApiError::from_answer(status.as_u16(), &headers, &body))
}

async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| ApiError::unreachable(&error))? {
        body.extend_from_slice(&part);
        if body.len() > MOST_BYTES {
            return Err(ApiError::new(Kind::Unexpected, "the answer is longer than 32 MiB"));
        }
    }
    Ok(body)
}

/// One part of a path or query, whatever is in it.
fn path_part(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
