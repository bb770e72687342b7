//! The RSA key that signs tokens, and its public half as a JWK set.

use super::jws;
use crate::random;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

pub(super) struct SigningKey {
    pair: RsaKeyPair,
    /// 64 hex digits, like the real service's.
    kid: String,
}

impl SigningKey {
    pub(super) fn generate() -> Result<Self, Unspecified> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
        let kid = random::to_hex(digest(&SHA256, pair.public_key().as_ref()).as_ref());
        Ok(Self { pair, kid })
    }

    /// An RS256 JWT; `typ` tells access tokens (`at+jwt`, RFC 9068) from ID tokens (`JWT`).
    pub(super) fn sign(&self, typ: &str, claims: &Value) -> Result<String, Unspecified> {
        let head = json!({"kid": self.kid, "typ": typ, "alg": "RS256"});
        let input = jws::signing_input(&head, claims);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature)?;
        Ok(jws::join(&input, &signature))
    }

    /// The claims of an access token that this key signed. The header has to be the very one that we write, so no
    /// other algorithm, key or token type is ever considered. Expiry is not looked at.
    pub(super) fn open(&self, token: &str) -> Option<Map<String, Value>> {
        let parts = jws::split(token)?;
        if parts.header != json!({"kid": self.kid, "typ": "at+jwt", "alg": "RS256"}) {
            return None;
        }
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref())
            .verify(parts.input.as_bytes(), &parts.signature)
            .ok()?;
        match parts.claims {
            Value::Object(claims) => Some(claims),
            _ => None,
        }
    }

    pub(super) fn jwks(&self) -> Value {
        let public = self.pair.public_key();
        json!({"keys": [{
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": BASE64_URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            "e": BASE64_URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
        }]})
    }
}
