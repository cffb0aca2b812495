//! In which order those stand who share a rank: whoever came to their count earlier first, then by name. Pure.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use mobile_contracts::leaderboard::BoardRow;

use super::frame::Key;

/// Of more rows the days are not looked up: where hundreds are equal, order says nothing.
const TIED_MAX: usize = 200;

/// The rows whose order a day would tell: a full target has its own.
pub fn tied(rows: &[BoardRow]) -> HashSet<Key> {
    let is_open = |row: &&BoardRow| row.tied && row.count > 0 && row.reached_on.is_none();
    let tied: HashSet<Key> = rows.iter().filter(is_open).filter_map(Key::of).collect();
    match tied.len() <= TIED_MAX {
        true => tied,
        false => HashSet::new(),
    }
}

/// Puts who came to their count earlier first among those who share a rank: by the last day on which somebody came.
pub fn order(rows: &mut [BoardRow], last_days: &HashMap<Key, NaiveDate>) {
    rows.sort_by_key(|row| {
        let last = Key::of(row).and_then(|key| last_days.get(&key).copied());
        (
            row.rank.unwrap_or(u32::MAX),
            row.reached_on.unwrap_or(NaiveDate::MAX),
            last.unwrap_or(NaiveDate::MAX),
        )
    });
}

#[cfg(test)]
mod tests {
    use mobile_contracts::ids::UnitId;

    use super::*;

    fn row(unit: i32, rank: u32, tied: bool, reached_on: Option<&str>) -> BoardRow {
        BoardRow {
            unit_id: Some(UnitId(unit)),
            rank: Some(rank),
            tied,
            count: 5,
            reached_on: reached_on.map(|day| day.parse().unwrap()),
            ..BoardRow::default()
        }
    }

    #[test]
    fn who_came_to_it_earlier_stands_first_and_whom_no_day_tells_apart_by_name() {
        let mut rows = vec![
            row(1, 1, true, Some("2026-11-01")),
            row(2, 1, true, Some("2026-11-03")),
            row(3, 3, true, None),
            row(4, 3, true, None),
            row(5, 3, true, None),
            row(6, 6, false, None),
        ];
        assert_eq!(
            tied(&rows),
            HashSet::from([3, 4, 5].map(|unit| Key::Unit(UnitId(unit))))
        );
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let last = HashMap::from([
            (3, day("2026-11-09")),
            (4, day("2026-11-02")),
            (5, day("2026-11-09")),
            (2, day("2026-10-01")),
        ]);
        let last = last.into_iter();
        let last = last
            .map(|(unit, on)| (Key::Unit(UnitId(unit)), on))
            .collect();
        order(&mut rows, &last);
        let order: Vec<i32> = rows.iter().filter_map(|row| Some(row.unit_id?.0)).collect();
        assert_eq!(order, [1, 2, 4, 3, 5, 6]);
    }

    #[test]
    fn unions_that_share_a_rank_stand_by_their_days_too() {
        let union = |word: &str| BoardRow {
            unit_id: None,
            mass_union: Some(word.to_owned()),
            ..row(0, 1, true, None)
        };
        let mut rows = vec![union("youth"), union("women")];
        let both = HashSet::from([Key::Union("youth"), Key::Union("women")]);
        assert_eq!(tied(&rows), both);
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let last = HashMap::from([
            (Key::Union("youth"), day("2026-11-09")),
            (Key::Union("women"), day("2026-11-02")),
        ]);
        order(&mut rows, &last);
        assert_eq!(rows[0].mass_union.as_deref(), Some("women"));
    }

    #[test]
    fn where_hundreds_are_equal_no_day_is_looked_up() {
        let rows: Vec<BoardRow> = (0..201).map(|unit| row(unit, 1, true, None)).collect();
        assert!(tied(&rows).is_empty());
    }
}
