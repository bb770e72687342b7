//! Privileges and what they are granted on.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privilege {
    AllPrivileges,
    /// To see that something is there, with its description, without reading it.
    Browse,
    CreateSchema,
    CreateTable,
    /// To grant, and to drop.
    Manage,
    /// To add rows to a table.
    Modify,
    Select,
    UseCatalog,
    UseSchema,
}

impl Privilege {
    const NAMES: [(Self, &'static str); 9] = [
        (Self::AllPrivileges, "ALL PRIVILEGES"),
        (Self::Browse, "BROWSE"),
        (Self::CreateSchema, "CREATE SCHEMA"),
        (Self::CreateTable, "CREATE TABLE"),
        (Self::Manage, "MANAGE"),
        (Self::Modify, "MODIFY"),
        (Self::Select, "SELECT"),
        (Self::UseCatalog, "USE CATALOG"),
        (Self::UseSchema, "USE SCHEMA"),
    ];

    /// By its name in SQL, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(privilege, _)| *privilege)
    }

    /// Whether it contains the other one. ALL PRIVILEGES contains all but MANAGE.
    pub fn includes(self, other: Self) -> bool {
        self == other || self == Self::AllPrivileges && other != Self::Manage
    }
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(privilege, _)| privilege == self).map_or("", |(_, name)| name);
        f.write_str(name)
    }
}

/// A catalog, schema or table by its full name. What is granted on it counts for everything inside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Securable(Vec<String>);

impl Securable {
    pub fn catalog(catalog: &str) -> Self {
        Self(vec![catalog.to_owned()])
    }

    pub fn schema(catalog: &str, schema: &str) -> Self {
        Self(vec![catalog.to_owned(), schema.to_owned()])
    }

    pub fn table(catalog: &str, schema: &str, table: &str) -> Self {
        Self(vec![catalog.to_owned(), schema.to_owned(), table.to_owned()])
    }

    /// A full name as the catalog API has it, without backticks.
    pub fn parse(full_name: &str) -> Self {
        Self(full_name.split('.').map(str::to_owned).collect())
    }

    pub fn of(parts: &[String]) -> Self {
        Self(parts.to_vec())
    }

    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// The last part.
    pub fn name(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// What it is in: a table's schema, a schema's catalog. `None` for a catalog.
    pub fn parent(&self) -> Option<Self> {
        match self.0.split_last() {
            Some((_, rest)) if !rest.is_empty() => Some(Self(rest.to_vec())),
            _ => None,
        }
    }

    /// `Catalog`, `Schema` or `Table`, as error messages call it.
    pub fn kind(&self) -> &'static str {
        match self.0.len() {
            1 => "Catalog",
            2 => "Schema",
            3 => "Table",
            _ => "Object",
        }
    }

    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl fmt::Display for Securable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}
