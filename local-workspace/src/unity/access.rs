//! The grants as one person has them, in the form that the engine asks for.

use super::grants::{Grants, belongs, is_administrator, is_member};
use super::privilege::{Privilege, Securable};
use crate::engine::{Access, Action, Description, Granted, Rules, SqlError};
use crate::identity::{USERS, User};
use std::fmt;
use std::sync::Arc;

/// One example each of a row filter and a column mask; they do not apply to administrators.
const RULES: [(&str, Rules); 2] = [
    ("samples.tpch.orders", Rules { hidden_rows: Some(("o_orderpriority", "1-URGENT")), masks: &[] }),
    ("samples.tpch.customer", Rules { hidden_rows: None, masks: &[("c_phone", "**-***-***-****")] }),
];

/// In every catalog; it shows to each person what that person may see.
const INFORMATION_SCHEMA: &str = "information_schema";

#[derive(Clone)]
pub struct PersonalAccess {
    pub user: &'static User,
    pub grants: Arc<Grants>,
}

impl fmt::Debug for PersonalAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonalAccess({})", self.user.id)
    }
}

impl PersonalAccess {
    pub(super) fn has(&self, privilege: Privilege, on: &Securable) -> bool {
        self.grants.has(self.user, privilege, on)
    }

    pub(super) fn check(&self, privilege: Privilege, on: &Securable) -> Result<(), SqlError> {
        if self.has(privilege, on) { Ok(()) } else { Err(SqlError::missing_privilege(&privilege, on.kind(), on)) }
    }

    /// USE CATALOG on the catalog, USE SCHEMA on the schema, SELECT on the table, each as far as there is one.
    pub(super) fn check_use(&self, securable: &Securable) -> Result<(), SqlError> {
        if let Some(parent) = securable.parent() {
            self.check_use(&parent)?;
        }
        match securable.parts() {
            [_] => self.check(Privilege::UseCatalog, securable),
            [_, schema] if schema == INFORMATION_SCHEMA => Ok(()),
            [_, _] => self.check(Privilege::UseSchema, securable),
            [_, schema, _] if schema == INFORMATION_SCHEMA => Ok(()),
            _ => self.check(Privilege::Select, securable),
        }
    }

    fn check_manage(&self, securable: &Securable) -> Result<(), SqlError> {
        if self.grants.manages(self.user, securable) {
            return Ok(());
        }
        Err(SqlError::missing_privilege(&Privilege::Manage, securable.kind(), securable))
    }

    /// What may be granted there, by this person, to someone who exists.
    fn grantable(&self, privilege: &str, on: &[String], to: &str) -> Result<(Privilege, Securable), SqlError> {
        let on = Securable::of(on);
        self.check_manage(&on)?;
        let privilege = Privilege::parse(privilege).ok_or_else(|| SqlError::unknown_privilege(privilege, on.kind()))?;
        if is_principal(to) { Ok((privilege, on)) } else { Err(SqlError::unknown_principal(to)) }
    }

    pub(super) fn uses(&self, securable: &Securable) -> bool {
        self.check_use(securable).is_ok()
    }

    /// Knows that it is there, though it may be closed.
    pub(super) fn sees(&self, securable: &Securable) -> bool {
        self.uses(securable) || self.has(Privilege::Browse, securable)
    }
}

impl Access for PersonalAccess {
    fn sees_catalog(&self, catalog: &str) -> bool {
        self.sees(&Securable::catalog(catalog))
    }

    fn sees_schema(&self, catalog: &str, schema: &str) -> bool {
        self.sees(&Securable::schema(catalog, schema))
    }

    fn sees_table(&self, catalog: &str, schema: &str, table: &str) -> bool {
        self.sees(&Securable::table(catalog, schema, table))
    }

    fn read(&self, catalog: &str, schema: &str, table: &str) -> Result<Rules, SqlError> {
        let securable = Securable::table(catalog, schema, table);
        self.check_use(&securable)?;
        let name = securable.to_string();
        let rules = RULES.iter().find(|(table, _)| *table == name && !is_administrator(self.user));
        Ok(rules.map(|(_, rules)| *rules).unwrap_or_default())
    }

    fn is_member(&self, group: &str) -> bool {
        is_member(self.user, group)
    }

    fn allows(&self, action: Action, on: &[String]) -> Result<(), SqlError> {
        let on = Securable::of(on);
        let inside = |securable: &Securable| securable.parent().map_or(Ok(()), |parent| self.check_use(&parent));
        match action {
            Action::CreateSchema => {
                self.check_use(&on)?;
                self.check(Privilege::CreateSchema, &on)
            }
            Action::CreateTable => {
                self.check_use(&on)?;
                self.check(Privilege::CreateTable, &on)
            }
            Action::Insert => {
                inside(&on)?;
                self.check(Privilege::Modify, &on)
            }
            Action::Drop => {
                inside(&on)?;
                self.check_manage(&on)
            }
        }
    }

    fn description(&self, of: &[String]) -> Description {
        self.grants.registry.entry(&Securable::of(of))
    }

    fn created(&self, name: &[String], description: Description) {
        let owner = self.user.email.to_owned();
        self.grants.registry.add(Securable::of(name), Description { owner, ..description });
    }

    fn dropped(&self, name: &[String]) {
        self.grants.remove(&Securable::of(name));
    }

    fn grants(&self, on: &[String]) -> Result<Vec<Granted>, SqlError> {
        let on = Securable::of(on);
        if !self.sees(&on) {
            self.check_use(&on)?;
        }
        let granted = |(principal, privilege, on): (String, Privilege, Securable)| Granted {
            principal,
            privilege: privilege.to_string(),
            on: on.parts().to_vec(),
        };
        Ok(self.grants.on(&on).into_iter().map(granted).collect())
    }

    fn grant(&self, privilege: &str, on: &[String], to: &str) -> Result<(), SqlError> {
        let (privilege, on) = self.grantable(privilege, on, to)?;
        self.grants.grant(to, privilege, &on);
        Ok(())
    }

    fn revoke(&self, privilege: &str, on: &[String], from: &str) -> Result<(), SqlError> {
        let (privilege, on) = self.grantable(privilege, on, from)?;
        self.grants.revoke(from, privilege, &on);
        Ok(())
    }
}

/// Someone who can be granted something.
fn is_principal(name: &str) -> bool {
    USERS.iter().any(|user| belongs(user, name))
}
