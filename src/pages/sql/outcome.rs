//! Below the editor: progress, failure, or the result.

use leptos::prelude::*;

use super::{
    Found,
    cut::Cut,
    memory::Ran,
    run::{Run, Shown},
    tabs::Tabs,
    welcome::Welcome,
};
use crate::{
    components::{
        menu::Menu,
        notice::{EmptyNotice, ErrorNotice, ProgressNotice, References},
        numbers::counted,
        result_grid::{FirstRows, ResultGrid},
    },
    model::{
        AppError, ErrorCode, percent_encoded,
        sql_address::{ResultView, SqlAddress},
        sql_kind::{is_for_its_session, is_plain_query, stands_in_brackets},
        sql_text,
        statement::{ResultShape, SILENCE_MINUTES, StatementFailure, StatementState, StatementView},
    },
};

/// What `USE` and its like come to.
const OWN_SESSION: &str = "Each statement runs in a session of its own: this has no effect on the next one. For names without a catalog or schema, choose both beside the warehouse.";

#[component]
pub fn Outcome(run: Run, tabs: Tabs, first: Found) -> impl IntoView {
    // What the server found goes on in the browser if it is not done; a failure is marked in the text, and whose wish an end was
    // only the browser knows.
    let found = first.clone();
    Effect::new(move |before: Option<()>| {
        if before.is_none()
            && run.shown.get_untracked() == Shown::First
            && let Some(Ok((view, _))) = &found
        {
            match view.state {
                StatementState::Working(_) => run.resume(view.clone()),
                StatementState::Failed(_) | StatementState::Canceled => run.shown.set(Shown::Statement(view.clone())),
                StatementState::Done(_) => {}
            }
            if view.state.is_final() {
                run.end(view);
            }
        }
    });
    let view = move |view: StatementView, rows: FirstRows| match view.state {
        StatementState::Working(_) => view! { <Working run/> }.into_any(),
        StatementState::Canceled => view! { <Cancelled run/> }.into_any(),
        StatementState::Failed(failure) => view! { <Failure run failure/> }.into_any(),
        StatementState::Done(shape) => view! { <Done run tabs statement_id=view.statement_id shape rows/> }.into_any(),
    };
    // Progress changes every second; the view of it is made once.
    let shown = Memo::new(move |_| {
        run.shown.with(|shown| match shown {
            Shown::Statement(StatementView { state: StatementState::Working(_), .. }) => Shown::Submitting,
            other => other.clone(),
        })
    });
    view! {
        <section class="outcome" aria-label="Result">
            <HowFar run/>
            {move || match shown.get() {
                Shown::First => match first.clone() {
                    None => ().into_any(),
                    Some(Ok((StatementView { state: StatementState::Working(_), .. }, _))) => view! {
                        <Working run/>
                        <noscript inner_html=ask_again(&run)></noscript>
                    }
                    .into_any(),
                    Some(Ok((statement, page))) => view(statement, Some(page)),
                    Some(Err(error)) => failed(error, run),
                },
                Shown::Nothing => view! { <Welcome run/> }.into_any(),
                Shown::Submitting => view! { <Working run/> }.into_any(),
                Shown::Statement(statement) => view(statement, None),
                Shown::Error(error) => failed(error, run),
            }}
        </section>
    }
}

#[component]
fn Working(run: Run) -> impl IntoView {
    view! { <ProgressNotice phase=Signal::derive(move || run.phase()) seconds=run.seconds trouble=run.trouble/> }
}

/// Always there, so that assistive technology notices what appears in it.
#[component]
fn HowFar(run: Run) -> impl IntoView {
    let text = Memo::new(move |_| run.shown.with(how_far));
    view! { <p class="visually-hidden" role="status">{move || text.get()}</p> }
}

/// How far a statement is, in a few words; errors are alerts of their own.
fn how_far(shown: &Shown) -> String {
    let state = match shown {
        Shown::First | Shown::Nothing | Shown::Error(_) => return String::new(),
        Shown::Submitting => return "The statement is running".to_owned(),
        Shown::Statement(view) => &view.state,
    };
    match state {
        StatementState::Working(_) => "The statement is running".to_owned(),
        StatementState::Done(shape) if shape.columns.is_empty() => "The statement is done".to_owned(),
        StatementState::Done(shape) => format!("The statement is done: {}", counted(shape.total_rows)),
        StatementState::Canceled => "The statement was cancelled".to_owned(),
        StatementState::Failed(_) => "The statement failed".to_owned(),
    }
}

/// Run was pressed over an empty text.
#[component]
pub fn NothingToRun(run: Run) -> impl IntoView {
    let shown = move || run.misses_text.get() && run.sql.with(|sql| sql.trim().is_empty());
    view! {
        {move || shown().then(|| view! { <p class="field-error" role="alert">"There is no statement to run. Write one first."</p> })}
    }
}

/// The page says whose wish it was, as far as it knows.
#[component]
fn Cancelled(run: Run) -> impl IntoView {
    if run.last().is_some_and(|ran| ran.cancelled) {
        let advice =
            "The warehouse has confirmed that the statement no longer runs. What you wrote is still there.".to_owned();
        return view! { <EmptyNotice title="Cancelled" advice/> }.into_any();
    }
    view! {
        <div class="notice empty">
            <p class="notice-title">"Cancelled"</p>
            <p class="notice-text">
                "This page did not ask for it: nobody asked after the statement for "{SILENCE_MINUTES}
                " minutes, or somebody cancelled it in the workspace. What you wrote is still there."
            </p>
            <p data-hydrated-only="">
                <button class="button quiet" type="button" on:click=move |_| run.again()>"Run again"</button>
            </p>
        </div>
    }
    .into_any()
}

fn failed(error: AppError, run: Run) -> AnyView {
    let known = run.statement_id.get_value();
    if error.code == ErrorCode::NotFound && known.is_some() {
        let advice = "It belongs to whoever ran it, and is kept for a while only. Run the statement to get a result of your own.";
        return view! { <EmptyNotice title="This result is not here" advice/> }.into_any();
    }
    let not_known = known.is_none() && error.may_be_done() && !is_plain_query(&run.ran());
    // A statement that may still run is asked after again; one that was not taken is sent again.
    let retry = Callback::new(move |()| match known.clone() {
        Some(id) => run.look(id, run.warehouse_id.get_untracked()),
        None => run.try_again(),
    });
    view! { <ErrorNotice error again=run.address().path() retry not_known/> }.into_any()
}

/// Without JavaScript the page asks again by itself. Addresses are percent-encoded, so they need no escaping here.
fn ask_again(run: &Run) -> String {
    let path = run.address().path().replace('&', "&amp;");
    format!(r#"<meta http-equiv="refresh" content="1;url={path}"><p><a href="{path}">Ask again</a></p>"#)
}

#[component]
fn Failure(run: Run, failure: StatementFailure) -> impl IntoView {
    let place = run.place(&failure).map(|(line, column)| format!("Line {line}, column {column}"));
    view! {
        <div class="notice error" role="alert">
            <p class="notice-title">"The statement failed"</p>
            {place.map(|place| view! { <p class="failure-place">{place}</p> })}
            <pre class="failure-text">{failure.message}</pre>
            {failure.advice.map(|advice| view! { <p class="notice-text">{advice}</p> })}
            <References
                ids=[("SQLSTATE", failure.sql_state), ("Statement", failure.statement_id), ("Workspace's reference", failure.workspace_request_id)]
            />
        </div>
    }
}

#[component]
fn Done(run: Run, tabs: Tabs, statement_id: String, shape: ResultShape, rows: FirstRows) -> impl IntoView {
    let for_session = is_for_its_session(&run.ran());
    if shape.columns.is_empty() {
        let advice = if for_session { OWN_SESSION } else { "The statement ran and has no rows to show." };
        return view! { <EmptyNotice title="Done" advice/> }.into_any();
    }
    if shape.total_rows == 0 {
        return view! { <NoRows shape/> }.into_any();
    }
    let name = sql_text::title(&run.ran()).unwrap_or_else(|| "query".to_owned());
    let encoded = percent_encoded(&name);
    let downloads = [("csv", "CSV"), ("jsonl", "JSON lines"), ("arrow", "Arrow")].map(|(format, text)| {
        let path = format!("/download/{statement_id}?format={format}&name={encoded}");
        view! { <a rel="external" href=path>{text}</a> }
    });
    // What ran stays as it was written; the clause goes around it, in a tab of its own.
    let around = move |clause: String| {
        let Ran { sql, parameters, warehouse_id, namespace, .. } = run.same();
        let sql = format!("SELECT * FROM (\n{}\n)\n{clause}", sql_text::bare(&sql));
        let view = ResultView::default();
        let address = run.address();
        tabs.open(SqlAddress { sql, parameters, warehouse_id, namespace, statement_id: None, view, ..address });
    };
    let in_sql = stands_in_brackets(&run.ran()).then(|| Callback::new(around));
    view! {
        <div class="result-bar">
            <p class="result-count">{counted(shape.total_rows)}</p>
            <Menu label="Download">{downloads.into_iter().collect_view()}</Menu>
        </div>
        {for_session.then(|| view! { <p class="notice warn" role="note">{OWN_SESSION}</p> })}
        {shape.truncated.then(|| view! { <Cut run rows=shape.total_rows/> })}
        <ResultGrid
            statement_id shape rows name address=run.address() in_sql
            looked_at=Callback::new(move |view| run.look_at(view))
        />
    }
    .into_any()
}

#[component]
fn NoRows(shape: ResultShape) -> impl IntoView {
    let columns = shape.columns.into_iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let advice = format!(
        "The statement ran and found nothing: no row fits its conditions, or you were granted none of them. Its columns: {columns}."
    );
    view! { <EmptyNotice title="No rows" advice/> }
}
