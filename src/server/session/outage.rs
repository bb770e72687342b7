//! Leaves an authorization server that is down alone: after some failures in a row, one request at a time may try, and
//! that only now and then, however many sessions wait (S46).

use std::sync::{Mutex, PoisonError};

use crate::server::clock::Seconds;

/// Failures in a row, of any sessions, that count as an outage.
const FAILURES: u32 = 5;
/// Seconds between two tries during an outage.
const PROBE_EVERY: Seconds = 2;

#[derive(Default)]
pub struct Outage {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    failures: u32,
    next_probe: Seconds,
}

impl Outage {
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
