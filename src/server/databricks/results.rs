//! Chunks of results as the workspace sends them: passed on piece by piece, never held as a whole.
//!
//! An INLINE chunk is a JSON object with the rows in `data_array`; an external one is a link to a JSON array of rows.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use futures::{Stream, stream};
use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::time::Instant;
use url::{Host, Url};

use super::{ApiError, Databricks, Kind, StatementId, accepted, public_addresses::is_public, retry};

/// A chunk may be tens of megabytes and its reader slow.
const PATIENCE: Duration = Duration::from_secs(900);
/// A chunk is put together before its first byte is sent.
const PATIENCE_FOR_BEGINNING: Duration = Duration::from_secs(30);

/// Where a chunk is kept. The address is as good as a password while it lives: it is never logged.
#[derive(Deserialize)]
pub struct Link {
    external_link: String,
    #[serde(default)]
    http_headers: HashMap<String, String>,
}

#[derive(Default, Deserialize)]
struct Chunk {
    #[serde(default)]
    external_links: Vec<Link>,
}

/// The bytes of a chunk as they come.
pub struct Body(reqwest::Response);

impl Body {
    /// Ends with an error where the connection breaks: whoever reads must not take a part for the whole.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, ApiError>> + Send {
        stream::try_unfold(self.0, |mut answer| async move {
            match answer.chunk().await {
                Ok(Some(part)) => Ok(Some((part, answer))),
                Ok(None) => Ok(None),
                Err(error) => Err(ApiError::unreachable(&error)),
            }
        })
    }
}

impl Databricks {
    /// The rows of a chunk, wherever they are kept.
    ///
    /// # Errors
    /// See [`Kind`].
    pub async fn open_chunk(
        &self,
        token: &SecretString,
        id: &StatementId,
        index: u64,
        external: bool,
    ) -> Result<Body, ApiError> {
        match external {
            true => self.external_chunk(token, id, index).await,
            false => self.inline_chunk(token, id, index).await,
        }
    }

    /// The rows of an INLINE chunk.
    async fn inline_chunk(&self, token: &SecretString, id: &StatementId, index: u64) -> Result<Body, ApiError> {
        let path = format!("/api/2.0/sql/statements/{}/result/chunks/{index}", id.as_str());
        retry::patiently(PATIENCE_FOR_BEGINNING, |until| open(self.request(Method::GET, token, &path), until)).await
    }

    /// The rows of an external chunk: first the link, which lives for minutes, then what it leads to.
    async fn external_chunk(&self, token: &SecretString, id: &StatementId, index: u64) -> Result<Body, ApiError> {
        let path = format!("/api/2.0/sql/statements/{}/result/chunks/{index}", id.as_str());
        let chunk: Chunk = self.get(token, &path).await?;
        let link = chunk.external_links.into_iter().next();
        let link = link.ok_or_else(|| ApiError::new(Kind::Unexpected, "the workspace gives no link to this chunk"))?;
        let (url, http) = self.allowed(&link.external_link)?;
        retry::patiently(PATIENCE_FOR_BEGINNING, |until| {
            // No Authorization header: the link carries what it needs.
            let request = http.get(url.clone());
            open(link.http_headers.iter().fold(request, |request, (name, value)| request.header(name, value)), until)
        })
        .await
        // Storage answers in its own words, with its own codes; they are not the workspace's.
        .map_err(|error| match error.kind {
            Kind::Unreachable | Kind::RateLimited | Kind::Overloaded => error,
            _ => ApiError::new(Kind::Unexpected, "the storage that keeps the result refused its link"),
        })
    }

    /// Links lead to the cloud's storage: over https, and not into this network. A local workspace links to itself.
    /// Gives the client that goes there.
    fn allowed(&self, link: &str) -> Result<(Url, &reqwest::Client), ApiError> {
        let refused = || ApiError::new(Kind::Unexpected, "the link to the result leads where no link may lead");
        let url = Url::parse(link).map_err(|_| refused())?;
        if Url::parse(&self.workspace.host).is_ok_and(|host| host.origin() == url.origin()) {
            return Ok((url, &self.http));
        }
        let public = match url.host() {
            // What a name resolves to is judged when the connection is made.
            Some(Host::Domain(_)) => true,
            Some(Host::Ipv4(address)) => is_public(address.into()) || self.workspace.results_from_private_addresses,
            Some(Host::Ipv6(address)) => is_public(address.into()) || self.workspace.results_from_private_addresses,
            None => false,
        };
        if url.scheme() == "https" && public { Ok((url, &self.storage)) } else { Err(refused()) }
    }
}

async fn open(request: reqwest::RequestBuilder, until: Instant) -> Result<Body, ApiError> {
    accepted(request.timeout(PATIENCE), Some(until)).await.map(Body)
}
