//! The grants: ada, as an administrator, reads everything; bob, an analyst, some; carol little.

use super::privilege::{Privilege, Securable};
use super::registry::Registry;
use crate::identity::User;
use std::sync::{PoisonError, RwLock};

/// Its members own everything.
const ADMINS: &str = "admins";

#[derive(PartialEq)]
struct Grant {
    /// An e-mail address or the name of a group.
    principal: String,
    privilege: Privilege,
    on: Securable,
}

pub struct Grants {
    list: RwLock<Vec<Grant>>,
    pub registry: Registry,
}

impl Default for Grants {
    fn default() -> Self {
        use Privilege::{Browse, CreateSchema, CreateTable, Select, UseCatalog, UseSchema};
        let samples = Securable::catalog("samples");
        let scratch = Securable::catalog("scratch");
        // There with `--data` only; whoever started the program meant everyone to read it.
        let local = Securable::catalog("local");
        let schema = |name| Securable::schema("samples", name);
        let table = |name| Securable::table("samples", "tpch", name);
        let grants = [
            ("users", UseCatalog, samples.clone()),
            ("users", Browse, samples),
            ("users", UseCatalog, local.clone()),
            ("users", UseSchema, local.clone()),
            ("users", Select, local),
            ("users", UseCatalog, scratch.clone()),
            ("users", CreateSchema, scratch),
            ("users", UseSchema, Securable::schema("scratch", "default")),
            ("users", CreateTable, Securable::schema("scratch", "default")),
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
        Self { list: RwLock::new(grants.into_iter().map(grant).collect()), registry: Registry::default() }
    }
}

impl Grants {
    /// An administrator owns everything.
    pub fn owns(&self, user: &User, securable: &Securable) -> bool {
        is_administrator(user) || belongs(user, &self.registry.entry(securable).owner)
    }

    pub fn has(&self, user: &User, privilege: Privilege, on: &Securable) -> bool {
        let granted = |grant: &Grant| {
            grant.privilege.includes(privilege) && grant.on.covers(on) && belongs(user, &grant.principal)
        };
        self.owns(user, on) || self.list.read().unwrap_or_else(PoisonError::into_inner).iter().any(granted)
    }

    /// May grant on it and drop it: owners of what it is in may, too.
    pub fn manages(&self, user: &User, securable: &Securable) -> bool {
        let parent = |of: &Securable| of.parent();
        self.has(user, Privilege::Manage, securable)
            || std::iter::successors(parent(securable), parent).any(|above| self.owns(user, &above))
    }

    pub fn grant(&self, principal: &str, privilege: Privilege, on: &Securable) {
        let grant = Grant { principal: principal.to_owned(), privilege, on: on.clone() };
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        if !list.contains(&grant) {
            list.push(grant);
        }
    }

    /// Takes back what was granted right there, not what is inherited. Nothing to take back is no error.
    pub fn revoke(&self, principal: &str, privilege: Privilege, on: &Securable) {
        let revoked = |grant: &Grant| {
            privilege.includes(grant.privilege) && grant.on == *on && grant.principal.eq_ignore_ascii_case(principal)
        };
        self.list.write().unwrap_or_else(PoisonError::into_inner).retain(|grant| !revoked(grant));
    }

    /// Forgets everything about what was dropped.
    pub fn remove(&self, securable: &Securable) {
        self.list.write().unwrap_or_else(PoisonError::into_inner).retain(|grant| !securable.covers(&grant.on));
        self.registry.remove(securable);
    }

    /// What counts on it, granted there or above: principal, privilege, where.
    pub fn on(&self, securable: &Securable) -> Vec<(String, Privilege, Securable)> {
        let list = self.list.read().unwrap_or_else(PoisonError::into_inner);
        let covering = list.iter().filter(|grant| grant.on.covers(securable));
        covering.map(|grant| (grant.principal.clone(), grant.privilege, grant.on.clone())).collect()
    }
}

pub(super) fn is_administrator(user: &User) -> bool {
    is_member(user, ADMINS)
}

/// The principal is the user, or a group that the user is in.
pub(super) fn belongs(user: &User, principal: &str) -> bool {
    principal.eq_ignore_ascii_case(user.email) || is_member(user, principal)
}

pub(super) fn is_member(user: &User, group: &str) -> bool {
    user.groups.iter().any(|(_, name)| name.eq_ignore_ascii_case(group))
}
