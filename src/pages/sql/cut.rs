//! A result that ends at the limit says so, how much more there is, and how to get it.

use leptos::{prelude::*, task::spawn_local};

use super::run::Run;
use crate::{
    components::{first_rows::first_rows, numbers::grouped},
    model::{AppError, ErrorCode, sql_kind::stands_in_brackets, sql_text::bare, statement::StatementRequest},
};

#[derive(Clone, PartialEq)]
enum Count {
    NotAsked,
    Counting,
    Rows(String),
    Failed(String),
}

#[component]
pub fn Cut(run: Run, rows: u64) -> impl IntoView {
    let shown = grouped(&rows.to_string());
    let count = RwSignal::new(Count::NotAsked);
    let all = move |_| run.again_for_all_rows();
    let countable = stands_in_brackets(&run.ran());
    let ask = move |_| {
        count.set(Count::Counting);
        spawn_local(async move {
            let found = match rows_of(run, || !count.is_disposed()).await {
                Some(Ok(rows)) => Count::Rows(rows),
                Some(Err(error)) => Count::Failed(error.message),
                None => return,
            };
            let _ = count.try_set(found);
        });
    };
    let of = shown.clone();
    let title = move || match count.get() {
        Count::Rows(all) => format!("These are only {of} of {} rows.", grouped(&all)),
        _ => format!("These are only the first {of} rows."),
    };
    view! {
        <div class="notice warn cut" role="note">
            <p>
                <strong role="status">{title}</strong>
                " A download of this result ends here, too. Run it for all rows to read or download the whole."
            </p>
            <p class="cut-actions">
                <button class="button quiet" type="button" on:click=all>"Run again for all rows"</button>
                <button
                    class="button quiet" type="button" on:click=ask disabled=move || count.get() == Count::Counting
                    hidden=move || !countable || matches!(count.get(), Count::Rows(_))
                >
                    {move || if count.get() == Count::Counting { "Counting …" } else { "Count all rows" }}
                </button>
            </p>
            {move || match count.get() {
                Count::Failed(why) => Some(view! { <p class="field-error" role="alert">{why}</p> }),
                _ => None,
            }}
        </div>
    }
}

/// How many rows the statement has that is shown, counted by the warehouse. `None`: nobody waits any more.
async fn rows_of(run: Run, goes_on: impl Fn() -> bool) -> Option<Result<String, AppError>> {
    let sql = format!("SELECT count(*) FROM (\n{}\n)", bare(&run.ran()));
    let request = StatementRequest { sql, ..run.same().request(false) };
    let found = first_rows(run.auth, request, |_| goes_on()).await?;
    Some(found.and_then(|(_, page)| {
        let cell = page.rows.into_iter().next().and_then(|row| row.into_iter().next().flatten());
        cell.ok_or_else(|| AppError::new(ErrorCode::StatementFailed, "The warehouse did not count."))
    }))
}
