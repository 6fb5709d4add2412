//! Numbers that look random and follow from a seed and a key alone.
//!
//! Every decision of the generator draws from a stream named by what it decides, so that adding a
//! decision changes no other, and buyer and seller of one invoice arrive at the same figures apart.

/// A stream of numbers (`SplitMix64`: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mix(value: u64) -> u64 {
    let a = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    b ^ (b >> 31)
}

impl Rng {
    /// The stream of `seed` for what `key` names.
    pub(crate) fn keyed(seed: u64, key: &[u64]) -> Self {
        let folded = key
            .iter()
            .fold(mix(seed ^ STEP), |state, part| mix(state ^ part.wrapping_mul(STEP)));
        Self(folded)
    }

    /// The next 64 bits.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A whole number below `bound`; zero for a bound of zero.
    pub(crate) const fn below(&mut self, bound: u64) -> u64 {
        ((self.next() >> 32) * (bound & 0xffff_ffff)) >> 32
    }

    /// From `low` to `high`, both included.
    pub(crate) const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// Zero to one, in steps of 2^-32, so that it is exact on every machine.
    pub(crate) fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(u32::MAX)) / 4_294_967_296.0
    }

    /// One, give or take `spread`; values near one are likelier.
    pub(crate) fn around(&mut self, spread: f64) -> f64 {
        1.0 + spread * (self.unit() + self.unit() - 1.0)
    }

    /// From `low` to `high`.
    pub(crate) fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True in `permille` of a thousand draws.
    pub(crate) const fn chance(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn a_stream_follows_from_its_key() {
        let draw = |key: &[u64]| Rng::keyed(7, key).next();
        assert_eq!(draw(&[1, 2]), draw(&[1, 2]));
        assert_ne!(draw(&[1, 2]), draw(&[2, 1]));
        assert_ne!(draw(&[1]), draw(&[1, 0]));
    }

    #[test]
    fn draws_stay_in_their_bounds() {
        let mut rng = Rng::keyed(1, &[]);
        for _ in 0..10_000 {
            assert!((3..=9).contains(&rng.between(3, 9)));
            assert!((0.9..=1.1).contains(&rng.around(0.1)));
        }
        assert_eq!(rng.below(0), 0);
    }
}
