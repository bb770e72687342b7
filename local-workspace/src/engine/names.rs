//! Completes names that were written without catalog or schema.

use super::error::SqlError;
use super::query::Query;

/// Used when a statement names no catalog or schema.
const DEFAULT_CATALOG: &str = "samples";
const DEFAULT_SCHEMA: &str = "default";

/// Where a statement looks first.
pub(super) struct Names<'a> {
    pub(super) catalog: &'a str,
    pub(super) schema: &'a str,
}

impl<'a> Names<'a> {
    pub(super) fn of(query: &'a Query) -> Self {
        Self {
            catalog: query.catalog.as_deref().unwrap_or(DEFAULT_CATALOG),
            schema: query.schema.as_deref().unwrap_or(DEFAULT_SCHEMA),
        }
    }

    /// The current catalog, if none was written.
    pub(super) fn catalog(&self, written: Vec<String>) -> String {
        if written.is_empty() { self.catalog.to_owned() } else { written.join(".") }
    }

    pub(super) fn schema(&self, written: Vec<String>) -> Result<[String; 2], SqlError> {
        match <[String; 2]>::try_from(written) {
            Ok(whole) => Ok(whole),
            Err(part) if part.is_empty() => Ok([self.catalog.to_owned(), self.schema.to_owned()]),
            Err(part) => match <[String; 1]>::try_from(part) {
                Ok([schema]) => Ok([self.catalog.to_owned(), schema]),
                Err(long) => Err(SqlError::too_many_parts(&long)),
            },
        }
    }

    pub(super) fn table(&self, mut written: Vec<String>) -> Result<[String; 3], SqlError> {
        let table = written.pop().unwrap_or_default();
        let [catalog, schema] = self.schema(written)?;
        Ok([catalog, schema, table])
    }
}
