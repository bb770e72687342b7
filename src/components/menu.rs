//! A few links behind one button. The browser opens and closes it; a living page also closes it when it was used or left.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

#[component]
pub fn Menu(label: &'static str, children: Children) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    let left = move |event: ev::FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        if menu.get_untracked().is_some_and(|menu| to.is_some() && !menu.contains(to.as_ref())) {
            close();
        }
    };
    let escaped = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && menu.get_untracked().is_some_and(|menu| menu.open()) {
            // Esc cancels a statement where nothing else answers to it.
            event.prevent_default();
            close();
            let button = menu.get_untracked().and_then(|menu| menu.first_element_child());
            if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = button.focus();
            }
        }
    };
    view! {
        <details class="menu" node_ref=menu on:focusout=left on:keydown=escaped>
            <summary class="button quiet small">{label}</summary>
            <div class="menu-inside" on:click=move |_| close()>{children()}</div>
        </details>
    }
}
