//! Several statements side by side, each kept with its text, values and result while the page is away.

use gloo_timers::future::TimeoutFuture;
use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    keeping,
    memory::{self, Kept, Tab},
    run::Run,
};
use crate::{auth::Auth, components::last_warehouse, model::sql_address::SqlAddress};

/// Bytes of a name in the row of tabs.
const LONGEST_NAME: usize = 28;
/// More open statements than these: the one that was opened first goes to the history.
const MOST_TABS: usize = 40;
/// Milliseconds after the last change until it is written down.
const REST: u32 = 300;

/// Why something did not happen to the open statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    /// The browser has no room for what was written.
    Full,
    TooLongToClose,
}

/// The open statements. Copies are the same thing.
#[derive(Clone, Copy)]
pub struct Tabs {
    auth: Auth,
    run: Run,
    open: RwSignal<Vec<Tab>>,
    /// The one in the editor.
    active: RwSignal<String>,
    /// The active one as this window wrote or read it last: another window may have it open, too.
    known: StoredValue<Option<Tab>>,
    problem: RwSignal<Option<Problem>>,
    /// Counts the changes, so that only the last one of several is written down.
    changes: StoredValue<u32>,
}

impl Tabs {
    /// An address that says nothing leaves the latest tab; one with a text takes up its tab or begins one. `typed`: what was
    /// written into the field before the page lived.
    pub fn keep(auth: Auth, run: Run, typed: Option<String>) -> Self {
        let tabs = Self {
            auth,
            run,
            open: RwSignal::new(Vec::new()),
            active: RwSignal::new(String::new()),
            known: StoredValue::new(None),
            problem: RwSignal::new(None),
            changes: StoredValue::new(0),
        };
        Effect::new(move |before: Option<()>| {
            run.sql.track();
            run.typed.track();
            run.warehouse_id.track();
            run.all_rows.track();
            run.view.track();
            run.shown.track();
            if before.is_none() { tabs.begin(typed.clone()) } else { tabs.save_soon() }
        });
        // The page may be gone before the rest is over.
        Effect::new(move || {
            let leaves = window_event_listener(ev::pagehide, move |_| tabs.save_now());
            let hides = window_event_listener(ev::visibilitychange, move |_| tabs.save_now());
            on_cleanup(move || {
                leaves.remove();
                hides.remove();
            });
        });
        on_cleanup(move || tabs.save_now());
        tabs
    }

    /// For what follows the open statements.
    pub fn track(self) {
        self.open.track();
    }

    pub fn active(self) -> String {
        self.active.get()
    }

    fn begin(self, typed: Option<String>) {
        let now = self.run.address();
        let kept = memory::read(self.auth);
        for tab in &kept.tabs {
            if let (Some(id), Some(ran)) = (&tab.address.statement_id, &tab.ran)
                && !ran.done
                && now.statement_id.as_ref() != Some(id)
            {
                keeping::keep(self.auth, id.clone(), tab.address.warehouse_id.clone());
            }
        }
        self.open.set(kept.tabs.clone());
        let empty = now.sql.is_empty() && now.statement_id.is_none();
        match known_tab(&kept, &now, memory::active(self.auth).as_deref()) {
            Some(tab) => {
                self.activate(&tab);
                if empty {
                    self.run.open(tab, true);
                } else {
                    // A long text is left out of the address; how the rows are looked at is in it.
                    let sql = if now.sql.is_empty() { tab.address.sql.clone() } else { now.sql.clone() };
                    let ran_there = now.statement_id.is_some() || now.warehouse_id.is_some();
                    let warehouse_id =
                        if ran_there { now.warehouse_id.clone() } else { tab.address.warehouse_id.clone() };
                    let address = SqlAddress { sql, warehouse_id, ..now };
                    self.run.belongs_to(tab.id);
                    self.run.begin_with(address, tab.ran);
                }
            }
            None => {
                if now.warehouse_id.is_none() && now.statement_id.is_none() {
                    self.run.warehouse_id.set(last_warehouse::remembered(self.auth));
                }
                let tab = Tab { id: new_id(), address: now, ran: None };
                self.known.set_value(None);
                self.active.set(tab.id.clone());
                memory::note_active(self.auth, &tab.id);
                self.run.belongs_to(tab.id);
                self.save();
            }
        }
        if let Some(typed) = typed {
            self.run.sql.set(typed);
        }
    }

    fn activate(self, tab: &Tab) {
        self.known.set_value(Some(tab.clone()));
        self.active.set(tab.id.clone());
        memory::note_active(self.auth, &tab.id);
    }

    fn save_soon(self) {
        self.changes.update_value(|changes| *changes += 1);
        let changes = self.changes.get_value();
        spawn_local(async move {
            TimeoutFuture::new(REST).await;
            if self.changes.try_get_value() == Some(changes) {
                self.save();
            }
        });
    }

    /// Writes down what waits for its rest.
    fn save_now(self) {
        if self.changes.try_get_value().is_some_and(|changes| changes > 0) {
            self.save();
        }
    }

    /// The tab as it is now. If another window has changed its text meanwhile, this one goes on in a tab of its own, so that
    /// neither text is lost. `false` if the browser has no room.
    fn save(self) -> bool {
        self.changes.set_value(0);
        let (mut tab, known) = (self.now(), self.known.get_value());
        let room = memory::change(self.auth, |kept| {
            let other = kept.tabs.iter().find(|other| other.id == tab.id);
            let theirs = other.is_some_and(|other| {
                let text = |tab: &Tab| tab.address.sql != other.address.sql;
                text(&tab) && known.as_ref().is_some_and(text)
            });
            if theirs {
                tab.id = new_id();
            }
            match kept.tabs.iter_mut().find(|known| known.id == tab.id) {
                Some(known) => known.clone_from(&tab),
                None => kept.tabs.push(tab.clone()),
            }
            while kept.tabs.len() > MOST_TABS {
                let Some(first) = kept.tabs.iter().map(|tab| tab.id.clone()).find(|id| *id != tab.id) else { break };
                if !kept.close(&first) {
                    break;
                }
            }
        });
        self.problem.set((!room).then_some(Problem::Full));
        if !room {
            return false;
        }
        if self.active.with_untracked(|active| *active != tab.id) {
            self.run.belongs_to(tab.id.clone());
        }
        self.activate(&tab);
        let open = memory::read(self.auth).tabs;
        if self.open.with_untracked(|now| *now != open) {
            self.open.set(open);
        }
        true
    }

    fn now(self) -> Tab {
        Tab { id: self.active.get_untracked(), address: self.run.address(), ran: self.run.last() }
    }

    fn select(self, id: &str) {
        if self.active.with_untracked(|active| active == id) || !self.save() {
            return;
        }
        if let Some(tab) = memory::read(self.auth).tabs.into_iter().find(|tab| tab.id == id) {
            self.show(tab);
        }
    }

    fn show(self, tab: Tab) {
        self.activate(&tab);
        self.run.open(tab, false);
    }

    /// Opens a text in a tab of its own, or in the present one if nothing is written there.
    pub fn open(self, address: SqlAddress) {
        if !self.save() {
            return;
        }
        let blank = self.run.sql.with_untracked(|sql| sql.trim().is_empty());
        let id = if blank { self.active.get_untracked() } else { new_id() };
        self.known.set_value(None);
        self.show(Tab { id, address: SqlAddress { page: 1, ..address }, ran: None });
        self.save();
    }

    fn add(self) {
        if self.save() {
            self.show(self.blank());
            self.save();
        }
    }

    /// Runs on the warehouse that was chosen last.
    fn blank(self) -> Tab {
        let warehouse_id = last_warehouse::remembered(self.auth);
        Tab { id: new_id(), address: SqlAddress { warehouse_id, ..SqlAddress::default() }, ran: None }
    }

    /// Its text goes to the history, so that nothing is lost.
    fn close(self, id: &str) {
        if !self.save() {
            return;
        }
        let mut closed = true;
        let room = memory::change(self.auth, |kept| closed = kept.close(id));
        if !room || !closed {
            self.problem.set(Some(if room { Problem::TooLongToClose } else { Problem::Full }));
            return;
        }
        let left = memory::read(self.auth).tabs;
        let was_active = self.active.with_untracked(|active| active == id);
        self.open.set(left.clone());
        if was_active {
            self.show(left.into_iter().next_back().unwrap_or_else(|| self.blank()));
        }
    }
}

/// The tab that an address belongs to: the one with its statement, else one with its text; for an address that says nothing
/// the one that this window showed last.
fn known_tab(kept: &Kept, now: &SqlAddress, active: Option<&str>) -> Option<Tab> {
    let find = |fits: &dyn Fn(&&Tab) -> bool| kept.tabs.iter().find(fits).cloned();
    let is_active = |tab: &&Tab| Some(tab.id.as_str()) == active;
    if now.sql.is_empty() && now.statement_id.is_none() {
        return find(&is_active).or_else(|| kept.tabs.last().cloned());
    }
    let same_statement = |tab: &&Tab| now.statement_id.is_some() && tab.address.statement_id == now.statement_id;
    let same_text = |tab: &&Tab| !now.sql.is_empty() && tab.address.sql == now.sql;
    find(&same_statement).or_else(|| find(&|tab| is_active(tab) && same_text(tab))).or_else(|| find(&same_text))
}

fn new_id() -> String {
    format!("{:08x}", (js_sys::Math::random() * f64::from(u32::MAX)) as u32)
}

/// The first line that says something.
fn name(address: &SqlAddress) -> String {
    let line = address.sql.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("New statement");
    let end = line.char_indices().map(|(at, _)| at).find(|at| *at >= LONGEST_NAME).unwrap_or(line.len());
    let cut = line.get(..end).unwrap_or(line);
    if cut.len() < line.len() { format!("{cut}…") } else { cut.to_owned() }
}

#[component]
pub fn TabBar(tabs: Tabs) -> impl IntoView {
    let open = move || tabs.open.get().into_iter().map(|tab| (name(&tab.address), tab.id)).collect::<Vec<_>>();
    let problem = move || {
        tabs.problem.get().map(|problem| match problem {
            Problem::Full => "The browser has no room to keep this text. Copy it before you leave the page, or close other statements.",
            Problem::TooLongToClose => "This text is too long for the history and would be lost. Empty it before you close it.",
        })
    };
    view! {
        <nav class="tabs" aria-label="Open statements" hidden=move || tabs.open.with(Vec::is_empty)>
            <ul>
                <For each=open key=|tab| tab.clone() children=move |(name, id)| {
                    let (of, selected, closed) = (id.clone(), id.clone(), id);
                    let current = move || tabs.active.with(|active| *active == of).then_some("true");
                    let close = format!("Close {name}");
                    view! {
                        <li aria-current=current>
                            <button type="button" class="tab" on:click=move |_| tabs.select(&selected)>{name}</button>
                            <button type="button" class="tab-close" aria-label=close on:click=move |_| tabs.close(&closed)>"×"</button>
                        </li>
                    }
                }/>
            </ul>
            <button type="button" class="tab-new" aria-label="New statement" on:click=move |_| tabs.add()>"+"</button>
            {move || problem().map(|text| view! { <p class="field-error" role="alert">{text}</p> })}
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tab(id: &str, sql: &str, statement: Option<&str>) -> Tab {
        let statement_id = statement.map(str::to_owned);
        Tab { id: id.into(), address: SqlAddress { sql: sql.into(), statement_id, ..SqlAddress::default() }, ran: None }
    }

    #[test]
    fn an_address_finds_its_tab() {
        let tabs = vec![tab("a", "x", None), tab("b", "long", Some("1")), tab("c", "x", Some("2"))];
        let kept = Kept { tabs, past: Vec::new() };
        let found = |sql: &str, statement: Option<&str>, active: Option<&str>| {
            known_tab(&kept, &tab("", sql, statement).address, active).map(|tab| tab.id)
        };
        assert_eq!(found("", None, Some("a")).as_deref(), Some("a"), "the one of this window");
        assert_eq!(found("", None, None).as_deref(), Some("c"), "the latest");
        assert_eq!(found("", Some("1"), Some("a")).as_deref(), Some("b"), "a long text is left out of the address");
        assert_eq!(found("x", None, Some("c")).as_deref(), Some("c"));
        assert_eq!(found("x", Some("9"), None).as_deref(), Some("a"));
        assert_eq!(found("other", Some("9"), Some("a")), None);
    }
}
