//! The authorization server's endpoints, from its own documents (RFC 8414).
//!
//! `{host}/.well-known/databricks-config` names the issuer; where it is missing, `{host}/oidc` is the issuer. Asked on
//! first use and kept. A failure is not kept, but everybody who waited for that answer shares it: one after the other
//! they would wait for an authorization server that is silent until nobody waits any more.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};
use serde::Deserialize;
use url::Url;

use super::tokens::bounded;

/// For both documents together: somebody waits to sign in.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// Databricks' own documents have about 2 KB.
const MOST_BYTES: usize = 64 * 1024;

/// What the sign-in needs to know of the authorization server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    pub issuer: String,
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    /// RFC 7009, where offered.
    pub revocation_endpoint: Option<Url>,
    /// RFC 9207: its answers carry `iss`, so one without it is refused.
    pub sends_issuer: bool,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum DiscoveryError {
    #[error("the workspace's sign-in service cannot be reached: {0}")]
    Unreachable(String),
    #[error("the workspace's sign-in document is not as it should be: {0}")]
    Wrong(String),
}

type Answer = Result<Provider, DiscoveryError>;

pub struct Discovery {
    asker: Arc<Asker>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    provider: Option<Provider>,
    /// The question that is under way.
    asked: Option<Shared<BoxFuture<'static, Answer>>>,
}

struct Asker {
    http: reqwest::Client,
    host: String,
}

#[derive(Deserialize)]
struct HostConfig {
    oidc_endpoint: String,
    account_id: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Discovery {
    pub fn new(http: reqwest::Client, host: String) -> Self {
        Self { asker: Arc::new(Asker { http, host }), known: Mutex::default() }
    }

    /// # Errors
    /// The service is away, or names endpoints that must not be trusted.
    pub async fn provider(&self) -> Result<Provider, DiscoveryError> {
        let asked = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(provider) = &known.provider {
                return Ok(provider.clone());
            }
            let under_way = known.asked.clone().filter(|asked| asked.peek().is_none());
            under_way.unwrap_or_else(|| known.asked.insert(Asker::ask_beside(&self.asker)).clone())
        };
        let provider = asked.await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.provider.is_none() {
            tracing::info!(issuer = provider.issuer, "found the workspace's sign-in service");
            *known = Known { provider: Some(provider.clone()), asked: None };
        }
        Ok(provider)
    }
}

impl Asker {
    /// In a task of its own: it goes on when those who wait for it go away.
    fn ask_beside(asker: &Arc<Self>) -> Shared<BoxFuture<'static, Answer>> {
        let asker = Arc::clone(asker);
        let task = tokio::spawn(async move {
            let silent = || DiscoveryError::Unreachable(format!("no answer within {} s", TIME_LIMIT.as_secs()));
            tokio::time::timeout(TIME_LIMIT, asker.ask()).await.unwrap_or_else(|_| Err(silent()))
        });
        task.map(|done| done.unwrap_or_else(|error| Err(DiscoveryError::Unreachable(error.to_string()))))
            .boxed()
            .shared()
    }

    async fn ask(&self) -> Result<Provider, DiscoveryError> {
        let endpoint = match self.get::<HostConfig>(&format!("{}/.well-known/databricks-config", self.host)).await {
            Ok(config) => {
                config.oidc_endpoint.replace("{account_id}", config.account_id.as_deref().unwrap_or_default())
            }
            // Older workspaces have no such document; if the host is away, the next request says so.
            Err(_) => format!("{}/oidc", self.host),
        };
        let endpoint = endpoint.trim_end_matches('/');
        let metadata: Metadata = self.get(&format!("{endpoint}/.well-known/oauth-authorization-server")).await?;
        if metadata.issuer.trim_end_matches('/') != endpoint {
            return Err(DiscoveryError::Wrong(format!("it is issued for {}, not for {endpoint}", metadata.issuer)));
        }
        Ok(Provider {
            authorization_endpoint: self.checked(endpoint, &metadata.authorization_endpoint)?,
            token_endpoint: self.checked(endpoint, &metadata.token_endpoint)?,
            revocation_endpoint: metadata
                .revocation_endpoint
                .map(|revocation| self.checked(endpoint, &revocation))
                .transpose()?,
            issuer: metadata.issuer,
            sends_issuer: metadata.authorization_response_iss_parameter_supported,
        })
    }

    /// Codes and tokens go only to the issuer's own origin, over TLS unless it is a local workspace (S21).
    fn checked(&self, issuer: &str, endpoint: &str) -> Result<Url, DiscoveryError> {
        let wrong = || DiscoveryError::Wrong(format!("the endpoint {endpoint} is not on {issuer}"));
        let parse = |text: &str| Url::parse(text).map_err(|_| wrong());
        let url = parse(endpoint)?;
        let secure = url.scheme() == "https" || self.host.starts_with("http://");
        if parse(issuer)?.origin() == url.origin() && secure { Ok(url) } else { Err(wrong()) }
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, url: &str) -> Result<T, DiscoveryError> {
        let unreachable = |error: reqwest::Error| DiscoveryError::Unreachable(error.without_url().to_string());
        let answer = self.http.get(url).send().await.map_err(unreachable)?;
        if !answer.status().is_success() {
            return Err(DiscoveryError::Unreachable(format!("it answers {}", answer.status())));
        }
        let body = bounded(answer, MOST_BYTES).await.map_err(DiscoveryError::Wrong)?;
        serde_json::from_slice(&body).map_err(|error| DiscoveryError::Wrong(error.to_string()))
    }
}
