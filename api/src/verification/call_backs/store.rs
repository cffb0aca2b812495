//! Call-backs, remembered.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bytea, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};
use mobile_contracts::sampling::CallBackResult;
use uuid::Uuid;

use crate::db::schema::{account, call_back, draw, fact, person};
use crate::db::{Conn, app_now, prepared};

/// Puts records in line to be checked, from this position on.
pub async fn insert_call_backs(
    conn: &mut Conn,
    draw_id: Uuid,
    first: i32,
    ops: &[OperationId],
) -> QueryResult<()> {
    let rows: Vec<_> = (first..)
        .zip(ops)
        .map(|(position, op)| {
            (
                call_back::call_back_id.eq(Uuid::now_v7()),
                call_back::draw_id.eq(draw_id),
                call_back::op_id.eq(*op),
                call_back::position.eq(position),
            )
        })
        .collect();
    diesel::insert_into(call_back::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// A check that nobody has told yet.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = call_back)]
pub struct OpenRow {
    pub call_back_id: Uuid,
    pub op_id: OperationId,
    pub verifier_id: Option<AccountId>,
    pub assigned_at: Option<DateTime<Utc>>,
    passed_over: Vec<Option<AccountId>>,
}

impl OpenRow {
    /// Who had it, and did not tell in time.
    pub fn passed_over(&self) -> BTreeSet<AccountId> {
        self.passed_over.iter().copied().flatten().collect()
    }
}

/// What nobody has told yet, in the order of the seed.
pub async fn list_open(conn: &mut Conn, draw_id: Uuid) -> QueryResult<Vec<OpenRow>> {
    call_back::table
        .filter(call_back::draw_id.eq(draw_id))
        .filter(call_back::result.is_null())
        .order(call_back::position)
        .select(OpenRow::as_select())
        .load(conn)
        .await
}

/// Takes from whoever has them what they have not told yet: others check it.
pub async fn release(conn: &mut Conn, call_backs: &[Uuid]) -> QueryResult<usize> {
    let open = call_back::table
        .filter(call_back::call_back_id.eq_any(call_backs))
        .filter(call_back::result.is_null());
    diesel::update(open)
        .set((
            call_back::verifier_id.eq(None::<AccountId>),
            call_back::assigned_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await
}

/// The same, and remembers that they did not tell in time.
pub async fn pass_over(conn: &mut Conn, call_backs: &[Uuid]) -> QueryResult<usize> {
    diesel::sql_query(
        "update call_back
         set passed_over = array_append(passed_over, verifier_id), verifier_id = null, assigned_at = null
         where call_back_id = any($1) and result is null and verifier_id is not null",
    )
    .bind::<Array<SqlUuid>, _>(call_backs)
    .execute(conn)
    .await
}

/// Whose checks of a draw are told, and whose are not, the longest open first.
#[derive(Debug, QueryableByName)]
pub struct VerifierRow {
    #[diesel(sql_type = SqlUuid)]
    pub account_id: AccountId,
    #[diesel(sql_type = BigInt)]
    pub told: i64,
    /// Since when they have had each of those that are not.
    #[diesel(sql_type = Array<Timestamptz>)]
    pub open_since: Vec<DateTime<Utc>>,
}

pub async fn list_verifiers(conn: &mut Conn, draw_id: Uuid) -> QueryResult<Vec<VerifierRow>> {
    diesel::sql_query(
        "select verifier_id as account_id, count(result) as told,
             coalesce(array_agg(assigned_at order by assigned_at) filter (where result is null), '{}')
                 as open_since
         from call_back
         where draw_id = $1 and verifier_id is not null
         group by verifier_id
         order by min(assigned_at) filter (where result is null) nulls last, verifier_id",
    )
    .bind::<SqlUuid, _>(draw_id)
    .load(conn)
    .await
}

/// Volunteers and leads of these units who may sign in.
pub async fn list_people(
    conn: &mut Conn,
    units: &[UnitId],
) -> QueryResult<Vec<(AccountId, UnitId, MassUnion)>> {
    let rows: Vec<(AccountId, UnitId, String)> = account::table
        .filter(account::unit_id.eq_any(units))
        .filter(account::role.eq_any(["volunteer", "lead"]))
        .filter(account::disabled_at.is_null())
        .filter(account::password_hash.is_not_null())
        .order(account::account_id)
        .select((account::account_id, account::unit_id, account::mass_union))
        .load(conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .filter_map(|(id, unit, word)| Some((id, unit, MassUnion::parse(&word)?)))
        .collect())
}

/// Everybody who recorded something about the citizens of these records.
pub async fn list_involved(
    conn: &mut Conn,
    ops: &[OperationId],
) -> QueryResult<BTreeMap<OperationId, BTreeSet<AccountId>>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        op_id: OperationId,
        #[diesel(sql_type = SqlUuid)]
        author_id: AccountId,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select f.op_id, other.author_id
             from fact f
             join person p on p.person_id = f.person_id
             join person one on coalesce(one.canonical_id, one.person_id)
                 = coalesce(p.canonical_id, p.person_id)
                 and (one.person_id = coalesce(p.canonical_id, p.person_id)
                     or one.canonical_id = coalesce(p.canonical_id, p.person_id))
             join fact other on other.person_id = one.person_id
             where f.op_id = any($1)",
        )
        .bind::<Array<SqlUuid>, _>(ops),
    )
    .load(conn)
    .await?;
    let mut involved: BTreeMap<OperationId, BTreeSet<AccountId>> = BTreeMap::new();
    for row in rows {
        involved.entry(row.op_id).or_default().insert(row.author_id);
    }
    Ok(involved)
}

pub async fn set_verifier(
    conn: &mut Conn,
    call_back_id: Uuid,
    verifier: AccountId,
) -> QueryResult<()> {
    let open = call_back::table.find(call_back_id);
    diesel::update(open.filter(call_back::verifier_id.is_null()))
        .set((
            call_back::verifier_id.eq(verifier),
            call_back::assigned_at.eq(app_now().nullable()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// A call-back with what is to be asked.
#[derive(Debug, Clone, Queryable)]
pub struct CallBackRow {
    pub call_back_id: Uuid,
    pub draw_id: Uuid,
    pub op_id: OperationId,
    pub verifier_id: Option<AccountId>,
    pub result: Option<String>,
    pub assigned_at: Option<DateTime<Utc>>,
    pub draw_state: String,
    pub commune_id: UnitId,
    pub village_id: UnitId,
    pub stage: String,
    pub on_day: NaiveDate,
    pub has_phone: bool,
    /// They were not erased, and their data is not restricted.
    pub may_be_asked: bool,
}

impl CallBackRow {
    pub fn is_open(&self) -> bool {
        self.result.is_none() && self.draw_state == "drawn"
    }
}

macro_rules! call_backs {
    () => {
        call_back::table
            .inner_join(draw::table)
            .inner_join(fact::table.on(fact::op_id.eq(call_back::op_id)))
            .left_join(person::table.on(fact::person_id.eq(person::person_id.nullable())))
            .select((
                call_back::call_back_id,
                call_back::draw_id,
                call_back::op_id,
                call_back::verifier_id,
                call_back::result,
                call_back::assigned_at,
                draw::state,
                draw::commune_id,
                fact::village_id,
                fact::stage,
                fact::on_day,
                person::phone.nullable().is_not_null(),
                person::person_id
                    .nullable()
                    .is_not_null()
                    .and(person::erased_at.nullable().is_null())
                    .and(person::restricted_at.nullable().is_null()),
            ))
    };
}

/// Those of one verifier, the newest first.
pub async fn list_own(
    conn: &mut Conn,
    verifier: AccountId,
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<CallBackRow>> {
    let mut query = call_backs!()
        .filter(call_back::verifier_id.eq(verifier))
        .order(call_back::call_back_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(call_back::call_back_id.lt(before));
    }
    query.load(conn).await
}

pub async fn find_call_back(conn: &mut Conn, id: Uuid) -> QueryResult<Option<CallBackRow>> {
    call_backs!()
        .filter(call_back::call_back_id.eq(id))
        .first(conn)
        .await
        .optional()
}

/// The first of a draw that is open, and is about whoever may not be asked any more.
pub async fn find_not_to_be_asked(
    conn: &mut Conn,
    draw_id: Uuid,
) -> QueryResult<Option<CallBackRow>> {
    let open: Vec<CallBackRow> = call_backs!()
        .filter(call_back::draw_id.eq(draw_id))
        .filter(call_back::result.is_null().and(draw::state.eq("drawn")))
        .order(call_back::position)
        .load(conn)
        .await?;
    Ok(open.into_iter().find(|row| !row.may_be_asked))
}

/// Who is to be asked: the citizen who is shown, their name and their phone, encrypted for their row.
#[derive(QueryableByName)]
pub struct Contact {
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub name: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub phone: Option<Vec<u8>>,
}

pub async fn find_contact(conn: &mut Conn, op_id: OperationId) -> QueryResult<Option<Contact>> {
    prepared(
        diesel::sql_query(
            "select h.person_id, h.name, h.phone
             from fact f
             join person p on p.person_id = f.person_id
             join person h on h.person_id = coalesce(p.canonical_id, p.person_id)
             where f.op_id = $1 and h.restricted_at is null and h.erased_at is null",
        )
        .bind::<SqlUuid, _>(op_id),
    )
    .get_result(conn)
    .await
    .optional()
}

pub async fn set_result(
    conn: &mut Conn,
    call_back_id: Uuid,
    result: CallBackResult,
) -> QueryResult<()> {
    diesel::update(call_back::table.find(call_back_id))
        .set((
            call_back::result.eq(result.as_str()),
            call_back::told_at.eq(app_now().nullable()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn count_call_backs(conn: &mut Conn, draw_id: Uuid) -> QueryResult<usize> {
    let count: i64 = call_back::table
        .filter(call_back::draw_id.eq(draw_id))
        .count()
        .get_result(conn)
        .await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// What was drawn, in the order of the seed.
pub async fn list_drawn(conn: &mut Conn, draw_id: Uuid) -> QueryResult<Vec<OperationId>> {
    call_back::table
        .filter(call_back::draw_id.eq(draw_id))
        .order(call_back::position)
        .select(call_back::op_id)
        .load(conn)
        .await
}

/// What was told of a draw.
pub async fn list_results(conn: &mut Conn, draw_id: Uuid) -> QueryResult<Vec<CallBackResult>> {
    let words: Vec<Option<String>> = call_back::table
        .filter(call_back::draw_id.eq(draw_id))
        .filter(call_back::result.is_not_null())
        .select(call_back::result)
        .load(conn)
        .await?;
    let words = words.into_iter().flatten();
    Ok(words
        .filter_map(|word| CallBackResult::parse(&word))
        .collect())
}

/// What was told of these draws.
pub async fn list_results_of(
    conn: &mut Conn,
    draws: &[Uuid],
) -> QueryResult<BTreeMap<Uuid, Vec<CallBackResult>>> {
    let rows: Vec<(Uuid, Option<String>)> = call_back::table
        .filter(call_back::draw_id.eq_any(draws))
        .filter(call_back::result.is_not_null())
        .select((call_back::draw_id, call_back::result))
        .load(conn)
        .await?;
    let mut results: BTreeMap<Uuid, Vec<CallBackResult>> = BTreeMap::new();
    for (draw_id, word) in rows {
        let result = word.as_deref().and_then(CallBackResult::parse);
        results.entry(draw_id).or_default().extend(result);
    }
    Ok(results)
}
