//! What was granted and is still alive: families of refresh tokens and the access tokens that came with them.
//!
//! A refresh token works once and is replaced. A second use tells that two parties hold it, so the whole family ends,
//! its access tokens included (RFC 9700 section 4.14.2).

use super::codes::Approval;
use super::scope::Scopes;
use crate::identity::User;
use crate::random;
use crate::settings::TokenSettings;
use aws_lc_rs::error::Unspecified;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

pub(super) struct Grants {
    pub(super) lifetimes: TokenSettings,
    alive: Mutex<Alive>,
}

#[derive(Default)]
struct Alive {
    /// By `jti`.
    access: HashMap<String, Token>,
    /// By the token itself. Used ones stay until they would have expired, to recognise reuse.
    refresh: HashMap<String, Token>,
    used: HashSet<String>,
}

#[derive(Clone)]
struct Token {
    approval: Approval,
    expires: Instant,
}

/// The person and the scopes behind a valid access token.
pub struct TokenHolder {
    pub user: &'static User,
    pub scopes: Scopes,
}

/// A sign-in and the tokens of it that can still be used. It tells how many, not which.
pub struct LiveSession {
    pub user: &'static User,
    pub scopes: Scopes,
    pub age: Duration,
    pub access_tokens: usize,
    pub refresh_tokens: usize,
}

/// What a token answer is made of.
pub(super) struct Issued {
    pub(super) jti: String,
    pub(super) refresh_token: Option<String>,
    pub(super) approval: Approval,
}

impl Grants {
    pub(super) fn new(lifetimes: TokenSettings) -> Self {
        Self { lifetimes, alive: Mutex::default() }
    }

    pub(super) fn issue(&self, approval: Approval) -> Result<Issued, Unspecified> {
        self.add(&mut self.alive(), approval)
    }

    /// Trades a refresh token for the next one. `None`: expired, unknown, revoked or used before.
    pub(super) fn rotate(&self, refresh_token: &str) -> Result<Option<Issued>, Unspecified> {
        let mut alive = self.alive();
        let Some(token) = alive.refresh.get(refresh_token).cloned() else { return Ok(None) };
        if !self.lifetimes.single_use {
            let fresh = token.expires > Instant::now();
            return fresh.then(|| Ok(self.add_access(&mut alive, token.approval, Some(refresh_token)))).transpose();
        }
        if !alive.used.insert(refresh_token.to_owned()) {
            tracing::warn!(
                user = token.approval.user.id,
                "a used refresh token came back: its whole family is revoked"
            );
            alive.revoke(&token.approval.id);
            return Ok(None);
        }
        if token.expires <= Instant::now() {
            return Ok(None);
        }
        self.add(&mut alive, token.approval).map(Some)
    }

    pub(super) fn revoke(&self, approval: &Approval) {
        self.alive().revoke(&approval.id);
    }

    /// Ends the family that a refresh token belongs to; for a token that is none of ours there is nothing to do.
    pub(super) fn revoke_refresh_token(&self, refresh_token: &str) {
        let mut alive = self.alive();
        if let Some(id) = alive.refresh.get(refresh_token).map(|token| token.approval.id.clone()) {
            alive.revoke(&id);
        }
    }

    /// Ends one access token.
    pub(super) fn revoke_access_token(&self, jti: &str) {
        self.alive().access.remove(jti);
    }

    pub(super) fn holder(&self, jti: &str) -> Option<TokenHolder> {
        let alive = self.alive();
        let token = alive.access.get(jti).filter(|token| token.expires > Instant::now())?;
        Some(TokenHolder { user: token.approval.user, scopes: token.approval.scopes.clone() })
    }

    pub(super) fn sessions(&self) -> Vec<LiveSession> {
        let mut alive = self.alive();
        alive.forget_expired(Instant::now());
        let mut sessions: HashMap<&str, LiveSession> = HashMap::new();
        let unused = alive.refresh.iter().filter(|(token, _)| !alive.used.contains(*token)).map(|(_, token)| token);
        let all = alive.access.values().map(|token| (token, 1, 0)).chain(unused.map(|token| (token, 0, 1)));
        for (token, access, refresh) in all {
            let approval = &token.approval;
            let session = sessions.entry(&approval.id).or_insert_with(|| LiveSession {
                user: approval.user,
                scopes: approval.scopes.clone(),
                age: approval.given.elapsed(),
                access_tokens: 0,
                refresh_tokens: 0,
            });
            session.access_tokens += access;
            session.refresh_tokens += refresh;
        }
        let mut sessions: Vec<LiveSession> = sessions.into_values().collect();
        sessions.sort_by_key(|session| session.age);
        sessions
    }

    pub(super) fn expire_all(&self, refresh: bool) {
        let mut alive = self.alive();
        alive.access.clear();
        if refresh {
            alive.refresh.clear();
            alive.used.clear();
        }
    }

    fn add(&self, alive: &mut Alive, approval: Approval) -> Result<Issued, Unspecified> {
        let now = Instant::now();
        alive.forget_expired(now);
        let mut issued = self.add_access(alive, approval, None);
        if issued.approval.scopes.contains("offline_access") {
            let token = format!("doau{}", random::hex(16)?);
            let expires = self.end(&issued.approval, now + self.lifetimes.refresh);
            alive.refresh.insert(token.clone(), Token { approval: issued.approval.clone(), expires });
            issued.refresh_token = Some(token);
        }
        Ok(issued)
    }

    fn add_access(&self, alive: &mut Alive, approval: Approval, refresh_token: Option<&str>) -> Issued {
        let jti = Uuid::new_v4().to_string();
        let expires = self.end(&approval, Instant::now() + self.lifetimes.access);
        alive.access.insert(jti.clone(), Token { approval: approval.clone(), expires });
        Issued { jti, refresh_token: refresh_token.map(str::to_owned), approval }
    }

    /// No token outlives the session that began with its approval.
    fn end(&self, approval: &Approval, usual: Instant) -> Instant {
        self.lifetimes.session.map_or(usual, |session| usual.min(approval.given + session))
    }

    fn alive(&self) -> MutexGuard<'_, Alive> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Alive {
    fn revoke(&mut self, approval: &str) {
        self.access.retain(|_, token| token.approval.id != approval);
        self.refresh.retain(|_, token| token.approval.id != approval);
        self.used.retain(|token| self.refresh.contains_key(token));
    }

    fn forget_expired(&mut self, now: Instant) {
        self.access.retain(|_, token| token.expires > now);
        self.refresh.retain(|_, token| token.expires > now);
        self.used.retain(|token| self.refresh.contains_key(token));
    }
}
