//! Everything that a request may need, built once at the start and shared by all requests.

use crate::clock::Clock;
use crate::data;
use crate::engine::{Engine, EngineError};
use crate::identity::PersonalTokens;
use crate::local::{Faults, RequestLog};
use crate::oidc::Authority;
use crate::settings::Settings;
use crate::statements::{Links, Sessions, Statements};
use crate::unity::Grants;
use crate::warehouses::Warehouses;
use std::net::SocketAddr;
use std::sync::Arc;

pub struct Workspace {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub base: String,
    pub authority: Authority,
    pub personal_tokens: PersonalTokens,
    pub warehouses: Warehouses,
    pub statements: Statements,
    pub sessions: Sessions,
    pub links: Links,
    pub clock: Arc<Clock>,
    pub engine: Arc<Engine>,
    pub grants: Arc<Grants>,
    pub requests: RequestLog,
    pub faults: Faults,
}

#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("the signing key could not be made")]
    Key(#[from] aws_lc_rs::error::Unspecified),
    #[error("the sample data could not be made: {0}")]
    Data(#[from] data::DataError),
    #[error(transparent)]
    Mount(#[from] data::MountError),
    #[error("the SQL engine could not be set up: {0}")]
    Engine(#[from] EngineError),
}

impl Workspace {
    /// May take seconds when the sample data has to be generated: not for an async thread.
    pub fn new(address: SocketAddr, settings: &Settings) -> Result<Self, WorkspaceError> {
        let base = format!("http://{address}");
        let clock = Arc::<Clock>::default();
        let samples = data::samples(settings.data_dir.as_deref(), settings.tpch_scale)?;
        let mut catalogs = vec![("samples", samples)];
        if let Some(folder) = &settings.mounted {
            catalogs.push(("local", data::mount(folder)?));
        }
        Ok(Self {
            authority: Authority::new(&base, settings, clock.clone())?,
            personal_tokens: PersonalTokens::default(),
            warehouses: Warehouses::new(settings.warehouses),
            statements: Statements::default(),
            sessions: Sessions::default(),
            links: Links::new(&base, settings.link_ttl)?,
            clock,
            engine: Arc::new(Engine::new(catalogs)?),
            grants: Arc::default(),
            requests: RequestLog::default(),
            faults: Faults::default(),
            base,
        })
    }
}
