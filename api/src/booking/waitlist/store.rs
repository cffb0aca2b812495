//! Who waits, and which place is kept for whom, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Date, Integer, Nullable, SmallInt, Text, Timestamptz,
    Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, OfficeId};
use uuid::Uuid;

use super::rules::OFFERS_MAX;
use crate::booking::appointments::store::LIVE_FOR_CITIZEN;
use crate::booking::problem::BookingProblem;
use crate::db::constraint::name as constraint_name;
use crate::db::schema::{waitlist_entry, waitlist_office};
use crate::db::{Conn, app_now, prepared};
use crate::http::failure::Failure;

/// Somebody who begins to wait.
#[derive(Debug)]
pub struct NewEntry<'a> {
    pub entry_id: Uuid,
    pub code: &'a str,
    pub service_code: &'a str,
    pub citizen_blind: &'a [u8],
    pub hold_person: &'a [u8],
    /// Encrypted for this row.
    pub phone: Vec<u8>,
    pub class: &'static str,
    pub days: (NaiveDate, NaiveDate),
    pub from_min: i16,
    pub to_min: i16,
    pub helper_id: Option<AccountId>,
    pub office_ids: &'a [OfficeId],
}

/// Writes an entry with its offices.
///
/// # Errors
/// [`BookingProblem::AlreadyWaiting`]; [`BookingProblem::AlreadyBooked`] when the citizen has an
/// appointment for this service.
pub async fn insert_entry(conn: &mut Conn, new: &NewEntry<'_>) -> Result<(), Failure> {
    let written = diesel::sql_query(
        "insert into waitlist_entry (entry_id, code, service_code, citizen_blind, hold_person, phone, \
           class, from_on, to_on, from_min, to_min, vouched, helper_id) \
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 is not null, $12 \
         where not exists ( \
           select 1 from appointment \
           where citizen_blind = $4 and service_code = $3 and status = any ($13))",
    )
    .bind::<SqlUuid, _>(new.entry_id)
    .bind::<Text, _>(new.code)
    .bind::<Text, _>(new.service_code)
    .bind::<Binary, _>(new.citizen_blind)
    .bind::<Binary, _>(new.hold_person)
    .bind::<Binary, _>(&new.phone)
    .bind::<Text, _>(new.class)
    .bind::<Date, _>(new.days.0)
    .bind::<Date, _>(new.days.1)
    .bind::<SmallInt, _>(new.from_min)
    .bind::<SmallInt, _>(new.to_min)
    .bind::<Nullable<SqlUuid>, _>(new.helper_id)
    .bind::<Array<Text>, _>(LIVE_FOR_CITIZEN.as_slice())
    .execute(conn)
    .await
    .map_err(|error| match constraint_name(&error) {
        Some("waitlist_entry_citizen_live_key") => Failure::from(BookingProblem::AlreadyWaiting),
        // Two codes in 2^40 met: asked again, another is made.
        Some("waitlist_entry_code_key") => Failure::unavailable(error),
        _ => error.into(),
    })?;
    if written == 0 {
        return Err(BookingProblem::AlreadyBooked.into());
    }
    let offices: Vec<_> = new
        .office_ids
        .iter()
        .map(|office_id| {
            (
                waitlist_office::entry_id.eq(new.entry_id),
                waitlist_office::office_id.eq(office_id),
            )
        })
        .collect();
    insert_into(waitlist_office::table)
        .values(offices)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// An entry as a row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = waitlist_entry, check_for_backend(diesel::pg::Pg))]
pub struct EntryRow {
    pub entry_id: Uuid,
    pub code: String,
    pub service_code: String,
    pub citizen_blind: Vec<u8>,
    pub class: String,
    pub from_on: NaiveDate,
    pub to_on: NaiveDate,
    pub from_min: i16,
    pub to_min: i16,
    pub vouched: bool,
    pub state: String,
    pub offers: i16,
    pub offer_id: Option<Uuid>,
    pub offer_office_id: Option<OfficeId>,
    pub offer_starts_at: Option<DateTime<Utc>>,
    pub offer_place_no: Option<i16>,
    pub offer_until: Option<DateTime<Utc>>,
}

/// The place that is kept for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferedPlace {
    pub offer_id: Uuid,
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub place_no: i16,
    pub until: DateTime<Utc>,
}

impl EntryRow {
    /// The present offer, if there is one.
    pub fn offer(&self) -> Option<OfferedPlace> {
        Some(OfferedPlace {
            offer_id: self.offer_id?,
            office_id: self.offer_office_id?,
            starts_at: self.offer_starts_at?,
            place_no: self.offer_place_no?,
            until: self.offer_until?,
        })
    }
}

pub async fn find_by_code(conn: &mut Conn, code: &str) -> QueryResult<Option<EntryRow>> {
    waitlist_entry::table
        .filter(waitlist_entry::code.eq(code))
        .select(EntryRow::as_select())
        .first(conn)
        .await
        .optional()
}

pub async fn lock_entry(conn: &mut Conn, entry_id: Uuid) -> QueryResult<Option<EntryRow>> {
    waitlist_entry::table
        .find(entry_id)
        .select(EntryRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// The entries of these people that wait or were made an offer, locked.
pub async fn lock_live_of(conn: &mut Conn, citizens: &[Vec<u8>]) -> QueryResult<Vec<EntryRow>> {
    waitlist_entry::table
        .filter(waitlist_entry::citizen_blind.eq_any(citizens))
        .filter(waitlist_entry::state.eq_any(["waiting", "offered"]))
        .order(waitlist_entry::entry_id)
        .select(EntryRow::as_select())
        .for_update()
        .load(conn)
        .await
}

pub async fn list_offices_of(conn: &mut Conn, entry_id: Uuid) -> QueryResult<Vec<OfficeId>> {
    waitlist_office::table
        .filter(waitlist_office::entry_id.eq(entry_id))
        .order(waitlist_office::office_id)
        .select(waitlist_office::office_id)
        .load(conn)
        .await
}

/// How many people are asked before this one at its offices, about: hours are not compared.
pub async fn count_ahead(conn: &mut Conn, entry: &EntryRow) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let count: Count = diesel::sql_query(
        "select count(distinct w.entry_id) as n from waitlist_entry w \
         join waitlist_office theirs using (entry_id) \
         join waitlist_office mine on mine.office_id = theirs.office_id and mine.entry_id = $1 \
         join waitlist_entry me on me.entry_id = mine.entry_id \
         where w.state = 'waiting' and w.service_code = me.service_code \
           and w.from_on <= me.to_on and me.from_on <= w.to_on \
           and (w.offers, w.class = 'none', w.joined_at, w.entry_id) \
             < (me.offers, me.class = 'none', me.joined_at, me.entry_id)",
    )
    .bind::<SqlUuid, _>(entry.entry_id)
    .get_result(conn)
    .await?;
    Ok(count.n)
}

/// A place that may be offered.
#[derive(Debug, Clone, Copy)]
pub struct FreePlace {
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub place_no: i16,
    /// Local day and minute of the start.
    pub on: NaiveDate,
    pub minute: i16,
}

/// An offer about to be made.
#[derive(Debug, Clone)]
pub struct NewOffer {
    pub place: FreePlace,
    pub offer_id: Uuid,
    pub until: DateTime<Utc>,
    /// How much longer the place stays locked.
    pub grace_s: i32,
    /// The offer that has just ended on this place, and the entry that let it end.
    pub ended: Option<(Uuid, Uuid)>,
}

/// An offer that was made.
#[derive(Debug, QueryableByName)]
pub struct MadeOffer {
    #[diesel(sql_type = SqlUuid)]
    pub entry_id: Uuid,
    #[diesel(sql_type = Text)]
    pub code: String,
    #[diesel(sql_type = Binary)]
    pub citizen_blind: Vec<u8>,
    #[diesel(sql_type = Binary)]
    pub phone: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    pub rev: i64,
}

/// Locks the place and the person who is next, and skips what another process is just offering;
/// both rows change in one statement, so that an offer without a kept place cannot be written.
const OFFER: &str = "with free as ( \
       select office_id, starts_at, place_no, for_unverified from place \
       where office_id = $1 and starts_at = $2 and place_no = $3 \
         and appointment_id is null and not withdrawn and opens_at <= app_now() \
         and (hold_until is null or hold_until <= app_now() or hold_id = $6) \
       for update skip locked \
     ), next as ( \
       select w.entry_id, w.hold_person from waitlist_entry w \
       join waitlist_office o on o.entry_id = w.entry_id and o.office_id = $1 \
       join office_service s on s.office_id = $1 and s.service_code = w.service_code \
       cross join free \
       where w.state = 'waiting' and $4 between w.from_on and w.to_on \
         and w.from_min <= $5 and $5 < w.to_min \
         and w.offers < $8 and w.entry_id is distinct from $7 \
         and (w.vouched or free.for_unverified) \
         and not exists ( \
           select 1 from appointment a \
           where a.citizen_blind = w.citizen_blind and a.service_code = w.service_code \
             and (a.status = any ($9) or (a.status = 'served' and a.changed_at >= w.joined_at))) \
       order by w.offers, w.class = 'none', w.joined_at, w.entry_id limit 1 \
       for update of w skip locked \
     ), kept as ( \
       update place set hold_id = $10, hold_until = $11 + make_interval(secs => $12), \
         hold_party = uuid_send($10), hold_person = next.hold_person, hold_device = null, \
         rev = rev + 1 \
       from next \
       where office_id = $1 and starts_at = $2 and place_no = $3 \
       returning rev \
     ) \
     update waitlist_entry w set state = 'offered', offers = w.offers + 1, offer_id = $10, \
       offer_office_id = $1, offer_starts_at = $2, offer_place_no = $3, offer_until = $11, \
       changed_at = app_now() \
     from next, kept \
     where w.entry_id = next.entry_id \
     returning w.entry_id, w.code, w.citizen_blind, w.phone, kept.rev";

/// Offers a free place to whoever is next, if anybody waits for it.
pub async fn offer(conn: &mut Conn, new: &NewOffer) -> QueryResult<Option<MadeOffer>> {
    let offered = diesel::sql_query(OFFER)
        .bind::<Integer, _>(new.place.office_id.0)
        .bind::<Timestamptz, _>(new.place.starts_at)
        .bind::<SmallInt, _>(new.place.place_no)
        .bind::<Date, _>(new.place.on)
        .bind::<SmallInt, _>(new.place.minute)
        .bind::<Nullable<SqlUuid>, _>(new.ended.map(|(offer_id, _)| offer_id))
        .bind::<Nullable<SqlUuid>, _>(new.ended.map(|(_, entry_id)| entry_id))
        .bind::<SmallInt, _>(OFFERS_MAX)
        .bind::<Array<Text>, _>(LIVE_FOR_CITIZEN.as_slice())
        .bind::<SqlUuid, _>(new.offer_id)
        .bind::<Timestamptz, _>(new.until)
        .bind::<Integer, _>(new.grace_s);
    prepared(offered).get_result(conn).await.optional()
}

/// Entries whose offer has run out, locked; those that another process ends are skipped.
pub async fn lock_lapsed(conn: &mut Conn, limit: i64) -> QueryResult<Vec<EntryRow>> {
    waitlist_entry::table
        .filter(waitlist_entry::state.eq("offered"))
        .filter(waitlist_entry::offer_until.le(app_now().nullable()))
        .order(waitlist_entry::offer_until)
        .limit(limit)
        .select(EntryRow::as_select())
        .for_update()
        .skip_locked()
        .load(conn)
        .await
}

/// Entries that wait for nothing any more, locked: their citizen has an appointment or was served
/// since, or their days are over.
pub async fn lock_settled(
    conn: &mut Conn,
    today: NaiveDate,
    limit: i64,
) -> QueryResult<Vec<(EntryRow, bool)>> {
    #[derive(QueryableByName)]
    struct Settled {
        #[diesel(sql_type = SqlUuid)]
        entry_id: Uuid,
        #[diesel(sql_type = Bool)]
        has_place: bool,
    }
    let found: Vec<Settled> = diesel::sql_query(
        "select entry_id, has_place from ( \
           select w.entry_id, w.to_on, exists ( \
             select 1 from appointment a \
             where a.citizen_blind = w.citizen_blind and a.service_code = w.service_code \
               and (a.status = any ($1) or (a.status = 'served' and a.changed_at >= w.joined_at)) \
           ) as has_place \
           from waitlist_entry w where w.state in ('waiting', 'offered') \
         ) seen \
         where has_place or to_on < $2 limit $3",
    )
    .bind::<Array<Text>, _>(LIVE_FOR_CITIZEN.as_slice())
    .bind::<Date, _>(today)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    let ids: Vec<Uuid> = found.iter().map(|one| one.entry_id).collect();
    let rows: Vec<EntryRow> = waitlist_entry::table
        .filter(waitlist_entry::entry_id.eq_any(&ids))
        .filter(waitlist_entry::state.eq_any(["waiting", "offered"]))
        .order(waitlist_entry::entry_id)
        .select(EntryRow::as_select())
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let settled = found.iter().find(|one| one.entry_id == row.entry_id);
            let has_place = settled.is_some_and(|one| one.has_place);
            (row, has_place)
        })
        .collect())
}

/// Ends the present offer of a locked entry and sets its state.
pub async fn set_state(conn: &mut Conn, entry_id: Uuid, state: &str) -> QueryResult<()> {
    update(waitlist_entry::table.find(entry_id))
        .set((
            waitlist_entry::state.eq(state),
            waitlist_entry::offer_id.eq(None::<Uuid>),
            waitlist_entry::offer_office_id.eq(None::<OfficeId>),
            waitlist_entry::offer_starts_at.eq(None::<DateTime<Utc>>),
            waitlist_entry::offer_place_no.eq(None::<i16>),
            waitlist_entry::offer_until.eq(None::<DateTime<Utc>>),
            waitlist_entry::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Closes the entry whose offer is being confirmed: in the same transaction, for who cancels at once
/// must not be shown an offer of a place that is the next person's by then. Run it before the place is
/// claimed: whoever ends an offer locks the entry first.
pub async fn take_offer(conn: &mut Conn, offer_id: Uuid) -> QueryResult<()> {
    let offered: Option<Uuid> = waitlist_entry::table
        .filter(waitlist_entry::offer_id.eq(offer_id))
        .select(waitlist_entry::entry_id)
        .for_update()
        .first(conn)
        .await
        .optional()?;
    match offered {
        Some(entry_id) => set_state(conn, entry_id, "taken").await,
        None => Ok(()),
    }
}

/// Somebody who waits, as the picture of a day needs them.
#[derive(Debug, Clone, QueryableByName)]
pub struct Waiting {
    #[diesel(sql_type = Integer)]
    pub office_id: OfficeId,
    #[diesel(sql_type = SmallInt)]
    pub from_min: i16,
    #[diesel(sql_type = SmallInt)]
    pub to_min: i16,
}

/// Those who wait at these offices for this day and may still be made an offer.
pub async fn list_waiting(
    conn: &mut Conn,
    offices: &[OfficeId],
    on: NaiveDate,
) -> QueryResult<Vec<Waiting>> {
    let ids: Vec<i32> = offices.iter().map(|id| id.0).collect();
    let waiting = diesel::sql_query(
        "select o.office_id, w.from_min, w.to_min from waitlist_office o \
         join waitlist_entry w using (entry_id) \
         where o.office_id = any ($1) and w.state = 'waiting' \
           and $2 between w.from_on and w.to_on and w.offers < $3 \
           and not exists ( \
             select 1 from appointment a \
             where a.citizen_blind = w.citizen_blind and a.service_code = w.service_code \
               and a.status = any ($4)) \
         limit 5000",
    )
    .bind::<Array<Integer>, _>(ids)
    .bind::<Date, _>(on)
    .bind::<SmallInt, _>(OFFERS_MAX)
    .bind::<Array<Text>, _>(LIVE_FOR_CITIZEN.as_slice());
    prepared(waiting).load(conn).await
}

/// Days on which somebody waits, from today to the last that can be booked, with their offices.
pub async fn list_awaited_days(
    conn: &mut Conn,
    today: NaiveDate,
    last: NaiveDate,
) -> QueryResult<Vec<(NaiveDate, OfficeId)>> {
    #[derive(QueryableByName)]
    struct Awaited {
        #[diesel(sql_type = Date)]
        day: NaiveDate,
        #[diesel(sql_type = Integer)]
        office_id: OfficeId,
    }
    let found: Vec<Awaited> = diesel::sql_query(
        "select distinct day::date as day, o.office_id from waitlist_entry w \
         join waitlist_office o using (entry_id) \
         cross join lateral generate_series( \
           greatest(w.from_on, $1)::timestamp, least(w.to_on, $2)::timestamp, '1 day') as day \
         where w.state = 'waiting' and w.offers < $3 \
         order by day, o.office_id",
    )
    .bind::<Date, _>(today)
    .bind::<Date, _>(last)
    .bind::<SmallInt, _>(OFFERS_MAX)
    .load(conn)
    .await?;
    Ok(found
        .into_iter()
        .map(|one| (one.day, one.office_id))
        .collect())
}

/// Who waits at an office for a day, counted by service and class.
pub async fn count_of_day(
    conn: &mut Conn,
    office_id: OfficeId,
    on: NaiveDate,
) -> QueryResult<Vec<(String, String, i64, i64, DateTime<Utc>)>> {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = Text)]
        service_code: String,
        #[diesel(sql_type = Text)]
        class: String,
        #[diesel(sql_type = BigInt)]
        waiting: i64,
        #[diesel(sql_type = BigInt)]
        offered: i64,
        #[diesel(sql_type = Timestamptz)]
        since: DateTime<Utc>,
    }
    let found: Vec<Counted> = diesel::sql_query(
        "select w.service_code, w.class, count(*) filter (where w.state = 'waiting') as waiting, \
           count(*) filter (where w.state = 'offered') as offered, min(w.joined_at) as since \
         from waitlist_entry w join waitlist_office o using (entry_id) \
         where o.office_id = $1 and w.state in ('waiting', 'offered') \
           and $2 between w.from_on and w.to_on \
         group by w.service_code, w.class order by w.service_code, w.class",
    )
    .bind::<Integer, _>(office_id.0)
    .bind::<Date, _>(on)
    .load(conn)
    .await?;
    Ok(found
        .into_iter()
        .map(|one| {
            (
                one.service_code,
                one.class,
                one.waiting,
                one.offered,
                one.since,
            )
        })
        .collect())
}
