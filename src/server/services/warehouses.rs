//! The warehouses that the user may see, and starting one.

use super::as_user;
use crate::{
    model::{AppError, warehouse::WarehouseView},
    server::{AppState, SignedIn, databricks::Warehouse},
};

/// Sorted by name, the app's own first.
///
/// # Errors
/// The session is over, or what the workspace said.
pub async fn list(state: &AppState, user: &SignedIn) -> Result<Vec<WarehouseView>, AppError> {
    let found = as_user::call(state, user, |token| async move { state.databricks.warehouses(&token).await }).await?;
    let own = &state.settings.workspace.warehouse_id;
    let mut views: Vec<_> = found.into_iter().map(|warehouse| view(warehouse, own)).collect();
    views.sort_by(|a, b| b.is_default.cmp(&a.is_default).then_with(|| a.name.cmp(&b.name)));
    Ok(views)
}

/// # Errors
/// The session is over, or what the workspace said.
pub async fn start(state: &AppState, user: &SignedIn, id: &str) -> Result<(), AppError> {
    as_user::call(state, user, |token| async move { state.databricks.start_warehouse(&token, id).await }).await
}

fn view(warehouse: Warehouse, own: &str) -> WarehouseView {
    WarehouseView {
        is_default: warehouse.id == own,
        id: warehouse.id,
        name: warehouse.name,
        size: warehouse.cluster_size,
        state: warehouse.state,
    }
}
