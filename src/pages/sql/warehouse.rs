//! Which warehouse runs the statement, what it does now, and starting it.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

use super::run::Run;
use crate::{
    api::warehouses::{start_warehouse, warehouses},
    auth::use_auth,
    model::{AppError, warehouse::WarehouseView},
};

/// Milliseconds between two looks at a warehouse that starts or stops.
const PAUSE: u32 = 3_000;

/// The list comes after the page: nobody waits for it, and without it the app's own warehouse is used.
#[component]
pub fn WarehousePicker(run: Run) -> impl IntoView {
    let auth = use_auth();
    let list = RwSignal::new(None::<Result<Vec<WarehouseView>, AppError>>);
    let problem = RwSignal::new(None::<String>);
    let ask = move || {
        spawn_local(async move {
            let mut answer = auth.call(warehouses).await;
            // One that starts or stops will soon be something else.
            while answer.as_ref().is_ok_and(|all| all.iter().any(changes)) {
                if list.try_set(Some(answer)).is_some() {
                    return;
                }
                TimeoutFuture::new(PAUSE).await;
                if list.is_disposed() {
                    return;
                }
                answer = auth.call(warehouses).await;
            }
            let _ = list.try_set(Some(answer));
        });
    };
    Effect::new(move |_| ask());
    // A statement that begins or ends changes what the warehouse does.
    Effect::new(move |before: Option<bool>| {
        let working = run.is_working();
        if before.is_some_and(|before| before != working) {
            ask();
        }
        working
    });
    let all = move || list.get().and_then(Result::ok).unwrap_or_default();
    let chosen = move || {
        let id = run.warehouse_id.get();
        all().into_iter().find(|warehouse| id.as_ref().map_or(warehouse.is_default, |id| *id == warehouse.id))
    };
    let start = move |_| {
        if let Some(warehouse) = untrack(chosen) {
            spawn_local(async move {
                let answer = auth.call(|| start_warehouse(warehouse.id.clone())).await;
                if problem.try_set(answer.err().map(|error| error.message)).is_none() {
                    ask();
                }
            });
        }
    };
    let first = run.warehouse_id.get_untracked();
    view! {
        <div class="warehouse">
            <div class="warehouse-choice">
                <label for="sql-warehouse">"Warehouse"</label>
                <select
                    id="sql-warehouse" name="warehouse"
                    prop:value=move || run.warehouse_id.get().unwrap_or_default()
                    on:change=move |event| run.warehouse_id.set(Some(event_target_value(&event)).filter(|id| !id.is_empty()))
                >
                    <option value="" selected=first.is_none()>
                        {move || all().into_iter().find(|it| it.is_default).map_or("This app's".to_owned(), |it| label(&it))}
                    </option>
                    // Until the list is there, and where it does not hold the one of the address.
                    {move || first.clone().filter(|id| !all().iter().any(|it| it.id == *id)).map(|id| view! {
                        <option value=id.clone() selected=true>{id.clone()}</option>
                    })}
                    {move || all().into_iter().filter(|it| !it.is_default).map(|it| {
                        let chosen = run.warehouse_id.get_untracked().as_ref() == Some(&it.id);
                        view! { <option value=it.id.clone() selected=chosen>{label(&it)}</option> }
                    }).collect_view()}
                </select>
            </div>
            {move || chosen().map(|warehouse| {
                let stopped = warehouse.state == "STOPPED";
                view! {
                    <span class=format!("state {}", warehouse.state.to_lowercase())>{warehouse.state_text()}</span>
                    {stopped.then(|| view! { <button class="button quiet small" type="button" on:click=start>"Start"</button> })}
                }
            })}
            {move || list.get().is_some_and(|list| list.is_ok_and(|all| all.is_empty())).then(|| view! {
                <span class="fine-print">"You may use no warehouse yet. Ask an administrator for CAN USE on one."</span>
            })}
            {move || problem.get().or_else(|| list.get().and_then(Result::err).map(|error| error.message)).map(|text| view! {
                <span class="field-error" role="alert">{text}</span>
            })}
        </div>
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
