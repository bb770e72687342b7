//! A typed query on a page: its rows when they are there, how far it is until then. Follows a statement that was not done
//! when the page was sent, with JavaScript and without.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::params::ParamsMap;

use super::notice::{ErrorNotice, ProgressNotice};
use crate::{
    auth::use_auth,
    model::{AppError, ErrorCode, Phase, Progress},
};

/// The query parameter under which a page without JavaScript finds its statement again.
const STATEMENT: &str = "statement";
/// Milliseconds between two questions.
const PAUSE: u32 = 500;
/// Milliseconds without an answer after which the page says what is wrong.
const PATIENCE: f64 = 60_000.0;

/// The statement that the address names now: pages give it to their query, so that a reload submits nothing anew.
pub fn statement_in_address(query: Memo<ParamsMap>) -> Option<String> {
    query.with_untracked(|query| query.get(STATEMENT))
}

/// `first` is what the query answered when the page was made; `ask` asks again, given the statement's id, or submits it anew
/// without one; `show` makes the view of the rows, given those and the number of rows of the whole result. `again` is the
/// address of the page, where "Try again" leads to.
#[component]
pub fn Following<T, A, F, S>(
    first: Result<Progress<T>, AppError>,
    ask: A,
    show: S,
    #[prop(into)] again: String,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    A: Fn(Option<String>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Progress<T>, AppError>> + 'static,
    S: Fn(Vec<T>, u64) -> AnyView + Send + Sync + 'static,
{
    let auth = use_auth();
    let phase = RwSignal::new(working(&first).map_or(Phase::Running, |(_, phase)| phase));
    let answer = RwSignal::new(first);
    let seconds = RwSignal::new(0_u32);
    let trouble = RwSignal::new(None::<String>);
    // Counts the times that it was begun anew.
    let turn = RwSignal::new(0_u32);
    Effect::new(move || {
        let turn_now = turn.get();
        let ask = ask.clone();
        let here = move || turn.try_get_untracked() == Some(turn_now);
        let first = answer.get_untracked();
        spawn_local(async move {
            let mut known = match &first {
                Ok(Progress::Working { statement_id, .. }) => Some(statement_id.clone()),
                // The server found the session over while it made the page.
                Err(error) if error.code == ErrorCode::SessionOver && auth.stands_again(error).await => None,
                Err(_) if turn_now > 0 => None,
                _ => return,
            };
            let begun = js_sys::Date::now();
            let mut answered = begun;
            while here() {
                let next = auth.call(|| ask(known.clone())).await;
                if !here() {
                    return;
                }
                let now = js_sys::Date::now();
                let _ = seconds.try_set(((now - begun) / 1_000.0) as u32);
                match (working(&next), &next) {
                    (Some((id, at)), _) => {
                        (known, answered) = (Some(id), now);
                        let _ = trouble.try_set(None);
                        let _ = phase.try_set(at);
                        // A query that was begun anew is followed like one that was not done.
                        if answer.with_untracked(|answer| working(answer).is_none()) {
                            let _ = answer.try_set(next);
                        }
                    }
                    // The statement goes on whether this page hears of it or not.
                    (None, Err(error)) if known.is_some() && error.code.passes(now - answered < PATIENCE) => {
                        let _ = trouble.try_set(Some(error.message.clone()));
                    }
                    _ => {
                        let _ = answer.try_set(next);
                        return;
                    }
                }
                TimeoutFuture::new(PAUSE).await;
            }
        });
    });
    let retry = Callback::new(move |()| turn.update(|turn| *turn += 1));
    // Waiting is one view that stays while phase and time change in it.
    move || match answer.get() {
        Ok(Progress::Ready { rows, total_rows }) => show(rows, total_rows),
        Ok(Progress::Working { statement_id, .. }) => view! {
            <ProgressNotice phase seconds trouble/>
            <noscript inner_html=ask_again(&again, &statement_id)></noscript>
        }
        .into_any(),
        Err(error) => view! { <ErrorNotice error again=again.clone() retry/> }.into_any(),
    }
}

fn working<T>(answer: &Result<Progress<T>, AppError>) -> Option<(String, Phase)> {
    match answer {
        Ok(Progress::Working { statement_id, phase }) => Some((statement_id.clone(), *phase)),
        _ => None,
    }
}

/// Without JavaScript the page asks again by itself. The id has letters, digits and dashes only (`StatementId`), and
/// addresses of pages are percent-encoded.
fn ask_again(page: &str, statement_id: &str) -> String {
    let mark = if page.contains('?') { '&' } else { '?' };
    let address = format!("{page}{mark}{STATEMENT}={statement_id}").replace('&', "&amp;");
    format!(r#"<meta http-equiv="refresh" content="1;url={address}"><p><a href="{address}">Ask again</a></p>"#)
}
