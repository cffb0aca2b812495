//! Slots, places and appointments, remembered.
//!
//! Claims skip what somebody else is just claiming, so they never wait and never deadlock; the law is
//! in the tables' unique indexes. Every update of a place raises its `rev`.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Integer, Nullable, SmallInt, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day_bounds;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use super::availability::PlaceState;
use super::mirror::{Change, State};
use super::offices::OfficeEntry;
use super::problem::BookingProblem;
use super::rules::{PlacePlan, SlotPlan};
use crate::db::constraint::name as constraint_name;
use crate::db::schema::{appointment, place, slot};
use crate::db::{Conn, app_now, prepared};
use crate::http::failure::Failure;
use crate::privacy::keys::{Keys, Place};

/// Statuses in which a citizen has an appointment.
pub const LIVE_FOR_CITIZEN: [&str; 5] = ["booked", "checked_in", "called", "serving", "conflict"];

/// A place as a row.
#[derive(Debug, Clone, Queryable)]
pub struct PlaceRow {
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub place_no: i16,
    pub opens_at: Option<DateTime<Utc>>,
    pub for_unverified: bool,
    pub rev: i64,
    pub booked: bool,
    pub held: Option<bool>,
    pub withdrawn: bool,
}

impl PlaceRow {
    pub fn state(&self) -> PlaceState {
        PlaceState {
            place_no: self.place_no,
            opens_at: self.opens_at,
            for_unverified: self.for_unverified,
            rev: self.rev,
            taken: self.booked || self.held == Some(true),
            held: false,
        }
    }
}

/// The places of these offices' day that have rows.
pub async fn list_places_of_day(
    conn: &mut Conn,
    offices: &[OfficeId],
    on: NaiveDate,
) -> QueryResult<Vec<PlaceRow>> {
    let day = local_day_bounds(on);
    place::table
        .filter(place::office_id.eq_any(offices))
        .filter(place::starts_at.ge(day.start))
        .filter(place::starts_at.lt(day.end))
        .order((place::office_id, place::starts_at, place::place_no))
        .select((
            place::office_id,
            place::starts_at,
            place::place_no,
            place::opens_at,
            place::for_unverified,
            place::rev,
            place::appointment_id.is_not_null(),
            place::hold_until.gt(app_now().nullable()),
            place::withdrawn,
        ))
        .load(conn)
        .await
}

/// Gives a slot its rows, unless it has them.
///
/// # Errors
/// 503 when its office has changed its hours since they were read: asked again, they are new.
pub async fn materialise(
    conn: &mut Conn,
    office: &OfficeEntry,
    plan: &SlotPlan,
) -> Result<(), Failure> {
    let places = office.timetable.places_of(plan);
    let numbers: Vec<i16> = places.iter().map(|place| place.place_no).collect();
    let opens: Vec<Option<DateTime<Utc>>> = places.iter().map(|place| place.opens_at).collect();
    let strangers: Vec<bool> = places.iter().map(|place| place.for_unverified).collect();
    // The lock waits for a change of hours that is under way, and then finds its new number.
    let added = prepared(
        diesel::sql_query(
            "with open as ( \
           select office_id from office where office_id = $1 and hours_rev = $2 for key share \
         ), fresh as ( \
           insert into slot (office_id, starts_at, ends_at, closes_at) \
           select office_id, $3, $4, $5 from open \
           on conflict do nothing \
           returning office_id, starts_at \
         ) \
         insert into place (office_id, starts_at, place_no, opens_at, for_unverified) \
         select fresh.office_id, fresh.starts_at, p.place_no, p.opens_at, p.for_unverified \
         from fresh, unnest($6, $7, $8) as p (place_no, opens_at, for_unverified)",
        )
        .bind::<Integer, _>(office.row.office_id.0)
        .bind::<Integer, _>(office.row.hours_rev)
        .bind::<Timestamptz, _>(plan.starts_at)
        .bind::<Timestamptz, _>(plan.ends_at)
        .bind::<Timestamptz, _>(plan.closes_at)
        .bind::<Array<SmallInt>, _>(numbers)
        .bind::<Array<Nullable<Timestamptz>>, _>(opens)
        .bind::<Array<Bool>, _>(strangers),
    )
    .execute(conn)
    .await?;
    if added == 0 {
        let row = slot::table.find((office.row.office_id, plan.starts_at));
        let is_there: bool = diesel::select(diesel::dsl::exists(row))
            .get_result(conn)
            .await?;
        if !is_there {
            return Err(Failure::unavailable(
                "the office has just changed its hours",
            ));
        }
    }
    Ok(())
}

/// Parties wait for one another, so that two of them do not each take half of what one needs.
/// Single claims skip, and never wait.
async fn queue_party(
    conn: &mut Conn,
    office_id: OfficeId,
    starts_at: DateTime<Utc>,
) -> QueryResult<()> {
    slot::table
        .find((office_id, starts_at))
        .select(slot::starts_at)
        .for_no_key_update()
        .first::<DateTime<Utc>>(conn)
        .await
        .optional()?;
    Ok(())
}

/// What a claim is made with.
#[derive(Debug, Clone)]
pub struct Claim {
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    /// The places of the hold, tried first.
    pub place_nos: Vec<i16>,
    /// PostgreSQL's own hold under this number is no obstacle.
    pub hold_id: Uuid,
    pub vouched: bool,
    /// Judged by the database's clock: the hold's end, the slot's start, the request's deadline.
    pub until: DateTime<Utc>,
    /// Walk-in places too: the desk may.
    pub at_desk: bool,
}

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = SmallInt)]
    place_no: i16,
    #[diesel(sql_type = BigInt)]
    rev: i64,
}

impl Claimed {
    fn change(&self, starts_at: DateTime<Utc>, state: State) -> Change {
        Change {
            starts_at,
            place_no: self.place_no,
            rev: self.rev,
            state,
        }
    }
}

/// Claims one place for each appointment: the held ones, else the highest free ones.
///
/// # Errors
/// [`BookingProblem::HoldEnded`] by the database's clock, [`BookingProblem::SlotFull`].
pub async fn claim_places(
    conn: &mut Conn,
    claim: &Claim,
    appointment_ids: &[AppointmentId],
) -> Result<Vec<Change>, Failure> {
    if appointment_ids.len() > 1 {
        queue_party(conn, claim.office_id, claim.starts_at).await?;
    }
    let mut changes = Vec::with_capacity(appointment_ids.len());
    for (at, id) in appointment_ids.iter().enumerate() {
        let mut claimed = None;
        if let Some(place_no) = claim.place_nos.get(at) {
            claimed = claim_one(conn, claim, *id, Some(*place_no)).await?;
        }
        if claimed.is_none() {
            claimed = claim_one(conn, claim, *id, None).await?;
        }
        match claimed {
            Some(claimed) => changes.push(claimed.change(claim.starts_at, State::Booked)),
            None => return Err(why_none(conn, claim).await?.into()),
        }
    }
    Ok(changes)
}

/// Takes the place of the hold; it may be one that strangers cannot claim otherwise.
const CLAIM_HELD: &str = "update place set appointment_id = $1, hold_id = null, hold_until = null, \
       hold_party = null, hold_person = null, hold_device = null, rev = rev + 1 \
     where (office_id, starts_at, place_no) = ( \
       select office_id, starts_at, place_no from place \
       where office_id = $2 and starts_at = $3 and place_no = $7 and appointment_id is null \
         and not withdrawn and app_now() < $6 \
         and (hold_until is null or hold_until <= app_now() or hold_id = $4) \
         and ($5 or opens_at <= app_now()) \
       for update skip locked) \
     returning place_no, rev";

/// Takes the highest free place: holds take the lowest, so the fewest are robbed.
const CLAIM_ANY: &str = "update place set appointment_id = $1, hold_id = null, hold_until = null, \
       hold_party = null, hold_person = null, hold_device = null, rev = rev + 1 \
     where (office_id, starts_at, place_no) = ( \
       select office_id, starts_at, place_no from place \
       where office_id = $2 and starts_at = $3 and appointment_id is null \
         and ($7 or for_unverified) and place_no <> all ($8) \
         and not withdrawn and app_now() < $6 \
         and (hold_until is null or hold_until <= app_now() or hold_id = $4) \
         and ($5 or opens_at <= app_now()) \
       order by place_no desc limit 1 \
       for update skip locked) \
     returning place_no, rev";

async fn claim_one(
    conn: &mut Conn,
    claim: &Claim,
    id: AppointmentId,
    place_no: Option<i16>,
) -> QueryResult<Option<Claimed>> {
    // Two statements, for the first finds its one row by the key, and the clock is dear to ask.
    let claiming = |sql: &'static str| {
        diesel::sql_query(sql)
            .bind::<SqlUuid, _>(id)
            .bind::<Integer, _>(claim.office_id)
            .bind::<Timestamptz, _>(claim.starts_at)
            .bind::<SqlUuid, _>(claim.hold_id)
            .bind::<Bool, _>(claim.at_desk)
            .bind::<Timestamptz, _>(claim.until)
    };
    let claimed = match place_no {
        Some(place_no) => {
            let held = claiming(CLAIM_HELD).bind::<SmallInt, _>(place_no);
            prepared(held).get_result(conn).await
        }
        None => {
            let any = claiming(CLAIM_ANY)
                .bind::<Bool, _>(claim.vouched)
                .bind::<Array<SmallInt>, _>(&claim.place_nos);
            prepared(any).get_result(conn).await
        }
    };
    claimed.optional()
}

async fn why_none(conn: &mut Conn, claim: &Claim) -> QueryResult<BookingProblem> {
    let now: DateTime<Utc> = diesel::select(app_now()).get_result(conn).await?;
    Ok(if now >= claim.until {
        BookingProblem::HoldEnded
    } else {
        BookingProblem::SlotFull
    })
}

/// A hold that PostgreSQL keeps, because Redis is away.
#[derive(Debug)]
pub struct NewHold {
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub hold_id: Uuid,
    pub until: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    /// Hash of the party and its device.
    pub party: Vec<u8>,
    /// One hash a person.
    pub people: Vec<Vec<u8>>,
    pub device: Vec<u8>,
    pub parties_max: usize,
    pub vouched: bool,
    /// How Redis is told of it.
    pub mirrored: State,
}

/// What PostgreSQL holds for a party.
#[derive(Debug, PartialEq, Eq)]
pub struct HeldPlaces {
    pub hold_id: Uuid,
    pub until: DateTime<Utc>,
    pub place_nos: Vec<i16>,
    /// To be mirrored after the commit, the given-back ones of other slots too.
    pub changes: Vec<(OfficeId, Change)>,
}

/// Holds places, all or none; the same party asking again is told the same. Run it in a transaction,
/// and roll back on an error.
///
/// # Errors
/// [`BookingProblem::SlotFull`], [`BookingProblem::TooManyHolds`].
pub async fn hold_places(conn: &mut Conn, new: &NewHold) -> Result<HeldPlaces, Failure> {
    let same: Vec<(i16, Option<Uuid>, Option<DateTime<Utc>>)> = place::table
        .filter(place::office_id.eq(new.office_id))
        .filter(place::starts_at.eq(new.starts_at))
        .filter(place::hold_party.eq(&new.party))
        .filter(place::hold_until.gt(app_now().nullable()))
        .order(place::place_no)
        .select((place::place_no, place::hold_id, place::hold_until))
        .load(conn)
        .await?;
    if let Some((_, Some(hold_id), Some(until))) = same.as_slice().first()
        && same.len() == new.people.len()
    {
        return Ok(HeldPlaces {
            hold_id: *hold_id,
            until: *until,
            place_nos: same.iter().map(|(place_no, ..)| *place_no).collect(),
            changes: Vec::new(),
        });
    }
    if new.people.len() > 1 {
        queue_party(conn, new.office_id, new.starts_at).await?;
    }
    let held = take_places(conn, new).await?;
    if held.len() < new.people.len() {
        return Err(BookingProblem::SlotFull.into());
    }
    let released = release_others(conn, new).await?;
    let parties: Vec<Option<Uuid>> = place::table
        .filter(place::hold_device.eq(&new.device))
        .filter(place::hold_until.gt(app_now().nullable()))
        .select(place::hold_id)
        .distinct()
        .load(conn)
        .await?;
    if parties.len() > new.parties_max {
        return Err(BookingProblem::TooManyHolds.into());
    }
    let mut changes: Vec<(OfficeId, Change)> = held
        .iter()
        .map(|held| {
            (
                new.office_id,
                held.change(new.starts_at, new.mirrored.clone()),
            )
        })
        .collect();
    changes.extend(released);
    Ok(HeldPlaces {
        hold_id: new.hold_id,
        until: new.until,
        place_nos: held.iter().map(|held| held.place_no).collect(),
        changes,
    })
}

async fn take_places(conn: &mut Conn, new: &NewHold) -> QueryResult<Vec<Claimed>> {
    prepared(
        diesel::sql_query(
            "with free as ( \
           select place_no from place \
           where office_id = $1 and starts_at = $2 and appointment_id is null \
             and (hold_until is null or hold_until <= app_now()) \
             and opens_at <= app_now() and app_now() < $3 and ($4 or for_unverified) \
           order by for_unverified, place_no limit $5 \
           for update skip locked \
         ), numbered as ( \
           select place_no, row_number() over (order by place_no) as n from free \
         ) \
         update place set hold_id = $6, hold_until = $7, hold_party = $8, \
           hold_person = ($9)[numbered.n], hold_device = $10, rev = rev + 1 \
         from numbered \
         where office_id = $1 and starts_at = $2 and place.place_no = numbered.place_no \
         returning place.place_no, place.rev",
        )
        .bind::<Integer, _>(new.office_id)
        .bind::<Timestamptz, _>(new.starts_at)
        .bind::<Timestamptz, _>(new.closes_at)
        .bind::<Bool, _>(new.vouched)
        .bind::<BigInt, _>(new.people.len() as i64)
        .bind::<SqlUuid, _>(new.hold_id)
        .bind::<Timestamptz, _>(new.until)
        .bind::<Binary, _>(&new.party)
        .bind::<Array<Binary>, _>(&new.people)
        .bind::<Binary, _>(&new.device),
    )
    .load(conn)
    .await
}

/// A person's new hold replaces the old one, wherever it was.
async fn release_others(conn: &mut Conn, new: &NewHold) -> QueryResult<Vec<(OfficeId, Change)>> {
    let others: Vec<Option<Uuid>> = place::table
        .filter(place::hold_person.eq_any(&new.people))
        .filter(place::hold_id.ne(Some(new.hold_id)))
        .select(place::hold_id)
        .load(conn)
        .await?;
    release_holds(conn, others).await
}

/// Gives back every place under these holds.
pub async fn release_holds(
    conn: &mut Conn,
    holds: Vec<Option<Uuid>>,
) -> QueryResult<Vec<(OfficeId, Change)>> {
    if holds.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(OfficeId, DateTime<Utc>, i16, i64)> =
        update(place::table.filter(place::hold_id.eq_any(holds)))
            .set((
                place::hold_id.eq(None::<Uuid>),
                place::hold_until.eq(None::<DateTime<Utc>>),
                place::hold_party.eq(None::<Vec<u8>>),
                place::hold_person.eq(None::<Vec<u8>>),
                place::hold_device.eq(None::<Vec<u8>>),
                place::rev.eq(place::rev + 1),
            ))
            .returning((
                place::office_id,
                place::starts_at,
                place::place_no,
                place::rev,
            ))
            .load(conn)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(office_id, starts_at, place_no, rev)| {
            let change = Change {
                starts_at,
                place_no,
                rev,
                state: State::Free,
            };
            (office_id, change)
        })
        .collect())
}

/// An appointment about to be written.
pub struct NewAppointment<'a> {
    pub appointment_id: AppointmentId,
    pub party_id: Uuid,
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub place_no: i16,
    pub service_code: &'a str,
    pub citizen_blind: &'a [u8],
    pub id_tail: &'a str,
    pub birth_year: i16,
    pub name: &'a PersonName,
    pub phone: Option<&'a MobilePhone>,
    pub village_id: Option<UnitId>,
    pub outside_province: bool,
    pub consent: &'a str,
    pub helper_id: Option<AccountId>,
    pub proxy: Option<(&'a PersonName, &'a str)>,
    pub guardian_name: Option<&'a PersonName>,
    pub verified: bool,
    pub code: &'a str,
}

fn encrypt(keys: &Keys, column: &'static str, id: AppointmentId, plain: &str) -> Vec<u8> {
    let row = id.0.as_bytes();
    keys.encrypt(&Place { column, row }, plain)
}

/// Writes the appointments of a party.
///
/// # Errors
/// [`BookingProblem::AlreadyBooked`] when the citizen has one for this service.
pub async fn insert_appointments(
    conn: &mut Conn,
    keys: &Keys,
    new: &[NewAppointment<'_>],
) -> Result<(), Failure> {
    // One statement each, for such a one is planned once; most parties are one person.
    for one in new {
        let id = one.appointment_id;
        let row = (
            appointment::appointment_id.eq(id),
            appointment::party_id.eq(one.party_id),
            appointment::office_id.eq(one.office_id),
            appointment::starts_at.eq(one.starts_at),
            appointment::place_no.eq(Some(one.place_no)),
            appointment::service_code.eq(one.service_code),
            appointment::status.eq("booked"),
            appointment::citizen_blind.eq(one.citizen_blind),
            appointment::id_tail.eq(one.id_tail),
            appointment::birth_year.eq(one.birth_year),
            appointment::name.eq(encrypt(keys, "appointment.name", id, one.name.expose())),
            appointment::phone.eq(one
                .phone
                .map(|phone| encrypt(keys, "appointment.phone", id, &phone.e164()))),
            appointment::village_id.eq(one.village_id),
            appointment::outside_province.eq(one.outside_province),
            appointment::consent.eq(one.consent),
            appointment::helper_id.eq(one.helper_id),
            appointment::proxy_name.eq(one
                .proxy
                .map(|(name, _)| encrypt(keys, "appointment.proxy_name", id, name.expose()))),
            appointment::proxy_relation.eq(one.proxy.map(|(_, relation)| relation)),
            appointment::guardian_name.eq(one
                .guardian_name
                .map(|name| encrypt(keys, "appointment.guardian_name", id, name.expose()))),
            appointment::verified.eq(one.verified),
            appointment::code.eq(one.code),
        );
        insert_into(appointment::table)
            .values(row)
            .execute(conn)
            .await
            .map_err(refusal)?;
    }
    Ok(())
}

/// What a constraint of an appointment says, as a refusal.
fn refusal(error: diesel::result::Error) -> Failure {
    match constraint_name(&error) {
        Some("appointment_citizen_live_key") => BookingProblem::AlreadyBooked.into(),
        // The claim chose the place under its lock: this is an alarm, not a race.
        Some("appointment_place_live_key") => {
            tracing::error!("a claimed place had a live appointment: the law spoke");
            BookingProblem::SlotFull.into()
        }
        // Two codes in 2^40 met: asked again, another is made.
        Some("appointment_code_key") => Failure::unavailable(error),
        _ => error.into(),
    }
}

/// An appointment as a row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = appointment, check_for_backend(diesel::pg::Pg))]
pub struct AppointmentRow {
    pub appointment_id: AppointmentId,
    pub party_id: Uuid,
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub place_no: Option<i16>,
    pub service_code: String,
    pub status: String,
    pub citizen_blind: Vec<u8>,
    pub id_tail: String,
    pub birth_year: i16,
    pub name: Vec<u8>,
    pub phone: Option<Vec<u8>>,
    pub guardian_name: Option<Vec<u8>>,
    pub verified: bool,
    pub code: String,
    pub secret_version: i32,
}

impl AppointmentRow {
    fn decrypt(&self, keys: &Keys, column: &'static str, stored: &[u8]) -> Result<String, Failure> {
        let row = self.appointment_id.0.as_bytes();
        Ok(keys.decrypt(&Place { column, row }, stored)?)
    }

    /// # Errors
    /// When the key of the row is not configured.
    pub fn name(&self, keys: &Keys) -> Result<String, Failure> {
        self.decrypt(keys, "appointment.name", &self.name)
    }

    /// # Errors
    /// When the key of the row is not configured.
    pub fn guardian_name(&self, keys: &Keys) -> Result<Option<String>, Failure> {
        let stored = self.guardian_name.as_deref();
        stored
            .map(|stored| self.decrypt(keys, "appointment.guardian_name", stored))
            .transpose()
    }

    /// # Errors
    /// When the key of the row is not configured.
    pub fn phone(&self, keys: &Keys) -> Result<Option<MobilePhone>, Failure> {
        let Some(stored) = self.phone.as_deref() else {
            return Ok(None);
        };
        let text = self.decrypt(keys, "appointment.phone", stored)?;
        let phone = MobilePhone::parse(&text)
            .map_err(|_| Failure::internal("a stored phone cannot be read"))?;
        Ok(Some(phone))
    }
}

pub async fn find_by_code(conn: &mut Conn, code: &str) -> QueryResult<Option<AppointmentRow>> {
    appointment::table
        .filter(appointment::code.eq(code))
        .select(AppointmentRow::as_select())
        .first(conn)
        .await
        .optional()
}

pub async fn lock_appointment(
    conn: &mut Conn,
    id: AppointmentId,
) -> QueryResult<Option<AppointmentRow>> {
    appointment::table
        .find(id)
        .select(AppointmentRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// The live appointments of these citizens for this service.
pub async fn list_live(
    conn: &mut Conn,
    citizens: &[Vec<u8>],
    service_code: &str,
) -> QueryResult<Vec<AppointmentRow>> {
    appointment::table
        .filter(appointment::citizen_blind.eq_any(citizens))
        .filter(appointment::service_code.eq(service_code))
        .filter(appointment::status.eq_any(LIVE_FOR_CITIZEN))
        .select(AppointmentRow::as_select())
        .load(conn)
        .await
}

/// A citizen's live appointments, for the desk that has the card in hand.
pub async fn list_of_citizen(
    conn: &mut Conn,
    citizen_blind: &[u8],
) -> QueryResult<Vec<AppointmentRow>> {
    appointment::table
        .filter(appointment::citizen_blind.eq(citizen_blind))
        .filter(appointment::status.eq_any(LIVE_FOR_CITIZEN))
        .order(appointment::starts_at)
        .select(AppointmentRow::as_select())
        .load(conn)
        .await
}

/// One office's appointments of one day, in order; the cancelled ones are of no use at a desk.
pub async fn list_of_day(
    conn: &mut Conn,
    office_id: OfficeId,
    on: NaiveDate,
) -> QueryResult<Vec<AppointmentRow>> {
    let day = local_day_bounds(on);
    appointment::table
        .filter(appointment::office_id.eq(office_id))
        .filter(appointment::starts_at.ge(day.start))
        .filter(appointment::starts_at.lt(day.end))
        .filter(appointment::status.ne("cancelled"))
        .order((appointment::starts_at, appointment::place_no))
        .limit(5_000)
        .select(AppointmentRow::as_select())
        .load(conn)
        .await
}

/// Frees the place of an appointment.
pub async fn free_place(conn: &mut Conn, row: &AppointmentRow) -> QueryResult<Option<Change>> {
    let freed: Option<(i16, i64)> =
        update(place::table.filter(place::appointment_id.eq(row.appointment_id)))
            .set((
                place::appointment_id.eq(None::<AppointmentId>),
                place::rev.eq(place::rev + 1),
            ))
            .returning((place::place_no, place::rev))
            .get_result(conn)
            .await
            .optional()?;
    Ok(freed.map(|(place_no, rev)| Change {
        starts_at: row.starts_at,
        place_no,
        rev,
        state: State::Free,
    }))
}

pub async fn set_cancelled(conn: &mut Conn, id: AppointmentId) -> QueryResult<()> {
    update(appointment::table.find(id))
        .set((
            appointment::status.eq("cancelled"),
            appointment::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn set_moved(
    conn: &mut Conn,
    id: AppointmentId,
    office_id: OfficeId,
    starts_at: DateTime<Utc>,
    place_no: i16,
) -> QueryResult<()> {
    update(appointment::table.find(id))
        .set((
            appointment::office_id.eq(office_id),
            appointment::starts_at.eq(starts_at),
            appointment::place_no.eq(Some(place_no)),
            appointment::status.eq("booked"),
            appointment::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Raises the version of the secret: the old one ends.
pub async fn raise_secret(conn: &mut Conn, id: AppointmentId) -> QueryResult<i32> {
    update(appointment::table.find(id))
        .set((
            appointment::secret_version.eq(appointment::secret_version + 1),
            appointment::changed_at.eq(app_now()),
        ))
        .returning(appointment::secret_version)
        .get_result(conn)
        .await
}

/// Starts of this office's coming slots that have rows.
pub async fn list_coming_slots(
    conn: &mut Conn,
    office_id: OfficeId,
) -> QueryResult<Vec<DateTime<Utc>>> {
    slot::table
        .filter(slot::office_id.eq(office_id))
        .filter(slot::starts_at.gt(app_now()))
        .order(slot::starts_at)
        .select(slot::starts_at)
        .load(conn)
        .await
}

/// The places of a slot, locked.
pub async fn list_places_of_slot(
    conn: &mut Conn,
    office_id: OfficeId,
    starts_at: DateTime<Utc>,
) -> QueryResult<Vec<PlaceRow>> {
    place::table
        .filter(place::office_id.eq(office_id))
        .filter(place::starts_at.eq(starts_at))
        .order(place::place_no)
        .for_update()
        .select((
            place::office_id,
            place::starts_at,
            place::place_no,
            place::opens_at,
            place::for_unverified,
            place::rev,
            place::appointment_id.is_not_null(),
            place::hold_until.gt(app_now().nullable()),
            place::withdrawn,
        ))
        .load(conn)
        .await
}

/// Makes a place as planned, or adds it, or withdraws it.
pub async fn upsert_place(
    conn: &mut Conn,
    office_id: OfficeId,
    starts_at: DateTime<Utc>,
    planned: &PlacePlan,
    withdrawn: bool,
) -> QueryResult<()> {
    let state = (
        place::opens_at.eq(planned.opens_at),
        place::for_unverified.eq(planned.for_unverified),
        place::withdrawn.eq(withdrawn),
    );
    insert_into(place::table)
        .values((
            place::office_id.eq(office_id),
            place::starts_at.eq(starts_at),
            place::place_no.eq(planned.place_no),
            state,
        ))
        .on_conflict((place::office_id, place::starts_at, place::place_no))
        .do_update()
        .set((state, place::rev.eq(place::rev + 1)))
        .execute(conn)
        .await?;
    Ok(())
}
