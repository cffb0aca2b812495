//! One citizen as what verification keeps of them: what they answered when they were asked again, and words about
//! signals, their thresholds, lots, lists and tasks in which people named them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::Error;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::PersonId;
use mobile_contracts::rights::CopyEntry;

use super::signals;
use crate::db::Conn;
use crate::db::schema::{call_back, fact, person};
use crate::privacy::free_text::Named;
use crate::privacy::keys::Keys;
use crate::privacy::naming::{Place, empty_naming};

/// What they said when somebody asked whether a record about them is right, told to the citizen.
///
/// # Errors
/// When the database cannot.
pub async fn copy_of(conn: &mut Conn, head: PersonId) -> Result<Vec<CopyEntry>, Error> {
    type Row = (Option<String>, Option<DateTime<Utc>>);
    let rows: Vec<Row> = call_back::table
        .inner_join(fact::table.on(fact::op_id.eq(call_back::op_id)))
        .inner_join(person::table.on(person::person_id.nullable().eq(fact::person_id)))
        .filter(person::person_id.eq(head).or(person::canonical_id.eq(head)))
        .filter(call_back::result.is_not_null())
        .order(call_back::told_at)
        .select((call_back::result, call_back::told_at))
        .load(conn)
        .await?;
    let told = rows.into_iter();
    Ok(told
        .map(|(result, at)| CopyEntry::new("call_back", &result.unwrap_or_default(), "", at))
        .collect())
}

/// Where plain words stand: what reads them, and what empties a row. A province has some thousands.
const PLACES: [Place; 4] = [
    (
        "select step_id as id, note as words from reconciliation_step where note <> '***'",
        "update reconciliation_step set note = '***' where step_id = any($1)",
    ),
    (
        "select action_id as id, reason as words from lot_action where reason <> '***'",
        "update lot_action set reason = '***' where action_id = any($1)",
    ),
    (
        "select police_list_id as id, reason as words from police_list where reason <> '***'",
        "update police_list set reason = '***' where police_list_id = any($1)",
    ),
    // A threshold has no id but its rule and its name.
    (
        "select md5(rule || '/' || name)::uuid as id, reason as words from signal_threshold where reason <> '***'",
        "update signal_threshold set reason = '***' where md5(rule || '/' || name)::uuid = any($1)",
    ),
];

/// Empties whatever names them, in the caller's transaction.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn forget(conn: &mut Conn, keys: &Keys, named: &Named) -> Result<(), Error> {
    empty_naming(conn, named, &PLACES).await?;
    signals::answers::empty_naming(conn, keys, named).await
}
