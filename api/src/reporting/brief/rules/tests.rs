//! What is worth a line, and what is not.

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn worked(unit: i32, on: &str, steps: i64) -> Worked {
    Worked {
        unit: UnitId(unit),
        on: day(on),
        steps,
        activated: 1,
    }
}

fn facts() -> Facts {
    Facts {
        on: day("2026-11-28"),
        units: (1..=4).map(UnitId).collect(),
        ..Facts::default()
    }
}

#[test]
fn who_did_most_moved_and_who_did_nothing_for_three_days_stalled() {
    let facts = Facts {
        worked: vec![
            worked(1, "2026-11-28", 3),
            worked(2, "2026-11-28", 9),
            worked(3, "2026-11-25", 5),
            worked(4, "2026-11-26", 5),
        ],
        ..facts()
    };
    let moved: Vec<UnitId> = facts
        .items(Part::Moved)
        .iter()
        .filter_map(|item| match item {
            Item::Worked { unit, .. } => Some(*unit),
            _ => None,
        })
        .collect();
    assert_eq!(moved, [UnitId(2), UnitId(1)]);
    assert_eq!(
        facts.items(Part::Stalled),
        [Item::Still {
            unit: UnitId(3),
            days: Some(3)
        }]
    );
    assert_eq!(facts.sum(facts.on), (12, 2));
}

#[test]
fn a_day_without_work_says_when_there_was_some_and_none_at_all_says_so_once() {
    let quiet = Facts {
        worked: vec![worked(1, "2026-11-27", 4), worked(2, "2026-11-27", 5)],
        ..facts()
    };
    assert_eq!(
        quiet.items(Part::Moved),
        [Item::LastWorked {
            on: day("2026-11-27"),
            steps: 9
        }]
    );
    assert_eq!(facts().items(Part::Stalled), [Item::AllStill { units: 4 }]);
    assert_eq!(facts().items(Part::Stale), [Item::NoPhones]);
    assert_eq!(
        facts().items(Part::Tomorrow),
        [Item::Todo(Todo::AskStill { units: 4 })]
    );
}

#[test]
fn seven_days_are_told_two_days_before_they_end_and_a_week_after() {
    let approved = |village, on: &str| Approved {
        village: UnitId(village),
        on: day(on),
        people: 2,
    };
    let facts = Facts {
        approved: vec![
            approved(1, "2026-11-24"),
            approved(2, "2026-11-23"),
            approved(3, "2026-11-21"),
            approved(4, "2026-11-20"),
            approved(5, "2026-11-13"),
        ],
        ..facts()
    };
    let left = |item: &Item| match item {
        Item::Waiting { days_left, .. } => *days_left,
        _ => panic!("{item:?}"),
    };
    let left: Vec<i64> = facts.items(Part::SevenDays).iter().map(left).collect();
    assert_eq!(
        left,
        [0, 2, -1],
        "not the one of three days, nor of eight ago"
    );
    let twice = Facts {
        approved: vec![approved(2, "2026-11-22"), approved(2, "2026-11-23")],
        ..facts.clone()
    };
    let remind = Todo::Remind {
        people: 4,
        villages: 1,
    };
    assert!(twice.items(Part::Tomorrow).contains(&Item::Todo(remind)));
    let (first, last) = approvals(facts.on);
    assert_eq!((first, last), (day("2026-11-14"), day("2026-11-23")));
}
