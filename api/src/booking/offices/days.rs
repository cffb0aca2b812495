//! An office's day: weekly hours, holidays, and the exceptions that stand over both. No clock, no
//! database.

use std::ops::Range;

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::booking::OfficeHours;
use mobile_contracts::opening::{DayPlace, DaySession};
use mobile_contracts::working_calendar::{DayKind, WorkingCalendar, weekday_of};

/// An exception as the rule needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    pub from_on: NaiveDate,
    pub to_on: NaiveDate,
    pub effect: Effect,
    /// What citizens read.
    pub note: String,
}

/// What an exception does to each of its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Closed in these minutes after midnight.
    Closed(Range<i16>),
    /// So many places in slots that start in these minutes.
    Capacity(Range<i16>, i16),
    /// Open in these sessions; if there are none, in those of the weekday.
    Open(Vec<DaySession>, Option<DayPlace>),
}

/// A day as an office means it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfficeDayPlan {
    pub sessions: Vec<DaySession>,
    /// Minutes after midnight in which no slot lies.
    pub closed: Vec<Range<i16>>,
    /// Minutes after midnight with another capacity, the last one standing over the others.
    pub capacities: Vec<(Range<i16>, i16)>,
    /// Where it stands, if not where it always does.
    pub place: Option<DayPlace>,
    /// Why the day is other than the weeks.
    pub note: Option<String>,
}

impl OfficeDayPlan {
    /// The places of a slot by its hours, unless the slot is closed.
    pub fn capacity_of(&self, session: &DaySession, slot: &Range<i16>) -> Option<i16> {
        let meets = |closed: &Range<i16>| closed.start < slot.end && slot.start < closed.end;
        if self.closed.iter().any(meets) {
            return None;
        }
        let mut others = self.capacities.iter().rev();
        let other = others.find(|(minutes, _)| minutes.contains(&slot.start));
        Some(other.map_or(session.capacity, |(_, capacity)| *capacity))
    }
}

/// Weekly hours and what stands over them.
#[derive(Debug, Clone, Copy)]
pub struct Days<'a> {
    pub hours: &'a [OfficeHours],
    pub open_on_holidays: bool,
    pub calendar: &'a WorkingCalendar,
    /// In the order in which they were made.
    pub exceptions: &'a [Exception],
}

impl Days<'_> {
    /// What this day is.
    pub fn plan_of(&self, day: NaiveDate) -> OfficeDayPlan {
        let (weekday, mut plan) = match self.calendar.kind_of(day) {
            DayKind::Off { because } if !self.open_on_holidays => {
                let note = Some(because);
                let closed = OfficeDayPlan {
                    note,
                    ..OfficeDayPlan::default()
                };
                (weekday_of(day), closed)
            }
            DayKind::Working {
                like_weekday,
                because,
            } => {
                let sessions = self.sessions_of(like_weekday);
                let note = Some(because).filter(|because| !because.is_empty());
                let open = OfficeDayPlan {
                    sessions,
                    note,
                    ..OfficeDayPlan::default()
                };
                (like_weekday, open)
            }
            DayKind::Off { .. } | DayKind::WeeklyRest => {
                let sessions = self.sessions_of(weekday_of(day));
                let open = OfficeDayPlan {
                    sessions,
                    ..OfficeDayPlan::default()
                };
                (weekday_of(day), open)
            }
        };
        for exception in self.exceptions {
            if (exception.from_on..=exception.to_on).contains(&day) {
                self.lay_over(&mut plan, weekday, exception);
            }
        }
        plan
    }

    fn lay_over(&self, plan: &mut OfficeDayPlan, weekday: u8, exception: &Exception) {
        match &exception.effect {
            Effect::Closed(minutes) => plan.closed.push(minutes.clone()),
            Effect::Capacity(minutes, capacity) => {
                plan.capacities.push((minutes.clone(), *capacity));
            }
            Effect::Open(sessions, place) => {
                *plan = OfficeDayPlan {
                    sessions: match sessions.is_empty() {
                        true => self.sessions_of(weekday),
                        false => sessions.clone(),
                    },
                    place: place.clone(),
                    ..OfficeDayPlan::default()
                };
            }
        }
        if !exception.note.is_empty() {
            plan.note = Some(exception.note.clone());
        }
    }

    fn sessions_of(&self, weekday: u8) -> Vec<DaySession> {
        self.hours
            .iter()
            .filter(|hours| hours.weekday == i16::from(weekday))
            .map(|hours| DaySession {
                opens_min: hours.opens_min,
                closes_min: hours.closes_min,
                capacity: hours.capacity,
            })
            .collect()
    }
}

/// Desks and kits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stations {
    /// `None`: as many as there are kits.
    pub desks: Option<i16>,
    pub people_per_kit: i16,
    /// Of each kit, when it is out of order.
    pub kits: Vec<Option<Range<DateTime<Utc>>>>,
}

impl Stations {
    /// The most people that can be served in a slot; `None` if neither desks nor kits are known.
    pub fn bound(&self, slot: &Range<DateTime<Utc>>) -> Option<i16> {
        let works = |outage: &Option<Range<DateTime<Utc>>>| {
            outage
                .as_ref()
                .is_none_or(|out| slot.end <= out.start || out.end <= slot.start)
        };
        let working = i16::try_from(self.kits.iter().filter(|kit| works(kit)).count());
        let working = working.unwrap_or(i16::MAX);
        let stations = match (self.desks, self.kits.is_empty()) {
            (None, true) => return None,
            (Some(desks), true) => desks,
            (None, false) => working,
            (Some(desks), false) => desks.min(working),
        };
        Some(stations.saturating_mul(self.people_per_kit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use mobile_contracts::ids::UnitId;
    use mobile_contracts::working_calendar::DayOverride;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn week() -> Vec<OfficeHours> {
        let session = |weekday, session, opens_min, closes_min| OfficeHours {
            weekday,
            session,
            opens_min,
            closes_min,
            capacity: weekday,
        };
        (1..=5)
            .flat_map(|weekday| {
                [
                    session(weekday, 1, 450, 690),
                    session(weekday, 2, 810, 1020),
                ]
            })
            .collect()
    }

    fn plan(on: &str, open_on_holidays: bool, exceptions: &[Exception]) -> OfficeDayPlan {
        let days = Days {
            hours: &week(),
            open_on_holidays,
            calendar: &WorkingCalendar::default(),
            exceptions,
        };
        days.plan_of(day(on))
    }

    fn on(day_on: &str, effect: Effect) -> Exception {
        Exception {
            from_on: day(day_on),
            to_on: day(day_on),
            effect,
            note: "ghi chú".to_owned(),
        }
    }

    #[test]
    fn a_holiday_is_closed_and_says_why_unless_the_office_opens_on_holidays() {
        let closed = plan("2026-11-24", false, &[]);
        assert!(closed.sessions.is_empty());
        assert_eq!(closed.note.as_deref(), Some("Ngày Văn hóa Việt Nam"));
        assert_eq!(plan("2026-11-24", true, &[]).sessions.len(), 2);
        let drive = [on("2026-11-24", Effect::Open(Vec::new(), None))];
        let open = plan("2026-11-24", false, &drive);
        assert_eq!(open.sessions.len(), 2);
        assert_eq!(open.note.as_deref(), Some("ghi chú"));
    }

    #[test]
    fn a_swapped_saturday_has_the_hours_of_the_day_that_it_stands_for() {
        let saturday = plan("2026-08-22", false, &[]);
        assert_eq!(saturday.sessions[0].capacity, 1, "Monday's");
        assert!(saturday.note.is_some());
        assert!(plan("2026-08-31", false, &[]).sessions.is_empty());
        assert!(plan("2026-08-29", false, &[]).sessions.is_empty());
    }

    #[test]
    fn later_exceptions_stand_over_earlier_ones() {
        let closed = on("2026-12-01", Effect::Closed(0..1440));
        let place = DayPlace {
            unit_id: UnitId(7),
            address: "Nhà văn hóa thôn 1".to_owned(),
            directions: String::new(),
        };
        let stands = on("2026-12-01", Effect::Open(Vec::new(), Some(place.clone())));
        let reopened = plan("2026-12-01", false, &[closed.clone(), stands.clone()]);
        assert!(reopened.closed.is_empty());
        assert_eq!(reopened.place, Some(place));
        let closed_again = plan("2026-12-01", false, &[stands, closed]);
        assert_eq!(closed_again.closed.first(), Some(&(0..1440)));
    }

    #[test]
    fn a_slot_that_touches_a_closed_minute_is_closed() {
        let morning = on("2026-12-01", Effect::Closed(480..690));
        let plan = plan("2026-12-01", false, &[morning]);
        let session = plan.sessions[0];
        assert_eq!(plan.capacity_of(&session, &(450..480)), Some(2));
        assert_eq!(plan.capacity_of(&session, &(465..495)), None);
        assert_eq!(plan.capacity_of(&session, &(690..720)), Some(2));
    }

    #[test]
    fn an_override_of_the_calendar_reaches_every_office() {
        let worked = DayOverride::Working {
            like_weekday: 3,
            because: "Làm bù".to_owned(),
        };
        let calendar = WorkingCalendar::new([(day("2026-12-05"), worked)]);
        let days = Days {
            hours: &week(),
            open_on_holidays: false,
            calendar: &calendar,
            exceptions: &[],
        };
        assert_eq!(days.plan_of(day("2026-12-05")).sessions[0].capacity, 3);
    }

    #[test]
    fn a_kit_that_is_out_counts_for_the_slots_that_it_touches_only() {
        let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let mut stations = Stations {
            desks: None,
            people_per_kit: 2,
            kits: Vec::new(),
        };
        assert_eq!(stations.bound(&(at(0)..at(30))), None);
        stations.kits = vec![None, Some(at(70)..at(90))];
        assert_eq!(stations.bound(&(at(0)..at(30))), Some(4));
        assert_eq!(stations.bound(&(at(60)..at(90))), Some(2));
        assert_eq!(stations.bound(&(at(90)..at(120))), Some(4));
        stations.desks = Some(1);
        assert_eq!(stations.bound(&(at(90)..at(120))), Some(2), "one desk");
    }

    proptest! {
        #[test]
        fn closing_never_adds_places(
            from in 0_i16..1439, length in 1_i16..1440, slot in 0_i16..1410, capacity in 1_i16..50,
        ) {
            let session = DaySession { opens_min: 0, closes_min: 1440, capacity };
            let mut plan = OfficeDayPlan { sessions: vec![session], ..OfficeDayPlan::default() };
            plan.closed.push(from..(from + length).min(1440));
            let slot = slot..slot + 30;
            match plan.capacity_of(&session, &slot) {
                Some(places) => prop_assert_eq!(places, capacity),
                None => prop_assert!(slot.clone().any(|minute| plan.closed[0].contains(&minute))),
            }
        }
    }
}
