//! A sealed value that anybody could send opens only if the key ring sealed exactly it.
#![no_main]

use std::sync::{Arc, LazyLock};

use lakefront::server::{
    session::{KeyRing, Purpose, Session, cookies::SESSION},
    settings::CookieKey,
};
use libfuzzer_sys::fuzz_target;
use secrecy::SecretBox;

static RING: LazyLock<KeyRing> = LazyLock::new(|| {
    KeyRing::new(&[CookieKey { id: "k1".into(), bytes: Arc::new(SecretBox::new(Box::new([7; 32]))) }])
});
static SEALED: LazyLock<String> = LazyLock::new(|| RING.seal(Purpose::Session, SESSION, &"sealed").expect("sealed"));

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(RING.open::<Session>(Purpose::Session, SESSION, text).is_none());
        assert!(RING.open::<Session>(Purpose::Session, SESSION, &format!("k1.{text}")).is_none());
    }
    // The same bytes as changes to a value that does open.
    let mut bytes = SEALED.clone().into_bytes();
    let mut changes = data.chunks_exact(2);
    for change in &mut changes {
        if let Some(byte) = bytes.get_mut(usize::from(change[0])) {
            *byte ^= change[1];
        }
    }
    if let Ok(changed) = String::from_utf8(bytes) {
        let opens = RING.open::<String>(Purpose::Session, SESSION, &changed).is_some();
        assert_eq!(opens, changed == *SEALED);
    }
});
