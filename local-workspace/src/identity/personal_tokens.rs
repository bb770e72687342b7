//! Personal access tokens (`dapi…`): made at the start, or by `POST /api/2.0/token/create`. They carry every scope.

use super::{Caller, User};
use crate::random;
use crate::wire::{ApiError, ApiJson};
use crate::workspace::Workspace;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) const PREFIX: &str = "dapi";

/// By the digest of a token: the token itself is told once.
#[derive(Default)]
pub struct PersonalTokens(Mutex<HashMap<Vec<u8>, PersonalToken>>);

#[derive(Clone)]
struct PersonalToken {
    id: String,
    owner: &'static User,
    comment: String,
    created_ms: i64,
    /// `None`: never.
    expires_ms: Option<i64>,
}

pub fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/token/create", post(create))
        .route("/api/2.0/token/list", get(list))
        .route("/api/2.0/token/delete", post(delete))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    comment: String,
    lifetime_seconds: Option<i64>,
}

#[derive(Deserialize)]
struct Named {
    token_id: String,
}

impl PersonalTokens {
    /// A token that does not expire.
    pub fn mint(&self, owner: &'static User, now: i64) -> Result<String, Unspecified> {
        self.add(owner, String::new(), now, None).map(|(token, _)| token)
    }

    pub(super) fn owner(&self, token: &str, now: i64) -> Option<&'static User> {
        let all = self.all();
        let found = all.get(&key(token))?;
        found.expires_ms.is_none_or(|expires| now.saturating_mul(1_000) < expires).then_some(found.owner)
    }

    fn add(
        &self,
        owner: &'static User,
        comment: String,
        now: i64,
        lifetime: Option<i64>,
    ) -> Result<(String, PersonalToken), Unspecified> {
        let token = format!("{PREFIX}{}", random::hex(16)?);
        let expires_ms = lifetime.map(|seconds| now.saturating_add(seconds).saturating_mul(1_000));
        let entry =
            PersonalToken { id: random::hex(32)?, owner, comment, created_ms: now.saturating_mul(1_000), expires_ms };
        self.all().insert(key(&token), entry.clone());
        Ok((token, entry))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Vec<u8>, PersonalToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

impl PersonalToken {
    fn document(&self) -> Value {
        json!({
            "token_id": self.id,
            "creation_time": self.created_ms,
            "expiry_time": self.expires_ms.unwrap_or(-1),
            "comment": self.comment,
        })
    }
}

async fn create(
    caller: Caller,
    State(workspace): State<Arc<Workspace>>,
    ApiJson(wanted): ApiJson<Wanted>,
) -> Result<Json<Value>, ApiError> {
    caller.require("all-apis")?;
    if wanted.lifetime_seconds.is_some_and(|seconds| seconds <= 0) {
        return Err(ApiError::InvalidParameter("lifetime_seconds must be positive.".to_owned()));
    }
    let (token, entry) = workspace
        .personal_tokens
        .add(caller.user, wanted.comment, workspace.clock.now(), wanted.lifetime_seconds)
        .map_err(|_| ApiError::Internal("no token could be made"))?;
    Ok(Json(json!({"token_value": token, "token_info": entry.document()})))
}

async fn list(caller: Caller, State(workspace): State<Arc<Workspace>>) -> Result<Json<Value>, ApiError> {
    caller.require("all-apis")?;
    let all = workspace.personal_tokens.all();
    let own: Vec<Value> =
        all.values().filter(|token| token.owner == caller.user).map(PersonalToken::document).collect();
    Ok(Json(json!({"token_infos": own})))
}

async fn delete(
    caller: Caller,
    State(workspace): State<Arc<Workspace>>,
    ApiJson(named): ApiJson<Named>,
) -> Result<Json<Value>, ApiError> {
    caller.require("all-apis")?;
    let mut all = workspace.personal_tokens.all();
    let before = all.len();
    all.retain(|_, token| token.owner != caller.user || token.id != named.token_id);
    if all.len() == before {
        return Err(ApiError::DoesNotExist(format!("Token with ID {} does not exist.", named.token_id)));
    }
    Ok(Json(json!({})))
}
