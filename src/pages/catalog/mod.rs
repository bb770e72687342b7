//! The catalog: `/catalog/{catalog}/{schema}/{table}`, every level a page of its own that works without JavaScript.

mod finder;
mod sample;
mod table;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::catalog::{catalog_folder, catalog_table, catalog_tables},
    auth::{Auth, use_auth},
    components::notice::{EmptyNotice, ErrorNotice},
    model::{
        AppError,
        catalog::{CatalogEntry, CatalogFolder, FoundTables, TableDetails},
        percent_encoded,
    },
};
use finder::Finder;
use table::TablePage;

/// The names in the address, outermost first.
const LEVELS: [&str; 3] = ["catalog", "schema", "table"];

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
enum Found {
    /// With the tables that were looked for below it.
    List(CatalogFolder, Option<FoundTables>),
    Table(TableDetails),
}

#[component]
pub fn CatalogPage() -> impl IntoView {
    let auth = use_auth();
    let params = use_params_map();
    let path = Memo::new(move |_| {
        params.with(|params| LEVELS.into_iter().map_while(|level| params.get(level)).collect::<Vec<_>>())
    });
    let query = use_query_map();
    let filter = query.with_untracked(|query| query.get("filter").unwrap_or_default());
    let wanted = Memo::new(move |_| query.with(|query| query.get("table").unwrap_or_default()));
    let found = Resource::new(move || (path.get(), wanted.get()), move |(path, wanted)| load(auth, path, wanted));
    // The document's title is read when the whole page is written; the server may have let go of the page by then.
    let first = path.with_untracked(|path| name(path));
    let title = move || path.try_with(|path| name(path)).unwrap_or_else(|| first.clone());
    view! {
        <Title text=title.clone()/>
        <div class="page">
            <div class="page-head">
                <div>
                    {move || path.with(|path| trail(path))}
                    <h1 class="breakable">{title}</h1>
                </div>
            </div>
            <Transition fallback=|| view! { <p class="loading">"Loading …"</p> }>
                {move || {
                    let filter = filter.clone();
                    Suspend::new(async move {
                        // The path that was asked for: by now another one may be in the address.
                        let (path, found) = found.await;
                        match found {
                            Ok(Found::List(folder, tables)) => {
                                let wanted = wanted.get_untracked();
                                view! {
                                    <Finder path=path.clone() wanted tables/>
                                    <Folder path folder filter/>
                                }
                                .into_any()
                            }
                            Ok(Found::Table(table)) => view! { <TablePage path table/> }.into_any(),
                            Err(error) => view! { <ErrorNotice error again=address(&path)/> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

async fn load(auth: Auth, path: Vec<String>, wanted: String) -> (Vec<String>, Result<Found, AppError>) {
    let found = if path.len() < LEVELS.len() {
        list(auth, &path, &wanted).await
    } else {
        auth.call(|| catalog_table(path.clone())).await.map(Found::Table)
    };
    (path, found)
}

async fn list(auth: Auth, path: &[String], wanted: &str) -> Result<Found, AppError> {
    let folder = auth.call(|| catalog_folder(path.to_vec())).await?;
    if wanted.trim().is_empty() {
        return Ok(Found::List(folder, None));
    }
    let tables = auth.call(|| catalog_tables(path.to_vec(), wanted.to_owned())).await?;
    Ok(Found::List(folder, Some(tables)))
}

/// Of the level that is shown.
fn name(path: &[String]) -> String {
    path.last().cloned().unwrap_or_else(|| "Catalog".into())
}

fn address(path: &[String]) -> String {
    path.iter().fold("/catalog".to_owned(), |address, name| format!("{address}/{}", percent_encoded(name)))
}

/// The way back up.
fn trail(path: &[String]) -> impl IntoView + use<> {
    let steps: Vec<_> = (0..path.len())
        .map(|depth| {
            let above = path.get(..depth).unwrap_or_default();
            let name = above.last().cloned().unwrap_or_else(|| "Catalog".into());
            view! { <li><a href=address(above)>{name}</a></li> }
        })
        .collect();
    (!steps.is_empty()).then(|| view! { <nav aria-label="Where you are"><ol class="trail">{steps}</ol></nav> })
}

/// A catalog or schema: what it is, and what lies in it.
#[component]
fn Folder(path: Vec<String>, folder: CatalogFolder, filter: String) -> impl IntoView {
    let CatalogFolder { about, entries, more } = folder;
    let facts = about.filter(|about| !about.comment.is_empty() || !about.owner.is_empty()).map(|about| {
        view! {
            <dl class="facts">
                {(!about.comment.is_empty()).then(|| view! { <div><dt>"Comment"</dt><dd>{about.comment}</dd></div> })}
                {(!about.owner.is_empty()).then(|| view! { <div><dt>"Owner"</dt><dd>{about.owner}</dd></div> })}
            </dl>
        }
    });
    let listed = entries.len();
    view! {
        {facts}
        {more.then(|| view! {
            <div class="notice warn" role="note">
                <p>{format!("These are the first {listed}; there are more. Ask for the others by name on the SQL page.")}</p>
            </div>
        })}
        <List path entries filter/>
    }
}

#[component]
fn List(path: Vec<String>, entries: Vec<CatalogEntry>, filter: String) -> impl IntoView {
    let what = ["Catalogs", "Schemas", "Tables"].get(path.len()).copied().unwrap_or_default();
    if entries.is_empty() {
        let advice = match path.len() {
            0 => "You were granted no catalog yet. Ask an administrator for USE CATALOG on one.",
            1 => "You were granted no schema in this catalog. Ask its owner for USE SCHEMA.",
            _ => "There is no table here that you were granted. Ask the schema's owner for SELECT.",
        };
        return view! { <EmptyNotice title=format!("No {}", what.to_lowercase()) advice/> }.into_any();
    }
    let filter = RwSignal::new(filter);
    let here = StoredValue::new(path.clone());
    let entries = StoredValue::new(entries);
    let shown = move || {
        let wanted = filter.get().to_lowercase();
        let matches = |entry: &&CatalogEntry| {
            entry.name.to_lowercase().contains(&wanted) || entry.comment.to_lowercase().contains(&wanted)
        };
        entries.with_value(|entries| entries.iter().filter(matches).cloned().collect::<Vec<_>>())
    };
    let count = move || format!("{} of {}", shown().len(), entries.with_value(Vec::len));
    view! {
        <form class="catalog-filter" method="get" action=address(&path) role="search">
            <label>
                <span class="visually-hidden">{format!("Filter {}", what.to_lowercase())}</span>
                <input
                    type="search" name="filter" placeholder="Filter by name or comment" autocomplete="off"
                    value=filter.get_untracked() prop:value=filter
                    on:input=move |event| filter.set(event_target_value(&event))
                />
            </label>
            <noscript><button class="button quiet" type="submit">"Filter"</button></noscript>
            <p class="fine-print" role="status">{count}</p>
        </form>
        <section class="card table-card" tabindex="0" role="region" aria-label=what>
            <table>
                <caption>{what}</caption>
                <thead>
                    <tr><th scope="col">"Name"</th><th scope="col">"Comment"</th><th scope="col">"Owner"</th></tr>
                </thead>
                <tbody>
                    <For each=shown key=|entry| entry.name.clone() children=move |entry| {
                        let target = here.with_value(|path| {
                            let mut path = path.clone();
                            path.push(entry.name.clone());
                            address(&path)
                        });
                        view! {
                            <tr>
                                <th scope="row"><a href=target>{entry.name.clone()}</a></th>
                                <td class="comment">
                                    {entry.comment}
                                    " "
                                    {entry.browse_only.then(browse_only)}
                                </td>
                                <td>{entry.owner}</td>
                            </tr>
                        }
                    }/>
                </tbody>
            </table>
        </section>
    }
    .into_any()
}

fn browse_only() -> impl IntoView {
    view! {
        <span class="state" title="You may see that it is there; to read it, ask its owner for a grant.">"browse only"</span>
    }
}
