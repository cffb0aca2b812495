//! What the owner of an appointment is told.

use chrono::{DateTime, Utc};
use mobile_contracts::ids::{AppointmentId, OfficeId};
use mobile_contracts::phone::MobilePhone;

use crate::booking::appointments::rules::KEEP_FROM;
use crate::booking::appointments::store::AppointmentRow;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::notice::{self, Kind, NewNotice, Params};
use crate::privacy::keys::Keys;

/// An appointment as its owner is told of it.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    pub appointment_id: AppointmentId,
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub phone: Option<&'a MobilePhone>,
    /// Until when the owner must say that they come.
    pub keep_by: Option<DateTime<Utc>>,
}

impl<'a> Told<'a> {
    /// A notice of this kind, once per version.
    pub fn notice(&self, kind: Kind, version: impl std::fmt::Display) -> NewNotice<'a> {
        NewNotice {
            dedupe_key: format!("{}:{}:{version}", kind.as_str(), self.appointment_id),
            kind,
            subject_id: self.appointment_id.0,
            office_id: self.office_id,
            phone: self.phone,
            params: Params {
                starts_at: self.starts_at,
                until: None,
            },
            not_before: None,
            not_after: self.starts_at,
        }
    }

    /// The reminders of this start, if there is a phone. Those of an earlier one fall when they are
    /// due: their start is not the appointment's any more.
    pub fn reminders(&self, now: DateTime<Utc>) -> impl Iterator<Item = NewNotice<'a>> + use<'a> {
        let told = *self;
        let spans = notice::rules::reminders(self.starts_at, now);
        let spans = spans.into_iter().filter(move |_| told.phone.is_some());
        let due = spans.map(move |(kind, span)| NewNotice {
            not_before: Some(span.start),
            not_after: span.end,
            ..told.notice(kind, told.starts_at.timestamp())
        });
        let keep = told.keep_by.map(|keep_by| NewNotice {
            not_before: Some(told.starts_at - KEEP_FROM),
            not_after: keep_by,
            params: Params {
                starts_at: told.starts_at,
                until: Some(keep_by),
            },
            ..told.notice(Kind::Lapsing, told.starts_at.timestamp())
        });
        due.chain(keep)
    }
}

/// Tells the owner of an appointment, once per version, if there is a phone.
///
/// # Errors
/// When the database cannot, or the row's key is not configured.
pub async fn tell_owner(
    conn: &mut Conn,
    keys: &Keys,
    kind: Kind,
    row: &AppointmentRow,
    version: impl std::fmt::Display,
) -> Result<(), Failure> {
    let phone = row.phone(keys)?;
    let told = row.told(phone.as_ref());
    Ok(notice::enqueue(conn, keys, &told.notice(kind, version)).await?)
}

/// Tells the owner of an appointment that has moved to the row's start, and reminds them of it.
///
/// # Errors
/// When the database cannot, or the row's key is not configured.
pub async fn tell_moved(
    conn: &mut Conn,
    keys: &Keys,
    kind: Kind,
    row: &AppointmentRow,
    version: impl std::fmt::Display,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let phone = row.phone(keys)?;
    let told = row.told(phone.as_ref());
    let mut notices = vec![told.notice(kind, version)];
    notices.extend(told.reminders(now));
    Ok(notice::enqueue_all(conn, keys, &notices).await?)
}

impl AppointmentRow {
    /// The appointment as its owner, at this phone, is told of it.
    pub fn told<'a>(&self, phone: Option<&'a MobilePhone>) -> Told<'a> {
        Told {
            appointment_id: self.appointment_id,
            office_id: self.office_id,
            starts_at: self.starts_at,
            phone,
            keep_by: self.keep_by,
        }
    }
}
