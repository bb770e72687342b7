//! One statement at a time: submits it, cancels it, and knows what the page shows. `follow` asks after it until it is done.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate, params::ParamsMap};

use super::{
    keeping,
    memory::{self, Past, Ran},
};
use crate::{
    api::statements::{cancel_statement, run_statement},
    auth::Auth,
    model::{
        AppError, Phase,
        query::Parameter,
        sql_address::{ResultView, SqlAddress},
        statement::{StatementFailure, StatementRequest, StatementState, StatementView},
    },
};

/// What the page shows below the editor.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// What the server's page came with.
    First,
    Nothing,
    Submitting,
    Statement(StatementView),
    Error(AppError),
}

/// A part of the text to run, and where it begins: lines before it, signs before it in its line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    pub sql: String,
    pub line: u32,
    pub column: u32,
}

impl Part {
    pub fn whole(sql: String) -> Self {
        Self { sql, line: 0, column: 0 }
    }
}

impl From<Ran> for Part {
    fn from(ran: Ran) -> Self {
        Self { sql: ran.sql, line: ran.line, column: ran.column }
    }
}

/// The state of the page. Copies are the same thing.
#[derive(Clone, Copy)]
pub struct Run {
    pub(super) auth: Auth,
    pub sql: RwSignal<String>,
    /// What was typed for markers, also for those that are gone from the text for a moment.
    pub typed: RwSignal<Vec<Parameter>>,
    pub warehouse_id: RwSignal<Option<String>>,
    pub all_rows: RwSignal<bool>,
    /// How the rows are looked at.
    pub view: RwSignal<ResultView>,
    pub shown: RwSignal<Shown>,
    pub cancelling: RwSignal<bool>,
    /// What goes wrong while the statement runs on.
    pub trouble: RwSignal<Option<String>>,
    /// Seconds since the statement was submitted.
    pub seconds: RwSignal<u32>,
    /// What ran last.
    ran: StoredValue<Option<Ran>>,
    pub(super) statement_id: StoredValue<Option<String>>,
    /// The open tab that this state belongs to.
    tab: StoredValue<String>,
    /// Counts the runs, so that what follows an earlier one ends.
    pub(super) turn: StoredValue<u32>,
    go: StoredValue<Go>,
}

/// Changes the address; the flag replaces the present entry.
type Go = std::sync::Arc<dyn Fn(&str, bool) + Send + Sync>;

impl Run {
    pub fn new(auth: Auth, address: &SqlAddress) -> Self {
        let navigate = use_navigate();
        let go: Go = std::sync::Arc::new(move |path, replace| {
            navigate(path, NavigateOptions { replace, scroll: false, ..Default::default() });
        });
        let shown = if address.statement_id.is_some() { Shown::First } else { Shown::Nothing };
        let run = Self {
            auth,
            sql: RwSignal::new(address.sql.clone()),
            typed: RwSignal::new(address.parameters.clone()),
            warehouse_id: RwSignal::new(address.warehouse_id.clone()),
            all_rows: RwSignal::new(address.all_rows),
            view: RwSignal::new(address.view.clone()),
            shown: RwSignal::new(shown),
            cancelling: RwSignal::new(false),
            trouble: RwSignal::new(None),
            seconds: RwSignal::new(0),
            ran: StoredValue::new(None),
            statement_id: StoredValue::new(address.statement_id.clone()),
            tab: StoredValue::new(String::new()),
            turn: StoredValue::new(0),
            go: StoredValue::new(go),
        };
        // Another page of the app is no reason to stop what runs here.
        on_cleanup(move || run.leave_running());
        run
    }

    pub fn is_working(self) -> bool {
        self.shown.with(Self::works)
    }

    pub(super) fn works(shown: &Shown) -> bool {
        match shown {
            Shown::Submitting => true,
            Shown::Statement(view) => !view.state.is_final(),
            _ => false,
        }
    }

    /// The text of the statement that is shown; the whole text where nobody knows which part ran.
    pub fn ran(self) -> String {
        self.ran.with_value(|ran| ran.as_ref().map(|ran| ran.sql.clone())).unwrap_or_else(|| self.sql.get_untracked())
    }

    /// What ran last, to be run again.
    pub fn same_again(self) -> Part {
        self.last().map_or_else(|| Part::whole(self.ran()), Part::from)
    }

    pub(super) fn last(self) -> Option<Ran> {
        self.ran.get_value()
    }

    /// Line and column of a failure in the text, counted from 1.
    pub fn place(self, failure: &StatementFailure) -> Option<(u32, u32)> {
        let (line, column) = failure.position?;
        let (lines, columns) = self.ran.with_value(|ran| ran.as_ref().map_or((0, 0), |ran| (ran.line, ran.column)));
        Some((line + lines, if line == 1 { column + columns } else { column }))
    }

    /// Where the statement that is shown failed.
    pub fn position(self) -> Option<(u32, u32)> {
        self.shown.with(|shown| match shown {
            Shown::Statement(StatementView { state: StatementState::Failed(failure), .. }) => self.place(failure),
            _ => None,
        })
    }

    /// What the address says about the page as it is, with the statement that is shown.
    pub fn address(self) -> SqlAddress {
        let sql = self.sql.get_untracked();
        SqlAddress {
            parameters: self.parameters(&sql),
            sql,
            warehouse_id: self.warehouse_id.get_untracked(),
            all_rows: self.all_rows.get_untracked(),
            view: self.view.get_untracked(),
            statement_id: self.statement_id.get_value(),
            page: 1,
        }
    }

    fn parameters(self, sql: &str) -> Vec<Parameter> {
        let typed = self.typed.get_untracked();
        let found = |name: String| {
            typed.iter().find(|parameter| parameter.name == name.as_str()).cloned().unwrap_or(Parameter {
                name: name.into(),
                sql_type: "STRING".into(),
                value: Some(String::new()),
            })
        };
        crate::model::sql_text::markers(sql).into_iter().map(found).collect()
    }

    /// What is asked of the server to run this text with the values and the warehouse of the page.
    pub fn request(self, sql: String) -> StatementRequest {
        StatementRequest {
            parameters: self.parameters(&sql),
            sql,
            warehouse_id: self.warehouse_id.get_untracked(),
            all_rows: self.all_rows.get_untracked(),
        }
    }

    /// Runs this part of the text, unless something runs already: pressing the keys twice is no second run.
    pub fn start(self, part: Part) {
        if self.shown.with_untracked(Self::works) || part.sql.trim().is_empty() {
            return;
        }
        // Another statement has other columns; a link that was not run yet has its own.
        if self.statement_id.with_value(Option::is_some) && self.ran() != part.sql {
            self.view.set(ResultView::default());
        }
        let Part { sql, line, column } = part;
        let ran = Ran { sql: sql.clone(), line, column, begun: js_sys::Date::now(), done: false };
        self.ran.set_value(Some(ran.clone()));
        self.statement_id.set_value(None);
        let request = self.request(sql);
        let turn = self.next_turn();
        let tab = self.tab.get_value();
        self.shown.set(Shown::Submitting);
        let StatementRequest { sql, parameters, warehouse_id, .. } = request.clone();
        memory::change(self.auth, |kept| {
            kept.remember(Past { sql, parameters, warehouse_id, begun: ran.begun, ..Past::default() });
        });
        let auth = self.auth;
        spawn_local(async move {
            let answer = auth.call(|| run_statement(request.clone())).await;
            if self.turn.try_get_value() != Some(turn) {
                // Another tab, or another page, is shown by now: the statement stays with the tab that it was run in.
                match answer {
                    Ok(view) if self.is_back_in(&tab) => {
                        self.ran.set_value(Some(ran));
                        self.resume(view);
                    }
                    Ok(view) => keeping::take_over(auth, tab, ran, &view, request.warehouse_id),
                    // Nothing runs; the text is still there.
                    Err(_) => {}
                }
                return;
            }
            if let Ok(view) = &answer {
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

    /// This tab is shown, and nothing has run in it since.
    fn is_back_in(self, tab: &str) -> bool {
        let shown = self.shown.try_with_untracked(|shown| matches!(shown, Shown::Nothing | Shown::First)) == Some(true);
        shown && self.tab.try_with_value(|now| now == tab) == Some(true)
    }

    /// The statement goes on under this id.
    pub(super) fn is_now(self, statement_id: &str) {
        let _ = self.statement_id.try_set_value(Some(statement_id.to_owned()));
        self.show_address(true);
    }

    /// Goes on with a statement that runs already.
    pub fn resume(self, view: StatementView) {
        let turn = self.next_turn();
        self.statement_id.set_value(Some(view.statement_id.clone()));
        self.shown.set(Shown::Statement(view.clone()));
        self.tick(turn);
        spawn_local(async move { self.take(turn, Ok(view)).await });
    }

    /// Asks the warehouse to stop; the page says so when the warehouse has confirmed it.
    pub fn cancel(self) {
        if !self.shown.with_untracked(Self::works) {
            return;
        }
        self.cancelling.set(true);
        self.trouble.set(None);
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
                    let _ = self.cancelling.try_set(false);
                    let _ = self.trouble.try_set(Some(format!("It could not be cancelled. {}", error.message)));
                }
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

    /// The statement that this page waits for.
    pub fn waits_for(self) -> Option<String> {
        self.shown.with(|shown| match shown {
            Shown::Statement(view) if !view.state.is_final() => Some(view.statement_id.clone()),
            _ => None,
        })
    }

    /// What runs here goes on, although something else is shown next.
    fn leave_running(self) {
        if let Some(id) = untrack(|| self.waits_for()) {
            keeping::keep(self.auth, id, self.warehouse_id.get_untracked());
        }
    }

    /// Another entry of the browser's history is another state of the page.
    pub fn follow_address(self, query: Memo<ParamsMap>) {
        Effect::new(move |before: Option<()>| {
            let address = query.with(super::address);
            if before.is_none() || address.statement_id == self.statement_id.get_value() {
                return;
            }
            self.take_up(address, None);
        });
    }

    /// Fills the fields that the address left empty.
    pub fn begin_with(self, address: SqlAddress, ran: Option<Ran>) {
        self.sql.set(address.sql);
        self.typed.set(address.parameters);
        self.warehouse_id.set(address.warehouse_id);
        self.all_rows.set(address.all_rows);
        self.view.set(address.view);
        self.ran.set_value(ran);
    }

    /// Shows the state of a tab, and its address; `replace` the address of now.
    pub fn open(self, tab: memory::Tab, replace: bool) {
        self.belongs_to(tab.id);
        self.take_up(tab.address, tab.ran);
        self.show_address(replace);
    }

    /// The tab that this state belongs to.
    pub fn belongs_to(self, tab: String) {
        self.tab.set_value(tab);
    }

    /// The rows are looked at in another way; the address says so.
    pub fn look_at(self, view: ResultView) {
        if self.view.with_untracked(|now| *now != view) {
            self.view.set(view);
            self.show_address(true);
        }
    }

    fn show_address(self, replace: bool) {
        let go = self.go.get_value();
        go(&self.address().path(), replace);
    }

    fn take_up(self, address: SqlAddress, ran: Option<Ran>) {
        self.leave_running();
        self.next_turn();
        self.statement_id.set_value(address.statement_id.clone());
        let known = address.statement_id.clone().map(|id| (id, address.warehouse_id.clone()));
        self.begin_with(address, ran);
        match known {
            None => self.shown.set(Shown::Nothing),
            Some((id, warehouse_id)) => self.look(id, warehouse_id),
        }
    }

    fn next_turn(self) -> u32 {
        self.cancelling.set(false);
        self.trouble.set(None);
        self.seconds.set(0);
        self.turn.update_value(|turn| *turn += 1);
        self.turn.get_value()
    }

    /// What is under way right now.
    pub fn phase(self) -> Phase {
        self.shown.with(|shown| match shown {
            Shown::Statement(StatementView { state: StatementState::Working(phase), .. }) => *phase,
            _ => Phase::Submitting,
        })
    }
}
