//! Writing the appointments of people who have just been given places, with what is audited and told.

use chrono::{DateTime, Utc};
use mobile_contracts::booking::BookedAppointment;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId};
use mobile_contracts::person_name::PersonName;
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::booking::appointments::notices::Told;
use crate::booking::appointments::party::Checked;
use crate::booking::appointments::rules::keep_by;
use crate::booking::appointments::secret::spell_code;
use crate::booking::appointments::store::{NewAppointment, insert_appointments};
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::identity::rules::{new_code, normalise_code};
use crate::notice::{self, Kind};
use crate::privacy::audit;

/// People who are booked in one step.
pub struct Party<'a> {
    pub office_id: OfficeId,
    pub service_code: &'a str,
    pub helper_id: Option<AccountId>,
    /// The relative who books, with the relation.
    pub proxy: Option<(&'a PersonName, &'a str)>,
    pub verified: bool,
    pub now: DateTime<Utc>,
}

/// One of them, with the place that was claimed for the appointment.
pub struct Seat<'a> {
    pub appointment_id: AppointmentId,
    /// Those who are moved together.
    pub party_id: Uuid,
    pub visitor: &'a Checked,
    pub starts_at: DateTime<Utc>,
    pub place_no: i16,
}

/// Writes the appointments of a party. Run it in the transaction that claimed the places.
///
/// # Errors
/// [`crate::booking::problem::BookingProblem::AlreadyBooked`].
pub async fn write_party(
    app: &App,
    conn: &mut Conn,
    party: &Party<'_>,
    seats: &[Seat<'_>],
) -> Result<Vec<BookedAppointment>, Failure> {
    let codes: Vec<String> = seats.iter().map(|_| normalise_code(&new_code())).collect();
    let new: Vec<NewAppointment<'_>> = seats
        .iter()
        .zip(&codes)
        .map(|(seat, code)| new_appointment(party, seat, code))
        .collect();
    write_appointments(app, conn, party.helper_id, party.now, &new).await?;
    Ok(new.iter().map(tell).collect())
}

/// The same for appointments that are ready, whoever they are for.
///
/// # Errors
/// [`crate::booking::problem::BookingProblem::AlreadyBooked`].
pub async fn write_appointments(
    app: &App,
    conn: &mut Conn,
    helper_id: Option<AccountId>,
    now: DateTime<Utc>,
    new: &[NewAppointment<'_>],
) -> Result<(), Failure> {
    insert_appointments(conn, &app.keys, new).await?;
    let mut notices = Vec::new();
    for one in new {
        let detail = json!({ "office_id": one.office_id, "verified": one.verified });
        let object = format!("appointment:{}", one.appointment_id);
        audit::record(conn, helper_id, "booking.confirm", &object, detail).await?;
        let told = Told {
            appointment_id: one.appointment_id,
            office_id: one.office_id,
            starts_at: one.starts_at,
            phone: one.phone,
            keep_by: one.keep_by,
        };
        notices.push(told.notice(Kind::Confirmed, 1));
        notices.extend(told.reminders(now));
    }
    notice::enqueue_all(conn, &app.keys, &notices).await?;
    Ok(())
}

fn new_appointment<'a>(party: &Party<'a>, seat: &Seat<'a>, code: &'a str) -> NewAppointment<'a> {
    let visitor = seat.visitor;
    NewAppointment {
        appointment_id: seat.appointment_id,
        party_id: seat.party_id,
        office_id: party.office_id,
        starts_at: seat.starts_at,
        place_no: seat.place_no,
        service_code: party.service_code,
        citizen_blind: &visitor.blind,
        id_tail: visitor.id.tail(),
        birth_year: i16::try_from(visitor.id.birth_year()).unwrap_or(0),
        name: &visitor.name,
        phone: visitor.phone.as_ref(),
        phone_is_proxys: visitor.phone_is_proxys,
        village_id: visitor.village_id,
        outside_province: visitor.outside_province,
        consent: visitor.consent,
        helper_id: party.helper_id,
        proxy: party.proxy,
        guardian_name: visitor.guardian_name.as_ref(),
        verified: party.verified,
        keep_by: keep_by(party.verified, party.now, seat.starts_at),
        code,
    }
}

fn tell(one: &NewAppointment<'_>) -> BookedAppointment {
    BookedAppointment {
        appointment_id: one.appointment_id,
        office_id: one.office_id,
        starts_at: one.starts_at,
        place_no: one.place_no,
        service_code: one.service_code.to_owned(),
        verified: one.verified,
        code: spell_code(one.code),
        secret_version: 1,
        secret: None,
    }
}
