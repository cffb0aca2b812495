//! Rows of one citizen in booking's tables, read and emptied.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, AppointmentId, TicketId};
use uuid::Uuid;

use crate::booking::appointments::store::{AppointmentRow, LIVE_FOR_CITIZEN};
use crate::booking::holds::token::people_of;
use crate::db::Conn;
use crate::db::schema::{appointment, limit_lift, office, waitlist_entry};
use crate::privacy::free_text::GONE;
use crate::privacy::keys::{Keys, Place};

/// An appointment with the name of its office.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = appointment, check_for_backend(diesel::pg::Pg))]
pub struct Booked {
    #[diesel(embed)]
    pub row: AppointmentRow,
    #[diesel(select_expression = office::name)]
    pub office_name: String,
}

impl Booked {
    pub fn is_live(&self) -> bool {
        LIVE_FOR_CITIZEN.contains(&self.row.status.as_str())
    }

    pub fn may_be_cancelled(&self) -> bool {
        matches!(self.row.status.as_str(), "booked" | "conflict")
    }
}

/// Who booked an appointment for somebody, if anybody did.
pub async fn find_helper(
    conn: &mut Conn,
    appointment_id: AppointmentId,
) -> QueryResult<Option<AccountId>> {
    let helper: Option<Option<AccountId>> = appointment::table
        .find(appointment_id)
        .select(appointment::helper_id)
        .first(conn)
        .await
        .optional()?;
    Ok(helper.flatten())
}

/// Every appointment of these ID numbers, and these, as far as they are not emptied; locked.
pub async fn list_booked(
    conn: &mut Conn,
    blinds: &[Vec<u8>],
    ids: &[AppointmentId],
) -> QueryResult<Vec<Booked>> {
    appointment::table
        .inner_join(office::table)
        .filter(
            appointment::citizen_blind
                .eq_any(blinds)
                .or(appointment::appointment_id.eq_any(ids)),
        )
        .filter(appointment::emptied_at.is_null())
        .order((appointment::starts_at, appointment::appointment_id))
        .select(Booked::as_select())
        .load(conn)
        .await
}

/// A ticket of a citizen.
#[derive(Debug, Clone, QueryableByName)]
pub struct Ticket {
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: TicketId,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Timestamptz)]
    pub arrived_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub office_name: String,
    /// Of a walk-in.
    #[diesel(sql_type = Nullable<Binary>)]
    pub name: Option<Vec<u8>>,
}

impl Ticket {
    pub fn is_live(&self) -> bool {
        matches!(
            self.state.as_str(),
            "waiting" | "called" | "serving" | "parked"
        )
    }
}

pub async fn list_tickets(
    conn: &mut Conn,
    blinds: &[Vec<u8>],
    appointments: &[AppointmentId],
) -> QueryResult<Vec<Ticket>> {
    diesel::sql_query(
        "select t.ticket_id, t.state, t.arrived_at, o.name as office_name, p.name
         from ticket t
         join office o using (office_id)
         left join ticket_person p using (ticket_id)
         where t.citizen_blind = any($1) or t.appointment_id = any($2)
         order by t.arrived_at, t.ticket_id",
    )
    .bind::<Array<Binary>, _>(blinds)
    .bind::<Array<SqlUuid>, _>(appointments)
    .load(conn)
    .await
}

/// An entry of the waitlist.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = waitlist_entry, check_for_backend(diesel::pg::Pg))]
pub struct Waiting {
    pub entry_id: Uuid,
    pub state: String,
    pub service_code: String,
    pub phone: Vec<u8>,
    pub joined_at: DateTime<Utc>,
}

pub async fn list_waiting(conn: &mut Conn, blinds: &[Vec<u8>]) -> QueryResult<Vec<Waiting>> {
    waitlist_entry::table
        .filter(waitlist_entry::citizen_blind.eq_any(blinds))
        .order((waitlist_entry::joined_at, waitlist_entry::entry_id))
        .select(Waiting::as_select())
        .load(conn)
        .await
}

/// Writes another name or phone into an appointment.
pub async fn set_words(
    conn: &mut Conn,
    keys: &Keys,
    id: AppointmentId,
    name: Option<&str>,
    phone: Option<&str>,
) -> QueryResult<()> {
    let seal = |column: &'static str, plain: Option<&str>| {
        let row = id.0.as_bytes();
        plain.map(|plain| keys.encrypt(&Place { column, row }, plain))
    };
    diesel::sql_query(
        "update appointment
         set name = coalesce($2, name),
             phone = case when phone_is_proxys then phone else coalesce($3, phone) end
         where appointment_id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<Binary>, _>(seal("appointment.name", name))
    .bind::<Nullable<Binary>, _>(seal("appointment.phone", phone))
    .execute(conn)
    .await?;
    Ok(())
}

/// What an appointment says of nobody any more. Its code opens nothing: it is another one, and nobody's.
const EMPTY_APPOINTMENT: &str = "
    set citizen_blind = uuid_send(appointment_id), id_tail = '', birth_year = 0, name = '', phone = null,
        phone_is_proxys = false, proxy_name = null, proxy_relation = null, guardian_name = null,
        code = upper(substr(md5(appointment_id::text || random()::text), 1, 8)),
        secret_version = secret_version + 1, keep_by = null, emptied_at = app_now()";

/// Empties all rows of these ID numbers, and these appointments. Nothing of them is live.
pub async fn empty(
    conn: &mut Conn,
    keys: &Keys,
    blinds: &[Vec<u8>],
    own: &[AppointmentId],
) -> QueryResult<()> {
    diesel::sql_query(format!(
        "update appointment {EMPTY_APPOINTMENT} where appointment_id = any($1) and emptied_at is null"
    ))
    .bind::<Array<SqlUuid>, _>(own)
    .execute(conn)
    .await?;
    diesel::sql_query(
        "delete from ticket_person where ticket_id in (select ticket_id from ticket where citizen_blind = any($1))",
    )
    .bind::<Array<Binary>, _>(blinds)
    .execute(conn)
    .await?;
    for sql in [
        "update ticket set citizen_blind = null where citizen_blind = any($1)",
        "delete from waitlist_entry where citizen_blind = any($1)",
        "delete from limit_lift where citizen_blind = any($1)",
    ] {
        diesel::sql_query(sql)
            .bind::<Array<Binary>, _>(blinds)
            .execute(conn)
            .await?;
    }
    let holders: Vec<Vec<u8>> = blinds
        .iter()
        .flat_map(|blind| people_of(keys, blind))
        .collect();
    diesel::sql_query(
        "update place
         set hold_id = null, hold_until = null, hold_party = null, hold_person = null, hold_device = null,
             rev = rev + 1
         where hold_person = any($1)",
    )
    .bind::<Array<Binary>, _>(holders)
    .execute(conn)
    .await?;
    Ok(())
}

/// Appointments that somebody booked for another, or comes along to, as far as they are not emptied, after this one.
pub async fn list_accompanied(
    conn: &mut Conn,
    after: Option<(DateTime<Utc>, AppointmentId)>,
    limit: i64,
) -> QueryResult<Vec<AppointmentRow>> {
    let mut query = appointment::table
        .filter(appointment::emptied_at.is_null())
        .filter(
            appointment::proxy_name
                .is_not_null()
                .or(appointment::guardian_name.is_not_null()),
        )
        .order((appointment::starts_at, appointment::appointment_id))
        .limit(limit)
        .select(AppointmentRow::as_select())
        .into_boxed();
    if let Some((starts_at, id)) = after {
        let is_later = appointment::starts_at
            .gt(starts_at)
            .or(appointment::appointment_id.gt(id));
        // The first of both is what the index knows.
        query = query
            .filter(appointment::starts_at.ge(starts_at))
            .filter(is_later);
    }
    query.load(conn).await
}

/// Takes whoever booked them out of these appointments, with the phone if it is theirs.
pub async fn empty_proxies(conn: &mut Conn, ids: &[AppointmentId]) -> QueryResult<()> {
    diesel::sql_query(
        "update appointment
         set proxy_name = null, proxy_relation = null,
             phone = case when phone_is_proxys then null else phone end, phone_is_proxys = false
         where appointment_id = any($1)",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes whoever comes along out of these appointments.
pub async fn empty_guardians(conn: &mut Conn, ids: &[AppointmentId]) -> QueryResult<()> {
    diesel::sql_query("update appointment set guardian_name = null where appointment_id = any($1)")
        .bind::<Array<SqlUuid>, _>(ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Why limits were lifted, of whomever.
pub async fn list_lift_reasons(conn: &mut Conn) -> QueryResult<Vec<(Uuid, String)>> {
    limit_lift::table
        .filter(limit_lift::reason.ne(GONE))
        .select((limit_lift::lift_id, limit_lift::reason))
        .load(conn)
        .await
}

pub async fn empty_lift_reasons(conn: &mut Conn, ids: &[Uuid]) -> QueryResult<()> {
    diesel::update(limit_lift::table.filter(limit_lift::lift_id.eq_any(ids)))
        .set(limit_lift::reason.eq(GONE))
        .execute(conn)
        .await?;
    Ok(())
}
