//! What one author is told of their own operations, and in which life of the database.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId, OperationId, UnitId};

use crate::db::schema::sync_epoch;
use crate::db::{Conn, prepared};

/// One life of the database. Its number alone would repeat when the same backup is restored twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Epoch {
    pub number: i32,
    pub started_at: DateTime<Utc>,
}

impl std::fmt::Display for Epoch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "e{}-{:x}", self.number, self.started_at.timestamp())
    }
}

/// The life of the database that is being lived.
pub async fn get_epoch(conn: &mut Conn) -> QueryResult<Epoch> {
    sync_epoch::table
        .select((sync_epoch::epoch, sync_epoch::started_at))
        .order(sync_epoch::epoch.desc())
        .first(conn)
        .await
}

/// How far the stream of changes may be told: a row of a transaction that still runs could commit behind
/// a reader who is already past it.
#[derive(Debug, Clone, Copy)]
pub struct Horizon {
    pub epoch: Epoch,
    /// The oldest transaction of the cluster that still runs.
    pub xmin: i64,
}

impl Horizon {
    /// Whether a position lies beyond what may be told. Nobody was ever given one that did then, for the
    /// oldest transaction only grows.
    pub fn is_before(&self, position: Position) -> bool {
        (position.epoch, position.xid) >= (self.epoch.number, self.xmin)
    }
}

/// The horizon as of now.
pub async fn get_horizon(conn: &mut Conn) -> QueryResult<Horizon> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        epoch: i32,
        #[diesel(sql_type = diesel::sql_types::Timestamptz)]
        started_at: DateTime<Utc>,
        #[diesel(sql_type = BigInt)]
        xmin: i64,
    }
    let row: Row = prepared(diesel::sql_query(
        "select epoch, started_at, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin
         from sync_epoch
         order by epoch desc
         limit 1",
    ))
    .get_result(conn)
    .await?;
    Ok(Horizon {
        epoch: Epoch {
            number: row.epoch,
            started_at: row.started_at,
        },
        xmin: row.xmin,
    })
}

/// One of somebody's operations, as the ledger and the pull tell it.
#[derive(Debug, Clone, QueryableByName)]
pub struct LedgerRow {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub op_id: OperationId,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub stage: Option<String>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Integer>)]
    pub village_id: Option<UnitId>,
    #[diesel(sql_type = Text)]
    pub result: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub code: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub counted: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub confirmed_by: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub voided: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub erased: bool,
    #[diesel(sql_type = Nullable<Date>)]
    pub recorded_on: Option<NaiveDate>,
    #[diesel(sql_type = diesel::sql_types::Timestamptz)]
    pub received_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Text>)]
    pub request_state: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub request_answer: Option<String>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    pub appointment_id: Option<AppointmentId>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Integer>)]
    pub office_id: Option<OfficeId>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Timestamptz>)]
    pub starts_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub appointment_status: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub appointment_code: Option<String>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Integer>)]
    pub secret_version: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    pub decision: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub decision_reason: Option<String>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Timestamptz>)]
    pub decided_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub decided_by_role: Option<String>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    pub other_op_id: Option<OperationId>,
}

/// Days in Vietnam, both ends included; an open end is no bound.
#[derive(Debug, Clone, Copy, Default)]
pub struct Days {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// The day that an operation counts for; of one that counts for none, the day on which it came.
const DAY: &str = "coalesce(o.recorded_on, (o.received_at at time zone 'Asia/Ho_Chi_Minh')::date)";

const LEDGER: &str = "
select o.op_id, o.kind, f.stage, o.village_id, o.result, o.code,
    c.op_id is not null as counted, f.confirmed_by,
    coalesce(f.voided_by, v.voided_by, n.voided_by, r.voided_by, y.voided_by, o.voided_by) is not null as voided,
    o.erased_at is not null as erased, o.recorded_on, o.received_at,
    r.state as request_state, r.answer as request_answer,
    a.appointment_id, a.office_id, a.starts_at, a.status as appointment_status,
    a.code as appointment_code, a.secret_version,
    case when w.op_id is not null and k.op_id is not null then 'corrected'
        when w.op_id is not null then 'voided'
        when u.reason is not null then 'reinstated'
        when m.op_id is not null then 'correction'
        when h.decision = 'approve' then 'approved'
        when h.decision = 'refuse' then 'refused' end as decision,
    coalesce(w.reason, u.reason, m.reason, h.reason) as decision_reason,
    coalesce(w.effective_at, u.undone_at, m.corrected_at, h.decided_at) as decided_at,
    z.role as decided_by_role,
    case when w.op_id is not null then k.op_id when u.reason is null then m.target_op_id end as other_op_id
from operation o
left join fact f on f.op_id = o.op_id
left join credit c on c.op_id = o.op_id
left join visit v on v.op_id = o.op_id
left join note n on n.op_id = o.op_id
left join appointment_request r on r.op_id = o.op_id
left join activity y on y.op_id = o.op_id
left join appointment a on a.appointment_id = r.appointment_id
left join void w on w.author_id <> o.author_id
    and w.op_id = coalesce(f.voided_by, v.voided_by, n.voided_by, r.voided_by, y.voided_by, o.voided_by)
left join record_correction k on k.op_id = w.op_id
left join record_correction m on m.op_id = o.op_id
left join lateral (
    select q.reason, q.undone_at, q.undone_by
    from void x join void_undo q on q.void_op_id = x.op_id
    where x.target_op_id = o.op_id and w.op_id is null
    order by q.undone_at desc limit 1
) u on true
left join review h on h.op_id = o.op_id
left join account z on z.account_id = coalesce(w.author_id, u.undone_by, m.corrected_by, h.decided_by)
where o.author_id = $1";

/// Of these ids, the author's own, in the order of their ids. Planning a dozen tables costs more than reading a
/// page of them, so every page is found first and told by this query, whose plan is kept.
pub async fn look_up(
    conn: &mut Conn,
    author: AccountId,
    ids: &[OperationId],
) -> QueryResult<Vec<LedgerRow>> {
    prepared(
        diesel::sql_query(format!("{LEDGER} and o.op_id = any($2) order by o.op_id"))
            .bind::<diesel::sql_types::Uuid, _>(author)
            .bind::<diesel::sql_types::Array<diesel::sql_types::Uuid>, _>(ids),
    )
    .load(conn)
    .await
}

/// The author's operations of these days, the newest first, before `before`.
pub async fn list_ledger(
    conn: &mut Conn,
    author: AccountId,
    days: Days,
    before: Option<OperationId>,
    limit: i64,
) -> QueryResult<Vec<LedgerRow>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        op_id: OperationId,
    }
    let page: Vec<Row> = prepared(
        diesel::sql_query(format!(
            "select o.op_id from operation o
             where o.author_id = $1 and ($2::uuid is null or o.op_id < $2)
                 and ($4::date is null or {DAY} >= $4) and ($5::date is null or {DAY} <= $5)
             order by o.op_id desc limit $3"
        ))
        .bind::<diesel::sql_types::Uuid, _>(author)
        .bind::<Nullable<diesel::sql_types::Uuid>, _>(before)
        .bind::<BigInt, _>(limit)
        .bind::<Nullable<Date>, _>(days.from)
        .bind::<Nullable<Date>, _>(days.to),
    )
    .load(conn)
    .await?;
    let ids: Vec<OperationId> = page.into_iter().map(|row| row.op_id).collect();
    let mut rows = look_up(conn, author, &ids).await?;
    rows.reverse();
    Ok(rows)
}

/// recognised, under review, refused, of these days.
pub async fn count_ledger(
    conn: &mut Conn,
    author: AccountId,
    days: Days,
) -> QueryResult<(i64, i64, i64)> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        recognised: i64,
        #[diesel(sql_type = BigInt)]
        under_review: i64,
        #[diesel(sql_type = BigInt)]
        refused: i64,
    }
    let row: Row = prepared(
        diesel::sql_query(format!(
            "select
            count(*) filter (
                where o.result in ('applied', 'merged') and o.kind <> 'void'
                    and coalesce(f.voided_by, v.voided_by, n.voided_by, r.voided_by, y.voided_by) is null
            ) as recognised,
            count(*) filter (where o.result = 'held' and o.voided_by is null) as under_review,
            count(*) filter (where o.result = 'rejected') as refused
         from operation o
         left join fact f on f.op_id = o.op_id
         left join visit v on v.op_id = o.op_id
         left join note n on n.op_id = o.op_id
         left join appointment_request r on r.op_id = o.op_id
         left join activity y on y.op_id = o.op_id
         where o.author_id = $1
             and ($2::date is null or {DAY} >= $2) and ($3::date is null or {DAY} <= $3)"
        ))
        .bind::<diesel::sql_types::Uuid, _>(author)
        .bind::<Nullable<Date>, _>(days.from)
        .bind::<Nullable<Date>, _>(days.to),
    )
    .get_result(conn)
    .await?;
    Ok((row.recognised, row.under_review, row.refused))
}

/// A position in what is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    pub epoch: i32,
    pub xid: i64,
    pub seq: i64,
}

/// Where the author's operations stand that changed after `after` and can no longer be overtaken, in order.
pub async fn list_positions(
    conn: &mut Conn,
    author: AccountId,
    after: Position,
    horizon: &Horizon,
    limit: i64,
) -> QueryResult<Vec<(Position, OperationId)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        op_id: OperationId,
        #[diesel(sql_type = diesel::sql_types::Integer)]
        epoch: i32,
        #[diesel(sql_type = BigInt)]
        xid: i64,
        #[diesel(sql_type = BigInt)]
        pull_seq: i64,
    }
    let page: Vec<Row> = prepared(
        diesel::sql_query(
            "select op_id, epoch, xid, pull_seq from operation
         where author_id = $1 and (epoch, xid, pull_seq) > ($2, $3, $4) and (epoch < $5 or xid < $6)
         order by epoch, xid, pull_seq
         limit $7",
        )
        .bind::<diesel::sql_types::Uuid, _>(author)
        .bind::<diesel::sql_types::Integer, _>(after.epoch)
        .bind::<BigInt, _>(after.xid)
        .bind::<BigInt, _>(after.seq)
        .bind::<diesel::sql_types::Integer, _>(horizon.epoch.number)
        .bind::<BigInt, _>(horizon.xmin)
        .bind::<BigInt, _>(limit),
    )
    .load(conn)
    .await?;
    let position = |row: Row| {
        let position = Position {
            epoch: row.epoch,
            xid: row.xid,
            seq: row.pull_seq,
        };
        (position, row.op_id)
    };
    Ok(page.into_iter().map(position).collect())
}

/// Whether any of the author's operations was written after `after`, whether or not it may be told
/// already.
pub async fn has_changed_since(
    conn: &mut Conn,
    author: AccountId,
    after: Position,
) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        has_changed: bool,
    }
    let row: Row = prepared(
        diesel::sql_query(
            "select exists (
             select from operation
             where author_id = $1 and (epoch, xid, pull_seq) > ($2, $3, $4)
         ) as has_changed",
        )
        .bind::<diesel::sql_types::Uuid, _>(author)
        .bind::<diesel::sql_types::Integer, _>(after.epoch)
        .bind::<BigInt, _>(after.xid)
        .bind::<BigInt, _>(after.seq),
    )
    .get_result(conn)
    .await?;
    Ok(row.has_changed)
}
