//! The home page: taxi trips per day, as a chart and a table, for a period that the address holds.

mod period;
mod polling;
mod result;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{api::queries::trips_per_day, components::notice::ErrorNotice};
use period::{Period, PeriodForm};
use polling::Trips;

#[component]
pub fn TripsPage() -> impl IntoView {
    let query = use_query_map();
    let period = Memo::new(move |_| query.with(|query| Period::parse(query.get_str("from"), query.get_str("to"))));
    // Without JavaScript the page reloads itself with the statement that it waits for.
    let known = Memo::new(move |_| query.with(|query| query.get("statement")));
    let first = Resource::new(
        move || (period.get(), known.get_untracked()),
        |(period, known)| async move {
            match period {
                Ok(period) => Some(trips_per_day(period.query(), known).await),
                Err(_) => None,
            }
        },
    );
    view! {
        <Title text="Taxi trips per day"/>
        <div class="page">
            <div class="page-head">
                <div>
                    <h1>"Taxi trips per day"</h1>
                    <p class="lead">"New York City, from "<code>"samples.nyctaxi.trips"</code></p>
                </div>
                {move || view! { <PeriodForm period=period.get()/> }.into_any()}
            </div>
            <Transition fallback=|| view! { <p class="loading">"Loading …"</p> }>
                {move || Suspend::new(async move {
                    let answer = first.await;
                    let period = period.get_untracked();
                    match (period, answer) {
                        (Ok(period), Some(Ok(progress))) => view! { <Trips period progress/> }.into_any(),
                        (Ok(period), Some(Err(error))) => view! { <Failed period error/> }.into_any(),
                        _ => ().into_any(),
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// An error, told to the provider too: it may be the end of the session.
#[component]
fn Failed(period: Period, error: crate::model::AppError) -> impl IntoView {
    let auth = crate::auth::use_auth();
    let noted = error.clone();
    Effect::new(move || auth.note(&noted));
    view! { <ErrorNotice error again=period.path()/> }
}
