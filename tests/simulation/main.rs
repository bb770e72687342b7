//! Seeded schedules of everything that can happen to sessions at once, run over the real session code with a clock of
//! their own: tabs, slow and lost answers, refreshes, sign-outs, restarts, an authorization server that fails.
//!
//! - `SIMULATION_SCHEDULES=100000` runs more schedules than the 2,000 of `make test` (`make test-long` does).
//! - `SIMULATION_SEED=123` runs one schedule and tells what happens in it; a schedule that fails prints its seed.
//!
//! What is checked stands in [`ledger::Broken`] and in docs/security/simulation.md.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod alone;
mod authority;
mod browser;
mod checks;
mod ledger;
mod plan;
mod schedule;
mod tabs;
mod world;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use ledger::{Broken, Ledger};

/// As many as `make test` runs.
const SCHEDULES: u64 = 2_000;
/// A run in which one of these did not occur has shown nothing.
const MUST_OCCUR: [&str; 33] = [
    "refreshes",
    "refreshes refused",
    "refreshes failed",
    "forced refreshes",
    "requests lost on the way",
    "answers lost on the way",
    "answers 503",
    "answers 429",
    "families ended by reuse",
    "sign-ins",
    "sign-ins that take the place of a session",
    "sign-outs",
    "sign-outs that emptied a jar",
    "revocations",
    "revocations failed",
    "restarts",
    "requests that a restart cut off",
    "clock jumps",
    "outages",
    "requests answered",
    "requests with a saved copy",
    "answers lost before the browser",
    "answers that the session waits",
    "served after sign-out and restart",
    "versions that went back in a jar",
    "jars that fell back to an earlier session",
    "turned away: idle",
    "turned away: absolute limit",
    "turned away: signed out",
    "turned away: epoch",
    "turned away: refused token",
    "turned away: no refresh token",
    "turned away: outdated copy",
];

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is `{text}`, not a number")))
}

/// The first failing schedules, by seed.
type Failures = BTreeMap<u64, Vec<(Broken, String)>>;

fn run_all(schedules: u64) -> (Ledger, Failures) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, sum, failures) = (AtomicU64::new(1), Mutex::new(Ledger::default()), Mutex::new(Failures::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > schedules || failures.lock().unwrap().len() >= 20 {
                        return;
                    }
                    let ledger = schedule::run(seed, false);
                    let mut sum = sum.lock().unwrap();
                    sum.count("schedules");
                    for (what, count) in ledger.counts {
                        *sum.counts.entry(what).or_default() += count;
                    }
                    if !ledger.violations.is_empty() {
                        failures.lock().unwrap().insert(seed, ledger.violations);
                    }
                }
            });
        }
    });
    (sum.into_inner().unwrap(), failures.into_inner().unwrap())
}

#[test]
#[allow(clippy::print_stderr, reason = "the numbers show what was tried")]
fn sessions_hold_whatever_the_order_of_events() {
    if let Some(seed) = number("SIMULATION_SEED") {
        let ledger = schedule::run(seed, true);
        assert!(ledger.violations.is_empty(), "seed {seed}: {:#?}", ledger.violations);
        return;
    }
    let begun = Instant::now();
    let (sum, failures) = run_all(number("SIMULATION_SCHEDULES").unwrap_or(SCHEDULES));
    report(&sum, begun.elapsed().as_secs_f64());
    for (seed, violations) in &failures {
        let (broken, text) = &violations[0];
        eprintln!("seed {seed}: {broken:?}: {text}");
    }
    let seeds: Vec<_> = failures.keys().collect();
    let again = seeds
        .first()
        .map(|seed| format!("SIMULATION_SEED={seed} cargo test -p lakefront --features ssr --test simulation"));
    assert!(failures.is_empty(), "schedules failed: {seeds:?}. See one with: {}", again.unwrap_or_default());
    for what in MUST_OCCUR {
        assert!(sum.counts.get(what).is_some_and(|count| *count > 0), "`{what}` never occurred");
    }
}

/// Written past the test harness, which keeps what a test prints when it passes.
fn report(sum: &Ledger, seconds: f64) {
    use std::io::Write as _;
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "\nsimulation: {seconds:.1} s");
    for (what, count) in &sum.counts {
        let _ = writeln!(out, "{count:>12}  {what}");
    }
}

#[test]
fn a_seed_replays() {
    for seed in 1..20 {
        assert_eq!(schedule::run(seed, false).counts, schedule::run(seed, false).counts, "seed {seed}");
    }
}
