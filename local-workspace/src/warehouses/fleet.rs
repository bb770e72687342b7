//! The warehouses of the workspace. Ids are fixed, so that an `.env` can name them.

use super::{Warehouse, WarehouseState};
use crate::wire::ApiError;
use std::sync::Arc;
use std::time::Duration;

/// The one that the ready line and `exec` name.
pub const DEFAULT_WAREHOUSE: &str = "84840000c0ffee01";
const SECOND_WAREHOUSE: &str = "84840000c0ffee02";

pub struct Warehouses(Vec<Arc<Warehouse>>);

impl Warehouses {
    /// With no start time everything runs from the beginning; otherwise everything is cold.
    pub fn new(start_takes: Duration) -> Self {
        let state = if start_takes.is_zero() { WarehouseState::Running } else { WarehouseState::Stopped };
        let warehouse = |id, name, cluster_size| Arc::new(Warehouse::new(id, name, cluster_size, state, start_takes));
        Self(vec![
            warehouse(DEFAULT_WAREHOUSE, "Starter Warehouse", "2X-Small"),
            warehouse(SECOND_WAREHOUSE, "Reporting", "Small"),
        ])
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Warehouse>> {
        self.0.iter()
    }

    pub fn get(&self, id: &str) -> Result<&Arc<Warehouse>, ApiError> {
        if id.len() != 16 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ApiError::InvalidParameter(format!("{id} is not a valid endpoint id.")));
        }
        self.0
            .iter()
            .find(|warehouse| warehouse.id == id)
            .ok_or_else(|| ApiError::DoesNotExist(format!("SQL warehouse {id} does not exist.")))
    }
}
