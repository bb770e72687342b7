//! A bar chart as SVG of our own, complete in the server's page.
//!
//! The bars stretch with the page while the labels are HTML, so that these stay readable on a phone. Everything in it is
//! also in the table that stands below it.

use leptos::prelude::*;

use super::numbers::{grouped, round_step};

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Full name, for the tooltip.
    pub name: String,
    /// Text below the bar; most bars have none.
    pub label: Option<String>,
    pub value: f64,
    /// Drawn lighter: a weekend, say.
    pub muted: bool,
}

const LINES: u32 = 4;
const HEIGHT: f64 = 100.0;
/// Width of a bar and its gap, in units of the drawing.
const PITCH: f64 = 10.0;

/// `summary` says in a sentence what a person sees at a glance; `unit` names what is counted.
#[component]
pub fn BarChart(bars: Vec<Bar>, #[prop(into)] summary: String, #[prop(into)] unit: String) -> impl IntoView {
    let most = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let step = round_step(most, LINES);
    let lines = (most / step).ceil().max(1.0);
    let top = step * lines;
    let width = PITCH * bars.len().max(1) as f64;
    let ticks: Vec<f64> = (0..=lines as u32).map(|line| f64::from(line) * step).collect();
    let grid = ticks.clone().into_iter().skip(1).map(move |value| {
        let y = HEIGHT - value / top * HEIGHT;
        view! { <line class="grid" x1="0" x2=width.to_string() y1=y.to_string() y2=y.to_string()></line> }
    });
    let columns = bars.iter().enumerate().map(|(index, bar)| {
        let height = bar.value / top * HEIGHT;
        let title = format!("{}: {} {unit}", bar.name, grouped(&bar.value.to_string()));
        view! {
            <rect
                class=if bar.muted { "bar muted" } else { "bar" }
                x=(index as f64 * PITCH + 1.0).to_string()
                y=(HEIGHT - height).to_string()
                width=(PITCH - 2.0).to_string()
                height=height.to_string()
            >
                <title>{title}</title>
            </rect>
        }
    });
    let labels = bars.iter().map(|bar| view! { <span>{bar.label.clone().unwrap_or_default()}</span> });
    view! {
        <div class="chart">
            <div class="chart-y" aria-hidden="true">
                {ticks.into_iter().rev().map(|value| view! { <span>{grouped(&value.to_string())}</span> }).collect_view()}
            </div>
            <svg
                class="chart-plot"
                role="img"
                aria-label=summary
                viewBox=format!("0 0 {width} {HEIGHT}")
                preserveAspectRatio="none"
            >
                {grid.collect_view()}
                {columns.collect_view()}
            </svg>
            <div class="chart-x" aria-hidden="true">{labels.collect_view()}</div>
        </div>
    }
}
