//! Offices, remembered.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::{OfficeHours, OpenOffice, UpdateOffice};
use mobile_contracts::ids::{AccountId, OfficeId, UnitId};

use crate::db::schema::{office, office_hours, office_service, office_slot_length};
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
    /// Until `office_slot_length` says another.
    pub slot_min: i16,
    pub lead_min: i16,
    pub same_day_share: i16,
    pub release_min: i16,
    pub walk_in_places: i16,
    pub unverified_share: i16,
    pub open_on_holidays: bool,
    pub desks: Option<i16>,
    pub people_per_kit: i16,
    pub group_share: i16,
    pub hours_rev: i32,
    pub closed_at: Option<DateTime<Utc>>,
}

/// Locks an office against new slots while it changes. Whoever only books there does not wait.
pub async fn lock_office(conn: &mut Conn, id: OfficeId) -> QueryResult<Option<OfficeRow>> {
    office::table
        .find(id)
        .select(OfficeRow::as_select())
        .for_no_key_update()
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
            office::group_share.eq(change.group_share.unwrap_or(row.group_share)),
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
    raise_hours_rev(conn, id).await
}

/// Whoever has read the days of a locked office before materialises nothing of them any more.
pub async fn raise_hours_rev(conn: &mut Conn, id: OfficeId) -> QueryResult<()> {
    update(office::table.find(id))
        .set(office::hours_rev.eq(office::hours_rev + 1))
        .execute(conn)
        .await?;
    Ok(())
}

/// Every change of the length of slots, of each office.
pub async fn load_slot_lengths(
    conn: &mut Conn,
) -> QueryResult<HashMap<OfficeId, Vec<(NaiveDate, i16)>>> {
    let rows: Vec<(OfficeId, NaiveDate, i16)> = office_slot_length::table
        .select((
            office_slot_length::office_id,
            office_slot_length::first_on,
            office_slot_length::slot_min,
        ))
        .load(conn)
        .await?;
    let mut found: HashMap<OfficeId, Vec<(NaiveDate, i16)>> = HashMap::new();
    for (office_id, first_on, slot_min) in rows {
        found
            .entry(office_id)
            .or_default()
            .push((first_on, slot_min));
    }
    Ok(found)
}

/// Gives a locked office slots of another length from a day on, and says how many such changes it has
/// after this day.
pub async fn set_slot_length(
    conn: &mut Conn,
    id: OfficeId,
    first_on: NaiveDate,
    slot_min: i16,
    set_by: AccountId,
    today: NaiveDate,
) -> QueryResult<i64> {
    let told = || {
        (
            office_slot_length::slot_min.eq(slot_min),
            office_slot_length::set_by.eq(set_by),
            office_slot_length::set_at.eq(app_now()),
        )
    };
    insert_into(office_slot_length::table)
        .values((
            office_slot_length::office_id.eq(id),
            office_slot_length::first_on.eq(first_on),
            told(),
        ))
        .on_conflict((office_slot_length::office_id, office_slot_length::first_on))
        .do_update()
        .set(told())
        .execute(conn)
        .await?;
    office_slot_length::table
        .filter(office_slot_length::office_id.eq(id))
        .filter(office_slot_length::first_on.gt(today))
        .count()
        .get_result(conn)
        .await
}

/// Takes a change of the length back; whether a locked office had it.
pub async fn delete_slot_length(
    conn: &mut Conn,
    id: OfficeId,
    first_on: NaiveDate,
) -> QueryResult<bool> {
    let deleted = delete(office_slot_length::table.find((id, first_on)))
        .execute(conn)
        .await?;
    Ok(deleted > 0)
}

/// Whether the weekly hours of a locked office hold on public holidays.
pub async fn set_open_on_holidays(conn: &mut Conn, id: OfficeId, open: bool) -> QueryResult<()> {
    update(office::table.find(id))
        .set(office::open_on_holidays.eq(open))
        .execute(conn)
        .await?;
    Ok(())
}

/// Desks, and what a kit does, of a locked office.
pub async fn set_stations(
    conn: &mut Conn,
    id: OfficeId,
    desks: Option<i16>,
    people_per_kit: i16,
) -> QueryResult<()> {
    update(office::table.find(id))
        .set((
            office::desks.eq(desks),
            office::people_per_kit.eq(people_per_kit),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Locks every office against new slots, and raises their numbers: the calendar of all changes.
pub async fn lock_all_offices(conn: &mut Conn) -> QueryResult<Vec<OfficeId>> {
    let ids: Vec<OfficeId> = office::table
        .order(office::office_id)
        .select(office::office_id)
        .for_no_key_update()
        .load(conn)
        .await?;
    update(office::table)
        .set(office::hours_rev.eq(office::hours_rev + 1))
        .execute(conn)
        .await?;
    Ok(ids)
}
