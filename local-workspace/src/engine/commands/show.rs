//! SHOW and DESCRIBE, with the columns that Databricks answers.

use super::reader::Written;
use super::{Run, table, texts};
use crate::engine::error::{Missing, SqlError};
use crate::engine::rows::Rows;
use chrono::DateTime;
use datafusion::arrow::array::{ArrayRef, BooleanArray, StringArray};
use datafusion::arrow::datatypes::{DataType, Field};
use std::sync::Arc;

impl Run<'_> {
    pub(super) fn show_catalogs(&self, like: Option<&str>) -> Result<Rows, SqlError> {
        let visible = |name: &String| self.query.access.sees_catalog(name) && matches(like, name);
        let names = self.engine.catalog_names().into_iter().filter(visible);
        texts(["catalog"], &names.map(|name| [name]).collect::<Vec<_>>())
    }

    pub(super) fn show_schemas(&self, of: Option<Written>, like: Option<&str>) -> Result<Rows, SqlError> {
        let catalog = self.names.catalog(of.unwrap_or_default());
        self.existing(std::slice::from_ref(&catalog))?;
        let mut names = self.engine.schema_names(&catalog);
        names.push("information_schema".to_owned());
        names.sort_unstable();
        let visible = |name: &String| self.query.access.sees_schema(&catalog, name) && matches(like, name);
        texts(["databaseName"], &names.into_iter().filter(visible).map(|name| [name]).collect::<Vec<_>>())
    }

    pub(super) fn show_tables(&self, of: Option<Written>, like: Option<&str>) -> Result<Rows, SqlError> {
        let [catalog, schema] = self.names.schema(of.unwrap_or_default())?;
        self.existing(&[catalog.clone(), schema.clone()])?;
        let visible = |name: &String| self.query.access.sees_table(&catalog, &schema, name) && matches(like, name);
        let names: Vec<String> = self.engine.table_names(&catalog, &schema).into_iter().filter(visible).collect();
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        let fields = vec![text("database"), text("tableName"), Field::new("isTemporary", DataType::Boolean, true)];
        let schemas: ArrayRef = Arc::new(StringArray::from(vec![schema.as_str(); names.len()]));
        let temporary: ArrayRef = Arc::new(BooleanArray::from(vec![false; names.len()]));
        table(fields, vec![schemas, Arc::new(StringArray::from(names)), temporary])
    }

    pub(super) async fn show_columns(&self, table: Written) -> Result<Rows, SqlError> {
        let (_, columns) = self.columns(table).await?;
        texts(["col_name"], &columns.into_iter().map(|column| [column.name]).collect::<Vec<_>>())
    }

    pub(super) async fn describe(&self, table: Written, extended: bool) -> Result<Rows, SqlError> {
        let (name, columns) = self.columns(table).await?;
        let description = self.query.access.description(&name);
        let comment = |column: &str| description.column_comments.get(column).cloned().unwrap_or_default();
        let mut rows: Vec<[String; 3]> = columns
            .into_iter()
            .map(|column| {
                let comment = comment(&column.name);
                [column.name, column.type_text.to_ascii_lowercase(), comment]
            })
            .collect();
        if extended {
            let mut row = |name: &str, value: String| rows.push([name.to_owned(), value, String::new()]);
            let part = |index: usize| name.get(index).cloned().unwrap_or_default();
            row("", String::new());
            row("# Detailed Table Information", String::new());
            row("Catalog", part(0));
            row("Database", part(1));
            row("Table", part(2));
            row("Owner", description.owner.clone());
            row("Created Time", moment(description.created_at));
            row("Type", if description.view.is_some() { "VIEW" } else { "MANAGED" }.to_owned());
            if let Some(comment) = &description.comment {
                row("Comment", comment.clone());
            }
            match &description.view {
                Some(query) => row("View Text", query.clone()),
                None => row("Provider", "delta".to_owned()),
            }
        }
        texts(["col_name", "data_type", "comment"], &rows)
    }

    /// A table that the person knows of, with its columns.
    async fn columns(&self, table: Written) -> Result<([String; 3], Vec<crate::engine::Column>), SqlError> {
        let name = self.names.table(table)?;
        let [catalog, schema, own] = &name;
        if !self.query.access.sees_table(catalog, schema, own) {
            self.existing(&name)?;
            self.query.access.read(catalog, schema, own)?;
        }
        match self.engine.columns_of(catalog, schema, own).await {
            Some(columns) => Ok((name, columns)),
            None => Err(SqlError::no_such(Missing::Table, &name)),
        }
    }

    /// Whether there is such a catalog, schema or table, for anyone.
    pub(super) fn existing(&self, name: &[String]) -> Result<(), SqlError> {
        let missing = match name {
            [catalog, ..] if !self.engine.catalog_names().contains(catalog) => Missing::Catalog,
            [_, schema, ..] if schema == "information_schema" => return Ok(()),
            [catalog, schema, ..] if !self.engine.schema_names(catalog).contains(schema) => Missing::Schema,
            [catalog, schema, table] if !self.engine.table_names(catalog, schema).contains(table) => Missing::Table,
            _ => return Ok(()),
        };
        let parts = match missing {
            Missing::Catalog => 1,
            Missing::Schema => 2,
            Missing::Table => 3,
        };
        Err(SqlError::no_such(missing, name.get(..parts).unwrap_or(name)))
    }
}

fn moment(millis: u64) -> String {
    let moment = i64::try_from(millis).ok().and_then(DateTime::from_timestamp_millis);
    moment.map(|moment| moment.format("%a %b %d %H:%M:%S UTC %Y").to_string()).unwrap_or_default()
}

/// The patterns of SHOW: `*` stands for any text, `|` separates alternatives, case does not matter.
fn matches(pattern: Option<&str>, name: &str) -> bool {
    let Some(pattern) = pattern else { return true };
    let name = name.to_lowercase();
    pattern.to_lowercase().split('|').any(|one| fits(one.trim(), &name))
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            name.char_indices()
                .map(|(index, _)| index)
                .chain([name.len()])
                .any(|index| name.get(index..).is_some_and(|end| fits(rest, end)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_know_stars_and_alternatives() {
        for (pattern, name, yes) in [
            ("*", "orders", true),
            ("ord*", "orders", true),
            ("*part*", "partsupp", true),
            ("part", "partsupp", false),
            ("REGION|nation", "region", true),
            ("p*s*p", "partsupp", true),
            ("", "orders", false),
        ] {
            assert_eq!(matches(Some(pattern), name), yes, "{pattern} {name}");
        }
        assert!(matches(None, "orders"));
    }
}
