//! The result of a statement: `<result-grid>` of `web/`, which asks for chunks as it is scrolled. Until that lives, and
//! without JavaScript, the table inside shows one page of rows.

use leptos::{ev, prelude::*, task::spawn_local};

use super::numbers::grouped;
use crate::{
    auth::use_auth,
    model::{
        AppError,
        sql_address::{ResultView, SqlAddress},
        statement::{ResultPage, ResultShape},
    },
};

/// The page of rows that the server's page came with.
pub type FirstRows = Option<ResultPage>;

const PAGE_ROWS: u64 = 100;

#[component]
pub fn ResultGrid(
    statement_id: String,
    shape: ResultShape,
    rows: FirstRows,
    /// What files made of it are called.
    name: String,
    address: SqlAddress,
    /// Given the clause that does in SQL what the grid did with the rows that are here; `None` where no clause can stand behind
    /// the statement.
    in_sql: Option<Callback<String>>,
    /// Given how the rows are looked at when that changes.
    looked_at: Callback<ResultView>,
) -> impl IntoView {
    let auth = use_auth();
    let user = auth.user_untracked().map(|user| user.id);
    let attempt = RwSignal::new(0_u32);
    // The grid found the session over: it asks again as soon as the person is back.
    let over = move |_: ev::CustomEvent| {
        spawn_local(async move {
            if auth.stands_again(&AppError::session_over()).await {
                let _ = attempt.try_update(|attempt| *attempt += 1);
            }
        });
    };
    let clause = move |event: ev::CustomEvent| {
        if let (Some(in_sql), Some(clause)) = (in_sql, event.detail().as_string()) {
            in_sql.run(clause);
        }
    };
    let looked = move |event: ev::CustomEvent| {
        if let Some(view) = event.detail().as_string().and_then(|json| serde_json::from_str(&json).ok()) {
            looked_at.run(view);
        }
    };
    let view = serde_json::to_string(&address.view).unwrap_or_default();
    let json = serde_json::to_string(&shape).unwrap_or_default();
    view! {
        <result-grid
            class="result-grid" statement=statement_id shape=json view=view name=name user=user
            no-clause=in_sql.is_none().then_some("")
            attempt=move || attempt.get().to_string()
            on:sessionover=over
            on:insql=clause
            on:lookedat=looked
        >
            {rows.map(|page| view! { <PageOfRows shape page address/> })}
        </result-grid>
    }
}

/// A page of rows with the ways to the others.
#[component]
fn PageOfRows(shape: ResultShape, page: ResultPage, address: SqlAddress) -> impl IntoView {
    let last = page.first_row + page.rows.len() as u64;
    let number = page.first_row / PAGE_ROWS + 1;
    let to = |number: u64| SqlAddress { page: number, ..address.clone() }.path();
    let caption = format!(
        "Rows {} to {} of {}",
        grouped(&(page.first_row + 1).min(last).to_string()),
        grouped(&last.to_string()),
        grouped(&shape.total_rows.to_string())
    );
    let (before, after) = (number > 1, last < shape.total_rows);
    let (back, on) = (to(number - 1), to(number + 1));
    view! {
        <RowsTable shape rows=page.rows caption/>
        <p class="pager">
            {before.then(|| view! { <a class="button quiet small" rel="external" href=back>"Previous rows"</a> })}
            {after.then(|| view! { <a class="button quiet small" rel="external" href=on>"Next rows"</a> })}
        </p>
    }
}

/// Some rows as a plain table.
#[component]
pub fn RowsTable(shape: ResultShape, rows: Vec<Vec<Option<String>>>, caption: String) -> impl IntoView {
    let kinds: Vec<_> = shape.columns.iter().map(|column| if column.is_number() { "number" } else { "" }).collect();
    view! {
        <div class="card table-card" tabindex="0" role="region" aria-label="Rows">
            <table>
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        {shape.columns.into_iter().zip(kinds.clone()).map(|(column, kind)| view! {
                            <th scope="col" class=kind title=column.sql_type>{column.name}</th>
                        }).collect_view()}
                    </tr>
                </thead>
                <tbody>
                    {rows.into_iter().map(|row| view! {
                        <tr>
                            {row.into_iter().zip(kinds.clone()).map(|(cell, kind)| match cell {
                                Some(text) => view! { <td class=kind>{text}</td> }.into_any(),
                                None => view! { <td class="null">"NULL"</td> }.into_any(),
                            }).collect_view()}
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}
