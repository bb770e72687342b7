//! The address of what is written right now, for somebody else.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use super::run::Run;

/// Milliseconds for which the button says what came of it.
const SAYS_SO: u32 = 3_000;

/// The link holds text, values, warehouse, catalog and schema, sort and chart, as they are and not as they were run last. It names
/// no result: whoever opens it runs it as themselves.
#[component]
pub fn CopyLink(run: Run) -> impl IntoView {
    let said = RwSignal::new("");
    let copy = move |_| {
        spawn_local(async move {
            let address = run.address().with_statement(None);
            let outcome = match address.link() {
                None => "Too long for a link",
                Some(path) => {
                    let origin = window().location().origin().unwrap_or_default();
                    let written = window().navigator().clipboard().write_text(&format!("{origin}{path}"));
                    if JsFuture::from(written).await.is_ok() {
                        "Link copied"
                    } else {
                        "The browser does not allow copying"
                    }
                }
            };
            let _ = said.try_set(outcome);
            TimeoutFuture::new(SAYS_SO).await;
            let _ = said.try_set("");
        });
    };
    view! {
        <span class="copy-link" data-hydrated-only="">
            <button class="button quiet" type="button" on:click=copy>"Copy link"</button>
            <span class="fine-print" role="status">{move || said.get()}</span>
        </span>
    }
}
