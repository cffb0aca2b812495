//! What the owner of an appointment is told.

use chrono::{DateTime, Utc};
use mobile_contracts::ids::AppointmentId;
use mobile_contracts::phone::MobilePhone;
use serde_json::json;

use crate::booking::appointments::store::AppointmentRow;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::notice::{self, NewNotice};
use crate::privacy::keys::Keys;

/// Tells the owner of an appointment, once per change, if there is a phone.
pub async fn tell(
    conn: &mut Conn,
    keys: &Keys,
    kind: &'static str,
    id: AppointmentId,
    version: impl std::fmt::Display,
    phone: Option<&MobilePhone>,
    starts_at: DateTime<Utc>,
) -> Result<(), Failure> {
    let new = NewNotice {
        dedupe_key: format!("{kind}:{id}:{version}"),
        kind,
        phone,
        params: json!({ "appointment_id": id, "starts_at": starts_at }),
        not_after: starts_at,
    };
    Ok(notice::enqueue(conn, keys, new).await?)
}

/// [`tell`] of a row.
///
/// # Errors
/// When the database cannot, or the row's key is not configured.
pub async fn tell_owner(
    conn: &mut Conn,
    keys: &Keys,
    kind: &'static str,
    row: &AppointmentRow,
    version: impl std::fmt::Display,
    starts_at: DateTime<Utc>,
) -> Result<(), Failure> {
    let phone = row.phone(keys)?;
    tell(
        conn,
        keys,
        kind,
        row.appointment_id,
        version,
        phone.as_ref(),
        starts_at,
    )
    .await
}
