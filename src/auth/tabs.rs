//! What the tabs of one browser tell each other: a `BroadcastChannel`, which only pages of this origin hear.
//!
//! Nothing that is told proves anything. An answer moves the times that are shown for the same person; whatever else is
//! heard makes the tab ask the server itself. Never a token: the browser has none.

use std::cell::OnceCell;

use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

use crate::model::SessionView;

const NAME: &str = "lakefront-session";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum News {
    /// A tab asks the server now; the others need not.
    Asking { at: f64 },
    /// What the server answered, and the browser's clock then.
    Answer { session: SessionView, at: f64 },
    /// A session has ended, or may have.
    Ended,
    /// A person has signed out: what the browser keeps for them is wiped, and stays so.
    SignedOut { user_id: String },
}

thread_local! {
    /// One a page. `None`: a browser without it, in which every tab is on its own.
    static CHANNEL: OnceCell<Option<BroadcastChannel>> = const { OnceCell::new() };
}

/// Hears what the other tabs tell, for as long as the page lives. In the browser only.
pub(super) fn listen(hear: impl Fn(News) + 'static) {
    with_channel(|channel| {
        let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            // Another version of the app may stand in the other tab: what is not understood is not heard.
            if let Some(news) = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok()) {
                hear(news);
            }
        });
        channel.set_onmessage(Some(hear.into_js_value().unchecked_ref()));
    });
}

/// Tells every other tab. In the browser only.
pub(super) fn tell(news: &News) {
    let Ok(text) = serde_json::to_string(news) else { return };
    with_channel(|channel| {
        let _ = channel.post_message(&JsValue::from_str(&text));
    });
}

fn with_channel(use_it: impl FnOnce(&BroadcastChannel)) {
    CHANNEL.with(|channel| {
        if let Some(channel) = channel.get_or_init(|| BroadcastChannel::new(NAME).ok()) {
            use_it(channel);
        }
    });
}
