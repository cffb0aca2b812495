//! Reasons that leads typed: never a name, they are asked, and people write one all the same.

use diesel::QueryResult;
use diesel::sql_types::{Array, Integer};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;

use crate::db::Conn;
use crate::privacy;
use crate::privacy::free_text::Named;
use crate::privacy::naming::{Place, empty_those};

/// Where reasons stand: what reads those of some villages, and what empties a row.
const PLACES: [Place; 6] = [
    (
        "select v.op_id as id, v.reason as words from void v
         join operation o on o.op_id = v.target_op_id
         where o.village_id = any($1) and v.reason <> '***'",
        "update void set reason = '***' where op_id = any($1)",
    ),
    (
        "select u.void_op_id as id, u.reason as words from void_undo u
         join void v on v.op_id = u.void_op_id
         join operation o on o.op_id = v.target_op_id
         where o.village_id = any($1) and u.reason <> '***'",
        "update void_undo set reason = '***' where void_op_id = any($1)",
    ),
    (
        "select r.op_id as id, r.reason as words from review r
         join operation o on o.op_id = r.op_id
         where coalesce(r.village_id, o.village_id) = any($1) and r.reason <> '***'",
        "update review set reason = '***' where op_id = any($1)",
    ),
    (
        "select c.op_id as id, c.reason as words from record_correction c
         join operation o on o.op_id = c.target_op_id
         where o.village_id = any($1) and c.reason <> '***'",
        "update record_correction set reason = '***' where op_id = any($1)",
    ),
    (
        "select c.correction_id as id, c.reason as words from activity_correction c
         join activity a on a.op_id = c.op_id
         where a.village_id = any($1) and c.reason <> '***'",
        "update activity_correction set reason = '***' where correction_id = any($1)",
    ),
    (
        "select s.step_id as id, s.reason as words from data_report_step s
         join data_report r on r.report_id = s.report_id
         where r.village_id = any($1) and s.reason <> '***'",
        "update data_report_step set reason = '***' where step_id = any($1)",
    ),
];

/// Where reasons stand that are about no village: a province has some hundreds, and some thousands of
/// exports.
const ANYWHERE: [Place; 3] = [
    (
        "select transfer_id as id, reason as words from transfer where reason <> '***'",
        "update transfer set reason = '***' where transfer_id = any($1)",
    ),
    (
        "select device_id as id, lost_reason as words from device where lost_reason <> '***'",
        "update device set lost_reason = '***' where device_id = any($1)",
    ),
    (
        "select export_id as id, reason as words from export_reason where reason <> '***'",
        "update export_reason set reason = '***' where export_id = any($1)",
    ),
];

/// Empties every reason about records of these villages that names somebody.
pub async fn empty_naming(conn: &mut Conn, villages: &[UnitId], named: &Named) -> QueryResult<()> {
    for (read, empty) in PLACES {
        let rows = diesel::sql_query(read)
            .bind::<Array<Integer>, _>(villages)
            .load(conn)
            .await?;
        empty_those(conn, named, rows, empty).await?;
    }
    Ok(())
}

/// Empties every reason about volunteers, their phones and what was taken away that names somebody.
///
/// # Errors
/// When the database cannot.
pub async fn forget_reasons(conn: &mut Conn, named: &Named) -> QueryResult<()> {
    privacy::naming::empty_naming(conn, named, &ANYWHERE).await
}
