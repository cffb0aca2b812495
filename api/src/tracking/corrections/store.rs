//! Records as a lead sees them, and what was done to them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};

use crate::db::Conn;
use crate::db::schema::{record_correction, void_undo};

/// A stage or a visit as a row.
#[derive(Debug, Clone, QueryableByName)]
pub struct RecordRow {
    #[diesel(sql_type = SqlUuid)]
    pub op_id: OperationId,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub code: Option<String>,
    #[diesel(sql_type = SqlUuid)]
    pub author_id: AccountId,
    #[diesel(sql_type = Timestamptz)]
    pub received_at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    pub is_erased: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub person_id: Option<PersonId>,
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Text)]
    pub mass_union: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub stage: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub device_holder: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub outcome: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    pub promised_on: Option<NaiveDate>,
    #[diesel(sql_type = Timestamptz)]
    pub effective_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub said_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Date)]
    pub on_day: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    pub received_on: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    pub confirmed_by: Option<String>,
    #[diesel(sql_type = Bool)]
    pub counted: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub voided_by: Option<OperationId>,
}

const RECORDED: &str = "
with said as (
    select op_id, author_id, person_id, village_id, mass_union, stage, device_holder,
        null::text as outcome, null::date as promised_on, effective_at, on_day, received_on,
        confirmed_by, voided_by
    from fact
    union all
    select op_id, author_id, person_id, village_id, mass_union, null, null, outcome, promised_on,
        effective_at, on_day, null, null, voided_by
    from visit
)
select said.*, o.kind, o.code, o.received_at, o.said_at, o.erased_at is not null as is_erased,
    c.op_id is not null as counted
from said
join operation o on o.op_id = said.op_id
left join credit c on c.op_id = said.op_id";

pub async fn find_record(conn: &mut Conn, id: OperationId) -> QueryResult<Option<RecordRow>> {
    diesel::sql_query(format!("{RECORDED} where said.op_id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await
        .optional()
}

/// What somebody recorded in these villages, the last one first.
pub async fn list_records(
    conn: &mut Conn,
    author_id: AccountId,
    villages: &[UnitId],
    before: Option<OperationId>,
    limit: i64,
) -> QueryResult<Vec<RecordRow>> {
    diesel::sql_query(format!(
        "{RECORDED} where said.author_id = $1 and said.village_id = any($2)
             and ($3::uuid is null or said.op_id < $3)
         order by said.op_id desc limit $4"
    ))
    .bind::<SqlUuid, _>(author_id)
    .bind::<Array<Integer>, _>(villages)
    .bind::<Nullable<SqlUuid>, _>(before)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await
}

/// Somebody took a record back, as a row.
#[derive(Debug, Clone, QueryableByName)]
pub struct TakingRow {
    #[diesel(sql_type = SqlUuid)]
    pub op_id: OperationId,
    #[diesel(sql_type = SqlUuid)]
    pub author_id: AccountId,
    #[diesel(sql_type = Nullable<Integer>)]
    pub corrects_in: Option<UnitId>,
    #[diesel(sql_type = Timestamptz)]
    pub effective_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub said_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// By a record in its place, whoever made it.
    #[diesel(sql_type = Bool)]
    pub by_record: bool,
    #[diesel(sql_type = Bool)]
    pub is_correction: bool,
    /// The record in its place stands.
    #[diesel(sql_type = Bool)]
    pub stands: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub undone_by: Option<AccountId>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub undone_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub undo_reason: Option<String>,
}

/// Everybody who took a record back, the first one first.
pub async fn list_takings(conn: &mut Conn, target: OperationId) -> QueryResult<Vec<TakingRow>> {
    diesel::sql_query(
        "select v.op_id, v.author_id, v.corrects_in, v.effective_at, v.said_at, v.reason,
             o.kind = 'replace' as by_record, k.op_id is not null as is_correction,
             coalesce(f.op_id, w.op_id) is not null as stands,
             u.undone_by, u.undone_at, u.reason as undo_reason
         from void v
         join operation o on o.op_id = v.op_id
         left join record_correction k on k.op_id = v.op_id
         left join void_undo u on u.void_op_id = v.op_id
         left join fact f on f.op_id = v.op_id and f.voided_by is null
         left join visit w on w.op_id = v.op_id and w.voided_by is null
         where v.target_op_id = $1
         order by v.effective_at, v.op_id",
    )
    .bind::<SqlUuid, _>(target)
    .load(conn)
    .await
}

/// The record in whose place a lead put this one.
pub async fn find_corrected(
    conn: &mut Conn,
    op_id: OperationId,
) -> QueryResult<Option<OperationId>> {
    record_correction::table
        .find(op_id)
        .select(record_correction::target_op_id)
        .first(conn)
        .await
        .optional()
}

/// Who decides, when and why.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    pub by: AccountId,
    pub at: DateTime<Utc>,
    pub reason: &'a str,
}

pub async fn insert_correction(
    conn: &mut Conn,
    op_id: OperationId,
    target: OperationId,
    decided: Decided<'_>,
) -> QueryResult<()> {
    diesel::insert_into(record_correction::table)
        .values((
            record_correction::op_id.eq(op_id),
            record_correction::target_op_id.eq(target),
            record_correction::reason.eq(decided.reason),
            record_correction::corrected_by.eq(decided.by),
            record_correction::corrected_at.eq(decided.at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// These voids have no effect any more.
pub async fn insert_undos(
    conn: &mut Conn,
    voids: &[OperationId],
    decided: Decided<'_>,
) -> QueryResult<()> {
    let rows: Vec<_> = voids
        .iter()
        .map(|void| {
            (
                void_undo::void_op_id.eq(*void),
                void_undo::reason.eq(decided.reason),
                void_undo::undone_by.eq(decided.by),
                void_undo::undone_at.eq(decided.at),
            )
        })
        .collect();
    diesel::insert_into(void_undo::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// Lets what an operation recorded and said stand again.
pub async fn set_standing(conn: &mut Conn, target: OperationId) -> QueryResult<()> {
    for sql in [
        "update fact set voided_by = null where op_id = $1",
        "update visit set voided_by = null where op_id = $1",
        "update person_field set voided_by = null where op_id = $1",
    ] {
        diesel::sql_query(sql)
            .bind::<SqlUuid, _>(target)
            .execute(conn)
            .await?;
    }
    Ok(())
}
