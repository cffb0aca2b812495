//! What is free, in memory: each office's day is built at most once a second from PostgreSQL and
//! Redis, and from PostgreSQL alone when Redis is away. It informs, and proposes places to a hold; it
//! decides nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::future::join_all;
use mobile_contracts::booking::{DaySlots, NearSlot, Slot};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OfficeId, UnitId};
use sha2::{Digest, Sha256};

use super::mirror::{self, Change, State};
use super::offices::{OfficeCache, OfficeEntry, Offices};
use super::problem::BookingProblem;
use super::rules::{SlotPlan, field};
use super::store;
use crate::app::App;
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

/// One office's day.
#[derive(Clone)]
pub struct Day {
    built: Instant,
    pub office: Arc<OfficeEntry>,
    pub on: NaiveDate,
    pub slots: Vec<SlotState>,
    /// The answer and its ETag, made when first asked for.
    answer: OnceLock<(Bytes, String)>,
}

/// A slot and its places.
#[derive(Debug, Clone)]
pub struct SlotState {
    pub plan: SlotPlan,
    pub places: Vec<PlaceState>,
    /// It has rows.
    pub materialised: bool,
}

/// A place as it was when its day was built.
#[derive(Debug, Clone)]
pub struct PlaceState {
    pub place_no: i16,
    pub opens_at: Option<DateTime<Utc>>,
    pub for_unverified: bool,
    pub rev: i64,
    /// Taken or held in PostgreSQL.
    pub taken: bool,
    /// Held or newly booked as Redis knows.
    pub held: bool,
}

impl PlaceState {
    fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.opens_at.is_some_and(|opens_at| opens_at <= now)
    }
}

impl SlotState {
    /// Places to offer to a hold, in the order in which Redis shall take them: the lowest first, and
    /// for somebody who is vouched for those first that strangers cannot have.
    pub fn candidates(&self, vouched: bool, now: DateTime<Utc>) -> Vec<(i16, i64)> {
        let mut places: Vec<&PlaceState> = self
            .places
            .iter()
            .filter(|place| !place.taken && place.is_open(now))
            .filter(|place| vouched || place.for_unverified)
            .collect();
        places.sort_by_key(|place| (place.for_unverified, place.place_no));
        places
            .iter()
            .map(|place| (place.place_no, place.rev))
            .collect()
    }

    fn tell(&self, office_id: OfficeId, now: DateTime<Utc>) -> Slot {
        let count = |test: &dyn Fn(&PlaceState) -> bool| {
            let found = self.places.iter().filter(|place| test(place)).count();
            u16::try_from(found).unwrap_or(u16::MAX)
        };
        let free = |place: &PlaceState| !place.taken && !place.held && place.is_open(now);
        Slot {
            office_id,
            starts_at: self.plan.starts_at,
            ends_at: self.plan.ends_at,
            closes_at: self.plan.closes_at,
            free: count(&free),
            free_unverified: count(&|place| free(place) && place.for_unverified),
            opening_later: count(&|place| {
                !place.taken && place.opens_at.is_some_and(|opens_at| opens_at > now)
            }),
        }
    }
}

impl Day {
    /// A day on which nothing can be booked.
    pub fn empty(office: Arc<OfficeEntry>, on: NaiveDate) -> Self {
        Self {
            built: Instant::now(),
            office,
            on,
            slots: Vec::new(),
            answer: OnceLock::new(),
        }
    }

    pub fn slot_at(&self, starts_at: DateTime<Utc>) -> Option<&SlotState> {
        self.slots
            .iter()
            .find(|slot| slot.plan.starts_at == starts_at)
    }

    /// The slots that can still be held.
    pub fn open_slots(&self, now: DateTime<Utc>) -> impl Iterator<Item = Slot> {
        let open = self.office.row.closed_at.is_none();
        self.slots
            .iter()
            .filter(move |slot| open && now < slot.plan.closes_at)
            .map(move |slot| slot.tell(self.office.row.office_id, now))
    }

    /// The answer of `list_slots` with its ETag; `now` only counts when it is first asked for.
    pub fn answer(&self, now: DateTime<Utc>) -> &(Bytes, String) {
        self.answer.get_or_init(|| {
            let day = DaySlots {
                office_id: self.office.row.office_id,
                on: self.on,
                slots: self.open_slots(now).collect(),
            };
            let body = serde_json::to_vec(&day).unwrap_or_default();
            let tag = URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..12]);
            (body.into(), format!("\"{tag}\""))
        })
    }
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
    let rows = {
        let mut conn = app.pool.get().await?;
        store::list_places_of_day(&mut conn, &ids, on).await?
    };
    let in_redis = join_all(ids.iter().map(|id| mirror::taken_of_day(app, *id, on))).await;
    let days = offices.into_iter().zip(&in_redis);
    Ok(days
        .map(|(office, in_redis)| assemble(built, office, on, &rows, in_redis))
        .collect())
}

/// One office's day, of what PostgreSQL and Redis say.
fn assemble(
    built: Instant,
    office: Arc<OfficeEntry>,
    on: NaiveDate,
    rows: &[store::PlaceRow],
    in_redis: &HashMap<String, (bool, i64)>,
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
                place.held = in_redis
                    .get(&field(plan.starts_at, place.place_no))
                    .is_some_and(|(booked, rev)| !booked || *rev >= place.rev);
            }
            SlotState {
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
    /// How many people come together.
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
        does && office.row.closed_at.is_none() && !office.timetable.hours.is_empty()
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
            let fits = |slot: &Slot| {
                let free = if search.for_strangers {
                    slot.free_unverified
                } else {
                    slot.free
                };
                free >= search.party.max(1)
            };
            let same_commune = search.commune == Some(office.row.unit_id);
            let slots = day.open_slots(now).filter(fits).take(search.wanted);
            of_day.extend(slots.map(|slot| NearSlot {
                office_id: office.row.office_id,
                office_name: office.row.name.clone(),
                address: office.row.address.clone(),
                starts_at: slot.starts_at,
                ends_at: slot.ends_at,
                free: slot.free,
                free_unverified: slot.free_unverified,
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
