//! Who checks a lot, and who is late, to who answers for the place: never what citizens have said.

use actix_web::{get, post, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::sampling::{PassOverVerifier, PassedOver, Verifier};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rules::{due_on, is_late};
use super::store;
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::extract::{Json, Path};
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::permission::CorrectWork;
use crate::identity::{self, Caller};
use crate::verification::sampling::problem::SamplingProblem;
use crate::verification::sampling::store::{DrawRow, find_draw, lock_draw};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_verifiers).service(pass_over_verifier);
}

fn covered(
    app: &App,
    caller: &Caller<CorrectWork>,
    geography: &Geography,
    draw: Option<DrawRow>,
) -> Result<DrawRow, Failure> {
    let draw = draw.ok_or(CommonProblem::NotFound)?;
    caller.require_answerable(geography, draw.commune_id, local_day(app.clock.now()))?;
    Ok(draw)
}

/// List who checks the records of a draw, who is late first: how much they have told, and not what.
#[utoipa::path(tag = "verification", security(("session" = [])),
    params(("draw_id" = Uuid, Path, description = "Which draw.")),
    responses((status = OK, description = "Everybody who checks it.", body = Vec<Verifier>)))]
#[get("/draws/{draw_id}/verifiers")]
async fn list_verifiers(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<Uuid>,
) -> Result<web::Json<Vec<Verifier>>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let draw = find_draw(&mut conn, path.0).await?;
    covered(&app, &caller, &geography, draw)?;
    Ok(web::Json(told(&app, &mut conn, path.0).await?))
}

async fn told(app: &App, conn: &mut Conn, draw_id: Uuid) -> Result<Vec<Verifier>, Failure> {
    let rows = store::list_verifiers(conn, draw_id).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.account_id).collect();
    let mut names = identity::names_of(conn, &app.keys, &ids).await?;
    let today = local_day(app.clock.now());
    Ok(rows
        .into_iter()
        .map(|row| Verifier {
            account_id: row.account_id,
            name: names.remove(&row.account_id),
            told: u32::try_from(row.told).unwrap_or(u32::MAX),
            open: row.open_since.len() as u32,
            late: row
                .open_since
                .iter()
                .filter(|since| is_late(**since, today))
                .count() as u32,
            due_on: row.open_since.first().copied().map(due_on),
        })
        .collect())
}

/// Give to others what somebody was to check and has not told, before it goes by itself.
///
/// The seed picks who, so that nobody chooses; what nobody else may check stays. Again gives nothing more.
#[utoipa::path(tag = "verification", security(("session" = [])), request_body = PassOverVerifier,
    params(("draw_id" = Uuid, Path, description = "Which draw.")),
    responses((status = OK, description = "How much was given to others.", body = PassedOver), SamplingProblem))]
#[post("/draws/{draw_id}/passed-over")]
async fn pass_over_verifier(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<Uuid>,
    body: Json<PassOverVerifier>,
) -> Result<web::Json<PassedOver>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let (of, by) = (body.account_id, caller.account_id);
    let given = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let draw = lock_draw(conn, path.0).await?;
        let draw = covered(&app, &caller, &geography, draw)?;
        // Nobody has a say in who checks their own.
        if caller.mass_union.as_str() == draw.mass_union {
            return Err(SamplingProblem::OwnLot.into());
        }
        if draw.state != "drawn" {
            return Ok(0);
        }
        super::give_to_others(conn, &geography, &draw, of, by, today).await
    })
    .await?;
    Ok(web::Json(PassedOver {
        given: given as u32,
    }))
}
