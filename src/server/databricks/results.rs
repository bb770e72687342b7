//! Chunks of results as the workspace sends them: passed on piece by piece, never held as a whole.
//!
//! An INLINE chunk is a JSON object with the rows in `data_array`; an external one is a link to a JSON array of rows.

use std::{collections::HashMap, net::IpAddr, time::Duration};

use bytes::Bytes;
use futures::{Stream, stream};
use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use url::{Host, Url};

use super::{ApiError, Databricks, Kind, StatementId, accepted, retry};

/// A chunk may be tens of megabytes and its reader slow.
const PATIENCE: Duration = Duration::from_secs(900);

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
    /// The rows of an INLINE chunk.
    ///
    /// # Errors
    /// See [`Kind`].
    pub async fn inline_chunk(&self, token: &SecretString, id: &StatementId, index: u64) -> Result<Body, ApiError> {
        let path = format!("/api/2.0/sql/statements/{}/result/chunks/{index}", id.as_str());
        retry::patiently(|| self.open(self.request(Method::GET, token, &path))).await
    }

    /// The rows of an external chunk: first the link, which lives for minutes, then what it leads to.
    ///
    /// # Errors
    /// See [`Kind`].
    pub async fn external_chunk(&self, token: &SecretString, id: &StatementId, index: u64) -> Result<Body, ApiError> {
        let path = format!("/api/2.0/sql/statements/{}/result/chunks/{index}", id.as_str());
        let chunk: Chunk = self.get(token, &path).await?;
        let link = chunk.external_links.into_iter().next();
        let link = link.ok_or_else(|| ApiError::new(Kind::Unexpected, "the workspace gives no link to this chunk"))?;
        let url = self.allowed(&link.external_link)?;
        retry::patiently(|| {
            // No Authorization header: the link carries what it needs.
            let request = self.http.get(url.clone());
            self.open(link.http_headers.iter().fold(request, |request, (name, value)| request.header(name, value)))
        })
        .await
        // Storage answers in its own words, with its own codes; they are not the workspace's.
        .map_err(|error| match error.kind {
            Kind::Unreachable | Kind::RateLimited | Kind::Overloaded => error,
            _ => ApiError::new(Kind::Unexpected, "the storage that keeps the result refused its link"),
        })
    }

    async fn open(&self, request: reqwest::RequestBuilder) -> Result<Body, ApiError> {
        let answer = request.timeout(PATIENCE).send().await.map_err(|error| ApiError::unreachable(&error))?;
        accepted(answer).await.map(Body)
    }

    /// Links lead to the cloud's storage: over https, and not into this network. A local workspace links to itself.
    fn allowed(&self, link: &str) -> Result<Url, ApiError> {
        let refused = || ApiError::new(Kind::Unexpected, "the link to the result leads where no link may lead");
        let url = Url::parse(link).map_err(|_| refused())?;
        let own = Url::parse(&self.workspace.host).is_ok_and(|host| host.origin() == url.origin());
        let public = match url.host() {
            Some(Host::Domain(name)) => name != "localhost" && !name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => is_public(address.into()),
            Some(Host::Ipv6(address)) => is_public(address.into()),
            None => false,
        };
        if own || url.scheme() == "https" && public { Ok(url) } else { Err(refused()) }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => !(a.is_private() || a.is_loopback() || a.is_link_local() || a.is_unspecified()),
        IpAddr::V6(a) => match a.to_ipv4_mapped() {
            Some(mapped) => is_public(mapped.into()),
            None => !(a.is_loopback() || a.is_unspecified() || a.is_unique_local() || a.is_unicast_link_local()),
        },
    }
}
