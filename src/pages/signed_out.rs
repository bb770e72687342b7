//! After signing out. Anybody may see it.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::auth::use_auth;

#[component]
pub fn SignedOutPage() -> impl IntoView {
    let auth = use_auth();
    // Also after a plain form post: the other tabs ask the server and find out.
    Effect::new(move || auth.tell_end());
    view! {
        <Title text="Signed out"/>
        <div class="page narrow">
            <h1>"You are signed out"</h1>
            <p>"Lakefront has forgotten your access to the workspace."</p>
            <p><a class="button" rel="external" href="/sign-in">"Sign in"</a></p>
            <p class="fine-print">
                "Your browser may still be signed in at Databricks itself. On a shared computer, sign out there, too."
            </p>
        </div>
    }
}
