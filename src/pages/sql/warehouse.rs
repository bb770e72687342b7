//! Which warehouse runs the statement, what it does now, and starting it.

use leptos::{prelude::*, task::spawn_local};

use super::run::Run;
use crate::{
    api::warehouses::{start_warehouse, warehouses},
    auth::use_auth,
    model::{AppError, warehouse::WarehouseView},
};

/// The list comes after the page: nobody waits for it, and without it the app's own warehouse is used.
#[component]
pub fn WarehousePicker(run: Run) -> impl IntoView {
    let auth = use_auth();
    let list = RwSignal::new(None::<Result<Vec<WarehouseView>, AppError>>);
    let ask = move || {
        spawn_local(async move {
            let answer = auth.call(warehouses).await;
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
                if let Err(error) = auth.call(|| start_warehouse(warehouse.id.clone())).await {
                    let _ = list.try_set(Some(Err(error)));
                } else {
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
                    {first.map(|id| view! { <option value=id.clone() selected=true>{id.clone()}</option> })}
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
            {move || list.get().and_then(Result::err).map(|error| view! { <span class="field-error" role="alert">{error.message}</span> })}
        </div>
    }
}

fn label(warehouse: &WarehouseView) -> String {
    match warehouse.size.as_str() {
        "" => warehouse.name.clone(),
        size => format!("{} · {size}", warehouse.name),
    }
}
