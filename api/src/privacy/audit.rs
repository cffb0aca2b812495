//! The audit trail: who did what to which row. Append-only for the serving login; written in the
//! transaction of the deed; holds reasons and codes, never a name, a phone or an ID number.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::AccountId;
use serde::Serialize;

use crate::db::Conn;
use crate::db::schema::audit_event;

/// Writes one event. `action` is `feature.verb`, `object` is `kind:id`; `detail` becomes a JSON
/// object and must hold nothing personal.
///
/// # Errors
/// When the database cannot.
pub async fn record(
    conn: &mut Conn,
    actor: Option<AccountId>,
    action: &str,
    object: &str,
    detail: impl Serialize,
) -> QueryResult<()> {
    let detail = match serde_json::to_value(detail) {
        Ok(serde_json::Value::Null) | Err(_) => serde_json::json!({}),
        Ok(value) => value,
    };
    diesel::insert_into(audit_event::table)
        .values((
            audit_event::actor_id.eq(actor),
            audit_event::action.eq(action),
            audit_event::object.eq(object),
            audit_event::detail.eq(detail),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
