//! All rows of a result, chunk after chunk, for downloads that may take longer than an access token lives.
//!
//! The answer has begun, so a new cookie could not reach the browser any more, and nothing is renewed in here. But each
//! chunk is asked for with the newest token that other requests of the session have brought: the page that a download
//! was started on has the token renewed by its heartbeat, also while nobody sees it.

use std::{collections::VecDeque, time::Duration};

use futures::{Stream, StreamExt as _, stream, stream::BoxStream};
use tokio::task::AbortHandle;

use super::rows::{Row, rows_of};
use crate::{
    model::statement::ResultShape,
    server::{
        AppState, SignedIn,
        databricks::{ApiError, Kind, StatementId},
        session::Stop,
    },
};

/// A store holds a session's successor for 60 s, and a chunk may take longer.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// The rows of a whole result, in groups.
///
/// # Errors
/// The workspace does not say where all of them are.
pub fn all_rows(
    state: AppState,
    user: SignedIn,
    id: StatementId,
    shape: &ResultShape,
) -> Result<impl Stream<Item = Result<Vec<Row>, ApiError>> + Send + use<>, ApiError> {
    if shape.chunks.iter().fold(0_u64, |sum, count| sum.saturating_add(*count)) != shape.total_rows {
        return Err(mismatch());
    }
    let reading = Reading {
        counts: (0..).zip(shape.chunks.clone()).collect(),
        external: shape.external,
        _watch: Watch::over(&state, &user),
        state,
        user,
        id,
    };
    let begun = (reading, None);
    Ok(stream::try_unfold(begun, |(mut reading, mut chunk)| async move {
        let rows = reading.next(&mut chunk).await?;
        Ok(rows.map(|rows| (rows, (reading, chunk))))
    }))
}

struct Reading {
    state: AppState,
    user: SignedIn,
    id: StatementId,
    external: bool,
    /// Chunks that are still to come, and how many rows the manifest says they have.
    counts: VecDeque<(u64, u64)>,
    _watch: Watch,
}

/// The chunk that is being read.
struct Chunk {
    index: u64,
    /// Rows that it must have.
    count: u64,
    /// Rows that were given already.
    given: u64,
    /// Rows to leave out, since they were given before it was opened again.
    skip: u64,
    /// It broke off before.
    second_try: bool,
    rows: Option<BoxStream<'static, Result<Vec<Row>, ApiError>>>,
}

/// Why no rows come.
enum Fault {
    /// To open the chunk once more may help.
    Passing(ApiError),
    Final(ApiError),
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Self {
        Self::Passing(error)
    }
}

impl Reading {
    /// The next rows; `None` behind the last.
    async fn next(&mut self, present: &mut Option<Chunk>) -> Result<Option<Vec<Row>>, ApiError> {
        loop {
            let chunk = match present {
                Some(chunk) => chunk,
                None => match self.counts.pop_front() {
                    Some((index, count)) => present.insert(Chunk::new(index, count)),
                    None => return Ok(None),
                },
            };
            match self.step(chunk).await {
                Ok(Some(rows)) if rows.is_empty() => {}
                Ok(Some(rows)) => return Ok(Some(rows)),
                Ok(None) => *present = None,
                Err(Fault::Passing(error)) if !chunk.second_try => {
                    tracing::warn!(%error, statement = self.id.as_str(), chunk = chunk.index, "a chunk broke off and is opened again");
                    (chunk.rows, chunk.skip, chunk.second_try) = (None, chunk.given, true);
                }
                Err(Fault::Passing(error) | Fault::Final(error)) => return Err(error),
            }
        }
    }

    /// Some rows of a chunk that were not given yet, maybe none; `None` at its end.
    async fn step(&mut self, chunk: &mut Chunk) -> Result<Option<Vec<Row>>, Fault> {
        let rows = match &mut chunk.rows {
            Some(rows) => rows,
            None => chunk.rows.insert(self.open(chunk.index).await?),
        };
        let Some(group) = rows.next().await else {
            return if chunk.given == chunk.count { Ok(None) } else { Err(Fault::Final(mismatch())) };
        };
        let mut group = group?;
        let skipped = group.len().min(usize::try_from(chunk.skip).unwrap_or(usize::MAX));
        group.drain(..skipped);
        chunk.skip -= skipped as u64;
        chunk.given += group.len() as u64;
        if chunk.given > chunk.count { Err(Fault::Final(mismatch())) } else { Ok(Some(group)) }
    }

    async fn open(&mut self, index: u64) -> Result<BoxStream<'static, Result<Vec<Row>, ApiError>>, Fault> {
        match self.user.catch_up(&self.state).await {
            // What is known of the session is good enough for a try.
            Ok(()) | Err(Stop::Unavailable) => {}
            Err(Stop::Over(_)) => {
                return Err(Fault::Final(ApiError::new(Kind::TokenRefused, "the session has ended")));
            }
        }
        let token = self.user.access_token();
        let body = self.state.databricks.open_chunk(&token, &self.id, index, self.external).await?;
        Ok(rows_of(body).boxed())
    }
}

impl Chunk {
    fn new(index: u64, count: u64) -> Self {
        Self { index, count, given: 0, skip: 0, second_try: false, rows: None }
    }
}

fn mismatch() -> ApiError {
    ApiError::new(Kind::Unexpected, "the result has other rows than its manifest says")
}

/// Keeps a user's tokens as new as other requests make them, until it is dropped.
struct Watch(AbortHandle);

impl Watch {
    fn over(state: &AppState, user: &SignedIn) -> Self {
        let (state, user) = (state.clone(), user.clone());
        let look = async move {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                // A session that has ended is noticed where its token is used.
                let _ = user.catch_up(&state).await;
            }
        };
        Self(tokio::spawn(look).abort_handle())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}
