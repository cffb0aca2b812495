//! Teams and their members, remembered.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, UnitId};
use uuid::Uuid;

use crate::db::schema::{team, team_member};
use crate::db::{Conn, app_now};

/// A team as a row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = team, check_for_backend(diesel::pg::Pg))]
pub struct TeamRow {
    pub team_id: Uuid,
    pub campaign_id: Uuid,
    pub unit_id: UnitId,
    pub mass_union: String,
    pub name: String,
    #[diesel(select_expression = team::disbanded_at.is_not_null())]
    pub is_disbanded: bool,
}

pub async fn insert_team(
    conn: &mut Conn,
    campaign_id: Uuid,
    unit_id: UnitId,
    mass_union: &str,
    name: &str,
    by: AccountId,
) -> QueryResult<TeamRow> {
    diesel::insert_into(team::table)
        .values((
            team::team_id.eq(Uuid::now_v7()),
            team::campaign_id.eq(campaign_id),
            team::unit_id.eq(unit_id),
            team::mass_union.eq(mass_union),
            team::name.eq(name),
            team::created_by.eq(by),
        ))
        .returning(TeamRow::as_returning())
        .get_result(conn)
        .await
}

/// Which campaign a team goes in, to lock that before the team is read.
pub async fn find_campaign_of(conn: &mut Conn, team_id: Uuid) -> QueryResult<Option<Uuid>> {
    team::table
        .find(team_id)
        .select(team::campaign_id)
        .first(conn)
        .await
        .optional()
}

pub async fn get_team(conn: &mut Conn, team_id: Uuid) -> QueryResult<TeamRow> {
    team::table
        .find(team_id)
        .select(TeamRow::as_select())
        .first(conn)
        .await
}

/// Teams of a campaign in these units that still go, by age.
pub async fn list_teams(
    conn: &mut Conn,
    campaign_id: Uuid,
    units: &[UnitId],
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<TeamRow>> {
    let mut query = team::table
        .filter(team::campaign_id.eq(campaign_id))
        .filter(team::unit_id.eq_any(units))
        .filter(team::disbanded_at.is_null())
        .select(TeamRow::as_select())
        .order(team::team_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(team::team_id.gt(after));
    }
    query.load(conn).await
}

pub async fn set_name(conn: &mut Conn, team_id: Uuid, name: &str) -> QueryResult<usize> {
    diesel::update(team::table.find(team_id))
        .set(team::name.eq(name))
        .execute(conn)
        .await
}

/// A team goes no more: its members are free for another.
pub async fn disband(conn: &mut Conn, team_id: Uuid) -> QueryResult<()> {
    set_no_members(conn, team_id).await?;
    diesel::update(team::table.find(team_id))
        .set(team::disbanded_at.eq(app_now().nullable()))
        .execute(conn)
        .await?;
    Ok(())
}

async fn set_no_members(conn: &mut Conn, team_id: Uuid) -> QueryResult<usize> {
    diesel::delete(team_member::table.filter(team_member::team_id.eq(team_id)))
        .execute(conn)
        .await
}

/// These and nobody else are in the team.
pub async fn set_members(conn: &mut Conn, row: &TeamRow, members: &[AccountId]) -> QueryResult<()> {
    set_no_members(conn, row.team_id).await?;
    let rows: Vec<_> = members
        .iter()
        .map(|account_id| {
            (
                team_member::campaign_id.eq(row.campaign_id),
                team_member::account_id.eq(*account_id),
                team_member::team_id.eq(row.team_id),
            )
        })
        .collect();
    diesel::insert_into(team_member::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// Who is in each of these teams.
pub async fn list_members(
    conn: &mut Conn,
    teams: &[Uuid],
) -> QueryResult<HashMap<Uuid, Vec<AccountId>>> {
    let rows: Vec<(Uuid, AccountId)> = team_member::table
        .filter(team_member::team_id.eq_any(teams))
        .select((team_member::team_id, team_member::account_id))
        .order(team_member::account_id)
        .load(conn)
        .await?;
    let mut members: HashMap<Uuid, Vec<AccountId>> = HashMap::new();
    for (team_id, account_id) in rows {
        members.entry(team_id).or_default().push(account_id);
    }
    Ok(members)
}
