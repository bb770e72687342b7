//! Says that the session ends soon, or is over, above a page that stays as it is.

use leptos::{ev, prelude::*, task::spawn_local};

use super::local_time::LocalTime;
use crate::{
    auth::{current_path, sign_in_path, use_auth},
    model::EndsBy,
};

#[component]
pub fn SessionBanner() -> impl IntoView {
    let auth = use_auth();
    let over = Memo::new(move |_| auth.is_over());
    // The clock of the session goes on with every answer; the banner is made anew only when what it says changes.
    let warning = Memo::new(move |_| auth.warning());
    view! {
        <Show when=move || over.get()>
            <div class="session-banner" role="alert">
                <p>
                    <strong>"Your session has ended."</strong>
                    " Everything on this page is still here."
                </p>
                <SignInAgain/>
            </div>
        </Show>
        // Always there, so that assistive technology notices what appears in it.
        <div class="session-warning" role="status">
            {move || warning.get().map(|(end, by)| view! {
                <div class="session-banner calm">
                    <p>"You will be signed out at "<LocalTime seconds=end now=end/>"."</p>
                    {match by {
                        EndsBy::Idle => view! { <StaySignedIn/> }.into_any(),
                        EndsBy::Absolute => view! { <SignInAgain/> }.into_any(),
                    }}
                </div>
            })}
        </div>
    }
}

/// A link that works without JavaScript and where small windows are blocked; with both, the page stays.
#[component]
fn SignInAgain() -> impl IntoView {
    let auth = use_auth();
    let path = RwSignal::new(String::from("/sign-in"));
    Effect::new(move || path.set(sign_in_path(&current_path())));
    let open = move |event: ev::MouseEvent| {
        let plain =
            event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
        // The page's address may have changed since the banner came.
        path.set(sign_in_path(&current_path()));
        if plain && auth.sign_in_beside() {
            event.prevent_default();
        }
    };
    view! { <a class="button" rel="external" href=move || path.get() on:click=open>"Sign in again"</a> }
}

#[component]
fn StaySignedIn() -> impl IntoView {
    let auth = use_auth();
    let failed = RwSignal::new(None::<String>);
    let stay = move |_| {
        failed.set(None);
        spawn_local(async move {
            if let Err(error) = auth.stay_signed_in().await {
                let _ = failed.try_set(Some(error.message));
            }
        });
    };
    view! {
        {move || failed.get().map(|message| view! { <p class="field-error">{message}</p> })}
        <button class="button quiet" type="button" on:click=stay>"Stay signed in"</button>
    }
}
