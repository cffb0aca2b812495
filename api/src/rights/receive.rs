//! Receiving: from the person who stands there, or from whoever has the code and secret of an appointment.
//! What comes back says the same whether anything is kept of them or not.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use mobile_contracts::booking::AppointmentKey;
use mobile_contracts::calendar::local_day;
use mobile_contracts::page::Page;
use mobile_contracts::rights::{
    AskForRights, ConsentText, ReceiveRightsRequest, ReceivedRightsRequest, ReceivedRightsRequests,
    RightsKind, TakeBackRights,
};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::problem::RightsProblem;
use super::rules;
use super::store::{self, ANSWER, Asker, OwnHash, RequestRow, Shown};
use crate::app::App;
use crate::booking::appointments::in_person;
use crate::booking::appointments::routes::{admit_lookup, open_appointment};
use crate::booking::appointments::store::AppointmentRow;
use crate::booking::calendar::store::load_calendar;
use crate::booking::problem::BookingProblem;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::limit::Rate;
use crate::http::page::{Paging, page};
use crate::identity::Caller;
use crate::identity::permission::ReceiveRights;
use crate::identity::rules::normalise_code;
use crate::privacy::audit;
use crate::privacy::free_text::masked;
use crate::tracking::citizen::{self, By};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(show_consent_text)
        .service(receive_rights_request)
        .service(list_received_rights_requests)
        .service(ask_for_rights)
        .service(find_own_rights_requests)
        .service(take_back_rights_request);
}

/// Few people an hour ask for this; more would be a list of numbers being tried.
const RECEIVED_PER_ACCOUNT: Rate = Rate {
    name: "rights-received",
    per_hour: 60,
    burst: 20,
};

/// Show what people are told before they agree to be recorded.
#[utoipa::path(tag = "rights", responses(
    (status = OK, description = "The text that holds now.", body = ConsentText)))]
#[get("/rights/consent-text")]
async fn show_consent_text() -> web::Json<ConsentText> {
    web::Json(rules::consent_text())
}

/// Receive a request from the person who stands there: with their card, whoever they are, or somebody
/// without one who was recorded within one's unit.
///
/// Asking again for the same changes nothing and gives the open request. Whoever answers for the person's
/// village decides. The answer does not say whether anything is kept.
#[utoipa::path(tag = "rights", security(("session" = [])), request_body = ReceiveRightsRequest, responses(
    (status = OK, description = "They had asked for it already.", body = ReceivedRightsRequest),
    (status = CREATED, description = "Received.", body = ReceivedRightsRequest)))]
#[post("/rights-requests")]
async fn receive_rights_request(
    app: web::Data<App>,
    caller: Caller<ReceiveRights>,
    body: Json<ReceiveRightsRequest>,
) -> Result<HttpResponse, Failure> {
    check(&body)?;
    app.limiter
        .admit(RECEIVED_PER_ACCOUNT, &caller.actor())
        .await?;
    let mut conn = app.pool.get().await?;
    let asker = match (&body.card_number, body.recorded_person_id) {
        (Some(typed), _) => {
            let blind = in_person::read_card(&app.keys, "/card_number", typed, app.clock.now())?;
            let tail = tail_of(typed);
            let found = citizen::find(&mut conn, By::Number(&blind)).await?;
            Asker {
                unit_id: found
                    .as_ref()
                    .map_or(caller.unit_id, |found| found.village_id),
                person_id: found.map(|found| found.person_id),
                number: Some((blind, tail)),
                shown_by: Shown::Card(caller.account_id),
            }
        }
        (None, Some(person_id)) => {
            let geography = app.geography(&mut conn).await?;
            let found = citizen::find(&mut conn, By::Person(person_id)).await?;
            let found = found.ok_or(CommonProblem::NotFound)?;
            caller.require_answerable(&geography, found.village_id, local_day(app.clock.now()))?;
            Asker {
                unit_id: found.village_id,
                person_id: Some(found.person_id),
                number: found.subject_blind.zip(found.id_tail),
                shown_by: Shown::Staff(caller.account_id),
            }
        }
        (None, None) => return Err(one_of()),
    };
    let (row, is_new) = receive(&app, &mut conn, body.kind, &asker, body.words.as_deref()).await?;
    answer(&app, &row, is_new)
}

fn check(body: &ReceiveRightsRequest) -> Result<(), Failure> {
    let mut faults = rules::check_words(body.words.as_deref());
    if body.card_number.is_some() == body.recorded_person_id.is_some() {
        faults.push(one_of_fault());
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

fn one_of() -> Failure {
    Failure::invalid(vec![one_of_fault()])
}

fn one_of_fault() -> FieldError {
    FieldError::new(
        "/card_number",
        "ONE_OF",
        "Ghi số trên thẻ, hoặc chọn người đã được ghi nhận; không cả hai.",
        "Give the number on the card, or somebody who was recorded; not both.",
    )
}

/// The last four digits of a number that was read already.
fn tail_of(typed: &str) -> String {
    let digits: Vec<char> = typed.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(4)..].iter().collect()
}

/// Writes a request with its days, and who received it into the audit trail.
async fn receive(
    app: &App,
    conn: &mut Conn,
    kind: RightsKind,
    asker: &Asker,
    words: Option<&str>,
) -> Result<(RequestRow, bool), Failure> {
    let words = words.map(masked);
    let words = words.as_deref();
    let today = local_day(app.clock.now());
    db::transaction::<_, Failure>(conn, async |conn| {
        let calendar = load_calendar(conn).await?;
        let due = rules::due(&calendar, kind, today);
        let (row, is_new) = store::insert_request(conn, &app.keys, kind, asker, words, due).await?;
        if is_new {
            let actor = row.received_by;
            let detail =
                json!({ "kind": row.kind, "shown_by": row.shown_by, "due_on": row.due_on });
            audit::record(conn, actor, "rights.receive", &object(&row), detail).await?;
        }
        Ok((row, is_new))
    })
    .await
}

/// A request in the audit trail.
pub fn object(row: &RequestRow) -> String {
    format!("rights_request:{}", row.rights_request_id)
}

fn answer(app: &App, row: &RequestRow, is_new: bool) -> Result<HttpResponse, Failure> {
    let status = match is_new {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    Ok(HttpResponse::build(status).json(tell(app, row)?))
}

fn tell(app: &App, row: &RequestRow) -> Result<ReceivedRightsRequest, Failure> {
    Ok(ReceivedRightsRequest {
        rights_request_id: row.rights_request_id,
        kind: row.kind.clone(),
        state: row.state.clone(),
        received_at: row.received_at,
        acknowledge_by: row.acknowledge_by,
        due_on: row.due_on,
        ground: row.ground.clone(),
        answer: row.read(&app.keys, ANSWER, &row.answer)?,
        settled_at: row.settled_at,
        procedure: rules::procedure(row.kind(), row.due()),
    })
}

/// List the requests that one received oneself, and what became of them. What was answered is for the person alone,
/// and not told here.
#[utoipa::path(tag = "rights", security(("session" = [])), params(Paging), responses(
    (status = OK, description = "The newest first.", body = Page<ReceivedRightsRequest>)))]
#[get("/me/rights-requests")]
async fn list_received_rights_requests(
    app: web::Data<App>,
    caller: Caller<ReceiveRights>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<ReceivedRightsRequest>>, Failure> {
    let query = paging.of(&app.keys, "received-rights-requests")?;
    let mut conn = app.pool.get().await?;
    let (after, limit) = (query.after()?, query.rows());
    let rows = store::list_received(&mut conn, caller.account_id, after, limit).await?;
    let page = page(&app.keys, &query, rows, |row| row.rights_request_id);
    let unanswered = |row: RequestRow| RequestRow {
        answer: None,
        ..row
    };
    let items: Result<Vec<_>, Failure> = page
        .items
        .into_iter()
        .map(|row| tell(&app, &unanswered(row)))
        .collect();
    Ok(web::Json(Page {
        items: items?,
        next_cursor: page.next_cursor,
    }))
}

/// The appointment of a code and secret, at a rate at which nobody guesses them.
async fn own(
    app: &App,
    request: &HttpRequest,
    conn: &mut Conn,
    code: &str,
    secret: &str,
) -> Result<AppointmentRow, Failure> {
    admit_lookup(app, request).await?;
    let key = AppointmentKey {
        code: code.to_owned(),
        secret: secret.to_owned(),
    };
    open_appointment(app, conn, &key).await
}

/// The code and secret as they are remembered with what was asked for.
fn own_hash(app: &App, code: &str, secret: &str) -> OwnHash {
    let (code, secret) = (normalise_code(code), normalise_code(secret));
    let parts = [code.as_bytes(), secret.as_bytes()];
    app.keys.lasting_mac("rights/own/v1", &parts)
}

/// What was asked for with a code and secret: those of an appointment as it is now, or as it was before it was
/// emptied, so that nobody loses the way to their answer.
async fn list_own(
    app: &App,
    request: &HttpRequest,
    conn: &mut Conn,
    code: &str,
    secret: &str,
) -> Result<Vec<RequestRow>, Failure> {
    let hash = own_hash(app, code, secret);
    let found = own(app, request, conn, code, secret).await;
    let id = found.as_ref().ok().map(|row| row.appointment_id);
    let rows = store::list_own(conn, id, &hash).await?;
    match rows.is_empty() {
        true => found.map(|_| rows),
        false => Ok(rows),
    }
}

/// Ask for something with the code and secret of one's own appointment.
///
/// Whoever decides looks again at who asks: a relative may have the slip. Asking again for the same changes
/// nothing.
#[utoipa::path(tag = "rights", request_body = AskForRights, responses(
    (status = OK, description = "It was asked for already.", body = ReceivedRightsRequest),
    (status = CREATED, description = "Received.", body = ReceivedRightsRequest), BookingProblem))]
#[post("/own-rights-requests")]
async fn ask_for_rights(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AskForRights>,
) -> Result<HttpResponse, Failure> {
    let (row, is_new) = ask_own(&app, &request, &body).await?;
    answer(&app, &row, is_new)
}

/// Receives it, for the API and the form; whether it is new.
///
/// # Errors
/// 422 for words; 404 where the codes open nothing.
pub async fn ask_own(
    app: &App,
    request: &HttpRequest,
    body: &AskForRights,
) -> Result<(RequestRow, bool), Failure> {
    let faults = rules::check_words(body.words.as_deref());
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let mut conn = app.pool.get().await?;
    let row = own(app, request, &mut conn, &body.code, &body.secret).await?;
    let found = citizen::find(&mut conn, By::Number(&row.citizen_blind)).await?;
    let office = app.availability.office(app, row.office_id).await?;
    let asker = Asker {
        unit_id: found
            .as_ref()
            .map_or(office.row.unit_id, |found| found.village_id),
        person_id: found.map(|found| found.person_id),
        number: Some((row.citizen_blind, row.id_tail)),
        shown_by: Shown::Code(row.appointment_id, own_hash(app, &body.code, &body.secret)),
    };
    receive(app, &mut conn, body.kind, &asker, body.words.as_deref()).await
}

/// Show what was asked for with an appointment, and what became of it. The code and secret with which it was asked
/// for show it as long as it is kept, when the appointment itself is forgotten too.
#[utoipa::path(tag = "rights", request_body = AppointmentKey, responses(
    (status = OK, description = "The newest first.", body = ReceivedRightsRequests), BookingProblem))]
#[post("/own-rights-requests/find")]
async fn find_own_rights_requests(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<web::Json<ReceivedRightsRequests>, Failure> {
    let requests = find_own(&app, &request, &body).await?;
    Ok(web::Json(ReceivedRightsRequests { requests }))
}

/// What was asked for with these codes, for the API and the form.
///
/// # Errors
/// 404 where the codes open nothing.
pub async fn find_own(
    app: &App,
    request: &HttpRequest,
    key: &AppointmentKey,
) -> Result<Vec<ReceivedRightsRequest>, Failure> {
    let mut conn = app.pool.get().await?;
    let rows = list_own(app, request, &mut conn, &key.code, &key.secret).await?;
    rows.iter().map(|row| tell(app, row)).collect()
}

/// Take back what one asked for with an appointment, while nobody has decided.
#[utoipa::path(tag = "rights", request_body = TakeBackRights, responses(
    (status = OK, description = "Taken back.", body = ReceivedRightsRequest),
    BookingProblem, RightsProblem))]
#[post("/own-rights-requests/withdrawal")]
async fn take_back_rights_request(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<TakeBackRights>,
) -> Result<web::Json<ReceivedRightsRequest>, Failure> {
    let row = take_back_own(&app, &request, &body).await?;
    Ok(web::Json(tell(&app, &row)?))
}

/// Takes it back, for the API and the form.
///
/// # Errors
/// 404 where it was not asked for; 409 once it is settled.
pub async fn take_back_own(
    app: &App,
    request: &HttpRequest,
    body: &TakeBackRights,
) -> Result<RequestRow, Failure> {
    let mut conn = app.pool.get().await?;
    let asked = list_own(app, request, &mut conn, &body.code, &body.secret).await?;
    let asked = asked.into_iter().find(|row| row.kind() == body.kind);
    let id = asked.ok_or(CommonProblem::NotFound)?.rights_request_id;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::lock_request(conn, id).await?;
        let row = row.ok_or(CommonProblem::NotFound)?;
        match row.state.as_str() {
            "withdrawn" => return Ok(row),
            "done" | "refused" => return Err(RightsProblem::Settled.into()),
            _ => {}
        }
        store::set_settled(conn, &app.keys, id, "withdrawn", None, None, None).await?;
        audit::record(conn, None, "rights.take_back", &object(&row), ()).await?;
        let row = store::find_request(conn, id).await?;
        Ok(row.ok_or(CommonProblem::NotFound)?)
    })
    .await
}
