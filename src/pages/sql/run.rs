//! One statement at a time, and what the page shows of it. `submit` runs and cancels it, `follow` asks after it until it is done.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    keeping,
    memory::{self, Ran},
};
use crate::{
    auth::Auth,
    model::{
        AppError, Phase,
        query::Parameter,
        sql_address::{ResultView, SqlAddress},
        statement::{Namespace, StatementFailure, StatementState, StatementView},
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

/// The state of the page. Copies are the same thing.
#[derive(Clone, Copy)]
pub struct Run {
    pub(super) auth: Auth,
    pub sql: RwSignal<String>,
    /// What was typed for markers, also for those that are gone from the text for a moment.
    pub typed: RwSignal<Vec<Parameter>>,
    pub warehouse_id: RwSignal<Option<String>>,
    pub namespace: RwSignal<Namespace>,
    pub all_rows: RwSignal<bool>,
    /// How the rows are looked at.
    pub view: RwSignal<ResultView>,
    pub shown: RwSignal<Shown>,
    pub cancelling: RwSignal<bool>,
    /// What goes wrong while the statement runs on.
    pub trouble: RwSignal<Option<String>>,
    /// Seconds since the statement was submitted.
    pub seconds: RwSignal<u32>,
    /// Run was pressed, and there was nothing to run.
    pub misses_text: RwSignal<bool>,
    /// What ran last.
    pub(super) ran: StoredValue<Option<Ran>>,
    pub(super) statement_id: StoredValue<Option<String>>,
    /// The open tab that this state belongs to.
    pub(super) tab: StoredValue<String>,
    /// Counts the runs, so that what follows an earlier one ends.
    pub(super) turn: StoredValue<u32>,
    go: StoredValue<Go>,
    /// The address that the page came with, or has written last.
    written: StoredValue<String>,
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
            namespace: RwSignal::new(address.namespace.clone()),
            all_rows: RwSignal::new(address.all_rows),
            view: RwSignal::new(address.view.clone()),
            shown: RwSignal::new(shown),
            cancelling: RwSignal::new(false),
            trouble: RwSignal::new(None),
            seconds: RwSignal::new(0),
            misses_text: RwSignal::new(false),
            ran: StoredValue::new(None),
            statement_id: StoredValue::new(address.statement_id.clone()),
            tab: StoredValue::new(String::new()),
            turn: StoredValue::new(0),
            go: StoredValue::new(go),
            written: StoredValue::new(address.path()),
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

    /// What ran last, to be run again; the page as it is where nobody knows.
    pub(super) fn same(self) -> Ran {
        self.last().unwrap_or_else(|| self.as_written(Part::whole(self.sql.get_untracked())))
    }

    /// A part of the text with the values, the warehouse and the schema of the page.
    pub(super) fn as_written(self, part: Part) -> Ran {
        let Part { sql, line, column } = part;
        Ran {
            parameters: self.parameters(&sql),
            sql,
            line,
            column,
            warehouse_id: self.warehouse_id.get_untracked(),
            namespace: self.namespace.get_untracked(),
            ..Ran::default()
        }
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
            namespace: self.namespace.get_untracked(),
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

    /// Goes on with a statement that runs already.
    pub fn resume(self, view: StatementView) {
        let turn = self.next_turn();
        self.statement_id.set_value(Some(view.statement_id.clone()));
        self.shown.set(Shown::Statement(view.clone()));
        self.tick(turn);
        spawn_local(async move { self.take(turn, Ok(view)).await });
    }

    /// The statement that this page waits for, also before it has heard how far that is.
    pub fn waits_for(self) -> Option<String> {
        self.is_working().then(|| self.statement_id.get_value()).flatten()
    }

    /// What runs here goes on, although something else is shown next.
    fn leave_running(self) {
        if let Some(id) = untrack(|| self.waits_for()) {
            keeping::keep(self.auth, id, self.warehouse_id.get_untracked());
        }
    }

    /// Nobody waits for what is shown, and nobody will.
    pub(super) fn abandon(self) {
        self.next_turn();
        self.statement_id.set_value(None);
        self.ran.set_value(None);
        self.shown.set(Shown::Nothing);
    }

    /// Fills the fields that the address left empty.
    pub fn begin_with(self, address: SqlAddress, ran: Option<Ran>) {
        self.sql.set(address.sql);
        self.typed.set(address.parameters);
        self.warehouse_id.set(address.warehouse_id);
        self.namespace.set(address.namespace);
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

    /// Something about the next run is chosen; the address says so, and loading it again changes nothing.
    pub fn choose(self, set: impl FnOnce()) {
        set();
        self.show_address(true);
    }

    /// The address says what is shown.
    pub(super) fn show_address(self, replace: bool) {
        let (go, path) = (self.go.get_value(), self.address().path());
        self.written.set_value(path.clone());
        go(&path, replace);
    }

    /// The page itself has put this address there.
    pub(super) fn has_written(self, address: &SqlAddress) -> bool {
        self.written.with_value(|written| *written == address.path())
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

    pub(super) fn next_turn(self) -> u32 {
        self.cancelling.set(false);
        self.misses_text.set(false);
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
