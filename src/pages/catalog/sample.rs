//! A few rows of a table, when somebody asks for them: it takes a warehouse, so it is not done by itself.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    auth::use_auth,
    components::{
        first_rows::first_rows,
        last_warehouse,
        notice::{EmptyNotice, ErrorNotice, ProgressNotice},
        result_grid::RowsTable,
    },
    model::{
        AppError, Phase,
        sql_address::SqlAddress,
        statement::{ResultPage, ResultShape, StatementRequest},
    },
};

const ROWS: u64 = 10;
#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Working,
    Rows(ResultShape, ResultPage),
    Failed(AppError),
}

#[component]
pub fn Sample(
    /// As SQL takes it.
    table: String,
) -> impl IntoView {
    let auth = use_auth();
    let shown = RwSignal::new(Shown::Nothing);
    let (phase, seconds) = (RwSignal::new(Phase::Submitting), RwSignal::new(0));
    let sql = StoredValue::new(format!("SELECT * FROM {table} LIMIT {ROWS}"));
    // Counts the questions, so that one that was cancelled ends.
    let turn = StoredValue::new(0_u32);
    let ask = move || {
        turn.update_value(|turn| *turn += 1);
        let now = turn.get_value();
        shown.set(Shown::Working);
        phase.set(Phase::Submitting);
        seconds.set(0);
        spawn_local(async move {
            let begun = js_sys::Date::now();
            let warehouse_id = last_warehouse::remembered(auth);
            let request = StatementRequest { sql: sql.get_value(), warehouse_id, ..StatementRequest::default() };
            // The person may cancel, or go to another page.
            let goes_on = |at| {
                if turn.try_get_value() != Some(now) || !shown.with_untracked(|shown| *shown == Shown::Working) {
                    return false;
                }
                phase.set(at);
                seconds.set(((js_sys::Date::now() - begun) / 1_000.0) as u32);
                true
            };
            let found = match first_rows(auth, request, goes_on).await {
                Some(Ok((shape, page))) => Shown::Rows(shape, page),
                Some(Err(error)) => Shown::Failed(error),
                None => return,
            };
            let _ = shown.try_set(found);
        });
    };
    let works = move || shown.with(|shown| *shown == Shown::Working);
    let retry = Callback::new(move |()| ask());
    view! {
        <section class="sample" aria-label="Sample rows">
            <button
                class="button quiet" type="button" on:click=move |_| ask() data-hydrated-only="" disabled=works
            >
                "Show some rows"
            </button>
            <button class="button quiet" type="button" hidden=move || !works() on:click=move |_| shown.set(Shown::Nothing)>
                "Cancel"
            </button>
            {move || match shown.get() {
                Shown::Nothing => ().into_any(),
                Shown::Working => view! { <ProgressNotice phase seconds/> }.into_any(),
                Shown::Rows(_, page) if page.rows.is_empty() => {
                    view! { <EmptyNotice title="No rows" advice="The table is empty, or none of its rows is for you."/> }.into_any()
                }
                Shown::Rows(shape, page) => {
                    let caption = format!("{} of its rows", page.rows.len());
                    view! { <RowsTable shape rows=page.rows caption/> }.into_any()
                }
                Shown::Failed(error) => {
                    let in_sql = SqlAddress { sql: sql.get_value(), page: 1, ..SqlAddress::default() }.path();
                    view! {
                        <ErrorNotice error again=crate::auth::current_path() retry/>
                        <a class="button quiet" href=in_sql>"Open in SQL"</a>
                    }
                    .into_any()
                }
            }}
        </section>
    }
}
