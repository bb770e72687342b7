//! When a page is to ask whether the session stands: by the clock, by what was asked and answered, and by who asked.

/// After the end of a session by its own times, the server is asked whether it is so.
const AFTER_THE_END: f64 = 1_000.0;
/// While a page that nobody sees finds the access token due for renewal, it asks no less often, however long the interval.
const UNSEEN_PAUSE: f64 = 60_000.0;

/// When to ask. Times are milliseconds of the browser's clock; only differences are used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Heart {
    interval: f64,
    /// The server's last answer, to whichever tab.
    answered: f64,
    /// The last question, of whichever tab.
    asked: f64,
    /// How much longer than the interval this tab waits for another one to ask.
    patience: f64,
}

impl Heart {
    pub(super) fn new(interval_seconds: u32) -> Self {
        Self { interval: f64::from(interval_seconds.max(1)) * 1_000.0, answered: 0.0, asked: 0.0, patience: 0.0 }
    }

    pub(super) fn interval(self) -> f64 {
        self.interval
    }

    /// This tab asks, so it goes on asking.
    pub(super) fn asks(&mut self, now: f64) {
        self.asked = now;
        self.patience = 0.0;
    }

    /// Another tab asks. `chance`, from 0 to 1, keeps those that wait apart.
    pub(super) fn hears_asking(&mut self, at: f64, chance: f64) {
        self.asked = self.asked.max(at);
        self.patience = (self.interval / 2.0).min(5_000.0) * (1.0 + chance);
    }

    pub(super) fn hears_answer(&mut self, at: f64) {
        self.answered = self.answered.max(at);
    }

    /// Milliseconds until this tab is to ask; none left: now. `end`: when the session ends by its own times.
    pub(super) fn rest(self, now: f64, end: f64) -> f64 {
        if now < self.asked {
            // The clock was set back.
            return 0.0;
        }
        let beat = self.asked + self.interval + self.patience;
        let after_end = end + AFTER_THE_END + self.patience;
        let next = if after_end > self.asked { beat.min(after_end) } else { beat };
        (next - now).max(0.0)
    }

    /// The same for a page that nobody sees: it asks when the access token is `due` for renewal, so that a download from this
    /// page outlives the token, and otherwise nothing. A page that is seen, or was unseen and asked first, goes before.
    pub(super) fn rest_unseen(self, now: f64, due: f64, end: f64) -> f64 {
        if due >= end {
            // The session ends first: there is nothing to gain.
            return f64::INFINITY;
        }
        if now < self.asked {
            return 0.0;
        }
        let next = due.max(self.asked + self.interval.min(UNSEEN_PAUSE)) + self.patience;
        (next - now).max(0.0)
    }

    /// The last answer is older than the interval.
    pub(super) fn is_old(self, now: f64) -> bool {
        now - self.answered >= self.interval || now < self.answered
    }

    /// Some tab has asked a moment ago.
    pub(super) fn has_just_asked(self, now: f64) -> bool {
        (now - self.asked).abs() < 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: f64 = f64::INFINITY;

    #[test]
    fn the_tab_that_asked_goes_on_and_the_others_wait_longer() {
        let (mut first, mut second) = (Heart::new(60), Heart::new(60));
        first.asks(1_000_000.0);
        second.hears_asking(1_000_000.0, 0.0);
        assert_eq!(first.rest(1_030_000.0, NEVER), 30_000.0);
        assert_eq!(second.rest(1_030_000.0, NEVER), 35_000.0);
        second.hears_asking(1_060_000.0, 1.0);
        assert_eq!(second.rest(1_060_000.0, NEVER), 70_000.0);
        // The first is gone: the second asks, and from then on without patience.
        assert_eq!(second.rest(1_130_000.0, NEVER), 0.0);
        second.asks(1_130_000.0);
        assert_eq!(second.rest(1_130_000.0, NEVER), 60_000.0);
    }

    #[test]
    fn the_end_of_the_session_is_a_moment_to_ask_once() {
        let mut heart = Heart::new(60);
        heart.asks(1_000_000.0);
        assert_eq!(heart.rest(1_000_000.0, 1_010_000.0), 11_000.0);
        heart.asks(1_011_000.0);
        assert_eq!(heart.rest(1_011_000.0, 1_010_000.0), 60_000.0);
    }

    #[test]
    fn who_is_not_seen_asks_when_the_token_is_due_and_leaves_it_to_who_asks_anyway() {
        let mut heart = Heart::new(45);
        heart.asks(1_000_000.0);
        assert_eq!(heart.rest_unseen(1_100_000.0, 4_300_000.0, NEVER), 3_200_000.0);
        assert_eq!(heart.rest_unseen(4_300_000.0, 4_300_000.0, NEVER), 0.0);
        // The authorization server was away.
        heart.asks(4_300_000.0);
        assert_eq!(heart.rest_unseen(4_300_000.0, 4_300_000.0, NEVER), 45_000.0);
        // Another page beats.
        heart.hears_asking(4_310_000.0, 0.0);
        assert_eq!(heart.rest_unseen(4_310_000.0, 4_300_000.0, NEVER), 50_000.0);
        assert_eq!(heart.rest_unseen(4_310_000.0, 5_000_000.0, 5_000_000.0), NEVER, "nothing outlives the session");
        let mut rare = Heart::new(3_600);
        rare.asks(1_000_000.0);
        assert_eq!(rare.rest_unseen(1_000_000.0, 1_000_000.0, NEVER), 60_000.0);
    }

    #[test]
    fn an_answer_is_old_after_an_interval_and_after_the_clock_was_set_back() {
        let mut heart = Heart::new(60);
        heart.hears_answer(1_000_000.0);
        assert!(!heart.is_old(1_059_000.0));
        assert!(heart.is_old(1_060_000.0) && heart.is_old(900_000.0));
        heart.asks(1_000_000.0);
        assert_eq!(heart.rest(900_000.0, NEVER), 0.0);
    }
}
