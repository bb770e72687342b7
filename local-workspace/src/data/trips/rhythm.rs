//! When people take taxis: evenings and Saturday nights, hardly before dawn, and not in the blizzard of
//! 23 January 2016, when all traffic was banned from the afternoon on.

use super::dice::Dice;

/// 2016-01-01T00:00:00Z, a Friday.
pub(super) const FIRST_SECOND: i64 = 1_451_606_400;
const DAYS: i64 = 60;
const HOUR: i64 = 3_600;

/// Relative demand for each hour of the day.
const WORKDAY: [f64; 24] = [
    2.6, 1.5, 0.9, 0.7, 0.7, 1.0, 2.4, 4.2, 5.2, 5.2, 4.9, 5.0, 5.3, 5.3, 5.5, 5.2, 4.6, 5.6, 6.9, 7.1, 6.5, 6.2, 5.6,
    4.2,
];
const WEEKEND: [f64; 24] = [
    6.2, 5.3, 4.3, 3.2, 2.1, 1.0, 0.9, 1.2, 2.0, 3.2, 4.3, 5.0, 5.4, 5.4, 5.4, 5.3, 5.1, 5.5, 6.2, 6.1, 5.3, 5.2, 5.4,
    5.0,
];
/// Monday to Sunday.
const WEEK: [f64; 7] = [0.90, 0.97, 1.00, 1.03, 1.12, 1.15, 0.97];

/// Seconds since 1970 of `count` pick-ups, in order. The count is spread exactly: every hour gets its share.
pub(super) fn pickups(count: usize, dice: &mut Dice) -> Vec<i64> {
    let weights: Vec<f64> = (0..DAYS * 24).map(|slot| demand(slot / 24, slot % 24) * dice.factor(0.12)).collect();
    let total: f64 = weights.iter().sum();
    let mut seconds = Vec::with_capacity(count);
    let (mut reached, mut placed) = (0.0, 0);
    for (slot, weight) in (0..).zip(&weights) {
        reached += weight;
        let due = (reached / total * count as f64).round() as usize;
        for _ in placed..due.min(count) {
            seconds.push(FIRST_SECOND + slot * HOUR + (dice.unit() * HOUR as f64) as i64);
        }
        placed = due.min(count);
    }
    seconds.sort_unstable();
    seconds
}

fn demand(day: i64, hour: i64) -> f64 {
    // Day 0 is a Friday, the fifth day of the week.
    let weekday = ((day + 4) % 7) as usize;
    let hours = if weekday >= 5 { &WEEKEND } else { &WORKDAY };
    // The small hours of Saturday belong to Friday night; those of Monday are quiet.
    let at = |profile: &[f64; 24]| profile.get(hour as usize).copied().unwrap_or_default();
    at(hours) * WEEK.get(weekday).copied().unwrap_or(1.0) * special(day, hour)
}

fn special(day: i64, hour: i64) -> f64 {
    match (day, hour) {
        // New Year's night, and the quiet day after it.
        (0, 0..=4) => 3.0,
        (0, 5..=11) => 0.5,
        (0, _) => 0.75,
        // The blizzard: snow from Friday night, the travel ban on Saturday at half past two, digging out on Sunday.
        (21, 20..=23) => 0.6,
        (22, 0..=5) => 0.25,
        (22, 6..=13) => 0.12,
        (22, _) => 0.01,
        (23, 0..=6) => 0.02,
        (23, _) => 0.4,
        (24, _) => 0.85,
        // Martin Luther King Day, the night before Valentine's Day, Presidents' Day.
        (17, _) => 0.8,
        (43, 17..=23) => 1.25,
        (45, _) => 0.8,
        _ => 1.0,
    }
}
