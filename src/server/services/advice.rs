//! What people can do about a refusal, read from the workspace's own words.

use crate::server::databricks::{Kind, warehouse_trouble};

/// What to do about the failure of a statement, where that is known.
pub fn after_failure(message: &str, user: &str) -> Option<String> {
    if is_too_large_to_come_at_once(message) {
        return Some("The result is too large to come at once. Choose “All rows” and run it again.".to_owned());
    }
    let warehouse = || match warehouse_trouble(message)? {
        Kind::WarehouseNotGranted => Some(CAN_USE),
        Kind::WarehouseGone => Some(WAREHOUSE_GONE),
        _ => Some(WAREHOUSE_DOWN),
    };
    missing_grant(message, user).or_else(|| warehouse().map(str::to_owned))
}

/// What to ask for where a warehouse was not granted; no SQL statement grants it.
pub const CAN_USE: &str =
    "Choose another warehouse on the SQL page, or ask its owner or an administrator for CAN USE on it.";
pub const WAREHOUSE_GONE: &str = "Choose another warehouse on the SQL page, or tell your administrator.";
pub const WAREHOUSE_DOWN: &str =
    "Choose another warehouse on the SQL page, or try again in a few minutes. If it stays so, tell your administrator.";

/// INLINE results end at 25 MiB.
pub fn is_too_large_to_come_at_once(message: &str) -> bool {
    message.contains("exceeds") && message.contains("INLINE") || message.contains("disposition=INLINE")
}

/// `User does not have SELECT on Table 'a.b.c'` tells whom to ask for what.
pub fn missing_grant(message: &str, user: &str) -> Option<String> {
    let (_, rest) = message.split_once("does not have ")?;
    let (privilege, rest) = rest.split_once(" on ")?;
    let (kind, rest) = rest.split_once(" '")?;
    let (name, _) = rest.split_once('\'')?;
    let plain = |text: &str| text.len() <= 40 && text.bytes().all(|b| b.is_ascii_alphabetic() || b" _".contains(&b));
    if !plain(privilege) || !plain(kind) {
        return None;
    }
    let name = name.split('.').map(|part| format!("`{}`", part.replace('`', "``"))).collect::<Vec<_>>().join(".");
    Some(format!(
        "Ask its owner or an administrator for it: GRANT {privilege} ON {} {name} TO `{}`",
        kind.to_uppercase(),
        user.replace('`', "``")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_grant_says_what_to_ask_for() {
        for (message, advice) in [
            (
                "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have USE CATALOG on Catalog 'fin'. SQLSTATE: 42501",
                Some(
                    "Ask its owner or an administrator for it: GRANT USE CATALOG ON CATALOG `fin` TO `bob@example.com`",
                ),
            ),
            (
                "User does not have SELECT on Table 'a.b c.d'.",
                Some(
                    "Ask its owner or an administrator for it: GRANT SELECT ON TABLE `a`.`b c`.`d` TO `bob@example.com`",
                ),
            ),
            ("It does not have 5 on 'x' and \"y\" on z 'w'", None),
            ("Nothing of that kind", None),
        ] {
            assert_eq!(missing_grant(message, "bob@example.com").as_deref(), advice, "{message}");
        }
    }

    #[test]
    fn warehouses_and_sizes_have_advice_of_their_own() {
        let after = |message| after_failure(message, "bob@example.com").unwrap_or_default();
        assert!(after("The SQL warehouse 1 was deleted while the statement ran.").contains("another warehouse"));
        assert!(after("You do not have permission to use the SQL warehouse 1.").contains("CAN USE"));
        assert!(
            after("Statements executed with disposition=INLINE can have a result size of at most 26214400 bytes.")
                .contains("All rows")
        );
    }
}
