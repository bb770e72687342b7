//! Which of the open statements an address means.

use super::memory::{Kept, Ran, Tab};
use crate::model::{sql_address::SqlAddress, statement::Namespace};

/// It names neither a text nor a result.
pub fn says_nothing(address: &SqlAddress) -> bool {
    address.sql.is_empty() && address.statement_id.is_none()
}

/// The open tab that an address means, as it wants to see it. The tab of its result has its own text, which may have been edited
/// since, or be too long for an address.
pub fn meant(kept: &Kept, now: &SqlAddress, active: Option<&str>) -> Option<Tab> {
    let tab = known_tab(kept, now, active)?;
    Some(if says_nothing(now) {
        tab
    } else if shows(&tab, now) {
        Tab { address: SqlAddress { view: now.view.clone(), ..tab.address }, ..tab }
    } else {
        // The one that was chosen for the text stays.
        let address = or_on(now.clone(), || tab.address.warehouse_id.clone());
        Tab { ran: Ran::of(now), address, ..tab }
    })
}

/// An address that says nothing of a warehouse runs on this one.
pub fn or_on(now: SqlAddress, warehouse_id: impl FnOnce() -> Option<String>) -> SqlAddress {
    match now.warehouse_id.is_some() || now.statement_id.is_some() {
        true => now,
        false => SqlAddress { warehouse_id: warehouse_id(), ..now },
    }
}

/// A tab for an address that means none of the open ones.
pub fn anew(kept: &Kept, now: SqlAddress, id: String) -> Tab {
    let address = with_text(kept, now);
    Tab { id, ran: Ran::of(&address), address }
}

/// A text that was too long for an address may be in the history.
fn with_text(kept: &Kept, now: SqlAddress) -> SqlAddress {
    let past = now.statement_id.as_deref().filter(|_| now.sql.is_empty()).and_then(|id| kept.ran_as(id));
    match past {
        Some(past) => {
            let namespace = if now.namespace == Namespace::default() { past.namespace.clone() } else { now.namespace };
            let warehouse_id = now.warehouse_id.or_else(|| past.warehouse_id.clone());
            SqlAddress { sql: past.sql.clone(), parameters: past.parameters.clone(), warehouse_id, namespace, ..now }
        }
        None => now,
    }
}

fn shows(tab: &Tab, now: &SqlAddress) -> bool {
    now.statement_id.is_some() && tab.address.statement_id == now.statement_id
}

/// The one with its statement, else one with its text, unless something else runs in that; for an address that says nothing the
/// one that this window showed last.
fn known_tab(kept: &Kept, now: &SqlAddress, active: Option<&str>) -> Option<Tab> {
    let find = |fits: &dyn Fn(&&Tab) -> bool| kept.tabs.iter().find(fits).cloned();
    let is_active = |tab: &&Tab| Some(tab.id.as_str()) == active;
    if says_nothing(now) {
        return find(&is_active).or_else(|| kept.tabs.last().cloned());
    }
    // In another schema it is another statement.
    let is_same = |tab: &SqlAddress| !tab.sql.is_empty() && tab.sql == now.sql && tab.namespace == now.namespace;
    let same_text = |tab: &&Tab| is_same(&tab.address) && !tab.runs();
    find(&|tab| shows(tab, now)).or_else(|| find(&|tab| is_active(tab) && same_text(tab))).or_else(|| find(&same_text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::sql::memory::Past;

    fn tab(id: &str, sql: &str, statement: Option<&str>) -> Tab {
        let statement_id = statement.map(str::to_owned);
        Tab { id: id.into(), address: SqlAddress { sql: sql.into(), statement_id, ..SqlAddress::default() }, ran: None }
    }

    #[test]
    fn an_address_finds_its_tab() {
        let mut runs = tab("d", "slow", Some("3"));
        runs.ran = Some(Ran::default());
        let tabs = vec![tab("a", "x", None), tab("b", "long", Some("1")), tab("c", "x", Some("2")), runs];
        let kept = Kept { tabs, past: Vec::new() };
        let found = |sql: &str, statement: Option<&str>, active: Option<&str>| {
            known_tab(&kept, &tab("", sql, statement).address, active).map(|tab| tab.id)
        };
        assert_eq!(found("", None, Some("a")).as_deref(), Some("a"), "the one of this window");
        assert_eq!(found("", None, None).as_deref(), Some("d"), "the latest");
        assert_eq!(found("", Some("1"), Some("a")).as_deref(), Some("b"), "a long text is left out of the address");
        assert_eq!(found("x", None, Some("c")).as_deref(), Some("c"));
        assert_eq!(found("x", Some("9"), None).as_deref(), Some("a"));
        assert_eq!(found("other", Some("9"), Some("a")), None);
        assert_eq!(found("slow", Some("3"), None).as_deref(), Some("d"));
        assert_eq!(found("slow", Some("2"), None).as_deref(), Some("c"), "what runs there is not lost");
        assert_eq!(found("slow", None, None), None);
        let elsewhere = SqlAddress {
            namespace: Namespace { catalog: Some("main".into()), schema: None },
            ..tab("", "x", None).address
        };
        assert_eq!(known_tab(&kept, &elsewhere, Some("a")), None, "its names mean other tables");
    }

    #[test]
    fn a_tab_keeps_what_was_edited_since_it_ran() {
        let kept = Kept { tabs: vec![tab("a", "edited", Some("1"))], past: Vec::new() };
        let now = tab("", "as it ran", Some("1")).address;
        assert_eq!(meant(&kept, &now, None).map(|tab| tab.address.sql).as_deref(), Some("edited"));
    }

    #[test]
    fn a_text_that_no_address_holds_comes_from_the_history() {
        let namespace = Namespace { catalog: Some("main".into()), schema: None };
        let past = Past {
            sql: "long".into(),
            statement_id: Some("1".into()),
            warehouse_id: Some("w".into()),
            namespace: namespace.clone(),
            ..Past::default()
        };
        let kept = Kept { tabs: Vec::new(), past: vec![past] };
        let found = with_text(&kept, tab("", "", Some("1")).address);
        assert_eq!((found.warehouse_id.as_deref(), &found.namespace), (Some("w"), &namespace), "as it ran");
        let text = |statement: Option<&str>, sql: &str| with_text(&kept, tab("", sql, statement).address).sql;
        assert_eq!(text(Some("1"), ""), "long");
        assert_eq!(text(Some("1"), "short"), "short");
        assert_eq!(text(Some("2"), ""), "");
    }
}
