//! What kind of schedule a seed stands for.

use fastrand::Rng;
use lakefront::server::clock::Seconds;

#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    /// Nothing is lost, nothing fails, nothing restarts: no refresh token may be sent twice.
    pub calm: bool,
    /// Of a hundred refresh requests, so many go wrong.
    pub trouble: u32,
    /// Processes of the app that share one store.
    pub replicas: usize,
    pub browsers: usize,
    pub actions: usize,
    /// Of very different lengths, so that the number of a session's cookies changes.
    pub long_tokens: bool,
    pub access_lifetime: Seconds,
    /// Where the authorization server tells it.
    pub refresh_lifetime: Option<Seconds>,
    pub idle: Seconds,
    pub absolute: Seconds,
}

impl Plan {
    pub fn of(seed: u64) -> (Self, Rng) {
        let mut rng = Rng::with_seed(seed.wrapping_mul(0x2545_F491_4F6C_DD1D));
        let idle = rng.i64(600..4_000);
        let plan = Self {
            seed,
            calm: rng.u32(..4) == 0,
            trouble: *rng.choice(&[5, 25, 60]).expect("one of them"),
            replicas: if rng.u32(..5) == 0 { 2 } else { 1 },
            browsers: rng.usize(1..3),
            actions: rng.usize(30..90),
            long_tokens: rng.u32(..8) == 0,
            access_lifetime: *rng.choice(&[20, 60, 400, 900, 3_600]).expect("one of them"),
            refresh_lifetime: (rng.u32(..5) == 0).then(|| rng.i64(200..5_000)),
            idle,
            absolute: idle * rng.i64(1..5),
        };
        (plan, rng)
    }
}
