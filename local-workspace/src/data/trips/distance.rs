//! Miles between two places of New York.

/// Latitude and longitude in degrees.
pub(super) type Place = (f64, f64);

const EARTH_RADIUS_MILES: f64 = 3_958.8;
/// Streets are a grid, and bridges are where they are.
const DETOUR: f64 = 1.28;

/// The way a taxi drives.
pub(super) fn street_miles(from: Place, to: Place) -> f64 {
    DETOUR * great_circle_miles(from, to)
}

/// The haversine formula.
fn great_circle_miles(from: Place, to: Place) -> f64 {
    let (latitude, other) = (from.0.to_radians(), to.0.to_radians());
    let half_lat = ((to.0 - from.0).to_radians() / 2.0).sin();
    let half_lon = ((to.1 - from.1).to_radians() / 2.0).sin();
    let a = half_lat * half_lat + latitude.cos() * other.cos() * half_lon * half_lon;
    2.0 * EARTH_RADIUS_MILES * a.sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_latitude_is_sixty_nine_miles() {
        assert!((great_circle_miles((40.0, -74.0), (41.0, -74.0)) - 69.1).abs() < 0.1);
    }
}
