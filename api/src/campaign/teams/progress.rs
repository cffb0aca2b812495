//! How far the targets of a campaign's teams are, for those who lead them.

use actix_web::{get, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::drive::{TeamProgress, TeamTarget};
use mobile_contracts::page::Page;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::targets::{self, AimedTeam};
use crate::app::App;
use crate::campaign::drives::progress::ProgressOf;
use crate::campaign::drives::reach::Reach;
use crate::http::extract::{Path, Query};
use crate::http::failure::Failure;
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::ManageCampaigns;
use crate::leaderboard::rules::percent_tenths;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_team_progress);
}

/// Show how far each target of a team within one's unit is, from what its members brought in the campaign's days so far.
///
/// A team is who is in it now: who changes teams takes their work along. What others are told of teams is on their
/// board.
#[utoipa::path(tag = "campaign", security(("session" = [])),
    params(("campaign_id" = Uuid, Path, description = "Which campaign."), ProgressOf),
    responses((status = OK, description = "A page of targets with what was counted.", body = Page<TeamProgress>)))]
#[get("/campaigns/{campaign_id}/teams/progress")]
async fn show_team_progress(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    path: Path<Uuid>,
    asked: Query<ProgressOf>,
) -> Result<web::Json<Page<TeamProgress>>, Failure> {
    let list = "team-progress";
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
    let drive = reach.find(&mut conn, path.0).await?;
    let unit_id = asked.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    let units = geography.all_within(unit_id, today);
    let days = (drive.starts_on, drive.ends_on.min(today));
    let rows = (skip, query.rows());
    let rows = targets::list(&mut conn, path.0, &units, days, rows).await?;
    let rows = (skip + 1..).zip(rows).collect();
    let page = page(&app.keys, &query, rows, |(position, _)| *position);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(|(_, row)| told(row)).collect(),
        next_cursor: page.next_cursor,
    }))
}

fn told(row: AimedTeam) -> TeamProgress {
    TeamProgress {
        rate_percent: percent_tenths(row.count, row.people.into()) as f64 / 10.0,
        count: row.count,
        name: row.name,
        unit_id: row.unit_id,
        mass_union: row.mass_union,
        target: TeamTarget {
            team_id: row.team_id,
            stage: row.stage,
            people: row.people,
            source: row.source,
            made_on: row.made_on,
        },
    }
}
