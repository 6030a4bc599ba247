//! A repeatable random number generator: the same seed gives the same order of faults.

use std::time::Duration;

/// xorshift64*: small, and the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    /// Streams of one seed are independent of each other, so that the speed of one thread does not change the numbers of another.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mixed = (seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xD134_2543_DE82_EF95);
        Self(if mixed == 0 { 1 } else { mixed })
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    /// Returns a number of at least `from` and less than `to`.
    pub(crate) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from).max(1)
    }

    pub(crate) fn milliseconds(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(self.between(from, to))
    }

    /// Returns true in this percentage of cases.
    pub(crate) fn percent(&mut self, percentage: u64) -> bool {
        self.between(0, 100) < percentage
    }

    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.next() % length.max(1) as u64).unwrap_or_default()
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.index(from.len()))
    }

    /// Returns an independent stream for another thread.
    pub(crate) fn split(&mut self) -> Self {
        Self::new(self.next(), self.next())
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn a_seed_gives_the_same_numbers_and_streams_differ() {
        let draw = |seed, stream| {
            let mut random = Random::new(seed, stream);
            (0..50).map(|_| random.between(0, 1000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7, 1), draw(7, 1));
        assert_ne!(draw(7, 1), draw(7, 2));
        assert!(draw(0, 0).iter().collect::<std::collections::BTreeSet<_>>().len() > 40);
    }
}
