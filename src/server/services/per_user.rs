//! Answers kept for a moment, each for the user it was given to: what one was told, nobody else is.
//!
//! Bounded by what the answers weigh, of all users together and of each: whoever looks at much loses their own oldest
//! answers, never another one's.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher as _},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::weight::Weighs;
use crate::{model::AppError, server::SignedIn};

/// Bytes of all users together, and of one.
const MOST: usize = 32 * 1024 * 1024;
const MOST_OF_ONE: usize = 4 * 1024 * 1024;
/// What an answer takes beyond its own, about: its places in the maps.
const FRAME: usize = 256;
/// Users are counted by so many groups, so that the counts need no room for each of them.
const GROUPS: usize = 64;

/// A value for each key and user, for as long as it lives.
pub struct PerUser<K, V> {
    lives: Duration,
    shelves: Mutex<Shelves<K, V>>,
}

struct Shelves<K, V> {
    by_user: HashMap<String, Shelf<K, V>>,
    /// How often something was forgotten, of each user and some others: what was asked for before that may be wrong by now.
    forgotten: [u64; GROUPS],
}

struct Shelf<K, V> {
    entries: HashMap<K, Entry<V>>,
    weight: usize,
}

struct Entry<V> {
    since: Instant,
    weight: usize,
    value: V,
}

impl<K: Clone + Eq + Hash + Weighs, V: Clone + Weighs> PerUser<K, V> {
    pub fn new(lives: Duration) -> Self {
        Self { lives, shelves: Mutex::new(Shelves { by_user: HashMap::new(), forgotten: [0; GROUPS] }) }
    }

    /// What this user was answered a moment ago, or what `ask` answers now. Errors are not kept.
    ///
    /// # Errors
    /// Those of `ask`.
    pub async fn get_or<F>(&self, user: &SignedIn, key: &K, ask: impl FnOnce() -> F) -> Result<V, AppError>
    where
        F: Future<Output = Result<V, AppError>>,
    {
        if let Some(value) = self.get(user, key) {
            return Ok(value);
        }
        let id = &user.user().id;
        let before = *self.shelves().forgotten(id);
        let value = ask().await?;
        let mut shelves = self.shelves();
        if *shelves.forgotten(id) == before {
            shelves.keep(id, key, &value, self.lives);
        }
        Ok(value)
    }

    pub fn get(&self, user: &SignedIn, key: &K) -> Option<V> {
        self.get_of(&user.user().id, key)
    }

    pub fn keep(&self, user: &SignedIn, key: &K, value: &V) {
        self.keep_of(&user.user().id, key, value);
    }

    pub fn forget(&self, user: &SignedIn) {
        let mut shelves = self.shelves();
        *shelves.forgotten(&user.user().id) += 1;
        shelves.by_user.remove(&user.user().id);
    }

    fn get_of(&self, user_id: &str, key: &K) -> Option<V> {
        let shelves = self.shelves();
        let entry = shelves.by_user.get(user_id)?.entries.get(key)?;
        (entry.since.elapsed() < self.lives).then(|| entry.value.clone())
    }

    fn keep_of(&self, user_id: &str, key: &K, value: &V) {
        self.shelves().keep(user_id, key, value, self.lives);
    }

    fn shelves(&self) -> MutexGuard<'_, Shelves<K, V>> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash + Weighs, V: Clone + Weighs> Shelves<K, V> {
    fn forgotten(&mut self, user_id: &str) -> &mut u64 {
        let mut hasher = DefaultHasher::new();
        user_id.hash(&mut hasher);
        let group = usize::try_from(hasher.finish() % GROUPS as u64).unwrap_or_default();
        #[allow(clippy::indexing_slicing, reason = "the rest of a division by its length")]
        &mut self.forgotten[group]
    }

    fn keep(&mut self, user_id: &str, key: &K, value: &V, lives: Duration) {
        let weight = FRAME + key.weight() + value.weight();
        let shelves = &mut self.by_user;
        shelves.retain(|_, shelf| {
            shelf.drop_older(lives);
            !shelf.entries.is_empty()
        });
        let others: usize = shelves.iter().filter(|(id, _)| *id != user_id).map(|(_, shelf)| shelf.weight).sum();
        let room = MOST_OF_ONE.min(MOST.saturating_sub(others));
        let shelf = shelves.entry(user_id.to_owned()).or_insert_with(|| Shelf { entries: HashMap::new(), weight: 0 });
        shelf.remove(key);
        while shelf.weight + weight > room && shelf.remove_oldest() {}
        if shelf.weight + weight <= room {
            shelf.weight += weight;
            shelf.entries.insert(key.clone(), Entry { since: Instant::now(), weight, value: value.clone() });
        }
    }
}

impl<K: Clone + Eq + Hash, V> Shelf<K, V> {
    fn drop_older(&mut self, age: Duration) {
        self.entries.retain(|_, entry| entry.since.elapsed() < age);
        self.weight = self.entries.values().map(|entry| entry.weight).sum();
    }

    fn remove(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.weight = self.weight.saturating_sub(entry.weight);
        }
    }

    /// False if there is none.
    fn remove_oldest(&mut self) -> bool {
        let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.since).map(|(key, _)| key.clone());
        oldest.map(|key| self.remove(&key)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weighs for usize {
        fn weight(&self) -> usize {
            0
        }
    }

    /// A value of about so many bytes.
    fn of(bytes: usize) -> Vec<String> {
        vec!["x".repeat(bytes)]
    }

    #[test]
    fn one_user_fills_their_own_shelf_and_nobody_elses() {
        let kept = PerUser::<usize, Vec<String>>::new(Duration::from_secs(60));
        kept.keep_of("bob", &0, &of(1_000));
        for key in 0..100 {
            kept.keep_of("ada", &key, &of(1024 * 1024));
        }
        let of_ada = (0..100).filter(|key| kept.get_of("ada", key).is_some()).collect::<Vec<_>>();
        assert_eq!(of_ada, [97, 98, 99], "the newest, within the quota");
        assert!(kept.get_of("bob", &0).is_some());
        assert!(kept.get_of("bob", &99).is_none(), "what ada was told, bob is not");
        kept.keep_of("ada", &99, &of(MOST_OF_ONE));
        assert!(kept.get_of("ada", &99).is_none(), "too large to be kept");
    }

    #[test]
    fn keys_count_as_well() {
        let kept = PerUser::<String, Vec<String>>::new(Duration::from_secs(60));
        let keys: Vec<String> = (0..100).map(|number| format!("{number}{}", "x".repeat(1024 * 1024))).collect();
        for key in &keys {
            kept.keep_of("ada", key, &of(1));
        }
        assert_eq!(keys.iter().filter(|key| kept.get_of("ada", key).is_some()).count(), 3);
    }

    #[test]
    fn all_users_together_are_bounded() {
        let kept = PerUser::<usize, Vec<String>>::new(Duration::from_secs(60));
        for user in 0..100 {
            kept.keep_of(&user.to_string(), &0, &of(1024 * 1024));
        }
        let weight: usize = kept.shelves().by_user.values().map(|shelf| shelf.weight).sum();
        assert!(weight <= MOST && weight > MOST / 2, "{weight}");
    }

    #[test]
    fn what_is_too_old_goes_when_something_comes() {
        let kept = PerUser::<usize, Vec<String>>::new(Duration::ZERO);
        kept.keep_of("ada", &0, &of(10));
        assert!(kept.get_of("ada", &0).is_none());
        kept.keep_of("bob", &0, &of(10));
        assert!(!kept.shelves().by_user.contains_key("ada"));
    }
}
