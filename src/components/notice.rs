//! The faces of a result that is not there: an error, nothing found, still under way.

use leptos::{ev, prelude::*};

use super::numbers::clock;
use crate::model::{AppError, Phase};

/// Something failed: what, and what to do. `again` is the address that "Try again" leads to; with `retry` a living page does
/// it in place.
#[component]
pub fn ErrorNotice(
    error: AppError,
    #[prop(into)] again: String,
    #[prop(optional)] retry: Option<Callback<()>>,
    /// It may have been done, and doing it once more is for the person to decide.
    #[prop(optional)]
    not_known: bool,
) -> impl IntoView {
    let click = move |event: ev::MouseEvent| {
        if let Some(retry) = retry {
            event.prevent_default();
            retry.run(());
        }
    };
    let details = error.details.map(|details| *details).unwrap_or_default();
    let (title, button) = if not_known {
        ("No answer came back", "Run it again all the same")
    } else {
        ("This did not work", "Try again")
    };
    view! {
        <div class="notice error" role="alert">
            <p class="notice-title">{title}</p>
            <p class="notice-text">{error.message}</p>
            {details.advice.map(|advice| view! { <p class="notice-text advice">{advice}</p> })}
            <p><a class="button quiet" rel="external" href=again on:click=click>{button}</a></p>
            <References
                ids=[("Reference", error.request_id), ("Statement", details.statement_id), ("Workspace's reference", details.workspace_request_id)]
            />
        </div>
    }
}

/// Ids by which others find what happened, to be copied.
#[component]
pub fn References<const N: usize>(ids: [(&'static str, Option<String>); N]) -> impl IntoView {
    let known: Vec<_> = ids.into_iter().filter_map(|(name, id)| Some((name, id?))).collect();
    (!known.is_empty()).then(|| {
        view! {
            <p class="fine-print references">
                {known.into_iter().map(|(name, id)| view! { <span>{name}": "<code>{id}</code></span> }).collect_view()}
            </p>
        }
    })
}

/// There is nothing to show, and that is no error.
#[component]
pub fn EmptyNotice(#[prop(into)] title: String, #[prop(into)] advice: String) -> impl IntoView {
    view! {
        <div class="notice empty">
            <p class="notice-title">{title}</p>
            <p class="notice-text">{advice}</p>
        </div>
    }
}

/// How far a statement is. `seconds` since it began counts up in the browser; `trouble` is what goes wrong meanwhile.
#[component]
pub fn ProgressNotice(
    #[prop(into)] phase: Signal<Phase>,
    #[prop(into)] seconds: Signal<u32>,
    #[prop(optional, into)] trouble: Signal<Option<String>>,
) -> impl IntoView {
    let elapsed = move || clock(seconds.get());
    let advice = move || match phase.get() {
        Phase::WarehouseStarting => {
            "A stopped warehouse takes a few seconds to some minutes. You can leave this page open."
        }
        Phase::Submitting => "The statement is on its way to the warehouse.",
        Phase::Queued => "The warehouse is busy with other statements.",
        Phase::Running => "The statement is running on the warehouse.",
    };
    view! {
        <div class="notice progress">
            <p class="notice-title">
                <span class="pulse" aria-hidden="true"></span>
                <span role="status">{move || phase.get().text()}</span>
                " "
                <span class="elapsed">{elapsed}</span>
            </p>
            <p class="notice-text">{advice}</p>
            {move || trouble.get().map(|text| view! { <p class="field-error" role="alert">{text}</p> })}
        </div>
    }
}
