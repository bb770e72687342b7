//! Follows a statement that was not done when the page was sent: asks after it until it is.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

use super::{Failed, period::Period, result::TripsResult};
use crate::{
    api::queries::trips_per_day,
    auth::use_auth,
    components::notice::ProgressNotice,
    model::{AppError, ErrorCode, Phase, Progress, queries::TripsPerDayRow},
};

type Answer = Result<Progress<TripsPerDayRow>, AppError>;

/// Milliseconds between two questions.
const PAUSE: u32 = 500;

#[component]
pub fn Trips(period: Period, progress: Progress<TripsPerDayRow>, again: Callback<()>) -> impl IntoView {
    let answer = RwSignal::new(Ok(progress));
    let phase = RwSignal::new(working(&answer.get_untracked()).map_or(Phase::Running, |(_, phase)| phase));
    let half_seconds = RwSignal::new(0_u32);
    let seconds = Signal::derive(move || half_seconds.get() / 2);
    let auth = use_auth();
    Effect::new(move || {
        let Some((mut statement_id, _)) = working(&answer.get_untracked()) else { return };
        spawn_local(async move {
            loop {
                TimeoutFuture::new(PAUSE).await;
                // The page has moved on.
                if half_seconds.try_update(|count| *count += 1).is_none() {
                    return;
                }
                let next = auth.call(|| trips_per_day(period.query(), Some(statement_id.clone()))).await;
                match working(&next) {
                    Some((id, now)) => {
                        statement_id = id;
                        let _ = phase.try_set(now);
                    }
                    // The statement goes on while the browser is offline, so it is asked after again.
                    None if matches!(&next, Err(error) if error.code == ErrorCode::Offline) => {}
                    None => {
                        let _ = answer.try_set(next);
                        return;
                    }
                }
            }
        });
    });
    // Waiting is one view that stays while phase and time change in it.
    move || match answer.get() {
        Ok(Progress::Ready { rows, total_rows }) => view! { <TripsResult rows total_rows/> }.into_any(),
        Ok(Progress::Working { statement_id, .. }) => view! {
            <ProgressNotice phase seconds/>
            <noscript inner_html=ask_again(period, &statement_id)></noscript>
        }
        .into_any(),
        Err(error) => view! { <Failed period error again/> }.into_any(),
    }
}

fn working(answer: &Answer) -> Option<(String, Phase)> {
    match answer {
        Ok(Progress::Working { statement_id, phase }) => Some((statement_id.clone(), *phase)),
        _ => None,
    }
}

/// Without JavaScript the page asks again by itself. The id has letters, digits and dashes only (`StatementId`).
fn ask_again(period: Period, statement_id: &str) -> String {
    let address = format!("{}&statement={statement_id}", period.path()).replace('&', "&amp;");
    format!(r#"<meta http-equiv="refresh" content="1;url={address}"><p><a href="{address}">Ask again</a></p>"#)
}
