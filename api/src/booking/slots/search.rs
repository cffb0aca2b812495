//! The nearest free slots, from memory.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use mobile_contracts::booking::{NearSlot, Slot};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;

use crate::app::App;
use crate::booking::offices::OfficeEntry;
use crate::http::failure::Failure;

/// What `find_nearest` looks for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The commune nearest to which; any if left out.
    pub commune: Option<UnitId>,
    pub service_code: Option<&'a str>,
    pub from: NaiveDate,
    pub wanted: usize,
    /// Only what a stranger can hold.
    pub for_strangers: bool,
    /// How many people of one family come together.
    pub party: u16,
}

/// Free slots: today's first, then those of the same commune, then the earliest. Memory only, but
/// for days that nobody has looked at within a second.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_nearest(app: &App, search: Search<'_>) -> Result<Vec<NearSlot>, Failure> {
    let now = app.clock.now();
    let today = local_day(now);
    let offices = app.availability.offices(app).await?;
    let last = today + TimeDelta::days(app.config.booking.horizon_days.into());
    let mut on = search.from.max(today);
    let mut found = Vec::new();
    let open = |office: &OfficeEntry| {
        let does = search
            .service_code
            .is_none_or(|code| office.service(code).is_some());
        does && office.row.closed_at.is_none() && office.timetable.opens_ever()
    };
    let open: Vec<Arc<OfficeEntry>> = offices
        .all
        .values()
        .filter(|office| open(office))
        .cloned()
        .collect();
    while on <= last && found.len() < search.wanted {
        let mut of_day = Vec::new();
        for day in app.availability.days(app, &open, on).await? {
            let office = &day.office;
            let place = office.place_on(on);
            let same_commune = search.commune == Some(place.unit_id);
            let fits = |slot: Slot| {
                let capacity = day.slot_at(slot.starts_at)?.plan.capacity;
                let people = search.party.into();
                let places = office.places_for(search.service_code, people, on, capacity);
                let vouched = !search.for_strangers;
                let ends_at = day.party_ends_at(slot.starts_at, places, vouched, now)?;
                Some((slot, ends_at))
            };
            let slots = day.open_slots(now).filter_map(fits).take(search.wanted);
            of_day.extend(slots.map(|(slot, party_ends_at)| NearSlot {
                office_id: office.row.office_id,
                office_name: office.row.name.clone(),
                unit_id: place.unit_id,
                address: place.address.clone(),
                starts_at: slot.starts_at,
                ends_at: slot.ends_at,
                free: slot.free,
                free_unverified: slot.free_unverified,
                party_ends_at,
                today: on == today,
                same_commune,
            }));
        }
        of_day.sort_by_key(|slot| (!slot.same_commune, slot.starts_at, slot.office_id));
        found.extend(of_day);
        match on.succ_opt() {
            Some(next) => on = next,
            None => break,
        }
    }
    found.truncate(search.wanted);
    Ok(found)
}
