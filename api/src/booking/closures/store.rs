//! Places that come and go with a change, and the people on them, remembered.

use chrono::{DateTime, Utc};
use diesel::dsl::update;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AppointmentId, OfficeId};
use uuid::Uuid;

use crate::booking::appointments::store::AppointmentRow;
use crate::booking::closures::rules::{Guest, PlaceNow};
use crate::booking::holds::mirror::{Change, State};
use crate::db::schema::{appointment, place};
use crate::db::{Conn, app_now};

/// Statuses in which somebody has come.
const HERE: [&str; 4] = ["checked_in", "called", "serving", "served"];

/// Statuses in which somebody has a place.
const LIVE_FOR_PLACE: [&str; 5] = ["booked", "checked_in", "called", "serving", "served"];

/// A place of a slot that changes, and the appointment on it.
#[derive(Debug, Clone)]
pub struct LockedPlace {
    pub starts_at: DateTime<Utc>,
    pub now: PlaceNow,
    pub appointment: Option<AppointmentRow>,
}

/// The places of these slots with their appointments, all locked: appointments first, as whoever moves
/// or cancels one does; then the places, which waits for confirmations that are under way; then those
/// that these have brought.
pub async fn lock_places(
    conn: &mut Conn,
    office_id: OfficeId,
    starts: &[DateTime<Utc>],
) -> QueryResult<Vec<LockedPlace>> {
    appointment::table
        .filter(appointment::office_id.eq(office_id))
        .filter(appointment::starts_at.eq_any(starts))
        .filter(appointment::status.eq_any(LIVE_FOR_PLACE))
        .order(appointment::appointment_id)
        .for_no_key_update()
        .select(appointment::appointment_id)
        .load::<AppointmentId>(conn)
        .await?;
    type Row = (
        DateTime<Utc>,
        i16,
        Option<DateTime<Utc>>,
        bool,
        bool,
        Option<i16>,
        Option<AppointmentId>,
    );
    let rows: Vec<Row> = place::table
        .filter(place::office_id.eq(office_id))
        .filter(place::starts_at.eq_any(starts))
        .order((place::starts_at, place::place_no))
        .for_update()
        .select((
            place::starts_at,
            place::place_no,
            place::opens_at,
            place::for_unverified,
            place::withdrawn,
            place::rides_on,
            place::appointment_id,
        ))
        .load(conn)
        .await?;
    let ids: Vec<AppointmentId> = rows.iter().filter_map(|row| row.6).collect();
    let guests: Vec<(AppointmentRow, DateTime<Utc>)> = appointment::table
        .filter(appointment::appointment_id.eq_any(ids))
        .order(appointment::appointment_id)
        .for_no_key_update()
        .select((AppointmentRow::as_select(), appointment::booked_at))
        .load(conn)
        .await?;
    let parties: Vec<Uuid> = guests.iter().map(|(row, _)| row.party_id).collect();
    let here = list_here(conn, &parties).await?;
    let found = rows.into_iter().map(
        |(starts_at, place_no, opens_at, for_unverified, withdrawn, rides_on, id)| {
            let own = guests
                .iter()
                .find(|(row, _)| Some(row.appointment_id) == id);
            LockedPlace {
                starts_at,
                now: PlaceNow {
                    place_no,
                    opens_at,
                    for_unverified,
                    withdrawn,
                    rides: rides_on.is_some(),
                    guest: own.map(|(row, booked_at)| Guest {
                        appointment_id: row.appointment_id,
                        party_id: row.party_id,
                        booked_at: *booked_at,
                        can_move: row.status == "booked" && !here.contains(&row.party_id),
                    }),
                },
                appointment: own.map(|(row, _)| row.clone()),
            }
        },
    );
    Ok(found.collect())
}

/// Those of these parties of whom somebody has come.
async fn list_here(conn: &mut Conn, parties: &[Uuid]) -> QueryResult<Vec<Uuid>> {
    appointment::table
        .filter(appointment::party_id.eq_any(parties))
        .filter(appointment::status.eq_any(HERE))
        .select(appointment::party_id)
        .distinct()
        .load(conn)
        .await
}

/// The others of these parties who are booked at this office, locked: a family over several slots
/// stays together.
pub async fn lock_rest(
    conn: &mut Conn,
    office_id: OfficeId,
    parties: &[Uuid],
    known: &[AppointmentId],
) -> QueryResult<Vec<AppointmentRow>> {
    appointment::table
        .filter(appointment::party_id.eq_any(parties))
        .filter(appointment::office_id.eq(office_id))
        .filter(appointment::status.eq("booked"))
        .filter(appointment::starts_at.gt(app_now()))
        .filter(appointment::appointment_id.ne_all(known))
        .order(appointment::appointment_id)
        .for_no_key_update()
        .select(AppointmentRow::as_select())
        .load(conn)
        .await
}

/// Takes the places of these appointments away: in conflict they keep their time and their order, and
/// have no place.
pub async fn displace(conn: &mut Conn, ids: &[AppointmentId]) -> QueryResult<()> {
    update(place::table.filter(place::appointment_id.eq_any(ids)))
        .set((
            place::appointment_id.eq(None::<AppointmentId>),
            place::rev.eq(place::rev + 1),
        ))
        .execute(conn)
        .await?;
    update(appointment::table.filter(appointment::appointment_id.eq_any(ids)))
        .set((
            appointment::status.eq("conflict"),
            appointment::place_no.eq(None::<i16>),
            appointment::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Says when these slots end.
pub async fn write_ends(
    conn: &mut Conn,
    office_id: OfficeId,
    ends: &[(DateTime<Utc>, DateTime<Utc>)],
) -> QueryResult<()> {
    if ends.is_empty() {
        return Ok(());
    }
    let (starts, ends): (Vec<_>, Vec<_>) = ends.iter().copied().unzip();
    diesel::sql_query(
        "update slot set ends_at = u.ends_at from unnest($2, $3) as u (starts_at, ends_at) \
         where slot.office_id = $1 and slot.starts_at = u.starts_at",
    )
    .bind::<Integer, _>(office_id)
    .bind::<Array<Timestamptz>, _>(starts)
    .bind::<Array<Timestamptz>, _>(ends)
    .execute(conn)
    .await?;
    Ok(())
}

/// A place as it is to be.
#[derive(Debug, Clone)]
pub struct PlaceToBe {
    pub starts_at: DateTime<Utc>,
    pub place_no: i16,
    pub opens_at: Option<DateTime<Utc>>,
    pub for_unverified: bool,
    pub withdrawn: bool,
}

#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = SmallInt)]
    place_no: i16,
    #[diesel(sql_type = BigInt)]
    rev: i64,
    #[diesel(sql_type = Bool)]
    withdrawn: bool,
}

/// Makes places so, adds them, or withdraws them; what is withdrawn is as good as booked to whoever
/// looks for a free one.
pub async fn write_places(
    conn: &mut Conn,
    office_id: OfficeId,
    places: &[PlaceToBe],
) -> QueryResult<Vec<Change>> {
    let written: Vec<Written> = diesel::sql_query(
        "insert into place as p (office_id, starts_at, place_no, opens_at, for_unverified, withdrawn) \
         select $1, u.* from unnest($2, $3, $4, $5, $6) as u \
         on conflict (office_id, starts_at, place_no) do update set \
           opens_at = excluded.opens_at, for_unverified = excluded.for_unverified, \
           withdrawn = excluded.withdrawn, rides_on = null, rev = p.rev + 1 \
         returning starts_at, place_no, rev, withdrawn",
    )
    .bind::<Integer, _>(office_id)
    .bind::<Array<Timestamptz>, _>(column(places, |one| one.starts_at))
    .bind::<Array<SmallInt>, _>(column(places, |one| one.place_no))
    .bind::<Array<Nullable<Timestamptz>>, _>(column(places, |one| one.opens_at))
    .bind::<Array<Bool>, _>(column(places, |one| one.for_unverified))
    .bind::<Array<Bool>, _>(column(places, |one| one.withdrawn))
    .load(conn)
    .await?;
    // A place that is not withdrawn may be taken: only a picture built anew knows.
    let gone = written.into_iter().filter(|row| row.withdrawn);
    Ok(gone
        .map(|row| Change {
            starts_at: row.starts_at,
            place_no: row.place_no,
            rev: row.rev,
            state: State::Booked,
        })
        .collect())
}

fn column<T>(places: &[PlaceToBe], of: impl Fn(&PlaceToBe) -> T) -> Vec<T> {
    places.iter().map(of).collect()
}

/// A slot that has rows, and how many of its places can be given to somebody now.
#[derive(Debug, Clone, QueryableByName)]
pub struct FreeRow {
    #[diesel(sql_type = Integer)]
    pub office_id: OfficeId,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    pub free: i64,
}

/// The slots of these offices that have rows and start between these instants.
pub async fn list_free(
    conn: &mut Conn,
    offices: &[OfficeId],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> QueryResult<Vec<FreeRow>> {
    diesel::sql_query(
        "select office_id, starts_at, count(*) filter (where appointment_id is null \
           and not withdrawn and opens_at <= app_now() \
           and (hold_until is null or hold_until <= app_now())) as free \
         from place where office_id = any($1) and starts_at >= $2 and starts_at < $3 \
         group by office_id, starts_at",
    )
    .bind::<Array<Integer>, _>(offices)
    .bind::<Timestamptz, _>(from)
    .bind::<Timestamptz, _>(to)
    .load(conn)
    .await
}

/// An office's appointments without a place, first come first.
pub async fn list_conflicts(
    conn: &mut Conn,
    office_id: OfficeId,
) -> QueryResult<Vec<AppointmentRow>> {
    appointment::table
        .filter(appointment::office_id.eq(office_id))
        .filter(appointment::status.eq("conflict"))
        .order((
            appointment::starts_at,
            appointment::booked_at,
            appointment::party_id,
            appointment::appointment_id,
        ))
        .limit(500)
        .select(AppointmentRow::as_select())
        .load(conn)
        .await
}

/// The party of an appointment in conflict, locked, as far as it is in conflict too.
pub async fn lock_party(
    conn: &mut Conn,
    office_id: OfficeId,
    id: AppointmentId,
) -> QueryResult<Vec<AppointmentRow>> {
    let Some(party_id) = appointment::table
        .find(id)
        .filter(appointment::office_id.eq(office_id))
        .select(appointment::party_id)
        .first::<Uuid>(conn)
        .await
        .optional()?
    else {
        return Ok(Vec::new());
    };
    appointment::table
        .filter(appointment::party_id.eq(party_id))
        .filter(appointment::office_id.eq(office_id))
        .order(appointment::appointment_id)
        .for_no_key_update()
        .select(AppointmentRow::as_select())
        .load(conn)
        .await
}
