//! Slots from hours, places from shares. No clock, no database.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::booking::OfficeHours;
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::opening::DaySession;
use mobile_contracts::working_calendar::WorkingCalendar;

use crate::booking::offices::days::{Days, Effect, Exception, OfficeDayPlan, Stations};
use crate::booking::offices::lengths::Lengths;

/// What decides an office's slots and their places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timetable {
    pub hours: Vec<OfficeHours>,
    pub open_on_holidays: bool,
    pub calendar: Arc<WorkingCalendar>,
    /// In the order in which they were made; those that are over may be missing.
    pub exceptions: Vec<Exception>,
    pub stations: Stations,
    /// Places added to the slots that start then.
    pub extra: BTreeMap<DateTime<Utc>, i16>,
    pub lengths: Lengths,
    pub lead_min: i16,
    pub same_day_share: i16,
    pub release_min: i16,
    pub walk_in_places: i16,
    pub unverified_share: i16,
}

/// A slot as the hours make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotPlan {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// No hold starts later.
    pub closes_at: DateTime<Utc>,
    /// Places by hours, desks and kits.
    pub capacity: i16,
    /// Places that were added to this slot alone.
    pub extra: i16,
}

/// A place as the shares make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacePlan {
    pub place_no: i16,
    /// `None`: never, it is for walk-ins.
    pub opens_at: Option<DateTime<Utc>>,
    pub for_unverified: bool,
}

impl Timetable {
    /// Whether there is any day with a slot: by weekly hours, or by an exception.
    pub fn opens_ever(&self) -> bool {
        let opens = |exception: &Exception| matches!(exception.effect, Effect::Open(..));
        !self.hours.is_empty() || self.exceptions.iter().any(opens)
    }

    /// The day as this office means it.
    pub fn plan_of(&self, day: NaiveDate) -> OfficeDayPlan {
        let days = Days {
            hours: &self.hours,
            open_on_holidays: self.open_on_holidays,
            calendar: &self.calendar,
            exceptions: &self.exceptions,
        };
        days.plan_of(day)
    }

    /// The slots of one local day, in order. None crosses the end of its session; one without a place
    /// is none.
    pub fn slots_of(&self, day: NaiveDate) -> Vec<SlotPlan> {
        let midnight = local_day_bounds(day).start;
        let plan = self.plan_of(day);
        let step = self.lengths.on(day).max(1);
        let mut slots: Vec<SlotPlan> = plan
            .sessions
            .iter()
            .flat_map(|session| {
                (session.opens_min..session.closes_min)
                    .step_by(step as usize)
                    .filter(move |start| start + step <= session.closes_min)
                    .map(move |start| (session, start))
            })
            .filter_map(|(session, start)| self.slot(&plan, midnight, session, start..start + step))
            .collect();
        slots.sort_by_key(|slot| slot.starts_at);
        slots
    }

    fn slot(
        &self,
        plan: &OfficeDayPlan,
        midnight: DateTime<Utc>,
        session: &DaySession,
        minutes: Range<i16>,
    ) -> Option<SlotPlan> {
        let starts_at = midnight + TimeDelta::minutes(minutes.start.into());
        let ends_at = midnight + TimeDelta::minutes(minutes.end.into());
        let capacity = plan.capacity_of(session, &minutes)?;
        let bound = self.stations.bound(&(starts_at..ends_at));
        let slot = SlotPlan {
            starts_at,
            ends_at,
            closes_at: starts_at - TimeDelta::minutes(self.lead_min.into()),
            capacity: bound.map_or(capacity, |bound| bound.min(capacity)),
            extra: self.extra.get(&starts_at).copied().unwrap_or(0),
        };
        (slot.capacity + slot.extra > 0).then_some(slot)
    }

    /// The slot that starts then, if the hours make one.
    pub fn slot_at(&self, starts_at: DateTime<Utc>) -> Option<SlotPlan> {
        self.slots_of(local_day(starts_at))
            .into_iter()
            .find(|plan| plan.starts_at == starts_at)
    }

    /// Places 1 to the capacity: those for any day, those for the same day, those for walk-ins; then
    /// those that were added, for anybody at once.
    pub fn places_of(&self, slot: &SlotPlan) -> Vec<PlacePlan> {
        let walk_in = self.walk_in_places.clamp(0, slot.capacity);
        let bookable = slot.capacity - walk_in;
        let same_day = share_of(bookable, self.same_day_share);
        (1..=slot.capacity + slot.extra)
            .map(|place_no| PlacePlan {
                place_no,
                opens_at: if place_no > slot.capacity {
                    Some(DateTime::UNIX_EPOCH)
                } else if place_no > bookable {
                    None
                } else if place_no > bookable - same_day {
                    Some(self.release_of(slot))
                } else {
                    Some(DateTime::UNIX_EPOCH)
                },
                for_unverified: is_for_unverified(place_no, self.unverified_share),
            })
            .collect()
    }

    /// When the same-day places of a slot open: at the office's hour, or with the day where the slot
    /// would close before that hour.
    fn release_of(&self, slot: &SlotPlan) -> DateTime<Utc> {
        let midnight = local_day_bounds(local_day(slot.starts_at)).start;
        let release = midnight + TimeDelta::minutes(self.release_min.into());
        if release < slot.closes_at {
            release
        } else {
            midnight
        }
    }
}

/// A share in percent of a number of places, half up.
fn share_of(places: i16, percent: i16) -> i16 {
    (places * percent.clamp(0, 100) + 50) / 100
}

/// Spreads the places for strangers evenly over the numbers, so that each kind of place has its part
/// of them. Rounded up: a slot with one place can be booked by anybody.
fn is_for_unverified(place_no: i16, percent: i16) -> bool {
    let up_to = |places: i16| (places * percent.clamp(0, 100) + 99) / 100;
    up_to(place_no) > up_to(place_no - 1)
}

/// The minute of its local day in which an instant lies, 0 to 1439.
pub fn minute_of_day(at: DateTime<Utc>) -> i16 {
    let since_midnight = at - local_day_bounds(local_day(at)).start;
    // A day has 1,440 minutes: no offset changes in Vietnam.
    since_midnight.num_minutes() as i16
}

/// The field of a place in its day's hash: local start and number, `0730.2`.
pub fn field(starts_at: DateTime<Utc>, place_no: i16) -> String {
    let minutes = minute_of_day(starts_at);
    format!("{:02}{:02}.{place_no}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn timetable(hours: Vec<OfficeHours>) -> Timetable {
        Timetable {
            hours,
            lengths: Lengths::always(30),
            lead_min: 15,
            same_day_share: 30,
            release_min: 360,
            unverified_share: 50,
            ..Timetable::default()
        }
    }

    fn session(weekday: i16, session: i16, opens_min: i16, closes_min: i16) -> OfficeHours {
        OfficeHours {
            weekday,
            session,
            opens_min,
            closes_min,
            capacity: 4,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn slots_exist_the_moment_hours_do_and_none_crosses_lunch() {
        let office = timetable(vec![session(1, 1, 450, 690), session(1, 2, 810, 1005)]);
        let slots = office.slots_of(day("2026-11-23"));
        assert_eq!(slots.len(), 8 + 6, "the last quarter of an hour is no slot");
        assert_eq!(slots[0].starts_at.to_rfc3339(), "2026-11-23T00:30:00+00:00");
        assert_eq!(slots[7].ends_at.to_rfc3339(), "2026-11-23T04:30:00+00:00");
        assert!(office.slots_of(day("2026-11-24")).is_empty());
    }

    #[test]
    fn an_office_that_is_always_open_has_slots_around_midnight() {
        let office = timetable(vec![session(1, 1, 0, 720), session(1, 2, 720, 1440)]);
        let slots = office.slots_of(day("2026-11-23"));
        assert_eq!(slots.len(), 48);
        assert_eq!(
            slots[47].ends_at,
            local_day_bounds(day("2026-11-23")).end,
            "the day ends with its last slot"
        );
        assert_eq!(field(slots[0].starts_at, 3), "0000.3");
        assert_eq!(field(slots[47].starts_at, 12), "2330.12");
    }

    #[test]
    fn a_share_of_the_places_opens_on_the_day_itself_and_walk_ins_never() {
        let mut office = timetable(vec![session(1, 1, 450, 690)]);
        office.walk_in_places = 1;
        let slot = &office.slots_of(day("2026-11-23"))[0];
        let opens: Vec<Option<String>> = office
            .places_of(slot)
            .iter()
            .map(|place| place.opens_at.map(|at| at.to_rfc3339()))
            .collect();
        assert_eq!(opens[0].as_deref(), Some("1970-01-01T00:00:00+00:00"));
        assert_eq!(opens[2].as_deref(), Some("2026-11-22T23:00:00+00:00"));
        assert_eq!(opens[3], None);
    }

    #[test]
    fn kits_bound_the_hours_and_added_places_stand_beyond_both() {
        let mut office = timetable(vec![session(1, 1, 450, 690)]);
        let slots = office.slots_of(day("2026-11-23"));
        let (first, second) = (slots[0].starts_at, slots[1].starts_at);
        office.stations.people_per_kit = 2;
        office.stations.kits = vec![Some(first..second)];
        office.extra.insert(second, 3);
        let slots = office.slots_of(day("2026-11-23"));
        assert_eq!(slots[0].starts_at, second, "without a kit there is no slot");
        assert_eq!((slots[0].capacity, slots[0].extra), (2, 3));
        let places = office.places_of(&slots[0]);
        assert_eq!(places.len(), 5);
        assert_eq!(places[4].opens_at, Some(DateTime::UNIX_EPOCH));
    }

    #[test]
    fn a_slot_before_the_release_hour_opens_with_its_day() {
        let office = timetable(vec![session(1, 1, 60, 120)]);
        let slot = &office.slots_of(day("2026-11-23"))[0];
        let last = office.places_of(slot).pop().unwrap();
        assert_eq!(
            last.opens_at,
            Some(local_day_bounds(day("2026-11-23")).start)
        );
    }

    #[test]
    fn another_length_holds_from_its_day_on() {
        let mut office = timetable(vec![session(1, 1, 450, 690)]);
        office.lengths = Lengths::new(30, [(day("2026-11-30"), 60)]);
        assert_eq!(office.slots_of(day("2026-11-23")).len(), 8);
        let slots = office.slots_of(day("2026-11-30"));
        assert_eq!(slots.len(), 4);
        let length = slots[0].ends_at - slots[0].starts_at;
        assert_eq!(length, TimeDelta::minutes(60));
    }

    proptest! {
        #[test]
        fn slots_never_meet_and_stay_within_their_session(
            opens in 0_i16..1400, length in 10_i16..1440, slot_min in prop::sample::select(vec![10_i16, 15, 20, 30, 60]),
        ) {
            let closes = (opens + length).min(1440);
            let mut office = timetable(vec![session(1, 1, opens, closes)]);
            office.lengths = Lengths::always(slot_min);
            let day = day("2026-11-23");
            let midnight = local_day_bounds(day).start;
            let slots = office.slots_of(day);
            prop_assert_eq!(slots.len() as i16, (closes - opens) / slot_min);
            for pair in slots.windows(2) {
                prop_assert!(pair[0].ends_at <= pair[1].starts_at);
            }
            for slot in &slots {
                prop_assert!(slot.starts_at >= midnight + TimeDelta::minutes(opens.into()));
                prop_assert!(slot.ends_at <= midnight + TimeDelta::minutes(closes.into()));
                prop_assert_eq!(office.slot_at(slot.starts_at), Some(slot.clone()));
            }
        }

        #[test]
        fn shares_add_up_to_the_capacity(
            capacity in 1_i16..=50, share in 0_i16..=100, walk_in in 0_i16..=50, unverified in 0_i16..=100,
        ) {
            let mut office = timetable(vec![session(1, 1, 450, 480)]);
            office.hours[0].capacity = capacity;
            office.same_day_share = share;
            office.walk_in_places = walk_in;
            office.unverified_share = unverified;
            let slot = &office.slots_of(day("2026-11-23"))[0];
            let places = office.places_of(slot);
            prop_assert_eq!(places.len() as i16, capacity);
            let walk_ins = places.iter().filter(|place| place.opens_at.is_none()).count() as i16;
            prop_assert_eq!(walk_ins, walk_in.min(capacity));
            let strangers = places.iter().filter(|place| place.for_unverified).count() as i16;
            prop_assert_eq!(strangers, (capacity * unverified + 99) / 100);
        }
    }
}
