//! Authorization codes: single use, sixty seconds, bound to client, redirect URI and PKCE challenge.

use super::level::Level;
use super::request::AuthorizeRequest;
use super::scope::Scopes;
use crate::identity::User;
use crate::random;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const LIFETIME: Duration = Duration::from_secs(60);
/// A used code is remembered a little longer, so that its reuse is recognised and not merely unknown.
const MEMORY: Duration = Duration::from_secs(600);

#[derive(Default)]
pub(super) struct Codes(Mutex<HashMap<String, Code>>);

struct Code {
    issued: Instant,
    redirect_uri: String,
    challenge: String,
    approval: Approval,
    used: bool,
}

/// What the person at the sign-in page agreed to. The id names the family of tokens that may grow from it.
#[derive(Clone)]
pub(super) struct Approval {
    pub(super) id: String,
    pub(super) user: &'static User,
    pub(super) scopes: Scopes,
    pub(super) nonce: Option<String>,
    pub(super) level: Level,
    pub(super) given: Instant,
}

pub(super) enum Redeemed {
    Approved(Approval),
    /// Used before: whoever holds the tokens of this approval may be a thief (RFC 6749 section 4.1.2).
    Reused(Approval),
    Invalid,
}

impl Codes {
    pub(super) fn issue(&self, request: AuthorizeRequest, user: &'static User) -> Result<String, Unspecified> {
        let code = format!("dcod{}", random::hex(16)?);
        let (scopes, nonce, level) = (request.scopes, request.nonce, request.level);
        let approval = Approval { id: random::hex(16)?, user, scopes, nonce, level, given: Instant::now() };
        let entry = Code {
            issued: Instant::now(),
            redirect_uri: request.redirect_uri,
            challenge: request.challenge,
            approval,
            used: false,
        };
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, code| code.issued.elapsed() < MEMORY);
        codes.insert(code.clone(), entry);
        Ok(code)
    }

    /// Any attempt uses the code up, a wrong one as well.
    pub(super) fn redeem(&self, code: &str, redirect_uri: &str, verifier: &str) -> Redeemed {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(code) = codes.get_mut(code) else { return Redeemed::Invalid };
        if std::mem::replace(&mut code.used, true) {
            return Redeemed::Reused(code.approval.clone());
        }
        let alive = code.issued.elapsed() < LIFETIME;
        if alive && code.redirect_uri == redirect_uri && code.challenge == challenge_of(verifier) {
            Redeemed::Approved(code.approval.clone())
        } else {
            Redeemed::Invalid
        }
    }
}

fn challenge_of(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge_of(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
