//! All rules over the acts of a place. No database, no clock.

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;

use super::act::{Act, Finding};
use super::catalogue::Thresholds;
use super::outreach::{Told, crowd_high, round_counts};
use super::pace::{Day, identical_seconds, impossible_rate, regular_gaps, unlike_team};
use super::people::{
    anonymous_share, late_voids, sequential_numbers, shared_phones, unnumbered_share, void_rate,
};
use super::{hands, people};

/// Days before those asked about that the rules must see: what is usual for a team, whose phone it is.
pub const CONTEXT_DAYS: u64 = 30;

/// What these acts show that concerns these days. The order of the acts does not matter.
pub fn judge(
    acts: &[Act],
    days: &RangeInclusive<NaiveDate>,
    thresholds: &Thresholds,
) -> Vec<Finding> {
    let by_day = Day::all(acts);
    let mut found = Vec::new();
    for day in &by_day {
        found.extend(identical_seconds(day, thresholds));
        found.extend(impossible_rate(day, thresholds));
        found.extend(regular_gaps(day, thresholds));
        found.extend(sequential_numbers(day, thresholds));
    }
    found.extend(unlike_team(&by_day, thresholds));
    found.extend(anonymous_share(acts, thresholds));
    found.extend(unnumbered_share(acts, thresholds));
    found.extend(void_rate(acts, thresholds));
    found.extend(late_voids(acts, thresholds));
    found.extend(hands::device_many_authors(acts, thresholds));
    found.extend(hands::author_many_devices(acts, thresholds));
    found.extend(hands::untrusted_burst(acts, thresholds));
    found.extend(hands::helper_device(acts, thresholds));
    concerning(found, days)
}

/// The same for phones, which do not end at a commune's border.
pub fn judge_phones(
    acts: &[Act],
    days: &RangeInclusive<NaiveDate>,
    thresholds: &Thresholds,
) -> Vec<Finding> {
    concerning(shared_phones(acts, thresholds), days)
}

/// The same for what was told of outreach.
pub fn judge_outreach(
    told: &[Told],
    days: &RangeInclusive<NaiveDate>,
    thresholds: &Thresholds,
) -> Vec<Finding> {
    let mut found = round_counts(told, thresholds);
    found.extend(crowd_high(told, thresholds));
    concerning(found, days)
}

/// The first day whose acts must be at hand.
pub fn context_from(days: &RangeInclusive<NaiveDate>) -> NaiveDate {
    let context = chrono::Days::new(CONTEXT_DAYS);
    people::monday_of(days.start().checked_sub_days(context).unwrap_or_default())
}

fn concerning(found: Vec<Finding>, days: &RangeInclusive<NaiveDate>) -> Vec<Finding> {
    let mut found = found;
    found.retain(|finding| {
        let last = finding.ended_at.map_or(finding.on_day, local_day);
        finding.on_day <= *days.end() && last >= *days.start()
    });
    found.sort_by(|a, b| (a.rule, a.subject, &a.key).cmp(&(b.rule, b.subject, &b.key)));
    found
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use mobile_contracts::citizen_id::Sex;
    use mobile_contracts::identity::MassUnion;
    use mobile_contracts::ids::{AccountId, DeviceId, OperationId, PersonId, UnitId};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::act::Number;
    use super::super::catalogue::Rule;
    use super::*;

    fn act(n: u32, author: u128, at: &str) -> Act {
        let effective_at: DateTime<Utc> = at.parse().unwrap();
        Act {
            op_id: OperationId(Uuid::from_u128(n.into())),
            author_id: AccountId(Uuid::from_u128(author)),
            mass_union: MassUnion::Youth,
            device_id: Some(DeviceId(Uuid::from_u128(author))),
            village_id: UnitId(10),
            commune_id: UnitId(1),
            effective_at,
            received_at: effective_at + TimeDelta::minutes(30),
            person_id: Some(PersonId(Uuid::from_u128(n.into()))),
            number: None,
            has_number: true,
            phone: None,
            by_helper: false,
            voided_at: None,
        }
    }

    /// Acts of one author about so many people, after these gaps in seconds, again and again.
    fn series(n: u32, start: &str, gaps: &[i64]) -> Vec<Act> {
        let mut at: DateTime<Utc> = start.parse().unwrap();
        let mut gaps = gaps.iter().cycle();
        (1..=n)
            .map(|n| {
                let act = act(n, 7, &at.to_rfc3339());
                at += TimeDelta::seconds(*gaps.next().unwrap());
                act
            })
            .collect()
    }

    fn all() -> RangeInclusive<NaiveDate> {
        "2026-11-01".parse().unwrap()..="2026-12-31".parse().unwrap()
    }

    fn raised(acts: &[Act]) -> Vec<Rule> {
        raised_by(acts, &Thresholds::default())
    }

    fn raised_by(acts: &[Act], thresholds: &Thresholds) -> Vec<Rule> {
        let mut found = judge(acts, &all(), thresholds);
        found.extend(judge_phones(acts, &all(), thresholds));
        found.into_iter().map(|finding| finding.rule).collect()
    }

    const UNEVEN: &[i64] = &[430, 210, 960, 340, 620, 180, 1_400, 505, 275, 840, 390];

    #[test]
    fn three_people_in_one_second_are_asked_about_and_two_are_not() {
        let mut acts = series(9, "2026-11-09T01:00:00.2Z", UNEVEN);
        acts.push(act(101, 7, "2026-11-09T01:00:00.7Z"));
        assert_eq!(raised(&acts), []);
        acts.push(act(102, 7, "2026-11-09T01:00:00.9Z"));
        assert_eq!(raised(&acts), [Rule::IdenticalSeconds]);
        // Two at a time are as odd when it happens again and again.
        let mut pairs = series(12, "2026-11-09T01:00:00.2Z", &[0, 640, 0, 380, 505, 410]);
        assert_eq!(raised(&pairs), [Rule::IdenticalSeconds]);
        pairs.truncate(5);
        assert_eq!(raised(&pairs), []);
        // Of one person two stages may be saved at once.
        acts[10].person_id = acts[9].person_id;
        assert_eq!(raised(&acts), []);
    }

    #[test]
    fn a_whole_batch_that_has_only_the_servers_time_shows_no_pace() {
        let mut acts = series(40, "2026-11-09T01:00:00Z", &[0]);
        for act in &mut acts {
            act.received_at = act.effective_at;
        }
        assert_eq!(raised(&acts), []);
        let mut more = series(51, "2026-11-09T01:00:00Z", &[0]);
        for act in &mut more {
            act.received_at = act.effective_at + TimeDelta::days(7);
        }
        assert_eq!(raised(&more), [Rule::UntrustedBurst]);
    }

    #[test]
    fn late_hours_raise_nothing() {
        for start in [
            "2026-11-09T12:30:00Z",
            "2026-11-09T15:00:00Z",
            "2026-11-09T17:30:00Z",
        ] {
            assert_eq!(raised(&series(14, start, UNEVEN)), [], "{start}");
        }
    }

    #[test]
    fn much_work_at_a_human_pace_raises_nothing_day_after_day() {
        // Fifty-eight people in nine hours and a half, ten days in a row, beside a team that does eight.
        let busy: &[i64] = &[610, 430, 720, 395, 560, 840, 505, 450, 690, 585, 640];
        let mut acts = Vec::new();
        for day in 0..10 {
            for (author, n) in [(7, 58), (8, 8), (9, 8), (10, 9)] {
                let mut work = series(n, &format!("2026-11-{:02}T00:05:00Z", 9 + day), busy);
                for (at, act) in work.iter_mut().enumerate() {
                    let id = Uuid::from_u128((author << 40) + (day << 20) + at as u128 + 1);
                    act.author_id = AccountId(Uuid::from_u128(author));
                    act.device_id = Some(DeviceId(Uuid::from_u128(author)));
                    (act.op_id, act.person_id) = (OperationId(id), Some(PersonId(id)));
                }
                acts.extend(work);
            }
        }
        assert_eq!(raised(&acts), []);
    }

    #[test]
    fn what_nobody_can_reach_is_asked_about() {
        // Thirteen in twenty minutes are possible, fourteen are not.
        assert_eq!(
            raised(&series(13, "2026-11-09T01:00:00Z", &[80, 95, 85])),
            []
        );
        assert_eq!(
            raised(&series(14, "2026-11-09T01:00:00Z", &[80, 95, 85])),
            [Rule::ImpossibleRate]
        );
        // Nobody keeps for an hour what may do for twenty minutes.
        assert_eq!(
            raised(&series(24, "2026-11-09T01:00:00Z", &[100, 160, 130, 170])),
            []
        );
        assert_eq!(
            raised(&series(25, "2026-11-09T01:00:00Z", &[100, 160, 130, 170])),
            [Rule::ImpossibleRate]
        );
        // More than sixty a day are asked about if they were hasty, more than twice that in any case.
        let day = |n, gaps| raised(&series(n, "2026-11-08T17:10:00Z", gaps));
        let hasty: &[i64] = &[100, 310, 180, 265, 150, 290];
        assert_eq!(day(60, hasty), []);
        assert_eq!(day(61, hasty), [Rule::ImpossibleRate]);
        assert_eq!(day(120, UNEVEN), []);
        assert_eq!(day(121, UNEVEN), [Rule::ImpossibleRate]);
    }

    #[test]
    fn a_hasty_day_far_beyond_ones_team_is_asked_about() {
        let mut acts = Vec::new();
        for day in 0..24_u128 {
            let start = format!("2026-11-{:02}T01:00:00Z", 2 + day);
            let n = 6 + (day % 3) as u32;
            let mut work = series(n, &start, UNEVEN);
            if day == 20 {
                work = series(22, &start, &[100, 170, 130, 95, 150, 160, 110]);
            }
            for (at, act) in work.iter_mut().enumerate() {
                let id = Uuid::from_u128((day << 20) + at as u128 + 1);
                (act.op_id, act.person_id) = (OperationId(id), Some(PersonId(id)));
            }
            acts.extend(work);
        }
        assert_eq!(raised(&acts), [Rule::UnlikeTeam]);
    }

    #[test]
    fn gaps_that_are_all_but_equal_are_asked_about_ten_in_a_row() {
        let even = |n| series(n, "2026-11-09T01:00:00Z", &[300, 302, 301, 299, 303]);
        assert_eq!(raised(&even(10)), []);
        assert_eq!(raised(&even(11)), [Rule::RegularGaps]);
    }

    #[test]
    fn a_family_shares_a_phone_and_a_village_does_not() {
        let with_phone = |n, villages: i32| {
            let mut acts = series(n, "2026-11-09T01:00:00Z", UNEVEN);
            for (at, act) in acts.iter_mut().enumerate() {
                act.phone = Some([1; 16]);
                act.village_id = UnitId(10 + (at as i32) % villages);
            }
            acts
        };
        assert_eq!(raised(&with_phone(6, 2)), []);
        assert_eq!(raised(&with_phone(7, 1)), [Rule::SharedPhone]);
        assert_eq!(raised(&with_phone(3, 3)), [Rule::SharedPhone]);
        // Where every phone is to be one citizen's, two are asked about.
        let each = Thresholds::changed([("shared_phone".to_owned(), "citizens".to_owned(), 1)]);
        assert_eq!(raised_by(&with_phone(1, 1), &each), []);
        assert_eq!(raised_by(&with_phone(2, 1), &each), [Rule::SharedPhone]);
        let mut taken_back = with_phone(7, 1);
        taken_back[0].voided_at = Some(taken_back[0].received_at);
        assert_eq!(raised(&taken_back), []);
    }

    #[test]
    fn numbers_in_a_row_are_asked_about_within_one_birth_year_and_sex() {
        let numbered = |tails: &[u16]| {
            let mut acts = series(tails.len() as u32, "2026-11-09T01:00:00Z", UNEVEN);
            for (act, tail) in acts.iter_mut().zip(tails) {
                act.number = Some(Number {
                    tail: *tail,
                    birth_year: 1990,
                    sex: Sex::Female,
                });
            }
            acts
        };
        assert_eq!(raised(&numbered(&[4_120, 9_001, 4_121, 77, 4_122])), []);
        let mut in_a_row = numbered(&[4_120, 9_001, 4_121, 4_124, 4_122]);
        assert_eq!(raised(&in_a_row), [Rule::SequentialNumbers]);
        in_a_row[2].number.as_mut().unwrap().birth_year = 1991;
        assert_eq!(raised(&in_a_row), []);
    }

    #[test]
    fn a_device_that_goes_round_is_told_to_each_who_used_it() {
        let with = |authors: u128| -> Vec<Act> {
            let acts = (1..=authors).map(|author| {
                let mut act = act(author as u32, author, "2026-11-09T01:00:00Z");
                act.device_id = Some(DeviceId(Uuid::from_u128(99)));
                act
            });
            acts.collect()
        };
        assert_eq!(raised(&with(3)), []);
        assert_eq!(raised(&with(4)), [Rule::DeviceManyAuthors; 4]);
    }

    #[test]
    fn shares_are_of_a_week_and_need_enough_records() {
        let mut acts = series(20, "2026-11-09T01:00:00Z", UNEVEN);
        for act in &mut acts[..4] {
            act.person_id = None;
        }
        for act in &mut acts[10..12] {
            act.voided_at = Some(act.received_at);
        }
        assert_eq!(raised(&acts), []);
        (acts[4].person_id, acts[12].voided_at) = (None, Some(acts[12].received_at));
        assert_eq!(raised(&acts), [Rule::AnonymousShare, Rule::VoidRate]);
        let mut unnumbered = series(20, "2026-11-09T01:00:00Z", UNEVEN);
        for act in &mut unnumbered[..6] {
            act.has_number = false;
        }
        assert_eq!(raised(&unnumbered), []);
        unnumbered[6].has_number = false;
        assert_eq!(raised(&unnumbered), [Rule::UnnumberedShare]);
        assert_eq!(raised(&acts[..19]).len(), 0);
        for act in &mut acts[..3] {
            act.by_helper = true;
        }
        assert!(raised(&acts).contains(&Rule::HelperDevice));
    }

    #[test]
    fn what_is_taken_back_after_its_week_was_closed_is_asked_about_in_the_week_of_doing_so() {
        // A week that ends on the 15th is closed on the 19th, three whole days later.
        let voided = |n: usize, at: &str| {
            let mut acts = series(60, "2026-11-09T01:00:00Z", UNEVEN);
            for act in &mut acts[..n] {
                act.voided_at = Some(at.parse().unwrap());
            }
            acts
        };
        assert_eq!(raised(&voided(4, "2026-11-18T16:59:59Z")), []);
        assert_eq!(raised(&voided(3, "2026-11-18T17:00:00Z")), []);
        let late = voided(4, "2026-11-18T17:00:00Z");
        assert_eq!(raised(&late), [Rule::LateVoids]);
        let days = "2026-11-19".parse().unwrap()..="2026-11-19".parse().unwrap();
        let found = judge(&late, &days, &Thresholds::default());
        assert_eq!(
            found[0].on_day,
            *days.start(),
            "the day on which it was done"
        );
    }

    proptest! {
        #[test]
        fn the_order_of_acts_changes_nothing_and_only_what_was_given_is_named(
            gaps in prop::collection::vec(0_i64..400, 5..60),
            marks in prop::collection::vec(0_u8..16, 60),
            order in any::<u64>(),
        ) {
            let mut acts = series(gaps.len() as u32, "2026-11-09T01:00:00Z", &gaps);
            for (act, mark) in acts.iter_mut().zip(&marks) {
                act.phone = (mark % 4 == 0).then_some([mark / 8; 16]);
                act.by_helper = mark % 5 == 0;
                act.voided_at = (mark % 7 == 0).then_some(act.received_at);
            }
            let thresholds = Thresholds::default();
            let found = judge(&acts, &all(), &thresholds);
            let mut other = acts.clone();
            other.sort_by_key(|act| act.op_id.0.as_u128().wrapping_mul(u128::from(order | 1)));
            prop_assert_eq!(&found, &judge(&other, &all(), &thresholds));
            for finding in &found {
                prop_assert!(!finding.acts.is_empty());
                prop_assert!(finding.acts.iter().all(|op| acts.iter().any(|act| act.op_id == *op)));
            }
        }

        #[test]
        fn no_hour_of_the_day_is_another_than_any_other(
            gaps in prop::collection::vec(0_i64..500, 5..40),
            hour in 0_i64..12,
        ) {
            // A working day of at most six hours, begun at any hour of one local day.
            let acts = series(gaps.len() as u32, "2026-11-08T17:00:00Z", &gaps);
            let mut later = acts.clone();
            for act in &mut later {
                act.effective_at += TimeDelta::hours(hour);
                act.received_at += TimeDelta::hours(hour);
            }
            prop_assert_eq!(raised(&acts), raised(&later));
        }
    }
}
