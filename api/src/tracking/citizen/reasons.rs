//! Reasons that leads typed: never a name, they are asked, and people write one all the same.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;
use uuid::Uuid;

use crate::db::Conn;
use crate::privacy::free_text::Named;

/// Where reasons stand: what reads those of some villages, and what empties a row.
const PLACES: [(&str, &str); 6] = [
    (
        "select v.op_id as id, v.reason from void v
         join operation o on o.op_id = v.target_op_id
         where o.village_id = any($1) and v.reason <> '***'",
        "update void set reason = '***' where op_id = any($1)",
    ),
    (
        "select u.void_op_id as id, u.reason from void_undo u
         join void v on v.op_id = u.void_op_id
         join operation o on o.op_id = v.target_op_id
         where o.village_id = any($1) and u.reason <> '***'",
        "update void_undo set reason = '***' where void_op_id = any($1)",
    ),
    (
        "select r.op_id as id, r.reason from review r
         join operation o on o.op_id = r.op_id
         where coalesce(r.village_id, o.village_id) = any($1) and r.reason <> '***'",
        "update review set reason = '***' where op_id = any($1)",
    ),
    (
        "select c.op_id as id, c.reason from record_correction c
         join operation o on o.op_id = c.target_op_id
         where o.village_id = any($1) and c.reason <> '***'",
        "update record_correction set reason = '***' where op_id = any($1)",
    ),
    (
        "select c.correction_id as id, c.reason from activity_correction c
         join activity a on a.op_id = c.op_id
         where a.village_id = any($1) and c.reason <> '***'",
        "update activity_correction set reason = '***' where correction_id = any($1)",
    ),
    (
        "select s.step_id as id, s.reason from data_report_step s
         join data_report r on r.report_id = s.report_id
         where r.village_id = any($1) and s.reason <> '***'",
        "update data_report_step set reason = '***' where step_id = any($1)",
    ),
];

/// Where reasons stand that are about no village: a province has some hundreds.
const ANYWHERE: [(&str, &str); 2] = [
    (
        "select transfer_id as id, reason from transfer where reason <> '***'",
        "update transfer set reason = '***' where transfer_id = any($1)",
    ),
    (
        "select device_id as id, lost_reason as reason from device where lost_reason <> '***'",
        "update device set lost_reason = '***' where device_id = any($1)",
    ),
];

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    reason: String,
}

/// Empties every reason about records of these villages that names somebody.
pub async fn empty_naming(conn: &mut Conn, villages: &[UnitId], named: &Named) -> QueryResult<()> {
    for (read, empty) in PLACES {
        let rows: Vec<Row> = diesel::sql_query(read)
            .bind::<Array<Integer>, _>(villages)
            .load(conn)
            .await?;
        empty_those(conn, rows, empty, named).await?;
    }
    Ok(())
}

/// Empties every reason about volunteers and their phones that names somebody.
///
/// # Errors
/// When the database cannot.
pub async fn forget_reasons(conn: &mut Conn, named: &Named) -> QueryResult<()> {
    for (read, empty) in ANYWHERE {
        let rows: Vec<Row> = diesel::sql_query(read).load(conn).await?;
        empty_those(conn, rows, empty, named).await?;
    }
    Ok(())
}

async fn empty_those(
    conn: &mut Conn,
    rows: Vec<Row>,
    empty: &'static str,
    named: &Named,
) -> QueryResult<()> {
    let naming = rows.into_iter().filter(|row| named.is_in(&row.reason));
    let ids: Vec<Uuid> = naming.map(|row| row.id).collect();
    if !ids.is_empty() {
        diesel::sql_query(empty)
            .bind::<Array<SqlUuid>, _>(&ids)
            .execute(conn)
            .await?;
    }
    Ok(())
}
