//! Privileges and what they are granted on.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privilege {
    UseCatalog,
    UseSchema,
    Select,
    /// To see that something is there, with its description, without reading it.
    Browse,
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UseCatalog => "USE CATALOG",
            Self::UseSchema => "USE SCHEMA",
            Self::Select => "SELECT",
            Self::Browse => "BROWSE",
        })
    }
}

/// A catalog, schema or table by its full name. What is granted on it counts for everything inside.
#[derive(Clone, Debug, PartialEq, Eq)]
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

    /// `Catalog`, `Schema` or `Table`, as error messages call it.
    pub fn kind(&self) -> &'static str {
        match self.0.len() {
            1 => "Catalog",
            2 => "Schema",
            _ => "Table",
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
