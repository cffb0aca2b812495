//! The calendar, exceptions, equipment and added places, remembered.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{delete, insert_into, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, OfficeId, UnitId};
use mobile_contracts::opening::{
    DayDecision, DayPlace, DaySession, Equipment, ExceptionKind, Kit, KitOutage, OfficeException,
    SetExtraPlaces,
};
use mobile_contracts::working_calendar::{DayOverride, WorkingCalendar};
use uuid::Uuid;

use crate::booking::offices::days::{Effect, Exception, Stations};
use crate::booking::problem::BookingProblem;
use crate::db::Conn;
use crate::db::constraint::name as constraint_name;
use crate::db::schema::{
    calendar_day, exception_session, kit, office, office_exception, slot_extra,
};
use crate::http::failure::Failure;

/// What is over since yesterday is of no use to a rule about coming slots.
const IS_NOT_OVER: &str = "to_on >= (app_now() at time zone 'UTC' + interval '7 hours')::date - 1";

/// The working calendar as it stands.
pub async fn load_calendar(conn: &mut Conn) -> QueryResult<WorkingCalendar> {
    let rows: Vec<(NaiveDate, Option<i16>, String)> = calendar_day::table
        .select((
            calendar_day::on_date,
            calendar_day::like_weekday,
            calendar_day::reason,
        ))
        .load(conn)
        .await?;
    let days = rows.into_iter().map(|(on, like, because)| {
        let decided = match like.and_then(|like| u8::try_from(like).ok()) {
            Some(like_weekday) => DayOverride::Working {
                like_weekday,
                because,
            },
            None => DayOverride::Off { because },
        };
        (on, decided)
    });
    Ok(WorkingCalendar::new(days))
}

/// Decides a day, or decides it anew.
pub async fn set_calendar_day(
    conn: &mut Conn,
    on: NaiveDate,
    like_weekday: Option<u8>,
    decision: DayDecision,
    reason: &str,
    set_by: AccountId,
) -> QueryResult<()> {
    let row = (
        calendar_day::decision.eq(match decision {
            DayDecision::DayOff => "day_off",
            DayDecision::WorkingDay => "working_day",
        }),
        calendar_day::like_weekday.eq(like_weekday.map(i16::from)),
        calendar_day::reason.eq(reason),
        calendar_day::set_by.eq(Some(set_by)),
    );
    insert_into(calendar_day::table)
        .values((calendar_day::on_date.eq(on), row))
        .on_conflict(calendar_day::on_date)
        .do_update()
        .set(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Leaves a day to law and weekday again; whether it was decided otherwise.
pub async fn delete_calendar_day(conn: &mut Conn, on: NaiveDate) -> QueryResult<bool> {
    let deleted = delete(calendar_day::table.find(on)).execute(conn).await?;
    Ok(deleted > 0)
}

/// An exception as a row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = office_exception, check_for_backend(diesel::pg::Pg))]
struct ExceptionRow {
    exception_id: Uuid,
    office_id: OfficeId,
    kind: String,
    from_on: NaiveDate,
    to_on: NaiveDate,
    from_min: i16,
    to_min: i16,
    capacity: Option<i16>,
    unit_id: Option<UnitId>,
    address: Option<String>,
    directions: Option<String>,
    reason: String,
    note: String,
    set_at: DateTime<Utc>,
}

impl ExceptionRow {
    fn tell(self, sessions: Vec<DaySession>) -> OfficeException {
        let place = self.unit_id.map(|unit_id| DayPlace {
            unit_id,
            address: self.address.unwrap_or_default(),
            directions: self.directions.unwrap_or_default(),
        });
        OfficeException {
            exception_id: self.exception_id,
            kind: match self.kind.as_str() {
                "closed" => ExceptionKind::Closed,
                "capacity" => ExceptionKind::Capacity,
                _ => ExceptionKind::Open,
            },
            from_on: self.from_on,
            to_on: self.to_on,
            from_min: self.from_min,
            to_min: self.to_min,
            capacity: self.capacity,
            sessions,
            place,
            reason: self.reason,
            note: self.note,
            set_at: self.set_at,
        }
    }
}

/// An exception as the rule needs it.
pub fn as_rule(told: OfficeException) -> Exception {
    let minutes = told.from_min..told.to_min;
    let effect = match told.kind {
        ExceptionKind::Closed => Effect::Closed(minutes),
        ExceptionKind::Capacity => Effect::Capacity(minutes, told.capacity.unwrap_or(0)),
        ExceptionKind::Open => Effect::Open(told.sessions, told.place),
    };
    Exception {
        from_on: told.from_on,
        to_on: told.to_on,
        effect,
        note: told.note,
    }
}

/// Exceptions that are not over, in the order in which they were made, of these offices or of all.
pub async fn load_exceptions(
    conn: &mut Conn,
    of: Option<OfficeId>,
) -> QueryResult<HashMap<OfficeId, Vec<OfficeException>>> {
    let mut rows = office_exception::table
        .filter(sql::<Bool>(IS_NOT_OVER))
        .order((office_exception::set_at, office_exception::exception_id))
        .select(ExceptionRow::as_select())
        .into_boxed();
    if let Some(office_id) = of {
        rows = rows.filter(office_exception::office_id.eq(office_id));
    }
    let rows: Vec<ExceptionRow> = rows.load(conn).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.exception_id).collect();
    let sessions: Vec<(Uuid, i16, i16, i16, i16)> = exception_session::table
        .filter(exception_session::exception_id.eq_any(ids))
        .order((exception_session::exception_id, exception_session::session))
        .load(conn)
        .await?;
    let mut by_exception: HashMap<Uuid, Vec<DaySession>> = HashMap::new();
    for (id, _, opens_min, closes_min, capacity) in sessions {
        let own = by_exception.entry(id).or_default();
        own.push(DaySession {
            opens_min,
            closes_min,
            capacity,
        });
    }
    let mut found: HashMap<OfficeId, Vec<OfficeException>> = HashMap::new();
    for row in rows {
        let own = by_exception.remove(&row.exception_id).unwrap_or_default();
        found.entry(row.office_id).or_default().push(row.tell(own));
    }
    Ok(found)
}

/// An exception about to be written.
#[derive(Debug, Clone)]
pub struct NewException<'a> {
    pub office_id: OfficeId,
    pub kind: ExceptionKind,
    pub from_on: NaiveDate,
    pub to_on: NaiveDate,
    pub from_min: i16,
    pub to_min: i16,
    pub capacity: Option<i16>,
    pub sessions: &'a [DaySession],
    pub place: Option<&'a DayPlace>,
    pub reason: &'a str,
    pub note: &'a str,
    pub closure_id: Option<Uuid>,
    pub set_by: Option<AccountId>,
}

/// Writes an exception; `None` if the closure that it is part of has closed this office already.
pub async fn insert_exception(
    conn: &mut Conn,
    new: &NewException<'_>,
) -> QueryResult<Option<Uuid>> {
    let exception_id = Uuid::now_v7();
    let inserted = insert_into(office_exception::table)
        .values((
            office_exception::exception_id.eq(exception_id),
            office_exception::office_id.eq(new.office_id),
            office_exception::kind.eq(match new.kind {
                ExceptionKind::Closed => "closed",
                ExceptionKind::Capacity => "capacity",
                ExceptionKind::Open => "open",
            }),
            office_exception::from_on.eq(new.from_on),
            office_exception::to_on.eq(new.to_on),
            office_exception::from_min.eq(new.from_min),
            office_exception::to_min.eq(new.to_min),
            office_exception::capacity.eq(new.capacity),
            office_exception::unit_id.eq(new.place.map(|place| place.unit_id)),
            office_exception::address.eq(new.place.map(|place| &place.address)),
            office_exception::directions.eq(new.place.map(|place| &place.directions)),
            office_exception::reason.eq(new.reason),
            office_exception::note.eq(new.note),
            office_exception::closure_id.eq(new.closure_id),
            office_exception::set_by.eq(new.set_by),
        ))
        .on_conflict((office_exception::closure_id, office_exception::office_id))
        .do_nothing()
        .execute(conn)
        .await?;
    if inserted == 0 {
        return Ok(None);
    }
    let sessions: Vec<_> = (1_i16..)
        .zip(new.sessions)
        .map(|(number, session)| {
            (
                exception_session::exception_id.eq(exception_id),
                exception_session::session.eq(number),
                exception_session::opens_min.eq(session.opens_min),
                exception_session::closes_min.eq(session.closes_min),
                exception_session::capacity.eq(session.capacity),
            )
        })
        .collect();
    insert_into(exception_session::table)
        .values(sessions)
        .execute(conn)
        .await?;
    Ok(Some(exception_id))
}

/// Takes an exception back; whether the office had it.
pub async fn delete_exception(
    conn: &mut Conn,
    office_id: OfficeId,
    exception_id: Uuid,
) -> QueryResult<bool> {
    let own = office_exception::table
        .find(exception_id)
        .filter(office_exception::office_id.eq(office_id));
    Ok(delete(own).execute(conn).await? > 0)
}

/// Whether a closure has closed an office already.
pub async fn has_begun(conn: &mut Conn, closure_id: Uuid) -> QueryResult<bool> {
    let own = office_exception::table.filter(office_exception::closure_id.eq(closure_id));
    diesel::select(diesel::dsl::exists(own))
        .get_result(conn)
        .await
}

type KitRow = (
    OfficeId,
    String,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    Option<String>,
);

/// The kits of all offices, as the rule needs them; desks stand with the offices.
pub async fn load_stations(conn: &mut Conn) -> QueryResult<HashMap<OfficeId, Stations>> {
    let rows: Vec<KitRow> = kit::table.load(conn).await?;
    let mut found: HashMap<OfficeId, Stations> = HashMap::new();
    for (office_id, _, since, until, _) in rows {
        let outage = since.zip(until).map(|(since, until)| since..until);
        found.entry(office_id).or_default().kits.push(outage);
    }
    Ok(found)
}

/// An office's desks and kits.
pub async fn get_equipment(conn: &mut Conn, office_id: OfficeId) -> QueryResult<Equipment> {
    let (desks, people_per_kit) = office::table
        .find(office_id)
        .select((office::desks, office::people_per_kit))
        .first(conn)
        .await?;
    let rows: Vec<KitRow> = kit::table
        .filter(kit::office_id.eq(office_id))
        .order(kit::name)
        .load(conn)
        .await?;
    let kits = rows.into_iter().map(|(_, name, since, until, reason)| {
        let outage = since
            .zip(until)
            .zip(reason)
            .map(|((since, until), reason)| KitOutage {
                since,
                until,
                reason,
            });
        Kit { name, outage }
    });
    Ok(Equipment {
        desks,
        people_per_kit,
        kits: kits.collect(),
    })
}

/// Replaces the kits of a locked office; its desks are its own row's.
///
/// # Errors
/// [`BookingProblem::KitTwice`].
pub async fn replace_kits(
    conn: &mut Conn,
    office_id: OfficeId,
    kits: &[Kit],
) -> Result<(), Failure> {
    delete(kit::table.filter(kit::office_id.eq(office_id)))
        .execute(conn)
        .await?;
    let rows: Vec<_> = kits
        .iter()
        .map(|one| {
            let outage = one.outage.as_ref();
            (
                kit::office_id.eq(office_id),
                kit::name.eq(one.name.trim()),
                kit::out_since.eq(outage.map(|outage| outage.since)),
                kit::out_until.eq(outage.map(|outage| outage.until)),
                kit::out_reason.eq(outage.map(|outage| &outage.reason)),
            )
        })
        .collect();
    match insert_into(kit::table).values(rows).execute(conn).await {
        Err(error) if constraint_name(&error) == Some("kit_pkey") => {
            Err(BookingProblem::KitTwice.into())
        }
        written => Ok(written.map(drop)?),
    }
}

/// The places added to slots that are not over.
pub async fn load_extra(
    conn: &mut Conn,
) -> QueryResult<HashMap<OfficeId, BTreeMap<DateTime<Utc>, i16>>> {
    let rows: Vec<(OfficeId, DateTime<Utc>, i16)> = slot_extra::table
        .filter(sql::<Bool>("starts_at > app_now() - interval '1 day'"))
        .select((
            slot_extra::office_id,
            slot_extra::starts_at,
            slot_extra::places,
        ))
        .load(conn)
        .await?;
    let mut found: HashMap<OfficeId, BTreeMap<DateTime<Utc>, i16>> = HashMap::new();
    for (office_id, starts_at, places) in rows {
        found
            .entry(office_id)
            .or_default()
            .insert(starts_at, places);
    }
    Ok(found)
}

/// Adds places to a slot, or takes back what was added.
pub async fn set_extra(
    conn: &mut Conn,
    office_id: OfficeId,
    new: &SetExtraPlaces,
    set_by: AccountId,
) -> QueryResult<()> {
    delete(slot_extra::table.find((office_id, new.starts_at)))
        .execute(conn)
        .await?;
    if new.places > 0 {
        insert_into(slot_extra::table)
            .values((
                slot_extra::office_id.eq(office_id),
                slot_extra::starts_at.eq(new.starts_at),
                slot_extra::places.eq(new.places),
                slot_extra::reason.eq(&new.reason),
                slot_extra::set_by.eq(Some(set_by)),
            ))
            .execute(conn)
            .await?;
    }
    Ok(())
}
