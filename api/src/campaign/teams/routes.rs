//! Teams over HTTP.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, patch, post, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::drive::{ChangeTeam, NewTeam, Team};
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::page::Page;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rules::{Candidate, check_candidate, check_members, check_union};
use super::store::{self, TeamRow};
use crate::app::App;
use crate::campaign::drives::reach::Reach;
use crate::campaign::drives::rules::{NAME_CHARS_MAX, check_words};
use crate::campaign::problem::CampaignProblem;
use crate::db::constraint::OnConstraint as _;
use crate::db::{self, Conn};
use crate::geography::Level;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::idempotency::{self, IdempotencyKey, Press};
use crate::http::page::{PageQuery, page};
use crate::identity::permission::ManageCampaigns;
use crate::identity::{self, Caller};
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_teams)
        .service(form_team)
        .service(change_team)
        .service(disband_team);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TeamFilter {
    /// Teams of this unit and of everything within it; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

fn told(row: TeamRow, account_ids: Vec<AccountId>) -> Team {
    Team {
        team_id: row.team_id,
        campaign_id: row.campaign_id,
        unit_id: row.unit_id,
        mass_union: row.mass_union,
        name: row.name,
        account_ids,
    }
}

/// List the teams of a campaign within one's unit.
#[utoipa::path(tag = "campaign", security(("session" = [])),
    params(("campaign_id" = Uuid, Path, description = "Which campaign."), TeamFilter),
    responses((status = OK, description = "A page of teams.", body = Page<Team>)))]
#[get("/campaigns/{campaign_id}/teams")]
async fn list_teams(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    path: Path<Uuid>,
    filter: Query<TeamFilter>,
) -> Result<web::Json<Page<Team>>, Failure> {
    let query = PageQuery::read(&app.keys, "teams", filter.cursor.as_deref(), filter.limit)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let reach = Reach {
        caller: &caller,
        geography: &geography,
        today,
    };
    reach.find(&mut conn, path.0).await?;
    let unit_id = filter.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    let units = geography.all_within(unit_id, today);
    let rows = store::list_teams(&mut conn, path.0, &units, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.team_id);
    let ids: Vec<Uuid> = page.items.iter().map(|row| row.team_id).collect();
    let mut members = store::list_members(&mut conn, &ids).await?;
    let items = page.items.into_iter().map(|row| {
        let own = members.remove(&row.team_id).unwrap_or_default();
        told(row, own)
    });
    Ok(web::Json(Page {
        items: items.collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Put a team together, in a commune within one's unit.
#[utoipa::path(tag = "campaign", security(("session" = [])), request_body = NewTeam,
    params(("campaign_id" = Uuid, Path, description = "Which campaign."),
        ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = CREATED, description = "The team.", body = Team), CampaignProblem))]
#[post("/campaigns/{campaign_id}/teams")]
async fn form_team(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    key: IdempotencyKey,
    path: Path<Uuid>,
    body: Json<NewTeam>,
) -> Result<HttpResponse, Failure> {
    refuse(
        [
            check_words("/name", &body.name, NAME_CHARS_MAX),
            check_union(body.mass_union),
            check_members(&body.account_ids),
        ]
        .into_iter()
        .flatten()
        .collect(),
    )?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach {
        caller: &caller,
        geography: &geography,
        today: local_day(app.clock.now()),
    };
    let request = serde_json::to_vec(&(path.0, &*body)).unwrap_or_default();
    let press = Press {
        actor: &caller.actor(),
        key,
        request: &request,
    };
    let keys = &app.keys;
    idempotency::answer_once(&mut conn, keys, press, StatusCode::CREATED, async |conn| {
        let drive = reach.lock_open(conn, path.0).await?;
        reach.require_part(&drive, body.unit_id)?;
        require_commune(&reach, body.unit_id)?;
        let union = body.mass_union;
        require_members(conn, &reach, body.unit_id, union, &body.account_ids).await?;
        let (name, by) = (body.name.trim(), caller.account_id);
        let row = store::insert_team(conn, path.0, body.unit_id, union.as_str(), name, by)
            .await
            .on_constraint::<Failure>("team_name_key", CampaignProblem::TeamNameTaken)?;
        let team = write_members(conn, row, body.account_ids.clone()).await?;
        record(conn, &caller, "campaign.form_team", &team).await?;
        Ok(team)
    })
    .await
}

fn refuse(faults: Vec<FieldError>) -> Result<(), Failure> {
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

fn require_commune<P>(reach: &Reach<'_, P>, unit_id: UnitId) -> Result<(), Failure> {
    let level = reach.geography.unit(unit_id).map(|unit| unit.level);
    match level {
        Some(Level::Commune) => Ok(()),
        _ => refuse(vec![FieldError::new(
            "/unit_id",
            "LEVEL",
            "Chọn một xã, phường.",
            "Choose a commune.",
        )]),
    }
}

/// Everybody is there, of this commune, and may be in such a team.
async fn require_members<P>(
    conn: &mut Conn,
    reach: &Reach<'_, P>,
    unit_id: UnitId,
    union: MassUnion,
    members: &[AccountId],
) -> Result<(), Failure> {
    let mut faults = Vec::new();
    for (at, account_id) in members.iter().enumerate() {
        let account = identity::find_account(conn, *account_id).await?;
        let account = account.ok_or(CommonProblem::NotFound)?;
        if !reach
            .geography
            .covers(unit_id, account.unit_id, reach.today)
        {
            return Err(CommonProblem::NotFound.into());
        }
        let who = Candidate {
            role: account.role(),
            mass_union: account.mass_union(),
            is_stopped: account.disabled_at.is_some(),
        };
        faults.extend(check_candidate(at, union, who));
    }
    refuse(faults)
}

async fn write_members(
    conn: &mut Conn,
    row: TeamRow,
    account_ids: Vec<AccountId>,
) -> Result<Team, Failure> {
    store::set_members(conn, &row, &account_ids)
        .await
        .on_constraint::<Failure>("team_member_pkey", CampaignProblem::MemberTaken)?;
    Ok(told(row, account_ids))
}

async fn record(
    conn: &mut Conn,
    caller: &Caller<ManageCampaigns>,
    action: &str,
    team: &Team,
) -> Result<(), Failure> {
    let object = format!("team:{}", team.team_id);
    let detail = json!({
        "campaign_id": team.campaign_id, "name": team.name, "account_ids": team.account_ids,
    });
    audit::record(conn, Some(caller.account_id), action, &object, detail).await?;
    Ok(())
}

/// A team of an open campaign within the caller's unit that still goes, and nothing of that campaign changes until
/// this transaction ends.
async fn lock_team(
    conn: &mut Conn,
    reach: &Reach<'_, ManageCampaigns>,
    team_id: Uuid,
) -> Result<TeamRow, Failure> {
    let campaign_id = store::find_campaign_of(conn, team_id).await?;
    let drive = reach
        .lock_open(conn, campaign_id.ok_or(CommonProblem::NotFound)?)
        .await?;
    let row = store::get_team(conn, team_id).await?;
    reach.require_part(&drive, row.unit_id)?;
    match row.is_disbanded {
        false => Ok(row),
        true => Err(CampaignProblem::TeamDisbanded.into()),
    }
}

/// Change a team: what it is called, or who is in it.
#[utoipa::path(tag = "campaign", security(("session" = [])), request_body = ChangeTeam,
    params(("team_id" = Uuid, Path, description = "Which team.")),
    responses((status = OK, description = "The team.", body = Team), CampaignProblem))]
#[patch("/teams/{team_id}")]
async fn change_team(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    path: Path<Uuid>,
    body: Json<ChangeTeam>,
) -> Result<web::Json<Team>, Failure> {
    let name = body.name.as_deref();
    let members = body.account_ids.as_deref();
    refuse(
        [
            name.and_then(|name| check_words("/name", name, NAME_CHARS_MAX)),
            members.and_then(check_members),
        ]
        .into_iter()
        .flatten()
        .collect(),
    )?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach {
        caller: &caller,
        geography: &geography,
        today: local_day(app.clock.now()),
    };
    let team = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let mut row = lock_team(conn, &reach, path.0).await?;
        if let Some(name) = name {
            name.trim().clone_into(&mut row.name);
            store::set_name(conn, row.team_id, &row.name)
                .await
                .on_constraint::<Failure>("team_name_key", CampaignProblem::TeamNameTaken)?;
        }
        let team = match members {
            Some(members) => {
                let union = MassUnion::parse(&row.mass_union).unwrap_or(MassUnion::None);
                require_members(conn, &reach, row.unit_id, union, members).await?;
                write_members(conn, row, members.to_vec()).await?
            }
            None => {
                let mut own = store::list_members(conn, &[row.team_id]).await?;
                let own = own.remove(&row.team_id).unwrap_or_default();
                told(row, own)
            }
        };
        record(conn, &caller, "campaign.change_team", &team).await?;
        Ok(team)
    })
    .await?;
    Ok(web::Json(team))
}

/// Disband a team: its members are free for another. What they recorded stays.
#[utoipa::path(tag = "campaign", security(("session" = [])),
    params(("team_id" = Uuid, Path, description = "Which team.")),
    responses((status = NO_CONTENT, description = "Disbanded."), CampaignProblem))]
#[delete("/teams/{team_id}")]
async fn disband_team(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    path: Path<Uuid>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach {
        caller: &caller,
        geography: &geography,
        today: local_day(app.clock.now()),
    };
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = lock_team(conn, &reach, path.0).await?;
        let mut own = store::list_members(conn, &[row.team_id]).await?;
        let own = own.remove(&row.team_id).unwrap_or_default();
        store::disband(conn, row.team_id).await?;
        let team = told(row, own);
        record(conn, &caller, "campaign.disband_team", &team).await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
