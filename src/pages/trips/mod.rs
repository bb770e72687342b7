//! The home page: taxi trips per day, as a chart and a table, for a period that the address holds.

mod period;
mod result;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::queries::trips_per_day,
    auth::use_auth,
    components::following::{Following, statement_in_address},
    model::queries::TripsPerDayRow,
};
use period::{Period, PeriodForm};
use result::TripsResult;

#[component]
pub fn TripsPage() -> impl IntoView {
    let auth = use_auth();
    let query = use_query_map();
    let period = Memo::new(move |_| query.with(|query| Period::parse(query.get_str("from"), query.get_str("to"))));
    // Without JavaScript the page reloads itself with the statement that it waits for.
    let first = Resource::new(
        move || (period.get(), statement_in_address(query)),
        move |(period, known)| async move {
            match period {
                Ok(period) => Some(auth.call(|| trips_per_day(period.query(), known.clone())).await),
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
                    <p class="lead">
                        "New York City, from "<code>"samples.nyctaxi.trips"</code>
                        {move || period.get().ok().map(|period| view! { " · "<a href=period.in_sql()>"Open in SQL"</a> })}
                    </p>
                </div>
                <PeriodForm period/>
            </div>
            <Transition fallback=|| view! { <p class="loading">"Loading …"</p> }>
                {move || Suspend::new(async move {
                    let answer = first.await;
                    let period = period.get_untracked();
                    let (Ok(period), Some(first)) = (period, answer) else { return ().into_any() };
                    let ask = move |statement_id| trips_per_day(period.query(), statement_id);
                    let show = |rows: Vec<TripsPerDayRow>, total_rows| view! { <TripsResult rows total_rows/> }.into_any();
                    view! { <Following first ask show again=period.path()/> }.into_any()
                })}
            </Transition>
        </div>
    }
    .into_any()
}
