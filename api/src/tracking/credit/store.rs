//! Facts, credit and rollups, remembered.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};
use mobile_contracts::tracking::Stage;
use serde_json::Value;

use super::rules::{Fact, Live, Tally, is_late};
use crate::db::schema::{activity, appointment_request, credit, fact, note, person_field, visit};
use crate::db::{Conn, prepared};
use crate::tracking::persons::rules::{Heads, head_of};

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

pub type FactRow = (
    OperationId,
    Option<PersonId>,
    String,
    UnitId,
    String,
    Option<String>,
    Option<String>,
    DateTime<Utc>,
    NaiveDate,
    AccountId,
    NaiveDate,
);

pub const FACT: (
    fact::op_id,
    fact::person_id,
    fact::stage,
    fact::village_id,
    fact::mass_union,
    fact::device_holder,
    fact::confirmed_by,
    fact::effective_at,
    fact::on_day,
    fact::author_id,
    fact::received_on,
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
    fact::author_id,
    fact::received_on,
);

pub fn read_fact(row: FactRow) -> (Option<PersonId>, Stage, Fact) {
    let (op_id, person_id, stage, village_id, mass_union, holder, confirmed_by, at, day, ..) = row;
    let (author_id, received_on) = (row.9, row.10);
    let fact = Fact {
        op_id,
        village_id,
        mass_union: MassUnion::parse(&mass_union)
            .expect("fact_mass_union_known allows only known ones"),
        helper: holder.as_deref() == Some("helper"),
        author_id,
        confirmed: confirmed_by.is_some(),
        late: is_late(day, received_on),
        effective_at: at,
        on_day: day,
    };
    let stage = Stage::parse(&stage).expect("fact_stage_known allows only known stages");
    (person_id, stage, fact)
}

/// Every live fact of these persons, by who stands for them.
pub async fn list_live_facts(conn: &mut Conn, heads: &Heads) -> QueryResult<Live> {
    let persons: Vec<PersonId> = heads.keys().copied().collect();
    let mut live = Live::new();
    for (person_id, stage, fact) in list_own_facts(conn, &persons).await? {
        let pair = (head_of(heads, person_id), stage);
        live.entry(pair).or_default().push(fact);
    }
    Ok(live)
}

/// Every live fact of these persons, each by themselves.
pub async fn list_own_facts(
    conn: &mut Conn,
    persons: &[PersonId],
) -> QueryResult<Vec<(PersonId, Stage, Fact)>> {
    let rows: Vec<FactRow> = fact::table
        .filter(fact::person_id.eq_any(persons))
        .filter(fact::voided_by.is_null())
        .select(FACT)
        .load(conn)
        .await?;
    let facts = rows.into_iter().map(read_fact);
    Ok(facts
        .filter_map(|(person_id, stage, fact)| Some((person_id?, stage, fact)))
        .collect())
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
        let words = person_field::table.filter(person_field::op_id.eq(target));
        diesel::update(words.filter(person_field::voided_by.is_null()))
            .set(person_field::voided_by.eq(by))
            .execute(conn)
            .await?;
        let request = appointment_request::table.find(target);
        diesel::update(request.filter(appointment_request::voided_by.is_null()))
            .set(appointment_request::voided_by.eq(by))
            .execute(conn)
            .await?;
        let activity = activity::table.find(target);
        diesel::update(activity.filter(activity::voided_by.is_null()))
            .set(activity::voided_by.eq(by))
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
            "insert into credit (person_id, stage, op_id, on_day)
         select d.person_id, d.stage, d.op_id, f.on_day
         from jsonb_populate_recordset(null::credit, $1) d
         join fact f on f.op_id = d.op_id
         order by d.person_id, d.stage",
        )
        .bind::<Jsonb, _>(&rows),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a difference to the rollups, the last thing of a transaction. A check refuses a negative row
/// before it can meet the one it lowers, so a lowered count is proposed as zero and subtracted there.
pub async fn add_to_rollups(conn: &mut Conn, tally: &Tally) -> QueryResult<()> {
    if tally.0.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = tally
        .0
        .iter()
        .map(|(key, counts)| {
            serde_json::json!({
                "village_id": key.village_id, "stage": key.stage, "mass_union": key.mass_union,
                "on_day": key.on_day, "author_id": key.author_id, "n": counts.n,
                "assists": counts.assists, "confirmed": counts.confirmed,
                "anonymous": counts.anonymous, "late": counts.late,
            })
        })
        .collect();
    prepared(diesel::sql_query(ADD_TO_ROLLUPS).bind::<Jsonb, _>(Value::Array(rows)))
        .execute(conn)
        .await?;
    Ok(())
}

/// One statement, for everybody who records in one village meets at these rows: from the first that is touched to
/// the commit nobody else goes on. Of what nobody is named for, or is only confirmed, no author's count changes.
const ADD_TO_ROLLUPS: &str = "
with given as materialized (
    select * from jsonb_to_recordset($1) as given
        (village_id integer, stage text, mass_union text, on_day date, author_id uuid, n integer,
         assists integer, confirmed integer, anonymous integer, late integer)
),
by_day as materialized (
    select village_id, stage, mass_union, on_day, sum(n)::integer as n,
        sum(assists)::integer as assists, sum(confirmed)::integer as confirmed,
        sum(anonymous)::integer as anonymous, sum(late)::integer as late
    from given
    group by 1, 2, 3, 4
),
by_month as materialized (
    select village_id, stage, mass_union, date_trunc('month', on_day)::date as month,
        sum(n)::integer as n, sum(assists)::integer as assists, sum(confirmed)::integer as confirmed,
        sum(anonymous)::integer as anonymous, sum(late)::integer as late
    from by_day
    group by 1, 2, 3, 4
),
in_all as materialized (
    select village_id, stage, mass_union, sum(n)::integer as n, sum(assists)::integer as assists,
        sum(confirmed)::integer as confirmed, sum(anonymous)::integer as anonymous,
        sum(late)::integer as late
    from by_month
    group by 1, 2, 3
),
by_author as materialized (
    select author_id, stage, on_day, sum(n)::integer as n, sum(assists)::integer as assists
    from given
    group by 1, 2, 3
    having sum(n) <> 0 or sum(assists) <> 0
),
days as (
    insert into rollup_day as r
        (village_id, stage, mass_union, on_day, n, assists, confirmed, anonymous, late)
    select village_id, stage, mass_union, on_day, greatest(n, 0), greatest(assists, 0),
        greatest(confirmed, 0), greatest(anonymous, 0), greatest(late, 0)
    from by_day
    order by village_id, stage, mass_union, on_day
    on conflict (village_id, stage, mass_union, on_day) do update
    set (n, assists, confirmed, anonymous, late) = (
        select r.n + d.n, r.assists + d.assists, r.confirmed + d.confirmed,
            r.anonymous + d.anonymous, r.late + d.late
        from by_day d
        where (d.village_id, d.stage, d.mass_union, d.on_day)
            = (r.village_id, r.stage, r.mass_union, r.on_day)
    )
),
months as (
    insert into rollup_month as r
        (village_id, stage, mass_union, month, n, assists, confirmed, anonymous, late)
    select village_id, stage, mass_union, month, greatest(n, 0), greatest(assists, 0),
        greatest(confirmed, 0), greatest(anonymous, 0), greatest(late, 0)
    from by_month
    order by village_id, stage, mass_union, month
    on conflict (village_id, stage, mass_union, month) do update
    set (n, assists, confirmed, anonymous, late) = (
        select r.n + d.n, r.assists + d.assists, r.confirmed + d.confirmed,
            r.anonymous + d.anonymous, r.late + d.late
        from by_month d
        where (d.village_id, d.stage, d.mass_union, d.month)
            = (r.village_id, r.stage, r.mass_union, r.month)
    )
),
totals as (
    insert into rollup_total as r
        (village_id, stage, mass_union, n, assists, confirmed, anonymous, late)
    select village_id, stage, mass_union, greatest(n, 0), greatest(assists, 0),
        greatest(confirmed, 0), greatest(anonymous, 0), greatest(late, 0)
    from in_all
    order by village_id, stage, mass_union
    on conflict (village_id, stage, mass_union) do update
    set (n, assists, confirmed, anonymous, late) = (
        select r.n + d.n, r.assists + d.assists, r.confirmed + d.confirmed,
            r.anonymous + d.anonymous, r.late + d.late
        from in_all d
        where (d.village_id, d.stage, d.mass_union) = (r.village_id, r.stage, r.mass_union)
    )
)
insert into rollup_author_day as r (author_id, stage, on_day, n, assists)
select author_id, stage, on_day, greatest(n, 0), greatest(assists, 0)
from by_author
order by author_id, stage, on_day
on conflict (author_id, stage, on_day) do update
set (n, assists) = (
    select r.n + d.n, r.assists + d.assists
    from by_author d
    where (d.author_id, d.stage, d.on_day) = (r.author_id, r.stage, r.on_day)
)";
