//! Reading activities over HTTP.

use std::fmt;
use std::str::FromStr;

use actix_web::{get, web};
use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{OperationId, UnitId};
use mobile_contracts::outreach::{
    ActivityCorrection, OutreachActivity, OutreachActivityDetail, OutreachSum, OutreachSums,
};
use mobile_contracts::page::Page;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::correct;
use super::rules::{By, add, days, fold};
use super::store::{self, ActivityRow, CorrectionRow, SumRow, Wanted};
use crate::app::App;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::extract::{Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::page::{PageQuery, page};
use crate::identity::permission::CorrectWork;
use crate::identity::{self, Caller};
use crate::privacy::audit;
use crate::privacy::keys::Place;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_activities)
        // A fixed word before what could be any.
        .service(sum_activities)
        .service(show_activity)
        .configure(correct::routes);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ActivityFilter {
    /// Within this unit; the caller's own if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// First day; thirty days before the last if left out.
    from: Option<NaiveDate>,
    /// Last day; today if left out.
    to: Option<NaiveDate>,
    /// Only of this union: youth, women or none.
    #[param(max_length = 10, example = "youth")]
    mass_union: Option<String>,
    /// Only of this kind.
    #[param(max_length = 30, example = "meeting")]
    kind: Option<String>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SumFilter {
    /// Within this unit; the caller's own if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// First day; thirty days before the last if left out.
    from: Option<NaiveDate>,
    /// Last day; today if left out.
    to: Option<NaiveDate>,
    /// Only of this union: youth, women or none.
    #[param(max_length = 10, example = "youth")]
    mass_union: Option<String>,
    /// Only of this kind.
    #[param(max_length = 30, example = "meeting")]
    kind: Option<String>,
    /// unit (default: what the unit is made of), union, kind or month.
    #[param(max_length = 10, example = "union")]
    by: Option<String>,
}

/// What a list and a sum are asked for alike.
struct Asked {
    unit_id: UnitId,
    today: NaiveDate,
    wanted: Wanted,
}

async fn ask(
    app: &App,
    caller: &Caller<CorrectWork>,
    geography: &Geography,
    unit_id: Option<UnitId>,
    span: (Option<NaiveDate>, Option<NaiveDate>),
    (mass_union, what): (Option<String>, Option<String>),
) -> Result<Asked, Failure> {
    let today = local_day(app.clock.now());
    let unit_id = unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(geography, unit_id, today)?;
    let days = days(span.0, span.1, today).map_err(|fault| Failure::invalid(vec![fault]))?;
    if mass_union
        .as_deref()
        .is_some_and(|word| MassUnion::parse(word).is_none())
    {
        return Err(one_of("?mass_union", "youth, women, none"));
    }
    if what
        .as_deref()
        .is_some_and(|kind| kind.chars().count() > 30)
    {
        return Err(Failure::invalid(vec![FieldError::new(
            "?kind",
            "LENGTH",
            "Loại hoạt động dài tối đa 30 ký tự.",
            "A kind has at most 30 characters.",
        )]));
    }
    let wanted = Wanted {
        // What was done in a village that is gone by now is there, too.
        villages: geography.ever_within(unit_id),
        days,
        mass_union,
        what,
    };
    Ok(Asked {
        unit_id,
        today,
        wanted,
    })
}

fn one_of(pointer: &'static str, words: &str) -> Failure {
    Failure::invalid(vec![FieldError::new(
        pointer,
        "ONE_OF",
        format!("Chọn một trong: {words}."),
        format!("One of: {words}."),
    )])
}

fn told(row: &ActivityRow) -> OutreachActivity {
    OutreachActivity {
        activity_id: row.op_id,
        village_id: row.village_id,
        mass_union: row.mass_union.clone(),
        author_id: row.author_id,
        on_day: row.on_day,
        activity: row.what.clone(),
        attended: row.attended,
        leaflets: row.leaflets,
        helped: row.helped,
        is_voided: row.is_voided,
        correction_id: row.correction_id,
    }
}

fn corrected(row: CorrectionRow) -> ActivityCorrection {
    ActivityCorrection {
        correction_id: row.correction_id,
        voids: row.voids,
        activity: row.what,
        attended: row.attended,
        leaflets: row.leaflets,
        helped: row.helped,
        reason: row.reason,
        corrected_by: row.corrected_by,
        corrected_at: row.corrected_at,
        undone_by: row.undone_by,
        undone_at: row.undone_at,
    }
}

/// Where a page ended.
#[derive(Debug, Clone, Copy)]
struct Spot(NaiveDate, OperationId);

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0, self.1)
    }
}

impl FromStr for Spot {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (day, op) = text.split_once('/').ok_or(())?;
        Ok(Self(
            day.parse().map_err(|_| ())?,
            op.parse().map_err(|_| ())?,
        ))
    }
}

/// List outreach activities within a unit, the newest day first. Voided ones are there, and say so.
#[utoipa::path(tag = "activities", security(("session" = [])), params(ActivityFilter), responses(
    (status = OK, description = "A page of activities.", body = Page<OutreachActivity>)))]
#[get("/activities")]
async fn list_activities(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    filter: Query<ActivityFilter>,
) -> Result<web::Json<Page<OutreachActivity>>, Failure> {
    let filter = filter.0;
    let query = PageQuery::read(
        &app.keys,
        "activities",
        filter.cursor.as_deref(),
        filter.limit,
    )?;
    let after: Option<Spot> = query.after()?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let only = (filter.mass_union, filter.kind);
    let span = (filter.from, filter.to);
    let asked = ask(&app, &caller, &geography, filter.unit_id, span, only).await?;
    let after = after.map(|Spot(day, op_id)| (day, op_id));
    let rows = store::list_activities(&mut conn, &asked.wanted, after, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| Spot(row.on_day, row.op_id));
    Ok(web::Json(Page {
        items: page.items.iter().map(told).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Sum the outreach activities within a unit: by what it is made of, by union, kind or month.
#[utoipa::path(tag = "activities", security(("session" = [])), params(SumFilter), responses(
    (status = OK, description = "The sums.", body = OutreachSums)))]
#[get("/activities/sums")]
async fn sum_activities(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    filter: Query<SumFilter>,
) -> Result<web::Json<OutreachSums>, Failure> {
    let filter = filter.0;
    let by = By::parse(filter.by.as_deref().unwrap_or("unit"))
        .ok_or_else(|| one_of("?by", "unit, union, kind, month"))?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let only = (filter.mass_union, filter.kind);
    let span = (filter.from, filter.to);
    let asked = ask(&app, &caller, &geography, filter.unit_id, span, only).await?;
    let rows = store::sum_activities(&mut conn, &asked.wanted).await?;
    let mut total = OutreachSum {
        unit_id: None,
        mass_union: None,
        activity: None,
        month: None,
        activities: 0,
        attended: 0,
        leaflets: 0,
        helped: 0,
    };
    for row in &rows {
        add(&mut total, &counts(row));
    }
    let part = |row: &SumRow| part_of(&geography, asked.unit_id, row.village_id, asked.today);
    let sums: Vec<OutreachSum> = match by {
        By::Unit => fold(rows.iter().map(|row| {
            let unit_id = part(row);
            let sum = OutreachSum {
                unit_id: Some(unit_id),
                ..counts(row)
            };
            (unit_id, sum)
        }))
        .into_values()
        .collect(),
        By::Union => fold(rows.iter().map(|row| {
            let sum = OutreachSum {
                mass_union: Some(row.mass_union.clone()),
                ..counts(row)
            };
            (row.mass_union.clone(), sum)
        }))
        .into_values()
        .collect(),
        By::Kind => fold(rows.iter().map(|row| {
            let sum = OutreachSum {
                activity: Some(row.what.clone()),
                ..counts(row)
            };
            (row.what.clone(), sum)
        }))
        .into_values()
        .collect(),
        By::Month => fold(rows.iter().map(|row| {
            let sum = OutreachSum {
                month: Some(row.month),
                ..counts(row)
            };
            (row.month, sum)
        }))
        .into_values()
        .collect(),
    };
    Ok(web::Json(OutreachSums {
        unit_id: asked.unit_id,
        from: asked.wanted.days.0,
        to: asked.wanted.days.1,
        by: by.as_str().to_owned(),
        sums,
        total,
    }))
}

fn counts(row: &SumRow) -> OutreachSum {
    OutreachSum {
        unit_id: None,
        mass_union: None,
        activity: None,
        month: None,
        activities: row.activities,
        attended: row.attended,
        leaflets: row.leaflets,
        helped: row.helped,
    }
}

/// Of what a unit is made of, the part that a village lies in today; a village that left counts for itself.
fn part_of(geography: &Geography, unit: UnitId, village: UnitId, today: NaiveDate) -> UnitId {
    let path = geography.path_on(village, today);
    let children: Vec<UnitId> = geography
        .children_on(unit, today)
        .iter()
        .map(|child| child.unit_id)
        .collect();
    path.into_iter()
        .find(|id| children.contains(id))
        .unwrap_or(village)
}

/// An activity of the caller's unit; anybody else's is not there.
pub async fn find_in_scope(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<CorrectWork>,
    id: OperationId,
) -> Result<ActivityRow, Failure> {
    let geography = app.geography(conn).await?;
    let row = store::find_activity(conn, id).await?;
    let row = row.ok_or(CommonProblem::NotFound)?;
    caller.require_answerable(&geography, row.village_id, local_day(app.clock.now()))?;
    Ok(row)
}

/// The activity with what was said about it.
pub async fn detail(
    app: &App,
    conn: &mut Conn,
    row: ActivityRow,
) -> Result<OutreachActivityDetail, Failure> {
    let names = identity::names_of(conn, &app.keys, &[row.author_id]).await?;
    let place = Place {
        column: "activity.text",
        row: row.op_id.0.as_bytes(),
    };
    let text = row.text.as_deref();
    let text = text
        .map(|text| app.keys.decrypt(&place, text))
        .transpose()?;
    let corrections = store::list_corrections(conn, row.op_id).await?;
    Ok(OutreachActivityDetail {
        activity: told(&row),
        author_name: names.get(&row.author_id).cloned().unwrap_or_default(),
        text,
        corrections: corrections.into_iter().map(corrected).collect(),
    })
}

/// Show an activity with its author's words, which may name people: each look is audited.
#[utoipa::path(tag = "activities", security(("session" = [])),
    params(("activity_id" = Uuid, Path, description = "The operation that told of it.")),
    responses((status = OK, description = "The activity.", body = OutreachActivityDetail)))]
#[get("/activities/{activity_id}")]
async fn show_activity(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<Uuid>,
) -> Result<web::Json<OutreachActivityDetail>, Failure> {
    let mut conn = app.pool.get().await?;
    let row = find_in_scope(&app, &mut conn, &caller, OperationId(path.0)).await?;
    let (actor, object) = (Some(caller.account_id), format!("activity:{}", path.0));
    audit::record(
        &mut conn,
        actor,
        "tracking.read_activity",
        &object,
        json!({}),
    )
    .await?;
    Ok(web::Json(detail(&app, &mut conn, row).await?))
}
