//! Submits a statement, and cancels it.

use leptos::{prelude::*, task::spawn_local};

use super::{
    focus, keeping,
    memory::{self, Ran},
    run::{Part, Run, Shown},
};
use crate::{
    api::statements::{cancel_statement, run_statement},
    model::{
        AppError,
        sql_kind::is_plain_query,
        statement::{StatementRequest, StatementView},
    },
};

impl Run {
    /// Runs this part of the text with the values of the page.
    pub fn start(self, part: Part) {
        if part.sql.trim().is_empty() {
            self.misses_text.set(true);
            focus::into_editor();
            return;
        }
        self.submit(self.as_written(part), self.all_rows.get_untracked());
    }

    /// Runs what is shown once more, as it ran.
    pub fn again(self) {
        self.submit(self.same(), self.all_rows.get_untracked());
    }

    /// The same without a limit.
    pub fn again_for_all_rows(self) {
        self.all_rows.set(true);
        self.again();
    }

    /// Runs what did not come through; another warehouse or schema may have been chosen for it.
    pub fn try_again(self) {
        let ran = Ran {
            warehouse_id: self.warehouse_id.get_untracked(),
            namespace: self.namespace.get_untracked(),
            ..self.same()
        };
        self.submit(ran, self.all_rows.get_untracked());
    }

    /// Unless something runs already: pressing the keys twice is no second run.
    fn submit(self, what: Ran, all_rows: bool) {
        if self.shown.with_untracked(Self::works) {
            return;
        }
        let ran = Ran { begun: js_sys::Date::now(), done: false, cancelled: false, ..what };
        let request = ran.request(all_rows);
        self.ran.set_value(Some(ran.clone()));
        self.statement_id.set_value(None);
        let turn = self.next_turn();
        let tab = self.tab.get_value();
        self.shown.set(Shown::Submitting);
        memory::begin(self.auth, &ran);
        let auth = self.auth;
        spawn_local(async move {
            let answer = auth.call(|| run_statement(request.clone())).await;
            let answer = answer.map_err(|error| not_taken(self, &ran, error));
            if self.turn.try_get_value() != Some(turn) {
                self.answered_elsewhere(&tab, ran, request, answer);
                return;
            }
            if let Ok(view) = &answer {
                memory::runs_as(auth, &ran, &view.statement_id);
                self.statement_id.set_value(Some(view.statement_id.clone()));
                self.show_address(false);
                if self.cancelling.get_untracked() {
                    self.stop(view.statement_id.clone());
                }
            }
            self.take(turn, answer).await;
        });
        self.tick(turn);
    }

    /// Another tab, or another page, is shown by now: the statement stays with the tab that it was run in.
    fn answered_elsewhere(
        self,
        tab: &str,
        ran: Ran,
        request: StatementRequest,
        answer: Result<StatementView, AppError>,
    ) {
        let back = self.is_back_in(tab);
        match answer {
            Ok(view) if back => {
                memory::runs_as(self.auth, &ran, &view.statement_id);
                let cancelled = self.last().is_some_and(|known| known.is(&ran) && known.cancelled);
                self.ran.set_value(Some(ran));
                self.resume(view);
                if cancelled {
                    self.cancel();
                }
            }
            Ok(view) => keeping::take_over(self.auth, tab, ran, &view, request.warehouse_id),
            Err(error) if back => self.shown.set(Shown::Error(error)),
            // The text is still there, and the history says what came of it.
            Err(_) => {}
        }
    }

    /// This tab is shown, and nothing has run in it since.
    fn is_back_in(self, tab: &str) -> bool {
        let shown = self.shown.try_with_untracked(|shown| matches!(shown, Shown::Nothing | Shown::First)) == Some(true);
        shown && self.tab.try_with_value(|now| now == tab) == Some(true)
    }

    /// The statement goes on under this id.
    pub(super) fn is_now(self, statement_id: &str) {
        if let Some(before) = self.statement_id.try_get_value().flatten() {
            memory::is_now(self.auth, &before, statement_id);
        }
        let _ = self.statement_id.try_set_value(Some(statement_id.to_owned()));
        self.show_address(true);
    }

    /// Asks the warehouse to stop; the page says so when the warehouse has confirmed it.
    pub fn cancel(self) {
        if !self.shown.with_untracked(Self::works) {
            return;
        }
        self.cancelling.set(true);
        self.trouble.set(None);
        self.asks_to_stop(true);
        // Without an id it is on its way to the server, and is stopped as soon as the answer names it.
        if let Some(id) = untrack(|| self.waits_for()) {
            self.stop(id);
        }
    }

    fn stop(self, id: String) {
        let turn = self.turn.get_value();
        spawn_local(async move {
            let warehouse_id = self.warehouse_id.get_untracked();
            let answer = self.auth.call(|| cancel_statement(id.clone(), warehouse_id.clone())).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match answer {
                // It may have been done already; then the result is what it is.
                Ok(view) if view.state.is_final() => {
                    self.end(&view);
                    let _ = self.shown.try_set(Shown::Statement(view));
                }
                Ok(_) => {}
                // The statement runs on, and is followed as before.
                Err(error) => {
                    self.asks_to_stop(false);
                    let _ = self.cancelling.try_set(false);
                    let _ = self.trouble.try_set(Some(format!("It could not be cancelled. {}", error.message)));
                }
            }
        });
    }

    /// Whether this page has asked for the end of what runs.
    fn asks_to_stop(self, asks: bool) {
        self.ran.update_value(|ran| {
            if let Some(ran) = ran {
                ran.cancelled = asks;
            }
        });
    }

    /// What ran is done; the history says what came of it.
    pub(super) fn end(self, view: &StatementView) {
        let ran = self.ran.try_update_value(|ran| {
            let ran = ran.as_mut()?;
            ran.done = true;
            Some(ran.clone())
        });
        if let Some(ran) = ran.flatten() {
            memory::end(self.auth, &ran, &view.state);
        }
    }
}

/// What to say of a statement that was not taken, or of which nobody knows.
fn not_taken(run: Run, ran: &Ran, error: AppError) -> AppError {
    let not_known = error.may_be_done() && !is_plain_query(&ran.sql);
    memory::was_not_taken(run.auth, ran, if not_known { "not known whether it ran" } else { "did not run" });
    error.of_submission(&ran.sql)
}
