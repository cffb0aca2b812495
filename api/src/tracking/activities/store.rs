//! Activities as they stand and what was said about them, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Bytea, Date, Integer, Nullable, Text, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, OperationId, UnitId};
use uuid::Uuid;

use crate::db::schema::{activity, activity_correction};
use crate::db::{Conn, app_now, prepared};

/// An activity as it stands.
#[derive(Debug, Clone, QueryableByName)]
pub struct ActivityRow {
    #[diesel(sql_type = SqlUuid)]
    pub op_id: OperationId,
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Text)]
    pub mass_union: String,
    #[diesel(sql_type = SqlUuid)]
    pub author_id: AccountId,
    #[diesel(sql_type = Date)]
    pub on_day: NaiveDate,
    #[diesel(sql_type = Text)]
    pub what: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub attended: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub leaflets: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub helped: Option<i32>,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub text: Option<Vec<u8>>,
    #[diesel(sql_type = Bool)]
    pub is_voided: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub correction_id: Option<Uuid>,
}

/// Which activities.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub villages: Vec<UnitId>,
    pub days: (NaiveDate, NaiveDate),
    pub mass_union: Option<String>,
    pub what: Option<String>,
}

/// Where a page ended: the newest day comes first.
pub type Spot = Option<(NaiveDate, OperationId)>;

pub async fn list_activities(
    conn: &mut Conn,
    wanted: &Wanted,
    after: Spot,
    limit: i64,
) -> QueryResult<Vec<ActivityRow>> {
    let (day, op_id) = after.unzip();
    prepared(
        diesel::sql_query(
            "select op_id, village_id, mass_union, author_id, on_day, what, attended, leaflets, helped,
                 null::bytea as text, is_voided, correction_id
             from activity_now
             where village_id = any($1) and on_day between $2 and $3
                 and ($4 is null or mass_union = $4) and ($5 is null or what = $5)
                 and ($6 is null or (on_day, op_id) < ($6, $7))
             order by on_day desc, op_id desc
             limit $8",
        )
        .bind::<Array<Integer>, _>(&wanted.villages)
        .bind::<Date, _>(wanted.days.0)
        .bind::<Date, _>(wanted.days.1)
        .bind::<Nullable<Text>, _>(&wanted.mass_union)
        .bind::<Nullable<Text>, _>(&wanted.what)
        .bind::<Nullable<Date>, _>(day)
        .bind::<Nullable<SqlUuid>, _>(op_id)
        .bind::<BigInt, _>(limit),
    )
    .load(conn)
    .await
}

/// Sums of what was not voided, as fine as anybody asks for.
#[derive(Debug, Clone, QueryableByName)]
pub struct SumRow {
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Text)]
    pub mass_union: String,
    #[diesel(sql_type = Text)]
    pub what: String,
    #[diesel(sql_type = Date)]
    pub month: NaiveDate,
    #[diesel(sql_type = BigInt)]
    pub activities: i64,
    #[diesel(sql_type = BigInt)]
    pub attended: i64,
    #[diesel(sql_type = BigInt)]
    pub leaflets: i64,
    #[diesel(sql_type = BigInt)]
    pub helped: i64,
}

pub async fn sum_activities(conn: &mut Conn, wanted: &Wanted) -> QueryResult<Vec<SumRow>> {
    prepared(
        diesel::sql_query(
            "select village_id, mass_union, what, date_trunc('month', on_day)::date as month,
                 count(*) as activities, coalesce(sum(attended), 0) as attended,
                 coalesce(sum(leaflets), 0) as leaflets, coalesce(sum(helped), 0) as helped
             from activity_now
             where village_id = any($1) and on_day between $2 and $3 and not is_voided
                 and ($4 is null or mass_union = $4) and ($5 is null or what = $5)
             group by 1, 2, 3, 4",
        )
        .bind::<Array<Integer>, _>(&wanted.villages)
        .bind::<Date, _>(wanted.days.0)
        .bind::<Date, _>(wanted.days.1)
        .bind::<Nullable<Text>, _>(&wanted.mass_union)
        .bind::<Nullable<Text>, _>(&wanted.what),
    )
    .load(conn)
    .await
}

pub async fn find_activity(
    conn: &mut Conn,
    op_id: OperationId,
) -> QueryResult<Option<ActivityRow>> {
    prepared(
        diesel::sql_query(
            "select op_id, village_id, mass_union, author_id, on_day, what, attended, leaflets, helped,
                 text, is_voided, correction_id
             from activity_now where op_id = $1",
        )
        .bind::<SqlUuid, _>(op_id),
    )
    .get_result(conn)
    .await
    .optional()
}

/// Nobody else corrects this activity until the transaction ends.
pub async fn lock_activity(conn: &mut Conn, op_id: OperationId) -> QueryResult<Option<UnitId>> {
    activity::table
        .find(op_id)
        .select(activity::village_id)
        .for_no_key_update()
        .first(conn)
        .await
        .optional()
}

/// What somebody said about an activity.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = activity_correction, check_for_backend(diesel::pg::Pg))]
pub struct CorrectionRow {
    pub correction_id: Uuid,
    pub op_id: OperationId,
    pub voids: bool,
    pub what: Option<String>,
    pub attended: Option<i32>,
    pub leaflets: Option<i32>,
    pub helped: Option<i32>,
    pub reason: String,
    pub corrected_by: AccountId,
    pub corrected_at: DateTime<Utc>,
    pub undone_by: Option<AccountId>,
    pub undone_at: Option<DateTime<Utc>>,
}

/// A correction that is about to be written. Without a kind it voids.
#[derive(Debug, Clone, Copy)]
pub struct NewCorrection<'a> {
    pub op_id: OperationId,
    pub what: Option<&'a str>,
    pub attended: Option<i32>,
    pub leaflets: Option<i32>,
    pub helped: Option<i32>,
    pub reason: &'a str,
    pub by: AccountId,
}

pub async fn insert_correction(conn: &mut Conn, new: &NewCorrection<'_>) -> QueryResult<Uuid> {
    let correction_id = Uuid::now_v7();
    diesel::insert_into(activity_correction::table)
        .values((
            activity_correction::correction_id.eq(correction_id),
            activity_correction::op_id.eq(new.op_id),
            activity_correction::voids.eq(new.what.is_none()),
            activity_correction::what.eq(new.what),
            activity_correction::attended.eq(new.attended),
            activity_correction::leaflets.eq(new.leaflets),
            activity_correction::helped.eq(new.helped),
            activity_correction::reason.eq(new.reason),
            activity_correction::corrected_by.eq(new.by),
        ))
        .execute(conn)
        .await?;
    Ok(correction_id)
}

/// Which activity a correction is about.
pub async fn find_corrected(
    conn: &mut Conn,
    correction_id: Uuid,
) -> QueryResult<Option<OperationId>> {
    activity_correction::table
        .find(correction_id)
        .select(activity_correction::op_id)
        .first(conn)
        .await
        .optional()
}

/// Takes a correction back; false: somebody did already.
pub async fn set_undone(conn: &mut Conn, correction_id: Uuid, by: AccountId) -> QueryResult<bool> {
    let standing = activity_correction::table
        .find(correction_id)
        .filter(activity_correction::undone_at.is_null());
    let undone = diesel::update(standing)
        .set((
            activity_correction::undone_by.eq(by),
            activity_correction::undone_at.eq(app_now().nullable()),
        ))
        .execute(conn)
        .await?;
    Ok(undone == 1)
}

/// The first one first.
pub async fn list_corrections(
    conn: &mut Conn,
    op_id: OperationId,
) -> QueryResult<Vec<CorrectionRow>> {
    const CORRECTIONS_MAX: i64 = 200;
    activity_correction::table
        .filter(activity_correction::op_id.eq(op_id))
        .select(CorrectionRow::as_select())
        .order(activity_correction::seq)
        .limit(CORRECTIONS_MAX)
        .load(conn)
        .await
}
