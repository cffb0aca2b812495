//! Who keeps a place when there are fewer, and where the others go. No clock, no database.

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AppointmentId, OfficeId};
use uuid::Uuid;

use crate::booking::appointments::claims::share;
use crate::booking::slots::rules::PlacePlan;

/// How many days later somebody may be asked to come.
pub const LATER_DAYS_MAX: i64 = 14;

/// A place as it is, and who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceNow {
    pub place_no: i16,
    pub opens_at: Option<DateTime<Utc>>,
    pub for_unverified: bool,
    pub withdrawn: bool,
    /// It takes no time of its own: its guest is served in the time of another one of the family.
    pub rides: bool,
    pub guest: Option<Guest>,
}

/// Somebody who has a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    pub appointment_id: AppointmentId,
    pub party_id: Uuid,
    pub booked_at: DateTime<Utc>,
    /// Booked, and none of the party is here yet: whoever is at the desk stays there.
    pub can_move: bool,
}

/// What a slot becomes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fit {
    /// Places to be made so, or added.
    pub places: Vec<PlacePlan>,
    /// Places that are there no more.
    pub withdrawn: Vec<i16>,
    /// Parties that lose their places, the earliest booking first.
    pub losing: Vec<Vec<AppointmentId>>,
}

/// Fits a slot to its new plan: as many places as planned, those in use first. Who booked earlier stays,
/// as far as the whole party fits. Booked places keep their numbers.
pub fn fit(planned: &[PlacePlan], now: &[PlaceNow]) -> Fit {
    let (kept, losing) = choose(planned.len(), now);
    let find = |place_no: i16| kept.iter().find(|row| row.place_no == place_no);
    let in_use = kept.iter().filter(|row| !row.rides).count();
    let mut free = planned.len().saturating_sub(in_use);
    let planned: Vec<&PlacePlan> = planned
        .iter()
        .filter(|place| match find(place.place_no) {
            Some(row) => !row.rides,
            None => {
                let stays = free > 0;
                free -= usize::from(stays);
                stays
            }
        })
        .collect();
    let is_same = |place: &PlacePlan| {
        now.iter().any(|row| {
            let is_own = !row.withdrawn && !row.rides;
            let plan = (row.place_no, row.opens_at, row.for_unverified);
            is_own && plan == (place.place_no, place.opens_at, place.for_unverified)
        })
    };
    let is_planned = |place_no: i16| planned.iter().any(|place| place.place_no == place_no);
    let gone = now
        .iter()
        .filter(|row| !row.withdrawn && !row.rides)
        .filter(|row| find(row.place_no).is_none() && !is_planned(row.place_no));
    Fit {
        withdrawn: gone.map(|row| row.place_no).collect(),
        places: planned
            .iter()
            .filter(|place| !is_same(place))
            .map(|place| (*place).clone())
            .collect(),
        losing,
    }
}

/// The places whose guests stay, and the parties that go.
fn choose(capacity: usize, now: &[PlaceNow]) -> (Vec<&PlaceNow>, Vec<Vec<AppointmentId>>) {
    let mut parties: Vec<Vec<(&PlaceNow, &Guest)>> = Vec::new();
    for row in now {
        let Some(guest) = &row.guest else { continue };
        let same = |party: &&mut Vec<(_, &Guest)>| party[0].1.party_id == guest.party_id;
        match parties.iter_mut().find(same) {
            Some(party) => party.push((row, guest)),
            None => parties.push(vec![(row, guest)]),
        }
    }
    let stays = |party: &[(&PlaceNow, &Guest)]| party.iter().any(|(_, guest)| !guest.can_move);
    parties.sort_by_key(|party| {
        let (_, guest) = party[0];
        (!stays(party), guest.booked_at, guest.party_id)
    });
    let (mut kept, mut losing) = (Vec::new(), Vec::new());
    let mut in_use = 0;
    for party in parties {
        let places = party.iter().filter(|(row, _)| !row.rides).count();
        if stays(&party) || in_use + places <= capacity {
            kept.extend(party.iter().map(|(row, _)| *row));
            in_use += places;
        } else {
            losing.push(
                party
                    .iter()
                    .map(|(_, guest)| guest.appointment_id)
                    .collect(),
            );
        }
    }
    (kept, losing)
}

/// A party that needs other places, one slot after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub people: Vec<AppointmentId>,
    pub office_id: OfficeId,
    /// When the first of them was to come.
    pub starts_at: DateTime<Utc>,
    pub service_code: String,
}

/// A slot with places that may be given to those who lose theirs. Those of one office follow one
/// another in order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub free: usize,
    pub capacity: i16,
}

/// What a party is asked about a slot.
pub struct Asked<'a> {
    /// How far somebody is sent: 0 the same office, 1 the same commune, 2 farther; `None`: not at all,
    /// or the office does not do the service.
    pub distance: &'a dyn Fn(&Party, OfficeId, NaiveDate) -> Option<u8>,
    /// How many places the party takes there.
    pub places: &'a dyn Fn(&Party, &Target) -> usize,
}

/// The day, how far, the hour, and then whichever: smaller is asked first.
type Rank = (NaiveDate, u8, DateTime<Utc>, OfficeId);

/// Where each party may begin, in the order in which it is asked: the same day before later days, near
/// before far, early before late. Nobody is asked to come earlier than was agreed.
pub fn ways(party: &Party, targets: &[Target], asked: &Asked<'_>) -> Vec<usize> {
    let agreed_on = local_day(party.starts_at);
    let mut ways: Vec<(Rank, usize)> = Vec::new();
    for (at, target) in targets.iter().enumerate() {
        let on = local_day(target.starts_at);
        let later = (on - agreed_on).num_days();
        let reachable = target.starts_at >= party.starts_at && later <= LATER_DAYS_MAX;
        let far = (asked.distance)(party, target.office_id, on);
        if let Some(far) = far.filter(|_| reachable) {
            ways.push(((on, far, target.starts_at, target.office_id), at));
        }
    }
    ways.sort_unstable();
    ways.into_iter().map(|(_, at)| at).collect()
}

/// So many places of a target.
pub type Taken = (usize, usize);

/// The places of a party that begins in this slot: each slot but the last gives all that is free, none
/// gives nothing, and no gap lies between.
pub fn room(targets: &[Target], at: usize, places: usize) -> Option<Vec<Taken>> {
    let (mut taken, mut left) = (Vec::new(), places);
    for (index, target) in targets.iter().enumerate().skip(at) {
        let before = taken.last().map(|(before, _): &Taken| &targets[*before]);
        let follows = before.is_none_or(|before| {
            (before.office_id, before.ends_at) == (target.office_id, target.starts_at)
        });
        if !follows || target.free == 0 {
            return None;
        }
        taken.push((index, target.free.min(left)));
        left = left.saturating_sub(target.free);
        if left == 0 {
            return Some(taken);
        }
    }
    None
}

/// Which target each person of a party comes to, where places are taken so: each place has about as
/// many people.
pub fn spread(people: &[AppointmentId], taken: &[Taken]) -> Vec<usize> {
    let places: Vec<usize> = taken
        .iter()
        .flat_map(|(target, count)| std::iter::repeat_n(*target, *count))
        .collect();
    let of_place = |(at, target): (usize, &usize)| {
        let sharing = share(people, at, places.len()).len();
        std::iter::repeat_n(*target, sharing)
    };
    places.iter().enumerate().flat_map(of_place).collect()
}

/// Gives each party the first of its ways that has room for all of it, in the parties' order, and
/// takes the places from the targets.
pub fn assign(
    parties: &[Party],
    targets: &mut [Target],
    asked: &Asked<'_>,
) -> Vec<Option<Vec<Taken>>> {
    parties
        .iter()
        .map(|party| {
            let found = ways(party, targets, asked)
                .into_iter()
                .find_map(|at| room(targets, at, (asked.places)(party, &targets[at])));
            for (at, count) in found.iter().flatten() {
                targets[*at].free -= count;
            }
            found
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn at(hours: i64) -> DateTime<Utc> {
        // Midnight in Vietnam.
        let midnight: DateTime<Utc> = "2026-11-30T17:00:00Z".parse().unwrap();
        midnight + TimeDelta::hours(hours)
    }

    fn planned(count: i16) -> Vec<PlacePlan> {
        (1..=count)
            .map(|place_no| PlacePlan {
                place_no,
                opens_at: Some(DateTime::UNIX_EPOCH),
                for_unverified: true,
            })
            .collect()
    }

    fn person(number: u128) -> AppointmentId {
        AppointmentId(Uuid::from_u128(number))
    }

    /// A place with somebody of this party, who booked in this order.
    fn taken(place_no: i16, party: u128, order: i64) -> PlaceNow {
        PlaceNow {
            place_no,
            opens_at: Some(DateTime::UNIX_EPOCH),
            for_unverified: true,
            withdrawn: false,
            rides: false,
            guest: Some(Guest {
                appointment_id: person(place_no as u128),
                party_id: Uuid::from_u128(party),
                booked_at: at(0) + TimeDelta::seconds(order),
                can_move: true,
            }),
        }
    }

    fn free(place_no: i16) -> PlaceNow {
        PlaceNow {
            guest: None,
            ..taken(place_no, 0, 0)
        }
    }

    #[test]
    fn who_booked_earlier_stays_and_places_keep_their_numbers() {
        let now = [taken(1, 1, 9), free(2), taken(3, 3, 1), taken(4, 4, 5)];
        let fit = fit(&planned(2), &now);
        assert_eq!(fit.losing, [[person(1)]]);
        assert_eq!(fit.withdrawn, [1, 2], "3 and 4 are in use");
        assert!(fit.places.is_empty());
    }

    #[test]
    fn a_slot_that_grows_gets_places_and_one_that_is_gone_loses_all() {
        let now = [taken(1, 1, 1), free(2)];
        let more = fit(&planned(4), &now);
        assert_eq!(more.places, planned(4)[2..]);
        assert!(more.losing.is_empty() && more.withdrawn.is_empty());
        let gone = fit(&[], &now);
        assert_eq!(gone.losing, [[person(1)]]);
        assert_eq!(gone.withdrawn, [1, 2]);
        let back = fit(
            &planned(2),
            &[PlaceNow {
                withdrawn: true,
                opens_at: None,
                ..free(1)
            }],
        );
        assert_eq!(back.places, planned(2));
    }

    #[test]
    fn a_party_stays_whole_or_goes_whole() {
        let now = [
            taken(1, 7, 1),
            taken(2, 7, 1),
            taken(3, 7, 1),
            taken(4, 8, 2),
        ];
        let fit = fit(&planned(2), &now);
        assert_eq!(fit.losing, [[person(1), person(2), person(3)]]);
    }

    #[test]
    fn whoever_is_at_the_desk_stays_there() {
        let mut here = taken(1, 1, 9);
        here.guest.as_mut().unwrap().can_move = false;
        let fit = fit(&[], &[here, taken(2, 2, 1)]);
        assert_eq!(fit.losing, [[person(2)]]);
        assert_eq!(fit.withdrawn, [2]);
    }

    fn party(number: u128, size: usize, starts_at: DateTime<Utc>) -> Party {
        Party {
            people: (0..size)
                .map(|at| person(number * 10 + at as u128))
                .collect(),
            office_id: OfficeId(1),
            starts_at,
            service_code: "cccd_new".to_owned(),
        }
    }

    fn target(office: i32, starts_at: DateTime<Utc>, free: usize) -> Target {
        Target {
            office_id: OfficeId(office),
            starts_at,
            ends_at: starts_at + TimeDelta::hours(1),
            free,
            capacity: 9,
        }
    }

    /// Every office but one's own is a neighbour; everybody takes a place.
    const ASKED: Asked<'static> = Asked {
        distance: &|party, office_id, _| Some(u8::from(party.office_id != office_id)),
        places: &|party, _| party.people.len(),
    };

    #[test]
    fn the_same_day_comes_first_then_the_same_office_then_the_earliest_hour() {
        let targets = [
            target(1, at(24 + 8), 9),
            target(2, at(14), 9),
            target(1, at(16), 9),
            target(1, at(15), 9),
            target(1, at(7), 9),
            target(1, at(24 * 15 + 8), 9),
        ];
        let ways = ways(&party(1, 1, at(8)), &targets, &ASKED);
        assert_eq!(ways, [3, 2, 1, 0], "not earlier, and not two weeks later");
    }

    #[test]
    fn parties_find_room_together_or_not_at_all() {
        let mut targets = [
            target(1, at(14), 2),
            target(1, at(16), 3),
            target(1, at(17), 1),
        ];
        let parties = [party(1, 3, at(8)), party(2, 2, at(9)), party(3, 2, at(10))];
        let found = assign(&parties, &mut targets, &ASKED);
        assert_eq!(found, [Some(vec![(1, 3)]), Some(vec![(0, 2)]), None]);
        assert_eq!((targets[0].free, targets[1].free), (0, 0));
    }

    #[test]
    fn a_party_runs_on_into_the_next_slot_but_over_no_gap() {
        let targets = [
            target(1, at(14), 2),
            target(1, at(15), 3),
            target(1, at(17), 9),
        ];
        assert_eq!(room(&targets, 0, 4), Some(vec![(0, 2), (1, 2)]));
        assert_eq!(room(&targets, 0, 6), None, "an hour lies between");
        let people = party(1, 5, at(8)).people;
        assert_eq!(spread(&people, &[(0, 1), (1, 2)]), [0, 1, 1, 1, 1]);
    }

    #[test]
    fn who_rides_on_a_place_takes_none() {
        let rider = |place_no, party| PlaceNow {
            rides: true,
            opens_at: None,
            ..taken(place_no, party, 1)
        };
        let now = [taken(1, 7, 1), taken(2, 8, 2), rider(251, 7), rider(252, 7)];
        let same = fit(&planned(2), &now);
        assert_eq!(same, Fit::default());
        let fewer = fit(&planned(1), &now);
        assert_eq!(fewer.losing, [[person(2)]]);
        assert_eq!(fewer.withdrawn, [2]);
        let gone = fit(&[], &now);
        assert_eq!(gone.losing.concat().len(), 4);
        assert_eq!(gone.withdrawn, [1, 2], "what rides is not for sale anyway");
    }

    proptest! {
        #[test]
        fn fitting_never_overfills_and_forgets_nobody(
            capacity in 0_i16..12,
            guests in prop::collection::vec((0_u128..6, 0_i64..4, any::<bool>()), 0..12),
        ) {
            let now: Vec<PlaceNow> = (1_i16..).zip(&guests).map(|(place_no, (party, order, can_move))| {
                let mut place = taken(place_no, *party, *order);
                place.guest.as_mut().unwrap().can_move = *can_move;
                place
            }).collect();
            let fit = fit(&planned(capacity), &now);
            let losing: Vec<AppointmentId> = fit.losing.concat();
            let staying: Vec<&Guest> = now.iter().filter_map(|place| place.guest.as_ref())
                .filter(|guest| !losing.contains(&guest.appointment_id)).collect();
            prop_assert_eq!(staying.len() + losing.len(), guests.len());
            // Beyond the capacity stay only those who came with somebody who is here already.
            let here: Vec<Uuid> = staying.iter().filter(|guest| !guest.can_move).map(|guest| guest.party_id).collect();
            let could_go = staying.iter().filter(|guest| !here.contains(&guest.party_id)).count();
            prop_assert!(could_go == 0 || staying.len() <= capacity as usize);
            for guest in &staying {
                let split = now.iter().filter_map(|place| place.guest.as_ref())
                    .any(|other| other.party_id == guest.party_id && losing.contains(&other.appointment_id));
                prop_assert!(!split, "a party was split");
            }
            // What is left of the places: never more than planned, unless people keep them.
            let withdrawn = now.iter().filter(|place| fit.withdrawn.contains(&place.place_no)).count();
            let added = fit.places.iter().filter(|place| place.place_no as usize > now.len()).count();
            prop_assert!(now.len() - withdrawn + added <= staying.len().max(capacity as usize));
        }

        #[test]
        fn assigning_never_overfills_never_splits_and_keeps_the_order(
            sizes in prop::collection::vec((1_usize..4, 0_i64..6), 1..20),
            rooms in prop::collection::vec((1_i32..4, 6_i64..60, 0_usize..6), 0..20),
        ) {
            let mut parties: Vec<Party> = (1..).zip(&sizes)
                .map(|(number, (size, hour))| party(number, *size, at(8 + hour))).collect();
            parties.sort_by_key(|party| party.starts_at);
            let before: Vec<Target> = rooms.iter().map(|(office, hour, free)| target(*office, at(*hour), *free)).collect();
            let mut targets = before.clone();
            let found = assign(&parties, &mut targets, &ASKED);
            for (index, target) in before.iter().enumerate() {
                let came: usize = found.iter().flatten().flatten()
                    .filter(|(at, _)| *at == index).map(|(_, count)| count).sum();
                prop_assert!(came <= target.free);
                prop_assert_eq!(targets[index].free, target.free - came);
            }
            for (party, to) in parties.iter().zip(&found) {
                let Some(to) = to else { continue };
                let spread = spread(&party.people, to);
                prop_assert_eq!(spread.len(), party.people.len(), "nobody is left behind");
                prop_assert!(spread.is_sorted());
                for pair in to.windows(2) {
                    prop_assert_eq!(before[pair[0].0].ends_at, before[pair[1].0].starts_at);
                }
            }
            let began = |to: &Option<Vec<Taken>>| to.as_ref().map(|to| to[0].0);
            for (earlier, to) in parties.iter().zip(&found) {
                let ways_of = ways(earlier, &before, &ASKED);
                if let Some(to) = began(to) {
                    prop_assert!(before[to].starts_at >= earlier.starts_at);
                }
                // Of two parties of one size, the later one never gets what the earlier one would
                // rather have had.
                for (later, later_to) in parties.iter().zip(&found) {
                    let same = later.people.len() == earlier.people.len();
                    if same && later.starts_at > earlier.starts_at && let Some(later_to) = began(later_to) {
                        let rank = |at: usize| ways_of.iter().position(|way| *way == at);
                        if let Some(wished) = rank(later_to) {
                            let got = began(to).and_then(rank);
                            prop_assert!(got.is_some_and(|got| got <= wished));
                        }
                    }
                }
            }
        }
    }
}
