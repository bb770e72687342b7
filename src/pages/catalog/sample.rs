//! A few rows of a table, when somebody asks for them: it takes a warehouse, so it is not done by itself.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::statements::{result_page, run_statement, statement_state},
    auth::{Auth, use_auth},
    components::{
        notice::{EmptyNotice, ErrorNotice, ProgressNotice},
        result_grid::RowsTable,
    },
    model::{
        AppError, ErrorCode, Phase,
        statement::{ResultPage, ResultShape, StatementRequest, StatementState},
    },
};

const ROWS: u64 = 10;
/// Milliseconds between two questions.
const PAUSE: u32 = 500;

#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Working(Phase),
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
    let sql = StoredValue::new(format!("SELECT * FROM {table} LIMIT {ROWS}"));
    let ask = move |_| {
        shown.set(Shown::Working(Phase::Submitting));
        spawn_local(async move {
            let found = match rows(auth, sql.get_value(), shown).await {
                Ok((shape, page)) => Shown::Rows(shape, page),
                Err(error) => Shown::Failed(error),
            };
            // The person may have gone to another page.
            let _ = shown.try_set(found);
        });
    };
    let seconds = RwSignal::new(0);
    view! {
        <section class="sample" aria-label="Sample rows">
            <button
                class="button quiet" type="button" on:click=ask data-hydrated-only=""
                disabled=move || shown.with(|shown| matches!(shown, Shown::Working(_)))
            >
                "Show some rows"
            </button>
            {move || match shown.get() {
                Shown::Nothing => ().into_any(),
                Shown::Working(phase) => view! { <ProgressNotice phase=Signal::stored(phase) seconds/> }.into_any(),
                Shown::Rows(_, page) if page.rows.is_empty() => {
                    view! { <EmptyNotice title="No rows" advice="The table is empty, or none of its rows is for you."/> }.into_any()
                }
                Shown::Rows(shape, page) => {
                    let caption = format!("{} of its rows", page.rows.len());
                    view! { <RowsTable shape rows=page.rows caption/> }.into_any()
                }
                Shown::Failed(error) => view! { <ErrorNotice error again=crate::auth::current_path()/> }.into_any(),
            }}
        </section>
    }
}

async fn rows(auth: Auth, sql: String, shown: RwSignal<Shown>) -> Result<(ResultShape, ResultPage), AppError> {
    let request = StatementRequest { sql, ..StatementRequest::default() };
    let mut view = auth.call(|| run_statement(request.clone())).await?;
    loop {
        let id = view.statement_id.clone();
        match view.state {
            StatementState::Working(phase) => {
                let _ = shown.try_set(Shown::Working(phase));
                TimeoutFuture::new(PAUSE).await;
                view = auth.call(|| statement_state(id.clone(), None)).await?;
            }
            StatementState::Done(shape) => {
                let page = auth.call(|| result_page(id.clone(), shape.clone(), 1)).await?;
                return Ok((shape, page));
            }
            StatementState::Failed(failure) => {
                let text = [Some(failure.message), failure.advice].into_iter().flatten().collect::<Vec<_>>().join(" ");
                return Err(AppError::new(ErrorCode::StatementFailed, text));
            }
            StatementState::Canceled => {
                return Err(AppError::new(ErrorCode::StatementFailed, "The statement was cancelled."));
            }
        }
    }
}
