//! What is known of catalogs, schemas and tables beside their columns: owner, comments, age.

use super::privilege::Securable;
use crate::data::{COMMENTS, Comment};
use crate::engine::Description;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

/// 2024-01-01: the sample data has no history.
const SAMPLES_SINCE: u64 = 1_704_067_200_000;
/// Owns what nobody else does.
const OWNER: &str = "admins";

fn sample(comment: &Comment) -> Description {
    let columns = comment.columns.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Description { comment: Some(comment.text.to_owned()), column_comments: columns.collect(), ..unknown() }
}

/// What nobody described.
fn unknown() -> Description {
    Description { owner: OWNER.to_owned(), created_at: SAMPLES_SINCE, ..Description::default() }
}

pub struct Registry(RwLock<HashMap<Securable, Description>>);

impl Default for Registry {
    fn default() -> Self {
        let known = COMMENTS.iter().map(|comment| (Securable::parse(comment.name), sample(comment)));
        Self(RwLock::new(known.collect()))
    }
}

impl Registry {
    /// Whatever nobody described belongs to the administrators.
    pub fn entry(&self, of: &Securable) -> Description {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(of).cloned().unwrap_or_else(unknown)
    }

    /// Something new, of now.
    pub fn add(&self, securable: Securable, entry: Description) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let entry = Description { created_at: u64::try_from(now.as_millis()).unwrap_or(SAMPLES_SINCE), ..entry };
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(securable, entry);
    }

    /// Forgets it and everything inside.
    pub fn remove(&self, securable: &Securable) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|known, _| !securable.covers(known));
    }
}
