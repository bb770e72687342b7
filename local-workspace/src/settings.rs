//! What one workspace is started with: checked options, the generated secret included. No I/O.

use crate::cli::CommonOptions;
use crate::identity::User;
use crate::random;
use crate::warehouses::WarehouseSettings;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Options after their check. [`Settings::new`] is the only way to make one, so a `Settings` is always loopback.
#[derive(Clone, Debug)]
pub struct Settings {
    pub listen: SocketAddr,
    pub tokens: TokenSettings,
    pub revocation: bool,
    /// Who gets a personal access token at the start.
    pub personal_tokens: Vec<&'static User>,
    pub warehouses: WarehouseSettings,
    pub link_ttl: Duration,
    pub client: Client,
    /// Where generated data is kept; `None` means in memory alone.
    pub data_dir: Option<PathBuf>,
    /// The folder whose files are the catalog `local`.
    pub mounted: Option<PathBuf>,
    /// Scale factor of `samples.tpch`.
    pub tpch_scale: f64,
}

/// Lifetimes and use of tokens: the `token_access_policy` of a real app connection.
#[derive(Clone, Copy, Debug)]
pub struct TokenSettings {
    pub access: Duration,
    /// Anew with each rotation.
    pub refresh: Duration,
    /// From the sign-in on, however often it is refreshed. `None`: no end.
    pub session: Option<Duration>,
    /// A refresh token works once, and its reuse revokes the family.
    pub single_use: bool,
}

/// The one registered app connection.
#[derive(Clone)]
pub struct Client {
    pub id: String,
    /// `None` for a public client.
    pub secret: Option<String>,
    /// The secret was made up at this start, so whoever started the program has to be told.
    pub secret_is_new: bool,
    pub redirect_uris: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error(
        "--listen {0} is not a loopback address. Everyone who reaches this server can sign in as any user, so it only \
         listens on 127.0.0.1 or [::1]"
    )]
    NotLoopback(SocketAddr),
    #[error("--client-secret is empty; leave the option out to have a secret made")]
    EmptySecret,
    #[error("the operating system's random generator failed")]
    Random,
}

impl Settings {
    pub fn new(listen: SocketAddr, options: CommonOptions) -> Result<Self, SettingsError> {
        if !listen.ip().is_loopback() {
            return Err(SettingsError::NotLoopback(listen));
        }
        let (secret, secret_is_new) = match options.client_secret {
            _ if options.public_client => (None, false),
            Some(secret) if secret.is_empty() => return Err(SettingsError::EmptySecret),
            Some(secret) => (Some(secret), false),
            // `dose` is the prefix of real app connection secrets.
            None => (Some(format!("dose{}", random::hex(16).map_err(|_| SettingsError::Random)?)), true),
        };
        Ok(Self {
            listen,
            tokens: TokenSettings {
                access: options.access_ttl,
                refresh: options.refresh_ttl,
                session: options.session_ttl,
                single_use: !options.reusable_refresh_tokens,
            },
            revocation: !options.no_revocation,
            personal_tokens: options.personal_tokens,
            warehouses: WarehouseSettings {
                start_takes: options.warehouse_start,
                auto_stop: Some(options.auto_stop).filter(|idle| !idle.is_zero()),
                slots: options.warehouse_slots.get().into(),
            },
            link_ttl: options.link_ttl,
            client: Client {
                id: options.client_id.to_string(),
                secret,
                secret_is_new,
                redirect_uris: options.redirect_uris,
            },
            data_dir: crate::data::cache::default_dir(),
            mounted: options.data,
            tpch_scale: options.tpch_scale,
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.id)
            .field("redirect_uris", &self.redirect_uris)
            .finish_non_exhaustive()
    }
}
