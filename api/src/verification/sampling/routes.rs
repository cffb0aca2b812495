//! Draws over HTTP: promised and told to everybody, acted on by who answers for the place.

use actix_web::{HttpResponse, get, post, web};
use diesel::QueryResult;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use mobile_contracts::sampling::{
    ActOnLot, Draw, FrameRecord, LotAction, PassChance, SamplingPlan,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::problem::SamplingProblem;
use super::rules::{Count, PLANS, order, plan};
use super::store::{self, DrawRow, Wanted};
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::page::{PageQuery, Paging, page};
use crate::identity::Caller;
use crate::identity::permission::{CorrectWork, ReadBoards};
use crate::privacy::audit;
use crate::privacy::free_text::masked;
use crate::verification::call_backs;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_sampling_plans)
        .service(list_draws)
        .service(list_frame)
        .service(act_on_lot);
}

/// List the plans of sampling with how often lots of different quality pass.
#[utoipa::path(tag = "verification", security(("session" = [])), responses(
    (status = OK, description = "Every plan.", body = Vec<SamplingPlan>)))]
#[get("/sampling-plans")]
async fn list_sampling_plans(_caller: Caller<ReadBoards>) -> web::Json<Vec<SamplingPlan>> {
    let plans = PLANS.iter().map(|plan| SamplingPlan {
        plan: plan.id.to_owned(),
        sample_size: plan.sample_size,
        failures_max: plan.failures_max,
        used_when: plan.used_when.to_owned(),
        passes: plan
            .told_for
            .iter()
            .map(|percent| PassChance {
                wrong_percent: *percent,
                chance: plan.chance(*percent),
            })
            .collect(),
    });
    web::Json(plans.collect())
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DrawFilter {
    /// Official code of a commune or of what holds it, today; the whole province if left out.
    #[param(max_length = 20, example = "22786")]
    code: Option<String>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List draws, the newest first. The promise is to everybody, so that all of the province are told.
#[utoipa::path(tag = "verification", security(("session" = [])), params(DrawFilter), responses(
    (status = OK, description = "A page of draws.", body = Page<Draw>)))]
#[get("/draws")]
async fn list_draws(
    app: web::Data<App>,
    _caller: Caller<ReadBoards>,
    filter: Query<DrawFilter>,
) -> Result<web::Json<Page<Draw>>, Failure> {
    let query = PageQuery::read(&app.keys, "draws", filter.cursor.as_deref(), filter.limit)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let communes: Option<Vec<UnitId>> = match &filter.code {
        None => None,
        Some(code) => {
            let unit = geography.by_code(code, today);
            let unit = unit.ok_or(CommonProblem::NotFound)?;
            Some(geography.all_answered_for(unit, today))
        }
    };
    let wanted = Wanted {
        communes: communes.as_deref(),
        before: query.after()?,
        ..Wanted::default()
    };
    let rows = store::list_draws(&mut conn, wanted, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.draw_id);
    Ok(web::Json(Page {
        items: tell_all(&mut conn, page.items).await?,
        next_cursor: page.next_cursor,
    }))
}

/// Draws with what citizens have said so far.
///
/// # Errors
/// When the database cannot.
pub async fn tell_all(conn: &mut Conn, rows: Vec<DrawRow>) -> QueryResult<Vec<Draw>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.draw_id).collect();
    let mut results = call_backs::store::list_results_of(conn, &ids).await?;
    let told = rows.into_iter().map(|row| {
        let results = results.remove(&row.draw_id).unwrap_or_default();
        tell(row, Count::of(results))
    });
    Ok(told.collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How often lots of this size pass under its plan; nothing until it is drawn.
fn passes(row: &DrawRow) -> Vec<PassChance> {
    let Some(plan) = row.plan.as_deref().and_then(plan) else {
        return Vec::new();
    };
    let lot = row.frame.len() as u32;
    let of = |percent: &u32| PassChance {
        wrong_percent: *percent,
        chance: plan.chance_of_lot(lot, *percent),
    };
    plan.told_for.iter().map(of).collect()
}

fn tell(row: DrawRow, count: Count) -> Draw {
    Draw {
        passes: passes(&row),
        draw_id: row.draw_id,
        mass_union: row.mass_union,
        commune_id: row.commune_id,
        week_on: row.week_on,
        commitment: hex(&row.commitment),
        committed_at: row.committed_at,
        seed: row.seed.as_deref().map(hex),
        state: row.state,
        plan: row.plan,
        lot_size: row.frame.len() as u32,
        sample_size: row.sample_size.unsigned_abs(),
        failures_max: row.failures_max.unsigned_abs(),
        confirmed: count.confirmed,
        failures: count.failures,
        not_reachable: count.not_reachable,
        not_to_be_asked: count.not_to_be_asked,
    }
}

/// List what a draw was made from, by id, with its place in the order of the seed: so that anybody can redo it.
#[utoipa::path(tag = "verification", security(("session" = [])),
    params(("draw_id" = Uuid, Path, description = "Which draw."), Paging),
    responses((status = OK, description = "A page of the frame.", body = Page<FrameRecord>)))]
#[get("/draws/{draw_id}/frame")]
async fn list_frame(
    app: web::Data<App>,
    _caller: Caller<ReadBoards>,
    path: Path<Uuid>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<FrameRecord>>, Failure> {
    let query = paging.of(&app.keys, "frame")?;
    let mut conn = app.pool.get().await?;
    let draw = store::find_draw(&mut conn, path.0).await?;
    let draw = draw.ok_or(CommonProblem::NotFound)?;
    let drawn = call_backs::store::count_call_backs(&mut conn, path.0).await?;
    let ordered = order(draw.seed.as_deref().unwrap_or_default(), &draw.frame());
    let skip: u32 = query.after()?.unwrap_or(0);
    let rows: Vec<(u32, FrameRecord)> = (1..)
        .zip(ordered)
        .skip(skip as usize)
        .take(query.limit() + 1)
        .map(|(position, op_id)| {
            let record = FrameRecord {
                op_id,
                position: Some(position),
                is_drawn: position as usize <= drawn,
            };
            (position, record)
        })
        .collect();
    let page = page(&app.keys, &query, rows, |(position, _)| *position);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(|(_, record)| record).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Say what was done about a lot that failed: those who recorded were shown how, the records were gone
/// through, or the lot is in doubt no more. Its records stay counted all the while.
#[utoipa::path(tag = "verification", security(("session" = [])), request_body = ActOnLot,
    params(("draw_id" = Uuid, Path, description = "Which draw.")),
    responses((status = NO_CONTENT, description = "Written down."), SamplingProblem))]
#[post("/draws/{draw_id}/actions")]
async fn act_on_lot(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<Uuid>,
    body: Json<ActOnLot>,
) -> Result<HttpResponse, Failure> {
    let reason = masked(&body.reason);
    if !(1..=300).contains(&reason.chars().count()) {
        return Err(Failure::invalid(vec![FieldError::new(
            "/reason",
            "LENGTH",
            "Ghi đã làm gì, tối đa 300 ký tự.",
            "Say what was done, in at most 300 characters.",
        )]));
    }
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let draw = store::lock_draw(conn, path.0).await?;
        let draw = draw.ok_or(CommonProblem::NotFound)?;
        caller.require_answerable(&geography, draw.commune_id, today)?;
        if draw.state != "failed" {
            return Err(SamplingProblem::LotNotFailed.into());
        }
        if body.action == LotAction::Release {
            // Nobody clears their own.
            if caller.mass_union.as_str() == draw.mass_union {
                return Err(SamplingProblem::OwnLot.into());
            }
            store::set_state(conn, path.0, "released").await?;
        }
        let actor = caller.account_id;
        store::insert_action(conn, path.0, body.action, &reason, actor).await?;
        let detail = json!({ "action": body.action.as_str() });
        let object = format!("draw:{}", path.0);
        audit::record(
            conn,
            Some(actor),
            "verification.act_on_lot",
            &object,
            detail,
        )
        .await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
