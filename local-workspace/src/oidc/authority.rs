//! Everything the authorization server knows while it runs.

use super::codes::Codes;
use super::grants::{Grants, LiveSession};
use super::keys::SigningKey;
use super::level::Level;
use crate::clock::Clock;
use crate::settings::{Client, Settings};
use aws_lc_rs::error::Unspecified;
use std::sync::Arc;

pub struct Authority {
    base: String,
    /// Whether tokens can be revoked by the client.
    pub(super) revocation: bool,
    pub(super) client: Client,
    pub(super) key: SigningKey,
    pub(super) codes: Codes,
    /// What `iat` and `exp` say.
    pub(super) clock: Arc<Clock>,
    pub(super) grants: Grants,
}

impl Authority {
    /// A new key pair each time, so tokens never outlive the process that signed them.
    pub fn new(base: &str, settings: &Settings, clock: Arc<Clock>) -> Result<Self, Unspecified> {
        Ok(Self {
            base: base.to_owned(),
            revocation: settings.revocation,
            client: settings.client.clone(),
            key: SigningKey::generate()?,
            codes: Codes::default(),
            clock,
            grants: Grants::new(settings.tokens),
        })
    }

    /// The `iss` of tokens and redirects.
    pub(super) fn issuer(&self, level: Level) -> String {
        format!("{}{}", self.base, level.path())
    }

    /// Who holds this bearer token, if it is ours, alive and not revoked.
    pub fn check(&self, bearer: &str) -> Option<super::TokenHolder> {
        let claims = self.key.open(bearer)?;
        let issuer = claims.get("iss")?.as_str()?;
        if !Level::BOTH.iter().any(|level| self.issuer(*level) == issuer) {
            return None;
        }
        self.grants.holder(claims.get("jti")?.as_str()?)
    }

    /// Ends a token of either kind; the hint of a client is not needed to tell them apart.
    pub(super) fn revoke(&self, token: &str) {
        self.grants.revoke_refresh_token(token);
        let jti = self.key.open(token).and_then(|claims| Some(claims.get("jti")?.as_str()?.to_owned()));
        if let Some(jti) = jti {
            self.grants.revoke_access_token(&jti);
        }
    }

    /// Every sign-in whose tokens live, the newest first.
    pub fn sessions(&self) -> Vec<LiveSession> {
        self.grants.sessions()
    }

    /// Makes every access token stale; with `refresh` the refresh tokens as well.
    pub fn expire_all(&self, refresh: bool) {
        self.grants.expire_all(refresh);
    }
}
