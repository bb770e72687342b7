//! What a run brings stands below the editor, in a small window below its edge: it comes into view. So does the open tab.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    run::{Run, Shown},
    tabs::Tabs,
};

/// Pixels of an outcome that are seen at least.
const GLANCE: f64 = 280.0;

/// Keeps in view what a run brings: how far it is, then its outcome. To choose a tab is no run.
pub fn keep_outcome_in_view(run: Run, place: NodeRef<html::Div>) {
    Effect::new(move |awaited: Option<bool>| {
        let awaited = awaited == Some(true);
        let (begins, works, ends) = run.shown.with(|shown| match shown {
            Shown::Submitting => (run.statement_id.with_value(Option::is_none), false, false),
            Shown::Statement(view) => (false, !view.state.is_final(), view.state.is_final()),
            Shown::Error(_) => (false, false, true),
            Shown::First | Shown::Nothing => (false, false, false),
        });
        if begins || awaited && ends {
            // By then it is drawn.
            request_animation_frame(move || show(place));
        }
        begins || awaited && works
    });
}

fn show(place: NodeRef<html::Div>) {
    let Some(place) = place.try_get_untracked().flatten() else { return };
    let Some(height) = window().inner_height().ok().and_then(|height| height.as_f64()) else { return };
    let (seen, top) = (window().scroll_y().unwrap_or_default(), f64::from(place.offset_top()));
    let wanted = (top + GLANCE - height).min(top);
    if seen < wanted || seen > top {
        window().scroll_to_with_x_and_y(0.0, if seen > top { top } else { wanted });
    }
}

/// Many tabs stand in one row that scrolls.
pub fn keep_tab_in_view(tabs: Tabs) {
    Effect::new(move || {
        tabs.open.track();
        tabs.active();
        request_animation_frame(show_tab);
    });
}

fn show_tab() {
    let Ok(Some(tab)) = document().query_selector(".tabs li:has([aria-current])") else { return };
    let (Some(row), Ok(tab)) = (tab.parent_element(), tab.dyn_into::<web_sys::HtmlElement>()) else { return };
    let (left, right) = (tab.offset_left(), tab.offset_left() + tab.offset_width());
    if left < row.scroll_left() {
        row.set_scroll_left(left);
    } else if right > row.scroll_left() + row.client_width() {
        row.set_scroll_left(right - row.client_width());
    }
}
