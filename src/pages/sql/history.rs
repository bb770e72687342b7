//! The statements that were run, to be searched and taken up again.

use leptos::prelude::*;

use super::{
    memory::{self, Past},
    run::{Part, Run},
    tabs::Tabs,
};
use crate::{
    auth::use_auth,
    components::{local_time::LocalTime, numbers::clock},
    model::{catalog::quoted_path, query::Parameter, sql_address::SqlAddress, statement::Namespace},
};

/// How many are listed at once.
const SHOWN: usize = 30;

#[component]
pub fn History(run: Run, tabs: Tabs) -> impl IntoView {
    let auth = use_auth();
    let wanted = RwSignal::new(String::new());
    let all = RwSignal::new(Vec::<Past>::new());
    let most = RwSignal::new(SHOWN);
    // A run adds to it and its end changes that, and a tab that is closed adds to it.
    Effect::new(move |_| {
        memory::track();
        all.set(memory::read(auth).past);
    });
    let found = Memo::new(move |_| {
        let wanted = wanted.get().to_lowercase();
        let matches = |past: &Past| past.sql.to_lowercase().contains(&wanted);
        all.get().into_iter().filter(matches).collect::<Vec<_>>()
    });
    let more = move || found.with(Vec::len).saturating_sub(most.get());
    view! {
        <details class="history" hidden=move || all.with(Vec::is_empty)>
            <summary>"History"</summary>
            <label>
                <span class="visually-hidden">"Search the history"</span>
                <input type="search" placeholder="Search" on:input=move |event| wanted.set(event_target_value(&event))/>
            </label>
            <ol>
                {move || found.get().into_iter().take(most.get()).map(|past| view! { <Entry past run tabs/> }).collect_view()}
            </ol>
            <button
                class="button quiet small" type="button" hidden=move || more() == 0
                on:click=move |_| most.update(|most| *most += SHOWN)
            >
                {move || format!("{} more", more())}
            </button>
        </details>
    }
}

/// What tells runs of the same text apart: values, and where names were looked up.
fn particulars(parameters: &[Parameter], namespace: &Namespace) -> String {
    let value = |it: &Parameter| format!(":{} = {}", it.name, it.value.as_deref().unwrap_or("NULL"));
    let names: Vec<_> = [&namespace.catalog, &namespace.schema].into_iter().filter_map(Option::as_deref).collect();
    let place = (!names.is_empty()).then(|| format!("in {}", quoted_path(names)));
    parameters.iter().map(value).chain(place).collect::<Vec<_>>().join(", ")
}

/// A click opens the text in a tab of its own, so that it takes no other text's place.
#[component]
fn Entry(past: Past, run: Run, tabs: Tabs) -> impl IntoView {
    let Past { sql, parameters, warehouse_id, namespace, begun, seconds, outcome, .. } = past;
    let particulars = particulars(&parameters, &namespace);
    let address =
        SqlAddress { sql: sql.clone(), parameters, warehouse_id, namespace, page: 1, ..SqlAddress::default() };
    let opened = address.clone();
    let again = sql.clone();
    let run_again = move |_| {
        if tabs.open(address.clone()) {
            run.start(Part::whole(again.clone()));
        }
    };
    let now = (js_sys::Date::now() / 1_000.0) as i64;
    view! {
        <li>
            <button type="button" class="history-entry" on:click=move |_| { tabs.open(opened.clone()); }>{sql}</button>
            {(!particulars.is_empty()).then(|| view! { <p class="fine-print">{particulars}</p> })}
            {(begun > 0.0).then(|| view! {
                <p class="fine-print history-facts">
                    <LocalTime seconds={(begun / 1_000.0) as i64} now/>
                    {(!outcome.is_empty()).then(|| format!(" · {outcome} · {}", clock(seconds)))}
                    " "
                    <button type="button" class="button quiet small" on:click=run_again>"Run again"</button>
                </p>
            })}
        </li>
    }
}
