//! The period that the page shows: two days in the address, `/?from=2016-02-01&to=2016-02-07`.

use leptos::{ev, html::Input, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::model::{queries::TripsPerDay, query::TypedQuery, sql_address::SqlAddress, values::Date};

/// What the sample table covers.
const FIRST: &str = "2016-01-01";
const LAST: &str = "2016-02-29";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: Date,
    to: Date,
}

/// What was typed, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    from: String,
    to: String,
    pub message: String,
}

impl Period {
    /// Reads the two days; a missing one is the first or last of the data.
    pub fn parse(from: Option<&str>, to: Option<&str>) -> Result<Self, Wrong> {
        let given =
            |text: Option<&str>, default: &str| text.filter(|text| !text.is_empty()).unwrap_or(default).to_owned();
        let (from, to) = (given(from, FIRST), given(to, LAST));
        match (from.parse::<Date>(), to.parse::<Date>()) {
            (Ok(first), Ok(last)) if first <= last => Ok(Self { from: first, to: last }),
            (Ok(_), Ok(_)) => {
                Err(Wrong { from, to, message: "The first day is after the last one. Swap them.".into() })
            }
            (Err(_), _) => {
                Err(Wrong { message: format!("“{from}” is not a day. Write it as 2016-01-31."), from, to })
            }
            (_, Err(_)) => {
                Err(Wrong { message: format!("“{to}” is not a day. Write it as 2016-01-31."), from, to })
            }
        }
    }

    pub fn query(self) -> TripsPerDay {
        TripsPerDay { from_day: self.from, to_day: self.to }
    }

    pub fn path(self) -> String {
        format!("/?from={}&to={}", self.from, self.to)
    }

    /// The same query on the SQL page, to be looked into and changed.
    pub fn in_sql(self) -> String {
        let (sql, parameters) = (TripsPerDay::SQL.to_owned(), self.query().parameters());
        SqlAddress { sql, parameters, page: 1, ..SqlAddress::default() }.path()
    }
}

/// A plain form, so that it works before and without WASM; once the page lives, the router takes it over.
#[component]
pub fn PeriodForm(#[prop(into)] period: Signal<Result<Period, Wrong>>) -> impl IntoView {
    let from = Memo::new(move |_| period.with(|period| typed(period).0));
    let to = Memo::new(move |_| period.with(|period| typed(period).1));
    let message = Memo::new(move |_| period.with(|period| period.as_ref().err().map(|wrong| wrong.message.clone())));
    let invalid = move || message.with(Option::is_some).then_some("true");
    let (from_field, to_field) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let navigate = use_navigate();
    let show = move |event: ev::SubmitEvent| {
        let (Some(from), Some(to)) = (from_field.get_untracked(), to_field.get_untracked()) else { return };
        event.prevent_default();
        // A date field holds a day or nothing, so nothing in it needs encoding.
        navigate(
            &format!("/?from={}&to={}", from.value(), to.value()),
            NavigateOptions { scroll: false, ..Default::default() },
        );
    };
    view! {
        <form class="period" method="get" action="/" on:submit=show>
            <label>"From"<input type="date" name="from" node_ref=from_field value=from.get_untracked() prop:value=from min=FIRST max=LAST aria-invalid=invalid/></label>
            <label>"To"<input type="date" name="to" node_ref=to_field value=to.get_untracked() prop:value=to min=FIRST max=LAST aria-invalid=invalid/></label>
            <button class="button" type="submit">"Show"</button>
            {move || message.get().map(|message| view! { <p class="field-error" role="alert">{message}</p> })}
        </form>
    }
}

/// What the two fields show.
fn typed(period: &Result<Period, Wrong>) -> (String, String) {
    match period {
        Ok(period) => (period.from.to_string(), period.to.to_string()),
        Err(wrong) => (showable(&wrong.from), showable(&wrong.to)),
    }
}

/// A date field shows nothing but dates; what else was typed is in the message.
fn showable(text: &str) -> String {
    text.parse::<Date>().map(|day| day.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_comes_from_the_address() {
        assert_eq!(Period::parse(None, None).map(Period::path).as_deref(), Ok("/?from=2016-01-01&to=2016-02-29"));
        let week = Period::parse(Some("2016-02-01"), Some("2016-02-07"));
        assert_eq!(week.map(Period::path).as_deref(), Ok("/?from=2016-02-01&to=2016-02-07"));
    }

    #[test]
    fn what_is_wrong_is_said_and_what_was_typed_is_kept() {
        let wrong = Period::parse(Some("2016-02-30"), None).expect_err("no such day");
        assert!(wrong.message.contains("2016-02-30") && wrong.from == "2016-02-30");
        let wrong = Period::parse(Some("2016-02-02"), Some("2016-02-01")).expect_err("backwards");
        assert!(wrong.message.contains("after"));
    }
}
