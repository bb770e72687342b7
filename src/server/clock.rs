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
    /// For simulations: time begins here and passes as the runtime's does, which may be paused.
    simulated: Option<(Seconds, tokio::time::Instant)>,
}

impl Clock {
    /// For simulations: a clock that begins at `start` and goes with the runtime's time.
    pub fn simulated(start: Seconds) -> Self {
        Self { moved: Arc::default(), simulated: Some((start, tokio::time::Instant::now())) }
    }

    pub fn now(&self) -> Seconds {
        let (start, passed) = match self.simulated {
            Some((start, begun)) => (start, begun.elapsed()),
            None => (0, SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
        };
        let passed = i64::try_from(passed.as_secs()).unwrap_or(i64::MAX);
        start.saturating_add(passed).saturating_add(self.moved.load(Ordering::Relaxed))
    }

    /// For tests: as if this many seconds had passed.
    pub fn advance(&self, seconds: Seconds) {
        self.moved.fetch_add(seconds, Ordering::Relaxed);
    }
}
