//! A moment in the reader's own time zone.
//!
//! The server does not know the zone, so its page says UTC; the browser puts the local time in its place.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `seconds` since 1970-01-01T00:00:00Z. Without the date on the day of `now`, which is the server's clock: the browser's may
/// be wrong.
#[component]
pub fn LocalTime(seconds: i64, now: i64) -> impl IntoView {
    let utc = Utc::of(seconds);
    let text = RwSignal::new(utc.short());
    Effect::new(move || {
        let _ = text.try_set(local(seconds, now));
    });
    view! { <time datetime=utc.iso()>{move || text.get()}</time> }
}

fn local(seconds: i64, now: i64) -> String {
    let date = |seconds: i64| js_sys::Date::new(&JsValue::from_f64(seconds as f64 * 1_000.0));
    let (date, now) = (date(seconds), date(now));
    let today = now.to_date_string() == date.to_date_string();
    let time: String = date.to_locale_time_string("en-GB").into();
    // "17:40:09" without its seconds.
    let time = time.get(..5).map(str::to_owned).unwrap_or(time);
    if today { time } else { format!("{} {time}", day(date.get_full_year(), date.get_month(), date.get_date())) }
}

/// A day that nobody reads as another one, wherever they are from. Months count from 0.
fn day(year: u32, month: u32, day: u32) -> String {
    let month = usize::try_from(month).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    format!("{day} {month} {year}")
}

struct Utc {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Utc {
    /// Days to a date: the civil-from-days method with years that begin in March.
    fn of(seconds: i64) -> Self {
        let (days, rest) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * shifted + 2) / 5 + 1,
            hour: rest / 3_600,
            minute: rest / 60 % 60,
            second: rest % 60,
        }
    }

    fn iso(&self) -> String {
        let Self { year, month, day, hour, minute, second } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    fn short(&self) -> String {
        format!("{:02}:{:02} UTC", self.hour, self.minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_so_that_everybody_reads_the_same() {
        assert_eq!([day(2026, 10, 29), day(2016, 0, 1)], ["29 Nov 2026", "1 Jan 2016"]);
    }

    #[test]
    fn moments_in_utc() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_431_600, "2026-11-23T11:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(Utc::of(seconds).iso(), text);
        }
    }
}
