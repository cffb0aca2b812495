//! How many are checked, in which order, and what that says. No database, no clock.

use chrono::{Days, NaiveDate};
use mobile_contracts::ids::{AccountId, OperationId};
use mobile_contracts::sampling::CallBackResult;
use sha2::{Digest as _, Sha256};

/// A plan: check so many, pass with so many failures at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub id: &'static str,
    pub sample_size: u32,
    pub failures_max: u32,
    /// In Vietnamese.
    pub used_when: &'static str,
    /// Wrong records in a hundred, for which its chance is told.
    pub told_for: &'static [u32],
}

/// The plans, from the lightest.
pub const PLANS: [Plan; 4] = [
    Plan {
        id: "light",
        sample_size: 19,
        failures_max: 1,
        used_when: "Sau bốn tuần liên tiếp đạt.",
        told_for: &[5, 10, 20],
    },
    Plan {
        id: "standard",
        sample_size: 32,
        failures_max: 3,
        used_when: "Thông thường.",
        told_for: &[5, 20],
    },
    Plan {
        id: "strict",
        sample_size: 60,
        failures_max: 3,
        used_when: "Sau một tuần không đạt.",
        told_for: &[5, 10, 20],
    },
    Plan {
        id: "tight",
        sample_size: 52,
        failures_max: 2,
        used_when: "Sau hai tuần liên tiếp không đạt: phân biệt 2 % với 10 %.",
        told_for: &[2, 10],
    },
];

/// A plan as it is carried out on a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    pub sample_size: u32,
    pub failures_max: u32,
}

impl Plan {
    /// What is checked of a lot of so many records, and how many failures pass. Of a small lot a plan would let through
    /// what it is there to find: three of three may be wrong where three failures pass. So fewer pass there, as many as
    /// leave a lot that bad no better chance than a large one has.
    pub fn of_lot(&self, lot: u32) -> Check {
        let sample_size = self.sample_size.min(lot);
        if lot >= SMALL_LOT {
            return Check {
                sample_size,
                failures_max: self.failures_max,
            };
        }
        let worst = self.told_for.last().copied().unwrap_or(0);
        let chance = self.chance(worst);
        let is_as_strict = |failures_max: &u32| {
            pass_chance_of_lot(lot, wrong_of(lot, worst), sample_size, *failures_max) <= chance
        };
        Check {
            sample_size,
            failures_max: (0..=self.failures_max)
                .rev()
                .find(is_as_strict)
                .unwrap_or(0),
        }
    }

    /// The chance that a large lot passes of which so many records in a hundred are wrong.
    pub fn chance(&self, wrong_percent: u32) -> f64 {
        let wrong = f64::from(wrong_percent) / 100.0;
        pass_chance(self.sample_size, self.failures_max, wrong)
    }

    /// The same of a lot of so many records.
    pub fn chance_of_lot(&self, lot: u32, wrong_percent: u32) -> f64 {
        if lot >= SMALL_LOT {
            return self.chance(wrong_percent);
        }
        let check = self.of_lot(lot);
        let wrong = wrong_of(lot, wrong_percent);
        pass_chance_of_lot(lot, wrong, check.sample_size, check.failures_max)
    }
}

/// So many in a hundred of a lot, in whole records, and never fewer.
fn wrong_of(lot: u32, percent: u32) -> u32 {
    (lot * percent).div_ceil(100)
}

const LIGHT: &Plan = &PLANS[0];
const STANDARD: &Plan = &PLANS[1];
const STRICT: &Plan = &PLANS[2];
const TIGHT: &Plan = &PLANS[3];

/// Weeks in a row that must have passed before less is checked.
const PASSED_FOR_LIGHT: usize = 4;

/// Lots below this are finite: a sample without putting back says more of them than of a large one.
pub const SMALL_LOT: u32 = 100;

pub fn plan(id: &str) -> Option<&'static Plan> {
    PLANS.iter().find(|plan| plan.id == id)
}

/// The plan of a week, by what became of the lots of the weeks before, the last first: trust is lost by what
/// failed, and won only by what passed.
pub fn plan_after(weeks: &[Outcome]) -> &'static Plan {
    let mut decided = weeks.iter().filter(|it| **it != Outcome::Undecided);
    match (decided.next(), decided.next()) {
        (Some(Outcome::Failed), Some(Outcome::Failed)) => TIGHT,
        (Some(Outcome::Failed), _) => STRICT,
        _ if weeks.len() >= PASSED_FOR_LIGHT
            && weeks[..PASSED_FOR_LIGHT]
                .iter()
                .all(|it| *it == Outcome::Passed) =>
        {
            LIGHT
        }
        _ => STANDARD,
    }
}

/// The chance that a large lot passes, this part of which is wrong: binomial.
pub fn pass_chance(sample_size: u32, failures_max: u32, wrong: f64) -> f64 {
    let n = f64::from(sample_size);
    let mut term = (1.0 - wrong).powf(n);
    let mut sum = term;
    for k in 1..=failures_max.min(sample_size) {
        let k = f64::from(k);
        term *= (n - k + 1.0) / k * wrong / (1.0 - wrong);
        sum += term;
    }
    sum.min(1.0)
}

/// The chance that a small lot passes of which so many records are wrong: hypergeometric.
pub fn pass_chance_of_lot(lot: u32, wrong: u32, sample_size: u32, failures_max: u32) -> f64 {
    let sample_size = sample_size.min(lot);
    let least = sample_size.saturating_sub(lot - wrong);
    let most = failures_max.min(wrong).min(sample_size);
    (least..=most)
        .map(|k| {
            let ways = ln_choose(wrong, k) + ln_choose(lot - wrong, sample_size - k);
            (ways - ln_choose(lot, sample_size)).exp()
        })
        .sum::<f64>()
        .min(1.0)
}

fn ln_choose(n: u32, k: u32) -> f64 {
    (1..=k)
        .map(|i| (f64::from(n - k + i) / f64::from(i)).ln())
        .sum()
}

/// What is promised of a seed.
pub fn commitment(seed: &[u8]) -> [u8; 32] {
    Sha256::digest(seed).into()
}

/// The frame in the order that the seed gives, as the contract publishes it.
pub fn order(seed: &[u8], frame: &[OperationId]) -> Vec<OperationId> {
    let mut order: Vec<([u8; 32], OperationId)> = frame
        .iter()
        .map(|op| (rank(seed, &[op.0.as_bytes()]), *op))
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(_, op)| op).collect()
}

fn rank(seed: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed);
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Who checks a record: the seed picks, so that nobody does.
pub fn verifier(seed: &[u8], op: OperationId, eligible: &[AccountId]) -> Option<AccountId> {
    let rank_of = |account: &AccountId| rank(seed, &[op.0.as_bytes(), account.0.as_bytes()]);
    eligible.iter().copied().min_by_key(rank_of)
}

/// What the results so far come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    pub confirmed: u32,
    pub failures: u32,
    pub not_reachable: u32,
    pub not_to_be_asked: u32,
}

impl Count {
    pub fn of(results: impl IntoIterator<Item = CallBackResult>) -> Self {
        let mut count = Self::default();
        for result in results {
            match result {
                CallBackResult::Confirmed => count.confirmed += 1,
                CallBackResult::NotConfirmed | CallBackResult::NeverMet => count.failures += 1,
                CallBackResult::NotReachable => count.not_reachable += 1,
                CallBackResult::NotToBeAsked => count.not_to_be_asked += 1,
            }
        }
        count
    }
}

/// What becomes of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Open,
    Passed,
    Failed,
    /// Too few could be asked for the plan's chances to hold.
    Undecided,
}

/// A lot fails as soon as it cannot pass any more, and passes when enough have answered: whom nobody can reach
/// vouches for nothing, least of all whoever does not exist. `left` counts those of the frame who were not tried yet.
pub fn outcome(count: Count, sample_size: u32, failures_max: u32, left: u32) -> Outcome {
    if count.failures > failures_max {
        Outcome::Failed
    } else if count.confirmed + count.failures >= sample_size {
        Outcome::Passed
    } else if left == 0 {
        Outcome::Undecided
    } else {
        Outcome::Open
    }
}

/// The first day after a week that begins on this Monday.
pub fn end_of(week_on: NaiveDate) -> NaiveDate {
    week_on + Days::new(7)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn plans_let_through_what_their_table_says() {
        // The table of the plans: wrong records in a hundred, chance to pass.
        for (id, wrong, chance) in [
            ("light", 5, 0.75),
            ("light", 10, 0.42),
            ("light", 20, 0.08),
            ("standard", 5, 0.93),
            ("standard", 20, 0.09),
            ("strict", 5, 0.65),
            ("strict", 10, 0.14),
            ("strict", 20, 0.00),
            ("tight", 2, 0.91),
            ("tight", 10, 0.10),
        ] {
            let plan = plan(id).unwrap();
            assert!(plan.told_for.contains(&wrong), "{id} {wrong}");
            let computed = pass_chance(
                plan.sample_size,
                plan.failures_max,
                f64::from(wrong) / 100.0,
            );
            assert!(
                (computed - chance).abs() < 0.005,
                "{id} {wrong}: {computed}"
            );
        }
    }

    #[test]
    fn a_small_lot_is_judged_as_what_it_is() {
        // Four of twenty are wrong; ten are drawn. C(16,10)/C(20,10) = 8008/184756 and so on.
        let none = 8_008.0 / 184_756.0;
        let one = 4.0 * 11_440.0 / 184_756.0;
        assert!((pass_chance_of_lot(20, 4, 10, 0) - none).abs() < 1e-9);
        assert!((pass_chance_of_lot(20, 4, 10, 1) - none - one).abs() < 1e-9);
        // All are drawn: what is wrong is found for certain.
        assert_eq!(pass_chance_of_lot(15, 2, 19, 1), 0.0);
        assert!((pass_chance_of_lot(15, 1, 19, 1) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_small_lot_passes_no_more_easily_than_a_large_one() {
        let standard = plan("standard").unwrap();
        let check = |lot| {
            let check = standard.of_lot(lot);
            (check.sample_size, check.failures_max)
        };
        assert_eq!(check(0), (0, 0));
        assert_eq!(check(3), (3, 0), "one of three is a third");
        assert_eq!(check(10), (10, 1), "two of ten are a fifth");
        assert_eq!(check(40), (32, 3));
        assert_eq!(check(100), (32, 3));
        for plan in &PLANS {
            let worst = *plan.told_for.last().unwrap();
            for lot in 1..SMALL_LOT {
                let chance = plan.chance_of_lot(lot, worst);
                assert!(
                    chance <= plan.chance(worst),
                    "{} of {lot}: {chance}",
                    plan.id
                );
            }
        }
    }

    #[test]
    fn trust_is_won_slowly_and_lost_at_once() {
        use Outcome::{Failed, Passed, Undecided};
        assert_eq!(plan_after(&[]).id, "standard");
        assert_eq!(plan_after(&[Passed; 3]).id, "standard");
        assert_eq!(plan_after(&[Passed; 4]).id, "light");
        assert_eq!(plan_after(&[Failed, Passed, Passed, Passed]).id, "strict");
        assert_eq!(plan_after(&[Failed, Failed, Passed]).id, "tight");
        assert_eq!(plan_after(&[Passed, Failed, Passed, Passed]).id, "standard");
        // A week of which nobody knows anything gives no trust, and takes none of what was lost back.
        assert_eq!(
            plan_after(&[Passed, Undecided, Passed, Passed, Passed]).id,
            "standard"
        );
        assert_eq!(plan_after(&[Undecided, Failed, Passed]).id, "strict");
        assert_eq!(plan_after(&[Failed, Undecided, Failed]).id, "tight");
    }

    #[test]
    fn a_lot_ends_early_when_it_cannot_pass_any_more() {
        let count = |confirmed, failures| Count {
            confirmed,
            failures,
            not_reachable: 0,
            not_to_be_asked: 0,
        };
        assert_eq!(outcome(count(0, 3), 32, 3, 29), Outcome::Open);
        assert_eq!(outcome(count(0, 4), 32, 3, 28), Outcome::Failed);
        assert_eq!(outcome(count(29, 3), 32, 3, 10), Outcome::Passed);
        assert_eq!(outcome(count(5, 0), 5, 3, 0), Outcome::Passed);
    }

    #[test]
    fn a_lot_of_whom_too_few_were_reached_is_undecided() {
        let count = |confirmed, failures| Count {
            confirmed,
            failures,
            not_reachable: 30,
            not_to_be_asked: 0,
        };
        assert_eq!(outcome(count(5, 0), 32, 3, 1), Outcome::Open);
        assert_eq!(outcome(count(5, 0), 32, 3, 0), Outcome::Undecided);
        assert_eq!(outcome(count(0, 4), 32, 3, 0), Outcome::Failed);
    }

    proptest! {
        #[test]
        fn a_draw_is_the_same_whatever_order_the_frame_came_in(
            ids in prop::collection::btree_set(any::<u128>(), 1..50),
            seed in any::<[u8; 32]>(),
        ) {
            let frame: Vec<OperationId> =
                ids.iter().map(|id| OperationId(Uuid::from_u128(*id))).collect();
            let mut other = frame.clone();
            other.reverse();
            prop_assert_eq!(order(&seed, &frame), order(&seed, &other));
        }

        #[test]
        fn more_wrong_records_never_pass_more_often(n in 1_u32..80, d in 0_u32..6, p in 1_u32..98) {
            let chance = |p: u32| pass_chance(n, d, f64::from(p) / 100.0);
            prop_assert!(chance(p + 1) <= chance(p) + 1e-12);
            prop_assert!((0.0..=1.0).contains(&chance(p)));
            let lot = 99;
            let of_lot = |wrong| pass_chance_of_lot(lot, wrong, n, d);
            prop_assert!(of_lot(p + 1) <= of_lot(p) + 1e-9);
        }
    }
}
