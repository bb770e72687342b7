//! One trip: where from and to, how far, how long, and what the meter said by the fares of 2016.

use super::dice::Dice;
use super::rhythm::FIRST_SECOND;
use super::zones::{KENNEDY, Routes};

pub(super) struct Trip {
    /// Seconds since 1970, as all times here.
    pub(super) pickup: i64,
    pub(super) dropoff: i64,
    pub(super) miles: f64,
    pub(super) fare: f64,
    pub(super) from: i32,
    pub(super) to: i32,
}

const FLAG_DROP: f64 = 2.50;
const PER_FIFTH_MILE: f64 = 0.50;
const PER_SLOW_MINUTE: f64 = 0.50;
/// Between Manhattan and Kennedy airport.
const FLAT: f64 = 52.0;

impl Trip {
    pub(super) fn throw(pickup: i64, routes: &Routes, dice: &mut Dice) -> Self {
        let route = routes.throw(dice);
        // Within a ZIP code, and from block to block at both ends.
        let miles = (route.miles * dice.factor(0.10) + dice.between(0.2, 0.8)).max(0.1);
        let miles = (miles * 100.0).round() / 100.0;
        let minutes = miles / speed(pickup, miles) * 60.0 * dice.factor(0.22) + dice.between(0.5, 2.5);
        let seconds = (minutes * 60.0).round();
        let manhattan = |zip: i32| (10_001..=10_282).contains(&zip);
        let flat = (route.from == KENNEDY && manhattan(route.to)) || (manhattan(route.from) && route.to == KENNEDY);
        let fare = if flat { FLAT } else { meter(miles, minutes) };
        Self { pickup, dropoff: pickup + seconds as i64, miles, fare, from: route.from, to: route.to }
    }
}

/// Miles per hour: slow at noon, fast at night, and faster on the highways of a long trip.
fn speed(pickup: i64, miles: f64) -> f64 {
    let hour = (pickup - FIRST_SECOND) / 3_600 % 24;
    let streets = match hour {
        0..=5 => 15.5,
        6 | 22..=23 => 13.0,
        7 | 20..=21 => 11.0,
        8..=18 => 8.4,
        _ => 9.6,
    };
    streets + 0.9 * miles.min(16.0)
}

/// The meter counts distance above 12 mph and time below; taxi trips are a mix of both.
fn meter(miles: f64, minutes: f64) -> f64 {
    let slow_minutes = (minutes - miles / 12.0 * 60.0).max(0.0) + minutes * 0.1;
    let units = (miles * 5.0 * PER_FIFTH_MILE + slow_minutes * PER_SLOW_MINUTE) / PER_FIFTH_MILE;
    FLAG_DROP + units.floor() * PER_FIFTH_MILE
}
