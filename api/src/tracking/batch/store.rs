//! Operations and persons, remembered.
//!
//! Many rows are written by one statement from one JSON parameter: a batch costs as many statements
//! as a single record, and every insert is ordered by key, so that batches wait for one another in
//! one direction only.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Bytea, Integer, Jsonb, Nullable, SmallInt, Text, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};
use serde_json::Value;

use super::rules::{Target, Void};
use crate::db::schema::{fact, operation, person, person_field, void};
use crate::db::{Conn, prepared};
use crate::tracking::citizen;
use crate::tracking::credit::store::{FACT, FactRow, read_fact};
use crate::tracking::office::CONFIRMED_BY;
use crate::tracking::reading::Kind;

/// One batch of an author at a time, until the transaction ends: the day's quota is counted, and a
/// phone that sends twice at once only waits for itself.
pub async fn serialize_author(conn: &mut Conn, author: AccountId) -> QueryResult<()> {
    let (high, low) = author.0.as_u64_pair();
    prepared(
        diesel::sql_query("select pg_advisory_xact_lock($1)")
            .bind::<BigInt, _>((high ^ low).cast_signed()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A stored operation.
#[derive(Debug, Clone, Queryable)]
pub struct StoredOperation {
    pub op_id: OperationId,
    pub author_id: Option<AccountId>,
    pub kind: String,
    pub payload_hash: Option<Vec<u8>>,
    pub result: String,
    pub code: Option<String>,
    pub village_id: Option<UnitId>,
    pub effective_at: Option<DateTime<Utc>>,
    pub said_at: Option<DateTime<Utc>>,
    pub recorded_on: Option<NaiveDate>,
    /// The person it was about was erased since.
    pub is_erased: bool,
}

impl StoredOperation {
    pub fn is_awaited(&self) -> bool {
        self.result == "awaited"
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn stored_columns() -> _ {
    (
        operation::op_id,
        operation::author_id,
        operation::kind,
        operation::payload_hash,
        operation::result,
        operation::code,
        operation::village_id,
        operation::effective_at,
        operation::said_at,
        operation::recorded_on,
        operation::erased_at.is_not_null(),
    )
}

fn by_id(rows: Vec<StoredOperation>) -> HashMap<OperationId, StoredOperation> {
    rows.into_iter().map(|row| (row.op_id, row)).collect()
}

pub async fn list_operations(
    conn: &mut Conn,
    ids: &[OperationId],
) -> QueryResult<HashMap<OperationId, StoredOperation>> {
    let rows = operation::table
        .filter(operation::op_id.eq_any(ids))
        .select(stored_columns())
        .load(conn)
        .await?;
    Ok(by_id(rows))
}

/// The same, and nobody changes them until this transaction ends.
pub async fn lock_operations(
    conn: &mut Conn,
    ids: &[OperationId],
) -> QueryResult<HashMap<OperationId, StoredOperation>> {
    let rows = operation::table
        .filter(operation::op_id.eq_any(ids))
        .select(stored_columns())
        .order(operation::op_id)
        .for_update()
        .load(conn)
        .await?;
    Ok(by_id(rows))
}

/// How many records of this author came on that day.
pub async fn count_records_of_day(
    conn: &mut Conn,
    author: AccountId,
    day: NaiveDate,
) -> QueryResult<usize> {
    let count: i64 = fact::table
        .filter(fact::author_id.eq(author).and(fact::received_on.eq(day)))
        .count()
        .get_result(conn)
        .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// The keyed hashes of the ID numbers that this author recorded on that day.
pub async fn list_subjects_of_day(
    conn: &mut Conn,
    author: AccountId,
    day: NaiveDate,
) -> QueryResult<BTreeSet<Vec<u8>>> {
    let rows: Vec<Option<Vec<u8>>> = fact::table
        .inner_join(person::table)
        .filter(fact::author_id.eq(author).and(fact::received_on.eq(day)))
        .filter(person::subject_blind.is_not_null())
        .select(person::subject_blind)
        .distinct()
        .load(conn)
        .await?;
    Ok(rows.into_iter().flatten().collect())
}

/// Persons of stored records, and those of whom stored operations said something.
pub async fn list_persons_of(conn: &mut Conn, ids: &[OperationId]) -> QueryResult<Vec<PersonId>> {
    let recorded = fact::table
        .filter(fact::op_id.eq_any(ids).and(fact::person_id.is_not_null()))
        .select(fact::person_id.assume_not_null());
    let spoken_of = person_field::table
        .filter(person_field::op_id.eq_any(ids))
        .select(person_field::person_id);
    recorded.union(spoken_of).load(conn).await
}

/// Makes the persons that are not there yet. Whoever had their number restricted before they were known is from the
/// start.
pub async fn insert_persons(conn: &mut Conn, rows: Vec<Value>) -> QueryResult<()> {
    let id = |row: &Value| row["person_id"].as_str()?.parse::<PersonId>().ok();
    let made: Vec<PersonId> = rows.iter().filter_map(id).collect();
    prepared(
        diesel::sql_query(
            "insert into person (person_id, subject_blind, id_tail, hint, birth_year, sex,
             village_id, consent_method, consent_at, created_at)
         select person_id, subject_blind, id_tail, hint, birth_year, sex,
             village_id, consent_method, consent_at, created_at
         from jsonb_populate_recordset(null::person, $1)
         order by subject_blind, person_id
         on conflict do nothing",
        )
        .bind::<Jsonb, _>(Value::Array(rows)),
    )
    .execute(conn)
    .await?;
    // By a statement of its own: who was waited for in the one above has written meanwhile.
    citizen::restrict_made(conn, &made).await
}

/// Fills in what ID numbers say, where an office that served their owners had not read it.
pub async fn complete_persons(conn: &mut Conn, rows: Vec<Value>) -> QueryResult<()> {
    prepared(
        diesel::sql_query(
            "update person p
         set birth_year = coalesce(p.birth_year, d.birth_year),
             sex = coalesce(p.sex, d.sex),
             hint = coalesce(p.hint, d.hint)
         from jsonb_populate_recordset(null::person, $1) d
         where p.person_id = d.person_id",
        )
        .bind::<Jsonb, _>(Value::Array(rows)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whom only lists named was met: where, and how they agreed.
pub async fn meet_persons(conn: &mut Conn, rows: Vec<Value>) -> QueryResult<()> {
    prepared(
        diesel::sql_query(
            "update person p
         set village_id = d.village_id, consent_method = d.consent_method, consent_at = d.consent_at
         from jsonb_populate_recordset(null::person, $1) d
         where p.person_id = d.person_id",
        )
        .bind::<Jsonb, _>(Value::Array(rows)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A person under lock.
#[derive(Debug, Clone, QueryableByName)]
pub struct LockedPerson {
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub subject_blind: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub birth_year: Option<i16>,
    #[diesel(sql_type = Nullable<Text>)]
    pub sex: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub canonical_id: Option<PersonId>,
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Bool)]
    pub has_no_hint: bool,
    /// Nobody has met them yet: a list names them.
    #[diesel(sql_type = Bool)]
    pub is_only_listed: bool,
    #[diesel(sql_type = Bool)]
    pub is_erased: bool,
}

/// Nobody else decides about these persons, or about whoever stands for them, until this transaction
/// ends: whoever stands for many is where all who record about any of them meet.
pub async fn lock_persons(
    conn: &mut Conn,
    blinds: &[Vec<u8>],
    ids: &[PersonId],
) -> QueryResult<Vec<LockedPerson>> {
    prepared(
        diesel::sql_query(
            "with asked as materialized (
                 select person_id, canonical_id from person
                 where subject_blind = any($1) or person_id = any($2)
             ),
             wanted as (
                 select person_id from asked
                 union
                 select canonical_id from asked where canonical_id is not null
             )
             select p.person_id, p.subject_blind, p.birth_year, p.sex, p.canonical_id,
                 p.village_id, p.hint is null as has_no_hint, p.consent_method = 'list' as is_only_listed,
                 p.erased_at is not null as is_erased
             from person p
             join wanted using (person_id)
             order by p.person_id
             for update of p",
        )
        .bind::<Array<Bytea>, _>(blinds)
        .bind::<Array<SqlUuid>, _>(ids),
    )
    .load(conn)
    .await
}

/// What stored operations are, for whoever wants to take them back.
pub async fn list_targets(
    conn: &mut Conn,
    stored: impl Iterator<Item = &StoredOperation>,
) -> QueryResult<HashMap<OperationId, Target>> {
    let mut targets: HashMap<OperationId, Target> = stored
        .filter_map(|stored| {
            let target = Target {
                author_id: stored.author_id?,
                kind: Kind::parse(&stored.kind),
                village_id: stored.village_id,
                said_at: stored.said_at,
                of_office: false,
                fact: None,
            };
            Some((stored.op_id, target))
        })
        .collect();
    let ids: Vec<OperationId> = targets.keys().copied().collect();
    let rows: Vec<FactRow> = fact::table
        .filter(fact::op_id.eq_any(&ids).and(fact::voided_by.is_null()))
        .select(FACT)
        .load(conn)
        .await?;
    for row in rows {
        let of_office = row.6.as_deref() == Some(CONFIRMED_BY);
        let fact = read_fact(row);
        if let Some(target) = targets.get_mut(&fact.2.op_id) {
            target.of_office = of_office;
            target.fact = Some(fact);
        }
    }
    Ok(targets)
}

/// Voids that came before their target.
pub async fn list_waiting_voids(
    conn: &mut Conn,
    targets: &[OperationId],
) -> QueryResult<HashMap<OperationId, Vec<Void>>> {
    type Row = (
        OperationId,
        OperationId,
        AccountId,
        Option<UnitId>,
        DateTime<Utc>,
        Option<DateTime<Utc>>,
    );
    let rows: Vec<Row> = void::table
        .filter(void::target_op_id.eq_any(targets))
        .select((
            void::target_op_id,
            void::op_id,
            void::author_id,
            void::corrects_in,
            void::effective_at,
            void::said_at,
        ))
        .load(conn)
        .await?;
    let mut waiting: HashMap<OperationId, Vec<Void>> = HashMap::new();
    for (target, op_id, author_id, corrects_in, effective_at, said_at) in rows {
        waiting.entry(target).or_default().push(Void {
            op_id,
            author_id,
            corrects_in,
            effective_at,
            said_at,
            // An office undoes what it has before its eyes.
            by_office: false,
        });
    }
    Ok(waiting)
}

/// Claims the ids of fresh operations. Fewer than asked for: somebody else was faster.
pub async fn insert_operations(conn: &mut Conn, rows: Vec<Value>) -> QueryResult<usize> {
    prepared(diesel::sql_query(
        "insert into operation (op_id, author_id, device_id, seq, kind, payload_hash, result, code,
             village_id, received_at, effective_at, said_at, recorded_on, raw, voided_by, epoch)
         select op_id, author_id, device_id, seq, kind, payload_hash, result, code,
             village_id, received_at, effective_at, said_at, recorded_on, raw, voided_by,
             (select max(epoch) from sync_epoch)
         from jsonb_populate_recordset(null::operation, $1)
         order by op_id
         on conflict (op_id) do nothing",
    )
    .bind::<Jsonb, _>(Value::Array(rows)))
    .execute(conn)
    .await
}

/// Gives rows that waited, or that waited for their author, what they waited for.
pub async fn fill_operations(conn: &mut Conn, rows: Vec<Value>) -> QueryResult<usize> {
    prepared(
        diesel::sql_query(
            "update operation o
         set author_id = d.author_id, device_id = d.device_id, seq = d.seq, kind = d.kind,
             payload_hash = d.payload_hash, result = d.result, code = d.code,
             village_id = d.village_id, received_at = d.received_at,
             effective_at = d.effective_at, said_at = d.said_at, recorded_on = d.recorded_on, raw = d.raw,
             voided_by = d.voided_by,
             epoch = (select max(epoch) from sync_epoch),
             xid = pg_current_xact_id()::text::bigint,
             pull_seq = nextval('operation_pull_seq')
         from jsonb_populate_recordset(null::operation, $1) d
         where o.op_id = d.op_id",
        )
        .bind::<Jsonb, _>(Value::Array(rows)),
    )
    .execute(conn)
    .await
}

/// Puts operations at the end of everybody's pull, because their credit changed.
pub async fn touch_operations(conn: &mut Conn, ids: &BTreeSet<OperationId>) -> QueryResult<()> {
    prepared(
        diesel::sql_query(
            "update operation
         set epoch = (select max(epoch) from sync_epoch),
             xid = pg_current_xact_id()::text::bigint,
             pull_seq = nextval('operation_pull_seq')
         where op_id in (select (jsonb_array_elements_text($1))::uuid)",
        )
        .bind::<Jsonb, _>(serde_json::json!(ids)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Rows of one of the tables that hold what operations said.
#[derive(Debug, Clone, Copy)]
pub enum Said {
    Facts,
    Visits,
    Notes,
    Voids,
    Requests,
    Activities,
    Consents,
}

pub async fn insert_said(conn: &mut Conn, what: Said, rows: Vec<Value>) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = match what {
        Said::Facts => {
            "insert into fact select * from jsonb_populate_recordset(null::fact, $1) order by op_id"
        }
        Said::Visits => {
            "insert into visit select * from jsonb_populate_recordset(null::visit, $1) order by op_id"
        }
        Said::Notes => {
            "insert into note select * from jsonb_populate_recordset(null::note, $1) order by op_id"
        }
        Said::Requests => {
            "insert into appointment_request
             select * from jsonb_populate_recordset(null::appointment_request, $1) order by op_id"
        }
        Said::Activities => {
            "insert into activity
             select * from jsonb_populate_recordset(null::activity, $1) order by op_id"
        }
        // The first of its method and text is the proof; the others add nothing.
        Said::Consents => {
            "insert into consent (op_id, person_id, method, text_version, given_at, recorded_by)
             select op_id, person_id, method, text_version, given_at, recorded_by
             from jsonb_populate_recordset(null::consent, $1) order by person_id, op_id
             on conflict do nothing"
        }
        // A type named void is older than our table.
        Said::Voids => {
            "insert into void select * from jsonb_populate_recordset(null::public.void, $1) order by op_id"
        }
    };
    prepared(diesel::sql_query(sql).bind::<Jsonb, _>(Value::Array(rows)))
        .execute(conn)
        .await?;
    Ok(())
}
