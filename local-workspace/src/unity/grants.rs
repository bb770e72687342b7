//! The grants: ada, as an administrator, reads everything; bob, an analyst, some; carol little.

use super::privilege::{Privilege, Securable};
use crate::identity::User;
use std::sync::{PoisonError, RwLock};

/// Its members own everything.
const ADMINS: &str = "admins";

struct Grant {
    /// An e-mail address or the name of a group.
    principal: String,
    privilege: Privilege,
    on: Securable,
}

pub struct Grants(RwLock<Vec<Grant>>);

impl Default for Grants {
    fn default() -> Self {
        use Privilege::{Browse, Select, UseCatalog, UseSchema};
        let samples = Securable::catalog("samples");
        let schema = |name| Securable::schema("samples", name);
        let table = |name| Securable::table("samples", "tpch", name);
        let grants = [
            ("users", UseCatalog, samples.clone()),
            ("users", Browse, samples),
            ("users", UseSchema, schema("nyctaxi")),
            ("users", Select, schema("nyctaxi")),
            ("analysts", UseSchema, schema("tpch")),
            ("analysts", Select, table("customer")),
            ("analysts", Select, table("lineitem")),
            ("analysts", Select, table("nation")),
            ("analysts", Select, table("orders")),
            ("analysts", Select, table("part")),
            ("analysts", Select, table("region")),
        ];
        let grant = |(principal, privilege, on): (&str, _, _)| Grant { principal: principal.to_owned(), privilege, on };
        Self(RwLock::new(grants.into_iter().map(grant).collect()))
    }
}

impl Grants {
    pub fn owns(user: &User) -> bool {
        is_member(user, ADMINS)
    }

    pub fn has(&self, user: &User, privilege: Privilege, on: &Securable) -> bool {
        let grants = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Self::owns(user)
            || grants.iter().any(|grant| {
                grant.privilege == privilege
                    && grant.on.covers(on)
                    && (grant.principal == user.email || is_member(user, &grant.principal))
            })
    }
}

pub(super) fn is_member(user: &User, group: &str) -> bool {
    user.groups.iter().any(|(_, name)| name.eq_ignore_ascii_case(group))
}
