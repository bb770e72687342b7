//! Who calls the token endpoint: client id and secret, in the form body or as HTTP Basic, never both.

use super::error::OAuthError;
use super::params::Params;
use crate::settings::Client;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{HeaderMap, header};
use base64::{Engine, prelude::BASE64_STANDARD};
use url::form_urlencoded;

pub(super) fn authenticate(headers: &HeaderMap, params: &Params, client: &Client) -> Result<(), OAuthError> {
    let basic = headers.get(header::AUTHORIZATION);
    let (id, secret) = match basic {
        None => (params.get("client_id").map(str::to_owned), params.get("client_secret").map(str::to_owned)),
        Some(_) if params.get("client_secret").is_some() => {
            let description = "Client credentials in the Authorization header and in the body";
            return Err(OAuthError::bad_request("invalid_request", description));
        }
        Some(value) => match value.to_str().ok().and_then(from_basic) {
            Some((id, secret)) => (Some(id), Some(secret)),
            None => return Err(OAuthError::invalid_client(true)),
        },
    };
    let id_is_right = id.as_deref() == Some(client.id.as_str());
    let secret_is_right = match (&client.secret, secret.filter(|secret| !secret.is_empty())) {
        (Some(expected), Some(given)) => same(expected, &given),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    if id_is_right && secret_is_right { Ok(()) } else { Err(OAuthError::invalid_client(basic.is_some())) }
}

/// Both halves are form-encoded before they are joined (RFC 6749 section 2.3.1).
fn from_basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((form_decode(id), form_decode(secret)))
}

fn form_decode(text: &str) -> String {
    // `&` and `=` would be read as the syntax of a form; encoded they can only be content.
    let text = text.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(text.as_bytes()).map(|(name, _)| name.into_owned()).next().unwrap_or_default()
}

/// Digests have one length, so the comparison does not tell how long the secret is either.
fn same(expected: &str, given: &str) -> bool {
    let hash = |text: &str| digest(&SHA256, text.as_bytes());
    verify_slices_are_equal(hash(expected).as_ref(), hash(given).as_ref()).is_ok()
}
