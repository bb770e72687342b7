//! The grants as one person has them, in the form that the engine asks for.

use super::grants::{Grants, is_member};
use super::privilege::{Privilege, Securable};
use crate::engine::{Access, Rules, SqlError};
use crate::identity::User;
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
    fn has(&self, privilege: Privilege, on: &Securable) -> bool {
        self.grants.has(self.user, privilege, on)
    }

    fn check(&self, privilege: Privilege, on: &Securable) -> Result<(), SqlError> {
        if self.has(privilege, on) { Ok(()) } else { Err(SqlError::missing_privilege(&privilege, on.kind(), on)) }
    }
}

impl Access for PersonalAccess {
    fn sees_catalog(&self, catalog: &str) -> bool {
        let catalog = Securable::catalog(catalog);
        self.has(Privilege::UseCatalog, &catalog) || self.has(Privilege::Browse, &catalog)
    }

    fn sees_schema(&self, catalog: &str, schema: &str) -> bool {
        let securable = Securable::schema(catalog, schema);
        let uses = || {
            self.has(Privilege::UseCatalog, &Securable::catalog(catalog)) && self.has(Privilege::UseSchema, &securable)
        };
        schema == INFORMATION_SCHEMA || self.has(Privilege::Browse, &securable) || uses()
    }

    fn sees_table(&self, catalog: &str, schema: &str, table: &str) -> bool {
        self.has(Privilege::Browse, &Securable::table(catalog, schema, table))
            || self.read(catalog, schema, table).is_ok()
    }

    fn read(&self, catalog: &str, schema: &str, table: &str) -> Result<Rules, SqlError> {
        if schema == INFORMATION_SCHEMA {
            return Ok(Rules::default());
        }
        let securable = Securable::table(catalog, schema, table);
        self.check(Privilege::UseCatalog, &Securable::catalog(catalog))?;
        self.check(Privilege::UseSchema, &Securable::schema(catalog, schema))?;
        self.check(Privilege::Select, &securable)?;
        let name = securable.to_string();
        let rules = RULES.iter().find(|(table, _)| *table == name && !Grants::owns(self.user));
        Ok(rules.map(|(_, rules)| *rules).unwrap_or_default())
    }

    fn is_member(&self, group: &str) -> bool {
        is_member(self.user, group)
    }
}
