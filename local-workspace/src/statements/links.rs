//! Links to chunks, as an object store signs them: whoever has the link may fetch the chunk until it expires.

use super::delivery::Format;
use crate::random;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign, verify};
use chrono::{DateTime, SecondsFormat};
use serde::Deserialize;
use std::fmt::Write;
use std::time::Duration;

pub struct Links {
    /// New at each start, as the results are.
    key: Key,
    base: String,
    lifetime: Duration,
}

pub(super) struct Link {
    pub(super) url: String,
    /// RFC 3339.
    pub(super) expiration: String,
}

/// What a link leads to.
pub(super) struct Target<'a> {
    pub(super) statement: &'a str,
    pub(super) chunk: usize,
    pub(super) format: Format,
}

/// The query of a link.
#[derive(Deserialize)]
pub(super) struct Seal {
    expires: i64,
    signature: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Forged,
    Expired,
}

impl Links {
    pub fn new(base: &str, lifetime: Duration) -> Result<Self, Unspecified> {
        let key = Key::new(HMAC_SHA256, random::hex(32)?.as_bytes());
        Ok(Self { key, base: base.to_owned(), lifetime })
    }

    pub(super) fn sign(&self, target: &Target<'_>, now: i64) -> Link {
        let expires = now.saturating_add(i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX));
        let signature = random::to_hex(sign(&self.key, signed(target, expires).as_bytes()).as_ref());
        let (statement, chunk) = (target.statement, target.chunk);
        let mut url = format!("{}/external-results/{statement}/{chunk}", self.base);
        // Writing to a String cannot fail.
        let _ = write!(url, "?expires={expires}&signature={signature}");
        let expiration = DateTime::from_timestamp(expires, 0)
            .map(|moment| moment.to_rfc3339_opts(SecondsFormat::Millis, true))
            .unwrap_or_default();
        Link { url, expiration }
    }

    pub(super) fn check(&self, target: &Target<'_>, seal: &Seal, now: i64) -> Result<(), Refused> {
        let signature = from_hex(&seal.signature).ok_or(Refused::Forged)?;
        verify(&self.key, signed(target, seal.expires).as_bytes(), &signature).map_err(|_| Refused::Forged)?;
        if now < seal.expires { Ok(()) } else { Err(Refused::Expired) }
    }
}

fn signed(target: &Target<'_>, expires: i64) -> String {
    format!("{}/{}/{}/{expires}", target.statement, target.chunk, target.format.name())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_its_own_chunk_until_it_expires() {
        let links = Links::new("http://127.0.0.1:1", Duration::from_secs(900)).unwrap();
        let target = |chunk| Target { statement: "01", chunk, format: Format::Csv };
        let link = links.sign(&target(3), 1_000);
        let signature = link.url.split_once("signature=").unwrap().1.to_owned();
        assert!(link.url.starts_with("http://127.0.0.1:1/external-results/01/3?expires=1900&signature="));
        assert_eq!(link.expiration, "1970-01-01T00:31:40.000Z");
        let seal = Seal { expires: 1_900, signature };
        assert_eq!(links.check(&target(3), &seal, 1_899), Ok(()));
        assert_eq!(links.check(&target(3), &seal, 1_900), Err(Refused::Expired));
        assert_eq!(links.check(&target(4), &seal, 1_000), Err(Refused::Forged));
        let later = Seal { expires: 9_999, ..seal };
        assert_eq!(links.check(&target(3), &later, 1_000), Err(Refused::Forged));
        assert_eq!(links.check(&target(3), &Seal { signature: "zz".into(), ..later }, 1_000), Err(Refused::Forged));
    }
}
