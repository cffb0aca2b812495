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

#[test]
fn silent_phones_are_told_where_most_are_and_the_others_as_one() {
    let silent = |silent| Phones {
        all: 5,
        silent,
        ..Phones::default()
    };
    let unsent = |unsent| Phones {
        unsent,
        ..silent(0)
    };
    let phones = [silent(1), silent(4), silent(2), silent(0), silent(3)];
    let phones = phones.into_iter().chain([unsent(1), unsent(3), unsent(2)]);
    let facts = Facts {
        phones: (1..).map(UnitId).zip(phones).collect(),
        ..facts()
    };
    let named = |unit, phones| Item::Silent {
        unit: UnitId(unit),
        phones,
    };
    let waiting = |unit, n| Item::Unsent {
        unit: UnitId(unit),
        phones: unsent(n),
    };
    assert_eq!(
        facts.items(Part::Stale),
        [
            waiting(7, 3),
            waiting(8, 2),
            named(2, silent(4)),
            named(5, silent(3)),
            named(3, silent(2)),
            Item::OthersSilent {
                units: 1,
                silent: 1,
                all: 5
            },
            waiting(6, 1),
        ]
    );
    let call = Todo::CallSilent {
        units: 4,
        phones: 10,
    };
    assert!(facts.items(Part::Tomorrow).contains(&Item::Todo(call)));
}

#[test]
fn lots_in_doubt_come_before_signals_and_each_has_its_task() {
    let lots = Doubts {
        failed: 1,
        undecided: 2,
        ..Doubts::default()
    };
    let signals = Doubts {
        signals: 9,
        ..Doubts::default()
    };
    let facts = Facts {
        doubts: [(UnitId(1), signals), (UnitId(2), lots)].into(),
        ..facts()
    };
    let doubt = |unit, doubts| Item::Doubt {
        unit: UnitId(unit),
        doubts,
    };
    assert_eq!(
        facts.items(Part::Doubtful),
        [doubt(2, lots), doubt(1, signals)]
    );
    let tomorrow = facts.items(Part::Tomorrow);
    for todo in [
        Todo::Recount { lots: 1 },
        Todo::Revisit { lots: 2 },
        Todo::Judge(signals),
    ] {
        assert!(tomorrow.contains(&Item::Todo(todo)), "{tomorrow:?}");
    }
    let only_lots = Facts {
        doubts: [(UnitId(2), lots)].into(),
        ..facts
    };
    let tomorrow = only_lots.items(Part::Tomorrow);
    let is_judged = |item: &Item| matches!(item, Item::Todo(Todo::Judge(_)));
    assert!(!tomorrow.iter().any(is_judged), "{tomorrow:?}");
}

#[test]
fn targets_that_are_passed_are_told_among_the_first_doubts() {
    let passed = |unit, count| Passed {
        unit: UnitId(unit),
        count,
        target: 100,
    };
    let signals = Doubts {
        signals: 1,
        ..Doubts::default()
    };
    let facts = Facts {
        passed: vec![passed(1, 101), passed(2, 150)],
        doubts: (1..=4).map(|unit| (UnitId(unit), signals)).collect(),
        ..facts()
    };
    let doubtful = facts.items(Part::Doubtful);
    assert_eq!(
        doubtful[3..5],
        [Item::Passed(passed(2, 150)), Item::Passed(passed(1, 101))]
    );
    assert_eq!(doubtful.len(), 6);
    let check = Todo::CheckTargets { units: 2 };
    assert!(facts.items(Part::Tomorrow).contains(&Item::Todo(check)));
}
