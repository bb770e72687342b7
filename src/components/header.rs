//! The bar on top: where you are, who you are, how to leave.

use leptos::{ev, html, prelude::*, task::spawn_local};
use leptos_router::components::A;

use super::{kept_texts::open_texts, local_time::LocalTime};
use crate::auth::use_auth;

#[component]
pub fn Header() -> impl IntoView {
    let auth = use_auth();
    // Every heartbeat brings a new answer; the header is made anew only when what it says changes.
    let who = Memo::new(move |_| auth.session().map(|session| (session.user.display_name, session.workspace_host)));
    let end = Memo::new(move |_| auth.session().map(|session| session.session_ends_at));
    let until = move || {
        end.get().map(|seconds| {
            let now = untrack(|| auth.session()).map_or(seconds, |session| session.now);
            view! { "until "<LocalTime seconds now/> }
        })
    };
    let form = NodeRef::<html::Form>::new();
    let question = NodeRef::<html::Dialog>::new();
    let texts = RwSignal::new(0);
    let leave = move || {
        spawn_local(async move {
            if auth.sign_out().await.is_err()
                && let Some(form) = form.get_untracked()
            {
                // The server's own page says what is wrong.
                let _ = form.submit();
            }
        });
    };
    // The form works by itself; a living page tells the other tabs as soon as the server has answered. Texts that would be
    // gone are worth a question.
    let sign_out = move |event: ev::SubmitEvent| {
        event.prevent_default();
        texts.set(open_texts(auth));
        let asks = texts.get_untracked() > 0;
        if !asks || question.get_untracked().is_none_or(|question| question.show_modal().is_err()) {
            leave();
        }
    };
    let close = move || {
        if let Some(question) = question.get_untracked() {
            question.close();
        }
    };
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
            {move || who.get().map(|(name, host)| {
                let host = host.trim_start_matches("https://").trim_start_matches("http://").to_owned();
                view! {
                    <nav aria-label="Pages">
                        <A href="/" exact=true>"Trips"</A>
                        <A href="/catalog">"Catalog"</A>
                        <A href="/sql">"SQL"</A>
                        <A href="/account">"Your session"</A>
                    </nav>
                    <div class="who">
                        <p class="who-text">
                            <span class="who-name" data-testid="user-name">{name}</span>
                            <span class="who-host">
                                <span class="who-host-name" title="Workspace">{host}</span>
                                <span class="who-until">{until}</span>
                            </span>
                        </p>
                        <form method="post" action="/logout" node_ref=form on:submit=sign_out>
                            <button class="button quiet" type="submit">"Sign out"</button>
                        </form>
                        <dialog class="question" node_ref=question aria-labelledby="sign-out-question">
                            <p id="sign-out-question">{move || what_goes(texts.get())}</p>
                            <div class="question-ways">
                                <button class="button" type="button" on:click=move |_| { close(); leave(); }>"Sign out"</button>
                                <button class="button quiet" type="button" on:click=move |_| close()>"Stay signed in"</button>
                            </div>
                        </dialog>
                    </div>
                }
            })}
        </header>
    }
}

fn what_goes(texts: usize) -> String {
    let open = if texts == 1 { "1 open statement".to_owned() } else { format!("{texts} open statements") };
    format!("{open} and the history in this browser will be removed.")
}
