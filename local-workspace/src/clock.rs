//! What time the workspace believes it is. Tests set it wrong, as clocks of servers are now and then.

use chrono::Utc;
use std::sync::atomic::{AtomicI64, Ordering};

#[derive(Default)]
pub struct Clock {
    /// Seconds ahead of this machine's clock; behind when negative.
    skew: AtomicI64,
}

impl Clock {
    /// Seconds since 1970.
    pub fn now(&self) -> i64 {
        Utc::now().timestamp().saturating_add(self.skew())
    }

    pub fn skew(&self) -> i64 {
        self.skew.load(Ordering::Relaxed)
    }

    pub fn set_skew(&self, seconds: i64) {
        self.skew.store(seconds, Ordering::Relaxed);
    }
}
