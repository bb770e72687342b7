//! The row of open statements.

use leptos::prelude::*;

use super::tabs::{Problem, Tabs};
use crate::model::sql_address::SqlAddress;

/// Bytes of a name.
const LONGEST_NAME: usize = 28;

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
                    let current = move || (tabs.active() == of).then_some("true");
                    let close = format!("Close {name}");
                    view! {
                        <li>
                            <button type="button" class="tab" aria-current=current on:click=move |_| tabs.select(&selected)>{name}</button>
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
