//! Appointments, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{insert_into, sql, update};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::BookedBy;
use mobile_contracts::calendar::local_day_bounds;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use crate::booking::citizen::ERASED;
use crate::booking::problem::BookingProblem;
use crate::db::constraint::name as constraint_name;
use crate::db::schema::appointment;
use crate::db::{Conn, app_now};
use crate::http::failure::Failure;
use crate::privacy::keys::{Keys, Place};

/// Statuses in which a citizen has an appointment.
pub const LIVE_FOR_CITIZEN: [&str; 5] = ["booked", "checked_in", "called", "serving", "conflict"];

/// Who cancels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Whoever has code and secret.
    Owner,
    Desk,
    /// The person with the card, who is at another desk now and takes a ticket there.
    Ticket,
    /// The desk too, for somebody whose place is gone.
    Conflict,
    /// Nobody kept it.
    Time,
}

impl By {
    fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Desk | Self::Ticket | Self::Conflict => "desk",
            Self::Time => "time",
        }
    }
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
    pub phone_is_proxys: bool,
    pub village_id: Option<UnitId>,
    pub outside_province: bool,
    pub consent: &'a str,
    pub helper_id: Option<AccountId>,
    pub proxy: Option<(&'a PersonName, &'a str)>,
    pub guardian_name: Option<&'a PersonName>,
    pub verified: bool,
    pub keep_by: Option<DateTime<Utc>>,
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
    // One statement each, for such a one is planned once; most parties are one person. Two parties
    // with the same people write them in the same order, whoever came first in each: the second one
    // waits for the first, and never the first for it.
    let mut in_order: Vec<&NewAppointment<'_>> = new.iter().collect();
    in_order.sort_by_key(|one| one.citizen_blind);
    for one in in_order {
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
            appointment::phone_is_proxys.eq(one.phone_is_proxys),
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
            appointment::keep_by.eq(one.keep_by),
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
    pub phone_is_proxys: bool,
    pub helper_id: Option<AccountId>,
    pub proxy_name: Option<Vec<u8>>,
    pub proxy_relation: Option<String>,
    pub guardian_name: Option<Vec<u8>>,
    pub verified: bool,
    pub keep_by: Option<DateTime<Utc>>,
    pub code: String,
    pub secret_version: i32,
    pub booked_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

impl AppointmentRow {
    fn decrypt(&self, keys: &Keys, column: &'static str, stored: &[u8]) -> Result<String, Failure> {
        let row = self.appointment_id.0.as_bytes();
        Ok(keys.decrypt(&Place { column, row }, stored)?)
    }

    /// # Errors
    /// When the key of the row is not configured.
    pub fn name(&self, keys: &Keys) -> Result<String, Failure> {
        if self.name.is_empty() {
            return Ok(ERASED.to_owned());
        }
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

    /// The relative who booked, and what they are to the person.
    ///
    /// # Errors
    /// When the key of the row is not configured.
    pub fn proxy(&self, keys: &Keys) -> Result<Option<BookedBy>, Failure> {
        let Some((stored, relation)) = self.proxy_name.as_deref().zip(self.proxy_relation.clone())
        else {
            return Ok(None);
        };
        let name = self.decrypt(keys, "appointment.proxy_name", stored)?;
        Ok(Some(BookedBy { name, relation }))
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
        .order(appointment::appointment_id)
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

pub async fn set_cancelled(conn: &mut Conn, id: AppointmentId, by: By) -> QueryResult<()> {
    update(appointment::table.find(id))
        .set((
            appointment::status.eq("cancelled"),
            appointment::cancelled_by.eq(by.as_str()),
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
    keep_by: Option<DateTime<Utc>>,
) -> QueryResult<()> {
    update(appointment::table.find(id))
        .set((
            appointment::keep_by.eq(keep_by),
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

/// Its owner says that they come: it does not lapse.
pub async fn set_kept(conn: &mut Conn, id: AppointmentId) -> QueryResult<()> {
    update(appointment::table.find(id))
        .set((
            appointment::keep_by.eq(None::<DateTime<Utc>>),
            appointment::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Bookings that nobody kept, locked; those that another process lapses are skipped.
pub async fn lock_unkept(conn: &mut Conn, limit: i64) -> QueryResult<Vec<AppointmentRow>> {
    appointment::table
        .filter(appointment::status.eq("booked"))
        .filter(appointment::keep_by.le(app_now().nullable()))
        .order(appointment::keep_by)
        .limit(limit)
        .select(AppointmentRow::as_select())
        .for_update()
        .skip_locked()
        .load(conn)
        .await
}

/// An appointment, locked, with whether its owner has cancelled it within the last 60 seconds and it
/// has not begun yet.
pub async fn lock_undoable(
    conn: &mut Conn,
    id: AppointmentId,
) -> QueryResult<Option<(AppointmentRow, bool)>> {
    let is_recent = sql::<Bool>(
        "coalesce(cancelled_by = 'owner' and app_now() < changed_at + interval '60 seconds' \
           and app_now() < starts_at, false)",
    );
    appointment::table
        .find(id)
        .select((AppointmentRow::as_select(), is_recent))
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Takes a cancellation back.
///
/// # Errors
/// [`BookingProblem::AlreadyBooked`] when the citizen has booked anew since.
pub async fn set_restored(conn: &mut Conn, id: AppointmentId) -> Result<(), Failure> {
    update(appointment::table.find(id))
        .set((
            appointment::status.eq("booked"),
            appointment::cancelled_by.eq(None::<&str>),
            appointment::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await
        .map_err(refusal)?;
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
