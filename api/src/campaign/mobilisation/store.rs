//! Counts of members, and how far accounts are, remembered.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::mobilisation::{MemberCount, MemberCountKey};

use super::rules::{Counted, Counts};
use crate::db::schema::membership;
use crate::db::{Conn, app_now, prepared};

pub async fn upsert_counts(
    conn: &mut Conn,
    counts: &[MemberCount],
    by: AccountId,
) -> QueryResult<()> {
    for one in counts {
        let said = (
            membership::members.eq(one.members),
            membership::source.eq(one.source.trim()),
            membership::set_by.eq(by),
            membership::set_at.eq(app_now()),
        );
        diesel::insert_into(membership::table)
            .values((
                membership::unit_id.eq(one.unit_id),
                membership::mass_union.eq(one.mass_union.as_str()),
                membership::counted_on.eq(one.counted_on),
                said,
            ))
            .on_conflict((
                membership::unit_id,
                membership::mass_union,
                membership::counted_on,
            ))
            .do_update()
            .set(said)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Removes counts; says how many there were.
pub async fn delete_counts(conn: &mut Conn, keys: &[MemberCountKey]) -> QueryResult<usize> {
    let mut removed = 0;
    for key in keys {
        let (unit_id, union) = (key.unit_id, key.mass_union.as_str());
        let one = membership::table.find((unit_id, union, key.counted_on));
        removed += diesel::delete(one).execute(conn).await?;
    }
    Ok(removed)
}

/// The newest count of each of these units and unions until a day.
pub async fn load_counts(
    conn: &mut Conn,
    units: &[UnitId],
    until: NaiveDate,
) -> QueryResult<Counts> {
    type Row = (UnitId, String, i32, String, NaiveDate);
    let rows: Vec<Row> = membership::table
        .filter(membership::unit_id.eq_any(units))
        .filter(membership::counted_on.le(until))
        .distinct_on((membership::unit_id, membership::mass_union))
        .order((
            membership::unit_id,
            membership::mass_union,
            membership::counted_on.desc(),
        ))
        .select((
            membership::unit_id,
            membership::mass_union,
            membership::members,
            membership::source,
            membership::counted_on,
        ))
        .load(conn)
        .await?;
    let named = |(unit_id, mass_union, members, source, counted_on): Row| {
        let counted = Counted {
            members: members.into(),
            source: Some(source),
            counted_on,
        };
        ((unit_id, mass_union), counted)
    };
    Ok(Counts::new(rows.into_iter().map(named)))
}

/// How far the accounts of a unit and a union are.
#[derive(Debug, Clone, QueryableByName)]
pub struct AccountsRow {
    #[diesel(sql_type = Integer)]
    pub unit_id: UnitId,
    #[diesel(sql_type = Text)]
    pub mass_union: String,
    #[diesel(sql_type = BigInt)]
    pub accounts: i64,
    #[diesel(sql_type = BigInt)]
    pub signed_in: i64,
    #[diesel(sql_type = BigInt)]
    pub recorded: i64,
}

/// Accounts that may record, with whether they have signed in and whether they recorded anything in a
/// period that was not taken back.
/// `$1` units, `$2` and `$3` days.
macro_rules! going {
    ($select:literal) => {
        concat!(
            "with going as (
                 select a.account_id, a.unit_id, a.mass_union, a.name,
                     a.password_hash is not null and not a.must_change_password as signed_in,
                     exists (select from fact f where f.author_id = a.account_id
                         and f.received_on between $2 and $3 and f.voided_by is null)
                     or exists (select from visit v where v.author_id = a.account_id
                         and v.on_day between $2 and $3 and v.voided_by is null)
                     or exists (select from activity_now o where o.author_id = a.account_id
                         and o.on_day between $2 and $3 and not o.is_voided)
                         as recorded
                 from account a
                 where a.unit_id = any($1) and a.mass_union in ('youth', 'women')
                     and a.role in ('volunteer', 'lead') and a.disabled_at is null
             ) ",
            $select
        )
    };
}

pub async fn count_accounts(
    conn: &mut Conn,
    units: &[UnitId],
    (from, to): (NaiveDate, NaiveDate),
) -> QueryResult<Vec<AccountsRow>> {
    prepared(
        diesel::sql_query(going!(
            "select unit_id, mass_union, count(*) as accounts,
                 count(*) filter (where signed_in) as signed_in, count(*) filter (where recorded) as recorded
             from going group by unit_id, mass_union"
        ))
        .bind::<Array<Integer>, _>(units)
        .bind::<Date, _>(from)
        .bind::<Date, _>(to),
    )
    .load(conn)
    .await
}

/// Somebody who has not begun.
#[derive(Debug, Clone, QueryableByName)]
pub struct WaitingRow {
    #[diesel(sql_type = SqlUuid)]
    pub account_id: AccountId,
    #[diesel(sql_type = Integer)]
    pub unit_id: UnitId,
    #[diesel(sql_type = Text)]
    pub mass_union: String,
    #[diesel(sql_type = Bool)]
    pub signed_in: bool,
}

pub async fn list_waiting(
    conn: &mut Conn,
    units: &[UnitId],
    (from, to): (NaiveDate, NaiveDate),
    mass_union: Option<&str>,
    after: Option<AccountId>,
    limit: i64,
) -> QueryResult<Vec<WaitingRow>> {
    prepared(
        diesel::sql_query(going!(
            "select account_id, unit_id, mass_union, signed_in
             from going
             where not (signed_in and recorded) and ($4 is null or mass_union = $4)
                 and ($5 is null or account_id > $5)
             order by account_id limit $6"
        ))
        .bind::<Array<Integer>, _>(units)
        .bind::<Date, _>(from)
        .bind::<Date, _>(to)
        .bind::<Nullable<Text>, _>(mass_union)
        .bind::<Nullable<SqlUuid>, _>(after)
        .bind::<BigInt, _>(limit),
    )
    .load(conn)
    .await
}
