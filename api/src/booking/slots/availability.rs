//! What is free, in memory: each office's day is built at most once a second from PostgreSQL and
//! Redis, and from PostgreSQL alone when Redis is away. It informs, and proposes places to a hold; it
//! decides nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use futures_util::future::join_all;
use mobile_contracts::ids::OfficeId;

use crate::app::App;
use crate::booking::holds::mirror;
use crate::booking::holds::mirror::{Change, Known, State};
use crate::booking::offices::{OfficeCache, OfficeEntry, Offices};
use crate::booking::problem::BookingProblem;
use crate::booking::slots::day::{Day, PlaceState, SlotState};
use crate::booking::slots::rules::{field, minute_of_day};
use crate::booking::slots::store;
use crate::booking::waitlist::store::{Waiting, list_waiting};
use crate::http::failure::Failure;

/// How long a day is trusted.
const TRUST: Duration = Duration::from_secs(1);

/// Most days kept; the oldest dates go first.
const DAYS_MAX: usize = 4_000;

type DayKey = (OfficeId, NaiveDate);

/// One process's picture of what is free. Cheap to clone.
#[derive(Clone, Default)]
pub struct Availability {
    pub offices: OfficeCache,
    days: Arc<Mutex<HashMap<DayKey, Arc<Cell>>>>,
}

#[derive(Default)]
struct Cell {
    current: Mutex<Option<Arc<Day>>>,
    /// One rebuild at a time; the others wait for it.
    building: tokio::sync::Mutex<()>,
}

impl Availability {
    /// All offices, at most a second old.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn offices(&self, app: &App) -> Result<Arc<Offices>, Failure> {
        self.offices.get(&app.pool).await
    }

    /// One office.
    ///
    /// # Errors
    /// 404.
    pub async fn office(&self, app: &App, id: OfficeId) -> Result<Arc<OfficeEntry>, Failure> {
        let offices = self.offices(app).await?;
        let found = offices.all.get(&id).cloned();
        Ok(found.ok_or(BookingProblem::OfficeNotFound)?)
    }

    /// One office's day, at most a second old.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn day(
        &self,
        app: &App,
        office: &Arc<OfficeEntry>,
        on: NaiveDate,
    ) -> Result<Arc<Day>, Failure> {
        let mut days = self.days(app, std::slice::from_ref(office), on).await?;
        Ok(days.remove(0))
    }

    /// The same day of several offices, in their order: one query for all that are too old.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn days(
        &self,
        app: &App,
        offices: &[Arc<OfficeEntry>],
        on: NaiveDate,
    ) -> Result<Vec<Arc<Day>>, Failure> {
        let cells: Vec<Arc<Cell>> = offices
            .iter()
            .map(|office| self.cell((office.row.office_id, on)))
            .collect();
        let look = || -> Vec<Option<Arc<Day>>> {
            let pairs = cells.iter().zip(offices);
            pairs.map(|(cell, office)| fresh(cell, office)).collect()
        };
        let mut days = look();
        if days.iter().any(Option::is_none) {
            // Everybody locks in the order of the offices' numbers.
            let mut building = Vec::new();
            for (cell, _) in cells.iter().zip(&days).filter(|(_, day)| day.is_none()) {
                building.push(cell.building.lock().await);
            }
            days = look();
            let stale = offices.iter().zip(&days).filter(|(_, day)| day.is_none());
            let stale: Vec<Arc<OfficeEntry>> = stale.map(|(office, _)| office.clone()).collect();
            let mut built = build(app, stale, on).await?.into_iter();
            for (cell, day) in cells.iter().zip(&mut days) {
                if day.is_none() {
                    *day = built.next().map(Arc::new);
                    *lock(&cell.current) = day.clone();
                }
            }
        }
        Ok(days.into_iter().flatten().collect())
    }

    /// Puts what this process has just committed into its picture, without waiting for the next one.
    pub fn apply(&self, office_id: OfficeId, on: NaiveDate, changes: &[Change]) {
        let cell = self.cell((office_id, on));
        let mut current = lock(&cell.current);
        let Some(day) = current.as_ref() else {
            return;
        };
        let mut next = Day::clone(day);
        next.answer = OnceLock::new();
        for change in changes {
            let place = next
                .slots
                .iter_mut()
                .find(|slot| slot.plan.starts_at == change.starts_at)
                .and_then(|slot| {
                    slot.materialised = true;
                    let mut places = slot.places.iter_mut();
                    places.find(|place| place.place_no == change.place_no)
                });
            if let Some(place) = place
                && change.rev > place.rev
            {
                place.rev = change.rev;
                place.taken = !matches!(change.state, State::Free);
                place.held = false;
            }
        }
        *current = Some(Arc::new(next));
    }

    /// Shows what Redis has just held for, or taken back from, a hold of this process.
    pub fn set_held(&self, office_id: OfficeId, on: NaiveDate, fields: &[&str], held: bool) {
        let cell = self.cell((office_id, on));
        let mut current = lock(&cell.current);
        let Some(day) = current.as_ref() else {
            return;
        };
        let mut next = Day::clone(day);
        next.answer = OnceLock::new();
        for slot in &mut next.slots {
            // Most slots are not concerned: their first field's hour tells.
            let hour = field(slot.plan.starts_at, 0);
            let hour = hour.trim_end_matches('0');
            for named in fields.iter().filter_map(|name| name.strip_prefix(hour)) {
                let mut places = slot.places.iter_mut();
                if let Some(place) = places.find(|place| named.parse() == Ok(place.place_no)) {
                    place.held = held;
                }
            }
        }
        *current = Some(Arc::new(next));
    }

    /// Forgets a day: its office has just changed.
    pub fn forget_office(&self, office_id: OfficeId) {
        self.offices.forget();
        self.lock_days().retain(|(id, _), _| *id != office_id);
    }

    /// Forgets every day and office: what is asked next is asked of the database.
    pub fn forget_all(&self) {
        self.offices.forget();
        self.lock_days().clear();
    }

    fn cell(&self, key: DayKey) -> Arc<Cell> {
        let mut days = self.lock_days();
        if days.len() >= DAYS_MAX && !days.contains_key(&key) {
            let oldest = days.keys().map(|(_, on)| *on).min();
            days.retain(|(_, on), _| Some(*on) != oldest);
        }
        days.entry(key).or_default().clone()
    }

    fn lock_days(&self) -> std::sync::MutexGuard<'_, HashMap<DayKey, Arc<Cell>>> {
        lock(&self.days)
    }
}

/// What is kept here is replaced whole: a panic elsewhere leaves it valid.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn fresh(cell: &Cell, office: &OfficeEntry) -> Option<Arc<Day>> {
    lock(&cell.current)
        .clone()
        .filter(|day| day.built.elapsed() < TRUST)
        .filter(|day| day.office.row.hours_rev == office.row.hours_rev)
}

/// Builds a day of these offices, in their order.
async fn build(
    app: &App,
    offices: Vec<Arc<OfficeEntry>>,
    on: NaiveDate,
) -> Result<Vec<Day>, Failure> {
    if offices.is_empty() {
        return Ok(Vec::new());
    }
    let built = Instant::now();
    let ids: Vec<OfficeId> = offices.iter().map(|office| office.row.office_id).collect();
    // No connection is kept while Redis is asked.
    let (rows, waiting) = {
        let mut conn = app.pool.get().await?;
        let rows = store::list_places_of_day(&mut conn, &ids, on).await?;
        (rows, list_waiting(&mut conn, &ids, on).await?)
    };
    let in_redis = join_all(ids.iter().map(|id| mirror::taken_of_day(app, *id, on))).await;
    let days = offices.into_iter().zip(&in_redis);
    Ok(days
        .map(|(office, in_redis)| assemble(built, office, on, &rows, &waiting, in_redis))
        .collect())
}

/// One office's day, of what PostgreSQL and Redis say, and who waits for it.
fn assemble(
    built: Instant,
    office: Arc<OfficeEntry>,
    on: NaiveDate,
    rows: &[store::PlaceRow],
    waiting: &[Waiting],
    in_redis: &HashMap<String, Known>,
) -> Day {
    let office_id = office.row.office_id;
    let slots = office
        .timetable
        .slots_of(on)
        .into_iter()
        .map(|plan| {
            let own: Vec<&store::PlaceRow> = rows
                .iter()
                .filter(|row| row.office_id == office_id && row.starts_at == plan.starts_at)
                .collect();
            let mut places: Vec<PlaceState> = if own.is_empty() {
                let planned = office.timetable.places_of(&plan).into_iter();
                planned
                    .map(|place| PlaceState {
                        place_no: place.place_no,
                        opens_at: place.opens_at,
                        for_unverified: place.for_unverified,
                        rev: 0,
                        taken: false,
                        held: false,
                    })
                    .collect()
            } else {
                own.iter().map(|row| row.state()).collect()
            };
            for place in &mut places {
                place.held = match in_redis.get(&field(plan.starts_at, place.place_no)) {
                    Some(Known::Held) => true,
                    // What PostgreSQL decided since, Redis was not told.
                    Some(Known::Told { rev, .. }) => *rev >= place.rev,
                    None => false,
                };
            }
            let minute = minute_of_day(plan.starts_at);
            let awaits = |one: &&Waiting| {
                one.office_id == office_id && (one.from_min..one.to_min).contains(&minute)
            };
            SlotState {
                awaited: waiting.iter().filter(awaits).count(),
                materialised: !own.is_empty(),
                plan,
                places,
            }
        })
        .collect();
    Day {
        built,
        office,
        on,
        slots,
        answer: OnceLock::new(),
    }
}
