//! A table: what it is, who owns it, its columns, and a way to query it.

use leptos::prelude::*;

use super::sample::Sample;
use crate::{
    auth::use_auth,
    model::{
        catalog::{TableDetails, quoted_path},
        sql_address::SqlAddress,
    },
};

#[component]
pub fn TablePage(path: Vec<String>, table: TableDetails) -> impl IntoView {
    let name = quoted_path(path.iter().map(String::as_str));
    let query = SqlAddress { sql: format!("SELECT * FROM {name} LIMIT 100"), page: 1, ..SqlAddress::default() }.path();
    let owner = if table.entry.owner.is_empty() { "its owner".to_owned() } else { table.entry.owner.clone() };
    let readable = !table.entry.browse_only;
    let reader = use_auth().user_untracked().map_or_else(|| "you".to_owned(), |user| format!("`{}`", user.user_name));
    view! {
        {(!readable).then(|| view! {
            <div class="notice" role="note">
                <p class="notice-title">"You can see that this table exists, and not what is in it"</p>
                <p class="notice-text">{format!("Ask {owner} to let you read it: GRANT SELECT ON TABLE {name} TO {reader}. Reading it also takes USE CATALOG and USE SCHEMA on what it is in.")}</p>
            </div>
        })}
        <dl class="facts">
            <div><dt>"Name in SQL"</dt><dd><code class="breakable">{name.clone()}</code></dd></div>
            {(!table.entry.comment.is_empty()).then(|| view! { <div><dt>"Comment"</dt><dd>{table.entry.comment}</dd></div> })}
            <div><dt>"Owner"</dt><dd>{owner}</dd></div>
            {(!table.entry.kind.is_empty()).then(|| view! { <div><dt>"Kind"</dt><dd>{table.entry.kind}</dd></div> })}
        </dl>
        {readable.then(|| view! {
            <p class="row-of-buttons"><a class="button" href=query>"Query this"</a></p>
            <Sample table=name.clone()/>
        })}
        <section class="card table-card" tabindex="0" role="region" aria-label="Columns">
            <table>
                <caption>{format!("{} columns", table.columns.len())}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Column"</th>
                        <th scope="col">"Type"</th>
                        <th scope="col">"NULL"</th>
                        <th scope="col">"Comment"</th>
                    </tr>
                </thead>
                <tbody>
                    {table.columns.into_iter().map(|column| view! {
                        <tr>
                            <th scope="row">{column.name}</th>
                            <td><code>{column.sql_type}</code></td>
                            <td>{if column.nullable { "may be" } else { "never" }}</td>
                            <td class="comment">{column.comment}</td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </section>
    }
}
