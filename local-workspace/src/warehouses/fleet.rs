//! The warehouses of the workspace. Ids are fixed, so that an `.env` can name them.

use super::warehouse::Description;
use super::{Warehouse, WarehouseSettings};
use crate::identity::User;
use crate::wire::ApiError;
use std::sync::Arc;

/// The one that the ready line and `exec` name.
pub const DEFAULT_WAREHOUSE: &str = "84840000c0ffee01";

const FLEET: [Description; 3] = [
    Description {
        id: DEFAULT_WAREHOUSE,
        name: "Starter Warehouse",
        cluster_size: "2X-Small",
        can_use: &["ada", "bob", "carol"],
    },
    Description { id: "84840000c0ffee02", name: "Reporting", cluster_size: "Small", can_use: &["ada", "bob"] },
    Description { id: "84840000c0ffee03", name: "Finance", cluster_size: "Medium", can_use: &["ada"] },
];

pub struct Warehouses(Vec<Arc<Warehouse>>);

impl Warehouses {
    /// With no start time everything runs from the beginning; otherwise everything is cold.
    pub fn new(settings: WarehouseSettings) -> Self {
        Self(FLEET.into_iter().map(|description| Arc::new(Warehouse::new(description, settings))).collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Warehouse>> {
        self.0.iter()
    }

    /// The warehouse, if this person may use it.
    pub fn usable(&self, id: &str, user: &User) -> Result<&Arc<Warehouse>, ApiError> {
        let warehouse = self.get(id)?;
        if warehouse.may_use(user) {
            return Ok(warehouse);
        }
        let message = format!("You do not have permission to use the SQL warehouse {id}. It takes CAN_USE.");
        Err(ApiError::PermissionDenied(message))
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
