//! In which order those stand who share a rank: whoever came to their count earlier first, then by name. Pure.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::BoardRow;

/// Of more rows the days are not looked up: where hundreds are equal, order says nothing.
const TIED_MAX: usize = 200;

/// The units of rows whose order a day would tell: a full target has its own.
pub fn tied(rows: &[BoardRow]) -> HashSet<UnitId> {
    let is_open = |row: &&BoardRow| row.tied && row.count > 0 && row.reached_on.is_none();
    let tied: HashSet<UnitId> = rows
        .iter()
        .filter(is_open)
        .filter_map(|row| row.unit_id)
        .collect();
    match tied.len() <= TIED_MAX {
        true => tied,
        false => HashSet::new(),
    }
}

/// Puts who came to their count earlier first among those who share a rank: by the last day on which somebody came.
pub fn order(rows: &mut [BoardRow], last_days: &HashMap<UnitId, NaiveDate>) {
    rows.sort_by_key(|row| {
        let last = row.unit_id.and_then(|unit| last_days.get(&unit).copied());
        (
            row.rank.unwrap_or(u32::MAX),
            row.reached_on.unwrap_or(NaiveDate::MAX),
            last.unwrap_or(NaiveDate::MAX),
        )
    });
}

#[cfg(test)]
mod tests {
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
        assert_eq!(tied(&rows), HashSet::from([3, 4, 5].map(UnitId)));
        let day = |text: &str| text.parse().unwrap();
        let last = HashMap::from([
            (UnitId(3), day("2026-11-09")),
            (UnitId(4), day("2026-11-02")),
            (UnitId(5), day("2026-11-09")),
            (UnitId(2), day("2026-10-01")),
        ]);
        order(&mut rows, &last);
        let order: Vec<i32> = rows.iter().filter_map(|row| Some(row.unit_id?.0)).collect();
        assert_eq!(order, [1, 2, 4, 3, 5, 6]);
    }

    #[test]
    fn where_hundreds_are_equal_no_day_is_looked_up() {
        let rows: Vec<BoardRow> = (0..201).map(|unit| row(unit, 1, true, None)).collect();
        assert!(tied(&rows).is_empty());
    }
}
