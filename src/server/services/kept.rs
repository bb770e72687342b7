//! What the app keeps of the workspace's answers, for each user alone.

use std::time::Duration;

use super::per_user::PerUser;
use crate::{
    model::{
        catalog::{CatalogFolder, FoundTables, TableDetails},
        statement::ResultShape,
    },
    server::{SignedIn, databricks::StatementId},
};

/// Grants change seldom; whoever was just granted something waits no longer than this.
const LIVES: Duration = Duration::from_secs(30);
/// A result never changes, and the workspace keeps it for an hour.
const RESULT_LIVES: Duration = Duration::from_secs(600);
/// As long as anybody can ask after the statement.
const SUCCESSOR_LIVES: Duration = Duration::from_secs(3_600);

pub struct Kept {
    /// By the path of names above.
    pub folders: PerUser<Vec<String>, CatalogFolder>,
    /// By the path of the table.
    pub tables: PerUser<Vec<String>, TableDetails>,
    /// All tables below a path, to be searched.
    pub names: PerUser<Vec<String>, FoundTables>,
    /// Names of groups
    pub groups: PerUser<(), Vec<String>>,
    /// What finished statements have given.
    pub results: PerUser<StatementId, ResultShape>,
    /// The statement that took the place of one whose result was too large to come at once.
    pub successors: PerUser<StatementId, StatementId>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            folders: PerUser::new(LIVES),
            tables: PerUser::new(LIVES),
            names: PerUser::new(LIVES),
            groups: PerUser::new(LIVES),
            results: PerUser::new(RESULT_LIVES),
            successors: PerUser::new(SUCCESSOR_LIVES),
        }
    }
}

impl Kept {
    /// The user may have changed what there is.
    pub fn forget_catalog(&self, user: &SignedIn) {
        self.folders.forget(user);
        self.tables.forget(user);
        self.names.forget(user);
    }
}
