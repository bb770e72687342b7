//! The token endpoint: codes and refresh tokens become access tokens of the real service's shape.

use super::Authority;
use super::client_auth::authenticate;
use super::codes::Redeemed;
use super::error::OAuthError;
use super::grants::Issued;
use super::level::{ACCOUNT_ID, Level};
use super::params::{Params, PostedForm};
use crate::local::Note;
use crate::wire::ORG_ID;
use crate::workspace::Workspace;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) async fn token(
    State(workspace): State<Arc<Workspace>>,
    Extension(note): Extension<Note>,
    headers: HeaderMap,
    form: PostedForm,
) -> Result<Response, OAuthError> {
    let authority = &workspace.authority;
    let params = Params::of_form(form)?;
    let grant_type = params.get("grant_type").unwrap_or_default();
    if ["authorization_code", "refresh_token"].contains(&grant_type) {
        note.set_grant_type(grant_type);
    }
    authenticate(&headers, &params, &authority.client)?;

    let issued = match grant_type {
        "authorization_code" => authority.redeem_code(&params)?,
        "refresh_token" => authority.redeem_refresh_token(&params)?,
        "" => return Err(OAuthError::bad_request("invalid_request", "grant_type is missing")),
        _ => {
            let description = "grant_type must be 'authorization_code' or 'refresh_token'";
            return Err(OAuthError::bad_request("unsupported_grant_type", description));
        }
    };
    note.set_user(issued.approval.user.id);
    let answer = authority.token_answer(issued)?;
    Ok(([(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")], Json(answer)).into_response())
}

impl Authority {
    fn redeem_code(&self, params: &Params) -> Result<Issued, OAuthError> {
        let required = |name: &'static str| {
            params.get(name).ok_or_else(|| OAuthError::bad_request("invalid_request", format!("{name} is missing")))
        };
        let (code, redirect_uri, verifier) = (required("code")?, required("redirect_uri")?, required("code_verifier")?);
        match self.codes.redeem(code, redirect_uri, verifier) {
            Redeemed::Approved(approval) => self.grants.issue(approval).map_err(|_| OAuthError::internal()),
            Redeemed::Reused(approval) => {
                tracing::warn!(user = approval.user.id, "a used code came back: the tokens it gave are revoked");
                self.grants.revoke(&approval);
                Err(OAuthError::invalid_grant("Authorization code was used before"))
            }
            Redeemed::Invalid => {
                Err(OAuthError::invalid_grant("Authorization code, redirect_uri or code_verifier is invalid"))
            }
        }
    }

    fn redeem_refresh_token(&self, params: &Params) -> Result<Issued, OAuthError> {
        let token = params
            .get("refresh_token")
            .ok_or_else(|| OAuthError::bad_request("invalid_request", "refresh_token is missing"))?;
        self.grants.rotate(token).map_err(|_| OAuthError::internal())?.ok_or_else(OAuthError::refresh_token_is_invalid)
    }

    fn token_answer(&self, issued: Issued) -> Result<Value, OAuthError> {
        let scopes = &issued.approval.scopes;
        let audience = match issued.approval.level {
            Level::Workspace => ORG_ID,
            Level::Account => ACCOUNT_ID,
        };
        let expires_in = self.grants.lifetimes.access.as_secs();
        let now = self.clock.now().unsigned_abs();
        let access_token = self.sign(
            "at+jwt",
            &json!({
                "client_id": self.client.id,
                "scope": scopes.to_string(),
                "iss": self.issuer(issued.approval.level),
                "aud": audience,
                "sub": issued.approval.user.email,
                "iat": now,
                "exp": now + expires_in,
                "jti": issued.jti,
            }),
        )?;
        let mut answer = json!({
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": expires_in,
            "scope": scopes.to_string(),
        });
        if let Some(refresh_token) = &issued.refresh_token {
            insert(&mut answer, "refresh_token", json!(refresh_token));
        }
        if scopes.contains("openid") {
            insert(&mut answer, "id_token", json!(self.id_token(&issued, now)?));
        }
        Ok(answer)
    }

    fn id_token(&self, issued: &Issued, now: u64) -> Result<String, OAuthError> {
        let user = issued.approval.user;
        let mut claims = json!({
            "iss": self.issuer(issued.approval.level),
            "sub": user.email,
            "aud": self.client.id,
            "iat": now,
            "exp": now + self.grants.lifetimes.access.as_secs(),
            "jti": issued.jti,
            "name": user.display_name(),
            "given_name": user.given_name,
            "family_name": user.family_name,
            "preferred_username": user.email,
        });
        if let Some(nonce) = &issued.approval.nonce {
            insert(&mut claims, "nonce", json!(nonce));
        }
        self.sign("JWT", &claims)
    }

    fn sign(&self, typ: &str, claims: &Value) -> Result<String, OAuthError> {
        self.key.sign(typ, claims).map_err(|_| OAuthError::internal())
    }
}

fn insert(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(fields) = object {
        fields.insert(name.to_owned(), value);
    }
}
