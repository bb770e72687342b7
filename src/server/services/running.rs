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
const ROUND: Duration = Duration::from_secs(15);
/// For a server that stops.
const LAST_ROUND: Duration = Duration::from_secs(5);

#[derive(Default)]
pub struct Running(Mutex<HashMap<StatementId, Entry>>);

struct Entry {
    user: SignedIn,
    asked: Instant,
}

impl Running {
    /// A page of this user waits for the statement.
    pub fn note(&self, id: &StatementId, user: &SignedIn) {
        self.entries().insert(id.clone(), Entry { user: user.clone(), asked: Instant::now() });
    }

    /// The statement is done.
    pub fn forget(&self, id: &StatementId) {
        self.entries().remove(id);
    }

    /// Looks after the statements for as long as the server runs.
    pub async fn keep(&self, databricks: &Databricks) {
        loop {
            tokio::time::sleep(ROUND).await;
            self.cancel(databricks, SILENCE).await;
        }
    }

    /// Nobody can ask after them any more.
    pub async fn cancel_all(&self, databricks: &Databricks) {
        if tokio::time::timeout(LAST_ROUND, self.cancel(databricks, Duration::ZERO)).await.is_err() {
            tracing::warn!("some statements could not be cancelled in time; they go on until they are done");
        }
    }

    async fn cancel(&self, databricks: &Databricks, silence: Duration) {
        let left: Vec<_> = self.entries().extract_if(|_, entry| entry.asked.elapsed() >= silence).collect();
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
