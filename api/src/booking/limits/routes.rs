//! Lifting the limits, by somebody who answers for it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use chrono::TimeDelta;
use mobile_contracts::booking::{LiftLimits, LiftedLimits};
use mobile_contracts::calendar::local_day;
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::store::{self, Lifted};
use crate::app::App;
use crate::booking::appointments::party::blind_of;
use crate::db;
use crate::http::extract::Json;
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::identity::permission::LiftBookingLimits;
use crate::identity::{self, Caller};
use crate::privacy::audit;
use crate::privacy::free_text::masked;

/// Longest that limits stay lifted, in hours.
const HOURS_MAX: u16 = 168;

/// Mounts lifting.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(lift_limits);
}

/// Lift the limits on booking for a citizen or a helper, for some hours and with a reason.
///
/// For a citizen who cancelled too often, or for a helper of one's own unit who books for many.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = LiftLimits, responses(
    (status = CREATED, description = "Lifted.", body = LiftedLimits)))]
#[post("/booking-limits/lifts")]
async fn lift_limits(
    app: web::Data<App>,
    caller: Caller<LiftBookingLimits>,
    body: Json<LiftLimits>,
) -> Result<HttpResponse, Failure> {
    let whom = check(&app, &body)?;
    if let Lifted::Helper(account_id) = &whom {
        let mut conn = app.pool.get().await?;
        let helper = identity::find_account(&mut conn, *account_id).await?;
        let unit_id = helper.ok_or(CommonProblem::NotFound)?.unit_id;
        let geography = app.geography(&mut conn).await?;
        caller.require_unit(&geography, unit_id, local_day(app.clock.now()))?;
    }
    let now = app.clock.now();
    let until = now + TimeDelta::hours(body.hours.into());
    let mut conn = app.pool.get().await?;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let reason = masked(&body.reason);
        let lift_id =
            store::insert_lift(conn, &whom, &reason, caller.account_id, now, until).await?;
        let (object, detail) = (format!("limit_lift:{lift_id}"), json!({ "until": until }));
        let actor = Some(caller.account_id);
        audit::record(conn, actor, "booking.lift_limits", &object, detail).await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::build(StatusCode::CREATED).json(LiftedLimits { until }))
}

fn check(app: &App, body: &LiftLimits) -> Result<Lifted, Failure> {
    let mut faults = Vec::new();
    let mut wrong = |pointer: &'static str, code: &'static str, vi: &str, en: &str| {
        faults.push(FieldError::new(pointer, code, vi.to_owned(), en.to_owned()));
    };
    if !(1..=HOURS_MAX).contains(&body.hours) {
        wrong("/hours", "RANGE", "Từ 1 đến 168 giờ.", "1 to 168 hours.");
    }
    if !(1..=300).contains(&body.reason.trim().chars().count()) {
        let (vi, en) = (
            "Ghi lý do, tối đa 300 ký tự.",
            "Say why, at most 300 characters.",
        );
        wrong("/reason", "LENGTH", vi, en);
    }
    let whom = match (&body.id_number, body.account_id) {
        (Some(typed), None) => match blind_of(&app.keys, typed, app.clock.now()) {
            Ok(blind) => Some(Lifted::Citizen(blind)),
            Err((code, vi, en)) => {
                wrong("/id_number", code, &vi, &en);
                None
            }
        },
        (None, Some(helper_id)) => Some(Lifted::Helper(helper_id)),
        _ => {
            let vi =
                "Ghi số định danh của công dân hoặc mã tài khoản của người giúp, một trong hai.";
            wrong(
                "/id_number",
                "ONE_OF",
                vi,
                "Name a citizen or a helper, one of them.",
            );
            None
        }
    };
    match whom {
        Some(whom) if faults.is_empty() => Ok(whom),
        _ => Err(Failure::invalid(faults)),
    }
}
