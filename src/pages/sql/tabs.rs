//! Several statements side by side, each kept with its text, values and result while the page is away.

use leptos::prelude::*;

use super::{
    memory::{self, Tab},
    run::Run,
};
use crate::{auth::Auth, model::sql_address::SqlAddress};

/// Bytes of a name in the row of tabs.
const LONGEST_NAME: usize = 28;

/// The open statements. Copies are the same thing.
#[derive(Clone, Copy)]
pub struct Tabs {
    auth: Auth,
    run: Run,
    open: RwSignal<Vec<Tab>>,
    /// The one in the editor.
    active: RwSignal<String>,
    /// The browser has no room for what was written.
    full: RwSignal<bool>,
}

impl Tabs {
    /// An address that says nothing leaves the latest tab; one with a text takes up its tab or begins one.
    pub fn keep(auth: Auth, run: Run) -> Self {
        let tabs = Self {
            auth,
            run,
            open: RwSignal::new(Vec::new()),
            active: RwSignal::new(String::new()),
            full: RwSignal::new(false),
        };
        Effect::new(move |before: Option<()>| {
            run.sql.track();
            run.typed.track();
            run.warehouse_id.track();
            run.all_rows.track();
            run.view.track();
            run.shown.track();
            if before.is_none() { tabs.begin() } else { tabs.save() }
        });
        tabs
    }

    fn begin(self) {
        let now = self.run.address();
        let kept = memory::read(self.auth);
        self.open.set(kept.tabs.clone());
        let empty = now.sql.is_empty() && now.statement_id.is_none();
        let known = kept.tabs.iter().find(|tab| empty || tab.address.sql == now.sql).cloned();
        match known {
            Some(tab) => {
                self.active.set(tab.id);
                if empty {
                    // The result may be gone by now; the text is what counts.
                    self.run.begin_with(SqlAddress { statement_id: None, ..tab.address });
                } else {
                    self.save();
                }
            }
            None => {
                self.active.set(new_id());
                self.save();
            }
        }
    }

    /// The tab as it is now; the latest comes first when the page is opened again.
    fn save(self) {
        let tab = Tab { id: self.active.get_untracked(), address: self.run.address() };
        let room = memory::change(self.auth, |kept| match kept.tabs.iter_mut().find(|known| known.id == tab.id) {
            Some(known) => known.clone_from(&tab),
            None => kept.tabs.push(tab.clone()),
        });
        self.full.set(!room);
        let open = memory::read(self.auth).tabs;
        if self.open.with_untracked(|now| *now != open) && room {
            self.open.set(open);
        }
    }

    fn select(self, id: &str) {
        if self.active.with_untracked(|active| active == id) {
            return;
        }
        self.save();
        if let Some(tab) = memory::read(self.auth).tabs.into_iter().find(|tab| tab.id == id) {
            self.active.set(tab.id);
            self.run.open(tab.address);
        }
    }

    fn add(self) {
        self.save();
        self.active.set(new_id());
        self.run.open(SqlAddress { page: 1, ..SqlAddress::default() });
    }

    /// Its text goes to the history, so that nothing is lost.
    fn close(self, id: &str) {
        self.save();
        memory::change(self.auth, |kept| {
            if let Some(at) = kept.tabs.iter().position(|tab| tab.id == id) {
                let closed = kept.tabs.remove(at);
                kept.remember(&closed.address.sql);
            }
        });
        let left = memory::read(self.auth).tabs;
        let was_active = self.active.with_untracked(|active| active == id);
        self.open.set(left.clone());
        if was_active {
            let next = left.into_iter().next_back();
            let next = next.unwrap_or_else(|| Tab { id: new_id(), ..Tab::default() });
            self.active.set(next.id);
            self.run.open(SqlAddress { page: 1, ..next.address });
        }
    }
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
            <p class="field-error" role="alert" hidden=move || !tabs.full.get()>
                "The browser has no room to keep this text. Copy it before you leave the page."
            </p>
        </nav>
    }
}
