//! Several statements side by side, each kept with its text, values and result while the page is away.

use gloo_timers::future::TimeoutFuture;
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::params::ParamsMap;

use super::{
    addressed::{anew, meant, or_on, says_nothing},
    focus, keeping,
    memory::{self, Kept, Tab},
    run::Run,
};
use crate::{auth::Auth, components::last_warehouse, model::sql_address::SqlAddress};

/// More open statements than these: the one that was opened first goes to the history.
const MOST_TABS: usize = 40;
/// Milliseconds after the last change until it is written down.
const REST: u32 = 300;

/// Why something did not happen to the open statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The browser has no room for what was written.
    Full,
    TooLongToClose,
}

/// The open statements. Copies are the same thing.
#[derive(Clone, Copy)]
pub struct Tabs {
    auth: Auth,
    run: Run,
    pub(super) open: RwSignal<Vec<Tab>>,
    /// The one in the editor.
    active: RwSignal<String>,
    /// The active one as this window wrote or read it last: another window may have it open, too.
    known: StoredValue<Option<Tab>>,
    pub(super) problem: RwSignal<Option<Problem>>,
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
            run.namespace.track();
            run.all_rows.track();
            run.view.track();
            run.shown.track();
            run.cancelling.track();
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

    pub fn active(self) -> String {
        self.active.get()
    }

    fn begin(self, typed: Option<String>) {
        let now = self.run.address();
        let kept = memory::read(self.auth);
        for tab in kept.tabs.iter().filter(|tab| tab.runs() && tab.address.statement_id != now.statement_id) {
            if let Some(id) = &tab.address.statement_id {
                keeping::keep(self.auth, id.clone(), tab.address.warehouse_id.clone());
            }
        }
        self.open.set(kept.tabs.clone());
        let nothing = says_nothing(&now);
        match meant(&kept, &now, memory::active(self.auth).as_deref()) {
            Some(tab) if nothing => self.show(tab, true),
            Some(tab) => self.go_on_in(tab),
            None => {
                self.go_on_in(self.anew(&kept, now, new_id()));
                self.known.set_value(None);
                self.save();
            }
        }
        if let Some(typed) = typed {
            self.run.sql.set(typed);
        }
    }

    /// What the server's page shows is in this tab.
    fn go_on_in(self, tab: Tab) {
        self.activate(&tab);
        self.run.belongs_to(tab.id);
        self.run.begin_with(tab.address, tab.ran);
    }

    /// Another entry of the browser's history, or a link that leads here, is another state of the page. Nothing that is written
    /// is lost to it: it has its own tab, and an address that says nothing changes nothing.
    pub fn follow_address(self, query: Memo<ParamsMap>) {
        Effect::new(move |before: Option<()>| {
            let now = query.with(super::address);
            if before.is_some() && !self.run.has_written(&now) {
                untrack(|| self.go_to(now));
            }
        });
    }

    fn go_to(self, now: SqlAddress) {
        if says_nothing(&now) || !self.save() {
            self.run.show_address(true);
            return;
        }
        let (kept, present) = (memory::read(self.auth), self.now());
        let place = || if self.may_be_replaced(&kept) { present.id.clone() } else { new_id() };
        let tab = meant(&kept, &now, Some(&present.id)).unwrap_or_else(|| self.anew(&kept, now.clone(), place()));
        if tab.id == present.id
            && tab.address.statement_id.is_some()
            && tab.address.statement_id == present.address.statement_id
        {
            self.run.show_address(true);
        } else {
            self.put(tab, true);
        }
    }

    /// A tab for an address that means none of the open ones; one that says nothing of a warehouse gets the one that was chosen
    /// last.
    fn anew(self, kept: &Kept, now: SqlAddress, id: String) -> Tab {
        anew(kept, or_on(now, || last_warehouse::remembered(self.auth)), id)
    }

    /// Whether something else may take the place of what is written here: the history holds it, and it does not run.
    fn may_be_replaced(self, kept: &Kept) -> bool {
        let now = self.run.address();
        !untrack(|| self.run.is_working()) && (now.sql.trim().is_empty() || kept.holds(&now))
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
        let mut closed = Vec::new();
        let room = memory::change(self.auth, |kept| {
            let other = kept.tabs.iter().find(|other| other.id == tab.id);
            let theirs = other.is_some_and(|other| {
                let text = |tab: &Tab| tab.address.sql != other.address.sql;
                text(&tab) && known.as_ref().is_some_and(text)
            });
            if theirs {
                tab.id = new_id();
            }
            kept.put(tab.clone());
            while kept.tabs.len() > MOST_TABS {
                let Some(first) = kept.tabs.iter().find(|first| first.id != tab.id).cloned() else { break };
                if !kept.close(&first.id) {
                    break;
                }
                closed.push(first);
            }
        });
        self.problem.set((!room).then_some(Problem::Full));
        if !room {
            return false;
        }
        closed.into_iter().for_each(|tab| keeping::stop(self.auth, tab));
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

    pub(super) fn select(self, id: &str) {
        if self.active.with_untracked(|active| active != id) {
            if !self.save() {
                return;
            }
            if let Some(tab) = memory::read(self.auth).tabs.into_iter().find(|tab| tab.id == id) {
                self.show(tab, false);
            }
        }
        focus::into_editor();
    }

    /// `replace` the address of now.
    fn show(self, tab: Tab, replace: bool) {
        self.activate(&tab);
        self.run.open(tab, replace);
    }

    /// Keeps a tab as it is to be shown, and shows it. `false` if the browser has no room.
    fn put(self, tab: Tab, replace: bool) -> bool {
        let room = memory::change(self.auth, |kept| kept.put(tab.clone()));
        if room {
            self.show(tab, replace);
            self.save();
        } else {
            self.problem.set(Some(Problem::Full));
        }
        room
    }

    /// Opens a text in a tab of its own, or in the present one if nothing is written there. `false` if the browser has no room.
    pub fn open(self, address: SqlAddress) -> bool {
        if !self.save() {
            return false;
        }
        let blank = self.run.sql.with_untracked(|sql| sql.trim().is_empty());
        let id = if blank && !untrack(|| self.run.is_working()) { self.active.get_untracked() } else { new_id() };
        let opened = self.put(Tab { id, address: SqlAddress { page: 1, ..address }, ran: None }, false);
        focus::into_editor();
        opened
    }

    pub(super) fn add(self) {
        if self.save() {
            self.add_empty();
        }
    }

    fn add_empty(self) {
        // On the warehouse that was chosen last, and where the one before it looked for names.
        let address = SqlAddress { namespace: self.run.namespace.get_untracked(), ..SqlAddress::default() };
        self.put(self.anew(&Kept::default(), address, new_id()), false);
        focus::into_editor();
    }

    /// Its text goes to the history, so that nothing is lost; what runs in it is cancelled.
    pub(super) fn close(self, id: &str) {
        if !self.save() {
            return;
        }
        let before = memory::read(self.auth).tabs;
        let Some(at) = before.iter().position(|tab| tab.id == id) else { return };
        let mut closed = true;
        let room = memory::change(self.auth, |kept| closed = kept.close(id));
        if !room || !closed {
            self.problem.set(Some(if room { Problem::TooLongToClose } else { Problem::Full }));
            return;
        }
        let left = memory::read(self.auth).tabs;
        self.open.set(left.clone());
        let place = at.min(left.len().saturating_sub(1));
        let neighbour = left.into_iter().nth(place);
        let was_active = self.active.with_untracked(|active| active == id);
        if was_active {
            self.run.abandon();
        }
        before.into_iter().filter(|tab| tab.id == id).for_each(|tab| keeping::stop(self.auth, tab));
        match neighbour {
            None => self.add_empty(),
            Some(tab) => {
                if was_active {
                    self.show(tab, false);
                }
                focus::into_tab(place);
            }
        }
    }
}

fn new_id() -> String {
    format!("{:08x}", (js_sys::Math::random() * f64::from(u32::MAX)) as u32)
}
