//! SQL warehouses and their states. Statements ask a warehouse to be running and wait for it; the routes show and
//! change its state. A warehouse computes nothing: that is the engine's work.

mod fleet;
mod place;
mod routes;
mod warehouse;

pub use fleet::{DEFAULT_WAREHOUSE, Warehouses};
pub use routes::routes;
pub use warehouse::{Health, Warehouse, WarehouseSettings, WarehouseState};
