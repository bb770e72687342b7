//! Seeded chance. ChaCha gives the same stream on every platform and in every release of the crate.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::f64::consts::TAU;

const SEED: u64 = 20_160_101;

pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new() -> Self {
        Self(ChaCha8Rng::seed_from_u64(SEED))
    }

    /// From 0 up to, but not including, 1.
    pub(super) fn unit(&mut self) -> f64 {
        // The 53 bits that an f64 can hold.
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A factor around 1 with a long tail upwards (log-normal), as delays and detours have.
    pub(super) fn factor(&mut self, spread: f64) -> f64 {
        let (first, second) = (1.0 - self.unit(), self.unit());
        let normal = (-2.0 * first.ln()).sqrt() * (TAU * second).cos();
        (normal * spread).exp()
    }

    /// Index of one of the weights, heavier ones more often.
    pub(super) fn pick(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }
}
