//! The authorization server's endpoints, from its own documents (RFC 8414).
//!
//! `{host}/.well-known/databricks-config` names the issuer; where there is none (404), `{host}/oidc` is the issuer. Any
//! other failure is one: a workspace may answer at both with different issuers. Asked on first use and kept. A failure is not kept, but everybody who waited for that answer shares it: one after the other
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
    known: Mutex<Known>,
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
        Self { asker: Arc::new(Asker { http, host, known: Mutex::default() }) }
    }

    /// # Errors
    /// The service is away, or names endpoints that must not be trusted.
    pub async fn provider(&self) -> Result<Provider, DiscoveryError> {
        let asked = {
            let mut known = self.asker.known.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(provider) = &known.provider {
                return Ok(provider.clone());
            }
            // One that is done and still here ended in a panic.
            let under_way = known.asked.clone().filter(|asked| asked.peek().is_none());
            under_way.unwrap_or_else(|| known.asked.insert(Asker::ask_beside(&self.asker)).clone())
        };
        asked.await
    }
}

impl Asker {
    /// In a task of its own: it goes on when those who wait for it go away.
    fn ask_beside(asker: &Arc<Self>) -> Shared<BoxFuture<'static, Answer>> {
        let asker = Arc::clone(asker);
        let task = tokio::spawn(async move {
            let silent = || DiscoveryError::Unreachable(format!("no answer within {} s", TIME_LIMIT.as_secs()));
            let answer = tokio::time::timeout(TIME_LIMIT, asker.ask()).await.unwrap_or_else(|_| Err(silent()));
            if let Ok(provider) = &answer {
                tracing::info!(issuer = provider.issuer, "found the workspace's sign-in service");
            }
            // Whether or not anybody still waits: whoever comes next must not be told of a failure of long ago.
            *asker.known.lock().unwrap_or_else(PoisonError::into_inner) =
                Known { provider: answer.clone().ok(), asked: None };
            answer
        });
        task.map(|done| done.unwrap_or_else(|error| Err(DiscoveryError::Unreachable(error.to_string()))))
            .boxed()
            .shared()
    }

    async fn ask(&self) -> Result<Provider, DiscoveryError> {
        let config = self.get::<HostConfig>(&format!("{}/.well-known/databricks-config", self.host)).await?;
        let endpoint = match config {
            Some(config) => {
                config.oidc_endpoint.replace("{account_id}", config.account_id.as_deref().unwrap_or_default())
            }
            // Older workspaces have no such document.
            None => format!("{}/oidc", self.host),
        };
        let endpoint = endpoint.trim_end_matches('/');
        let metadata: Option<Metadata> =
            self.get(&format!("{endpoint}/.well-known/oauth-authorization-server")).await?;
        let metadata = metadata.ok_or_else(|| DiscoveryError::Unreachable("it answers 404 Not Found".into()))?;
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

    /// `None`: there is no such document.
    async fn get<T: serde::de::DeserializeOwned>(&self, url: &str) -> Result<Option<T>, DiscoveryError> {
        let unreachable = |error: reqwest::Error| DiscoveryError::Unreachable(error.without_url().to_string());
        let answer = self.http.get(url).send().await.map_err(unreachable)?;
        if answer.status() == reqwest::StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !answer.status().is_success() {
            return Err(DiscoveryError::Unreachable(format!("it answers {}", answer.status())));
        }
        let body = bounded(answer, MOST_BYTES).await.map_err(DiscoveryError::Wrong)?;
        serde_json::from_slice(&body).map(Some).map_err(|error| DiscoveryError::Wrong(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    /// A host that is overloaded; how often it was asked.
    async fn overloaded() -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let host = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 2048];
                let _ = stream.read(&mut head).await;
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
            }
        });
        (host, asked)
    }

    #[tokio::test]
    async fn a_failure_that_nobody_waited_for_is_told_to_nobody() {
        let (host, asked) = overloaded().await;
        let discovery = Discovery::new(reqwest::Client::new(), host);
        {
            // Polled once and left.
            let mut left = Box::pin(discovery.provider());
            assert!(futures::poll!(left.as_mut()).is_pending());
        }
        for _ in 0..100 {
            if asked.load(Ordering::SeqCst) == 1 && discovery.asker.known.lock().expect("no panic").asked.is_none() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(discovery.provider().await.is_err());
        assert_eq!(asked.load(Ordering::SeqCst), 2, "asked anew");
    }
}
