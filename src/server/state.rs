//! What every handler and service shares; made once at start, cheap to clone.

use std::{sync::Arc, time::Duration};

use super::{
    clock::Clock,
    databricks::Databricks,
    middleware::limits::SignIns,
    oauth::{answer::Answers, discovery::Discovery, tokens::TokenEndpoint},
    services::{kept::Kept, running::Running},
    session::{CookieStore, Engine, KeyRing, SessionStore},
    settings::Settings,
};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;

#[derive(Clone)]
pub struct AppState {
    pub leptos: LeptosOptions,
    pub settings: Arc<Settings>,
    pub clock: Clock,
    pub keys: Arc<KeyRing>,
    pub discovery: Arc<Discovery>,
    pub tokens: TokenEndpoint,
    pub sessions: Arc<dyn SessionStore>,
    pub engine: Arc<Engine>,
    pub sign_ins: Arc<SignIns>,
    pub answers: Arc<Answers>,
    pub databricks: Databricks,
    pub running: Arc<Running>,
    pub kept: Arc<Kept>,
}

impl AppState {
    /// # Errors
    /// The HTTP client cannot be built (no TLS).
    pub fn new(settings: Settings, leptos: LeptosOptions, clock: Clock) -> Result<Self, reqwest::Error> {
        let http = http_client().build()?;
        let workspace = Arc::new(settings.workspace.clone());
        let discovery = Arc::new(Discovery::new(http.clone(), workspace.host.clone()));
        let tokens = TokenEndpoint::new(http.clone(), Arc::clone(&discovery), Arc::clone(&workspace));
        let keys = Arc::new(KeyRing::new(&settings.session.keys));
        let sessions: Arc<dyn SessionStore> = Arc::new(CookieStore::new(Arc::clone(&keys)));
        let grants = Arc::new(tokens.clone());
        let engine = Engine::new(clock.clone(), settings.session.clone(), grants, Arc::clone(&sessions));
        Ok(Self {
            leptos,
            keys,
            sessions,
            engine: Arc::new(engine),
            databricks: Databricks::new(http_client, workspace)?,
            running: Arc::default(),
            kept: Arc::default(),
            sign_ins: Arc::new(SignIns::new(&settings.web)),
            settings: Arc::new(settings),
            answers: Arc::default(),
            clock,
            discovery,
            tokens,
        })
    }
}

/// No redirects: a redirected token request would hand its secrets to another host, and a redirected API call ends at a
/// sign-in page that is no answer.
pub(super) fn http_client() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("lakefront/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(60))
}

/// `leptos_axum` asks for its options this way.
impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
