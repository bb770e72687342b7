//! The compact JWS form (RFC 7515 section 3.1): three base64url parts with dots between them. No cryptography.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

pub(super) struct Parts<'a> {
    pub(super) header: Value,
    pub(super) claims: Value,
    /// What the signature covers: header and claims as they were sent.
    pub(super) input: &'a str,
    pub(super) signature: Vec<u8>,
}

pub(super) fn signing_input(header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

pub(super) fn join(input: &str, signature: &[u8]) -> String {
    format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

pub(super) fn split(token: &str) -> Option<Parts<'_>> {
    let (input, signature) = token.rsplit_once('.')?;
    let (header, claims) = input.split_once('.')?;
    let bytes = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
    Some(Parts {
        header: serde_json::from_slice(&bytes(header)?).ok()?,
        claims: serde_json::from_slice(&bytes(claims)?).ok()?,
        input,
        signature: bytes(signature)?,
    })
}
