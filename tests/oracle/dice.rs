//! Seeded chance. The seed decides what is tried and when; how the tries meet, the machine decides.

/// SplitMix64: eight bytes of state, good enough for choices.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice of its own for each thrower, so that no thrower's choices hang on another's pace.
    pub fn of(seed: u64, thrower: u64) -> Self {
        let mut dice = Self(seed ^ thrower.wrapping_mul(0xd6e8_feb8_6659_fd93));
        dice.next();
        dice
    }

    /// Dice for somebody else, whose throws do not meet ours.
    pub fn split(&mut self) -> Self {
        Self(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `count` less one.
    pub fn below(&mut self, count: usize) -> usize {
        assert!(count > 0, "a die has a side");
        (self.next() % count as u64) as usize
    }

    /// From the first to the last, both included.
    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.next() % (last - first + 1)
    }

    pub fn percent(&mut self, chance: u64) -> bool {
        self.next() % 100 < chance
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}
