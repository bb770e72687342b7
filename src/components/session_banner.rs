//! Says that the session is over, above a page that stays as it is.

use leptos::prelude::*;

use crate::auth::{current_path, sign_in_path, use_auth};

#[component]
pub fn SessionBanner() -> impl IntoView {
    let auth = use_auth();
    let over = Memo::new(move |_| auth.is_over());
    view! {
        <Show when=move || over.get()>
            <div class="session-banner" role="alert">
                <p>
                    <strong>"Your session has ended."</strong>
                    " Everything on this page is still here."
                </p>
                <a class="button" rel="external" href=move || sign_in_path(&current_path())>"Sign in again"</a>
            </div>
        </Show>
    }
}
