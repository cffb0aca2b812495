//! What screens show, remembered: a table that is read by position, like the pull of phones.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::queue::DisplayChange;

use crate::booking::queue::store::TicketRow;
use crate::db::{Conn, prepared};

/// Where a reader stands: behind everything that is not later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub epoch: i32,
    pub xid: i64,
    pub seq: i64,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}", self.epoch, self.xid, self.seq)
    }
}

/// It is no position of ours.
#[derive(Debug)]
pub struct NoPosition;

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let mut parts = text.split('-');
        let mut next = || parts.next()?.parse::<i64>().ok().filter(|part| *part >= 0);
        let position = (next(), next(), next());
        match (position, parts.next()) {
            ((Some(epoch), Some(xid), Some(seq)), None) => Ok(Self {
                epoch: i32::try_from(epoch).map_err(|_| NoPosition)?,
                xid,
                seq,
            }),
            _ => Err(NoPosition),
        }
    }
}

/// A change of a screen, with its place in the order.
#[derive(Debug, Clone)]
pub struct Shown {
    pub position: Position,
    pub office_id: OfficeId,
    pub change: DisplayChange,
}

/// Writes what a step shows: `call`, `serve` or `end`.
pub async fn insert_event(
    conn: &mut Conn,
    ticket: &TicketRow,
    kind: &'static str,
    desk_no: Option<i16>,
) -> QueryResult<()> {
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

/// The newest position: behind everything that can no longer be overtaken.
pub async fn head(conn: &mut Conn) -> QueryResult<Position> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        epoch: i32,
        #[diesel(sql_type = BigInt)]
        xmin: i64,
    }
    let row: Row = prepared(diesel::sql_query(
        "select (select max(epoch) from sync_epoch) as epoch, \
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin",
    ))
    .get_result(conn)
    .await?;
    Ok(Position {
        epoch: row.epoch,
        xid: row.xmin - 1,
        seq: i64::MAX,
    })
}

const LIST_AFTER: &str = "select epoch, xid, seq, office_id, kind, number, desk_no, at \
     from display_event \
     where (epoch, xid, seq) > ($1, $2, $3) and ($4 is null or office_id = $4) \
       and (epoch < (select max(epoch) from sync_epoch) \
         or xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint) \
     order by epoch, xid, seq \
     limit $5";

/// What changed after a position, of one office or of all.
pub async fn list_after(
    conn: &mut Conn,
    after: Position,
    office_id: Option<OfficeId>,
    limit: i64,
) -> QueryResult<Vec<Shown>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        epoch: i32,
        #[diesel(sql_type = BigInt)]
        xid: i64,
        #[diesel(sql_type = BigInt)]
        seq: i64,
        #[diesel(sql_type = Integer)]
        office_id: i32,
        #[diesel(sql_type = Text)]
        kind: String,
        #[diesel(sql_type = Text)]
        number: String,
        #[diesel(sql_type = Nullable<SmallInt>)]
        desk_no: Option<i16>,
        #[diesel(sql_type = Timestamptz)]
        at: DateTime<Utc>,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(LIST_AFTER)
            .bind::<Integer, _>(after.epoch)
            .bind::<BigInt, _>(after.xid)
            .bind::<BigInt, _>(after.seq)
            .bind::<Nullable<Integer>, _>(office_id.map(|id| id.0))
            .bind::<BigInt, _>(limit),
    )
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Shown {
            position: Position {
                epoch: row.epoch,
                xid: row.xid,
                seq: row.seq,
            },
            office_id: OfficeId(row.office_id),
            change: DisplayChange {
                kind: row.kind,
                number: row.number,
                desk_no: row.desk_no,
                at: row.at,
            },
        })
        .collect())
}

/// Forgets what no screen asks for any more.
pub async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    use crate::db::schema::display_event;
    diesel::delete(display_event::table.filter(display_event::at.lt(before)))
        .execute(conn)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_is_written_and_nothing_else_is() {
        let position = Position {
            epoch: 2,
            xid: 74_321,
            seq: i64::MAX,
        };
        assert_eq!(
            position.to_string().parse::<Position>().ok(),
            Some(position)
        );
        for wrong in [
            "",
            "1-2",
            "1-2-3-4",
            "1--2",
            "a-b-c",
            "1-2-99999999999999999999",
            "99999999999-1-1",
        ] {
            assert!(wrong.parse::<Position>().is_err(), "{wrong}");
        }
    }
}
