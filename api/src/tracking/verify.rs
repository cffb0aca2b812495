//! Proves that the rollups equal a recount of the facts, by a query that shares nothing with the
//! code that writes them.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};

use super::held::store::MISSING;
use crate::db::Conn;

/// What the facts come to: windows over the live facts that a count may use, each for who stands for
/// its person by the merges themselves.
const RECOUNT: &str = "
with recursive standing as (
    select merged_id, kept_id from person_merge where undone_at is null
),
above as (
    select merged_id as person_id, kept_id as head_id from standing
    union
    select a.person_id, s.kept_id from above a join standing s on s.merged_id = a.head_id
),
head as (
    select person_id, head_id from above where head_id not in (select merged_id from standing)
),
eligible as (
    select f.op_id, coalesce(h.head_id, f.person_id) as person_id, f.stage, f.village_id,
        f.mass_union, f.on_day, f.effective_at, f.confirmed_by, f.author_id,
        f.received_on - f.on_day > 3 as is_late
    from fact f
    left join head h on h.person_id = f.person_id
    where f.voided_by is null and f.device_holder is distinct from 'helper'
),
ranked as (
    select e.*,
        row_number() over whole as place,
        row_number() over (partition by person_id, stage, mass_union order by effective_at, op_id)
            as place_in_union,
        first_value(mass_union) over whole as holding_union,
        bool_or(confirmed_by is not null) over (partition by person_id, stage) as is_confirmed
    from eligible e
    where person_id is not null
    window whole as (partition by person_id, stage order by effective_at, op_id)
),
recount as (
    select village_id, stage, mass_union, on_day,
        count(*) filter (where place = 1) as n,
        count(*) filter (where place_in_union = 1 and mass_union <> holding_union) as assists,
        count(*) filter (where place = 1 and is_confirmed) as confirmed,
        0::bigint as anonymous, count(*) filter (where place = 1 and is_late) as late
    from ranked
    where place = 1 or place_in_union = 1
    group by village_id, stage, mass_union, on_day
    union all
    select village_id, stage, mass_union, on_day, 0, 0, 0, count(*), 0
    from eligible
    where person_id is null
    group by village_id, stage, mass_union, on_day
),
days as (
    select village_id, stage, mass_union, on_day, sum(n)::integer as n,
        sum(assists)::integer as assists, sum(confirmed)::integer as confirmed,
        sum(anonymous)::integer as anonymous, sum(late)::integer as late
    from recount
    group by village_id, stage, mass_union, on_day
),
months as (
    select village_id, stage, mass_union, date_trunc('month', on_day)::date as month,
        sum(n)::integer as n, sum(assists)::integer as assists,
        sum(confirmed)::integer as confirmed, sum(anonymous)::integer as anonymous,
        sum(late)::integer as late
    from days
    group by 1, 2, 3, 4
),
totals as (
    select village_id, stage, mass_union, sum(n)::integer as n, sum(assists)::integer as assists,
        sum(confirmed)::integer as confirmed, sum(anonymous)::integer as anonymous,
        sum(late)::integer as late
    from days
    group by 1, 2, 3
),
authors as (
    select author_id, stage, on_day, (count(*) filter (where place = 1))::integer as n,
        (count(*) filter (where place_in_union = 1 and mass_union <> holding_union))::integer as assists
    from ranked
    where place = 1 or place_in_union = 1 and mass_union <> holding_union
    group by author_id, stage, on_day
),
holders as (
    select person_id, stage, op_id, on_day from ranked where place = 1
)";

/// One number that is not what the facts say.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Difference {
    #[diesel(sql_type = Text)]
    pub place: String,
    #[diesel(sql_type = Integer)]
    pub village_id: i32,
    #[diesel(sql_type = Text)]
    pub stage: String,
    #[diesel(sql_type = Text)]
    pub mass_union: String,
    /// n, assists, confirmed, anonymous, late as they are kept.
    #[diesel(sql_type = Text)]
    pub kept: String,
    /// And as they should be.
    #[diesel(sql_type = Text)]
    pub counted: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} village {} {} {}: kept {}, counted {}",
            self.place, self.village_id, self.stage, self.mass_union, self.kept, self.counted
        )
    }
}

fn differing(table: &str, counted: &str, day: &str) -> String {
    let on_day = if day.is_empty() {
        String::new()
    } else {
        format!("and r.{day} = c.{day}")
    };
    let place = if day.is_empty() {
        format!("'{table}'")
    } else {
        format!("'{table} ' || coalesce(r.{day}, c.{day})")
    };
    let kept = "coalesce(r.n, 0), coalesce(r.assists, 0), coalesce(r.confirmed, 0), coalesce(r.anonymous, 0), coalesce(r.late, 0)";
    let should = "coalesce(c.n, 0), coalesce(c.assists, 0), coalesce(c.confirmed, 0), coalesce(c.anonymous, 0), coalesce(c.late, 0)";
    format!(
        "select {place} as place, coalesce(r.village_id, c.village_id) as village_id,
            coalesce(r.stage, c.stage) as stage, coalesce(r.mass_union, c.mass_union) as mass_union,
            concat_ws('/', {kept}) as kept, concat_ws('/', {should}) as counted
         from {table} r
         full join {counted} c
            on (r.village_id, r.stage, r.mass_union) = (c.village_id, c.stage, c.mass_union) {on_day}
         where ({kept}) is distinct from ({should})"
    )
}

/// How many numbers differ, and the first of them.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub all: i64,
    pub first: Vec<Difference>,
}

#[derive(QueryableByName)]
struct CountedDifference {
    #[diesel(embed)]
    difference: Difference,
    #[diesel(sql_type = BigInt)]
    of: i64,
}

/// How many numbers differ, with the first of them in words: whatever happened, the answer is small.
///
/// # Errors
/// When the database cannot.
pub async fn first_differences(conn: &mut Conn, limit: i64) -> QueryResult<Found> {
    let sql = format!(
        "{RECOUNT} select d.*, count(*) over () as of from ({}) d order by 1, 2, 3, 4 limit $1",
        differences()
    );
    let rows: Vec<CountedDifference> = diesel::sql_query(sql)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(Found {
        all: rows.as_slice().first().map_or(0, |row| row.of),
        first: rows.into_iter().map(|row| row.difference).collect(),
    })
}

/// Everything that differs, in one statement and so in one snapshot: recording may go on meanwhile.
///
/// # Errors
/// When the database cannot.
pub async fn list_differences(conn: &mut Conn) -> QueryResult<Vec<Difference>> {
    let sql = format!("{RECOUNT} {} order by 1, 2, 3, 4", differences());
    diesel::sql_query(sql).load(conn).await
}

/// Every number that is kept beside what the recount says, where they differ.
fn differences() -> String {
    let credits = "
        select 'credit' as place, 0 as village_id, coalesce(k.stage, c.stage) as stage,
            '' as mass_union, coalesce(k.op_id || ' ' || k.on_day, '-') as kept,
            coalesce(c.op_id || ' ' || c.on_day, '-') as counted
        from credit k
        full join holders c on (k.person_id, k.stage) = (c.person_id, c.stage)
        where (k.op_id, k.on_day) is distinct from (c.op_id, c.on_day)";
    let authors = "
        select 'rollup_author_day ' || coalesce(r.author_id, c.author_id) || ' '
                || coalesce(r.on_day, c.on_day) as place,
            0 as village_id, coalesce(r.stage, c.stage) as stage, '' as mass_union,
            concat_ws('/', coalesce(r.n, 0), coalesce(r.assists, 0)) as kept,
            concat_ws('/', coalesce(c.n, 0), coalesce(c.assists, 0)) as counted
        from rollup_author_day r
        full join authors c on (r.author_id, r.stage, r.on_day) = (c.author_id, c.stage, c.on_day)
        where (coalesce(r.n, 0), coalesce(r.assists, 0))
            is distinct from (coalesce(c.n, 0), coalesce(c.assists, 0))";
    let heads = "
        select 'canonical' as place, 0 as village_id, '' as stage, '' as mass_union,
            coalesce(p.canonical_id::text, '-') as kept, coalesce(h.head_id::text, '-') as counted
        from (select person_id, canonical_id from person where canonical_id is not null) p
        full join head h on h.person_id = p.person_id
        where p.canonical_id is distinct from h.head_id";
    let held = format!(
        "select 'held_record ' || o.op_id as place, o.village_id, '' as stage, '' as mass_union,
            '-' as kept, 'held' as counted {MISSING}"
    );
    format!(
        "{} union all {} union all {} union all {authors} union all {credits}
         union all {heads} union all {held}",
        differing("rollup_day", "days", "on_day"),
        differing("rollup_month", "months", "month"),
        differing("rollup_total", "totals", ""),
    )
}

/// Writes who stands for whom, credit and rollups anew from merges and facts, in the caller's transaction;
/// nobody records meanwhile.
///
/// # Errors
/// When the database cannot.
pub async fn repair(conn: &mut Conn) -> QueryResult<()> {
    conn.batch_execute(
        "set local statement_timeout = 0;
         lock table person in exclusive mode;
         lock table fact in share mode;
         lock table credit, rollup_day, rollup_month, rollup_total, rollup_author_day in exclusive mode;
         delete from credit; delete from rollup_day; delete from rollup_month; delete from rollup_total;
         delete from rollup_author_day;",
    )
    .await?;
    // As recording writes them, so that the rows of a day lie together and a week reads few pages.
    for insert in [
        "update person p set canonical_id = h.head_id
         from person q left join head h on h.person_id = q.person_id
         where q.person_id = p.person_id and p.canonical_id is distinct from h.head_id",
        "insert into credit (person_id, stage, op_id, on_day)
         select person_id, stage, op_id, on_day from holders",
        "insert into rollup_day (village_id, stage, mass_union, on_day, n, assists, confirmed, anonymous, late)
         select village_id, stage, mass_union, on_day, n, assists, confirmed, anonymous, late from days
         order by on_day",
        "insert into rollup_month (village_id, stage, mass_union, month, n, assists, confirmed, anonymous, late)
         select village_id, stage, mass_union, month, n, assists, confirmed, anonymous, late from months
         order by month",
        "insert into rollup_total (village_id, stage, mass_union, n, assists, confirmed, anonymous, late)
         select village_id, stage, mass_union, n, assists, confirmed, anonymous, late from totals",
        "insert into rollup_author_day (author_id, stage, on_day, n, assists)
         select author_id, stage, on_day, n, assists from authors",
    ] {
        diesel::sql_query(format!("{RECOUNT} {insert}"))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Persons who had themselves erased and still count: whoever of them is recorded again counts again.
///
/// # Errors
/// When the database cannot.
pub async fn count_erased(conn: &mut Conn) -> QueryResult<i64> {
    use crate::db::schema::person;
    person::table
        .filter(person::erased_at.is_not_null())
        .filter(person::canonical_id.is_null())
        .count()
        .get_result(conn)
        .await
}

/// How many facts there are, for whoever reads the verdict.
///
/// # Errors
/// When the database cannot.
pub async fn count_facts(conn: &mut Conn) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let row: Row = diesel::sql_query("select count(*) as n from fact")
        .get_result(conn)
        .await?;
    Ok(row.n)
}
