//! Campaigns and their targets, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::drive::{CampaignTarget, CampaignTargetKey};
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::sync::PulledCampaign;
use uuid::Uuid;

use crate::db::schema::{campaign, campaign_target};
use crate::db::{Conn, app_now};

/// A campaign as a row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = campaign, check_for_backend(diesel::pg::Pg))]
pub struct CampaignRow {
    pub campaign_id: Uuid,
    pub unit_id: UnitId,
    pub name: String,
    pub source: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub created_by: AccountId,
    pub created_at: DateTime<Utc>,
    pub close_reason: Option<String>,
}

/// What a unit, or one union in it, is to bring in at one stage.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = campaign_target, check_for_backend(diesel::pg::Pg))]
pub struct StageTarget {
    pub unit_id: UnitId,
    /// youth, women; all: whoever brings them.
    pub mass_union: String,
    pub people: i32,
}

/// What can be said about a campaign.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = campaign)]
pub struct Said {
    pub name: String,
    pub source: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
}

pub async fn insert_campaign(
    conn: &mut Conn,
    unit_id: UnitId,
    said: &Said,
    by: AccountId,
) -> QueryResult<CampaignRow> {
    diesel::insert_into(campaign::table)
        .values((
            campaign::campaign_id.eq(Uuid::now_v7()),
            campaign::unit_id.eq(unit_id),
            said,
            campaign::created_by.eq(by),
        ))
        .returning(CampaignRow::as_returning())
        .get_result(conn)
        .await
}

pub async fn find_campaign(conn: &mut Conn, id: Uuid) -> QueryResult<Option<CampaignRow>> {
    campaign::table
        .find(id)
        .select(CampaignRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// A campaign, and nobody closes or changes it until this transaction ends.
pub async fn lock_campaign(conn: &mut Conn, id: Uuid) -> QueryResult<Option<CampaignRow>> {
    campaign::table
        .find(id)
        .select(CampaignRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Campaigns of these units, the newest first; of a day only those that it lies in.
pub async fn list_campaigns(
    conn: &mut Conn,
    units: &[UnitId],
    on: Option<NaiveDate>,
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<CampaignRow>> {
    let mut query = campaign::table
        .filter(campaign::unit_id.eq_any(units))
        .select(CampaignRow::as_select())
        .order(campaign::campaign_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(on) = on {
        query = query
            .filter(campaign::starts_on.le(on))
            .filter(campaign::ends_on.ge(on));
    }
    if let Some(before) = before {
        query = query.filter(campaign::campaign_id.lt(before));
    }
    query.load(conn).await
}

/// Campaigns of exactly these units, as phones are told of them.
///
/// # Errors
/// When the database cannot.
pub async fn list_pulled(conn: &mut Conn, units: &[UnitId]) -> QueryResult<Vec<PulledCampaign>> {
    let rows: Vec<CampaignRow> = campaign::table
        .filter(campaign::unit_id.eq_any(units))
        .select(CampaignRow::as_select())
        .load(conn)
        .await?;
    let turn = |row: CampaignRow| PulledCampaign {
        campaign_id: row.campaign_id,
        unit_id: row.unit_id,
        name: row.name,
        source: row.source,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        closed: row.close_reason.is_some(),
    };
    Ok(rows.into_iter().map(turn).collect())
}

pub async fn set_said(conn: &mut Conn, id: Uuid, said: &Said) -> QueryResult<CampaignRow> {
    diesel::update(campaign::table.find(id))
        .set(said)
        .returning(CampaignRow::as_returning())
        .get_result(conn)
        .await
}

/// Closes a campaign for a reason.
pub async fn set_closed(
    conn: &mut Conn,
    id: Uuid,
    by: AccountId,
    reason: &str,
) -> QueryResult<CampaignRow> {
    diesel::update(campaign::table.find(id))
        .set((
            campaign::closed_by.eq(by),
            campaign::closed_at.eq(app_now().nullable()),
            campaign::close_reason.eq(reason),
        ))
        .returning(CampaignRow::as_returning())
        .get_result(conn)
        .await
}

pub async fn set_open(conn: &mut Conn, id: Uuid) -> QueryResult<CampaignRow> {
    diesel::update(campaign::table.find(id))
        .set((
            campaign::closed_by.eq(None::<AccountId>),
            campaign::closed_at.eq(None::<DateTime<Utc>>),
            campaign::close_reason.eq(None::<String>),
        ))
        .returning(CampaignRow::as_returning())
        .get_result(conn)
        .await
}

/// Sets targets; one of the same unit, union and stage is replaced.
pub async fn upsert_targets(
    conn: &mut Conn,
    id: Uuid,
    targets: &[CampaignTarget],
    by: AccountId,
) -> QueryResult<()> {
    for one in targets {
        let said = (
            campaign_target::people.eq(one.people),
            campaign_target::source.eq(one.source.trim()),
            campaign_target::made_on.eq(one.made_on),
            campaign_target::set_by.eq(by),
            campaign_target::set_at.eq(app_now()),
        );
        diesel::insert_into(campaign_target::table)
            .values((
                campaign_target::campaign_id.eq(id),
                campaign_target::unit_id.eq(one.unit_id),
                campaign_target::mass_union.eq(&one.mass_union),
                campaign_target::stage.eq(&one.stage),
                said,
            ))
            .on_conflict((
                campaign_target::campaign_id,
                campaign_target::unit_id,
                campaign_target::mass_union,
                campaign_target::stage,
            ))
            .do_update()
            .set(said)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Removes targets; says how many there were.
pub async fn delete_targets(
    conn: &mut Conn,
    id: Uuid,
    keys: &[CampaignTargetKey],
) -> QueryResult<usize> {
    let mut removed = 0;
    for key in keys {
        let one = campaign_target::table.find((id, key.unit_id, &key.mass_union, &key.stage));
        removed += diesel::delete(one).execute(conn).await?;
    }
    Ok(removed)
}

/// Every target of a campaign for a stage.
pub async fn list_targets_of(
    conn: &mut Conn,
    id: Uuid,
    stage: &str,
) -> QueryResult<Vec<StageTarget>> {
    campaign_target::table
        .filter(campaign_target::campaign_id.eq(id))
        .filter(campaign_target::stage.eq(stage))
        .select(StageTarget::as_select())
        .load(conn)
        .await
}

/// Targets of a campaign in these units, by unit, union and stage.
pub async fn list_targets(
    conn: &mut Conn,
    id: Uuid,
    units: &[UnitId],
    skip: i64,
    limit: i64,
) -> QueryResult<Vec<CampaignTarget>> {
    type Row = (UnitId, String, String, i32, String, NaiveDate);
    let rows: Vec<Row> = campaign_target::table
        .filter(campaign_target::campaign_id.eq(id))
        .filter(campaign_target::unit_id.eq_any(units))
        .select((
            campaign_target::unit_id,
            campaign_target::mass_union,
            campaign_target::stage,
            campaign_target::people,
            campaign_target::source,
            campaign_target::made_on,
        ))
        .order((
            campaign_target::unit_id,
            campaign_target::mass_union,
            campaign_target::stage,
        ))
        .offset(skip)
        .limit(limit)
        .load(conn)
        .await?;
    let turn = |(unit_id, mass_union, stage, people, source, made_on): Row| CampaignTarget {
        unit_id,
        mass_union,
        stage,
        people,
        source,
        made_on,
    };
    Ok(rows.into_iter().map(turn).collect())
}
