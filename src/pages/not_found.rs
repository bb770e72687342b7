//! An address that leads nowhere.

use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Page not found"/>
        <div class="page narrow">
            <h1>"Page not found"</h1>
            <p>"There is no page at this address."</p>
            <p><a class="button" href="/">"Go to the start"</a></p>
        </div>
    }
}
