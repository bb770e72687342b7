//! Statements that are under way, so that none goes on for nobody: one that no page has asked after for a while, or that
//! runs when the server stops, is cancelled on its warehouse.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::server::{
    SignedIn,
    databricks::{Databricks, StatementId},
};

/// Browsers let a hidden page ask once a minute at least.
const SILENCE: Duration = Duration::from_secs(180);
/// A page that is loaded again says first that it goes.
pub const GRACE: Duration = Duration::from_secs(10);
const ROUND: Duration = Duration::from_secs(5);
/// For a server that stops.
const LAST_ROUND: Duration = Duration::from_secs(5);

#[derive(Default)]
pub struct Running(Mutex<HashMap<StatementId, Entry>>);

struct Entry {
    user: SignedIn,
    /// When nobody waits any more.
    until: Instant,
}

impl Running {
    /// A page of this user waits for the statement.
    pub fn note(&self, id: &StatementId, user: &SignedIn) {
        self.entries().insert(id.clone(), Entry { user: user.clone(), until: Instant::now() + SILENCE });
    }

    /// The user's page has gone; unless another one asks soon, the statement is for nobody.
    pub fn leave(&self, id: &StatementId, user: &SignedIn) {
        if let Some(entry) = self.entries().get_mut(id).filter(|entry| entry.user.user().id == user.user().id) {
            entry.until = Instant::now() + GRACE;
        }
    }

    /// The statement is done.
    pub fn forget(&self, id: &StatementId) {
        self.entries().remove(id);
    }

    /// Looks after the statements for as long as the server runs.
    pub async fn keep(&self, databricks: &Databricks) {
        loop {
            tokio::time::sleep(ROUND).await;
            self.cancel_left(databricks, Instant::now()).await;
        }
    }

    /// Nobody can ask after them any more.
    pub async fn cancel_all(&self, databricks: &Databricks) {
        if tokio::time::timeout(LAST_ROUND, self.cancel_where(databricks, |_| true)).await.is_err() {
            tracing::warn!("some statements could not be cancelled in time; they go on until they are done");
        }
    }

    /// Cancels what nobody waits for at this moment.
    pub async fn cancel_left(&self, databricks: &Databricks, now: Instant) {
        self.cancel_where(databricks, |entry| entry.until <= now).await;
    }

    async fn cancel_where(&self, databricks: &Databricks, left: impl Fn(&Entry) -> bool) {
        let left: Vec<_> = self.entries().extract_if(|_, entry| left(entry)).collect();
        let cancel = left.into_iter().map(|(id, entry)| async move {
            match databricks.cancel(&entry.user.access_token(), &id).await {
                Ok(()) => tracing::info!(statement = id.as_str(), "cancelled a statement that nobody waits for"),
                Err(error) => tracing::warn!(%error, statement = id.as_str(), "a statement could not be cancelled"),
            }
        });
        futures::future::join_all(cancel).await;
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, HashMap<StatementId, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
