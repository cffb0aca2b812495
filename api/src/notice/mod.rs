//! The outbox: what people are to be told, written in the transaction that gives the reason. Every
//! feature may call [`enqueue`]; sending is nobody else's business.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::phone::MobilePhone;
use serde::Serialize;
use uuid::Uuid;

use crate::db::Conn;
use crate::db::schema::notice;
use crate::privacy::keys::{Keys, Place};

/// Something to tell somebody.
#[derive(Debug)]
pub struct NewNotice<'a, P> {
    /// One message per change: enqueued again under the same key, it stays one.
    pub dedupe_key: String,
    /// Which text, as `feature.event`.
    pub kind: &'static str,
    /// `None`: nobody to reach by phone; the desk's lists show it.
    pub phone: Option<&'a MobilePhone>,
    /// What the text says: times, places, codes. Never a name or an ID number.
    pub params: P,
    pub not_after: DateTime<Utc>,
}

/// Writes a notice, unless one with its key is there.
///
/// # Errors
/// When the database cannot.
pub async fn enqueue<P: Serialize>(
    conn: &mut Conn,
    keys: &Keys,
    new: NewNotice<'_, P>,
) -> QueryResult<()> {
    let notice_id = Uuid::now_v7();
    let recipient = new.phone.map(|phone| {
        let place = Place {
            column: "notice.recipient",
            row: notice_id.as_bytes(),
        };
        keys.encrypt(&place, &phone.e164())
    });
    diesel::insert_into(notice::table)
        .values((
            notice::notice_id.eq(notice_id),
            notice::dedupe_key.eq(new.dedupe_key),
            notice::kind.eq(new.kind),
            notice::recipient.eq(recipient),
            notice::params.eq(serde_json::to_value(new.params).unwrap_or_default()),
            notice::not_after.eq(new.not_after),
        ))
        .on_conflict(notice::dedupe_key)
        .do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}
