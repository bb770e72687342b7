//! The clock that sessions are judged by. Tests move it; nothing else may read the time for a decision about a session.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Seconds since 1970-01-01T00:00:00Z.
pub type Seconds = i64;

#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// How far a test has moved the clock.
    moved: Arc<AtomicI64>,
}

impl Clock {
    pub fn now(&self) -> Seconds {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        i64::try_from(since).unwrap_or(i64::MAX).saturating_add(self.moved.load(Ordering::Relaxed))
    }

    /// For tests: as if this many seconds had passed.
    pub fn advance(&self, seconds: Seconds) {
        self.moved.fetch_add(seconds, Ordering::Relaxed);
    }
}
