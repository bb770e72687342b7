//! The workspace's REST API, called with the user's own token: identity, warehouses, statements.
//!
//! Speaks the wire and nothing else: no sessions, no waiting, no views. Errors are told apart in `error`.

mod error;
mod identity;
mod json_strings;
mod outline;
mod public_addresses;
mod results;
mod retry;
mod statements;
mod told;
mod unity;
mod warehouses;

use std::sync::Arc;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use super::settings::WorkspaceSettings;
use public_addresses::PublicNames;

pub use error::{ApiError, Kind, warehouse_trouble};
pub use json_strings::JsonStrings;
pub use results::{Body, Link};
pub use statements::{
    Chunk, Column, Delivery, Manifest, Outline, State, Statement, StatementError, StatementId, Submission,
};
pub use unity::{Column as TableColumn, Found, Securable};
pub use warehouses::Warehouse;

/// No answer that is read at once is longer: INLINE results end at 25 MiB.
const MOST_BYTES: usize = 32 * 1024 * 1024;

#[derive(Clone)]
pub struct Databricks {
    http: reqwest::Client,
    /// For links to results: connects to public addresses only.
    storage: reqwest::Client,
    workspace: Arc<WorkspaceSettings>,
}

impl Databricks {
    /// `http` gives the settings of a client that talks to the workspace.
    ///
    /// # Errors
    /// A client cannot be built (no TLS).
    pub fn new(
        http: impl Fn() -> reqwest::ClientBuilder,
        workspace: Arc<WorkspaceSettings>,
    ) -> Result<Self, reqwest::Error> {
        let any = workspace.results_from_private_addresses || public_addresses::behind_proxy();
        let storage = http().dns_resolver(PublicNames { any }).build()?;
        Ok(Self { http: http().build()?, storage, workspace })
    }

    /// Asking changes nothing, so it may be asked again.
    async fn get<T: DeserializeOwned>(&self, token: &SecretString, path: &str) -> Result<T, ApiError> {
        retry::patiently(retry::PATIENCE, |until| async move {
            let answer = accepted(self.request(Method::GET, token, path), Some(until)).await?;
            parsed(answer).await
        })
        .await
    }

    /// Doing changes something, so it is done again only where nothing was.
    async fn post<T: DeserializeOwned>(
        &self,
        token: &SecretString,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        retry::unless_done(|| async move {
            parsed(accepted(self.request(Method::POST, token, path).json(body), None).await?).await
        })
        .await
    }

    fn request(&self, method: Method, token: &SecretString, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.workspace.host)).bearer_auth(token.expose_secret())
    }
}

/// The answer if it says yes, otherwise what it says instead. It must begin before `until`.
async fn accepted(request: reqwest::RequestBuilder, until: Option<Instant>) -> Result<reqwest::Response, ApiError> {
    let send = async { request.send().await.map_err(|error| ApiError::unreachable(&error)) };
    let answer = match until {
        Some(until) => tokio::time::timeout_at(until, send).await.map_err(|_| ApiError::too_late())??,
        None => send.await?,
    };
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let headers = answer.headers().clone();
    let body = read(answer).await?;
    Err(ApiError::from_answer(status.as_u16(), &headers, &body))
}

async fn parsed<T: DeserializeOwned>(answer: reqwest::Response) -> Result<T, ApiError> {
    let body = read(answer).await?;
    // Some calls answer nothing at all, which is `null` here.
    let body = if body.is_empty() { b"null".as_slice() } else { &body };
    serde_json::from_slice(body).map_err(|_| not_json())
}

async fn read(answer: reqwest::Response) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    read_on(answer, |piece| {
        body.extend_from_slice(piece);
        if body.len() > MOST_BYTES { Err(too_long()) } else { Ok(true) }
    })
    .await?;
    Ok(body)
}

/// Gives an answer's body piece by piece for as long as `take` wants more.
async fn read_on(
    mut answer: reqwest::Response,
    mut take: impl FnMut(&[u8]) -> Result<bool, ApiError>,
) -> Result<(), ApiError> {
    while let Some(piece) = answer.chunk().await.map_err(|error| ApiError::unreachable(&error))? {
        if !take(&piece)? {
            break;
        }
    }
    Ok(())
}

fn too_long() -> ApiError {
    ApiError::new(Kind::Unexpected, "the answer is longer than 32 MiB")
}

fn not_json() -> ApiError {
    ApiError::new(Kind::Unexpected, "the answer is not the JSON it should be")
}

/// One part of a path or query, whatever is in it. A part of dots alone leads elsewhere, however it is encoded, and no
/// name is one: it is asked for with a blank before it, and not found.
fn path_part(text: &str) -> String {
    match text {
        "." | ".." => format!("%20{text}"),
        _ => url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20"),
    }
}
