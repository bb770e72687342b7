//! The faces of a result that is not there: an error, nothing found, still under way.

use leptos::prelude::*;

use crate::model::{AppError, Phase};

/// Something failed: what, and what to do.
#[component]
pub fn ErrorNotice(error: AppError, #[prop(into)] again: String) -> impl IntoView {
    view! {
        <div class="notice error" role="alert">
            <p class="notice-title">"This did not work"</p>
            <p class="notice-text">{error.message}</p>
            <p><a class="button quiet" rel="external" href=again>"Try again"</a></p>
            {error.request_id.map(|id| view! { <p class="fine-print">"Reference: "<code>{id}</code></p> })}
        </div>
    }
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

/// How far a statement is. `seconds` since it began counts up in the browser.
#[component]
pub fn ProgressNotice(#[prop(into)] phase: Signal<Phase>, #[prop(into)] seconds: Signal<u32>) -> impl IntoView {
    let elapsed = move || format!("{}:{:02}", seconds.get() / 60, seconds.get() % 60);
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
        </div>
    }
}
