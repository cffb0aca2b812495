//! Who a ticket is for: told by its appointment, or by the card that a walk-in showed.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AppointmentId, TicketId, UnitId};

use super::store::TicketRow;
use crate::booking::citizen::ERASED;
use crate::db::Conn;
use crate::db::schema::{appointment, ticket_person};
use crate::http::failure::Failure;
use crate::privacy::keys::{DecryptError, Keys, Place};

/// What is known of a visitor.
#[derive(Clone)]
pub struct Visitor {
    pub name: String,
    pub id_tail: String,
    pub birth_year: i16,
    pub village_id: Option<UnitId>,
    pub consent: String,
}

type Facts = (String, i16, Vec<u8>, Option<UnitId>, String);

/// The name of a walk-in, encrypted for the ticket's row.
pub fn encrypt_name(keys: &Keys, id: TicketId, name: &str) -> Vec<u8> {
    keys.encrypt(&place_of(&id), name)
}

/// The name of a walk-in, in plain.
///
/// # Errors
/// When its key is not configured.
pub fn read_name(keys: &Keys, id: TicketId, stored: &[u8]) -> Result<String, DecryptError> {
    keys.decrypt(&place_of(&id), stored)
}

fn place_of(id: &TicketId) -> Place<'_> {
    Place {
        column: "ticket_person.name",
        row: id.0.as_bytes(),
    }
}

/// Everybody of these tickets about whom something is known, by ticket.
///
/// # Errors
/// When the database cannot, or a row's key is not configured.
pub async fn list_visitors(
    conn: &mut Conn,
    keys: &Keys,
    tickets: &[TicketRow],
) -> Result<HashMap<TicketId, Visitor>, Failure> {
    let mut known = HashMap::new();
    let by_appointment: HashMap<AppointmentId, TicketId> = tickets
        .iter()
        .filter_map(|row| Some((row.appointment_id?, row.ticket_id)))
        .collect();
    let booked: Vec<(AppointmentId, Facts)> = appointment::table
        .filter(appointment::appointment_id.eq_any(by_appointment.keys()))
        .select((
            appointment::appointment_id,
            (
                appointment::id_tail,
                appointment::birth_year,
                appointment::name,
                appointment::village_id,
                appointment::consent,
            ),
        ))
        .load(conn)
        .await?;
    for (id, facts) in booked {
        let place = Place {
            column: "appointment.name",
            row: id.0.as_bytes(),
        };
        let visitor = read(keys, &place, facts)?;
        known.insert(by_appointment[&id], visitor);
    }
    let walk_ins: Vec<TicketId> = tickets
        .iter()
        .filter(|row| row.appointment_id.is_none())
        .map(|row| row.ticket_id)
        .collect();
    let shown: Vec<(TicketId, Facts)> = ticket_person::table
        .filter(ticket_person::ticket_id.eq_any(walk_ins))
        .select((
            ticket_person::ticket_id,
            (
                ticket_person::id_tail,
                ticket_person::birth_year,
                ticket_person::name,
                ticket_person::village_id,
                ticket_person::consent,
            ),
        ))
        .load(conn)
        .await?;
    for (id, facts) in shown {
        known.insert(id, read(keys, &place_of(&id), facts)?);
    }
    Ok(known)
}

fn read(keys: &Keys, place: &Place<'_>, facts: Facts) -> Result<Visitor, Failure> {
    let (id_tail, birth_year, name, village_id, consent) = facts;
    Ok(Visitor {
        name: match name.is_empty() {
            true => ERASED.to_owned(),
            false => keys.decrypt(place, &name)?,
        },
        id_tail,
        birth_year,
        village_id,
        consent,
    })
}

/// [`list_visitors`] of one.
///
/// # Errors
/// As there.
pub async fn find_visitor(
    conn: &mut Conn,
    keys: &Keys,
    ticket: &TicketRow,
) -> Result<Option<Visitor>, Failure> {
    let one = std::slice::from_ref(ticket);
    let mut known = list_visitors(conn, keys, one).await?;
    Ok(known.remove(&ticket.ticket_id))
}
