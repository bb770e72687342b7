//! The bar on top: where you are, who you are, how to leave.

use leptos::prelude::*;
use leptos_router::components::A;

use super::local_time::LocalTime;
use crate::auth::use_auth;

#[component]
pub fn Header() -> impl IntoView {
    let auth = use_auth();
    let session = Memo::new(move |_| auth.session());
    view! {
        <header class="top">
            <a class="brand" href="/">
                <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true">
                    <circle cx="16.5" cy="7" r="3.5" class="sun"></circle>
                    <path d="M2 14c2.5-2 4.5-2 6.7 0s4.200 2 6.600 0 4.200-2 6.700 0" class="wave"></path>
                    <path d="M2 19c2.4-2 4.600-2 6.700 0s4.200 2 6.600 0 4.200-2 6.700 0" class="wave low"></path>
                </svg>
                "Lakefront"
            </a>
            {move || session.get().map(|session| {
                let host = session.workspace_host.trim_start_matches("https://").trim_start_matches("http://").to_owned();
                view! {
                    <nav aria-label="Pages">
                        <A href="/" exact=true>"Trips"</A>
                        <A href="/account">"Your session"</A>
                    </nav>
                    <div class="who">
                        <p class="who-text">
                            <span class="who-name" data-testid="user-name">{session.user.display_name.clone()}</span>
                            <span class="who-host">
                                <span class="who-host-name" title="Workspace">{host}</span>
                                <span class="who-until">"until "<LocalTime seconds=session.session_ends_at/></span>
                            </span>
                        </p>
                        <form method="post" action="/logout">
                            <button class="button quiet" type="submit">"Sign out"</button>
                        </form>
                    </div>
                }
            })}
        </header>
    }
}
