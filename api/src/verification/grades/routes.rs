//! Grades over HTTP.

use actix_web::{get, web};
use chrono::NaiveDate;
use diesel::QueryResult;
use mobile_contracts::calendar::local_day;
use mobile_contracts::grade::Grade;
use mobile_contracts::ids::UnitId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::grades_of;
use crate::app::App;
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::extract::Query;
use crate::http::failure::Failure;
use crate::identity::Caller;
use crate::identity::permission::ReadBoards;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_grades);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GradesOf {
    /// This unit and the communes within it; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    within: Option<UnitId>,
}

/// List how far the numbers of a unit and of each commune within it can be trusted: the unit first, then its
/// communes by name.
#[utoipa::path(tag = "verification", security(("session" = [])), params(GradesOf), responses(
    (status = OK, description = "A grade for each.", body = Vec<Grade>)))]
#[get("/grades")]
async fn list_grades(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    of: Query<GradesOf>,
) -> Result<web::Json<Vec<Grade>>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let within = of.within.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, within, today)?;
    Ok(web::Json(
        told_of(&mut conn, &geography, within, today).await?,
    ))
}

/// The grade of a unit, then those of its communes by name.
///
/// # Errors
/// When the database cannot.
pub async fn told_of(
    conn: &mut Conn,
    geography: &Geography,
    within: UnitId,
    today: NaiveDate,
) -> QueryResult<Vec<Grade>> {
    let mut units = vec![within];
    let communes = geography.within(within, Level::Commune, today);
    units.extend(communes.into_iter().filter(|commune| *commune != within));
    grades_of(conn, geography, &units, today).await
}
