//! `COOKIE_KEYS`: the key ring as text, `id:base64` pairs with commas between; the first seals, all open.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretBox};

use super::{LiveSecret, Reader};

/// Bytes of a key.
pub const KEY_LENGTH: usize = 32;

/// One key of the ring; its id stands in every cookie that it sealed.
#[derive(Clone, Debug)]
pub struct CookieKey {
    pub id: String,
    pub bytes: Arc<SecretBox<[u8; KEY_LENGTH]>>,
}

/// The keys, and the text that they were read from.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<(Vec<CookieKey>, LiveSecret)> {
    const NAME: &str = "COOKIE_KEYS";
    let Some(text) = reader.secret(NAME) else {
        if !reader.problems.iter().any(|problem| problem.name.starts_with(NAME)) {
            reader.problem(NAME, "is not set. Make a key with `lakefront keygen` and set it to what that prints");
        }
        return None;
    };
    match parse(text.get().expose_secret()) {
        Ok(keys) => Some((keys, text)),
        Err(wrong) => {
            reader.problem(NAME, wrong);
            None
        }
    }
}

/// # Errors
/// What is wrong, without the key's bytes.
pub fn parse(text: &str) -> Result<Vec<CookieKey>, String> {
    let mut keys: Vec<CookieKey> = Vec::new();
    for (index, entry) in text.split(',').map(str::trim).enumerate() {
        let number = index + 1;
        let (id, encoded) = entry.split_once(':').ok_or(format!("key {number} has no id; write it as id:base64"))?;
        if id.is_empty() || id.len() > 16 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(format!("the id of key {number} must be 1 to 16 letters, digits or dashes"));
        }
        let bytes = STANDARD.decode(encoded).map_err(|_| format!("key `{id}` is not base64"))?;
        let length = bytes.len();
        let bytes: [u8; KEY_LENGTH] =
            bytes.try_into().map_err(|_| format!("key `{id}` has {length} bytes; it must have {KEY_LENGTH}"))?;
        if keys.iter().any(|key| key.id == id) {
            return Err(format!("the id `{id}` occurs twice; every key needs its own"));
        }
        if keys.iter().any(|key| key.bytes.expose_secret() == &bytes) {
            return Err(format!(
                "key `{id}` has the same bytes as another one; make a new key with `lakefront keygen`"
            ));
        }
        keys.push(CookieKey { id: id.to_owned(), bytes: Arc::new(SecretBox::new(Box::new(bytes))) });
    }
    Ok(keys)
}

/// A new entry for `COOKIE_KEYS`, such as `k3f9a2c1:…`.
///
/// # Errors
/// The operating system has no randomness to give.
pub fn generate() -> Result<String, getrandom::Error> {
    let mut id = [0_u8; 4];
    let mut bytes = [0_u8; KEY_LENGTH];
    getrandom::fill(&mut id)?;
    getrandom::fill(&mut bytes)?;
    Ok(format!("k{:08x}:{}", u32::from_be_bytes(id), STANDARD.encode(bytes)))
}
