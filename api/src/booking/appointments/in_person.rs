//! What is done for the person who stands there with the card, by a desk or by a volunteer.

use chrono::{DateTime, Utc};
use mobile_contracts::booking::ReissuedKey;
use mobile_contracts::ids::{AccountId, OfficeId};
use serde_json::json;

use crate::app::App;
use crate::booking::appointments::change;
use crate::booking::appointments::notices::tell_owner;
use crate::booking::appointments::party::blind_of;
use crate::booking::appointments::secret::{secret, spell_code};
use crate::booking::appointments::store::{self, AppointmentRow, By, LIVE_FOR_CITIZEN};
use crate::booking::holds::mirror::Changes;
use crate::booking::problem::BookingProblem;
use crate::db::Conn;
use crate::http::failure::{Failure, FieldError};
use crate::notice::Kind;
use crate::privacy::audit;
use crate::privacy::keys::Keys;

/// The keyed hash of the number on the card in hand, which stands at this pointer.
///
/// # Errors
/// 422.
pub fn read_card(
    keys: &Keys,
    pointer: &'static str,
    typed: &str,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, Failure> {
    blind_of(keys, typed, now)
        .map_err(|(code, vi, en)| Failure::invalid(vec![FieldError::new(pointer, code, vi, en)]))
}

/// The live appointments of the card's owner, in all offices or in one. The look is audited.
///
/// # Errors
/// When the database cannot.
pub async fn find(
    conn: &mut Conn,
    blind: &[u8],
    office_id: Option<OfficeId>,
    actor_id: AccountId,
) -> Result<Vec<AppointmentRow>, Failure> {
    let mut rows = store::list_of_citizen(conn, blind).await?;
    rows.retain(|row| office_id.is_none_or(|id| row.office_id == id));
    let object = match office_id {
        Some(office_id) => format!("office:{office_id}"),
        None => format!("account:{actor_id}"),
    };
    let detail = json!({ "found": rows.len() });
    let action = "booking.find_by_card";
    audit::record(conn, Some(actor_id), action, &object, detail).await?;
    Ok(rows)
}

/// Gives out a new secret; the old one ends. Run it in a transaction, with the row locked.
///
/// # Errors
/// [`BookingProblem::NotMovable`] when nothing is left to be managed.
pub async fn reissue(
    app: &App,
    conn: &mut Conn,
    row: &AppointmentRow,
    actor_id: AccountId,
) -> Result<ReissuedKey, Failure> {
    if !LIVE_FOR_CITIZEN.contains(&row.status.as_str()) {
        return Err(BookingProblem::NotMovable.into());
    }
    let id = row.appointment_id;
    let version = store::raise_secret(conn, id).await?;
    let object = format!("appointment:{id}");
    audit::record(conn, Some(actor_id), "booking.reissue", &object, ()).await?;
    tell_owner(conn, &app.keys, Kind::Reissued, row, version).await?;
    Ok(ReissuedKey {
        code: spell_code(&row.code),
        secret: secret(&app.keys, id, version),
    })
}

/// Voids what the person with the card did not book. Run it in a transaction, with the row locked.
///
/// # Errors
/// [`BookingProblem::NotMovable`] once the person has come.
pub async fn void(
    app: &App,
    conn: &mut Conn,
    row: &AppointmentRow,
    actor_id: AccountId,
) -> Result<(AppointmentRow, Changes), Failure> {
    change::cancel_appointment(app, conn, row.appointment_id, By::Desk, Some(actor_id)).await
}
