//! The result: four numbers to take away, the chart, and the table behind it.

use leptos::prelude::*;

use crate::{
    components::{
        chart::{Bar, BarChart},
        notice::EmptyNotice,
        numbers::grouped,
    },
    model::{queries::TripsPerDayRow, values::Date},
};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

#[component]
pub fn TripsResult(rows: Vec<TripsPerDayRow>, total_rows: u64) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <EmptyNotice title="No trips in this period" advice="The sample covers 1 January to 29 February 2016. Choose days within it."/>
        }
        .into_any();
    }
    let cut = total_rows > rows.len() as u64;
    let shown = rows.len();
    let trips: i64 = rows.iter().map(|row| row.trips).sum();
    let miles: f64 = rows.iter().map(|row| row.miles).sum();
    let fares: f64 = rows.iter().map(|row| row.fares.approximately()).sum();
    let busiest = rows.iter().max_by_key(|row| row.trips).map(|row| (short_day(row.day), row.trips));
    let summary = busiest.as_ref().map_or_else(String::new, |(day, most)| {
        format!(
            "Bar chart: {} trips on {shown} days; the busiest was {day} with {}.",
            grouped(&trips.to_string()),
            grouped(&most.to_string())
        )
    });
    // About six labels, whatever the length of the period.
    let every = shown.div_ceil(6);
    let bars = rows
        .iter()
        .enumerate()
        .map(|(index, row)| Bar {
            name: long_day(row.day),
            label: index.is_multiple_of(every).then(|| short_day(row.day)),
            value: row.trips as f64,
            muted: matches!(row.day.weekday(), 0 | 6),
        })
        .collect();
    view! {
        <ul class="figures">
            <li><span class="figure">{grouped(&trips.to_string())}</span><span class="figure-name">"trips"</span></li>
            <li><span class="figure">{grouped(&format!("{miles:.0}"))}</span><span class="figure-name">"miles"</span></li>
            <li><span class="figure">{format!("${}", grouped(&format!("{fares:.0}")))}</span><span class="figure-name">"fares"</span></li>
            {busiest.map(|(day, _)| view! { <li><span class="figure">{day}</span><span class="figure-name">"busiest day"</span></li> })}
        </ul>
        <section class="card" aria-labelledby="chart-title">
            <h2 id="chart-title">"Trips"</h2>
            <p class="legend"><span class="swatch"></span>"weekday"<span class="swatch muted"></span>"weekend"</p>
            <BarChart bars summary unit="trips"/>
        </section>
        {cut.then(|| view! {
            <p class="notice" role="status">{format!("Showing the first {} of {} rows.", grouped(&shown.to_string()), grouped(&total_rows.to_string()))}</p>
        })}
        <section class="card table-card" tabindex="0" role="region" aria-label="Trips per day, table">
            <table>
                <caption>{format!("{} days", grouped(&shown.to_string()))}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Day"</th>
                        <th scope="col" class="number">"Trips"</th>
                        <th scope="col" class="number">"Miles"</th>
                        <th scope="col" class="number">"Fares, $"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows.into_iter().map(|row| view! {
                        <tr>
                            <th scope="row">{long_day(row.day)}</th>
                            <td class="number">{grouped(&row.trips.to_string())}</td>
                            <td class="number">{grouped(&format!("{:.1}", row.miles))}</td>
                            <td class="number">{grouped(&row.fares.to_string())}</td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </section>
    }
    .into_any()
}

fn short_day(day: Date) -> String {
    let month = MONTHS.get(usize::from(day.month()) - 1).copied().unwrap_or_default();
    format!("{} {month}", day.day())
}

fn long_day(day: Date) -> String {
    let weekday = WEEKDAYS.get(usize::from(day.weekday())).copied().unwrap_or_default();
    format!("{weekday}, {} {}", short_day(day), day.year())
}
