//! What a schedule went through, and what it found.

use std::collections::BTreeMap;

/// The invariants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Broken {
    /// 1. No refresh token is sent again after its use was answered.
    SingleUse,
    /// 2. Nobody is signed in after a sign-out.
    SignOut,
    /// 3. Nobody is signed out without a cause.
    Cause,
    /// 4. Versions go back only by answers out of order, and the session recovers.
    Order,
}

#[derive(Default)]
pub struct Ledger {
    pub counts: BTreeMap<&'static str, u64>,
    pub violations: Vec<(Broken, String)>,
    /// Only of a replay.
    pub traced: bool,
    pub now: u128,
}

impl Ledger {
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    #[allow(clippy::print_stderr, reason = "a replay is read by a person")]
    pub fn trace(&self, text: impl FnOnce() -> String) {
        if self.traced {
            eprintln!("{:>10} ms  {}", self.now, text());
        }
    }

    pub fn violation(&mut self, broken: Broken, text: String) {
        self.trace(|| format!("VIOLATION {broken:?}: {text}"));
        self.violations.push((broken, format!("{text} (at {} ms)", self.now)));
    }
}
