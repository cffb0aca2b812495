//! A window in whole tens, as [`merged`](crate::leaderboard::merged) tells it, from what was counted when it closed. Pure.

use std::collections::BTreeMap;

use super::counted::Counted;
use super::rules::Sum;
use crate::geography::Geography;
use crate::leaderboard::merged::{Standing, between};
use crate::leaderboard::sums::VillageSum;

/// The tens of the window, and of the one before it, that were completed in each piece and union.
pub fn tens(geography: &Geography, counted: &[Counted]) -> Vec<Sum> {
    let mut by_stage: BTreeMap<&str, Vec<&Counted>> = BTreeMap::new();
    for one in counted {
        by_stage.entry(&one.sum.stage).or_default().push(one);
    }
    let of_stages = by_stage.into_iter();
    let tens = of_stages.flat_map(|(stage, counted)| tens_of(geography, stage, &counted));
    tens.collect()
}

fn tens_of(geography: &Geography, stage: &str, counted: &[&Counted]) -> Vec<Sum> {
    let standing = |of: fn(&Counted) -> VillageSum| {
        let sums: Vec<VillageSum> = counted.iter().map(|one| of(one)).collect();
        Standing::of(geography, &sums)
    };
    let now = between(&standing(Counted::at_start), &standing(Counted::at_end));
    let before = between(
        &standing(Counted::at_previous_start),
        &standing(Counted::at_previous_end),
    );
    let mut sums: BTreeMap<_, Sum> = BTreeMap::new();
    let empty = |told: &VillageSum| Sum {
        stage: stage.to_owned(),
        village_id: told.village_id,
        mass_union: told.mass_union.to_owned(),
        n: 0,
        assists: 0,
        confirmed: 0,
        anonymous: 0,
        previous_n: 0,
        previous_confirmed: Some(0),
        late: None,
        last_on: None,
    };
    for told in now {
        let key = (told.village_id, told.mass_union);
        let sum = sums.entry(key).or_insert_with(|| empty(&told));
        sum.n = told.n;
        sum.assists = told.assists;
        sum.confirmed = told.confirmed;
        sum.anonymous = told.anonymous;
    }
    for told in before {
        let key = (told.village_id, told.mass_union);
        let sum = sums.entry(key).or_insert_with(|| empty(&told));
        sum.previous_n = told.n;
        sum.previous_confirmed = Some(told.confirmed);
    }
    let mut sums: Vec<Sum> = sums.into_values().collect();
    sums.retain(|sum| sum.is_any());
    sums
}
