//! Authenticated encryption of what goes into cookies: XChaCha20-Poly1305 with a random 192-bit nonce.
//!
//! The associated data holds application, purpose, cookie name and key id, so that a value sealed for one cookie opens
//! under no other (S14). The nonce is random and long enough that no counter or cap per key is needed (S31).

use std::sync::{Arc, PoisonError, RwLock};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::ExposeSecret;
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::server::settings::CookieKey;

const NONCE_LENGTH: usize = 24;

/// What a sealed value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Session,
    SignInAttempt,
}

/// The cookie keys; the first seals, all open. They can be replaced while the server runs.
pub struct KeyRing {
    keys: RwLock<Arc<Keys>>,
}

type Keys = Vec<(String, XChaCha20Poly1305)>;

/// An opened value.
#[derive(Debug)]
pub struct Opened<T> {
    pub value: T,
    /// Sealed with a key that is not the first: seal it anew on the next answer.
    pub old_key: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("the key ring is empty")]
    NoKey,
    #[error("the operating system has no randomness to give")]
    Randomness(#[from] getrandom::Error),
    #[error("the value cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error("encryption failed")]
    Cipher,
}

impl KeyRing {
    pub fn new(keys: &[CookieKey]) -> Self {
        Self { keys: RwLock::new(Arc::new(ciphers(keys))) }
    }

    /// Seals and opens with other keys from now on.
    pub fn replace(&self, keys: &[CookieKey]) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ciphers(keys));
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Seals a value for the cookie `name`: `KEY-ID.BASE64URL(nonce, ciphertext, tag)`.
    ///
    /// # Errors
    /// No randomness, or a value that is not JSON.
    pub fn seal(&self, purpose: Purpose, name: &str, value: &impl Serialize) -> Result<String, SealError> {
        let keys = self.keys();
        let (id, cipher) = keys.first().ok_or(SealError::NoKey)?;
        let plain = Zeroizing::new(serde_json::to_vec(value)?);
        let mut nonce = [0_u8; NONCE_LENGTH];
        getrandom::fill(&mut nonce)?;
        let aad = associated_data(purpose, name, id);
        let sealed =
            cipher.encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: &aad }).map_err(|_| SealError::Cipher)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(format!("{id}.{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens what [`KeyRing::seal`] made for the same purpose and name; `None` for anything else.
    pub fn open<T: DeserializeOwned>(&self, purpose: Purpose, name: &str, sealed: &str) -> Option<Opened<T>> {
        let (id, encoded) = sealed.split_once('.')?;
        let keys = self.keys();
        let position = keys.iter().position(|(key_id, _)| key_id == id)?;
        let (_, cipher) = keys.get(position)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LENGTH)?;
        let nonce: [u8; NONCE_LENGTH] = nonce.try_into().ok()?;
        let aad = associated_data(purpose, name, id);
        let plain = cipher.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: &aad }).ok()?;
        let plain = Zeroizing::new(plain);
        serde_json::from_slice(&plain).ok().map(|value| Opened { value, old_key: position > 0 })
    }
}

fn ciphers(keys: &[CookieKey]) -> Keys {
    let cipher = |key: &CookieKey| XChaCha20Poly1305::new(key.bytes.expose_secret().into());
    keys.iter().map(|key| (key.id.clone(), cipher(key))).collect()
}

fn associated_data(purpose: Purpose, name: &str, key_id: &str) -> Vec<u8> {
    let purpose = match purpose {
        Purpose::Session => "session",
        Purpose::SignInAttempt => "sign-in-attempt",
    };
    ["lakefront/1", purpose, name, key_id].join("\0").into_bytes()
}

/// `N` random bytes as base64url text.
///
/// # Errors
/// The operating system has no randomness to give.
pub fn random_text<const N: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;

    use super::*;

    fn key(id: &str, byte: u8) -> CookieKey {
        CookieKey { id: id.into(), bytes: Arc::new(SecretBox::new(Box::new([byte; 32]))) }
    }

    #[test]
    fn s14_a_value_opens_only_under_its_own_name_and_purpose() {
        let ring = KeyRing::new(&[key("a", 1)]);
        let sealed = ring.seal(Purpose::Session, "session", &"tokens").expect("sealed");
        let open = |purpose, name| ring.open::<String>(purpose, name, &sealed).map(|opened| opened.value);
        assert_eq!(open(Purpose::Session, "session").as_deref(), Some("tokens"));
        assert_eq!(open(Purpose::SignInAttempt, "session"), None);
        assert_eq!(open(Purpose::Session, "other"), None);
    }

    #[test]
    fn s29_no_changed_byte_is_accepted() {
        let ring = KeyRing::new(&[key("a", 1)]);
        let sealed = ring.seal(Purpose::Session, "s", &"x").expect("sealed");
        for position in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("ASCII");
            assert!(ring.open::<String>(Purpose::Session, "s", &changed).is_none(), "byte {position}");
        }
        for length in 0..sealed.len() {
            assert!(ring.open::<String>(Purpose::Session, "s", &sealed[..length]).is_none(), "{length} bytes");
        }
    }

    #[test]
    fn s30_an_old_key_opens_and_says_so_and_a_removed_one_does_not() {
        let old = KeyRing::new(&[key("one", 1)]).seal(Purpose::Session, "s", &7).expect("sealed");
        let both = KeyRing::new(&[key("two", 2), key("one", 1)]);
        assert!(both.open::<u8>(Purpose::Session, "s", &old).is_some_and(|opened| opened.old_key));
        let new = both.seal(Purpose::Session, "s", &7).expect("sealed");
        assert!(both.open::<u8>(Purpose::Session, "s", &new).is_some_and(|opened| !opened.old_key));
        both.replace(&[key("three", 3), key("two", 2)]);
        assert!(both.open::<u8>(Purpose::Session, "s", &new).is_some_and(|opened| opened.old_key), "replaced keys");
        assert!(both.open::<u8>(Purpose::Session, "s", &old).is_none(), "a key that left the ring");
        assert!(KeyRing::new(&[key("two", 2)]).open::<u8>(Purpose::Session, "s", &old).is_none());
        assert!(KeyRing::new(&[key("one", 3)]).open::<u8>(Purpose::Session, "s", &old).is_none(), "same id, other key");
    }

    #[test]
    fn two_sealings_of_one_value_differ() {
        let ring = KeyRing::new(&[key("a", 1)]);
        let seal = || ring.seal(Purpose::Session, "s", &"x").expect("sealed");
        assert_ne!(seal(), seal());
    }
}
