//! What the browser keeps for a person, under the user's id: the open statements and those that were run. Signing out
//! wipes it, in all tabs of the browser.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    auth::Auth,
    components::numbers::counted,
    model::{
        query::Parameter,
        sql_address::SqlAddress,
        statement::{Namespace, StatementRequest, StatementState},
    },
};

const MOST_PAST: usize = 200;
/// Bytes of one statement in the history; storage is a few megabytes for everything.
const LONGEST_PAST: usize = 200_000;

thread_local! {
    /// One a page.
    static CHANGES: ArcTrigger = ArcTrigger::new();
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    #[serde(default)]
    pub tabs: Vec<Tab>,
    /// What was run, the latest first, each text once with the same values in the same schema.
    #[serde(default)]
    pub past: Vec<Past>,
}

/// An open statement with everything that its address would hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tab {
    pub id: String,
    pub address: SqlAddress,
    /// What ran last of its text.
    #[serde(default)]
    pub ran: Option<Ran>,
}

/// A part of a text that was run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    pub sql: String,
    /// Where it begins in the text: lines before it, and signs before it in its line.
    pub line: u32,
    pub column: u32,
    /// What it ran with; the fields of the page may say something else by now.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    #[serde(default)]
    pub warehouse_id: Option<String>,
    #[serde(default)]
    pub namespace: Namespace,
    /// Milliseconds of the browser's clock.
    pub begun: f64,
    /// It is done, as far as this browser knows.
    pub done: bool,
    /// This page has asked for it to be cancelled.
    #[serde(default)]
    pub cancelled: bool,
}

/// A statement that was run, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Past {
    pub sql: String,
    pub parameters: Vec<Parameter>,
    pub warehouse_id: Option<String>,
    #[serde(default)]
    pub namespace: Namespace,
    /// Milliseconds of the browser's clock; 0 if it never ran.
    pub begun: f64,
    pub seconds: u32,
    /// Empty while it runs.
    pub outcome: String,
    /// As which it ran, once that is known.
    #[serde(default)]
    pub statement_id: Option<String>,
}

impl Tab {
    /// It has a statement that is not done, as far as this browser knows.
    pub fn runs(&self) -> bool {
        self.address.statement_id.is_some() && self.ran.as_ref().is_some_and(|ran| !ran.done)
    }
}

impl Kept {
    pub fn remember(&mut self, run: Past) {
        if run.sql.trim().is_empty() || run.sql.len() > LONGEST_PAST {
            return;
        }
        self.past.retain(|known| !known.is_of(&run.sql, &run.parameters, &run.namespace));
        self.past.insert(0, run);
        self.past.truncate(MOST_PAST);
    }

    pub fn put(&mut self, tab: Tab) {
        match self.tabs.iter_mut().find(|known| known.id == tab.id) {
            Some(known) => *known = tab,
            None => self.tabs.push(tab),
        }
    }

    /// A tab that goes leaves its text in the history. `false` if that is too long for it: then it stays open.
    pub fn close(&mut self, id: &str) -> bool {
        let Some(at) = self.tabs.iter().position(|tab| tab.id == id) else { return true };
        let Some(address) = self.tabs.get(at).map(|tab| tab.address.clone()) else { return true };
        if address.sql.len() > LONGEST_PAST {
            return false;
        }
        self.tabs.remove(at);
        if !self.holds(&address) {
            let SqlAddress { sql, parameters, warehouse_id, namespace, .. } = address;
            self.remember(Past { sql, parameters, warehouse_id, namespace, ..Past::default() });
        }
        true
    }

    /// This text with these values in this schema is in the history.
    pub fn holds(&self, address: &SqlAddress) -> bool {
        let SqlAddress { sql, parameters, namespace, .. } = address;
        self.past.iter().any(|past| past.is_of(sql, parameters, namespace))
    }

    /// What ran as this statement.
    pub fn ran_as(&self, statement_id: &str) -> Option<&Past> {
        self.past.iter().find(|past| past.statement_id.as_deref() == Some(statement_id))
    }

    /// The entry of a run that is not done yet.
    fn under_way(&mut self, ran: &Ran) -> Option<&mut Past> {
        self.past.iter_mut().find(|past| past.sql == ran.sql && past.begun == ran.begun && past.outcome.is_empty())
    }

    /// What was run has come to its end.
    fn end(&mut self, ran: &Ran, state: &StatementState, now: f64) {
        for tab in &mut self.tabs {
            if let Some(known) = tab.ran.as_mut().filter(|known| known.is(ran)) {
                known.done = true;
            }
        }
        if let Some(past) = self.under_way(ran) {
            past.seconds = ((now - past.begun) / 1_000.0).max(0.0) as u32;
            past.outcome = match state {
                StatementState::Done(shape) => counted(shape.total_rows),
                StatementState::Failed(_) => "failed".to_owned(),
                StatementState::Canceled => "cancelled".to_owned(),
                StatementState::Working(_) => String::new(),
            };
        }
    }
}

impl Past {
    fn is_of(&self, sql: &str, parameters: &[Parameter], namespace: &Namespace) -> bool {
        self.sql.trim() == sql.trim() && self.parameters == parameters && self.namespace == *namespace
    }
}

impl Ran {
    /// What an address with a result has run, as far as it tells.
    pub fn of(address: &SqlAddress) -> Option<Self> {
        let known = address.statement_id.is_some() && !address.sql.is_empty();
        known.then(|| {
            let StatementRequest { sql, parameters, warehouse_id, namespace, .. } = address.request();
            Self { sql, parameters, warehouse_id, namespace, begun: js_sys::Date::now(), ..Self::default() }
        })
    }

    /// The same run, whatever came of it.
    pub fn is(&self, other: &Self) -> bool {
        self.sql == other.sql && self.begun == other.begun
    }

    /// To run it once more.
    pub fn request(&self, all_rows: bool) -> StatementRequest {
        let Self { sql, parameters, warehouse_id, namespace, .. } = self.clone();
        StatementRequest { sql, parameters, warehouse_id, namespace, all_rows }
    }
}

/// Notes that something is run.
pub fn begin(auth: Auth, ran: &Ran) {
    let Ran { sql, parameters, warehouse_id, namespace, begun, .. } = ran.clone();
    change(auth, |kept| {
        kept.remember(Past { sql, parameters, warehouse_id, namespace, begun, ..Past::default() });
    });
}

/// Notes as which statement it runs.
pub fn runs_as(auth: Auth, ran: &Ran, statement_id: &str) {
    change(auth, |kept| {
        if let Some(past) = kept.under_way(ran) {
            past.statement_id = Some(statement_id.to_owned());
        }
    });
}

/// Notes that no statement came of it, or that nobody knows.
pub fn was_not_taken(auth: Auth, ran: &Ran, outcome: &str) {
    change(auth, |kept| {
        if let Some(past) = kept.under_way(ran) {
            past.outcome = outcome.to_owned();
        }
    });
}

/// Notes what came of a run.
pub fn end(auth: Auth, ran: &Ran, state: &StatementState) {
    change(auth, |kept| kept.end(ran, state, js_sys::Date::now()));
}

/// A statement goes on under another id.
pub fn is_now(auth: Auth, before: &str, now: &str) {
    change(auth, |kept| {
        for tab in kept.tabs.iter_mut().filter(|tab| tab.address.statement_id.as_deref() == Some(before)) {
            tab.address.statement_id = Some(now.to_owned());
        }
        for past in kept.past.iter_mut().filter(|past| past.statement_id.as_deref() == Some(before)) {
            past.statement_id = Some(now.to_owned());
        }
    });
}

/// What was run as this statement; its tab may be closed.
pub fn ran_as(auth: Auth, statement_id: &str) -> Option<Ran> {
    let kept = read(auth);
    let of = |tab: &&Tab| tab.address.statement_id.as_deref() == Some(statement_id);
    let of_tab = kept.tabs.iter().find(of).and_then(|tab| tab.ran.clone());
    let of_past = |past: &Past| Ran { sql: past.sql.clone(), begun: past.begun, ..Ran::default() };
    of_tab.or_else(|| kept.ran_as(statement_id).map(of_past))
}

/// Changes what is kept, as it is now: other windows of the browser change it, too. The history makes room for open texts.
/// `false` if there is no room even so.
pub fn change(auth: Auth, with: impl FnOnce(&mut Kept)) -> bool {
    // After a sign-out in another tab nothing is written any more.
    if auth.is_forgotten() {
        return true;
    }
    let (Some(storage), Some(key)) = (local(), key(auth)) else { return false };
    let mut kept = read(auth);
    let before = kept.clone();
    with(&mut kept);
    if kept == before {
        return true;
    }
    loop {
        if serde_json::to_string(&kept).is_ok_and(|text| storage.set_item(&key, &text).is_ok()) {
            CHANGES.with(ArcTrigger::notify);
            return true;
        }
        if kept.past.is_empty() {
            return false;
        }
        kept.past.truncate(kept.past.len() / 2);
    }
}

/// For what follows what this window writes.
pub fn track() {
    CHANGES.with(ArcTrigger::track);
}

/// Empty where the browser keeps nothing.
pub fn read(auth: Auth) -> Kept {
    let text = local().zip(key(auth)).and_then(|(storage, key)| storage.get_item(&key).ok().flatten());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// The tab that this window of the browser showed last.
pub fn active(auth: Auth) -> Option<String> {
    window().session_storage().ok().flatten()?.get_item(&key(auth)?).ok().flatten()
}

pub fn note_active(auth: Auth, id: &str) {
    if auth.is_forgotten() {
        return;
    }
    if let (Ok(Some(storage)), Some(key)) = (window().session_storage(), key(auth)) {
        // Without it the window begins with another tab.
        let _ = storage.set_item(&key, id);
    }
}

fn key(auth: Auth) -> Option<String> {
    auth.user_untracked().map(|user| format!("{}{}", crate::auth::KEPT_FOR_USER, user.id))
}

fn local() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::statement::ResultShape;

    fn tab(id: &str, sql: &str) -> Tab {
        let ran = Ran { sql: sql.into(), ..Ran::default() };
        let address = SqlAddress { sql: sql.into(), statement_id: Some(format!("of-{id}")), ..SqlAddress::default() };
        Tab { id: id.into(), address, ran: Some(ran) }
    }

    #[test]
    fn a_closed_tab_leaves_its_text_and_a_text_too_long_to_be_left_stays_open() {
        let long = "x".repeat(LONGEST_PAST + 1);
        let mut kept = Kept { tabs: vec![tab("a", "SELECT 1"), tab("b", &long)], past: Vec::new() };
        assert!(kept.close("a") && !kept.close("b") && kept.close("no such tab"));
        assert_eq!(kept.past[0].sql, "SELECT 1");
        assert_eq!(kept.tabs.len(), 1);
    }

    #[test]
    fn a_sign_out_finds_the_texts_that_are_open() {
        let kept = Kept { tabs: vec![tab("a", "SELECT 1"), tab("b", " \n"), tab("c", "SELECT 2")], past: Vec::new() };
        assert_eq!(crate::components::kept_texts::open_in(&serde_json::to_string(&kept).unwrap()), 2);
    }

    #[test]
    fn the_history_says_what_came_of_a_statement() {
        let ran = Ran { sql: "SELECT 1".into(), begun: 1_000.0, ..Ran::default() };
        let mut kept = Kept { tabs: vec![Tab { ran: Some(ran.clone()), ..Tab::default() }], past: Vec::new() };
        kept.remember(Past { sql: "SELECT 1".into(), begun: 1_000.0, ..Past::default() });
        kept.end(&ran, &StatementState::Done(ResultShape { total_rows: 3_000, ..ResultShape::default() }), 8_500.0);
        assert_eq!((kept.past[0].seconds, kept.past[0].outcome.as_str()), (7, "3,000 rows"));
        assert!(kept.tabs[0].ran.as_ref().unwrap().done);
        // A second look at it changes nothing.
        kept.end(&ran, &StatementState::Canceled, 99_000.0);
        assert_eq!(kept.past[0].outcome, "3,000 rows");
    }

    #[test]
    fn each_text_stands_in_the_history_once() {
        let mut kept = Kept::default();
        for sql in ["SELECT 1", "SELECT 2", " SELECT 1 ", "  "] {
            kept.remember(Past { sql: sql.into(), ..Past::default() });
        }
        assert_eq!(kept.past.iter().map(|past| past.sql.trim()).collect::<Vec<_>>(), ["SELECT 1", "SELECT 2"]);
    }

    #[test]
    fn a_text_with_other_values_stands_in_the_history_beside_it() {
        let value = |text: &str| Parameter { name: "x".into(), sql_type: "INT".into(), value: Some(text.into()) };
        let mut kept = Kept::default();
        for text in ["1", "2", "1"] {
            kept.remember(Past { sql: "SELECT :x".into(), parameters: vec![value(text)], ..Past::default() });
        }
        let values = kept.past.iter().map(|past| past.parameters[0].value.clone().unwrap());
        assert_eq!(values.collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn the_same_text_in_another_schema_is_another_statement() {
        let of = |schema: &str| Past {
            sql: "SELECT * FROM t".into(),
            namespace: Namespace { catalog: Some("main".into()), schema: Some(schema.into()) },
            ..Past::default()
        };
        let mut kept = Kept::default();
        for schema in ["a", "b", "a"] {
            kept.remember(of(schema));
        }
        assert_eq!(kept.past, [of("a"), of("b")]);
        let here =
            |schema: &str| SqlAddress { sql: of("").sql, namespace: of(schema).namespace, ..SqlAddress::default() };
        assert!(kept.holds(&here("b")) && !kept.holds(&here("c")));
    }

    #[test]
    fn the_statement_of_a_closed_tab_is_found_in_the_history() {
        let past = Past { sql: "SELECT 1".into(), statement_id: Some("01ef".into()), ..Past::default() };
        let kept = Kept { tabs: Vec::new(), past: vec![past] };
        assert_eq!(kept.ran_as("01ef").map(|past| past.sql.as_str()), Some("SELECT 1"));
        assert_eq!(kept.ran_as("other"), None);
    }
}
