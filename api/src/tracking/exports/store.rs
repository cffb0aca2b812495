//! Rows of tables that are taken away.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Bytea, Date, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{OperationId, UnitId};
use serde_json::Value;

use crate::db::{Conn, prepared};

/// Something that was recorded, a visit or an activity: whatever it has not, is empty.
#[derive(Clone, QueryableByName)]
pub struct SaidRow {
    #[diesel(sql_type = SqlUuid)]
    pub op_id: OperationId,
    #[diesel(sql_type = Date)]
    pub on_day: NaiveDate,
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    /// The stage, the outcome or the kind of activity.
    #[diesel(sql_type = Text)]
    pub what: String,
    #[diesel(sql_type = Text)]
    pub mass_union: String,
    #[diesel(sql_type = SqlUuid)]
    pub author_id: uuid::Uuid,
    #[diesel(sql_type = Bytea)]
    pub author_name: Vec<u8>,
    #[diesel(sql_type = Bool)]
    pub voided: bool,
    #[diesel(sql_type = Bool)]
    pub counted: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub device_holder: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub confirmed_by: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    pub promised_on: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub attended: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub leaflets: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub helped: Option<i32>,
}

/// Which of the three.
#[derive(Debug, Clone, Copy)]
pub enum Said {
    Records,
    Visits,
    Activities,
}

/// What was said of these villages on these days, in the order of days.
pub async fn list_said(
    conn: &mut Conn,
    what: Said,
    villages: &[UnitId],
    (from, until): (NaiveDate, NaiveDate),
    limit: i64,
) -> QueryResult<Vec<SaidRow>> {
    let sql = match what {
        Said::Records => {
            "select s.op_id, s.on_day, s.village_id, s.stage as what, s.mass_union, s.author_id,
                 a.name as author_name, s.voided_by is not null as voided, c.op_id is not null as counted,
                 s.device_holder, s.confirmed_by, null::date as promised_on,
                 null::integer as attended, null::integer as leaflets, null::integer as helped
             from fact s
             join account a on a.account_id = s.author_id
             left join credit c on c.op_id = s.op_id
             where s.village_id = any($1) and s.on_day between $2 and $3
             order by s.on_day, s.op_id limit $4"
        }
        Said::Visits => {
            "select s.op_id, s.on_day, s.village_id, s.outcome as what, s.mass_union, s.author_id,
                 a.name as author_name, s.voided_by is not null as voided, false as counted,
                 null as device_holder, null as confirmed_by, s.promised_on,
                 null::integer as attended, null::integer as leaflets, null::integer as helped
             from visit s
             join account a on a.account_id = s.author_id
             where s.village_id = any($1) and s.on_day between $2 and $3
             order by s.on_day, s.op_id limit $4"
        }
        Said::Activities => {
            "select s.op_id, s.on_day, s.village_id, s.what, s.mass_union, s.author_id,
                 a.name as author_name, s.is_voided as voided, false as counted,
                 null as device_holder, null as confirmed_by, null::date as promised_on,
                 s.attended, s.leaflets, s.helped
             from activity_now s
             join account a on a.account_id = s.author_id
             where s.village_id = any($1) and s.on_day between $2 and $3
             order by s.on_day, s.op_id limit $4"
        }
    };
    prepared(
        diesel::sql_query(sql)
            .bind::<Array<Integer>, _>(villages)
            .bind::<Date, _>(from)
            .bind::<Date, _>(until)
            .bind::<BigInt, _>(limit),
    )
    .load(conn)
    .await
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = Integer)]
    at: i32,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many people count in each of these spans: rows of `at`, `village_id`, `stage`, `from_on`, `until_on`,
/// summed by `at`.
pub async fn count_spans(conn: &mut Conn, spans: Vec<Value>) -> QueryResult<Vec<(usize, i64)>> {
    let rows: Vec<CountRow> = prepared(
        diesel::sql_query(
            "select s.at, sum(r.n)::bigint as n
             from jsonb_to_recordset($1) s(at integer, village_id integer, stage text, from_on date, until_on date)
             join rollup_day r on r.village_id = s.village_id and r.stage = s.stage
                 and r.on_day between s.from_on and s.until_on
             group by s.at",
        )
        .bind::<Jsonb, _>(Value::Array(spans)),
    )
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.at as usize, row.n))
        .collect())
}
