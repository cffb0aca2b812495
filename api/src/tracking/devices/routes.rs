//! A phone registers, tells how it fares, and asks for orders; a lead sees them all and says which is
//! lost.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::device::{
    AskOrders, Device, DeviceKey, DeviceOrder, LOSS_REASON_CHARS_MAX, RegisterDevice, ReportDevice,
    SetDeviceLoss, orders_text, registration_text,
};
use mobile_contracts::ids::DeviceId;
use mobile_contracts::page::Page;
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::problem::DeviceProblem;
use super::store;
use crate::app::App;
use crate::db;
use crate::http::client;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::limit::Rate;
use crate::http::page::{Paging, page};
use crate::identity::Caller;
use crate::identity::permission::{CorrectWork, SendWork};
use crate::identity::sessions::store::{Families, bind_family, end_families};
use crate::privacy::audit;
use crate::privacy::free_text::masked;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(register_device)
        .service(list_devices)
        .service(report_device)
        .service(set_device_loss)
        .service(ask_orders);
}

/// A phone registers at every sign-in, and nobody has many.
const REGISTRATIONS: Rate = Rate {
    name: "device-registration",
    per_hour: 60,
    burst: 20,
};

/// Addresses are shared by whole networks.
const ORDERS: Rate = Rate {
    name: "device-orders",
    per_hour: 3_600,
    burst: 120,
};

/// Register this phone with a key of its own, or renew what is known of it. Whoever has another role by now does so
/// too, for as long as their phone has something to send.
#[utoipa::path(tag = "sync", security(("session" = [])), request_body = RegisterDevice, responses(
    (status = CREATED, description = "Registered.", body = Device),
    (status = OK, description = "It was; what is known of it is renewed.", body = Device), DeviceProblem))]
#[post("/devices")]
async fn register_device(
    app: web::Data<App>,
    caller: Caller<SendWork>,
    body: Json<RegisterDevice>,
) -> Result<HttpResponse, Failure> {
    app.limiter.admit(REGISTRATIONS, &caller.actor()).await?;
    let mut faults = name_faults(&body.app, &body.version);
    let key = DeviceKey::from_base64url(&body.public_key);
    let text = registration_text(body.device_id, caller.account_id);
    match &key {
        None => faults.push(FieldError::new(
            "/public_key",
            "KEY",
            "Không phải khóa công khai P-256 (65 byte, base64url).",
            "Not a P-256 public key (65 bytes, base64url).",
        )),
        Some(key) if !key.verifies(&text, &body.signature) => faults.push(FieldError::new(
            "/signature",
            "SIGNATURE",
            "Chữ ký không khớp với khóa, thiết bị và tài khoản này.",
            "The signature does not fit this key, device and account.",
        )),
        Some(_) => {}
    }
    let key = key.filter(|_| faults.is_empty());
    let key = key.ok_or_else(|| Failure::invalid(faults))?.to_bytes();
    let (account_id, family_id) = (caller.account_id, caller.family_id);
    let mut conn = app.pool.get().await?;
    let is_new = store::register(&mut conn, &body, &key, account_id, family_id).await?;
    let row = store::find(&mut conn, body.device_id).await?;
    let row = row.ok_or(DeviceProblem::DeviceNotFound)?;
    if row.account_id != account_id || row.public_key != key {
        return Err(DeviceProblem::DeviceTaken.into());
    }
    if row.lost_at.is_some() {
        return Err(DeviceProblem::DeviceLost.into());
    }
    if body.proves_refreshes == Some(true) {
        bind_family(&mut conn, family_id, &key).await?;
    }
    let status = match is_new {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    Ok(HttpResponse::build(status).json(Device::from(row)))
}

fn name_faults(app: &str, version: &str) -> Vec<FieldError> {
    [("/app", app), ("/version", version)]
        .into_iter()
        .filter(|(_, text)| !(1..=40).contains(&text.chars().count()))
        .map(|(pointer, _)| {
            FieldError::new(
                pointer,
                "LENGTH",
                "Từ 1 đến 40 ký tự.",
                "1 to 40 characters.",
            )
        })
        .collect()
}

/// List the phones of one's unit, and how each fares: what waits on it and since when, how much space it
/// has, whether it is lost.
#[utoipa::path(tag = "sync", params(Paging), security(("session" = [])), responses(
    (status = OK, description = "A page of phones.", body = Page<Device>)))]
#[get("/devices")]
async fn list_devices(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<Device>>, Failure> {
    let query = paging.of(&app.keys, "devices")?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let units = geography.all_answered_for(caller.unit_id, local_day(app.clock.now()));
    let rows = store::list(&mut conn, &units, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.device_id);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(Device::from).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Say how one's own phone fares, for the lead to see. The answer says what the phone has to do.
#[utoipa::path(tag = "sync", security(("session" = [])), request_body = ReportDevice,
    params(("device_id" = DeviceId, Path, description = "Which phone.")),
    responses((status = OK, description = "Written down.", body = DeviceOrder), DeviceProblem))]
#[post("/devices/{device_id}/report")]
async fn report_device(
    app: web::Data<App>,
    caller: Caller<SendWork>,
    path: Path<DeviceId>,
    body: Json<ReportDevice>,
) -> Result<web::Json<DeviceOrder>, Failure> {
    let faults = report_faults(&body);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let mut conn = app.pool.get().await?;
    if !store::report(&mut conn, path.0, caller.account_id, &body).await? {
        return Err(DeviceProblem::DeviceNotFound.into());
    }
    Ok(web::Json(order(store::is_lost(&mut conn, path.0).await?)))
}

fn report_faults(body: &ReportDevice) -> Vec<FieldError> {
    let mut faults = name_faults(&body.app, &body.version);
    let mut wrong = |pointer: &'static str, vi: &'static str, en: &'static str| {
        faults.push(FieldError::new(pointer, "RANGE", vi, en));
    };
    if !(0..=1_000_000).contains(&body.pending) {
        wrong("/pending", "Từ 0 đến 1.000.000.", "0 to 1,000,000.");
    }
    if body
        .storage_free_mb
        .is_some_and(|mb| !(0..=100_000_000).contains(&mb))
    {
        wrong(
            "/storage_free_mb",
            "Từ 0 đến 100.000.000.",
            "0 to 100,000,000.",
        );
    }
    let is_code = |text: &String| {
        let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
        (1..=60).contains(&text.len()) && text.bytes().all(is_known)
    };
    if !body.last_error.as_ref().is_none_or(is_code) {
        let vi = "Chỉ mã lỗi: chữ không dấu, số và _ . : -, tối đa 60 ký tự.";
        wrong(
            "/last_error",
            vi,
            "A code: letters, digits and _ . : -, at most 60.",
        );
    }
    faults
}

fn order(is_lost: bool) -> DeviceOrder {
    DeviceOrder {
        order: if is_lost { "wipe" } else { "none" }.to_owned(),
    }
}

/// Say that a phone of one's unit is lost, or found again.
///
/// Its sign-in ends at once, what still comes from it is held, and it is told to forget everything.
#[utoipa::path(tag = "sync", security(("session" = [])), request_body = SetDeviceLoss,
    params(("registered_device_id" = DeviceId, Path, description = "Which phone.")),
    responses((status = OK, description = "The phone as it is now.", body = Device)))]
#[put("/devices/{registered_device_id}/loss")]
async fn set_device_loss(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<DeviceId>,
    body: Json<SetDeviceLoss>,
) -> Result<web::Json<Device>, Failure> {
    let reason = masked(&body.reason);
    if !(1..=LOSS_REASON_CHARS_MAX).contains(&reason.chars().count()) {
        return Err(Failure::invalid(vec![FieldError::new(
            "/reason",
            "LENGTH",
            "Ghi lý do, tối đa 200 ký tự.",
            "Say why, at most 200 characters.",
        )]));
    }
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let row = store::find(&mut conn, path.0).await?;
    let row = row.ok_or(CommonProblem::NotFound)?;
    caller.require_answerable(&geography, row.unit_id, local_day(app.clock.now()))?;
    let by = caller.account_id;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        if body.lost {
            store::set_lost(conn, path.0, by, &reason).await?;
            let family = Families::One(row.family_id);
            end_families(conn, row.account_id, family, "ended_elsewhere").await?;
        } else {
            store::set_found(conn, path.0).await?;
        }
        let object = format!("device:{}", path.0);
        let detail = json!({ "lost": body.lost });
        audit::record(conn, Some(by), "tracking.set_device_loss", &object, detail).await?;
        Ok(())
    })
    .await?;
    let row = store::find(&mut conn, path.0).await?;
    Ok(web::Json(row.ok_or(CommonProblem::NotFound)?.into()))
}

/// Ask, by the phone's own key and without a session, whether it is lost; and say that it has forgotten
/// everything.
#[utoipa::path(tag = "sync", request_body = AskOrders,
    params(("device_id" = DeviceId, Path, description = "Which phone.")),
    responses((status = OK, description = "What the phone has to do.", body = DeviceOrder), DeviceProblem))]
#[post("/devices/{device_id}/orders")]
async fn ask_orders(
    app: web::Data<App>,
    request: HttpRequest,
    path: Path<DeviceId>,
    body: Json<AskOrders>,
) -> Result<web::Json<DeviceOrder>, Failure> {
    let address = client::of(&request, &app.config.http).map(|address| address.to_string());
    let address = address.as_deref().unwrap_or("local");
    app.limiter.admit(ORDERS, address).await?;
    let mut conn = app.pool.get().await?;
    let row = store::find(&mut conn, path.0).await?;
    let text = orders_text(path.0, body.wiped);
    // A phone that nobody knows and one that did not sign are told the same.
    let row = row
        .filter(|row| {
            DeviceKey::from_bytes(&row.public_key)
                .is_some_and(|key| key.verifies(&text, &body.signature))
        })
        .ok_or(DeviceProblem::DeviceNotFound)?;
    if body.wiped {
        store::set_wiped(&mut conn, path.0).await?;
    }
    Ok(web::Json(order(row.lost_at.is_some())))
}
