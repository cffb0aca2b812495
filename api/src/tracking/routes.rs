//! What phones say and ask: push, look up; single records; what a phone has sent.

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use mobile_contracts::VERSION;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, DeviceId};
use mobile_contracts::tracking::{
    DECIDED_KEPT_DAYS, DeviceStatement, LookUpOperations, LookedUpOperations, OPS_PER_LOOKUP_MAX,
    OPS_PER_PUSH_MAX, OPS_WAITING_MAX, OperationResult, PROTOCOL, PushOperations, PushedOperations,
    RecordOperation, SealingKey, ServerMeta, SyncLimits,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa_actix_web::service_config::ServiceConfig;

use super::batch;
use super::client::{CLIENT_MEANING, require_current};
use super::code::Code;
use super::devices;
use super::judging::rules::{Receipt, Sender};
use super::ledger::entry::{Reader, entry};
use super::ledger::{self, statement, store};
use super::problem::{ClientProblem, TrackingProblem};
use super::reading::Kind;
use super::requests::answer::answer_requests;
use crate::app::App;
use crate::db::Conn;
use crate::http::extract::{BATCH_BODY_BYTES_MAX, Json, JsonParts, Path};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::limit::Rate;
use crate::http::observe::RequestId;
use crate::identity::Caller;
use crate::identity::permission::{CorrectWork, Permission, ReadOwnWork, RecordWork, SendWork};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(show_meta)
        .service(push_operations)
        .service(look_up_operations)
        .service(record_operation)
        .service(correct_operation)
        .service(ledger::routes::show_ledger)
        .service(show_statement);
}

/// What could not be written in a hurry is soon free again.
const BUSY_RETRY_S: u32 = 60;

/// From so many digits on something may be a phone number or an ID number.
const PHONE_DIGITS_MIN: usize = 9;

/// A backlog of a whole week goes up at once, two batches a second.
const PUSHES: Rate = Rate {
    name: "push",
    per_hour: 7_200,
    burst: 120,
};

/// Show what a phone must know before it signs in: time, epoch, limits, the sealing key.
#[utoipa::path(tag = "sync", responses(
    (status = OK, description = "The server as phones see it.", body = ServerMeta)))]
#[get("/meta")]
async fn show_meta(app: web::Data<App>) -> Result<HttpResponse, Failure> {
    let epoch = store::get_epoch(&mut *app.pool.get().await?).await?;
    let meta = ServerMeta {
        server_time: app.clock.now(),
        epoch: epoch.to_string(),
        api_version: "v1".to_owned(),
        contract_version: VERSION.to_owned(),
        client_min: app.config.phones.client_min.to_string(),
        banner: app.config.phones.banner.clone(),
        protocols: vec![PROTOCOL],
        limits: SyncLimits {
            ops_per_push: OPS_PER_PUSH_MAX as u32,
            bytes_per_push: BATCH_BODY_BYTES_MAX as u32,
            ops_per_lookup: OPS_PER_LOOKUP_MAX as u32,
            subjects_per_day: app.config.sync.subjects_per_day,
            sync_every_s: Some(app.config.phones.sync_every_s),
            backoff_max_s: Some(app.config.phones.backoff_max_s),
            check_every_s: Some(app.config.phones.check_every_s),
            ops_waiting_max: Some(OPS_WAITING_MAX),
            decided_kept_days: Some(DECIDED_KEPT_DAYS),
        },
        sealing_key: SealingKey {
            kid: app.sealing.kid().as_str().to_owned(),
            public_key: app.sealing.public_key().to_base64url(),
        },
    };
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(meta))
}

/// Push a batch of operations.
///
/// Each operation is judged alone and gets a result of its own: one that cannot be understood is
/// held and blocks no other. A batch may be sent again, cut differently, in any order: nothing counts
/// twice. Whoever has another role by now still sends what they recorded: it is held for a lead.
#[utoipa::path(tag = "sync", request_body = PushOperations, security(("session" = [])), responses(
    (status = OK, description = "A result for each operation, in their order.", body = PushedOperations),
    TrackingProblem))]
#[post("/sync/push")]
async fn push_operations(
    app: web::Data<App>,
    caller: Caller<SendWork>,
    request: HttpRequest,
    body: JsonParts<PushOperations, BATCH_BODY_BYTES_MAX>,
) -> Result<web::Json<PushedOperations>, Failure> {
    let push = body.0;
    log_attempt(&request, &push);
    if push.protocol != PROTOCOL {
        return Err(TrackingProblem::ProtocolUnknown.into());
    }
    if push.ops.len() > OPS_PER_PUSH_MAX {
        return Err(TrackingProblem::BatchTooLarge.into());
    }
    app.limiter.admit(PUSHES, &caller.actor()).await?;
    let receipt = Receipt::new(app.clock.now(), push.client_time);
    let sender = sender(&caller, push.device_id);
    // Those of other days are tried at every pull.
    let asks = push.ops.iter().any(|op| may_ask(op));
    let results = batch::record_batch(&app, &sender, &receipt, push.ops).await?;
    if asks {
        answer_requests(&app, caller.account_id).await;
    }
    let epoch = store::get_epoch(&mut *app.pool.get().await?).await?;
    Ok(web::Json(PushedOperations {
        server_time: receipt.received_at,
        epoch: epoch.to_string(),
        results,
    }))
}

/// Says which attempt of a phone this request is, so that what its owner reads out finds it in the log.
fn log_attempt(request: &HttpRequest, push: &PushOperations) {
    let request_id = request.extensions().get::<RequestId>().copied();
    let client = push.client.as_ref();
    tracing::debug!(
        request_id = request_id.map(|id| tracing::field::display(id.0)),
        push_id = push.push_id.map(tracing::field::display),
        app = client.and_then(|client| loggable(&client.app)),
        version = client.and_then(|client| loggable(&client.version)),
        ops = push.ops.len(),
        pending_after = push.pending_after,
        "a phone pushes"
    );
}

/// What may be the name or the version of an app. Any other word may be about somebody.
fn loggable(word: &str) -> Option<&str> {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte);
    let is_number = word.bytes().filter(u8::is_ascii_digit).count() >= PHONE_DIGITS_MIN;
    ((1..=40).contains(&word.len()) && word.bytes().all(is_known) && !is_number).then_some(word)
}

/// Whether an operation may ask for an appointment; most do not, and a push of them asks for nothing.
fn may_ask(op: &RawValue) -> bool {
    op.get().contains(Kind::RequestAppointment.as_str())
}

fn sender<P>(caller: &Caller<P>, device_id: DeviceId) -> Sender {
    Sender {
        account_id: caller.account_id,
        mass_union: caller.mass_union,
        unit_id: caller.unit_id,
        device_id: Some(device_id),
        device_is_lost: false,
        may_record: RecordWork::ROLES.contains(&caller.role),
        may_correct: CorrectWork::ROLES.contains(&caller.role),
        confirms_as: None,
    }
}

/// Record one operation at once.
///
/// The operation's own id makes it safe to repeat, here and in a push.
#[utoipa::path(tag = "sync", request_body = RecordOperation, security(("session" = [])), responses(
    (status = CREATED, description = "Stored, with this result.", body = OperationResult),
    (status = OK, description = "It was stored before: the same result again.", body = OperationResult)))]
#[post("/records")]
async fn record_operation(
    app: web::Data<App>,
    caller: Caller<RecordWork>,
    body: Json<RecordOperation>,
) -> Result<HttpResponse, Failure> {
    let sender = sender(&caller, body.device_id);
    record_one(&app, &sender, body.0).await
}

/// Take back what somebody else recorded: an operation of kind void, by a lead or a commander whose
/// unit covers the village.
#[utoipa::path(tag = "sync", request_body = RecordOperation, security(("session" = [])), responses(
    (status = CREATED, description = "Stored, with this result.", body = OperationResult),
    (status = OK, description = "It was stored before: the same result again.", body = OperationResult)))]
#[post("/corrections")]
async fn correct_operation(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    body: Json<RecordOperation>,
) -> Result<HttpResponse, Failure> {
    #[derive(Deserialize)]
    struct Head {
        kind: String,
    }
    let head = serde_json::from_str::<Head>(body.operation.get());
    if !head.is_ok_and(|head| head.kind == "void") {
        return Err(Failure::invalid(vec![FieldError::new(
            "/operation/kind",
            "ONE_OF",
            "Chỉ nhận thao tác hủy (void).",
            "Only an operation of kind void.",
        )]));
    }
    let sender = Sender {
        may_record: true,
        ..sender(&caller, body.device_id)
    };
    record_one(&app, &sender, body.0).await
}

async fn record_one(
    app: &App,
    sender: &Sender,
    body: RecordOperation,
) -> Result<HttpResponse, Failure> {
    app.limiter
        .admit(PUSHES, &format!("account:{}", sender.account_id))
        .await?;
    let receipt = Receipt::new(app.clock.now(), body.client_time);
    let asks = may_ask(&body.operation);
    let ops: Vec<Box<RawValue>> = vec![body.operation];
    let results = batch::record_batch(app, sender, &receipt, ops).await?;
    if asks {
        answer_requests(app, sender.account_id).await;
    }
    let result = results
        .into_iter()
        .next()
        .ok_or_else(|| Failure::internal("one operation has one result"))?;
    let status = match (result.result.as_str(), &result.op_id) {
        ("retry", _) => {
            return Err(Failure::from(CommonProblem::TooManyRequests)
                .retry_after(result.retry_after_s.unwrap_or(BUSY_RETRY_S))
                .saying(result.message.unwrap_or_default(), "Try again later."));
        }
        (_, None) => {
            return Err(Failure::invalid(vec![FieldError::new(
                "/operation/op_id",
                "OP_ID_MISSING",
                Code::OpIdMissing.message(),
                "The operation has no id that can be read.",
            )]));
        }
        ("replayed", _) => StatusCode::OK,
        _ => StatusCode::CREATED,
    };
    Ok(HttpResponse::build(status).json(result))
}

/// Ask what became of one's own operations, whatever one's role is by now.
#[utoipa::path(tag = "sync", request_body = LookUpOperations, security(("session" = [])),
    params(("X-Client" = Option<String>, Header, description = CLIENT_MEANING, example = "to06-web/1.8.2")),
    responses(
    (status = OK, description = "Those that are stored.", body = LookedUpOperations), TrackingProblem,
    ClientProblem))]
#[post("/sync/ops:lookup")]
async fn look_up_operations(
    app: web::Data<App>,
    caller: Caller<ReadOwnWork>,
    request: HttpRequest,
    body: Json<LookUpOperations>,
) -> Result<web::Json<LookedUpOperations>, Failure> {
    require_current(&app, &request)?;
    if body.op_ids.len() > OPS_PER_LOOKUP_MAX {
        return Err(TrackingProblem::BatchTooLarge.into());
    }
    let mut conn = app.pool.get().await?;
    let rows = store::look_up(&mut conn, caller.account_id, &body.op_ids).await?;
    let reader = Reader::of(caller.role, &app.keys);
    Ok(web::Json(LookedUpOperations {
        results: rows.into_iter().map(|row| entry(reader, row)).collect(),
    }))
}

/// State what came of one phone's operations, by its own count: "1 to 812 decided, 3 held, 0 missing".
///
/// Of the operations that the caller sent from it, if it is their own or nobody's. Whoever sees the phones of a unit
/// may ask of one of those, and is told of what its account sent from it. A phone forgets none before this says that
/// it came.
#[utoipa::path(tag = "sync", security(("session" = [])),
    params(("device_id" = DeviceId, Path, description = "Which phone.")),
    responses((status = OK, description = "The statement.", body = DeviceStatement)))]
#[get("/devices/{device_id}/statement")]
async fn show_statement(
    app: web::Data<App>,
    caller: Caller<SendWork>,
    path: Path<DeviceId>,
) -> Result<web::Json<DeviceStatement>, Failure> {
    let as_of = app.clock.now();
    let mut conn = app.pool.get().await?;
    let author = author_of(&app, &mut conn, &caller, path.0, local_day(as_of)).await?;
    let statement = statement::state(&mut conn, author, path.0, as_of).await?;
    Ok(web::Json(statement))
}

/// Whose operations a statement is about. Whoever has sent anything is told of that, whoever registered the phone:
/// by it their app forgets. A phone of somebody else answers like a missing one, and so does every other phone where
/// somebody signed in on one that is lost.
async fn author_of(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<SendWork>,
    device_id: DeviceId,
    on: NaiveDate,
) -> Result<AccountId, Failure> {
    let own = caller.account_id;
    let device = devices::store::find(conn, device_id).await?;
    let Some(device) = device.filter(|device| device.account_id != own) else {
        return Ok(own);
    };
    if statement::has_sent(conn, own, device_id).await? {
        return Ok(own);
    }
    if !caller.may::<CorrectWork>() || statement::is_of_lost_phone(conn, caller.family_id).await? {
        return Err(CommonProblem::NotFound.into());
    }
    let geography = app.geography(conn).await?;
    caller.require_answerable(&geography, device.unit_id, on)?;
    Ok(device.account_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_the_name_of_an_app_is_logged() {
        for word in ["pwa", "vn.to06-app", "1.8.2", "2026.12.1+7"] {
            assert_eq!(loggable(word), Some(word));
        }
        for word in [
            "",
            "Nguyễn Thị Thử",
            "Nguyen Thu",
            "0912345678",
            "058.190.123.456",
        ] {
            assert_eq!(loggable(word), None, "{word}");
        }
        assert_eq!(loggable(&"a".repeat(41)), None);
    }
}
