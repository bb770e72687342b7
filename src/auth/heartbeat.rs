//! Asks again and again whether the session stands. It counts as nothing that the person did.

use gloo_timers::future::TimeoutFuture;
use leptos::{ev, prelude::*, task::spawn_local};

use super::{Auth, AuthState, reload};

/// Effects run in the browser alone, so the server starts no heartbeat.
pub(super) fn start(auth: Auth, interval_seconds: u32) {
    Effect::new(move || {
        if matches!(auth.state.get_untracked(), AuthState::Anonymous) {
            return;
        }
        reload_when_restored();
        spawn_local(async move {
            loop {
                TimeoutFuture::new(interval_seconds.max(1).saturating_mul(1_000)).await;
                // The page is gone when its signal is.
                if auth.state.try_get_untracked().is_none() {
                    return;
                }
                // An answer or a refusal is in the state; a server that is away is asked again.
                let _ = auth.validate().await;
            }
        });
    });
}

/// A browser may keep a page and show it again after a sign-out when somebody goes back to it: it is asked for anew.
fn reload_when_restored() {
    let handle = window_event_listener(ev::Custom::<web_sys::PageTransitionEvent>::new("pageshow"), |event| {
        if event.persisted() {
            reload();
        }
    });
    on_cleanup(move || handle.remove());
}
