//! How much of an office's day a group may have, and how it is seated.

use chrono::{DateTime, Utc};

/// A slot with the places that a group may take in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    pub starts_at: DateTime<Utc>,
    /// Their numbers, each with its rev.
    pub places: Vec<(i16, i64)>,
}

/// How many more places groups may take on a day, of those that can be booked on it at all: the rest
/// stays for everybody else.
pub fn share_left(bookable: usize, percent: i16, taken: usize) -> usize {
    let share = bookable * usize::from(percent.clamp(0, 100).unsigned_abs()) / 100;
    share.saturating_sub(taken)
}

/// The first places of these slots, as many as are wanted; slots that give none are left out.
pub fn first_places(rooms: &[Room], mut wanted: usize) -> Vec<Room> {
    let mut kept = Vec::new();
    for room in rooms {
        let mut room = room.clone();
        room.places.truncate(wanted);
        wanted -= room.places.len();
        if !room.places.is_empty() {
            kept.push(room);
        }
    }
    kept
}

/// As many places as are wanted, in the shortest time: from whichever slot the group is through soonest
/// after it begins, the earliest of equals. All there are, when there are too few.
pub fn together(rooms: &[Room], wanted: usize) -> Vec<Room> {
    let begun_in = |from: usize| {
        let kept = first_places(&rooms[from..], wanted);
        let given: usize = kept.iter().map(|room| room.places.len()).sum();
        let span = kept.last()?.starts_at - kept.first()?.starts_at;
        (given == wanted).then_some((span, from, kept))
    };
    let ways = (0..rooms.len()).filter_map(begun_in);
    let best = ways.min_by_key(|(span, from, _)| (*span, *from));
    best.map_or_else(|| first_places(rooms, wanted), |(_, _, kept)| kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn groups_share_half_a_day_and_leave_the_other_half() {
        assert_eq!(share_left(80, 50, 0), 40);
        assert_eq!(
            share_left(81, 50, 30),
            10,
            "rounded down: the others come first"
        );
        assert_eq!(share_left(80, 50, 45), 0);
        assert_eq!(share_left(80, 0, 0), 0);
    }

    fn rooms(sizes: &[i16]) -> Vec<Room> {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let sizes = sizes.iter().enumerate();
        sizes
            .map(|(at, size)| Room {
                starts_at: start + chrono::TimeDelta::minutes(30 * at as i64),
                places: (1..=*size).map(|place_no| (place_no, 0)).collect(),
            })
            .collect()
    }

    fn sizes(rooms: &[Room]) -> Vec<usize> {
        rooms.iter().map(|room| room.places.len()).collect()
    }

    #[test]
    fn a_class_comes_together_and_not_scattered_over_the_day() {
        let day = rooms(&[1, 0, 0, 2, 4, 4, 4]);
        let kept = together(&day, 6);
        assert_eq!(sizes(&kept), [2, 4], "not one early, and the others at ten");
        assert_eq!(kept[0].starts_at, day[3].starts_at);
        assert_eq!(sizes(&together(&day, 8)), [4, 4], "two slots and not three");
        assert_eq!(sizes(&together(&day, 99)), [1, 2, 4, 4, 4]);
        assert!(together(&day, 0).is_empty() && together(&[], 3).is_empty());
    }

    proptest! {
        #[test]
        fn a_group_is_seated_in_order_and_never_gets_more_than_it_wants(
            sizes in prop::collection::vec(0_i16..6, 0..8), wanted in 1_usize..30,
        ) {
            let rooms = rooms(&sizes);
            let there: usize = rooms.iter().map(|room| room.places.len()).sum();
            let kept = together(&rooms, wanted);
            let given: usize = kept.iter().map(|room| room.places.len()).sum();
            prop_assert_eq!(given, wanted.min(there));
            for pair in kept.windows(2) {
                prop_assert!(pair[0].starts_at < pair[1].starts_at);
            }
        }
    }
}
