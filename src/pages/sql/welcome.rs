//! Before anything has run: what this page does, and a first statement to try it with.

use leptos::prelude::*;

use super::run::Run;

const EXAMPLE: &str = "SELECT * FROM samples.nyctaxi.trips LIMIT 1000";

#[component]
pub fn Welcome(run: Run) -> impl IntoView {
    let written = move || run.sql.with(|sql| !sql.trim().is_empty());
    view! {
        <div class="notice empty">
            <p class="notice-title">"Nothing has run yet"</p>
            <p class="notice-text">
                "Write a statement and run it: it runs as you, so you see what you were granted. :name makes a field for a value."
            </p>
            <p class="notice-text sql-keys">
                "Ctrl or ⌘ + Enter runs the selection or the statement at the cursor; Esc cancels; Shift + Alt + F lays out."
            </p>
            <p data-hydrated-only="" hidden=written>
                <button class="button quiet" type="button" on:click=move |_| run.sql.set(EXAMPLE.to_owned())>"Try this"</button>
                " "
                <code class="breakable">{EXAMPLE}</code>
            </p>
        </div>
    }
}
