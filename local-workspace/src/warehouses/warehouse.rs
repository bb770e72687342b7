//! One warehouse: STOPPED, STARTING for a while, RUNNING, and STOPPED again when nobody has used it for long.

use super::place::Place;
use crate::identity::User;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum WarehouseState {
    Starting,
    Running,
    Stopped,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Health {
    #[default]
    Healthy,
    Degraded,
    Failed,
}

/// The same for all warehouses.
#[derive(Clone, Copy, Debug)]
pub struct WarehouseSettings {
    /// Zero: everything runs from the beginning.
    pub start_takes: Duration,
    /// `None`: never.
    pub auto_stop: Option<Duration>,
    /// How many statements run at a time.
    pub slots: usize,
}

/// What makes one warehouse different from another.
pub(super) struct Description {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) cluster_size: &'static str,
    /// Who has CAN USE: the ids of users.
    pub(super) can_use: &'static [&'static str],
}

pub struct Warehouse {
    pub id: &'static str,
    pub name: &'static str,
    pub cluster_size: &'static str,
    can_use: &'static [&'static str],
    settings: WarehouseSettings,
    state: watch::Sender<WarehouseState>,
    health: Mutex<Health>,
    places: Arc<Semaphore>,
    /// Counts what happens here, so that a timer can tell whether anything did.
    events: AtomicU64,
}

impl Warehouse {
    pub(super) fn new(description: Description, settings: WarehouseSettings) -> Self {
        let Description { id, name, cluster_size, can_use } = description;
        let state = if settings.start_takes.is_zero() { WarehouseState::Running } else { WarehouseState::Stopped };
        Self {
            id,
            name,
            cluster_size,
            can_use,
            settings,
            state: watch::Sender::new(state),
            health: Mutex::default(),
            places: Arc::new(Semaphore::new(settings.slots)),
            events: AtomicU64::default(),
        }
    }

    pub fn may_use(&self, user: &User) -> bool {
        self.can_use.contains(&user.id)
    }

    pub fn settings(&self) -> &WarehouseSettings {
        &self.settings
    }

    pub fn state(&self) -> WarehouseState {
        *self.state.borrow()
    }

    pub fn set(&self, state: WarehouseState) {
        self.state.send_replace(state);
    }

    pub fn health(&self) -> Health {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_health(&self, health: Health) {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner) = health;
    }

    /// How many statements run here now.
    pub fn busy(&self) -> usize {
        self.settings.slots - self.places.available_permits()
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

    /// A place to run in. Starts the warehouse if need be, and waits until it runs and a place is free.
    pub async fn place(self: &Arc<Self>) -> Place {
        loop {
            self.running().await;
            // Never closed, so it always has a permit in the end.
            let permit = self.places.clone().acquire_owned().await.ok();
            self.events.fetch_add(1, Ordering::Relaxed);
            let place = Place::new(self.clone(), permit);
            // It may have been stopped while this statement was in the queue.
            if self.state() == WarehouseState::Running {
                return place;
            }
        }
    }

    /// Waits until it runs. One that is stopped meanwhile is started again, as a statement does on the real service.
    async fn running(self: &Arc<Self>) {
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

    /// Stops the warehouse when nothing happens for long from now on.
    pub(super) fn rest(self: &Arc<Self>) {
        let Some(idle) = self.settings.auto_stop else { return };
        let events = self.events.fetch_add(1, Ordering::Relaxed) + 1;
        let warehouse = self.clone();
        // A place can be given back while the program ends, when there is no runtime any more.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            tokio::time::sleep(idle).await;
            if warehouse.events.load(Ordering::Relaxed) == events && warehouse.busy() == 0 {
                warehouse.state.send_if_modified(|state| {
                    let running = *state == WarehouseState::Running;
                    if running {
                        *state = WarehouseState::Stopped;
                    }
                    running
                });
            }
        });
    }

    /// A change from outside ends this start, so that a stop and a new start do not meet an old timer.
    async fn become_running(self: Arc<Self>, mut changes: watch::Receiver<WarehouseState>) {
        tokio::select! {
            () = tokio::time::sleep(self.settings.start_takes) => {
                self.state.send_if_modified(|state| {
                    let starting = *state == WarehouseState::Starting;
                    if starting {
                        *state = WarehouseState::Running;
                    }
                    starting
                });
                self.rest();
            }
            _ = changes.changed() => {}
        }
    }
}
