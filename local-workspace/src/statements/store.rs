//! All statements that are remembered: unfinished ones, and finished ones for an hour.

use super::statement::Statement;
use crate::identity::User;
use crate::wire::ApiError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const KEPT: Duration = Duration::from_secs(3_600);

/// What a list shows of a statement.
pub struct Overview {
    pub id: String,
    pub user: &'static User,
    pub status: &'static str,
    pub sql: String,
}

#[derive(Default)]
pub struct Statements(Mutex<HashMap<String, Arc<Statement>>>);

impl Statements {
    pub(super) fn add(&self, statement: &Arc<Statement>) {
        let mut all = self.all();
        all.retain(|_, statement| statement.finished_for().is_none_or(|age| age < KEPT));
        all.insert(statement.id.clone(), statement.clone());
    }

    /// Another user's statement is as unknown as one that never was.
    pub(super) fn get(&self, id: &str, user: &User) -> Result<Arc<Statement>, ApiError> {
        self.all()
            .get(id)
            .filter(|statement| statement.owner == user && statement.finished_for().is_none_or(|age| age < KEPT))
            .cloned()
            .ok_or_else(|| ApiError::NotFound(format!("The statement {id} was not found.")))
    }

    /// Whoever's it is: for those who hold a signed link.
    pub(super) fn any(&self, id: &str) -> Option<Arc<Statement>> {
        self.all().get(id).filter(|statement| statement.finished_for().is_none_or(|age| age < KEPT)).cloned()
    }

    pub(super) fn newest_first(&self, seen: impl Fn(&User) -> bool) -> Vec<Arc<Statement>> {
        let mut list: Vec<_> = self.all().values().filter(|statement| seen(statement.owner)).cloned().collect();
        list.sort_by(|a, b| (b.submitted_ms, &b.id).cmp(&(a.submitted_ms, &a.id)));
        list
    }

    /// The newest of all users, at most this many.
    pub fn overview(&self, count: usize) -> Vec<Overview> {
        let describe = |statement: &Arc<Statement>| Overview {
            id: statement.id.clone(),
            user: statement.owner,
            status: statement.phase().name(),
            sql: statement.sql.clone(),
        };
        self.newest_first(|_| true).iter().take(count).map(describe).collect()
    }

    pub(super) fn remove(&self, id: &str) {
        self.all().remove(id);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Statement>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
