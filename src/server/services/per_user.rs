//! Answers kept for a moment, each for the user it was given to: what one was told, nobody else is.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    model::{
        AppError, Profile,
        catalog::{CatalogEntry, TableDetails},
    },
    server::SignedIn,
};

/// Grants change seldom; whoever was just granted something waits no longer than this.
const LIVES: Duration = Duration::from_secs(30);
/// Answers of all users together.
const MOST: usize = 2_000;

/// What the app keeps of the workspace's answers.
#[derive(Default)]
pub struct Kept {
    /// By the path of names above.
    pub lists: PerUser<Vec<String>, Vec<CatalogEntry>>,
    /// By the path of the table.
    pub tables: PerUser<Vec<String>, TableDetails>,
    pub profiles: PerUser<(), Profile>,
}

impl Kept {
    /// The user may have changed what there is.
    pub fn forget(&self, user: &SignedIn) {
        self.lists.forget(user);
        self.tables.forget(user);
    }
}

type Entries<K, V> = HashMap<(String, K), (Instant, V)>;

pub struct PerUser<K, V>(Mutex<Entries<K, V>>);

impl<K, V> Default for PerUser<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash, V: Clone> PerUser<K, V> {
    /// What this user was answered a moment ago, or what `ask` answers now. Errors are not kept.
    ///
    /// # Errors
    /// Those of `ask`.
    pub async fn get_or<F>(&self, user: &SignedIn, key: &K, ask: impl FnOnce() -> F) -> Result<V, AppError>
    where
        F: Future<Output = Result<V, AppError>>,
    {
        let place = (user.user().id, key.clone());
        if let Some((since, value)) = self.entries().get(&place)
            && since.elapsed() < LIVES
        {
            return Ok(value.clone());
        }
        let value = ask().await?;
        let mut entries = self.entries();
        if entries.len() >= MOST {
            entries.retain(|_, (since, _)| since.elapsed() < LIVES);
        }
        // Still full: new answers are not kept until old ones have gone.
        if entries.len() < MOST {
            entries.insert(place, (Instant::now(), value.clone()));
        }
        Ok(value)
    }

    fn forget(&self, user: &SignedIn) {
        let id = user.user().id;
        self.entries().retain(|(owner, _), _| *owner != id);
    }

    fn entries(&self) -> MutexGuard<'_, Entries<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
