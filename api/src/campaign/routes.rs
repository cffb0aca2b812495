//! Targets over HTTP.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use chrono::{Datelike as _, NaiveDate};
use mobile_contracts::calendar::local_day;
use mobile_contracts::campaign::{ImportedTargets, RemoveTargets, SetTargets, TARGETS_MAX, Target};
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::problem::{CampaignProblem, SeenProblem};
use super::seen::{self, Seen};
use super::{import, targets};
use crate::app::App;
use crate::db;
use crate::http::csv::UploadMode;
use crate::http::extract::{Json, Query, Upload};
use crate::http::failure::{Failure, FieldError};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::{ManageTargets, ReadBoards};
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_targets)
        .service(set_targets)
        .service(remove_targets)
        .service(import_targets);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TargetFilter {
    /// Targets of this unit and everything within it; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// Only of this stage.
    #[param(example = "level2_activated")]
    stage: Option<String>,
    /// Only those that hold on this day.
    on: Option<NaiveDate>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List the targets of a unit.
#[utoipa::path(tag = "campaign", security(("session" = [])), params(TargetFilter), responses(
    (status = OK, description = "A page of targets.", body = Page<Target>,
        headers(("ETag" = String, description = "Changes with any target of the unit, whether it is listed or not.")))))]
#[get("/targets")]
async fn list_targets(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    filter: Query<TargetFilter>,
) -> Result<HttpResponse, Failure> {
    let query = PageQuery::read(&app.keys, "targets", filter.cursor.as_deref(), filter.limit)?;
    let skip: i64 = query.after()?.unwrap_or(0);
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let unit_id = filter.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    // Read before the rows: who changes by it has seen no less.
    let tag = seen::tag(&mut conn, &geography, unit_id, today).await?;
    let units = geography.all_within(unit_id, today);
    let stage = filter.stage.as_deref();
    let rows =
        targets::list_targets(&mut conn, &units, stage, filter.on, skip, query.rows()).await?;
    let rows: Vec<(i64, Target)> = (skip + 1..).zip(rows).collect();
    let page = page(&app.keys, &query, rows, |(position, _)| *position);
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).json(Page {
        items: page.items.into_iter().map(|(_, target)| target).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Set targets, all or none.
///
/// A target for the same unit, stage and first day is replaced.
#[utoipa::path(tag = "campaign", security(("session" = [])), request_body = SetTargets,
    params(("If-Match" = Option<String>, Header, description = seen::MEANING)), responses(
    (status = NO_CONTENT, description = "Set."), CampaignProblem, SeenProblem))]
#[put("/targets")]
async fn set_targets(
    app: web::Data<App>,
    caller: Caller<ManageTargets>,
    request: HttpRequest,
    body: Json<SetTargets>,
) -> Result<HttpResponse, Failure> {
    let wanted = body.0.targets;
    require_some(wanted.len())?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let mut faults = Vec::new();
    for (index, target) in wanted.iter().enumerate() {
        caller.require_unit(&geography, target.unit_id, today)?;
        faults.extend(judge(&format!("/targets/{index}"), target));
    }
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let seen = Seen::by(&request);
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        targets::lock(conn).await?;
        seen.require(conn, &caller, &geography, today).await?;
        set(&caller, conn, &wanted).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Remove targets, all or none.
///
/// One that is not there is no error: the request may be repeated.
#[utoipa::path(tag = "campaign", security(("session" = [])), request_body = RemoveTargets,
    params(("If-Match" = Option<String>, Header, description = seen::MEANING)), responses(
    (status = NO_CONTENT, description = "Removed."), SeenProblem))]
#[post("/targets/removals")]
async fn remove_targets(
    app: web::Data<App>,
    caller: Caller<ManageTargets>,
    request: HttpRequest,
    body: Json<RemoveTargets>,
) -> Result<HttpResponse, Failure> {
    let keys = body.0.targets;
    require_some(keys.len())?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    for key in &keys {
        caller.require_unit(&geography, key.unit_id, today)?;
    }
    let seen = Seen::by(&request);
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        targets::lock(conn).await?;
        seen.require(conn, &caller, &geography, today).await?;
        let removed = targets::remove_targets(conn, &keys).await?;
        audit::record(
            conn,
            Some(caller.account_id),
            "campaign.remove_targets",
            &format!("unit:{}", caller.unit_id),
            serde_json::json!({ "targets": removed }),
        )
        .await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn require_some(targets: usize) -> Result<(), Failure> {
    if (1..=TARGETS_MAX).contains(&targets) {
        return Ok(());
    }
    Err(Failure::invalid(vec![FieldError::new(
        "/targets",
        "COUNT",
        format!("Mỗi lần từ 1 đến {TARGETS_MAX} chỉ tiêu."),
        format!("1 to {TARGETS_MAX} targets at a time."),
    )]))
}

/// Import targets from a CSV file.
///
/// Columns `unit_code` (or `unit_id`), `stage,starts_on,ends_on,people,denominator,source`. All or
/// nothing: with one wrong line nothing is written.
#[utoipa::path(tag = "campaign", security(("session" = [])), params(UploadMode),
    request_body(content = String, content_type = "text/csv",
        example = "unit_code,stage,starts_on,ends_on,people,denominator,source\n22786,level2_activated,2026-01-01,2026-12-31,1250,assigned,KH 73\n"),
    responses((status = OK, description = "What became of the file, or would become.", body = ImportedTargets), CampaignProblem))]
#[post("/targets/imports")]
async fn import_targets(
    app: web::Data<App>,
    caller: Caller<ManageTargets>,
    mode: Query<UploadMode>,
    file: Upload,
) -> Result<web::Json<ImportedTargets>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let (wanted, refused) = import::read(&file.0, &geography, |id| {
        geography.covers(caller.unit_id, id, today)
    })?;
    let dry_run = mode.dry_run || !refused.is_empty();
    if !dry_run {
        db::transaction::<_, Failure>(&mut conn, async |conn| {
            targets::lock(conn).await?;
            set(&caller, conn, &wanted).await
        })
        .await?;
    }
    Ok(web::Json(ImportedTargets {
        dry_run,
        set: wanted.len() as u32,
        refused,
    }))
}

async fn set(
    caller: &Caller<ManageTargets>,
    conn: &mut db::Conn,
    wanted: &[Target],
) -> Result<(), Failure> {
    targets::upsert_targets(conn, wanted, Some(caller.account_id)).await?;
    let detail = serde_json::json!({ "targets": wanted.len() });
    audit::record(
        conn,
        Some(caller.account_id),
        "campaign.set_targets",
        &format!("unit:{}", caller.unit_id),
        detail,
    )
    .await?;
    Ok(())
}

/// What is wrong with a target, apart from whose it is.
pub fn judge(pointer: &str, target: &Target) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |field: &str, code: &'static str, vi: &'static str, en: &'static str| {
        faults.push(FieldError::new(format!("{pointer}/{field}"), code, vi, en));
    };
    if !targets::STAGES.contains(&target.stage.as_str()) {
        fault(
            "stage",
            "ONE_OF",
            "Bước phải là installed, level1_activated, level2_collected, level2_approved hoặc level2_activated.",
            "The stage is one of the five.",
        );
    }
    if !(1..=10_000_000).contains(&target.people) {
        fault(
            "people",
            "RANGE",
            "Chỉ tiêu từ 1 đến 10.000.000 người.",
            "A target is 1 to 10,000,000 people.",
        );
    }
    if !(2020..=2100).contains(&target.starts_on.year())
        || target
            .ends_on
            .is_some_and(|day| !(2020..=2100).contains(&day.year()))
    {
        fault(
            "starts_on",
            "RANGE",
            "Ngày phải từ năm 2020 đến năm 2100.",
            "Days are within 2020 to 2100.",
        );
    }
    if target
        .ends_on
        .is_some_and(|ends_on| ends_on < target.starts_on)
    {
        fault(
            "ends_on",
            "ORDER",
            "Ngày cuối phải sau ngày đầu.",
            "The last day comes before the first.",
        );
    }
    if !(1..=200).contains(&target.source.trim().chars().count()) {
        fault(
            "source",
            "LENGTH",
            "Ghi nguồn của chỉ tiêu, tối đa 200 ký tự.",
            "Name the source, in at most 200 characters.",
        );
    }
    faults
}
