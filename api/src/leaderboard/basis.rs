//! What a board counts. Ranks are of what is recognised, unless somebody asks otherwise; an answer always
//! says on which basis it stands. Pure.
//!
//! **recognised**: people whose credit is held by a record that stands.
//!
//! **confirmed**: of these, whom somebody else saw too: an office, a police list or a call-back.
//!
//! **provisional**: people who are recognised, and people who would be if what is held for review were
//! approved as it was sent. The rule: of everything that is held now and can still be approved, a record of
//! a stage counts in the village, the union and on the day that it was sent for, once for each person and
//! stage, the earliest first, and not at all for somebody who has that stage already, whoever recorded it. Two
//! records are of one person if their ID numbers are one, or somebody found the two to be one. What cannot be
//! decided counts for nothing: a record that was not understood, of no known village or from the future; one
//! that somebody else than its author sent; one without a person; and a helper's phone, which never counts.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Date, Integer, Text};
use mobile_contracts::ids::UnitId;

use super::rules::Window;
use super::sums::VillageSum;
use super::union::UnionWord;

/// Which records a board counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    Recognised,
    Provisional,
    Confirmed,
}

impl Basis {
    pub const WORDS: [&str; 3] = ["recognised", "provisional", "confirmed"];

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Recognised, Self::Provisional, Self::Confirmed]
            .into_iter()
            .find(|basis| basis.as_str() == word)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recognised => "recognised",
            Self::Provisional => "provisional",
            Self::Confirmed => "confirmed",
        }
    }

    /// The sums as this basis counts them.
    pub fn counted(self, mut sums: Vec<VillageSum>) -> Vec<VillageSum> {
        if self == Self::Confirmed {
            for sum in &mut sums {
                sum.n = sum.confirmed;
            }
        }
        sums
    }
}

/// People of one village and union whom only what is held tells of, by the day on which it was done.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct HeldSum {
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Text, deserialize_as = UnionWord)]
    pub mass_union: &'static str,
    #[diesel(sql_type = Date)]
    pub on_day: NaiveDate,
    #[diesel(sql_type = BigInt)]
    pub n: i64,
}

/// The sums of a window with those who are held on its days.
pub fn with_held(mut sums: Vec<VillageSum>, held: &[HeldSum], window: Window) -> Vec<VillageSum> {
    let is_within = |day: NaiveDate| window.from.is_none_or(|from| from <= day) && day <= window.to;
    let mut waiting: HashMap<(UnitId, &'static str), i64> = HashMap::new();
    for held in held.iter().filter(|held| is_within(held.on_day)) {
        let key = (held.village_id, held.mass_union);
        *waiting.entry(key).or_default() += held.n;
    }
    if waiting.is_empty() {
        return sums;
    }
    for sum in &mut sums {
        if let Some(n) = waiting.remove(&(sum.village_id, sum.mass_union)) {
            sum.n += n;
            sum.held = n;
        }
    }
    // Where nobody is recognised yet.
    let others = waiting
        .into_iter()
        .map(|((village_id, mass_union), n)| VillageSum {
            n,
            held: n,
            ..VillageSum::none(village_id, mass_union)
        });
    sums.extend(others);
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(village: i32, n: i64, confirmed: i64) -> VillageSum {
        VillageSum {
            n,
            confirmed,
            ..VillageSum::none(UnitId(village), "youth")
        }
    }

    fn held(village: i32, day: &str, n: i64) -> HeldSum {
        HeldSum {
            village_id: UnitId(village),
            mass_union: "youth",
            on_day: day.parse().unwrap(),
            n,
        }
    }

    #[test]
    fn what_is_held_counts_on_its_own_day_and_place() {
        let window = Window::week("2026-11-22".parse().unwrap());
        let sums = vec![sum(1, 7, 2)];
        let held = [
            held(1, "2026-11-16", 1),
            held(1, "2026-11-22", 2),
            held(1, "2026-11-15", 4),
            held(2, "2026-11-20", 8),
        ];
        let told = with_held(sums, &held, window);
        let told: Vec<_> = told
            .iter()
            .map(|sum| (sum.village_id.0, sum.n, sum.held, sum.confirmed))
            .collect();
        assert_eq!(told, [(1, 10, 3, 2), (2, 8, 8, 0)]);
    }

    #[test]
    fn on_the_confirmed_basis_only_they_count() {
        let told = Basis::Confirmed.counted(vec![sum(1, 7, 2)]);
        assert_eq!((told[0].n, told[0].confirmed), (2, 2));
        let told = Basis::Recognised.counted(vec![sum(1, 7, 2)]);
        assert_eq!(told[0].n, 7);
    }
}
