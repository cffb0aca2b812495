//! Why somebody took a table away: beside the audit trail, where nothing ever goes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::AccountId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::schema::export_reason;
use crate::db::{self, Conn};
use crate::http::failure::Failure;
use crate::privacy::audit;
use crate::privacy::free_text::masked;

/// What was taken away.
pub struct Taken<'a> {
    pub by: AccountId,
    /// As the audit trail names it, such as `tracking.export_table`.
    pub action: &'static str,
    pub object: &'a str,
    /// Which table of what, and how many rows. A JSON object.
    pub detail: Value,
}

/// Keeps why, and writes who took what into the audit trail, which names the reason by its id.
///
/// # Errors
/// When the database cannot.
pub async fn keep(
    conn: &mut Conn,
    taken: Taken<'_>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let export_id = Uuid::now_v7();
    let mut detail = taken.detail;
    detail["export_id"] = json!(export_id);
    db::transaction::<_, Failure>(conn, async |conn| {
        diesel::insert_into(export_reason::table)
            .values((
                export_reason::export_id.eq(export_id),
                export_reason::reason.eq(masked(reason)),
                export_reason::kept_at.eq(now),
            ))
            .execute(conn)
            .await?;
        audit::record(conn, Some(taken.by), taken.action, taken.object, &detail).await?;
        Ok(())
    })
    .await
}
