//! The places of a warehouse: as many statements run at a time, and the others wait in the order of their arrival.

use super::Warehouse;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// A statement runs as long as it holds one.
pub struct Place {
    warehouse: Arc<Warehouse>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    pub(super) fn new(warehouse: Arc<Warehouse>, permit: Option<OwnedSemaphorePermit>) -> Self {
        Self { warehouse, permit }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // First the place, so that the warehouse does not count it as taken.
        self.permit.take();
        self.warehouse.rest();
    }
}
