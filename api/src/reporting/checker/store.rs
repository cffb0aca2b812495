//! Rulings, remembered.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::AccountId;
use uuid::Uuid;

use crate::db::Conn;
use crate::db::schema::finding_ruling;

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = finding_ruling)]
pub struct RulingRow {
    pub fingerprint: String,
    pub reason: String,
    pub ruled_by: AccountId,
    pub ruled_at: DateTime<Utc>,
}

/// What was overruled in a period, by fingerprint.
pub async fn load_rulings(
    conn: &mut Conn,
    period_id: Uuid,
) -> QueryResult<HashMap<String, RulingRow>> {
    let rows: Vec<RulingRow> = finding_ruling::table
        .filter(finding_ruling::period_id.eq(period_id))
        .select(RulingRow::as_select())
        .load(conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|row| (row.fingerprint.clone(), row)).collect())
}

/// The first ruling stands: whoever overrules the same again changes nothing.
pub async fn insert_ruling(
    conn: &mut Conn,
    period_id: Uuid,
    fingerprint: &str,
    rule: &str,
    reason: &str,
    by: AccountId,
) -> QueryResult<bool> {
    let inserted = diesel::insert_into(finding_ruling::table)
        .values((
            finding_ruling::period_id.eq(period_id),
            finding_ruling::fingerprint.eq(fingerprint),
            finding_ruling::rule.eq(rule),
            finding_ruling::reason.eq(reason),
            finding_ruling::ruled_by.eq(by),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(inserted == 1)
}
