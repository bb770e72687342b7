//! Which warehouse runs the statement, what it does now, and starting it.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

use super::run::Run;
use crate::{
    api::warehouses::{start_warehouse, warehouses},
    auth::Auth,
    components::last_warehouse,
    model::{AppError, Phase, warehouse::WarehouseView},
};

/// Milliseconds between two looks at a warehouse that starts or stops.
const PAUSE: u32 = 3_000;

/// Those that the person may use, as they are now. Copies are the same thing.
#[derive(Clone, Copy)]
pub struct Warehouses {
    auth: Auth,
    run: Run,
    list: RwSignal<Option<Result<Vec<WarehouseView>, AppError>>>,
    problem: RwSignal<Option<String>>,
    /// Counts the questions, so that only the latest one goes on.
    turn: StoredValue<u32>,
}

impl Warehouses {
    /// The list comes after the page: nobody waits for it, and without it the app's own warehouse is used.
    pub fn ask(auth: Auth, run: Run) -> Self {
        let (list, problem, turn) = (RwSignal::new(None), RwSignal::new(None), StoredValue::new(0));
        let all = Self { auth, run, list, problem, turn };
        // A statement that begins, wakes a warehouse or ends changes what the warehouse does.
        Effect::new(move |before: Option<(bool, bool)>| {
            let now = (run.is_working(), all.wakes_one());
            if before != Some(now) {
                all.look();
            }
            now
        });
        all
    }

    fn look(self) {
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        spawn_local(async move {
            loop {
                let answer = self.auth.call(warehouses).await;
                if self.turn.try_get_value() != Some(turn) {
                    return;
                }
                // One that starts or stops will soon be something else.
                let goes_on = answer.as_ref().is_ok_and(|all| all.iter().any(changes));
                let _ = self.list.try_set(Some(answer));
                if !goes_on {
                    return;
                }
                TimeoutFuture::new(PAUSE).await;
                if self.turn.try_get_value() != Some(turn) {
                    return;
                }
            }
        });
    }

    fn start(self, id: String) {
        spawn_local(async move {
            let answer = self.auth.call(|| start_warehouse(id.clone())).await;
            if self.problem.try_set(answer.err().map(|error| error.message)).is_none() {
                self.look();
            }
        });
    }

    fn all(self) -> Vec<WarehouseView> {
        self.list.get().and_then(Result::ok).unwrap_or_default()
    }

    fn chosen(self) -> Option<WarehouseView> {
        let id = self.run.warehouse_id.get();
        let is_it = |it: &WarehouseView| id.as_ref().map_or(it.is_default, |id| *id == it.id);
        let mut chosen = self.all().into_iter().find(is_it)?;
        // The list was made before the statement woke it.
        if chosen.state == "STOPPED" && self.wakes_one() {
            chosen.state = "STARTING".to_owned();
        }
        Some(chosen)
    }

    fn wakes_one(self) -> bool {
        self.run.is_working() && self.run.phase() == Phase::WarehouseStarting
    }
}

#[component]
pub fn WarehousePicker(run: Run, warehouses: Warehouses) -> impl IntoView {
    let all = move || warehouses.all();
    let chosen = Memo::new(move |_| warehouses.chosen());
    let start = move |_| {
        if let Some(warehouse) = chosen.get_untracked() {
            warehouses.start(warehouse.id);
        }
    };
    let choose = move |event| {
        let id = Some(event_target_value(&event)).filter(|id| !id.is_empty());
        last_warehouse::remember(warehouses.auth, id.as_deref());
        run.choose(|| run.warehouse_id.set(id));
    };
    let none_chosen = run.warehouse_id.with_untracked(Option::is_none);
    // Until the list is there, and where it does not hold the chosen one.
    let unlisted = move || run.warehouse_id.get().filter(|id| !all().iter().any(|it| it.id == *id));
    view! {
        <div class="warehouse">
            <div class="warehouse-choice">
                <label for="sql-warehouse">"Warehouse"</label>
                <select
                    id="sql-warehouse" name="warehouse" on:change=choose
                    prop:value=move || run.warehouse_id.get().unwrap_or_default()
                >
                    <option value="" selected=none_chosen>
                        {move || all().into_iter().find(|it| it.is_default).map_or("This app's".to_owned(), |it| label(&it))}
                    </option>
                    {move || unlisted().map(|id| view! { <option value=id.clone() selected=true>{id.clone()}</option> })}
                    {move || all().into_iter().filter(|it| !it.is_default).map(|it| {
                        let chosen = run.warehouse_id.get_untracked().as_ref() == Some(&it.id);
                        view! { <option value=it.id.clone() selected=chosen>{label(&it)}</option> }
                    }).collect_view()}
                </select>
            </div>
            {move || chosen.get().map(|warehouse| {
                let stopped = warehouse.state == "STOPPED";
                view! {
                    <span class=format!("state {}", warehouse.state.to_lowercase())>{warehouse.state_text()}</span>
                    {stopped.then(|| view! { <button class="button quiet small" type="button" on:click=start>"Start"</button> })}
                }
            })}
        </div>
    }
}

/// What is wrong with the warehouses; beside the choice, which may be folded.
#[component]
pub fn WarehouseTrouble(warehouses: Warehouses) -> impl IntoView {
    let none = move || warehouses.list.with(|list| matches!(list, Some(Ok(all)) if all.is_empty()));
    let failed = move || warehouses.list.get().and_then(Result::err).map(|error| error.message);
    view! {
        {move || none().then(|| view! {
            <span class="fine-print">"You may use no warehouse yet. Ask an administrator for CAN USE on one."</span>
        })}
        {move || warehouses.problem.get().or_else(failed).map(|text| view! {
            <span class="field-error" role="alert">{text}</span>
        })}
    }
}

fn changes(warehouse: &WarehouseView) -> bool {
    matches!(warehouse.state.as_str(), "STARTING" | "STOPPING")
}

fn label(warehouse: &WarehouseView) -> String {
    match warehouse.size.as_str() {
        "" => warehouse.name.clone(),
        size => format!("{} · {size}", warehouse.name),
    }
}
