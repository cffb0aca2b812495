//! Targets of teams, remembered.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::drive::{TeamTarget, TeamTargetKey};
use mobile_contracts::ids::{AccountId, UnitId};
use uuid::Uuid;

use crate::db::schema::{team, team_target};
use crate::db::{Conn, app_now, prepared};

/// Where a team goes, and whether it still does.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = team, check_for_backend(diesel::pg::Pg))]
pub struct TeamPlace {
    pub team_id: Uuid,
    pub unit_id: UnitId,
    #[diesel(select_expression = team::disbanded_at.is_not_null())]
    pub is_disbanded: bool,
}

/// Those of these teams that are of this campaign.
///
/// # Errors
/// When the database cannot.
pub async fn list_places(
    conn: &mut Conn,
    campaign_id: Uuid,
    teams: &[Uuid],
) -> QueryResult<Vec<TeamPlace>> {
    team::table
        .filter(team::campaign_id.eq(campaign_id))
        .filter(team::team_id.eq_any(teams))
        .select(TeamPlace::as_select())
        .load(conn)
        .await
}

/// A team that a file names.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = team, check_for_backend(diesel::pg::Pg))]
pub struct NamedTeam {
    pub team_id: Uuid,
    pub unit_id: UnitId,
    pub name: String,
}

/// Teams of a campaign that still go, by these names.
///
/// # Errors
/// When the database cannot.
pub async fn list_named(
    conn: &mut Conn,
    campaign_id: Uuid,
    names: &[String],
) -> QueryResult<Vec<NamedTeam>> {
    team::table
        .filter(team::campaign_id.eq(campaign_id))
        .filter(team::disbanded_at.is_null())
        .filter(team::name.eq_any(names))
        .select(NamedTeam::as_select())
        .load(conn)
        .await
}

/// Sets targets; one of the same team and stage is replaced.
///
/// # Errors
/// When the database cannot.
pub async fn upsert(conn: &mut Conn, targets: &[TeamTarget], by: AccountId) -> QueryResult<()> {
    for one in targets {
        let said = (
            team_target::people.eq(one.people),
            team_target::source.eq(one.source.trim()),
            team_target::made_on.eq(one.made_on),
            team_target::set_by.eq(by),
            team_target::set_at.eq(app_now()),
        );
        diesel::insert_into(team_target::table)
            .values((
                team_target::team_id.eq(one.team_id),
                team_target::stage.eq(&one.stage),
                said,
            ))
            .on_conflict((team_target::team_id, team_target::stage))
            .do_update()
            .set(said)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Removes targets; says how many there were.
///
/// # Errors
/// When the database cannot.
pub async fn delete(conn: &mut Conn, keys: &[TeamTargetKey]) -> QueryResult<usize> {
    let mut removed = 0;
    for key in keys {
        let one = team_target::table.find((key.team_id, &key.stage));
        removed += diesel::delete(one).execute(conn).await?;
    }
    Ok(removed)
}

/// A target, whose it is, and what was counted for it.
#[derive(Debug, Clone, QueryableByName)]
pub struct AimedTeam {
    #[diesel(sql_type = SqlUuid)]
    pub team_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Integer)]
    pub unit_id: UnitId,
    #[diesel(sql_type = Text)]
    pub mass_union: String,
    #[diesel(sql_type = Text)]
    pub stage: String,
    #[diesel(sql_type = Integer)]
    pub people: i32,
    #[diesel(sql_type = Text)]
    pub source: String,
    #[diesel(sql_type = Date)]
    pub made_on: NaiveDate,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// Targets of the teams of a campaign in these units that still go, by age and stage, with what their members brought
/// on these days.
///
/// # Errors
/// When the database cannot.
pub async fn list(
    conn: &mut Conn,
    campaign_id: Uuid,
    units: &[UnitId],
    (from, to): (NaiveDate, NaiveDate),
    (skip, limit): (i64, i64),
) -> QueryResult<Vec<AimedTeam>> {
    prepared(
        diesel::sql_query(
            "select t.team_id, t.name, t.unit_id, t.mass_union, g.stage, g.people, g.source, g.made_on,
                 coalesce(sum(r.n), 0)::bigint as count
             from team t
             join team_target g using (team_id)
             left join team_member m using (team_id)
             left join rollup_author_day r
                 on r.author_id = m.account_id and r.stage = g.stage and r.on_day between $3 and $4
             where t.campaign_id = $1 and t.unit_id = any($2) and t.disbanded_at is null
             group by t.team_id, g.team_id, g.stage
             order by t.team_id, g.stage
             offset $5 limit $6",
        )
        .bind::<SqlUuid, _>(campaign_id)
        .bind::<Array<Integer>, _>(units)
        .bind::<Date, _>(from)
        .bind::<Date, _>(to)
        .bind::<BigInt, _>(skip)
        .bind::<BigInt, _>(limit),
    )
    .load(conn)
    .await
}
