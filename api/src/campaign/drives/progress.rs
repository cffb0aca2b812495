//! How far a campaign is: its targets beside what the rollups of its days hold.

use std::collections::{HashMap, HashSet};

use actix_web::{get, web};
use chrono::NaiveDate;
use diesel::QueryResult;
use mobile_contracts::calendar::local_day;
use mobile_contracts::drive::{CampaignProgress, CampaignTarget};
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::reach::Reach;
use super::store::{self, CampaignRow};
use crate::app::App;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::extract::{Path, Query};
use crate::http::failure::Failure;
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::ReadBoards;
use crate::leaderboard::rules::{Window, percent_tenths};
use crate::leaderboard::store::sum_villages;
use crate::leaderboard::sums::VillageSum;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_campaign_progress);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProgressOf {
    /// Targets of this unit and of everything within it; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    pub unit_id: Option<UnitId>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    pub cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// Show how far each target of a campaign is, from the rollups of its days so far.
///
/// A citizen counts for the village and the union of the record that holds their credit, whether or not its author
/// is in a team.
#[utoipa::path(tag = "campaign", security(("session" = [])),
    params(("campaign_id" = Uuid, Path, description = "Which campaign."), ProgressOf),
    responses((status = OK, description = "A page of targets with what was counted.", body = Page<CampaignProgress>)))]
#[get("/campaigns/{campaign_id}/progress")]
async fn show_campaign_progress(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    path: Path<Uuid>,
    asked: Query<ProgressOf>,
) -> Result<web::Json<Page<CampaignProgress>>, Failure> {
    let list = "campaign-progress";
    let query = PageQuery::read(&app.keys, list, asked.cursor.as_deref(), asked.limit)?;
    let skip: i64 = query.after()?.unwrap_or(0);
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let reach = Reach {
        caller: &caller,
        geography: &geography,
        today,
    };
    let row = reach.find(&mut conn, path.0).await?;
    let unit_id = asked.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    let units = geography.all_within(unit_id, today);
    let targets = store::list_targets(&mut conn, path.0, &units, skip, query.rows()).await?;
    let page = page(
        &app.keys,
        &query,
        (skip + 1..).zip(targets).collect(),
        |(position, _)| *position,
    );
    let targets = page.items.into_iter().map(|(_, target)| target).collect();
    Ok(web::Json(Page {
        items: count_targets(&mut conn, &geography, &row, targets, today).await?,
        next_cursor: page.next_cursor,
    }))
}

/// What was counted for each of these targets of a campaign, from the rollups of its days so far.
///
/// # Errors
/// When the database cannot.
pub async fn count_targets(
    conn: &mut Conn,
    geography: &Geography,
    campaign: &CampaignRow,
    targets: Vec<CampaignTarget>,
    today: NaiveDate,
) -> QueryResult<Vec<CampaignProgress>> {
    let window = Window {
        from: Some(campaign.starts_on),
        to: campaign.ends_on.min(today),
    };
    let mut sums: HashMap<String, Vec<VillageSum>> = HashMap::new();
    let mut counted = Vec::with_capacity(targets.len());
    for target in targets {
        if !sums.contains_key(&target.stage) {
            // Before its first day nothing can have been done in it.
            let sum = match window.days() {
                Some(1..) => sum_villages(conn, &target.stage, window).await?,
                _ => Vec::new(),
            };
            sums.insert(target.stage.clone(), sum);
        }
        let sum = sums.get(&target.stage).map_or(&[][..], Vec::as_slice);
        counted.push(progress(geography, window.to, target, sum));
    }
    Ok(counted)
}

/// What was counted for a target: of its union, in what its unit is made of on the last day counted.
fn progress(
    geography: &Geography,
    day: NaiveDate,
    target: CampaignTarget,
    sums: &[VillageSum],
) -> CampaignProgress {
    let within: HashSet<UnitId> = geography
        .all_counted_in(target.unit_id, day)
        .into_iter()
        .collect();
    let mine = sums.iter().filter(|sum| {
        within.contains(&sum.village_id)
            && (target.mass_union == "all" || target.mass_union == sum.mass_union)
    });
    let (count, confirmed) = mine.fold((0, 0), |(count, confirmed), sum| {
        (count + sum.n, confirmed + sum.confirmed)
    });
    CampaignProgress {
        rate_percent: percent_tenths(count, target.people.into()) as f64 / 10.0,
        target,
        count,
        confirmed,
    }
}
