//! The home page: taxi trips per day, as a chart and a table, for a period that the address holds.

mod period;
mod polling;
mod result;

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::queries::trips_per_day,
    auth::use_auth,
    components::notice::ErrorNotice,
    model::{AppError, ErrorCode},
};
use period::{Period, PeriodForm};
use polling::Trips;

#[component]
pub fn TripsPage() -> impl IntoView {
    let auth = use_auth();
    let query = use_query_map();
    let period = Memo::new(move |_| query.with(|query| Period::parse(query.get_str("from"), query.get_str("to"))));
    // Without JavaScript the page reloads itself with the statement that it waits for.
    let known = Memo::new(move |_| query.with(|query| query.get("statement")));
    let first = Resource::new(
        move || (period.get(), known.get_untracked()),
        move |(period, known)| async move {
            match period {
                Ok(period) => Some(auth.call(|| trips_per_day(period.query(), known.clone())).await),
                Err(_) => None,
            }
        },
    );
    let again = Callback::new(move |()| first.refetch());
    view! {
        <Title text="Taxi trips per day"/>
        <div class="page">
            <div class="page-head">
                <div>
                    <h1>"Taxi trips per day"</h1>
                    <p class="lead">"New York City, from "<code>"samples.nyctaxi.trips"</code></p>
                </div>
                <PeriodForm period/>
            </div>
            <Transition fallback=|| view! { <p class="loading">"Loading …"</p> }>
                {move || Suspend::new(async move {
                    let answer = first.await;
                    let period = period.get_untracked();
                    match (period, answer) {
                        (Ok(period), Some(Ok(progress))) => view! { <Trips period progress again/> }.into_any(),
                        (Ok(period), Some(Err(error))) => view! { <Failed period error again/> }.into_any(),
                        _ => ().into_any(),
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// An error. If it is the end of the session, which the server found while it made the page, the call is made again as soon
/// as the person is back.
#[component]
fn Failed(period: Period, error: AppError, again: Callback<()>) -> impl IntoView {
    let auth = use_auth();
    let noted = error.clone();
    Effect::new(move || {
        let noted = noted.clone();
        if noted.code == ErrorCode::SessionOver {
            spawn_local(async move {
                if auth.stands_again(&noted).await {
                    again.try_run(());
                }
            });
        }
    });
    view! { <ErrorNotice error again=period.path()/> }
}
