//! Offices: where they stand, what they do, when they are open; in memory for at most a second.

pub mod days;
pub mod lengths;
pub mod load;
pub mod manage;
pub mod routes;
pub mod rules;
pub mod store;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use mobile_contracts::booking::{Office, OfficeService, Service};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::opening::DayPlace;
use mobile_contracts::working_calendar::WorkingCalendar;

use self::load::load_offices;
use crate::app::App;
use crate::booking::holds::rules::places_for;
use crate::booking::offices::store::OfficeRow;
use crate::booking::slots::rules::Timetable;
use crate::db::Pool;
use crate::geography::Geography;
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;

const TRUST: Duration = Duration::from_secs(1);

/// An office with everything that booking asks of it.
#[derive(Debug, Clone)]
pub struct OfficeEntry {
    pub row: OfficeRow,
    pub services: Vec<OfficeService>,
    /// Minutes of 1, 2, 3… people of one family, by service.
    pub durations: Arc<BTreeMap<String, Vec<i16>>>,
    pub timetable: Timetable,
}

impl OfficeEntry {
    pub fn service(&self, code: &str) -> Option<&OfficeService> {
        self.services
            .iter()
            .find(|service| service.service_code == code)
    }

    /// How many places people of one family take together in slots of this day, with this capacity.
    pub fn places_for(
        &self,
        service_code: Option<&str>,
        people: usize,
        on: NaiveDate,
        capacity: i16,
    ) -> usize {
        let minutes = service_code.and_then(|code| self.durations.get(code));
        let minutes = minutes.map_or(&[][..], Vec::as_slice);
        places_for(people, minutes, self.timetable.lengths.on(on), capacity)
    }

    /// Where it stands on a day: a mobile team may stand elsewhere each day.
    pub fn place_on(&self, on: NaiveDate) -> DayPlace {
        self.timetable
            .plan_of(on)
            .place
            .unwrap_or_else(|| DayPlace {
                unit_id: self.row.unit_id,
                address: self.row.address.clone(),
                directions: self.row.directions.clone(),
            })
    }

    /// The office as answers tell it.
    pub fn tell(&self, geography: &Geography, today: NaiveDate) -> Office {
        let row = self.row.clone();
        let unit_label = geography.label_on(row.unit_id, today);
        Office {
            office_id: row.office_id,
            unit_id: row.unit_id,
            unit_label,
            name: row.name,
            kind: row.kind,
            address: row.address,
            directions: row.directions,
            slot_min: self.timetable.lengths.on(today),
            slot_lengths: self.timetable.lengths.coming(today).collect(),
            lead_min: row.lead_min,
            same_day_share: row.same_day_share,
            release_min: row.release_min,
            walk_in_places: row.walk_in_places,
            unverified_share: row.unverified_share,
            open_on_holidays: row.open_on_holidays,
            place_today: self.place_on(today),
            group_share: row.group_share,
            closed: row.closed_at.is_some(),
            services: self.services.clone(),
            hours: self.timetable.hours.clone(),
        }
    }
}

/// Every office and every service.
#[derive(Debug, Default)]
pub struct Offices {
    pub all: BTreeMap<OfficeId, Arc<OfficeEntry>>,
    pub services: Vec<Service>,
    pub calendar: Arc<WorkingCalendar>,
}

/// One process's copy. Cheap to clone.
#[derive(Clone, Default)]
pub struct OfficeCache {
    current: Arc<Mutex<Option<Copy>>>,
    /// One load at a time; the others wait for it.
    loading: Arc<tokio::sync::Mutex<()>>,
}

type Copy = (Instant, Arc<Offices>);

impl OfficeCache {
    /// All offices, at most a second old.
    ///
    /// # Errors
    /// When the database cannot be asked and no fresh copy is at hand.
    pub async fn get(&self, pool: &Pool) -> Result<Arc<Offices>, Failure> {
        if let Some(offices) = self.fresh() {
            return Ok(offices);
        }
        let _loading = self.loading.lock().await;
        if let Some(offices) = self.fresh() {
            return Ok(offices);
        }
        let asked = Instant::now();
        let offices = Arc::new(load_offices(&mut *pool.get().await?).await?);
        *self.lock() = Some((asked, offices.clone()));
        Ok(offices)
    }

    fn fresh(&self) -> Option<Arc<Offices>> {
        let (asked, offices) = self.lock().clone()?;
        (asked.elapsed() < TRUST).then_some(offices)
    }

    /// Forgets the copy: this process has just changed an office.
    pub fn forget(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Copy>> {
        // The copy is replaced whole: a panic elsewhere leaves it valid.
        self.current
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The office, if the caller's unit covers it. Somebody else's answers like a missing one; a database
/// that is away does not.
///
/// # Errors
/// 404, or that the offices cannot be read.
pub async fn own_office<P>(
    app: &App,
    caller: &Caller<P>,
    office_id: OfficeId,
) -> Result<Arc<OfficeEntry>, Failure> {
    let office = match app.availability.office(app, office_id).await {
        Err(failure) if failure.status().is_client_error() => {
            return Err(CommonProblem::NotFound.into());
        }
        found => found?,
    };
    let geography = app.fresh_geography().await?;
    let today = local_day(app.clock.now());
    caller.require_unit(&geography, office.row.unit_id, today)?;
    Ok(office)
}
