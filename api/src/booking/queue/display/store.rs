//! What screens show, remembered: a table that is read by position, like the pull of phones.

use diesel::sql_types::{Integer, Nullable, SmallInt, Text};
use diesel_async::RunQueryDsl;

use crate::booking::queue::store::TicketRow;
use crate::db::{Conn, prepared};

/// Writes what a step shows: `call`, `serve` or `end`.
pub async fn insert_event(
    conn: &mut Conn,
    ticket: &TicketRow,
    kind: &'static str,
    desk_no: Option<i16>,
) -> diesel::QueryResult<()> {
    prepared(
        diesel::sql_query(
            "insert into display_event (epoch, office_id, kind, number, desk_no) \
             values ((select max(epoch) from sync_epoch), $1, $2, $3, $4)",
        )
        .bind::<Integer, _>(ticket.office_id.0)
        .bind::<Text, _>(kind)
        .bind::<Text, _>(ticket.number())
        .bind::<Nullable<SmallInt>, _>(desk_no),
    )
    .execute(conn)
    .await?;
    Ok(())
}
