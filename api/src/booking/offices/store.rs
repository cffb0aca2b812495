//! Offices, remembered.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::{OfficeHours, OfficeService, OpenOffice, Service, UpdateOffice};
use mobile_contracts::ids::{OfficeId, UnitId};

use crate::booking::offices::{OfficeEntry, Offices, timetable_of};
use crate::db::schema::{office, office_hours, office_service, service, service_duration};
use crate::db::{Conn, app_now};

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

pub async fn load_offices(conn: &mut Conn) -> QueryResult<Offices> {
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
    let together: Vec<(String, i16)> = service_duration::table
        .order((service_duration::service_code, service_duration::people))
        .select((service_duration::service_code, service_duration::minutes))
        .load(conn)
        .await?;
    let done: Vec<(OfficeId, String, String)> = office_service::table.load(conn).await?;
    let services: Vec<Service> = services
        .into_iter()
        .map(|(service_code, name, minutes, documents)| {
            let together = together.iter().filter(|(code, _)| *code == service_code);
            let mut party_minutes = vec![minutes];
            party_minutes.extend(together.map(|(_, minutes)| minutes));
            Service {
                service_code,
                name,
                minutes,
                party_minutes,
                documents: documents.into_iter().flatten().collect(),
            }
        })
        .collect();
    let minutes = services.iter();
    let minutes = minutes.map(|one| (one.service_code.clone(), one.party_minutes.clone()));
    let durations = Arc::new(minutes.collect());
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
                durations: Arc::clone(&durations),
                timetable,
                row,
            };
            (entry.row.office_id, Arc::new(entry))
        })
        .collect();
    Ok(Offices { all, services })
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
