//! One citizen as all that booking keeps of them: found by the keyed hash of the ID number, copied, emptied.
//!
//! An emptied appointment still is one: its office, day, service and status stand where desks count them, and
//! say of nobody that they came.

mod named;
pub mod store;

use diesel::result::Error;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId};
use mobile_contracts::rights::CopyEntry;
use uuid::Uuid;

use crate::app::App;
use crate::booking::appointments::change::cancel_appointment;
use crate::booking::appointments::store::By;
use crate::booking::holds::mirror::Change;
use crate::booking::queue::person::read_name;
use crate::booking::waitlist::offers::{self, End};
use crate::booking::waitlist::store::lock_live_of;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::privacy::keys::Keys;

pub use named::forget;
pub use store::{Booked, find_helper, list_booked};

/// What is shown where a name was.
pub const ERASED: &str = "(đã xóa)";

/// Why somebody cannot be erased yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtTheDesk;

/// What was kept of somebody until now.
#[derive(Debug, Default)]
pub struct Kept {
    /// Appointments, tickets and entries of the waitlist, and the offers that were made: whatever a notice or
    /// a saved answer may be about.
    pub ids: Vec<Uuid>,
    /// Names and phones, in plain.
    pub words: Vec<String>,
    /// Places that are free now.
    pub freed: Vec<(OfficeId, Change)>,
    pub cancelled: u32,
}

/// Everything about these ID numbers and appointments, told to their owner.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn copy_of(
    conn: &mut Conn,
    keys: &Keys,
    blind: &[u8],
) -> Result<Vec<CopyEntry>, Failure> {
    let mut entries = Vec::new();
    for one in list_booked(conn, &[blind.to_vec()], &[]).await? {
        let at = Some(one.row.starts_at);
        let mut tell = |field: &str, value: &str| {
            entries.push(CopyEntry::new("appointment", field, value, at));
        };
        tell(&one.row.status, &one.office_name);
        tell("name", &one.row.name(keys)?);
        if let Some(phone) = one.row.phone(keys)? {
            tell("phone", &phone.e164());
        }
        tell("birth_year", &one.row.birth_year.to_string());
        tell("id_tail", &one.row.id_tail);
        if let Some(guardian) = one.row.guardian_name(keys)? {
            tell("guardian", &guardian);
        }
        if let Some(proxy) = one.row.proxy(keys)? {
            tell("booked_by", &format!("{} ({})", proxy.name, proxy.relation));
        }
    }
    for ticket in store::list_tickets(conn, &[blind.to_vec()], &[]).await? {
        let at = Some(ticket.arrived_at);
        entries.push(CopyEntry::new(
            "ticket",
            &ticket.state,
            &ticket.office_name,
            at,
        ));
        if let Some(name) = &ticket.name {
            let name = read_name(keys, ticket.ticket_id, name)?;
            entries.push(CopyEntry::new("ticket", "name", &name, at));
        }
    }
    for entry in store::list_waiting(conn, &[blind.to_vec()]).await? {
        let phone = keys.decrypt(&offers::phone_place(&entry.entry_id), &entry.phone)?;
        let at = Some(entry.joined_at);
        entries.push(CopyEntry::new(
            "waiting",
            &entry.state,
            &entry.service_code,
            at,
        ));
        entries.push(CopyEntry::new("waiting", "phone", &phone, at));
    }
    Ok(entries)
}

/// Puts the name and phone of coming appointments right.
///
/// # Errors
/// When the database cannot.
pub async fn correct(
    conn: &mut Conn,
    keys: &Keys,
    blinds: &[Vec<u8>],
    name: Option<&str>,
    phone: Option<&str>,
) -> Result<(), Error> {
    for one in list_booked(conn, blinds, &[]).await? {
        if one.is_live() {
            store::set_words(conn, keys, one.row.appointment_id, name, phone).await?;
        }
    }
    Ok(())
}

/// Cancels what is to come and empties everything of these ID numbers and appointments, in the caller's
/// transaction. Gives `Err` inside when they stand at a desk: then nothing was done, and they are served
/// first.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn erase_person(
    app: &App,
    conn: &mut Conn,
    blinds: &[Vec<u8>],
    appointments: &[AppointmentId],
    by: AccountId,
) -> Result<Result<Kept, AtTheDesk>, Failure> {
    let keys = &app.keys;
    let booked = list_booked(conn, blinds, appointments).await?;
    let own: Vec<AppointmentId> = booked.iter().map(|one| one.row.appointment_id).collect();
    let tickets = store::list_tickets(conn, blinds, &own).await?;
    let at_a_desk = booked
        .iter()
        .any(|one| one.is_live() && !one.may_be_cancelled());
    if at_a_desk || tickets.iter().any(store::Ticket::is_live) {
        return Ok(Err(AtTheDesk));
    }
    let mut kept = Kept::default();
    for one in &booked {
        let id = one.row.appointment_id;
        kept.ids.push(id.0);
        kept.words.push(one.row.name(keys)?);
        kept.words
            .extend(one.row.phone(keys)?.map(|phone| phone.e164()));
        if one.may_be_cancelled() {
            let (_, freed) = cancel_appointment(app, conn, id, By::Desk, Some(by)).await?;
            kept.freed.extend(freed);
            kept.cancelled += 1;
        }
    }
    for ticket in &tickets {
        kept.ids.push(ticket.ticket_id.0);
        if let Some(name) = &ticket.name {
            kept.words.push(read_name(keys, ticket.ticket_id, name)?);
        }
    }
    for entry in lock_live_of(conn, blinds).await? {
        kept.ids.extend(entry.offer_id);
        kept.freed
            .extend(offers::end(app, conn, &entry, End::Left).await?);
    }
    for entry in store::list_waiting(conn, blinds).await? {
        kept.ids.push(entry.entry_id);
        kept.words
            .push(keys.decrypt(&offers::phone_place(&entry.entry_id), &entry.phone)?);
    }
    kept.words.retain(|word| word != ERASED);
    store::empty(conn, keys, blinds, &own).await?;
    Ok(Ok(kept))
}
