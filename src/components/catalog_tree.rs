//! What there is in the catalog, beside what is being written: catalogs, schemas, tables and columns, each level asked for when
//! it is opened. Lists that were opened once stay for as long as the tree does.

use leptos::{prelude::*, task::spawn_local};

use super::table_finder::TableFinder;
use crate::{
    api::catalog::{catalog_folder, catalog_table},
    auth::{Auth, use_auth},
    model::{
        AppError,
        catalog::{quoted, quoted_path},
    },
};

/// The path of a table has so many names; below it there are columns.
const TABLE: usize = 3;

/// One line of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    name: String,
    /// A column's type, or what kind of table it is.
    hint: String,
    comment: String,
}

/// `pick` is given a name as SQL takes it: the whole path of a table, a column by itself.
#[component]
pub fn CatalogTree(pick: Callback<String>) -> impl IntoView {
    let open = RwSignal::new(false);
    let filter = RwSignal::new(String::new());
    let toggled = move |event: leptos::ev::Event| {
        let details = event_target::<web_sys::HtmlDetailsElement>(&event);
        // Once: the lists that were opened stay.
        if details.open() && !open.get_untracked() {
            open.set(true);
        }
    };
    view! {
        <details class="catalog-tree" data-hydrated-only="" on:toggle=toggled>
            <summary>"Catalog"</summary>
            <label>
                <span class="visually-hidden">"Filter what is open"</span>
                <input type="search" placeholder="Filter what is open" autocomplete="off" on:input=move |event| filter.set(event_target_value(&event))/>
            </label>
            <TableFinder filter pick/>
            {move || open.get().then(|| view! { <Level path=Vec::new() filter pick/> })}
        </details>
    }
}

/// What lies below a path.
#[component]
fn Level(path: Vec<String>, filter: RwSignal<String>, pick: Callback<String>) -> AnyView {
    let auth = use_auth();
    let found = RwSignal::new(None::<Result<Vec<Entry>, AppError>>);
    let path = StoredValue::new(path);
    let ask = move || {
        found.set(None);
        let asked = path.get_value();
        spawn_local(async move {
            let answer = entries(auth, asked).await;
            let _ = found.try_set(Some(answer));
        });
    };
    ask();
    (move || match found.get() {
        None => view! { <p class="fine-print">"Loading …"</p> }.into_any(),
        Some(Err(error)) => view! {
            <p class="field-error" role="alert">{error.message}</p>
            <button class="button quiet small" type="button" on:click=move |_| ask()>"Try again"</button>
        }
        .into_any(),
        Some(Ok(entries)) if entries.is_empty() => {
            view! { <p class="fine-print">"Nothing that you were granted"</p> }.into_any()
        }
        Some(Ok(entries)) => view! {
            <ul>
                {entries.into_iter().map(|entry| {
                    let mut below = path.get_value();
                    below.push(entry.name.clone());
                    view! { <Item entry path=below filter pick/> }
                }).collect_view()}
            </ul>
        }
        .into_any(),
    })
    .into_any()
}

#[component]
fn Item(entry: Entry, path: Vec<String>, filter: RwSignal<String>, pick: Callback<String>) -> AnyView {
    let is_column = path.len() > TABLE;
    let text = if is_column { quoted(&entry.name) } else { quoted_path(path.iter().map(String::as_str)) };
    let Entry { name, hint, comment } = entry;
    let open = RwSignal::new(false);
    // What was opened once stays, closed or not.
    let opened = Memo::new(move |before: Option<&bool>| before == Some(&true) || open.get());
    // Filtered by the names of what can be used, which are tables and columns; what is open stays.
    let (depth, lower) = (path.len(), name.to_lowercase());
    let is_left_out =
        move || depth >= TABLE && !open.get() && filter.with(|text| !lower.contains(&text.to_lowercase()));
    let path = StoredValue::new(path);
    let label = if is_column {
        view! { <span class="tree-name" title=comment>{name}</span> }.into_any()
    } else {
        view! {
            <button
                type="button" class="tree-name" title=comment aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {name}
            </button>
        }
        .into_any()
    };
    view! {
        <li hidden=is_left_out>
            <div class="tree-line">
                <span class="tree-text">{label}" "<span class="tree-hint">{hint}</span></span>
                {insert_button(text, pick)}
            </div>
            {move || opened.get().then(|| view! {
                <div hidden=move || !open.get()><Level path=path.get_value() filter pick/></div>
            })}
        </li>
    }
    .into_any()
}

/// Gives a name to whoever picks.
pub fn insert_button(name: String, pick: Callback<String>) -> impl IntoView {
    let label = format!("Insert {name}");
    view! {
        <button type="button" class="tree-insert" aria-label=label title=name.clone() on:click=move |_| pick.run(name.clone())>
            "+"
        </button>
    }
}

async fn entries(auth: Auth, path: Vec<String>) -> Result<Vec<Entry>, AppError> {
    if path.len() < TABLE {
        let folder = auth.call(|| catalog_folder(path.clone())).await?;
        return Ok(folder
            .entries
            .into_iter()
            .map(|entry| Entry {
                name: entry.name,
                hint: if entry.browse_only { "browse only".to_owned() } else { entry.kind.to_lowercase() },
                comment: entry.comment,
            })
            .collect());
    }
    let table = auth.call(|| catalog_table(path.clone())).await?;
    let column = |column: crate::model::catalog::TableColumn| Entry {
        name: column.name,
        hint: column.sql_type,
        comment: column.comment,
    };
    Ok(table.columns.into_iter().map(column).collect())
}
