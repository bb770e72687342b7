//! Tables by name, in whatever schema they are. A plain form: the answer is a page, with JavaScript and without.

use leptos::prelude::*;

use super::address;
use crate::{
    components::notice::EmptyNotice,
    model::catalog::{FoundTable, FoundTables, quoted_path},
};

/// `tables` are those that were found, if any were looked for. In a schema the filter does the same.
#[component]
pub fn Finder(path: Vec<String>, wanted: String, tables: Option<FoundTables>) -> impl IntoView {
    let place = match path.as_slice() {
        [] => "Find a table in any catalog".to_owned(),
        [catalog] => format!("Find a table in {catalog}"),
        _ => return ().into_any(),
    };
    view! {
        <form class="catalog-filter" method="get" action=address(&path) role="search">
            <label>
                <span class="visually-hidden">{place.clone()}</span>
                <input type="search" name="table" placeholder=place autocomplete="off" required value=wanted.clone()/>
            </label>
            <button class="button quiet" type="submit">"Find"</button>
        </form>
        {tables.map(|found| view! { <Tables wanted found/> })}
    }
    .into_any()
}

#[component]
fn Tables(wanted: String, found: FoundTables) -> impl IntoView {
    let FoundTables { tables, more } = found;
    let caption = format!("Tables with “{wanted}” in their names");
    view! {
        {more.then(|| view! {
            <div class="notice warn" role="note">
                <p>"There may be more: not every schema was looked into. Open a catalog and look there, or write more of the name."</p>
            </div>
        })}
        {if tables.is_empty() {
            let advice = "No table that you were granted has this in its name.";
            view! { <EmptyNotice title=format!("No table with “{wanted}” in its name") advice/> }.into_any()
        } else {
            view! {
                <section class="card table-card" tabindex="0" role="region" aria-label="Found tables">
                    <table>
                        <caption>{caption}</caption>
                        <thead><tr><th scope="col">"Table"</th><th scope="col">"Comment"</th></tr></thead>
                        <tbody>{tables.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </section>
            }
            .into_any()
        }}
    }
}

fn row(table: FoundTable) -> impl IntoView {
    let name = quoted_path(table.path.iter().map(String::as_str));
    view! {
        <tr>
            <th scope="row"><a href=address(&table.path)>{name}</a></th>
            <td class="comment">{table.entry.comment}" "{table.entry.browse_only.then(super::browse_only)}</td>
        </tr>
    }
}
