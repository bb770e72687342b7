//! One statement: who sent it, where it stands, and the task that computes it.

use super::delivery::Delivery;
use crate::engine::{Engine, Query, Rows, SqlError};
use crate::identity::User;
use crate::warehouses::Warehouse;
use chrono::Utc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use uuid::Uuid;

pub(super) struct Statement {
    pub(super) id: String,
    pub(super) owner: &'static User,
    pub(super) sql: String,
    pub(super) warehouse: Arc<Warehouse>,
    pub(super) delivery: Delivery,
    /// Since 1970.
    pub(super) submitted_ms: i64,
    phase: watch::Sender<Phase>,
    task: Mutex<Option<AbortHandle>>,
    finished: Mutex<Option<Finished>>,
}

#[derive(Clone, Copy)]
struct Finished {
    moment: Instant,
    /// Since 1970.
    millis: i64,
}

#[derive(Clone)]
pub(super) enum Phase {
    /// Waiting for its warehouse to run, or for a place there.
    Pending,
    Running,
    Succeeded(Arc<Rows>),
    Failed(SqlError),
    Canceled,
}

impl Phase {
    /// `status.state` on the wire.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Succeeded(_) => "SUCCEEDED",
            Self::Failed(_) => "FAILED",
            Self::Canceled => "CANCELED",
        }
    }

    pub(super) fn is_final(&self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }
}

impl Statement {
    /// Starts the work at once, in a task of its own: nobody has to wait for it.
    pub(super) fn start(
        owner: &'static User,
        query: Query,
        delivery: Delivery,
        warehouse: Arc<Warehouse>,
        engine: Arc<Engine>,
    ) -> Arc<Self> {
        let statement = Arc::new(Self {
            id: Uuid::new_v4().to_string(),
            owner,
            sql: query.sql.clone(),
            warehouse,
            delivery,
            submitted_ms: Utc::now().timestamp_millis(),
            phase: watch::Sender::new(Phase::Pending),
            task: Mutex::default(),
            finished: Mutex::default(),
        });
        let task = tokio::spawn({
            let statement = statement.clone();
            async move {
                let _place = statement.warehouse.place().await;
                statement.advance(Phase::Running);
                let phase = match engine.run(query).await {
                    Ok(rows) => Phase::Succeeded(Arc::new(rows)),
                    Err(error) => Phase::Failed(error),
                };
                statement.advance(phase);
            }
        });
        *statement.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
        statement
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase.borrow().clone()
    }

    /// Waits for a final phase, at most this long. False: it is not final yet.
    pub(super) async fn settled(&self, limit: Duration) -> bool {
        let mut phase = self.phase.subscribe();
        tokio::time::timeout(limit, phase.wait_for(Phase::is_final)).await.is_ok()
    }

    /// Stops the work. Too late for a finished statement, which stays as it is.
    pub(super) fn cancel(&self) {
        self.advance(Phase::Canceled);
        if let Some(task) = self.task.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            task.abort();
        }
    }

    /// How long it has been final.
    pub(super) fn finished_for(&self) -> Option<Duration> {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner).map(|end| end.moment.elapsed())
    }

    /// Since 1970.
    pub(super) fn finished_ms(&self) -> Option<i64> {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner).map(|end| end.millis)
    }

    /// A final phase never changes: whoever comes first, cancel or result, wins.
    fn advance(&self, next: Phase) {
        self.phase.send_if_modified(|phase| {
            let moves = !phase.is_final();
            if moves {
                if next.is_final() {
                    let end = Finished { moment: Instant::now(), millis: Utc::now().timestamp_millis() };
                    *self.finished.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
                }
                *phase = next;
            }
            moves
        });
    }
}
