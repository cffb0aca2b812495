//! Targets of a campaign over HTTP.

use actix_web::{HttpResponse, post, put, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::campaign::ImportedTargets;
use mobile_contracts::drive::{
    CAMPAIGN_TARGETS_MAX, CampaignTarget, RemoveCampaignTargets, SetCampaignTargets, TeamTarget,
};
use mobile_contracts::ids::{AccountId, UnitId};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::import::{self, Judge};
use super::reach::Reach;
use super::rules::{check_key, check_stage, check_target, check_team_target};
use super::store::{self, CampaignRow};
use crate::app::App;
use crate::campaign::problem::CampaignProblem;
use crate::campaign::teams;
use crate::db::{self, Conn};
use crate::http::csv::UploadMode;
use crate::http::extract::{Json, Path, Query, Upload};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::identity::Caller;
use crate::identity::permission::ManageCampaigns;
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(set_campaign_targets)
        .service(remove_campaign_targets)
        .service(import_campaign_targets);
}

/// Set targets of a campaign for units within one's own and for teams there, all or none.
///
/// One of the same unit, union and stage is replaced, and so is one of the same team and stage. Whoever leads a commune
/// may share out there what a campaign of the province asks for.
#[utoipa::path(tag = "campaign", security(("session" = [])), request_body = SetCampaignTargets,
    params(("campaign_id" = Uuid, Path, description = "Which campaign.")),
    responses((status = NO_CONTENT, description = "Set."), CampaignProblem))]
#[put("/campaigns/{campaign_id}/targets")]
async fn set_campaign_targets(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    path: Path<Uuid>,
    body: Json<SetCampaignTargets>,
) -> Result<HttpResponse, Failure> {
    let (targets, of_teams) = (&body.targets, &body.teams);
    let spots = targets.iter().enumerate();
    let faults = spots.flat_map(|(at, target)| check_target(&format!("/targets/{at}"), target));
    let spots = of_teams.iter().enumerate();
    let of_them = spots.flat_map(|(at, target)| check_team_target(&format!("/teams/{at}"), target));
    check(
        targets.len() + of_teams.len(),
        faults.chain(of_them).collect(),
    )?;
    let named = Named {
        units: targets.iter().map(|target| target.unit_id).collect(),
        teams: of_teams.iter().map(|target| target.team_id).collect(),
    };
    act(&app, &caller, path.0, &named, async |conn| {
        let count = set(conn, path.0, (targets, of_teams), caller.account_id).await?;
        Ok(("campaign.set_targets", count))
    })
    .await
}

/// Sets targets of units and of teams; says how many.
async fn set(
    conn: &mut Conn,
    id: Uuid,
    (targets, of_teams): (&[CampaignTarget], &[TeamTarget]),
    by: AccountId,
) -> Result<usize, Failure> {
    store::upsert_targets(conn, id, targets, by).await?;
    teams::targets::upsert(conn, of_teams, by).await?;
    Ok(targets.len() + of_teams.len())
}

/// Import targets of a campaign from a CSV file: of units, of unions in them, and of teams.
///
/// Columns `unit_code` (or `unit_id`), `mass_union` (all if left out), `team` (the name of a team of that commune, for a
/// target of its own), `stage,people,source,made_on`. All or nothing: with one wrong line nothing is written.
#[utoipa::path(tag = "campaign", security(("session" = [])),
    params(("campaign_id" = Uuid, Path, description = "Which campaign."), UploadMode),
    request_body(content = String, content_type = "text/csv",
        example = "unit_code,mass_union,team,stage,people,source,made_on\n22786,youth,,level2_activated,300,CV 15/ĐTN,2026-11-20\n"),
    responses((status = OK, description = "What became of the file, or would become.", body = ImportedTargets), CampaignProblem))]
#[post("/campaigns/{campaign_id}/targets/imports")]
async fn import_campaign_targets(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    path: Path<Uuid>,
    mode: Query<UploadMode>,
    file: Upload,
) -> Result<web::Json<ImportedTargets>, Failure> {
    let lines = import::read(&file.0)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach {
        caller: &caller,
        geography: &geography,
        today: local_day(app.clock.now()),
    };
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = reach.lock_open(conn, path.0).await?;
        let names = import::teams_named(&lines);
        let judge = Judge {
            geography: &geography,
            today: reach.today,
            may_reach: |id| reach.require_part(&row, id).is_ok(),
            teams: &teams::targets::list_named(conn, path.0, &names).await?,
        };
        let judged = judge.judge(&lines);
        let dry_run = mode.dry_run || !judged.refused.is_empty();
        if !dry_run {
            let wanted = (&judged.targets[..], &judged.teams[..]);
            let count = set(conn, path.0, wanted, caller.account_id).await?;
            record(conn, &caller, path.0, ("campaign.set_targets", count)).await?;
        }
        Ok(ImportedTargets {
            dry_run,
            set: judged.count() as u32,
            refused: judged.refused,
        })
    })
    .await?;
    Ok(web::Json(told))
}

/// Remove targets of a campaign for units within one's own and for teams there, all or none.
///
/// One that is not there is no error: the request may be repeated.
#[utoipa::path(tag = "campaign", security(("session" = [])), request_body = RemoveCampaignTargets,
    params(("campaign_id" = Uuid, Path, description = "Which campaign.")),
    responses((status = NO_CONTENT, description = "Removed."), CampaignProblem))]
#[post("/campaigns/{campaign_id}/targets/removals")]
async fn remove_campaign_targets(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    path: Path<Uuid>,
    body: Json<RemoveCampaignTargets>,
) -> Result<HttpResponse, Failure> {
    let (keys, of_teams) = (&body.targets, &body.teams);
    let spots = keys.iter().enumerate();
    let faults = spots
        .flat_map(|(at, key)| check_key(&format!("/targets/{at}"), &key.mass_union, &key.stage));
    let spots = of_teams.iter().enumerate();
    let of_them = spots.filter_map(|(at, key)| check_stage(&format!("/teams/{at}"), &key.stage));
    check(keys.len() + of_teams.len(), faults.chain(of_them).collect())?;
    let named = Named {
        units: keys.iter().map(|key| key.unit_id).collect(),
        teams: of_teams.iter().map(|key| key.team_id).collect(),
    };
    act(&app, &caller, path.0, &named, async |conn| {
        let removed = store::delete_targets(conn, path.0, keys).await?;
        let of_them = teams::targets::delete(conn, of_teams).await?;
        Ok(("campaign.remove_targets", removed + of_them))
    })
    .await
}

fn check(count: usize, mut faults: Vec<FieldError>) -> Result<(), Failure> {
    if !(1..=CAMPAIGN_TARGETS_MAX).contains(&count) {
        faults = vec![FieldError::new(
            "/targets",
            "COUNT",
            format!("Mỗi lần từ 1 đến {CAMPAIGN_TARGETS_MAX} chỉ tiêu."),
            format!("1 to {CAMPAIGN_TARGETS_MAX} targets at a time."),
        )];
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

/// Whose targets a request names.
struct Named {
    units: Vec<UnitId>,
    teams: Vec<Uuid>,
}

/// Writes something of an open campaign about these units and teams, all of them the caller's.
async fn act(
    app: &App,
    caller: &Caller<ManageCampaigns>,
    id: Uuid,
    named: &Named,
    work: impl AsyncFn(&mut Conn) -> Result<(&'static str, usize), Failure>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach {
        caller,
        geography: &geography,
        today: local_day(app.clock.now()),
    };
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = reach.lock_open(conn, id).await?;
        for unit_id in &named.units {
            reach.require_part(&row, *unit_id)?;
        }
        require_teams(conn, &reach, &row, &named.teams).await?;
        let done = work(conn).await?;
        record(conn, caller, id, done).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Puts down what was done to how many targets.
async fn record(
    conn: &mut Conn,
    caller: &Caller<ManageCampaigns>,
    id: Uuid,
    (action, targets): (&str, usize),
) -> Result<(), Failure> {
    let (actor, object) = (Some(caller.account_id), format!("campaign:{id}"));
    audit::record(conn, actor, action, &object, json!({ "targets": targets })).await?;
    Ok(())
}

/// Every team is of this campaign, within the caller's unit, and still goes. The campaign is locked: none is disbanded
/// meanwhile.
async fn require_teams(
    conn: &mut Conn,
    reach: &Reach<'_, ManageCampaigns>,
    row: &CampaignRow,
    named: &[Uuid],
) -> Result<(), Failure> {
    let known = teams::targets::list_places(conn, row.campaign_id, named).await?;
    for id in named {
        let team = known.iter().find(|team| team.team_id == *id);
        let team = team.ok_or(CommonProblem::NotFound)?;
        reach.require_part(row, team.unit_id)?;
        if team.is_disbanded {
            return Err(CampaignProblem::TeamDisbanded.into());
        }
    }
    Ok(())
}
