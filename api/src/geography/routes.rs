//! Finding units, and seeing what became of them. Public: nothing here concerns a person.

use actix_web::{get, web};
use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::geography::{Unit, UnitHistory, UnitSuccession};
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::problem::GeographyProblem;
use super::rules::{Geography, Level, Succession};
use crate::app::App;
use crate::http::extract::{Path, Query};
use crate::http::failure::{Failure, FieldError};
use crate::http::page::{PageQuery, page};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_units).service(show_unit);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UnitFilter {
    /// Words of the name, marks and case aside; the names above count too: `thon 1 bac ai tay`.
    #[param(max_length = 100, example = "bac ai")]
    q: Option<String>,
    /// province, district, commune or village.
    #[param(example = "commune")]
    level: Option<String>,
    /// Only within this unit.
    #[param(value_type = Option<i32>, minimum = 1)]
    within: Option<UnitId>,
    /// The day as of which units are told; today if left out.
    on: Option<NaiveDate>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Find units by name, level and place, as of any day.
#[utoipa::path(tag = "geography", params(UnitFilter), responses(
    (status = OK, description = "A page of units, the best matches first.", body = Page<Unit>)))]
#[get("/units")]
async fn list_units(
    app: web::Data<App>,
    filter: Query<UnitFilter>,
) -> Result<web::Json<Page<Unit>>, Failure> {
    let query = PageQuery::read(&app.keys, "units", filter.cursor.as_deref(), filter.limit)?;
    let level = filter.level.as_deref().map(read_level).transpose()?;
    let words = filter.q.as_deref().unwrap_or_default();
    if words.chars().count() > 100 {
        return Err(invalid(
            "?q",
            "LENGTH",
            "Từ khóa tối đa 100 ký tự.",
            "At most 100 characters.",
        ));
    }
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let day = filter.on.unwrap_or_else(|| local_day(app.clock.now()));
    let skip: usize = query.after()?.unwrap_or(0);
    let found: Vec<(usize, UnitId)> = geography
        .search(words, level, filter.within, day)
        .into_iter()
        .enumerate()
        .skip(skip)
        .take(query.rows() as usize)
        .collect();
    let page = page(&app.keys, &query, found, |(position, _)| position + 1)
        .try_map(|(_, id)| unit_on(&geography, id, day).ok_or(GeographyProblem::UnitNotFound))?;
    Ok(web::Json(page))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AsOf {
    /// The day as of which the unit is told; today if left out, or its last day if it has ended.
    on: Option<NaiveDate>,
}

/// Show a unit, what is within it, and what became of it.
#[utoipa::path(tag = "geography",
    params(("unit_id" = UnitId, Path, description = "Which unit."), AsOf),
    responses((status = OK, description = "The unit.", body = UnitHistory), GeographyProblem))]
#[get("/units/{unit_id}")]
async fn show_unit(
    app: web::Data<App>,
    path: Path<UnitId>,
    as_of: Query<AsOf>,
) -> Result<web::Json<UnitHistory>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let unit = geography
        .unit(path.0)
        .ok_or(GeographyProblem::UnitNotFound)?;
    let today = local_day(app.clock.now());
    let last_day = unit.valid_to.and_then(|to| to.pred_opt());
    let day = as_of
        .on
        .unwrap_or_else(|| last_day.map_or(today, |last| last.min(today)));
    let unit = unit_on(&geography, path.0, day).ok_or(GeographyProblem::UnitNotFound)?;
    let children = geography
        .children_on(path.0, day)
        .iter()
        .filter_map(|child| unit_on(&geography, child.unit_id, day))
        .collect();
    let tell = |succession: &Succession, other: UnitId, day: NaiveDate| UnitSuccession {
        unit_id: other,
        label: geography.label_on(other, day),
        on_date: succession.on_date,
        share: succession.share.clone(),
        villages: succession.villages.clone(),
    };
    Ok(web::Json(UnitHistory {
        unit,
        children,
        successors: geography
            .successors(path.0)
            .map(|succession| tell(succession, succession.successor_id, succession.on_date))
            .collect(),
        predecessors: geography
            .predecessors(path.0)
            .map(|succession| {
                let last_day = succession.on_date.pred_opt().unwrap_or(succession.on_date);
                tell(succession, succession.unit_id, last_day)
            })
            .collect(),
    }))
}

/// A unit as it was on that day; `None` if it was not there.
pub fn unit_on(geography: &Geography, id: UnitId, day: NaiveDate) -> Option<Unit> {
    let unit = geography.unit(id).filter(|unit| unit.is_valid_on(day))?;
    Some(Unit {
        unit_id: id,
        code: unit.code.clone(),
        name: geography.name_on(id, day),
        label: geography.label_on(id, day),
        level: unit.level.as_str().to_owned(),
        kind: unit.kind.clone(),
        class: unit.class.clone(),
        valid_from: unit.valid_from,
        valid_to: unit.valid_to,
        parent_id: geography.parent_on(id, day),
    })
}

fn read_level(word: &str) -> Result<Level, Failure> {
    Level::parse(word).ok_or_else(|| {
        invalid(
            "?level",
            "ONE_OF",
            "level là province, district, commune hoặc village.",
            "level is province, district, commune or village.",
        )
    })
}

fn invalid(
    pointer: &'static str,
    code: &'static str,
    vi: &'static str,
    en: &'static str,
) -> Failure {
    Failure::invalid(vec![FieldError::new(pointer, code, vi, en)])
}
