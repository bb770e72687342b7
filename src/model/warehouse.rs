//! SQL warehouses as pages show them.

use serde::{Deserialize, Serialize};

/// A warehouse that the user may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarehouseView {
    pub id: String,
    pub name: String,
    /// `2X-Small` to `5X-Large`; empty where the workspace does not say.
    pub size: String,
    /// `STARTING`, `RUNNING`, `STOPPING`, `STOPPED`, `DELETING` or `DELETED`.
    pub state: String,
    /// The one that the app runs on unless another is chosen.
    pub is_default: bool,
}

impl WarehouseView {
    /// The state for people.
    pub fn state_text(&self) -> &'static str {
        match self.state.as_str() {
            "RUNNING" => "running",
            "STARTING" => "starting",
            "STOPPING" => "stopping",
            "STOPPED" => "stopped",
            _ => "not available",
        }
    }
}
