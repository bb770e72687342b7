//! Where the focus goes when what had it is gone, or when something else is to be written.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// What is typed next goes into the text.
pub fn into_editor() {
    let find = |selector| document().query_selector(selector).ok().flatten();
    let living = find("sql-editor").and_then(|editor| editor.shadow_root());
    let inside = living.and_then(|root| root.query_selector("[contenteditable]").ok().flatten());
    focus(inside.or_else(|| find("#sql-text")));
}

/// The button of the open statement at this place, once the row of them is as it will be.
pub fn into_tab(at: usize) {
    request_animation_frame(move || {
        let button = document().query_selector(&format!(".tabs li:nth-child({}) .tab", at + 1)).ok().flatten();
        focus(button);
    });
}

fn focus(element: Option<web_sys::Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element that takes no focus leaves it where it is.
        let _ = element.focus();
    }
}
