//! SQL warehouses.

use leptos::prelude::*;
use server_fn::codec::Json;

use super::client::Calls;
use crate::model::{AppError, warehouse::WarehouseView};

/// The warehouses that the user may see, the app's own first.
#[server(prefix = "/api", endpoint = "warehouses", input = Json, client = Calls)]
pub async fn warehouses() -> Result<Vec<WarehouseView>, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(crate::server::services::warehouses::list(&state, &user).await)
}

/// Starts a stopped warehouse; returns before it runs.
#[server(prefix = "/api", endpoint = "warehouses/start", input = Json, client = Calls)]
pub async fn start_warehouse(warehouse_id: String) -> Result<(), AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    crate::server::reply(crate::server::services::warehouses::start(&state, &user, &warehouse_id).await)
}
