//! `samples.nyctaxi.trips`: two months of invented taxi trips in the shape of the real sample, the same on every
//! machine. Rows are in the order of their pick-up.

mod dice;
mod distance;
mod rhythm;
mod trip;
mod zones;

use super::table::SampleTable;
use datafusion::arrow::array::{ArrayRef, Float64Array, Int32Array, RecordBatch, TimestampMicrosecondArray};
use datafusion::arrow::error::ArrowError;
use dice::Dice;
use std::sync::Arc;
use trip::Trip;

/// As many as the real sample has.
const ROWS: usize = 21_932;

pub(super) const TABLE: SampleTable = SampleTable { schema: "nyctaxi", name: "trips", rows: ROWS, scales: false, make };

fn make(_: f64) -> Result<Vec<RecordBatch>, ArrowError> {
    let mut dice = Dice::new();
    let routes = zones::Routes::new();
    let pickups = rhythm::pickups(ROWS, &mut dice);
    let trips: Vec<Trip> = pickups.into_iter().map(|pickup| Trip::throw(pickup, &routes, &mut dice)).collect();

    let times = |of: fn(&Trip) -> i64| -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from_iter_values(trips.iter().map(|trip| of(trip) * 1_000_000)))
    };
    let numbers = |of: fn(&Trip) -> f64| -> ArrayRef { Arc::new(Float64Array::from_iter_values(trips.iter().map(of))) };
    let zips = |of: fn(&Trip) -> i32| -> ArrayRef { Arc::new(Int32Array::from_iter_values(trips.iter().map(of))) };
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("tpep_pickup_datetime", times(|trip| trip.pickup), true),
        ("tpep_dropoff_datetime", times(|trip| trip.dropoff), true),
        ("trip_distance", numbers(|trip| trip.miles), true),
        ("fare_amount", numbers(|trip| trip.fare), true),
        ("pickup_zip", zips(|trip| trip.from), true),
        ("dropoff_zip", zips(|trip| trip.to), true),
    ])?;
    Ok(vec![batch])
}
