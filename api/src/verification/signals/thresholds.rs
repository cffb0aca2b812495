//! From when on something is a signal, over HTTP: read by everybody, set for the whole province.

use actix_web::{get, put, web};
use mobile_contracts::ids::AccountId;
use mobile_contracts::verification::{SetSignalThreshold, SignalRule, SignalThreshold};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::catalogue::{CATALOGUE, Rule, Thresholds};
use super::store;
use crate::app::App;
use crate::db;
use crate::geography::Level;
use crate::http::extract::Json;
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::identity::Caller;
use crate::identity::permission::{ManageSignals, ReadBoards};
use crate::privacy::audit;
use crate::privacy::free_text::masked;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_signal_rules)
        .service(set_signal_threshold);
}

/// List what is looked for, from when on it is too much, and why.
#[utoipa::path(tag = "verification", security(("session" = [])), responses(
    (status = OK, description = "Every rule with its thresholds.", body = Vec<SignalRule>)))]
#[get("/signal-rules")]
async fn list_signal_rules(
    app: web::Data<App>,
    _caller: Caller<ReadBoards>,
) -> Result<web::Json<Vec<SignalRule>>, Failure> {
    let mut conn = app.pool.get().await?;
    let thresholds = store::load_thresholds(&mut conn).await?;
    Ok(web::Json(rules(&thresholds)))
}

fn rules(thresholds: &Thresholds) -> Vec<SignalRule> {
    CATALOGUE
        .iter()
        .map(|entry| SignalRule {
            rule: entry.id.to_owned(),
            severity: entry.severity.as_str().to_owned(),
            title: entry.title.to_owned(),
            thresholds: entry
                .parameters
                .iter()
                .map(|parameter| SignalThreshold {
                    name: parameter.name.to_owned(),
                    value: thresholds.of(entry.rule, parameter.name),
                    default_value: parameter.default,
                    least: parameter.min,
                    most: parameter.max,
                    reason: parameter.reason.to_owned(),
                })
                .collect(),
        })
        .collect()
}

/// Set from when on something is a signal, for the whole province. What was raised stays.
#[utoipa::path(tag = "verification", security(("session" = [])), request_body = SetSignalThreshold, responses(
    (status = OK, description = "Every rule with its thresholds.", body = Vec<SignalRule>)))]
#[put("/signal-thresholds")]
async fn set_signal_threshold(
    app: web::Data<App>,
    caller: Caller<ManageSignals>,
    body: Json<SetSignalThreshold>,
) -> Result<web::Json<Vec<SignalRule>>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let unit = geography.unit(caller.unit_id);
    if unit.is_none_or(|unit| unit.level != Level::Province) {
        return Err(CommonProblem::Forbidden.into());
    }
    check(&body)?;
    let thresholds = db::transaction::<_, Failure>(&mut conn, async |conn| {
        set(conn, caller.account_id, &body).await?;
        Ok(store::load_thresholds(conn).await?)
    })
    .await?;
    Ok(web::Json(rules(&thresholds)))
}

fn check(body: &SetSignalThreshold) -> Result<(), Failure> {
    let mut faults = Vec::new();
    match Rule::parse(&body.rule).and_then(|rule| rule.parameter(&body.name)) {
        None => faults.push(FieldError::new(
            "/name",
            "UNKNOWN",
            "Không có ngưỡng này; xem danh sách ở /signal-rules.",
            "There is no such threshold; see /signal-rules.",
        )),
        Some(known) if !(known.min..=known.max).contains(&body.value) => {
            faults.push(FieldError::new(
                "/value",
                "RANGE",
                format!("Giá trị từ {} đến {}.", known.min, known.max),
                format!("A value is {} to {}.", known.min, known.max),
            ));
        }
        Some(_) => {}
    }
    if !(1..=200).contains(&body.reason.trim().chars().count()) {
        faults.push(FieldError::new(
            "/reason",
            "LENGTH",
            "Ghi lý do, tối đa 200 ký tự.",
            "Say why, in at most 200 characters.",
        ));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

async fn set(conn: &mut db::Conn, by: AccountId, body: &SetSignalThreshold) -> Result<(), Failure> {
    let what = (body.rule.as_str(), body.name.as_str(), body.value);
    store::upsert_threshold(conn, what, &masked(&body.reason), by).await?;
    let detail = json!({ "name": body.name, "value": body.value });
    let object = format!("signal_rule:{}", body.rule);
    audit::record(
        conn,
        Some(by),
        "verification.set_threshold",
        &object,
        detail,
    )
    .await?;
    Ok(())
}
