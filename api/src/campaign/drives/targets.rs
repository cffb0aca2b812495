//! Targets of a campaign over HTTP.

use actix_web::{HttpResponse, post, put, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::drive::{CAMPAIGN_TARGETS_MAX, RemoveCampaignTargets, SetCampaignTargets};
use mobile_contracts::ids::UnitId;
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::reach::Reach;
use super::rules::{check_key, check_target};
use super::store;
use crate::app::App;
use crate::campaign::problem::CampaignProblem;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path};
use crate::http::failure::{Failure, FieldError};
use crate::identity::Caller;
use crate::identity::permission::ManageCampaigns;
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(set_campaign_targets)
        .service(remove_campaign_targets);
}

/// Set targets of a campaign for units within one's own, all or none.
///
/// One of the same unit, union and stage is replaced. Whoever leads a commune may share out there what a campaign of
/// the province asks for.
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
    let targets = &body.targets;
    let spots = targets.iter().enumerate();
    let faults = spots.flat_map(|(at, target)| check_target(&format!("/targets/{at}"), target));
    check(targets.len(), faults.collect())?;
    let units: Vec<UnitId> = targets.iter().map(|target| target.unit_id).collect();
    act(&app, &caller, path.0, &units, async |conn| {
        store::upsert_targets(conn, path.0, targets, caller.account_id).await?;
        Ok(("campaign.set_targets", targets.len()))
    })
    .await
}

/// Remove targets of a campaign for units within one's own, all or none.
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
    let keys = &body.targets;
    let spots = keys.iter().enumerate();
    let faults = spots
        .flat_map(|(at, key)| check_key(&format!("/targets/{at}"), &key.mass_union, &key.stage));
    check(keys.len(), faults.collect())?;
    let units: Vec<UnitId> = keys.iter().map(|key| key.unit_id).collect();
    act(&app, &caller, path.0, &units, async |conn| {
        let removed = store::delete_targets(conn, path.0, keys).await?;
        Ok(("campaign.remove_targets", removed))
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

/// Writes something of an open campaign about these units, all of them the caller's.
async fn act(
    app: &App,
    caller: &Caller<ManageCampaigns>,
    id: Uuid,
    units: &[UnitId],
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
        for unit_id in units {
            reach.require_part(&row, *unit_id)?;
        }
        let (action, targets) = work(conn).await?;
        let (actor, object) = (Some(caller.account_id), format!("campaign:{id}"));
        audit::record(conn, actor, action, &object, json!({ "targets": targets })).await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
