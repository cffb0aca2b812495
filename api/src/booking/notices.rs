//! Whether what was to be told still holds when it is sent, and what it says then.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId};
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use super::appointments::secret::spell_code;
use super::appointments::store::AppointmentRow;
use super::offices::Offices;
use super::offices::load::load_offices;
use super::waitlist::offers::phone_place;
use super::waitlist::store::EntryRow;
use crate::db::Conn;
use crate::db::schema::{appointment, waitlist_entry};
use crate::http::failure::Failure;
use crate::notice::{Facts, Kind, Params};
use crate::privacy::keys::Keys;

/// Why a notice was written.
#[derive(Debug, Clone)]
pub struct NoticeReason {
    pub kind: Kind,
    /// An appointment, or for an offer the offer.
    pub subject_id: Uuid,
    pub params: Params,
}

/// What a notice says, and whom it concerns.
#[derive(Debug)]
pub struct NoticeFacts {
    pub facts: Facts,
    /// Who booked for the citizen, or joined the waitlist for them.
    pub helper_id: Option<AccountId>,
    of: Of,
}

#[derive(Debug)]
enum Of {
    Appointment(Box<AppointmentRow>),
    Waiting { entry_id: Uuid, phone: Vec<u8> },
}

impl NoticeFacts {
    /// The citizen's name, for whoever telephones; who waits has given none.
    ///
    /// # Errors
    /// When the key of the row is not configured.
    pub fn name(&self, keys: &Keys) -> Result<Option<String>, Failure> {
        match &self.of {
            Of::Appointment(row) => row.name(keys).map(Some),
            Of::Waiting { .. } => Ok(None),
        }
    }

    /// # Errors
    /// When the key of the row is not configured.
    pub fn phone(&self, keys: &Keys) -> Result<Option<MobilePhone>, Failure> {
        match &self.of {
            Of::Appointment(row) => row.phone(keys),
            Of::Waiting { entry_id, phone } => {
                let text = keys.decrypt(&phone_place(entry_id), phone)?;
                Ok(MobilePhone::parse(&text).ok())
            }
        }
    }

    /// Whether the phone is that of the relative who booked.
    pub fn is_proxys_phone(&self) -> bool {
        match &self.of {
            Of::Appointment(row) => row.phone_is_proxys,
            Of::Waiting { .. } => false,
        }
    }

    pub fn appointment_id(&self) -> Option<AppointmentId> {
        match &self.of {
            Of::Appointment(row) => Some(row.appointment_id),
            Of::Waiting { .. } => None,
        }
    }
}

/// For each reason what is to be told, or nothing: the reason is gone.
///
/// # Errors
/// When the database cannot be asked.
pub async fn notice_facts(
    conn: &mut Conn,
    reasons: &[NoticeReason],
) -> QueryResult<Vec<Option<NoticeFacts>>> {
    let ids = |offers: bool| -> Vec<Uuid> {
        let wanted = |reason: &&NoticeReason| (reason.kind == Kind::Offer) == offers;
        let wanted = reasons.iter().filter(wanted);
        wanted.map(|reason| reason.subject_id).collect()
    };
    let appointments = list_appointments(conn, &ids(false)).await?;
    let offers = list_offers(conn, &ids(true)).await?;
    // Where an office stands is a matter of the day.
    let offices = load_offices(conn).await?;
    let tell = |reason: &NoticeReason| match reason.kind {
        Kind::Offer => tell_offer(&offices, offers.get(&reason.subject_id)?),
        _ => tell_appointment(&offices, reason, appointments.get(&reason.subject_id)?),
    };
    Ok(reasons.iter().map(tell).collect())
}

/// The name of an office, and the address where it stands at that time.
fn name_and_address(
    offices: &Offices,
    office_id: OfficeId,
    at: DateTime<Utc>,
) -> Option<(String, String)> {
    let office = offices.all.get(&office_id)?;
    let place = office.place_on(local_day(at));
    Some((office.row.name.clone(), place.address))
}

async fn list_appointments(
    conn: &mut Conn,
    ids: &[Uuid],
) -> QueryResult<HashMap<Uuid, AppointmentRow>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<AppointmentRow> = appointment::table
        .filter(appointment::appointment_id.eq_any(ids))
        .select(AppointmentRow::as_select())
        .load(conn)
        .await?;
    let keyed = rows.into_iter().map(|row| (row.appointment_id.0, row));
    Ok(keyed.collect())
}

fn tell_appointment(
    offices: &Offices,
    reason: &NoticeReason,
    row: &AppointmentRow,
) -> Option<NoticeFacts> {
    let (office_name, address) = name_and_address(offices, row.office_id, row.starts_at)?;
    stands(reason, row).then(|| NoticeFacts {
        facts: Facts {
            code: spell_code(&row.code),
            starts_at: row.starts_at,
            until: reason.params.until,
            office_name,
            address,
        },
        helper_id: row.helper_id,
        of: Of::Appointment(Box::new(row.clone())),
    })
}

/// Whether what the notice says is still so. Whoever has come needs to be told nothing.
fn stands(reason: &NoticeReason, row: &AppointmentRow) -> bool {
    let is_then = row.starts_at == reason.params.starts_at;
    let is_booked = row.status == "booked";
    match reason.kind {
        Kind::Confirmed
        | Kind::Moved
        | Kind::ClosedMoved
        | Kind::ReminderDay
        | Kind::ReminderHours => is_booked && is_then,
        Kind::Reissued | Kind::SecondTry => is_booked || row.status == "conflict",
        Kind::Cancelled | Kind::Lapsed => row.status == "cancelled",
        Kind::Conflict => row.status == "conflict",
        Kind::Lapsing => is_booked && is_then && row.keep_by.is_some(),
        Kind::Offer => unreachable!("an offer is not about an appointment"),
    }
}

/// Somebody who waits, with their phone and helper.
type OfferFacts = (EntryRow, Vec<u8>, Option<AccountId>);

/// The offers that still stand: a lapsed, declined or taken one has left its entry.
async fn list_offers(conn: &mut Conn, ids: &[Uuid]) -> QueryResult<HashMap<Uuid, OfferFacts>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<OfferFacts> = waitlist_entry::table
        .filter(waitlist_entry::offer_id.eq_any(ids))
        .select((
            EntryRow::as_select(),
            waitlist_entry::phone,
            waitlist_entry::helper_id,
        ))
        .load(conn)
        .await?;
    let keyed = rows
        .into_iter()
        .filter_map(|row| Some((row.0.offer_id?, row)));
    Ok(keyed.collect())
}

fn tell_offer(offices: &Offices, (entry, phone, helper_id): &OfferFacts) -> Option<NoticeFacts> {
    let offer = entry.offer()?;
    let (office_name, address) = name_and_address(offices, offer.office_id, offer.starts_at)?;
    Some(NoticeFacts {
        facts: Facts {
            code: spell_code(&entry.code),
            starts_at: offer.starts_at,
            until: Some(offer.until),
            office_name,
            address,
        },
        helper_id: *helper_id,
        of: Of::Waiting {
            entry_id: entry.entry_id,
            phone: phone.clone(),
        },
    })
}
