//! Campaigns over HTTP.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, patch, post, web};
use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::drive::{Campaign, ChangeCampaign, CloseCampaign, NewCampaign};
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::reach::Reach;
use super::rules::{NAME_CHARS_MAX, WORDS_CHARS_MAX, check_days, check_words, state};
use super::store::{self, CampaignRow, Said};
use crate::app::App;
use crate::campaign::problem::CampaignProblem;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::idempotency::{self, IdempotencyKey, Press};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::{ManageCampaigns, ReadBoards};
use crate::privacy::audit;
use crate::privacy::free_text::masked;
use crate::sync::{self, Collection};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_campaigns)
        .service(open_campaign)
        .service(show_campaign)
        .service(change_campaign)
        .service(close_campaign)
        .service(reopen_campaign);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CampaignFilter {
    /// Campaigns of this unit, of those within it and of those above it; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// Only those that this day lies in.
    on: Option<NaiveDate>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

pub fn told(row: CampaignRow, today: NaiveDate) -> Campaign {
    let is_closed = row.close_reason.is_some();
    Campaign {
        campaign_id: row.campaign_id,
        unit_id: row.unit_id,
        name: row.name,
        source: row.source,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        state: state((row.starts_on, row.ends_on), is_closed, today).to_owned(),
        close_reason: row.close_reason,
        created_by: row.created_by,
        created_at: row.created_at,
    }
}

/// The units whose campaigns a unit sees: itself, those within it and those above it.
pub fn seen_from(geography: &Geography, unit_id: UnitId, today: NaiveDate) -> Vec<UnitId> {
    let mut units = geography.all_within(unit_id, today);
    units.extend(geography.path_on(unit_id, today));
    units
}

/// List campaigns, the newest first.
#[utoipa::path(tag = "campaign", security(("session" = [])), params(CampaignFilter), responses(
    (status = OK, description = "A page of campaigns.", body = Page<Campaign>)))]
#[get("/campaigns")]
async fn list_campaigns(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    filter: Query<CampaignFilter>,
) -> Result<web::Json<Page<Campaign>>, Failure> {
    let query = PageQuery::read(
        &app.keys,
        "campaigns",
        filter.cursor.as_deref(),
        filter.limit,
    )?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let unit_id = filter.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    let units = seen_from(&geography, unit_id, today);
    let rows =
        store::list_campaigns(&mut conn, &units, filter.on, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.campaign_id);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(|row| told(row, today)).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Open a campaign of one's unit or of one within it.
#[utoipa::path(tag = "campaign", security(("session" = [])), request_body = NewCampaign,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = CREATED, description = "Opened.", body = Campaign)))]
#[post("/campaigns")]
async fn open_campaign(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    key: IdempotencyKey,
    body: Json<NewCampaign>,
) -> Result<HttpResponse, Failure> {
    let said = Said {
        name: body.name.trim().to_owned(),
        source: body.source.trim().to_owned(),
        starts_on: body.starts_on,
        ends_on: body.ends_on,
    };
    check(&said)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    caller.require_unit(&geography, body.unit_id, today)?;
    let request = serde_json::to_vec(&*body).unwrap_or_default();
    let press = Press {
        actor: &caller.actor(),
        key,
        request: &request,
    };
    let keys = &app.keys;
    idempotency::answer_once(&mut conn, keys, press, StatusCode::CREATED, async |conn| {
        let by = caller.account_id;
        let row = store::insert_campaign(conn, body.unit_id, &said, by).await?;
        record(conn, &caller, "campaign.open", &row).await?;
        Ok(told(row, today))
    })
    .await
}

fn check(said: &Said) -> Result<(), Failure> {
    let faults: Vec<_> = [
        check_words("/name", &said.name, NAME_CHARS_MAX),
        check_words("/source", &said.source, WORDS_CHARS_MAX),
        check_days(said.starts_on, said.ends_on),
    ]
    .into_iter()
    .flatten()
    .collect();
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

/// Whatever is done to a campaign is audited, and told to the phones of its unit.
async fn record(
    conn: &mut Conn,
    caller: &Caller<ManageCampaigns>,
    action: &str,
    row: &CampaignRow,
) -> Result<(), Failure> {
    let place = (row.unit_id, row.campaign_id.to_string());
    sync::store::touch(conn, Collection::Campaign, &[place]).await?;
    let object = format!("campaign:{}", row.campaign_id);
    let detail = json!({
        "name": row.name, "source": row.source, "starts_on": row.starts_on, "ends_on": row.ends_on,
        "closed": row.close_reason.is_some(),
    });
    audit::record(conn, Some(caller.account_id), action, &object, detail).await?;
    Ok(())
}

/// Show a campaign.
#[utoipa::path(tag = "campaign", security(("session" = [])),
    params(("campaign_id" = Uuid, Path, description = "Which campaign.")),
    responses((status = OK, description = "The campaign.", body = Campaign)))]
#[get("/campaigns/{campaign_id}")]
async fn show_campaign(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    path: Path<Uuid>,
) -> Result<web::Json<Campaign>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let reach = Reach {
        caller: &caller,
        geography: &geography,
        today,
    };
    let row = reach.find(&mut conn, path.0).await?;
    Ok(web::Json(told(row, today)))
}

/// Does something to a campaign that is the caller's to change, in one transaction with its audit.
async fn act(
    app: &App,
    caller: &Caller<ManageCampaigns>,
    id: Uuid,
    action: &str,
    work: impl AsyncFn(&mut Conn, CampaignRow) -> Result<CampaignRow, Failure>,
) -> Result<web::Json<Campaign>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let reach = Reach {
        caller,
        geography: &geography,
        today,
    };
    let row = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::lock_campaign(conn, id).await?;
        let row = row.ok_or(CommonProblem::NotFound)?;
        reach.require_own(&row)?;
        let row = work(conn, row).await?;
        record(conn, caller, action, &row).await?;
        Ok(row)
    })
    .await?;
    Ok(web::Json(told(row, today)))
}

fn require_open(row: &CampaignRow) -> Result<(), Failure> {
    match row.close_reason {
        None => Ok(()),
        Some(_) => Err(CampaignProblem::CampaignClosed.into()),
    }
}

/// Change a campaign of one's unit or of one within it.
#[utoipa::path(tag = "campaign", security(("session" = [])), request_body = ChangeCampaign,
    params(("campaign_id" = Uuid, Path, description = "Which campaign.")),
    responses((status = OK, description = "The campaign.", body = Campaign), CampaignProblem))]
#[patch("/campaigns/{campaign_id}")]
async fn change_campaign(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    path: Path<Uuid>,
    body: Json<ChangeCampaign>,
) -> Result<web::Json<Campaign>, Failure> {
    act(
        &app,
        &caller,
        path.0,
        "campaign.change",
        async |conn, row| {
            require_open(&row)?;
            let words = |given: &Option<String>, old: String| {
                given.as_deref().map_or(old, |text| text.trim().to_owned())
            };
            let said = Said {
                name: words(&body.name, row.name),
                source: words(&body.source, row.source),
                starts_on: body.starts_on.unwrap_or(row.starts_on),
                ends_on: body.ends_on.unwrap_or(row.ends_on),
            };
            check(&said)?;
            Ok(store::set_said(conn, row.campaign_id, &said).await?)
        },
    )
    .await
}

/// Close a campaign: nothing of it is changed any more, and what it brought in stays to be seen.
#[utoipa::path(tag = "campaign", security(("session" = [])), request_body = CloseCampaign,
    params(("campaign_id" = Uuid, Path, description = "Which campaign.")),
    responses((status = OK, description = "The campaign, closed.", body = Campaign), CampaignProblem))]
#[post("/campaigns/{campaign_id}/closing")]
async fn close_campaign(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    path: Path<Uuid>,
    body: Json<CloseCampaign>,
) -> Result<web::Json<Campaign>, Failure> {
    if let Some(fault) = check_words("/reason", &body.reason, WORDS_CHARS_MAX) {
        return Err(Failure::invalid(vec![fault]));
    }
    act(
        &app,
        &caller,
        path.0,
        "campaign.close",
        async |conn, row| {
            require_open(&row)?;
            let (id, by) = (row.campaign_id, caller.account_id);
            Ok(store::set_closed(conn, id, by, &masked(&body.reason)).await?)
        },
    )
    .await
}

/// Open a closed campaign again.
#[utoipa::path(tag = "campaign", security(("session" = [])),
    params(("campaign_id" = Uuid, Path, description = "Which campaign.")),
    responses((status = OK, description = "The campaign, open again.", body = Campaign), CampaignProblem))]
#[post("/campaigns/{campaign_id}/reopening")]
async fn reopen_campaign(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    path: Path<Uuid>,
) -> Result<web::Json<Campaign>, Failure> {
    act(
        &app,
        &caller,
        path.0,
        "campaign.reopen",
        async |conn, row| {
            if row.close_reason.is_none() {
                return Err(CampaignProblem::CampaignNotClosed.into());
            }
            Ok(store::set_open(conn, row.campaign_id).await?)
        },
    )
    .await
}
