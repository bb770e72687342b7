//! One warehouse: STOPPED, STARTING for a while, RUNNING.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum WarehouseState {
    Starting,
    Running,
    Stopped,
}

pub struct Warehouse {
    pub id: &'static str,
    pub name: &'static str,
    pub cluster_size: &'static str,
    start_takes: Duration,
    state: watch::Sender<WarehouseState>,
}

impl Warehouse {
    pub(super) fn new(
        id: &'static str,
        name: &'static str,
        cluster_size: &'static str,
        state: WarehouseState,
        start_takes: Duration,
    ) -> Self {
        Self { id, name, cluster_size, start_takes, state: watch::Sender::new(state) }
    }

    pub fn state(&self) -> WarehouseState {
        *self.state.borrow()
    }

    pub fn set(&self, state: WarehouseState) {
        self.state.send_replace(state);
    }

    /// Returns at once; a warehouse that is not stopped stays as it is.
    pub fn start(self: &Arc<Self>) {
        let begins = self.state.send_if_modified(|state| {
            let stopped = *state == WarehouseState::Stopped;
            if stopped {
                *state = WarehouseState::Starting;
            }
            stopped
        });
        if begins {
            let changes = self.state.subscribe();
            tokio::spawn(Self::become_running(self.clone(), changes));
        }
    }

    pub fn stop(&self) {
        self.set(WarehouseState::Stopped);
    }

    /// Starts the warehouse if need be and waits until it runs. One that is stopped meanwhile is started again, as a
    /// statement does on the real service.
    pub async fn running(self: &Arc<Self>) {
        let mut state = self.state.subscribe();
        loop {
            if *state.borrow_and_update() == WarehouseState::Running {
                return;
            }
            self.start();
            if state.changed().await.is_err() {
                return;
            }
        }
    }

    /// A change from outside ends this start, so that a stop and a new start do not meet an old timer.
    async fn become_running(self: Arc<Self>, mut changes: watch::Receiver<WarehouseState>) {
        tokio::select! {
            () = tokio::time::sleep(self.start_takes) => {
                self.state.send_if_modified(|state| {
                    let starting = *state == WarehouseState::Starting;
                    if starting {
                        *state = WarehouseState::Running;
                    }
                    starting
                });
            }
            _ = changes.changed() => {}
        }
    }
}
