//! Asks after a statement until it is done. What fails on the way is asked again: the statement runs on whether the page
//! hears of it or not.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

use super::{
    keeping,
    run::{Run, Shown},
};
use crate::{
    api::statements::statement_state,
    model::{
        AppError,
        statement::{SILENCE_MINUTES, StatementView},
    },
};

/// Milliseconds between two questions: short at first, since most statements are.
const FIRST_PAUSE: u32 = 250;
const LONGEST_PAUSE: u32 = 2_000;
/// Milliseconds without an answer after which a page gives up. A browser that is offline waits for its network.
const PATIENCE: f64 = 120_000.0;

impl Run {
    /// Looks how far a statement is that was run before.
    pub(super) fn look(self, id: String, warehouse_id: Option<String>) {
        let turn = self.turn.get_value();
        keeping::let_go(&id);
        self.shown.set(Shown::Submitting);
        self.tick(turn);
        spawn_local(async move {
            let answer = self.auth.call(|| statement_state(id.clone(), warehouse_id.clone())).await;
            self.take(turn, answer).await;
        });
    }

    /// Shows answers until one is final.
    pub(super) async fn take(self, turn: u32, mut answer: Result<StatementView, AppError>) {
        let mut pause = FIRST_PAUSE;
        let mut answered = js_sys::Date::now();
        loop {
            // A cancel or another run has taken over, or the page is gone.
            if self.turn.try_get_value() != Some(turn) || !self.shown_is_working() {
                return;
            }
            let id = self.statement_id.try_get_value().flatten();
            match answer {
                Ok(view) => {
                    answered = js_sys::Date::now();
                    let _ = self.trouble.try_set(None);
                    if id.as_ref() != Some(&view.statement_id) {
                        // Its result came out too large, and another one with the result behind links took its place.
                        self.is_now(&view.statement_id);
                    }
                    let done = view.state.is_final();
                    if done {
                        self.end(&view);
                    }
                    let _ = self.shown.try_set(Shown::Statement(view));
                    if done {
                        return;
                    }
                }
                Err(error) if id.is_some() && error.code.passes(js_sys::Date::now() - answered < PATIENCE) => {
                    let text = format!(
                        "{} The statement runs on and this page goes on asking; after {SILENCE_MINUTES} minutes without a question the server cancels it.",
                        error.message
                    );
                    let _ = self.trouble.try_set(Some(text));
                }
                Err(error) => {
                    let _ = self.shown.try_set(Shown::Error(error));
                    return;
                }
            }
            TimeoutFuture::new(pause).await;
            pause = (pause * 5 / 4).min(LONGEST_PAUSE);
            let asked = self.statement_id.try_get_value().flatten();
            let (Some(asked), Some(warehouse_id)) = (asked, self.warehouse_id.try_get_untracked()) else { return };
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            answer = self.auth.call(|| statement_state(asked.clone(), warehouse_id.clone())).await;
        }
    }

    fn shown_is_working(self) -> bool {
        self.shown.try_with_untracked(Self::works) == Some(true)
    }

    /// Counts the seconds since the statement was submitted.
    pub(super) fn tick(self, turn: u32) {
        spawn_local(async move {
            let begun = self.last().filter(|ran| !ran.done).map_or_else(js_sys::Date::now, |ran| ran.begun);
            while self.turn.try_get_value() == Some(turn) && self.shown_is_working() {
                let now = ((js_sys::Date::now() - begun) / 1_000.0) as u32;
                if self.seconds.try_get_untracked() != Some(now) {
                    let _ = self.seconds.try_set(now);
                }
                TimeoutFuture::new(200).await;
            }
        });
    }
}
