//! What people brought, from the rollup of authors. Never a record.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, UnitId};
use uuid::Uuid;

use super::rules::Brought;
use crate::db::schema::rollup_author_day;
use crate::db::{Conn, prepared};

/// A team with what its members brought in some days.
#[derive(Debug, Clone, QueryableByName)]
pub struct TeamSum {
    #[diesel(sql_type = SqlUuid)]
    pub team_id: Uuid,
    #[diesel(sql_type = Integer)]
    pub unit_id: UnitId,
    #[diesel(sql_type = Text)]
    pub mass_union: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = BigInt)]
    pub members: i64,
    #[diesel(sql_type = Bool)]
    pub own: bool,
    #[diesel(sql_type = BigInt)]
    pub n: i64,
    #[diesel(sql_type = BigInt)]
    pub assists: i64,
    /// People until the day that ranks are compared with.
    #[diesel(sql_type = BigInt)]
    pub before: i64,
    /// What the campaign asks of it.
    #[diesel(sql_type = Nullable<Integer>)]
    pub target: Option<i32>,
    /// The last day on which somebody came.
    #[diesel(sql_type = Nullable<Date>)]
    pub last_on: Option<NaiveDate>,
}

/// Every team of a campaign that still goes, by name; the reader's own are marked.
pub async fn sum_teams(
    conn: &mut Conn,
    campaign_id: Uuid,
    stage: &str,
    (from, to): (NaiveDate, NaiveDate),
    compared: NaiveDate,
    reader: AccountId,
) -> QueryResult<Vec<TeamSum>> {
    prepared(
        diesel::sql_query(
            "select t.team_id, t.unit_id, t.mass_union, t.name,
                 count(distinct m.account_id) as members,
                 coalesce(bool_or(m.account_id = $5), false) as own,
                 coalesce(sum(r.n), 0)::bigint as n, coalesce(sum(r.assists), 0)::bigint as assists,
                 coalesce(sum(r.n) filter (where r.on_day <= $6), 0)::bigint as before,
                 max(g.people) as target, max(r.on_day) filter (where r.n > 0) as last_on
             from team t
             left join team_target g on g.team_id = t.team_id and g.stage = $2
             left join team_member m on m.team_id = t.team_id
             left join rollup_author_day r
                 on r.author_id = m.account_id and r.stage = $2 and r.on_day between $3 and $4
             where t.campaign_id = $1 and t.disbanded_at is null
             group by t.team_id
             order by t.name, t.team_id",
        )
        .bind::<SqlUuid, _>(campaign_id)
        .bind::<Text, _>(stage)
        .bind::<Date, _>(from)
        .bind::<Date, _>(to)
        .bind::<SqlUuid, _>(reader)
        .bind::<Date, _>(compared),
    )
    .load(conn)
    .await
}

/// A team, and the day on which its target was full.
#[derive(Debug, Clone, Copy, QueryableByName)]
struct FullTeam {
    #[diesel(sql_type = SqlUuid)]
    team_id: Uuid,
    #[diesel(sql_type = Date)]
    reached_on: NaiveDate,
}

/// On which of these days the targets of a campaign's teams were full, by who is in them now.
pub async fn list_reached(
    conn: &mut Conn,
    campaign_id: Uuid,
    stage: &str,
    (from, to): (NaiveDate, NaiveDate),
) -> QueryResult<HashMap<Uuid, NaiveDate>> {
    let full: Vec<FullTeam> = prepared(
        diesel::sql_query(
            "select team_id, min(on_day) as reached_on
             from (
                 select t.team_id, g.people, r.on_day,
                     sum(sum(r.n)) over (partition by t.team_id order by r.on_day) as so_far
                 from team t
                 join team_target g on g.team_id = t.team_id and g.stage = $2
                 join team_member m on m.team_id = t.team_id
                 join rollup_author_day r
                     on r.author_id = m.account_id and r.stage = $2 and r.on_day between $3 and $4
                 where t.campaign_id = $1 and t.disbanded_at is null
                 group by t.team_id, g.people, r.on_day
             ) as days
             where so_far >= people
             group by team_id",
        )
        .bind::<SqlUuid, _>(campaign_id)
        .bind::<Text, _>(stage)
        .bind::<Date, _>(from)
        .bind::<Date, _>(to),
    )
    .load(conn)
    .await?;
    let full = full.into_iter();
    Ok(full.map(|team| (team.team_id, team.reached_on)).collect())
}

/// A volunteer with what they brought in some days, and in those before.
#[derive(Debug, Clone, QueryableByName)]
pub struct VolunteerSum {
    #[diesel(sql_type = SqlUuid)]
    pub account_id: AccountId,
    #[diesel(sql_type = Integer)]
    pub unit_id: UnitId,
    #[diesel(sql_type = Text)]
    pub mass_union: String,
    #[diesel(sql_type = BigInt)]
    pub n: i64,
    #[diesel(sql_type = BigInt)]
    pub assists: i64,
    #[diesel(sql_type = BigInt)]
    pub before: i64,
    /// The last of the days on which somebody came.
    #[diesel(sql_type = Nullable<Date>)]
    pub last_on: Option<NaiveDate>,
}

impl VolunteerSum {
    pub fn brought(&self) -> Brought {
        Brought {
            account_id: self.account_id,
            n: self.n,
            assists: self.assists,
        }
    }
}

/// Every volunteer of these units who still goes.
pub async fn sum_volunteers(
    conn: &mut Conn,
    units: &[UnitId],
    stage: &str,
    (from, to): (NaiveDate, NaiveDate),
    before: (NaiveDate, NaiveDate),
) -> QueryResult<Vec<VolunteerSum>> {
    prepared(
        diesel::sql_query(
            "select a.account_id, a.unit_id, a.mass_union,
                 coalesce(sum(r.n) filter (where r.on_day between $3 and $4), 0)::bigint as n,
                 coalesce(sum(r.assists) filter (where r.on_day between $3 and $4), 0)::bigint as assists,
                 coalesce(sum(r.n) filter (where r.on_day between $5 and $6), 0)::bigint as before,
                 max(r.on_day) filter (where r.n > 0 and r.on_day between $3 and $4) as last_on
             from account a
             left join rollup_author_day r
                 on r.author_id = a.account_id and r.stage = $2 and r.on_day between $5 and $4
             where a.unit_id = any($1) and a.role = 'volunteer' and a.disabled_at is null
             group by a.account_id
             order by a.account_id",
        )
        .bind::<Array<Integer>, _>(units)
        .bind::<Text, _>(stage)
        .bind::<Date, _>(from)
        .bind::<Date, _>(to)
        .bind::<Date, _>(before.0)
        .bind::<Date, _>(before.1),
    )
    .load(conn)
    .await
}

/// What one author brought, day by day: people and assists.
pub async fn list_own_days(
    conn: &mut Conn,
    author: AccountId,
    stage: &str,
    (from, to): (NaiveDate, NaiveDate),
) -> QueryResult<Vec<(NaiveDate, i32, i32)>> {
    rollup_author_day::table
        .filter(rollup_author_day::author_id.eq(author))
        .filter(rollup_author_day::stage.eq(stage))
        .filter(rollup_author_day::on_day.between(from, to))
        .select((
            rollup_author_day::on_day,
            rollup_author_day::n,
            rollup_author_day::assists,
        ))
        .load(conn)
        .await
}
