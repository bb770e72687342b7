//! Below the editor: progress, failure, or the result.

use leptos::prelude::*;

use super::{
    Found,
    run::{Run, Shown},
};
use crate::{
    components::{
        notice::{EmptyNotice, ErrorNotice, ProgressNotice},
        numbers::grouped,
        result_grid::{FirstRows, ResultGrid},
    },
    model::{
        AppError, percent_encoded, sql_text,
        statement::{ResultShape, StatementFailure, StatementState, StatementView},
    },
};

#[component]
pub fn Outcome(run: Run, first: Found) -> impl IntoView {
    // What the server found goes on in the browser if it is not done.
    let found = first.clone();
    Effect::new(move |before: Option<()>| {
        if before.is_none()
            && run.shown.get_untracked() == Shown::First
            && let Some(Ok((view, _))) = &found
            && !view.state.is_final()
        {
            run.resume(view.clone());
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
        StatementState::Done(shape) => view! { <Done run statement_id=view.statement_id shape rows/> }.into_any(),
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
                Shown::Nothing => view! { <Welcome/> }.into_any(),
                Shown::Submitting => view! { <Working run/> }.into_any(),
                Shown::Statement(statement) => view(statement, None),
                Shown::Error(error) => failed(error, run),
            }}
        </section>
    }
}

#[component]
fn Working(run: Run) -> impl IntoView {
    view! { <ProgressNotice phase=Signal::derive(move || run.phase()) seconds=run.seconds/> }
}

#[component]
fn Welcome() -> impl IntoView {
    view! {
        <EmptyNotice
            title="Nothing has run yet"
            advice="Write a statement and run it: it runs as you, so you see what you were granted. :name makes a field for a value."
        />
    }
}

fn failed(error: AppError, run: Run) -> AnyView {
    view! { <ErrorNotice error again=run.address().with_statement(None).path()/> }.into_any()
}

/// Without JavaScript the page asks again by itself. Addresses are percent-encoded, so they need no escaping here.
fn ask_again(run: &Run) -> String {
    let path = run.address().path().replace('&', "&amp;");
    format!(r#"<meta http-equiv="refresh" content="1;url={path}"><p><a href="{path}">Ask again</a></p>"#)
}

#[component]
fn Failure(run: Run, failure: StatementFailure) -> impl IntoView {
    let place = untrack(|| run.position()).map(|(line, column)| format!("Line {line}, column {column}"));
    view! {
        <div class="notice error" role="alert">
            <p class="notice-title">"The statement failed"</p>
            {place.map(|place| view! { <p class="failure-place">{place}</p> })}
            <pre class="failure-text">{failure.message}</pre>
            {failure.advice.map(|advice| view! { <p class="notice-text">{advice}</p> })}
            {failure.sql_state.map(|code| view! { <p class="fine-print">"SQLSTATE "<code>{code}</code></p> })}
        </div>
    }
}

#[component]
fn Done(run: Run, statement_id: String, shape: ResultShape, rows: FirstRows) -> impl IntoView {
    if shape.columns.is_empty() {
        return view! { <EmptyNotice title="Done" advice="The statement ran and has no rows to show."/> }.into_any();
    }
    let total = grouped(&shape.total_rows.to_string());
    let counted = if shape.total_rows == 1 { "1 row".to_owned() } else { format!("{total} rows") };
    let ran = move || run.ran().unwrap_or_else(|| run.sql.get_untracked());
    let name = percent_encoded(&sql_text::title(&ran()).unwrap_or_else(|| "query".to_owned()));
    let download = |format: &str| format!("/download/{statement_id}?format={format}&name={name}");
    let all = move |_| {
        run.all_rows.set(true);
        run.start(run.sql.get_untracked());
    };
    // What ran stays as it was written; the clause goes around it.
    let in_sql = Callback::new(move |clause: String| {
        let ran = ran();
        let ran = ran.trim().trim_end_matches(';').trim_end().to_owned();
        run.sql.set(format!("SELECT * FROM (\n{ran}\n)\n{clause}"));
    });
    view! {
        <div class="result-bar">
            <p class="result-count" role="status">{counted}</p>
            <p class="result-actions">
                <a class="button quiet small" rel="external" download="" href=download("csv")>"Download CSV"</a>
                <a class="button quiet small" rel="external" download="" href=download("jsonl")>"Download JSON lines"</a>
                <a class="button quiet small" rel="external" download="" href=download("arrow")>"Download Arrow"</a>
            </p>
        </div>
        {shape.truncated.then(|| view! {
            <div class="notice warn cut" role="note">
                <p><strong>{format!("These are only the first {total} rows.")}</strong>" There are more; a download of this result ends here, too."</p>
                <button class="button quiet" type="button" on:click=all>"Run again for all rows"</button>
            </div>
        })}
        <ResultGrid statement_id shape rows address=run.address() in_sql looked_at=Callback::new(move |view| run.look_at(view))/>
    }
    .into_any()
}
