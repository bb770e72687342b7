//! What one person may see and read. Decided elsewhere; the engine asks before it shows or reads anything.

use super::error::SqlError;
use std::collections::HashMap;
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

    /// # Errors
    /// The person may not do this there: the privilege that is missing.
    fn allows(&self, action: Action, on: &[String]) -> Result<(), SqlError>;

    /// Owner and comments of a catalog, schema or table.
    fn description(&self, of: &[String]) -> Description;

    /// Something was made; it belongs to the person from now on.
    fn created(&self, name: &[String], description: Description);

    /// Something is gone, with everything that was in it.
    fn dropped(&self, name: &[String]);

    /// The grants that count on something.
    ///
    /// # Errors
    /// The person may not even see it.
    fn grants(&self, on: &[String]) -> Result<Vec<Granted>, SqlError>;

    /// # Errors
    /// The person may not grant there, or there is no such privilege or principal.
    fn grant(&self, privilege: &str, on: &[String], to: &str) -> Result<(), SqlError>;

    /// # Errors
    /// As for [`Access::grant`].
    fn revoke(&self, privilege: &str, on: &[String], from: &str) -> Result<(), SqlError>;
}

/// What changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// In a catalog.
    CreateSchema,
    /// In a schema.
    CreateTable,
    /// Into a table.
    Insert,
    /// A schema or table.
    Drop,
}

/// What is known of a catalog, schema or table beside its columns.
#[derive(Clone, Debug, Default)]
pub struct Description {
    /// An e-mail address or the name of a group.
    pub owner: String,
    pub comment: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: u64,
    pub column_comments: HashMap<String, String>,
    /// The query of a view.
    pub view: Option<String>,
}

/// One grant as SHOW GRANTS tells it.
#[derive(Clone, Debug)]
pub struct Granted {
    pub principal: String,
    pub privilege: String,
    /// Where it was granted: on the thing itself or on what it is in.
    pub on: Vec<String>,
}

/// What is left of a table for a person who may read it. Empty: all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Rows whose column has this value are left out.
    pub hidden_rows: Option<(&'static str, &'static str)>,
    /// Columns that show this text instead of their value.
    pub masks: &'static [(&'static str, &'static str)],
}
