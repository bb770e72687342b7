//! Statements that are under way, so that none goes on for nobody: one that no page has asked after for a while, that
//! runs when the server stops or when its session is ended, is cancelled on its warehouse.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    model::statement::{SILENCE_MINUTES, StatementRequest},
    server::{
        AppState, SignedIn,
        databricks::{Kind, StatementId},
        session::SessionId,
    },
};

pub const SILENCE: Duration = Duration::from_secs(SILENCE_MINUTES * 60);
/// Another page of the browser may ask after it.
pub const GRACE: Duration = Duration::from_secs(10);
/// A page that is loaded again asks on and then says that it goes when the new one has been written; that may take as long to
/// come to life.
pub const OPENING: Duration = Duration::from_secs(60);
const ROUND: Duration = Duration::from_secs(5);
/// For a server that stops.
const LAST_ROUND: Duration = Duration::from_secs(5);
/// A sign-out does not wait longer for its statements.
const SIGN_OUT_PATIENCE: Duration = Duration::from_secs(1);
/// How often a cancel is tried, and how long after the first failure; after the next ones as much longer.
const MOST_TRIES: u32 = 5;
pub const TRY_AGAIN: Duration = Duration::from_secs(10);

/// Of the statements of one user together, in bytes.
const MOST_NOTED: usize = 4 * 1024 * 1024;

#[derive(Default)]
pub struct Running(Mutex<HashMap<StatementId, Entry>>);

struct Entry {
    user: SignedIn,
    /// When nobody waits any more.
    until: Instant,
    /// Until when a page may come to life that was written for it.
    opens_until: Option<Instant>,
    /// How often it could not be cancelled.
    failures: u32,
    /// How to run it again, if it turns out to be too large.
    request: Option<StatementRequest>,
    /// It was too large, and is being submitted again.
    runs_again: bool,
}

/// Whether a statement that came out too large is run again.
pub enum Again<'a> {
    /// Nobody knows how.
    Never,
    /// Another request is at it.
    Beside,
    With(StatementRequest, Attempt<'a>),
}

/// Somebody is at it until this is dropped.
pub struct Attempt<'a> {
    running: &'a Running,
    id: StatementId,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if let Some(entry) = self.running.entries().get_mut(&self.id) {
            entry.runs_again = false;
        }
    }
}

/// The statement if it is this user's.
fn of<'a>(entries: &'a mut HashMap<StatementId, Entry>, id: &StatementId, user: &SignedIn) -> Option<&'a mut Entry> {
    entries.get_mut(id).filter(|entry| entry.user.user().id == user.user().id)
}

fn length(request: &StatementRequest) -> usize {
    let values = request.parameters.iter().filter_map(|parameter| parameter.value.as_ref());
    let names = [&request.namespace.catalog, &request.namespace.schema].into_iter().flatten();
    request.sql.len() + values.chain(names).map(String::len).sum::<usize>()
}

impl Running {
    /// A page of this user waits for the statement.
    pub fn note(&self, id: &StatementId, user: &SignedIn) {
        let until = Instant::now() + SILENCE;
        let mut entries = self.entries();
        let entry = entries.entry(id.clone()).or_insert_with(|| Entry {
            user: user.clone(),
            until,
            opens_until: None,
            failures: 0,
            request: None,
            runs_again: false,
        });
        (entry.user, entry.until, entry.failures) = (user.clone(), until, 0);
    }

    /// A page of this user is written that will ask after the statement.
    pub fn opens(&self, id: &StatementId, user: &SignedIn) {
        if let Some(entry) = of(&mut self.entries(), id, user) {
            entry.opens_until = Some(Instant::now() + OPENING);
        }
    }

    /// What to do with the statement if its result turns out to be too large to come at once. Where one user has very many or
    /// very long ones under way, such a result is a failure that says so.
    pub fn note_request(&self, id: &StatementId, user: &SignedIn, request: StatementRequest) {
        let mut entries = self.entries();
        let theirs = entries.values().filter(|entry| entry.user.user().id == user.user().id);
        let noted: usize = theirs.filter_map(|entry| entry.request.as_ref()).map(length).sum();
        if noted + length(&request) > MOST_NOTED {
            tracing::warn!(
                statement = id.as_str(),
                user = user.user().id,
                "too much is under way to note how to run it again"
            );
        } else if let Some(entry) = entries.get_mut(id) {
            entry.request = Some(request);
        }
    }

    /// The user's page has gone; unless another one asks soon, the statement is for nobody.
    pub fn leave(&self, id: &StatementId, user: &SignedIn) {
        if let Some(entry) = of(&mut self.entries(), id, user) {
            let soon = Instant::now() + GRACE;
            entry.until = entry.opens_until.map_or(soon, |opens| opens.max(soon));
        }
    }

    /// The statement is done.
    pub fn forget(&self, id: &StatementId) {
        self.entries().remove(id);
    }

    /// To run a statement again that came out too large; one request at a time does.
    pub fn again(&self, id: &StatementId) -> Again<'_> {
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(id) else { return Again::Never };
        match &entry.request {
            Some(_) if entry.runs_again => Again::Beside,
            Some(request) => {
                let request = request.clone();
                entry.runs_again = true;
                Again::With(request, Attempt { running: self, id: id.clone() })
            }
            None => Again::Never,
        }
    }

    /// Looks after the statements for as long as the server runs.
    pub async fn keep(&self, state: &AppState) {
        loop {
            tokio::time::sleep(ROUND).await;
            self.cancel_left(state, Instant::now()).await;
        }
    }

    /// Nobody can ask after them any more.
    pub async fn cancel_all(&self, state: &AppState) {
        let all = self.take(|_| true);
        if tokio::time::timeout(LAST_ROUND, self.cancel(state, all)).await.is_err() {
            tracing::warn!("some statements could not be cancelled in time; they go on until they are done");
        }
    }

    /// Cancels what nobody waits for at this moment.
    pub async fn cancel_left(&self, state: &AppState, now: Instant) {
        let left = self.take(|entry| entry.until <= now);
        self.cancel(state, left).await;
    }

    /// Cancels what runs for a session that is about to end, while its tokens are good.
    pub async fn cancel_of(&self, state: &AppState, session: &SessionId) {
        let theirs = self.take(|entry| entry.user.session().id == *session);
        if theirs.is_empty() {
            return;
        }
        // In a task of its own: what does not succeed at once is tried again when nobody waits any more.
        let state = state.clone();
        let work = tokio::spawn(async move { state.running.cancel(&state, theirs).await });
        if tokio::time::timeout(SIGN_OUT_PATIENCE, work).await.is_err() {
            tracing::info!("the sign-out does not wait for its statements to be cancelled");
        }
    }

    fn take(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<(StatementId, Entry)> {
        self.entries().extract_if(|_, entry| wanted(entry)).collect()
    }

    async fn cancel(&self, state: &AppState, left: Vec<(StatementId, Entry)>) {
        let cancel = left.into_iter().map(|(id, entry)| async move {
            // Another request may have renewed the session since; of one that has ended the old token is what there is.
            let _ = entry.user.catch_up(state).await;
            match state.databricks.cancel(&entry.user.access_token(), &id).await {
                Ok(()) => tracing::info!(statement = id.as_str(), "cancelled a statement that nobody waits for"),
                Err(error) if matches!(error.kind, Kind::NotFound | Kind::BadRequest) => {
                    tracing::info!(%error, statement = id.as_str(), "a statement that nobody waits for is gone already");
                }
                Err(error) => {
                    tracing::warn!(%error, statement = id.as_str(), "a statement could not be cancelled");
                    self.put_back(id, entry);
                }
            }
        });
        futures::future::join_all(cancel).await;
    }

    /// For another try, unless a page has asked after it meanwhile.
    fn put_back(&self, id: StatementId, entry: Entry) {
        let failures = entry.failures + 1;
        if failures >= MOST_TRIES {
            tracing::error!(statement = id.as_str(), "it goes on until it is done: it could not be cancelled");
            return;
        }
        let until = Instant::now() + TRY_AGAIN * failures;
        self.entries().entry(id).or_insert(Entry { until, failures, ..entry });
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<StatementId, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
