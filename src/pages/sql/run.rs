//! One statement at a time: submits it, asks after it until it is done, cancels it.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate, params::ParamsMap};

use super::memory;
use crate::{
    api::statements::{cancel_statement, run_statement, statement_state},
    auth::Auth,
    model::{
        AppError, ErrorCode, Phase,
        query::Parameter,
        sql_address::{ResultView, SqlAddress},
        statement::{StatementRequest, StatementState, StatementView},
    },
};

/// Milliseconds between two questions: short at first, since most statements are.
const FIRST_PAUSE: u32 = 250;
const LONGEST_PAUSE: u32 = 2_000;

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

/// The state of the page. Copies are the same thing.
#[derive(Clone, Copy)]
pub struct Run {
    auth: Auth,
    pub sql: RwSignal<String>,
    /// What was typed for markers, also for those that are gone from the text for a moment.
    pub typed: RwSignal<Vec<Parameter>>,
    pub warehouse_id: RwSignal<Option<String>>,
    pub all_rows: RwSignal<bool>,
    /// How the rows are looked at.
    pub view: RwSignal<ResultView>,
    pub shown: RwSignal<Shown>,
    pub cancelling: RwSignal<bool>,
    /// Seconds since the statement was submitted.
    pub seconds: RwSignal<u32>,
    /// The text that ran, which may be a part.
    part: StoredValue<Option<String>>,
    /// Where the part that runs begins in the text: lines before it, for the places of errors.
    lines_before: StoredValue<u32>,
    statement_id: StoredValue<Option<String>>,
    /// Counts the runs, so that what follows an earlier one ends.
    turn: StoredValue<u32>,
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
        Self {
            auth,
            sql: RwSignal::new(address.sql.clone()),
            typed: RwSignal::new(address.parameters.clone()),
            warehouse_id: RwSignal::new(address.warehouse_id.clone()),
            all_rows: RwSignal::new(address.all_rows),
            view: RwSignal::new(address.view.clone()),
            shown: RwSignal::new(shown),
            cancelling: RwSignal::new(false),
            seconds: RwSignal::new(0),
            part: StoredValue::new(None),
            lines_before: StoredValue::new(0),
            statement_id: StoredValue::new(address.statement_id.clone()),
            turn: StoredValue::new(0),
            go: StoredValue::new(go),
        }
    }

    pub fn is_working(self) -> bool {
        self.shown.with(|shown| match shown {
            Shown::Submitting => true,
            Shown::Statement(view) => !view.state.is_final(),
            _ => false,
        })
    }

    /// The text of the statement that is shown, if this page ran it.
    pub fn ran(self) -> Option<String> {
        self.part.get_value()
    }

    /// Line and column of the failure in the text.
    pub fn position(self) -> Option<(u32, u32)> {
        self.shown
            .with(|shown| match shown {
                Shown::Statement(StatementView { state: StatementState::Failed(failure), .. }) => failure.position,
                _ => None,
            })
            .map(|(line, column)| (line + self.lines_before.get_value(), column))
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

    /// Runs this part of the text.
    pub fn start(self, part: String) {
        let text = self.sql.get_untracked();
        let before = text.find(&part).and_then(|at| text.get(..at)).map_or(0, |before| before.matches('\n').count());
        self.lines_before.set_value(u32::try_from(before).unwrap_or_default());
        // Another statement has other columns; a link that was not run yet has its own.
        if self.statement_id.with_value(Option::is_some) && self.part.get_value().is_none_or(|ran| ran != part) {
            self.view.set(ResultView::default());
        }
        self.part.set_value(Some(part.clone()));
        let request = StatementRequest {
            parameters: self.parameters(&part),
            sql: part,
            warehouse_id: self.warehouse_id.get_untracked(),
            all_rows: self.all_rows.get_untracked(),
        };
        let turn = self.next_turn();
        self.shown.set(Shown::Submitting);
        memory::remember(self.auth, &request.sql);
        spawn_local(async move {
            let answer = self.auth.call(|| run_statement(request.clone())).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            if let Ok(view) = &answer {
                self.statement_id.set_value(Some(view.statement_id.clone()));
                let go = self.go.get_value();
                go(&self.address().path(), false);
                if self.cancelling.get_untracked() {
                    self.stop(view.statement_id.clone());
                }
            }
            self.take(turn, answer).await;
        });
        self.tick(turn);
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
        if !self.shown.with_untracked(|shown| matches!(shown, Shown::Submitting | Shown::Statement(_))) {
            return;
        }
        self.cancelling.set(true);
        if let Some(id) = untrack(|| self.waits_for()) {
            self.stop(id);
        }
    }

    fn stop(self, id: String) {
        let turn = self.turn.get_value();
        spawn_local(async move {
            let answer = self.auth.call(|| cancel_statement(id.clone())).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match answer {
                // It may have been done already; then the result is what it is.
                Ok(view) if view.state.is_final() => {
                    let _ = self.shown.try_set(Shown::Statement(view));
                }
                Ok(_) => {}
                Err(error) => {
                    let _ = self.cancelling.try_set(false);
                    let _ = self.shown.try_set(Shown::Error(error));
                }
            }
        });
    }

    /// Another entry of the browser's history is another state of the page.
    pub fn follow_address(self, query: Memo<ParamsMap>) {
        Effect::new(move |before: Option<()>| {
            let address = query.with(super::address);
            if before.is_none() || address.statement_id == self.statement_id.get_value() {
                return;
            }
            self.take_up(address);
        });
    }

    /// Fills the fields that the address left empty.
    pub fn begin_with(self, address: SqlAddress) {
        self.sql.set(address.sql);
        self.typed.set(address.parameters);
        self.warehouse_id.set(address.warehouse_id);
        self.all_rows.set(address.all_rows);
        self.view.set(address.view);
    }

    /// Shows another state of the page, and its address.
    pub fn open(self, address: SqlAddress) {
        let path = address.path();
        self.take_up(address);
        let go = self.go.get_value();
        go(&path, false);
    }

    /// The rows are looked at in another way; the address says so.
    pub fn look_at(self, view: ResultView) {
        if self.view.with_untracked(|now| *now != view) {
            self.view.set(view);
            let go = self.go.get_value();
            go(&self.address().path(), true);
        }
    }

    fn take_up(self, address: SqlAddress) {
        self.next_turn();
        self.part.set_value(None);
        self.statement_id.set_value(address.statement_id.clone());
        match address.statement_id.clone() {
            None => self.shown.set(Shown::Nothing),
            Some(id) => self.look(id, address.warehouse_id.clone()),
        }
        self.begin_with(address);
    }

    fn look(self, id: String, warehouse_id: Option<String>) {
        let turn = self.turn.get_value();
        self.shown.set(Shown::Submitting);
        spawn_local(async move {
            let answer = self.auth.call(|| statement_state(id.clone(), warehouse_id.clone())).await;
            self.take(turn, answer).await;
        });
    }

    /// The statement that this page waits for.
    pub fn waits_for(self) -> Option<String> {
        self.shown.with(|shown| match shown {
            Shown::Statement(view) if !view.state.is_final() => Some(view.statement_id.clone()),
            _ => None,
        })
    }

    /// Shows answers until one is final.
    async fn take(self, turn: u32, mut answer: Result<StatementView, AppError>) {
        let mut pause = FIRST_PAUSE;
        let mut id = None;
        loop {
            // A cancel or another run has taken over, or the page is gone.
            if self.turn.try_get_value() != Some(turn) || id.is_some() && !self.shown_is_working() {
                return;
            }
            match answer {
                Ok(view) => {
                    id = Some(view.statement_id.clone());
                    let done = view.state.is_final();
                    let _ = self.shown.try_set(Shown::Statement(view));
                    if done {
                        return;
                    }
                }
                // The statement goes on while the browser is offline, so it is asked after again.
                Err(error) if error.code == ErrorCode::Offline && id.is_some() => {}
                Err(error) => {
                    let _ = self.shown.try_set(Shown::Error(error));
                    return;
                }
            }
            TimeoutFuture::new(pause).await;
            pause = (pause * 5 / 4).min(LONGEST_PAUSE);
            let (Some(asked), Some(warehouse_id)) = (id.clone(), self.warehouse_id.try_get_untracked()) else { return };
            answer = self.auth.call(|| statement_state(asked.clone(), warehouse_id.clone())).await;
        }
    }

    fn shown_is_working(self) -> bool {
        self.shown.try_with_untracked(|shown| match shown {
            Shown::Statement(view) => !view.state.is_final(),
            Shown::Submitting => true,
            _ => false,
        }) == Some(true)
    }

    fn next_turn(self) -> u32 {
        self.cancelling.set(false);
        self.seconds.set(0);
        self.turn.update_value(|turn| *turn += 1);
        self.turn.get_value()
    }

    fn tick(self, turn: u32) {
        spawn_local(async move {
            let begun = js_sys::Date::now();
            while self.turn.try_get_value() == Some(turn) && self.shown_is_working() {
                TimeoutFuture::new(200).await;
                let now = ((js_sys::Date::now() - begun) / 1_000.0) as u32;
                if self.seconds.try_get_untracked() != Some(now) {
                    let _ = self.seconds.try_set(now);
                }
            }
        });
    }

    /// What is under way right now.
    pub fn phase(self) -> Phase {
        self.shown.with(|shown| match shown {
            Shown::Statement(StatementView { state: StatementState::Working(phase), .. }) => *phase,
            _ => Phase::Submitting,
        })
    }
}
