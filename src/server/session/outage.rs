//! Leaves an authorization server that is down alone: after some failures in a row, one request at a time may try, and
//! that only now and then, however many sessions wait (S46). So that the first moments of an outage are no rush either,
//! only some refreshes are under way at once; those behind them learn of the outage while they wait.

use std::sync::{Mutex, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::server::clock::Seconds;

/// Refreshes of this process that are under way at once. One takes a fraction of a second, and a session wants one an hour:
/// enough for a hundred thousand sessions.
const AT_ONCE: usize = 64;

/// Failures in a row, of any sessions, that count as an outage.
const FAILURES: u32 = 5;
/// Seconds between two tries during an outage.
const PROBE_EVERY: Seconds = 2;

pub struct Outage {
    state: Mutex<State>,
    places: Semaphore,
}

impl Default for Outage {
    fn default() -> Self {
        Self { state: Mutex::default(), places: Semaphore::new(AT_ONCE) }
    }
}

#[derive(Default)]
struct State {
    failures: u32,
    next_probe: Seconds,
}

impl Outage {
    /// Waits until the refresh is one of those that may be under way; `may_ask` decides then.
    pub async fn place(&self) -> Option<SemaphorePermit<'_>> {
        // It is closed by nobody.
        self.places.acquire().await.ok()
    }

    /// Whether the authorization server may be asked now. A yes during an outage is the one probe for a while.
    pub fn may_ask(&self, now: Seconds) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failures < FAILURES {
            return true;
        }
        // A clock that was set back must not silence it for long.
        let due = now >= state.next_probe || state.next_probe > now.saturating_add(PROBE_EVERY);
        if due {
            state.next_probe = now.saturating_add(PROBE_EVERY);
        }
        due
    }

    /// What the authorization server answered counts for all sessions.
    pub fn note(&self, answered: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.failures;
        state.failures = if answered { 0 } else { before.saturating_add(1) };
        if !answered && state.failures == FAILURES {
            tracing::error!("the authorization server fails again and again: refreshes wait, sessions are kept");
        } else if answered && before >= FAILURES {
            tracing::info!("the authorization server answers again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn s46_refreshes_wait_for_a_place() {
        let outage = Outage::default();
        let mut held = Vec::new();
        for _ in 0..AT_ONCE {
            held.extend(outage.place().await);
        }
        let mut next = std::pin::pin!(outage.place());
        assert!(futures::poll!(&mut next).is_pending());
        held.pop();
        assert!(next.await.is_some());
    }

    #[test]
    fn s46_an_outage_lets_one_try_through_every_two_seconds_and_an_answer_ends_it() {
        let outage = Outage::default();
        for _ in 0..FAILURES {
            assert!(outage.may_ask(100));
            outage.note(false);
        }
        assert_eq!((0..50).filter(|_| outage.may_ask(100)).count(), 1);
        assert_eq!((100..120).filter(|now| outage.may_ask(*now)).count(), 9);
        outage.note(true);
        assert_eq!((0..50).filter(|_| outage.may_ask(120)).count(), 50);
    }
}
