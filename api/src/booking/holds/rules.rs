//! How many places a family takes, and the work that a stranger's device is asked for.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How many places people of one family take together, who come one after another: less than one
/// each where the table of durations says that they are faster. A place is one person's share of its
/// slot at one kit.
///
/// `minutes` are those of 1, 2, 3… people; without them everybody takes a place.
pub fn places_for(people: usize, minutes: &[i16], slot_min: i16, capacity: i16) -> usize {
    let together = people.checked_sub(1).and_then(|at| minutes.get(at));
    let (Some(&alone), Some(&together)) = (minutes.first(), together) else {
        return people;
    };
    let at_one_kit = (slot_min / alone.max(1)).clamp(1, capacity.max(1));
    let place_min = (slot_min / at_one_kit).max(1);
    let places = together.unsigned_abs().div_ceil(place_min.unsigned_abs());
    usize::from(places).clamp(1, people.max(1))
}

/// Whether the work was done that an unverified hold is asked for.
pub fn is_work_done(
    bits: u8,
    device_id: Uuid,
    office_id: i32,
    starts_at: DateTime<Utc>,
    work: &str,
) -> bool {
    let starts_s = starts_at.timestamp();
    let digest = Sha256::digest(format!("{device_id}|{office_id}|{starts_s}|{work}"));
    let mut zeros = 0;
    for byte in digest {
        zeros += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    zeros >= u32::from(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_of_four_at_one_kit_needs_two_half_hours_and_not_four() {
        let minutes = [15, 25, 35, 45, 55, 65];
        assert_eq!(places_for(4, &minutes, 30, 1), 2, "45 of 60 minutes");
        assert_eq!(places_for(4, &minutes, 30, 4), 3, "places of 15 minutes");
        assert_eq!(places_for(4, &minutes, 15, 1), 3, "quarters of an hour");
        assert_eq!(places_for(1, &minutes, 30, 1), 1);
        assert_eq!(places_for(2, &minutes, 10, 1), 2, "never more than people");
        assert_eq!(
            places_for(3, &[], 30, 4),
            3,
            "nothing is known of the service"
        );
    }

    #[test]
    fn work_is_counted_in_leading_zero_bits() {
        let device = Uuid::nil();
        let done = (0..10_000)
            .map(|n| n.to_string())
            .find(|work| is_work_done(8, device, 1, DateTime::UNIX_EPOCH, work))
            .unwrap();
        assert!(!is_work_done(8, device, 2, DateTime::UNIX_EPOCH, &done));
        assert!(is_work_done(0, device, 2, DateTime::UNIX_EPOCH, ""));
    }
}
