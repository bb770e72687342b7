//! Where the small window ends that a page opened to sign in again: it closes itself.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;

/// The other tabs hear from the provider that somebody is signed in, as from every page.
#[component]
pub fn SignedInPage() -> impl IntoView {
    Effect::new(|| {
        spawn_local(async {
            // What was just told to the other tabs is on its way first.
            TimeoutFuture::new(50).await;
            // Browsers close a window only if a page opened it; otherwise the text below stays.
            let _ = window().close();
        });
    });
    view! {
        <Title text="Signed in"/>
        <div class="page narrow">
            <h1>"You are signed in"</h1>
            <p class="lead">"You can close this window."</p>
            <p><a class="button quiet" href="/">"Go to the start"</a></p>
        </div>
    }
}
