//! Below the editor: progress, failure, or the result.

use leptos::prelude::*;

use super::{
    Found,
    cut::{Cut, bare},
    run::{Run, Shown},
    tabs::Tabs,
    welcome::Welcome,
};
use crate::{
    components::{
        menu::Menu,
        notice::{EmptyNotice, ErrorNotice, ProgressNotice, References},
        numbers::grouped,
        result_grid::{FirstRows, ResultGrid},
    },
    model::{
        AppError, ErrorCode, percent_encoded,
        sql_address::{ResultView, SqlAddress},
        sql_text,
        statement::{ResultShape, StatementFailure, StatementState, StatementView},
    },
};

#[component]
pub fn Outcome(run: Run, tabs: Tabs, first: Found) -> impl IntoView {
    // What the server found goes on in the browser if it is not done; a failure is marked in the text.
    let found = first.clone();
    Effect::new(move |before: Option<()>| {
        if before.is_none()
            && run.shown.get_untracked() == Shown::First
            && let Some(Ok((view, _))) = &found
        {
            match view.state {
                StatementState::Working(_) => run.resume(view.clone()),
                StatementState::Failed(_) => run.shown.set(Shown::Statement(view.clone())),
                StatementState::Done(_) | StatementState::Canceled => {}
            }
        }
    });
    let view = move |view: StatementView, rows: FirstRows| {
        match view.state {
        StatementState::Working(_) => view! { <Working run/> }.into_any(),
        StatementState::Canceled => view! {
            <EmptyNotice title="Cancelled" advice="The warehouse has confirmed that the statement no longer runs. What you wrote is still there."/>
        }
        .into_any(),
        StatementState::Failed(failure) => view! { <Failure run failure/> }.into_any(),
        StatementState::Done(shape) => view! { <Done run tabs statement_id=view.statement_id shape rows/> }.into_any(),
    }
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

fn failed(error: AppError, run: Run) -> AnyView {
    let known = run.statement_id.get_value();
    if error.code == ErrorCode::NotFound && known.is_some() {
        let advice = "It belongs to whoever ran it, and is kept for a while only. Run the statement to get a result of your own.";
        return view! { <EmptyNotice title="This result is not here" advice/> }.into_any();
    }
    // A statement that may still run is asked after again; one that was not taken is sent again.
    let retry = Callback::new(move |()| match known.clone() {
        Some(id) => run.look(id, run.warehouse_id.get_untracked()),
        None => run.start(run.same_again()),
    });
    view! { <ErrorNotice error again=run.address().path() retry/> }.into_any()
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
    if shape.columns.is_empty() {
        return view! { <EmptyNotice title="Done" advice="The statement ran and has no rows to show."/> }.into_any();
    }
    let total = grouped(&shape.total_rows.to_string());
    let counted = if shape.total_rows == 1 { "1 row".to_owned() } else { format!("{total} rows") };
    let name = sql_text::title(&run.ran()).unwrap_or_else(|| "query".to_owned());
    let encoded = percent_encoded(&name);
    let downloads = [("csv", "CSV"), ("jsonl", "JSON lines"), ("arrow", "Arrow")].map(|(format, text)| {
        let path = format!("/download/{statement_id}?format={format}&name={encoded}");
        view! { <a rel="external" href=path>{text}</a> }
    });
    // What ran stays as it was written; the clause goes around it, in a tab of its own.
    let in_sql = Callback::new(move |clause: String| {
        let sql = format!("SELECT * FROM (\n{}\n)\n{clause}", bare(&run.ran()));
        tabs.open(SqlAddress { sql, statement_id: None, view: ResultView::default(), ..run.address() });
    });
    let none = shape.total_rows == 0;
    view! {
        <div class="result-bar">
            <p class="result-count" role="status">{counted}</p>
            <Menu label="Download">{downloads.into_iter().collect_view()}</Menu>
        </div>
        {none.then(|| view! {
            <EmptyNotice
                title="No rows"
                advice="The statement ran and found nothing: no row fits its conditions, or you were granted none of them."
            />
        })}
        {shape.truncated.then(|| view! { <Cut run rows=shape.total_rows/> })}
        <ResultGrid
            statement_id shape rows name address=run.address() in_sql
            looked_at=Callback::new(move |view| run.look_at(view))
        />
    }
    .into_any()
}
