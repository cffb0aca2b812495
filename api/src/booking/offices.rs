//! Offices, remembered, and in memory for at most a second.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::{
    Office, OfficeHours, OfficeService, OpenOffice, Service, UpdateOffice,
};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OfficeId, UnitId};

use super::rules::Timetable;
use crate::app::App;
use crate::db::schema::{office, office_hours, office_service, service};
use crate::db::{Conn, Pool, app_now};
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;

const TRUST: Duration = Duration::from_secs(1);

/// An office with everything that booking asks of it.
#[derive(Debug, Clone)]
pub struct OfficeEntry {
    pub row: OfficeRow,
    pub services: Vec<OfficeService>,
    pub timetable: Timetable,
}

/// An office as a row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = office, check_for_backend(diesel::pg::Pg))]
pub struct OfficeRow {
    pub office_id: OfficeId,
    pub unit_id: UnitId,
    pub name: String,
    pub kind: String,
    pub address: String,
    pub directions: String,
    pub slot_min: i16,
    pub lead_min: i16,
    pub same_day_share: i16,
    pub release_min: i16,
    pub walk_in_places: i16,
    pub unverified_share: i16,
    pub hours_rev: i32,
    pub closed_at: Option<DateTime<Utc>>,
}

impl OfficeEntry {
    pub fn service(&self, code: &str) -> Option<&OfficeService> {
        self.services
            .iter()
            .find(|service| service.service_code == code)
    }

    /// The office as answers tell it.
    pub fn tell(&self, unit_label: String) -> Office {
        let row = self.row.clone();
        Office {
            office_id: row.office_id,
            unit_id: row.unit_id,
            unit_label,
            name: row.name,
            kind: row.kind,
            address: row.address,
            directions: row.directions,
            slot_min: row.slot_min,
            lead_min: row.lead_min,
            same_day_share: row.same_day_share,
            release_min: row.release_min,
            walk_in_places: row.walk_in_places,
            unverified_share: row.unverified_share,
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

async fn load_offices(conn: &mut Conn) -> QueryResult<Offices> {
    let rows: Vec<OfficeRow> = office::table
        .select(OfficeRow::as_select())
        .order(office::office_id)
        .load(conn)
        .await?;
    let hours: Vec<(OfficeId, i16, i16, i16, i16, i16)> = office_hours::table
        .order((
            office_hours::office_id,
            office_hours::weekday,
            office_hours::session,
        ))
        .load(conn)
        .await?;
    let services: Vec<(String, String, i16, Vec<Option<String>>)> = service::table
        .order(service::sort_order)
        .select((
            service::service_code,
            service::name,
            service::minutes,
            service::documents,
        ))
        .load(conn)
        .await?;
    let done: Vec<(OfficeId, String, String)> = office_service::table.load(conn).await?;
    let services: Vec<Service> = services
        .into_iter()
        .map(|(service_code, name, minutes, documents)| Service {
            service_code,
            name,
            minutes,
            documents: documents.into_iter().flatten().collect(),
        })
        .collect();
    let all = rows
        .into_iter()
        .map(|row| {
            let own = hours
                .iter()
                .filter(|(id, ..)| *id == row.office_id)
                .map(
                    |&(_, weekday, session, opens_min, closes_min, capacity)| OfficeHours {
                        weekday,
                        session,
                        opens_min,
                        closes_min,
                        capacity,
                    },
                )
                .collect();
            let done = services
                .iter()
                .filter_map(|service| {
                    let (_, _, note) = done.iter().find(|(id, code, _)| {
                        *id == row.office_id && *code == service.service_code
                    })?;
                    Some(OfficeService {
                        service_code: service.service_code.clone(),
                        name: service.name.clone(),
                        documents: service.documents.clone(),
                        note: note.clone(),
                    })
                })
                .collect();
            let timetable = timetable_of(&row, own);
            let entry = OfficeEntry {
                services: done,
                timetable,
                row,
            };
            (entry.row.office_id, Arc::new(entry))
        })
        .collect();
    Ok(Offices { all, services })
}

/// What decides the slots of this office.
pub fn timetable_of(row: &OfficeRow, hours: Vec<OfficeHours>) -> Timetable {
    Timetable {
        hours,
        slot_min: row.slot_min,
        lead_min: row.lead_min,
        same_day_share: row.same_day_share,
        release_min: row.release_min,
        walk_in_places: row.walk_in_places,
        unverified_share: row.unverified_share,
    }
}

/// Locks an office against new slots while it changes.
pub async fn lock_office(conn: &mut Conn, id: OfficeId) -> QueryResult<Option<OfficeRow>> {
    office::table
        .find(id)
        .select(OfficeRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

pub async fn insert_office(conn: &mut Conn, new: &OpenOffice) -> QueryResult<OfficeId> {
    let office_id: OfficeId = insert_into(office::table)
        .values((
            office::unit_id.eq(new.unit_id),
            office::name.eq(&new.name),
            office::kind.eq(&new.kind),
            office::address.eq(&new.address),
            office::directions.eq(&new.directions),
        ))
        .returning(office::office_id)
        .get_result(conn)
        .await?;
    let done: Vec<_> = new
        .services
        .iter()
        .map(|code| {
            (
                office_service::office_id.eq(office_id),
                office_service::service_code.eq(code),
            )
        })
        .collect();
    insert_into(office_service::table)
        .values(done)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(office_id)
}

pub async fn update_office(
    conn: &mut Conn,
    row: &OfficeRow,
    change: &UpdateOffice,
) -> QueryResult<()> {
    let closed_at = match change.closed {
        None => row.closed_at,
        Some(false) => None,
        Some(true) if row.closed_at.is_some() => row.closed_at,
        Some(true) => Some(diesel::select(app_now()).get_result(conn).await?),
    };
    update(office::table.find(row.office_id))
        .set((
            office::name.eq(change.name.as_ref().unwrap_or(&row.name)),
            office::address.eq(change.address.as_ref().unwrap_or(&row.address)),
            office::directions.eq(change.directions.as_ref().unwrap_or(&row.directions)),
            office::lead_min.eq(change.lead_min.unwrap_or(row.lead_min)),
            office::same_day_share.eq(change.same_day_share.unwrap_or(row.same_day_share)),
            office::release_min.eq(change.release_min.unwrap_or(row.release_min)),
            office::walk_in_places.eq(change.walk_in_places.unwrap_or(row.walk_in_places)),
            office::unverified_share.eq(change.unverified_share.unwrap_or(row.unverified_share)),
            office::hours_rev.eq(office::hours_rev + 1),
            office::closed_at.eq(closed_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Replaces the weekly hours of a locked office.
pub async fn replace_hours(
    conn: &mut Conn,
    id: OfficeId,
    hours: &[OfficeHours],
) -> QueryResult<()> {
    delete(office_hours::table.filter(office_hours::office_id.eq(id)))
        .execute(conn)
        .await?;
    let rows: Vec<_> = hours
        .iter()
        .map(|one| {
            (
                office_hours::office_id.eq(id),
                office_hours::weekday.eq(one.weekday),
                office_hours::session.eq(one.session),
                office_hours::opens_min.eq(one.opens_min),
                office_hours::closes_min.eq(one.closes_min),
                office_hours::capacity.eq(one.capacity),
            )
        })
        .collect();
    insert_into(office_hours::table)
        .values(rows)
        .execute(conn)
        .await?;
    update(office::table.find(id))
        .set(office::hours_rev.eq(office::hours_rev + 1))
        .execute(conn)
        .await?;
    Ok(())
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
