//! Operations, persons, facts, credit and rollups, remembered.
//!
//! Many rows are written by one statement from one JSON parameter: a batch costs as many statements
//! as a single record, and every insert is ordered by key, so that batches wait for one another in
//! one direction only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb, Text};
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};
use mobile_contracts::tracking::Stage;
use serde_json::Value;

use super::reading::Kind;
use super::rules::{Fact, Target, Void};
use crate::db::schema::{credit, fact, note, operation, person, sync_epoch, visit, void};
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

/// Begins a new life when the database stands on another cluster than before; says whether it did.
pub async fn begin_epoch_if_moved(conn: &mut Conn) -> QueryResult<bool> {
    let begun = prepared(diesel::sql_query(
        "insert into sync_epoch (system_identifier)
         select c.system_identifier::text
         from pg_control_system() c
         where c.system_identifier::text <>
             (select system_identifier from sync_epoch order by epoch desc limit 1)",
    ))
    .execute(conn)
    .await?;
    Ok(begun > 0)
}

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
    pub recorded_on: Option<NaiveDate>,
}

impl StoredOperation {
    pub fn is_awaited(&self) -> bool {
        self.result == "awaited"
    }
}

const STORED: (
    operation::op_id,
    operation::author_id,
    operation::kind,
    operation::payload_hash,
    operation::result,
    operation::code,
    operation::village_id,
    operation::effective_at,
    operation::recorded_on,
) = (
    operation::op_id,
    operation::author_id,
    operation::kind,
    operation::payload_hash,
    operation::result,
    operation::code,
    operation::village_id,
    operation::effective_at,
    operation::recorded_on,
);

fn by_id(rows: Vec<StoredOperation>) -> HashMap<OperationId, StoredOperation> {
    rows.into_iter().map(|row| (row.op_id, row)).collect()
}

pub async fn list_operations(
    conn: &mut Conn,
    ids: &[OperationId],
) -> QueryResult<HashMap<OperationId, StoredOperation>> {
    let rows = operation::table
        .filter(operation::op_id.eq_any(ids))
        .select(STORED)
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
        .select(STORED)
        .order(operation::op_id)
        .for_update()
        .load(conn)
        .await?;
    Ok(by_id(rows))
}

/// Which of these records hold a credit now.
pub async fn list_credited(
    conn: &mut Conn,
    ids: &[OperationId],
) -> QueryResult<BTreeSet<OperationId>> {
    let rows: Vec<OperationId> = credit::table
        .filter(credit::op_id.eq_any(ids))
        .select(credit::op_id)
        .load(conn)
        .await?;
    Ok(rows.into_iter().collect())
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

/// Persons of stored records.
pub async fn list_persons_of(conn: &mut Conn, ids: &[OperationId]) -> QueryResult<Vec<PersonId>> {
    fact::table
        .filter(fact::op_id.eq_any(ids).and(fact::person_id.is_not_null()))
        .select(fact::person_id.assume_not_null())
        .load(conn)
        .await
}

/// Makes the persons that are not there yet.
pub async fn insert_persons(conn: &mut Conn, rows: Vec<Value>) -> QueryResult<()> {
    prepared(
        diesel::sql_query(
            "insert into person (person_id, subject_blind, id_tail, name, phone, birth_year, sex,
             village_id, consent_method, consent_at, created_at)
         select person_id, subject_blind, id_tail, name, phone, birth_year, sex,
             village_id, consent_method, consent_at, created_at
         from jsonb_populate_recordset(null::person, $1)
         order by subject_blind, person_id
         on conflict do nothing",
        )
        .bind::<Jsonb, _>(Value::Array(rows)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Fills in what was not known of persons.
pub async fn complete_persons(conn: &mut Conn, rows: Vec<Value>) -> QueryResult<()> {
    prepared(
        diesel::sql_query(
            "update person p
         set name = coalesce(p.name, d.name),
             phone = coalesce(p.phone, d.phone),
             birth_year = coalesce(p.birth_year, d.birth_year),
             sex = coalesce(p.sex, d.sex)
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
#[derive(Debug, Clone, Queryable)]
pub struct LockedPerson {
    pub person_id: PersonId,
    pub subject_blind: Option<Vec<u8>>,
    pub has_no_name: bool,
    pub has_no_phone: bool,
}

/// Nobody else decides about these persons until this transaction ends.
pub async fn lock_persons(
    conn: &mut Conn,
    blinds: &[Vec<u8>],
    ids: &[PersonId],
) -> QueryResult<Vec<LockedPerson>> {
    person::table
        .filter(
            person::subject_blind
                .eq_any(blinds)
                .assume_not_null()
                .or(person::person_id.eq_any(ids)),
        )
        .select((
            person::person_id,
            person::subject_blind,
            person::name.is_null(),
            person::phone.is_null(),
        ))
        .order(person::person_id)
        .for_update()
        .load(conn)
        .await
}

type FactRow = (
    OperationId,
    Option<PersonId>,
    String,
    UnitId,
    String,
    Option<String>,
    Option<String>,
    DateTime<Utc>,
    NaiveDate,
);

const FACT: (
    fact::op_id,
    fact::person_id,
    fact::stage,
    fact::village_id,
    fact::mass_union,
    fact::device_holder,
    fact::confirmed_by,
    fact::effective_at,
    fact::on_day,
) = (
    fact::op_id,
    fact::person_id,
    fact::stage,
    fact::village_id,
    fact::mass_union,
    fact::device_holder,
    fact::confirmed_by,
    fact::effective_at,
    fact::on_day,
);

fn read_fact(row: FactRow) -> (Option<PersonId>, Stage, Fact) {
    let (op_id, person_id, stage, village_id, mass_union, holder, confirmed_by, at, day) = row;
    let fact = Fact {
        op_id,
        village_id,
        mass_union: MassUnion::parse(&mass_union)
            .expect("fact_mass_union_known allows only known ones"),
        helper: holder.as_deref() == Some("helper"),
        confirmed: confirmed_by.is_some(),
        effective_at: at,
        on_day: day,
    };
    let stage = Stage::parse(&stage).expect("fact_stage_known allows only known stages");
    (person_id, stage, fact)
}

/// Every live fact of these persons.
pub async fn list_live_facts(
    conn: &mut Conn,
    persons: &[PersonId],
) -> QueryResult<BTreeMap<(PersonId, Stage), Vec<Fact>>> {
    let rows: Vec<FactRow> = fact::table
        .filter(fact::person_id.eq_any(persons))
        .filter(fact::voided_by.is_null())
        .select(FACT)
        .load(conn)
        .await?;
    let mut live: BTreeMap<(PersonId, Stage), Vec<Fact>> = BTreeMap::new();
    for (person_id, stage, fact) in rows.into_iter().map(read_fact) {
        if let Some(person_id) = person_id {
            live.entry((person_id, stage)).or_default().push(fact);
        }
    }
    Ok(live)
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
                effective_at: stored.effective_at,
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
    for row in rows.into_iter().map(read_fact) {
        if let Some(target) = targets.get_mut(&row.2.op_id) {
            target.fact = Some(row);
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
    );
    let rows: Vec<Row> = void::table
        .filter(void::target_op_id.eq_any(targets))
        .select((
            void::target_op_id,
            void::op_id,
            void::author_id,
            void::corrects_in,
            void::effective_at,
        ))
        .load(conn)
        .await?;
    let mut waiting: HashMap<OperationId, Vec<Void>> = HashMap::new();
    for (target, op_id, author_id, corrects_in, effective_at) in rows {
        waiting.entry(target).or_default().push(Void {
            op_id,
            author_id,
            corrects_in,
            effective_at,
        });
    }
    Ok(waiting)
}

/// Claims the ids of fresh operations. Fewer than asked for: somebody else was faster.
pub async fn insert_operations(conn: &mut Conn, rows: Vec<Value>) -> QueryResult<usize> {
    prepared(diesel::sql_query(
        "insert into operation (op_id, author_id, device_id, seq, kind, payload_hash, result, code,
             village_id, received_at, effective_at, recorded_on, raw, epoch)
         select op_id, author_id, device_id, seq, kind, payload_hash, result, code,
             village_id, received_at, effective_at, recorded_on, raw,
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
             effective_at = d.effective_at, recorded_on = d.recorded_on, raw = d.raw,
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

/// Takes back what stands. The rows are locked through their operations.
pub async fn set_voided(
    conn: &mut Conn,
    voided: &BTreeMap<OperationId, OperationId>,
) -> QueryResult<()> {
    for (target, by) in voided {
        let (target, by) = (target.0, by.0);
        diesel::update(fact::table.find(target).filter(fact::voided_by.is_null()))
            .set(fact::voided_by.eq(by))
            .execute(conn)
            .await?;
        diesel::update(visit::table.find(target).filter(visit::voided_by.is_null()))
            .set(visit::voided_by.eq(by))
            .execute(conn)
            .await?;
        diesel::update(note::table.find(target).filter(note::voided_by.is_null()))
            .set(note::voided_by.eq(by))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Moves credit: first away, then to its new holder, for a record holds one credit at most.
pub async fn set_credits(
    conn: &mut Conn,
    credits: &BTreeMap<(PersonId, Stage), Option<OperationId>>,
) -> QueryResult<()> {
    if credits.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = credits
        .iter()
        .map(|((person_id, stage), op_id)| {
            serde_json::json!({ "person_id": person_id, "stage": stage, "op_id": op_id })
        })
        .collect();
    let rows = Value::Array(rows);
    prepared(
        diesel::sql_query(
            "delete from credit c
         using jsonb_populate_recordset(null::credit, $1) d
         where c.person_id = d.person_id and c.stage = d.stage",
        )
        .bind::<Jsonb, _>(&rows),
    )
    .execute(conn)
    .await?;
    prepared(
        diesel::sql_query(
            "insert into credit (person_id, stage, op_id)
         select person_id, stage, op_id
         from jsonb_populate_recordset(null::credit, $1)
         where op_id is not null
         order by person_id, stage",
        )
        .bind::<Jsonb, _>(&rows),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a difference to the rollups, the last thing of a transaction. A check refuses a negative row
/// before it can meet the one it lowers, so a lowered count is proposed as zero and subtracted there.
pub async fn add_to_rollups(conn: &mut Conn, tally: &super::rules::Tally) -> QueryResult<()> {
    if tally.0.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = tally
        .0
        .iter()
        .map(|(key, counts)| {
            serde_json::json!({
                "village_id": key.village_id, "stage": key.stage, "mass_union": key.mass_union,
                "on_day": key.on_day, "n": counts.n, "assists": counts.assists,
                "confirmed": counts.confirmed, "anonymous": counts.anonymous,
            })
        })
        .collect();
    let rows = Value::Array(rows);
    for sql in [ADD_TO_DAYS, ADD_TO_MONTHS, ADD_TO_TOTALS] {
        prepared(diesel::sql_query(sql).bind::<Jsonb, _>(&rows))
            .execute(conn)
            .await?;
    }
    Ok(())
}

const ADD_TO_DAYS: &str = "
with d as materialized (
    select village_id, stage, mass_union, on_day, n, assists, confirmed, anonymous
    from jsonb_populate_recordset(null::rollup_day, $1)
)
insert into rollup_day as r (village_id, stage, mass_union, on_day, n, assists, confirmed, anonymous)
select village_id, stage, mass_union, on_day,
    greatest(n, 0), greatest(assists, 0), greatest(confirmed, 0), greatest(anonymous, 0)
from d
order by village_id, stage, mass_union, on_day
on conflict (village_id, stage, mass_union, on_day) do update
set (n, assists, confirmed, anonymous) = (
    select r.n + d.n, r.assists + d.assists, r.confirmed + d.confirmed, r.anonymous + d.anonymous
    from d
    where (d.village_id, d.stage, d.mass_union, d.on_day)
        = (r.village_id, r.stage, r.mass_union, r.on_day)
)";

const ADD_TO_MONTHS: &str = "
with d as materialized (
    select village_id, stage, mass_union, date_trunc('month', on_day)::date as month,
        sum(n)::integer as n, sum(assists)::integer as assists,
        sum(confirmed)::integer as confirmed, sum(anonymous)::integer as anonymous
    from jsonb_populate_recordset(null::rollup_day, $1)
    group by 1, 2, 3, 4
)
insert into rollup_month as r (village_id, stage, mass_union, month, n, assists, confirmed, anonymous)
select village_id, stage, mass_union, month,
    greatest(n, 0), greatest(assists, 0), greatest(confirmed, 0), greatest(anonymous, 0)
from d
order by village_id, stage, mass_union, month
on conflict (village_id, stage, mass_union, month) do update
set (n, assists, confirmed, anonymous) = (
    select r.n + d.n, r.assists + d.assists, r.confirmed + d.confirmed, r.anonymous + d.anonymous
    from d
    where (d.village_id, d.stage, d.mass_union, d.month)
        = (r.village_id, r.stage, r.mass_union, r.month)
)";

const ADD_TO_TOTALS: &str = "
with d as materialized (
    select village_id, stage, mass_union,
        sum(n)::integer as n, sum(assists)::integer as assists,
        sum(confirmed)::integer as confirmed, sum(anonymous)::integer as anonymous
    from jsonb_populate_recordset(null::rollup_day, $1)
    group by 1, 2, 3
)
insert into rollup_total as r (village_id, stage, mass_union, n, assists, confirmed, anonymous)
select village_id, stage, mass_union,
    greatest(n, 0), greatest(assists, 0), greatest(confirmed, 0), greatest(anonymous, 0)
from d
order by village_id, stage, mass_union
on conflict (village_id, stage, mass_union) do update
set (n, assists, confirmed, anonymous) = (
    select r.n + d.n, r.assists + d.assists, r.confirmed + d.confirmed, r.anonymous + d.anonymous
    from d
    where (d.village_id, d.stage, d.mass_union) = (r.village_id, r.stage, r.mass_union)
)";

/// One of somebody's operations, as the ledger and the pull tell it.
#[derive(Debug, Clone, QueryableByName)]
pub struct LedgerRow {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub op_id: OperationId,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = diesel::sql_types::Nullable<Text>)]
    pub stage: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Integer>)]
    pub village_id: Option<UnitId>,
    #[diesel(sql_type = Text)]
    pub result: String,
    #[diesel(sql_type = diesel::sql_types::Nullable<Text>)]
    pub code: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub counted: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub voided: bool,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Date>)]
    pub recorded_on: Option<NaiveDate>,
    #[diesel(sql_type = diesel::sql_types::Timestamptz)]
    pub received_at: DateTime<Utc>,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pub epoch: i32,
    #[diesel(sql_type = BigInt)]
    pub xid: i64,
    #[diesel(sql_type = BigInt)]
    pub pull_seq: i64,
}

const LEDGER: &str = "
select o.op_id, o.kind, f.stage, o.village_id, o.result, o.code,
    c.op_id is not null as counted,
    coalesce(f.voided_by, v.voided_by, n.voided_by) is not null as voided,
    o.recorded_on, o.received_at, o.epoch, o.xid, o.pull_seq
from operation o
left join fact f on f.op_id = o.op_id
left join credit c on c.op_id = o.op_id
left join visit v on v.op_id = o.op_id
left join note n on n.op_id = o.op_id
where o.author_id = $1";

/// Of these ids, the author's own.
pub async fn look_up(
    conn: &mut Conn,
    author: AccountId,
    ids: &[OperationId],
) -> QueryResult<Vec<LedgerRow>> {
    diesel::sql_query(format!("{LEDGER} and o.op_id = any($2) order by o.op_id"))
        .bind::<diesel::sql_types::Uuid, _>(author)
        .bind::<diesel::sql_types::Array<diesel::sql_types::Uuid>, _>(ids)
        .load(conn)
        .await
}

/// The author's operations, the newest first, before `before`.
pub async fn list_ledger(
    conn: &mut Conn,
    author: AccountId,
    before: Option<OperationId>,
    limit: i64,
) -> QueryResult<Vec<LedgerRow>> {
    diesel::sql_query(format!(
        "{LEDGER} and ($2::uuid is null or o.op_id < $2) order by o.op_id desc limit $3"
    ))
    .bind::<diesel::sql_types::Uuid, _>(author)
    .bind::<diesel::sql_types::Nullable<diesel::sql_types::Uuid>, _>(before)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await
}

/// recognised, under review, refused.
pub async fn count_ledger(conn: &mut Conn, author: AccountId) -> QueryResult<(i64, i64, i64)> {
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
        diesel::sql_query(
            "select
            count(*) filter (
                where o.result in ('applied', 'merged') and o.kind <> 'void'
                    and coalesce(f.voided_by, v.voided_by, n.voided_by) is null
            ) as recognised,
            count(*) filter (where o.result = 'held') as under_review,
            count(*) filter (where o.result = 'rejected') as refused
         from operation o
         left join fact f on f.op_id = o.op_id
         left join visit v on v.op_id = o.op_id
         left join note n on n.op_id = o.op_id
         where o.author_id = $1",
        )
        .bind::<diesel::sql_types::Uuid, _>(author),
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

/// The author's operations that changed after `after` and can no longer be overtaken: a row of a
/// transaction that still runs could commit behind a reader who is already past it.
pub async fn list_changes(
    conn: &mut Conn,
    author: AccountId,
    after: Position,
    limit: i64,
) -> QueryResult<Vec<LedgerRow>> {
    diesel::sql_query(format!(
        "{LEDGER}
         and (o.epoch, o.xid, o.pull_seq) > ($2, $3, $4)
         and (o.epoch < (select max(epoch) from sync_epoch)
             or o.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
         order by o.epoch, o.xid, o.pull_seq
         limit $5"
    ))
    .bind::<diesel::sql_types::Uuid, _>(author)
    .bind::<diesel::sql_types::Integer, _>(after.epoch)
    .bind::<BigInt, _>(after.xid)
    .bind::<BigInt, _>(after.seq)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await
}
