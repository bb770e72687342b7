//! Unity Catalog as pages show it: catalogs, schemas, tables, columns.

use serde::{Deserialize, Serialize};

/// A catalog, schema or table in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogEntry {
    pub name: String,
    pub comment: String,
    /// E-mail address or group.
    pub owner: String,
    /// `MANAGED`, `VIEW`, …; empty for catalogs and schemas.
    pub kind: String,
    /// The user may see that it is there and nothing more.
    pub browse_only: bool,
}

/// What lies in a catalog or schema, or in the workspace itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogFolder {
    /// The catalog or schema one is in; `None` for the workspace itself, and where nothing more is known than the name.
    #[serde(default)]
    pub about: Option<CatalogEntry>,
    pub entries: Vec<CatalogEntry>,
    /// There are more entries than these.
    #[serde(default)]
    pub more: bool,
}

/// Tables that were looked for by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundTables {
    pub tables: Vec<FoundTable>,
    /// There may be more than these: not everything could be looked into.
    pub more: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundTable {
    /// Catalog, schema and table.
    pub path: Vec<String>,
    pub entry: CatalogEntry,
}

/// A table with its columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableDetails {
    pub entry: CatalogEntry,
    pub columns: Vec<TableColumn>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableColumn {
    pub name: String,
    /// `decimal(18,2)`, `bigint`, …
    pub sql_type: String,
    pub nullable: bool,
    pub comment: String,
}

/// Words that Databricks SQL takes for its own where a table or its alias may stand.
const RESERVED: [&str; 16] = [
    "anti",
    "cross",
    "except",
    "full",
    "inner",
    "intersect",
    "join",
    "lateral",
    "left",
    "minus",
    "natural",
    "on",
    "right",
    "semi",
    "union",
    "using",
];

/// A name as SQL takes it: between backticks unless it is plain.
pub fn quoted(name: &str) -> String {
    let plain = !RESERVED.contains(&name)
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if plain { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) }
}

/// The name of a table or schema from its parts, as SQL takes it.
pub fn quoted_path<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().map(quoted).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        assert_eq!(quoted_path(["main", "2016", "Taxi `x`", "a_1"]), "main.`2016`.`Taxi ``x```.a_1");
        assert_eq!(quoted_path(["left", "lefts"]), "`left`.lefts");
    }
}
