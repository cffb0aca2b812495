//! Signals with what was said about them, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, OperationId, UnitId};
use serde_json::Value;
use uuid::Uuid;

use super::catalogue::Thresholds;
use crate::db::schema::{signal, signal_answer, signal_threshold};
use crate::db::{Conn, app_now, prepared};

/// Bytes as PostgreSQL reads them.
pub fn bytea(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\\x{digits}")
}

/// How many signals were new, and how many have more to show.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Written {
    #[diesel(sql_type = BigInt)]
    pub raised: i64,
    #[diesel(sql_type = BigInt)]
    pub grown: i64,
}

/// Writes what was found. The same again changes nothing; more of it opens the signal again, for an answer is
/// about the evidence it saw.
pub async fn upsert_signals(conn: &mut Conn, rows: Vec<Value>) -> QueryResult<Written> {
    prepared(
        diesel::sql_query(
            "with written as (
                 insert into signal as s (signal_id, fingerprint, rule, severity, author_id, village_id,
                     commune_id, on_day, started_at, ended_at, evidence, op_ids, acts)
                 select signal_id, fingerprint, rule, severity, author_id, village_id,
                     commune_id, on_day, started_at, ended_at, evidence, op_ids, acts
                 from jsonb_populate_recordset(null::signal, $1)
                 order by fingerprint
                 on conflict (fingerprint) do update
                 set evidence = excluded.evidence, op_ids = excluded.op_ids, acts = excluded.acts,
                     ended_at = excluded.ended_at, changed_at = app_now(),
                     state = case when excluded.acts > s.acts then 'open' else s.state end
                 where excluded.acts > s.acts
                     or (s.village_id is not null and s.state = 'open' and excluded.evidence <> s.evidence)
                 returning s.xmax = 0 as is_new
             )
             select count(*) filter (where is_new) as raised, count(*) filter (where not is_new) as grown
             from written",
        )
        .bind::<Jsonb, _>(Value::Array(rows)),
    )
    .get_result(conn)
    .await
}

/// A signal without its records.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = signal)]
pub struct SignalRow {
    pub signal_id: Uuid,
    pub rule: String,
    pub severity: String,
    pub author_id: Option<AccountId>,
    pub village_id: Option<UnitId>,
    pub commune_id: UnitId,
    pub on_day: NaiveDate,
    pub evidence: Value,
    pub acts: i32,
    pub state: String,
    pub raised_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

/// Which signals are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Within these units.
    pub units: Option<&'a [UnitId]>,
    /// About this author.
    pub author: Option<AccountId>,
    pub state: Option<&'a str>,
    pub rule: Option<&'a str>,
    /// About these days, both included.
    pub days: Option<(NaiveDate, NaiveDate)>,
    pub before: Option<Uuid>,
}

/// The newest first.
pub async fn list_signals(
    conn: &mut Conn,
    wanted: Wanted<'_>,
    limit: i64,
) -> QueryResult<Vec<SignalRow>> {
    let mut query = signal::table
        .select(SignalRow::as_select())
        .order(signal::signal_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(units) = wanted.units {
        query = query.filter(signal::commune_id.eq_any(units));
    }
    if let Some(author) = wanted.author {
        query = query.filter(signal::author_id.eq(author));
    }
    if let Some(state) = wanted.state {
        query = query.filter(signal::state.eq(state));
    }
    if let Some(rule) = wanted.rule {
        query = query.filter(signal::rule.eq(rule));
    }
    if let Some((from, to)) = wanted.days {
        query = query.filter(signal::on_day.between(from, to));
    }
    if let Some(before) = wanted.before {
        query = query.filter(signal::signal_id.lt(before));
    }
    query.load(conn).await
}

/// How many signals stand open, by commune.
pub async fn count_open(conn: &mut Conn, units: &[UnitId]) -> QueryResult<Vec<(UnitId, i64)>> {
    signal::table
        .filter(signal::commune_id.eq_any(units))
        .filter(signal::state.eq("open"))
        .group_by(signal::commune_id)
        .select((signal::commune_id, diesel::dsl::count_star()))
        .load(conn)
        .await
}

pub async fn find_signal(conn: &mut Conn, id: Uuid) -> QueryResult<Option<SignalRow>> {
    signal::table
        .find(id)
        .select(SignalRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The same, and nobody answers it until this transaction ends.
pub async fn lock_signal(conn: &mut Conn, id: Uuid) -> QueryResult<Option<SignalRow>> {
    signal::table
        .find(id)
        .select(SignalRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// The records of a signal.
pub async fn list_op_ids(conn: &mut Conn, id: Uuid) -> QueryResult<Vec<OperationId>> {
    let ids: Vec<Option<OperationId>> = signal::table
        .find(id)
        .select(signal::op_ids)
        .first(conn)
        .await?;
    Ok(ids.into_iter().flatten().collect())
}

/// Which rules flagged which records.
pub async fn list_flagged(conn: &mut Conn) -> QueryResult<Vec<(String, Vec<Option<OperationId>>)>> {
    signal::table
        .select((signal::rule, signal::op_ids))
        .load(conn)
        .await
}

/// What was said about a signal.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signal_answer)]
pub struct AnswerRow {
    pub answer_id: Uuid,
    pub signal_id: Uuid,
    pub answer: String,
    pub note: Vec<u8>,
    pub answered_by: AccountId,
    pub by_author: bool,
    pub acts: i32,
    pub answered_at: DateTime<Utc>,
}

/// The first one first.
pub async fn list_answers(conn: &mut Conn, signal_id: Uuid) -> QueryResult<Vec<AnswerRow>> {
    const ANSWERS_MAX: i64 = 200;
    signal_answer::table
        .filter(signal_answer::signal_id.eq(signal_id))
        .select(AnswerRow::as_select())
        .order(signal_answer::answer_id)
        .limit(ANSWERS_MAX)
        .load(conn)
        .await
}

/// Every note there is, by its answer.
pub async fn list_notes(
    conn: &mut Conn,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<(Uuid, Vec<u8>)>> {
    let mut query = signal_answer::table
        .select((signal_answer::answer_id, signal_answer::note))
        .order(signal_answer::answer_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(signal_answer::answer_id.gt(after));
    }
    query.load(conn).await
}

pub async fn empty_notes(conn: &mut Conn, answers: &[Uuid]) -> QueryResult<()> {
    diesel::update(signal_answer::table.filter(signal_answer::answer_id.eq_any(answers)))
        .set(signal_answer::note.eq(Vec::<u8>::new()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes an answer down, and what the signal is from now on. The signal is locked.
pub async fn insert_answer(conn: &mut Conn, row: &AnswerRow, state: &str) -> QueryResult<()> {
    diesel::insert_into(signal_answer::table)
        .values(row)
        .execute(conn)
        .await?;
    diesel::update(signal::table.find(row.signal_id))
        .set((signal::state.eq(state), signal::changed_at.eq(app_now())))
        .execute(conn)
        .await?;
    Ok(())
}

/// What holds.
pub async fn load_thresholds(conn: &mut Conn) -> QueryResult<Thresholds> {
    let rows: Vec<(String, String, i64)> = signal_threshold::table
        .select((
            signal_threshold::rule,
            signal_threshold::name,
            signal_threshold::value,
        ))
        .load(conn)
        .await?;
    Ok(Thresholds::changed(rows))
}

pub async fn upsert_threshold(
    conn: &mut Conn,
    (rule, name, value): (&str, &str, i64),
    reason: &str,
    by: AccountId,
) -> QueryResult<()> {
    let state = (
        signal_threshold::value.eq(value),
        signal_threshold::reason.eq(reason),
        signal_threshold::set_by.eq(by),
        signal_threshold::set_at.eq(app_now()),
    );
    diesel::insert_into(signal_threshold::table)
        .values((
            signal_threshold::rule.eq(rule),
            signal_threshold::name.eq(name),
            state,
        ))
        .on_conflict((signal_threshold::rule, signal_threshold::name))
        .do_update()
        .set(state)
        .execute(conn)
        .await?;
    Ok(())
}
