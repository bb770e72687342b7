//! ZIP codes of New York with their place, and how much taxi traffic begins there.

use super::dice::Dice;
use super::distance::{Place, street_miles};

pub(super) const LA_GUARDIA: i32 = 11_371;
pub(super) const KENNEDY: i32 = 11_430;

struct Zone {
    zip: i32,
    place: Place,
    /// Relative number of pick-ups.
    demand: f64,
}

const fn zone(zip: i32, latitude: f64, longitude: f64, demand: f64) -> Zone {
    Zone { zip, place: (latitude, longitude), demand }
}

const ZONES: [Zone; 66] = [
    zone(10_001, 40.7506, -73.9972, 5.2),
    zone(10_002, 40.7158, -73.9863, 2.6),
    zone(10_003, 40.7317, -73.9892, 5.8),
    zone(10_004, 40.7040, -74.0130, 1.0),
    zone(10_005, 40.7061, -74.0087, 1.2),
    zone(10_006, 40.7094, -74.0131, 0.7),
    zone(10_007, 40.7139, -74.0079, 1.3),
    zone(10_009, 40.7265, -73.9787, 2.9),
    zone(10_010, 40.7390, -73.9826, 3.0),
    zone(10_011, 40.7420, -74.0005, 5.0),
    zone(10_012, 40.7256, -73.9981, 3.6),
    zone(10_013, 40.7201, -74.0050, 3.3),
    zone(10_014, 40.7341, -74.0063, 4.0),
    zone(10_016, 40.7452, -73.9781, 4.6),
    zone(10_017, 40.7524, -73.9729, 3.6),
    zone(10_018, 40.7553, -73.9930, 3.7),
    zone(10_019, 40.7657, -73.9857, 5.4),
    zone(10_020, 40.7590, -73.9805, 0.9),
    zone(10_021, 40.7694, -73.9588, 3.8),
    zone(10_022, 40.7586, -73.9677, 4.7),
    zone(10_023, 40.7764, -73.9824, 4.4),
    zone(10_024, 40.7867, -73.9754, 2.9),
    zone(10_025, 40.7988, -73.9683, 2.2),
    zone(10_026, 40.8024, -73.9531, 0.7),
    zone(10_027, 40.8117, -73.9533, 0.9),
    zone(10_028, 40.7765, -73.9532, 3.5),
    zone(10_029, 40.7918, -73.9440, 1.2),
    zone(10_030, 40.8183, -73.9426, 0.2),
    zone(10_031, 40.8250, -73.9500, 0.3),
    zone(10_032, 40.8388, -73.9428, 0.3),
    zone(10_033, 40.8503, -73.9347, 0.2),
    zone(10_034, 40.8672, -73.9240, 0.1),
    zone(10_035, 40.8011, -73.9371, 0.5),
    zone(10_036, 40.7592, -73.9898, 4.5),
    zone(10_037, 40.8127, -73.9374, 0.2),
    zone(10_038, 40.7093, -74.0026, 1.1),
    zone(10_065, 40.7646, -73.9631, 3.6),
    zone(10_069, 40.7759, -73.9903, 0.6),
    zone(10_075, 40.7734, -73.9562, 2.4),
    zone(10_103, 40.7605, -73.9765, 1.2),
    zone(10_110, 40.7540, -73.9806, 1.0),
    zone(10_119, 40.7502, -73.9933, 2.4),
    zone(10_128, 40.7815, -73.9511, 2.6),
    zone(10_154, 40.7579, -73.9730, 0.8),
    zone(10_162, 40.7693, -73.9496, 0.3),
    zone(10_165, 40.7522, -73.9788, 1.6),
    zone(10_199, 40.7513, -73.9980, 0.8),
    zone(10_280, 40.7085, -74.0164, 0.6),
    zone(10_282, 40.7167, -74.0150, 0.7),
    zone(11_101, 40.7470, -73.9398, 0.5),
    zone(11_103, 40.7626, -73.9134, 0.3),
    zone(11_106, 40.7622, -73.9315, 0.2),
    zone(11_109, 40.7449, -73.9576, 0.2),
    zone(11_201, 40.6937, -73.9899, 0.8),
    zone(11_205, 40.6945, -73.9663, 0.3),
    zone(11_211, 40.7126, -73.9530, 0.9),
    zone(11_215, 40.6687, -73.9833, 0.3),
    zone(11_217, 40.6826, -73.9783, 0.5),
    zone(11_222, 40.7272, -73.9499, 0.3),
    zone(11_231, 40.6795, -74.0014, 0.3),
    zone(11_237, 40.7042, -73.9212, 0.2),
    zone(11_238, 40.6791, -73.9638, 0.4),
    zone(LA_GUARDIA, 40.7740, -73.8726, 2.3),
    zone(KENNEDY, 40.6446, -73.7852, 1.9),
    zone(11_375, 40.7207, -73.8458, 0.1),
    zone(10_463, 40.8805, -73.9070, 0.1),
];

pub(super) struct Route {
    pub(super) from: i32,
    pub(super) to: i32,
    pub(super) miles: f64,
}

/// How likely each ZIP code is as a start, and from there as an end.
pub(super) struct Routes {
    starts: Vec<f64>,
    ends: Vec<Vec<f64>>,
}

impl Routes {
    pub(super) fn new() -> Self {
        let starts = ZONES.iter().map(|zone| zone.demand).collect();
        let ends = ZONES.iter().map(|from| ZONES.iter().map(|to| attraction(from, to)).collect()).collect();
        Self { starts, ends }
    }

    pub(super) fn throw(&self, dice: &mut Dice) -> Route {
        let start = dice.pick(&self.starts);
        let end = self.ends.get(start).map_or(start, |weights| dice.pick(weights));
        let of = |index: usize| ZONES.get(index).unwrap_or(&ZONES[0]);
        let (from, to) = (of(start), of(end));
        Route { from: from.zip, to: to.zip, miles: street_miles(from.place, to.place) }
    }
}

/// Most trips are short; airports and homes across the river draw from afar.
fn attraction(from: &Zone, to: &Zone) -> f64 {
    let airport = |zone: &Zone| matches!(zone.zip, LA_GUARDIA | KENNEDY);
    let miles = street_miles(from.place, to.place);
    match (airport(from), airport(to)) {
        (true, true) => 0.0,
        (true, false) => to.demand + 0.6,
        (false, true) => 0.45,
        (false, false) => (to.demand + 0.6) * ((-miles / 1.7).exp() + 0.012),
    }
}
