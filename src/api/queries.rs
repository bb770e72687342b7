//! The app's typed queries (see `queries/`).

use leptos::prelude::*;
use server_fn::codec::Json;

use super::client::Calls;
use crate::model::{
    AppError, Progress,
    queries::{TripsPerDay, TripsPerDayRow},
};

/// Taxi trips per day. With `statement_id`, asks after the statement that an earlier call submitted.
#[server(name = TripsPerDayCall, prefix = "/api", endpoint = "queries/trips_per_day", input = Json, client = Calls)]
pub async fn trips_per_day(
    query: TripsPerDay,
    statement_id: Option<String>,
) -> Result<Progress<TripsPerDayRow>, AppError> {
    let (state, user) = crate::server::reply(crate::server::require_user())?;
    if statement_id.is_some() {
        user.note_asking_again();
    }
    crate::server::reply(crate::server::services::statements::run(&state, &user, &query, statement_id.as_deref()).await)
}
