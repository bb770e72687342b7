//! Beside the tree: tables by name, in schemas that nobody has opened yet.

use leptos::{prelude::*, task::spawn_local};

use super::catalog_tree::insert_button;
use crate::{
    api::catalog::catalog_tables,
    auth::use_auth,
    model::{
        AppError,
        catalog::{FoundTables, quoted_path},
    },
};

#[derive(Clone)]
enum Found {
    Nothing,
    Looking,
    Tables(String, FoundTables),
    Failed(AppError),
}

/// Looks everywhere for what the tree was filtered by; `pick` is given the whole name of a table.
#[component]
pub fn TableFinder(filter: RwSignal<String>, pick: Callback<String>) -> impl IntoView {
    let auth = use_auth();
    let found = RwSignal::new(Found::Nothing);
    let wanted = move || filter.with(|text| text.trim().to_owned());
    let look = move |_| {
        let wanted = untrack(wanted);
        found.set(Found::Looking);
        spawn_local(async move {
            let answer = auth.call(|| catalog_tables(Vec::new(), wanted.clone())).await;
            let _ = found.try_set(match answer {
                Ok(tables) => Found::Tables(wanted, tables),
                Err(error) => Found::Failed(error),
            });
        });
    };
    let looks = move || found.with(|found| matches!(found, Found::Looking));
    view! {
        <button
            class="button quiet small" type="button" on:click=look
            hidden=move || wanted().is_empty() disabled=looks
        >
            {move || if looks() { "Looking …".to_owned() } else { format!("Find “{}” in all schemas", wanted()) }}
        </button>
        {move || match found.get() {
            // Another text has not been looked for yet.
            Found::Tables(text, tables) if text == wanted() => view! { <Tables tables pick/> }.into_any(),
            Found::Failed(error) => view! { <p class="field-error" role="alert">{error.message}</p> }.into_any(),
            _ => ().into_any(),
        }}
    }
}

#[component]
fn Tables(tables: FoundTables, pick: Callback<String>) -> impl IntoView {
    let counted = match tables.tables.len() {
        0 => "No table has this in its name".to_owned(),
        1 => "1 table".to_owned(),
        many => format!("{many} tables"),
    };
    let more = if tables.more { "; there may be more: not every schema was looked into" } else { "" };
    view! {
        <p class="fine-print" role="status">{counted}{more}</p>
        <ul class="tree-found">
            {tables.tables.into_iter().map(|table| {
                let name = quoted_path(table.path.iter().map(String::as_str));
                view! {
                    <li class="tree-line">
                        <span class="tree-text"><span class="tree-name" title=table.entry.comment>{name.clone()}</span></span>
                        {insert_button(name, pick)}
                    </li>
                }
            }).collect_view()}
        </ul>
    }
}
