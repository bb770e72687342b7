//! What one person may see and read. Decided elsewhere; the engine asks before it shows or reads anything.

use super::error::SqlError;
use std::fmt::Debug;

pub trait Access: Debug + Send + Sync {
    /// Whether lists name the catalog.
    fn sees_catalog(&self, catalog: &str) -> bool;

    fn sees_schema(&self, catalog: &str, schema: &str) -> bool;

    fn sees_table(&self, catalog: &str, schema: &str, table: &str) -> bool;

    /// Which part of a table the person may read.
    ///
    /// # Errors
    /// Nothing of it: the privilege that is missing, in Databricks' words.
    fn read(&self, catalog: &str, schema: &str, table: &str) -> Result<Rules, SqlError>;

    /// Whether the person belongs to a group of the account.
    fn is_member(&self, group: &str) -> bool;
}

/// What is left of a table for a person who may read it. Empty: all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Rows whose column has this value are left out.
    pub hidden_rows: Option<(&'static str, &'static str)>,
    /// Columns that show this text instead of their value.
    pub masks: &'static [(&'static str, &'static str)],
}
