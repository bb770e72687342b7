//! How long sessions last and which keys seal them.

use super::{CookieKey, LiveSecret, Reader, cookie_keys};
use crate::server::clock::Seconds;

#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// `COOKIE_KEYS`: never empty; the first seals.
    pub keys: Vec<CookieKey>,
    /// What `keys` were read from; read again when it is a file.
    pub keys_text: LiveSecret,
    /// `SESSION_IDLE_SECONDS`: without anything that the person does.
    pub idle: Seconds,
    /// `SESSION_ABSOLUTE_SECONDS`: since the sign-in.
    pub absolute: Seconds,
    /// `SESSION_EPOCH`: raised by the operator to end all sessions that there are.
    pub epoch: u64,
    /// `REFRESH_TOKEN_WITHIN_N_SECONDS`: refresh when this little remains of the access token.
    pub refresh_within: Seconds,
    /// `SESSION_VALIDATION_INTERVAL_SECONDS`: how often the page asks whether the session still stands.
    pub validation_interval: Seconds,
}

impl SessionSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        const DAY: i64 = 86_400;
        let keys = cookie_keys::read(reader);
        let idle = reader.number("SESSION_IDLE_SECONDS", 8 * 3_600, 60..=30 * DAY, "seconds");
        let absolute = reader.number("SESSION_ABSOLUTE_SECONDS", DAY, 60..=90 * DAY, "seconds");
        let epoch =
            u64::try_from(reader.number("SESSION_EPOCH", 0, 0..=i64::MAX, "sign-outs of everybody")).unwrap_or(0);
        let refresh_within = reader.number("REFRESH_TOKEN_WITHIN_N_SECONDS", 300, 1..=3_600, "seconds");
        // Shorter than successors are replayed: a tab whose heartbeat's answer was lost on the way asks again in time.
        let validation_interval = reader.number("SESSION_VALIDATION_INTERVAL_SECONDS", 45, 1..=3_600, "seconds");
        if idle > absolute {
            reader.problem("SESSION_IDLE_SECONDS", "is longer than SESSION_ABSOLUTE_SECONDS; make it shorter");
        }
        let (keys, keys_text) = keys?;
        Some(Self { keys, keys_text, idle, absolute, epoch, refresh_within, validation_interval })
    }
}
