//! Finding, holding, confirming, and managing one's own appointment with its code and secret.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ACCEPT_LANGUAGE};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, delete, get, post, web};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::booking::{
    Appointment, AppointmentKey, ConfirmHold, DaySlots, HOLD_TOKEN_HEADER, Hold, HoldPlaces,
    MoveAppointment, NearestSlots, Office, PARTY_MAX, Service,
};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OfficeId, UnitId};
use mobile_contracts::page::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::availability::{Day, Search, SlotState, find_nearest};
use super::confirm::{self, Asker, Confirmation, Move, Outcome};
use super::holds::{self, Wish};
use super::offices::OfficeEntry;
use super::problem::BookingProblem;
use super::store::{self, AppointmentRow, Claim};
use super::token::{HoldToken, is_secret};
use super::{desk, manage, rules};
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::Level;
use crate::http::client;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{Failure, FieldError, Language};
use crate::http::idempotency::{self, IdempotencyKey, SavedAnswer};
use crate::http::limit::Rate;
use crate::http::observe::RequestId;
use crate::http::page::{PageQuery, page};
use crate::identity::caller::MaybeCaller;
use crate::identity::permission::BookForOthers;
use crate::identity::rules::normalise_code;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_services)
        .service(list_offices)
        .service(find_nearest_slots)
        .service(list_slots)
        .service(hold_places)
        .service(release_hold)
        .service(confirm_hold)
        .service(show_appointment)
        .service(cancel_appointment)
        .service(move_appointment)
        .service(export_calendar);
    desk::routes(config);
    manage::routes(config);
    config.service(show_office);
}

/// List what citizens come to an office for.
#[utoipa::path(tag = "booking", responses(
    (status = OK, description = "Every service.", body = [Service])))]
#[get("/services")]
async fn list_services(app: web::Data<App>) -> Result<web::Json<Vec<Service>>, Failure> {
    let offices = app.availability.offices(&app).await?;
    Ok(web::Json(offices.services.clone()))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfficeFilter {
    /// Offices within this unit.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// Offices that do this service.
    #[param(max_length = 40, example = "cccd_new")]
    service: Option<String>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List offices, by place and service.
#[utoipa::path(tag = "booking", params(OfficeFilter), responses(
    (status = OK, description = "A page of offices.", body = Page<Office>)))]
#[get("/offices")]
async fn list_offices(
    app: web::Data<App>,
    filter: Query<OfficeFilter>,
) -> Result<web::Json<Page<Office>>, Failure> {
    let query = PageQuery::read(&app.keys, "offices", filter.cursor.as_deref(), filter.limit)?;
    let after: Option<OfficeId> = query.after()?;
    let service = read_service(filter.service.as_deref())?;
    let today = local_day(app.clock.now());
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    drop(conn);
    let offices = app.availability.offices(&app).await?;
    let fits = |office: &OfficeEntry| {
        let near = filter
            .unit_id
            .is_none_or(|unit_id| geography.covers(unit_id, office.row.unit_id, today));
        let does = service.is_none_or(|code| office.service(code).is_some());
        near && does && after.is_none_or(|after| office.row.office_id > after)
    };
    let found: Vec<Office> = offices
        .all
        .values()
        .filter(|office| fits(office))
        .take(query.rows() as usize)
        .map(|office| office.tell(geography.label_on(office.row.unit_id, today)))
        .collect();
    Ok(web::Json(page(&app.keys, &query, found, |office| {
        office.office_id
    })))
}

/// Show an office: where it is, when it is open, what to bring.
#[utoipa::path(tag = "booking",
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "The office.", body = Office), BookingProblem))]
#[get("/offices/{office_id}")]
async fn show_office(
    app: web::Data<App>,
    path: Path<OfficeId>,
) -> Result<web::Json<Office>, Failure> {
    let office = app.availability.office(&app, path.0).await?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    Ok(web::Json(
        office.tell(geography.label_on(office.row.unit_id, today)),
    ))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SlotFilter {
    /// Which day; today if left out.
    on: Option<NaiveDate>,
    /// Refuses an office that does not do this service.
    #[param(max_length = 40, example = "cccd_new")]
    service: Option<String>,
}

/// List an office's slots of one day, at most two seconds old.
#[utoipa::path(tag = "booking",
    params(("office_id" = OfficeId, Path, description = "Which office."), SlotFilter),
    responses(
        (status = OK, description = "The slots that can still be held.", body = DaySlots),
        (status = NOT_MODIFIED, description = "Nothing changed since that ETag."),
        BookingProblem))]
#[get("/offices/{office_id}/slots")]
async fn list_slots(
    app: web::Data<App>,
    path: Path<OfficeId>,
    filter: Query<SlotFilter>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let now = app.clock.now();
    let office = app.availability.office(&app, path.0).await?;
    if let Some(code) = read_service(filter.service.as_deref())? {
        require_service(&office, code, "?service")?;
    }
    let on = filter.on.unwrap_or_else(|| local_day(now));
    let day = if is_bookable_day(&app, on, now) {
        app.availability.day(&app, &office, on).await?
    } else {
        Arc::new(Day::empty(office, on))
    };
    let (body, etag) = day.answer(now);
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    if known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag)) {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, etag.as_str()))
            .finish());
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag.as_str()))
        .insert_header((header::CACHE_CONTROL, "public, max-age=1"))
        .content_type("application/json")
        .body(body.clone()))
}

fn is_bookable_day(app: &App, on: NaiveDate, now: DateTime<Utc>) -> bool {
    let today = local_day(now);
    let last = today + TimeDelta::days(app.config.booking.horizon_days.into());
    (today..=last).contains(&on)
}

/// A service code that could be one; an unknown one finds nothing, which is an answer.
fn read_service(code: Option<&str>) -> Result<Option<&str>, Failure> {
    const CODE_CHARS_MAX: usize = 40;
    match code {
        Some(code) if code.chars().count() > CODE_CHARS_MAX => {
            Err(Failure::invalid(vec![FieldError::new(
                "?service",
                "LENGTH",
                format!("Mã thủ tục tối đa {CODE_CHARS_MAX} ký tự."),
                format!("A service code has at most {CODE_CHARS_MAX} characters."),
            )]))
        }
        code => Ok(code),
    }
}

fn require_service(office: &OfficeEntry, code: &str, pointer: &'static str) -> Result<(), Failure> {
    if office.service(code).is_some() {
        return Ok(());
    }
    Err(Failure::invalid(vec![FieldError::new(
        pointer,
        "SERVICE",
        "Điểm tiếp nhận này không làm thủ tục đó.",
        "This office does not do that service.",
    )]))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NearestFilter {
    /// A commune or a village: its commune's offices come first.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// Offices that do this service.
    #[param(max_length = 40, example = "cccd_new")]
    service: Option<String>,
    /// From this day; today if left out.
    from: Option<NaiveDate>,
    /// How many people come together.
    #[param(minimum = 1, maximum = 6, default = 1)]
    people: Option<u16>,
}

/// Find the nearest free slots, today's first.
#[utoipa::path(tag = "booking", params(NearestFilter), responses(
    (status = OK, description = "Up to ten free slots.", body = NearestSlots)))]
#[get("/slots/nearest")]
async fn find_nearest_slots(
    app: web::Data<App>,
    filter: Query<NearestFilter>,
) -> Result<web::Json<NearestSlots>, Failure> {
    let party = filter.people.unwrap_or(1);
    if !(1..=PARTY_MAX).contains(&usize::from(party)) {
        return Err(Failure::invalid(vec![FieldError::new(
            "?people",
            "RANGE",
            format!("Số người đi cùng từ 1 đến {PARTY_MAX}."),
            format!("people is 1 to {PARTY_MAX}."),
        )]));
    }
    let now = app.clock.now();
    let commune = match filter.unit_id {
        None => None,
        Some(unit_id) => {
            let mut conn = app.pool.get().await?;
            let geography = app.geography(&mut conn).await?;
            geography.ancestor_on(unit_id, Level::Commune, local_day(now))
        }
    };
    let search = Search {
        commune,
        service_code: read_service(filter.service.as_deref())?,
        from: filter.from.unwrap_or_else(|| local_day(now)),
        wanted: 10,
        for_strangers: false,
        party,
    };
    let slots = find_nearest(&app, search).await?;
    Ok(web::Json(NearestSlots { slots }))
}

const HOLDS_PER_DEVICE: Rate = Rate {
    name: "hold-device",
    per_hour: 120,
    burst: 20,
};

/// Hold places of one slot for some minutes, all or none.
///
/// Asking again for the same people on the same device gives the same hold. A new hold of a person
/// replaces the old one once it is granted.
#[utoipa::path(tag = "booking", security((), ("session" = [])), request_body = HoldPlaces, responses(
    (status = CREATED, description = "Held.", body = Hold), BookingProblem))]
#[post("/holds")]
async fn hold_places(
    app: web::Data<App>,
    caller: MaybeCaller<BookForOthers>,
    body: Json<HoldPlaces>,
) -> Result<HttpResponse, Failure> {
    let body = body.0;
    let helper = caller.0.map(|caller| caller.actor());
    admit_hold(&app, helper.as_deref(), &body).await?;
    let people = people_of(&app, &body).await?;
    let hold = hold_for(&app, &body, people, helper).await?;
    Ok(HttpResponse::Created().json(hold))
}

/// Holds and tells, for the API and the forms.
///
/// # Errors
/// What a hold may be refused for; a full slot with three other ones.
pub async fn hold_for(
    app: &App,
    body: &HoldPlaces,
    people: Vec<Vec<u8>>,
    helper: Option<String>,
) -> Result<Hold, Failure> {
    let office = app.availability.office(app, body.office_id).await?;
    require_service(&office, &body.service_code, "/service_code")?;
    let slot = find_slot(app, &office, body.starts_at).await?;
    let party = u16::try_from(people.len()).unwrap_or(u16::MAX);
    let wish = Wish {
        office,
        slot,
        people,
        vouched: helper.is_some(),
        device: helper.unwrap_or_else(|| format!("device:{}", body.device_id)),
    };
    let token = match holds::hold(app, &wish).await {
        Ok(token) => token,
        Err(refusal) => {
            let vouched = wish.vouched;
            return Err(with_alternatives(
                app,
                refusal,
                &body.service_code,
                &wish.office,
                vouched,
                party,
            )
            .await);
        }
    };
    Ok(Hold {
        hold_id: token.hold_id,
        hold_token: token.seal(&app.keys),
        office_id: token.office_id,
        starts_at: token.starts_at,
        ends_at: token.ends_at,
        place_nos: token.place_nos,
    })
}

/// A full slot is refused with the three nearest others, from memory.
pub async fn with_alternatives(
    app: &App,
    refusal: Failure,
    service_code: &str,
    office: &OfficeEntry,
    vouched: bool,
    party: u16,
) -> Failure {
    if refusal.kind() != BookingProblem::SlotFull.kind()
        && refusal.kind() != BookingProblem::SlotClosed.kind()
    {
        return refusal;
    }
    let search = Search {
        commune: Some(office.row.unit_id),
        service_code: Some(service_code),
        from: local_day(app.clock.now()),
        wanted: 3,
        for_strangers: !vouched,
        party,
    };
    match find_nearest(app, search).await {
        Ok(slots) => refusal.with("alternatives", slots),
        Err(_) => refusal,
    }
}

/// The slot that starts then, if it can still be held.
async fn find_slot(
    app: &App,
    office: &Arc<OfficeEntry>,
    starts_at: DateTime<Utc>,
) -> Result<SlotState, Failure> {
    let now = app.clock.now();
    let on = local_day(starts_at);
    if !is_bookable_day(app, on, now) {
        return Err(BookingProblem::SlotNotFound.into());
    }
    let day = app.availability.day(app, office, on).await?;
    let slot = day.slot_at(starts_at).ok_or(BookingProblem::SlotNotFound)?;
    if now >= slot.plan.closes_at || office.row.closed_at.is_some() {
        return Err(BookingProblem::SlotClosed.into());
    }
    Ok(slot.clone())
}

/// The limits on holds: a device's pace and work, or a helper's pace.
///
/// # Errors
/// 422, 429.
pub async fn admit_hold(app: &App, helper: Option<&str>, body: &HoldPlaces) -> Result<(), Failure> {
    if let Some(actor) = helper {
        let rate = Rate {
            name: "hold-helper",
            per_hour: app.config.booking.holds_per_hour,
            burst: app.config.booking.holds_per_hour,
        };
        return app.limiter.admit(rate, actor).await;
    }
    let bits = app.config.booking.work_bits;
    let work = body.work.as_deref().unwrap_or_default();
    if !rules::is_work_done(bits, body.device_id, body.office_id.0, body.starts_at, work) {
        return Err(Failure::from(BookingProblem::WorkNeeded).with("work_bits", bits));
    }
    app.limiter
        .admit(HOLDS_PER_DEVICE, &body.device_id.to_string())
        .await
}

/// The blind indexes of the people a hold is for.
///
/// # Errors
/// 422 with each wrong number; 404.
pub async fn people_of(app: &App, body: &HoldPlaces) -> Result<Vec<Vec<u8>>, Failure> {
    if let Some(key) = &body.appointment {
        let mut conn = app.pool.get().await?;
        let row = open_appointment(app, &mut conn, key).await?;
        return Ok(vec![row.citizen_blind]);
    }
    let now = app.clock.now();
    let mut people = Vec::new();
    let mut faults = Vec::new();
    for (at, typed) in body.id_numbers.iter().take(PARTY_MAX + 1).enumerate() {
        let pointer = format!("/id_numbers/{at}");
        match confirm::blind_of(&app.keys, typed, now) {
            Ok(blind) if people.contains(&blind) => faults.push(FieldError::new(
                pointer,
                "TWICE",
                "Số này đã có trong danh sách.",
                "This number is in the list already.",
            )),
            Ok(blind) => people.push(blind),
            Err((code, vi, en)) => faults.push(FieldError::new(pointer, code, vi, en)),
        }
    }
    if !(1..=PARTY_MAX).contains(&body.id_numbers.len()) {
        faults.push(FieldError::new(
            "/id_numbers",
            "COUNT",
            format!("Từ 1 đến {PARTY_MAX} người một lần."),
            format!("1 to {PARTY_MAX} people at once."),
        ));
    }
    if faults.is_empty() {
        Ok(people)
    } else {
        Err(Failure::invalid(faults))
    }
}

/// Give a hold back before it ends. Its token goes into the header `X-Hold-Token`.
#[utoipa::path(tag = "booking",
    params(
        ("hold_id" = Uuid, Path, description = "Which hold."),
        ("x-hold-token" = String, Header, description = "The token that the hold was given.")),
    responses((status = NO_CONTENT, description = "Given back."), BookingProblem))]
#[delete("/holds/{hold_id}")]
async fn release_hold(
    app: web::Data<App>,
    path: Path<Uuid>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let token = request
        .headers()
        .get(HOLD_TOKEN_HEADER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| HoldToken::open(&app.keys, text))
        .filter(|token| token.hold_id == path.0)
        .ok_or(BookingProblem::HoldForeign)?;
    holds::release(&app, &token).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Turn a hold into appointments, one a person, all or none.
///
/// The same key gives the same answer. When the held place was lost, another of the slot is taken.
#[utoipa::path(tag = "booking", security((), ("session" = [])), request_body = ConfirmHold, params(("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses(
        (status = CREATED, description = "Booked.", body = mobile_contracts::booking::BookedParty),
        BookingProblem))]
#[post("/appointments")]
async fn confirm_hold(
    app: web::Data<App>,
    caller: MaybeCaller<BookForOthers>,
    key: IdempotencyKey,
    body: Json<ConfirmHold>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let helper_id = caller.0.map(|caller| caller.account_id);
    let outcome = confirm_for(&app, key, &body, asker(&request, helper_id)).await?;
    Ok(confirm::with_secrets(&app.keys, outcome.answer).answer(outcome.replayed))
}

/// Confirms, for the API and the forms.
///
/// # Errors
/// Whatever refuses before the key is claimed, or may pass.
pub async fn confirm_for(
    app: &App,
    key: IdempotencyKey,
    body: &ConfirmHold,
    asker: Asker,
) -> Result<Outcome, Failure> {
    let token = HoldToken::open(&app.keys, &body.hold_token).ok_or(BookingProblem::HoldForeign)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    drop(conn);
    let now = app.clock.now();
    let (visitors, proxy) = confirm::check_party(&app.keys, &geography, body, now)?;
    let foreign = token.vouched && asker.helper_id.is_none();
    if foreign || !confirm::is_party(&app.keys, &token, &visitors) {
        return Err(BookingProblem::HoldForeign.into());
    }
    let office = app.availability.office(app, token.office_id).await?;
    require_service(&office, &body.service_code, "/service_code")?;
    let (plan, materialised) = planned(app, &office, &token).await?;
    holds::prolong(app, &token).await;
    let asked = Confirmation {
        office: &office,
        plan,
        materialised,
        service_code: &body.service_code,
        visitors,
        proxy,
        asker,
        token,
    };
    let request = serde_json::to_vec(body).unwrap_or_default();
    let party = u16::try_from(asked.visitors.len()).unwrap_or(u16::MAX);
    let mut outcome = confirm::confirm(app, key, &request, &asked).await?;
    add_alternatives(app, &mut outcome, &asked, party).await;
    Ok(outcome)
}

/// A saved refusal of a full slot is answered with what is free now, which is not saved.
async fn add_alternatives(app: &App, outcome: &mut Outcome, asked: &Confirmation<'_>, party: u16) {
    let full = format!("/problems/{}", BookingProblem::SlotFull.kind().slug);
    if outcome
        .answer
        .body
        .get("type")
        .and_then(|kind| kind.as_str())
        != Some(full.as_str())
    {
        return;
    }
    let search = Search {
        commune: Some(asked.office.row.unit_id),
        service_code: Some(asked.service_code),
        from: local_day(app.clock.now()),
        wanted: 3,
        for_strangers: !asked.token.vouched,
        party,
    };
    if let (Ok(slots), Some(body)) = (
        find_nearest(app, search).await,
        outcome.answer.body.as_object_mut(),
    ) {
        body.insert("alternatives".to_owned(), serde_json::json!(slots));
    }
}

/// The slot of a token. One that the hours no longer make has its rows, if it has anything: a replay
/// must find its answer whatever became of the hours.
async fn planned(
    app: &App,
    office: &Arc<OfficeEntry>,
    token: &HoldToken,
) -> Result<(rules::SlotPlan, bool), Failure> {
    let starts_at = token.starts_at;
    let day = app
        .availability
        .day(app, office, local_day(starts_at))
        .await?;
    if let Some(slot) = day.slot_at(starts_at) {
        return Ok((slot.plan.clone(), slot.materialised));
    }
    let plan = rules::SlotPlan {
        starts_at,
        ends_at: starts_at + TimeDelta::minutes(office.row.slot_min.into()),
        closes_at: starts_at,
        capacity: 0,
    };
    Ok((plan, true))
}

/// Who asks, and in which language they read.
pub fn asker(request: &HttpRequest, helper_id: Option<mobile_contracts::ids::AccountId>) -> Asker {
    let language = request
        .headers()
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let request_id = request.extensions().get::<RequestId>().copied();
    Asker {
        helper_id,
        language: Language::accepted(language),
        request_id: request_id.unwrap_or(RequestId(Uuid::nil())),
    }
}

const LOOKUPS_PER_ADDRESS: Rate = Rate {
    name: "lookup",
    per_hour: 1200,
    burst: 60,
};

/// The limit on trying codes.
///
/// # Errors
/// 429.
pub async fn admit_lookup(app: &App, request: &HttpRequest) -> Result<(), Failure> {
    let address = client::of(request, &app.config.http).map(|address| address.to_string());
    app.limiter
        .admit(LOOKUPS_PER_ADDRESS, address.as_deref().unwrap_or("local"))
        .await
}

/// The appointment of a code and its secret. A wrong code and a wrong secret answer alike, after the
/// same work.
///
/// # Errors
/// 404.
pub async fn open_appointment(
    app: &App,
    conn: &mut Conn,
    key: &AppointmentKey,
) -> Result<AppointmentRow, Failure> {
    let found = store::find_by_code(conn, &normalise_code(&key.code)).await?;
    let (id, version) = found.as_ref().map_or(
        (mobile_contracts::ids::AppointmentId(Uuid::nil()), 0),
        |row| (row.appointment_id, row.secret_version),
    );
    let right = is_secret(&app.keys, id, version, &key.secret);
    Ok(found
        .filter(|_| right)
        .ok_or(BookingProblem::AppointmentNotFound)?)
}

/// An appointment as its owner sees it.
///
/// # Errors
/// When its office cannot be read.
pub async fn tell(app: &App, row: &AppointmentRow) -> Result<Appointment, Failure> {
    let office = app.availability.office(app, row.office_id).await?;
    let service = office.service(&row.service_code);
    let slot_min = office.row.slot_min.into();
    Ok(Appointment {
        appointment_id: row.appointment_id,
        office_id: row.office_id,
        office_name: office.row.name.clone(),
        address: office.row.address.clone(),
        directions: office.row.directions.clone(),
        starts_at: row.starts_at,
        ends_at: row.starts_at + TimeDelta::minutes(slot_min),
        place_no: row.place_no,
        service_code: row.service_code.clone(),
        status: row.status.clone(),
        verified: row.verified,
        code: confirm::spell_code(&row.code),
        documents: service.map_or_else(Vec::new, |service| service.documents.clone()),
        note: service.map_or_else(String::new, |service| service.note.clone()),
    })
}

/// Show an appointment to whoever has its code and secret.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "The appointment.", body = Appointment), BookingProblem))]
#[post("/appointments/lookup")]
async fn show_appointment(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<web::Json<Appointment>, Failure> {
    admit_lookup(&app, &request).await?;
    let mut conn = app.pool.get().await?;
    let row = open_appointment(&app, &mut conn, &body).await?;
    drop(conn);
    Ok(web::Json(tell(&app, &row).await?))
}

/// Cancel an appointment. Cancelling again changes nothing.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "Cancelled.", body = Appointment), BookingProblem))]
#[post("/appointments/cancel")]
async fn cancel_appointment(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<web::Json<Appointment>, Failure> {
    admit_lookup(&app, &request).await?;
    let row = cancel_for(&app, &body).await?;
    Ok(web::Json(tell(&app, &row).await?))
}

/// Cancels, for the API and the forms.
///
/// # Errors
/// 404, 409.
pub async fn cancel_for(app: &App, key: &AppointmentKey) -> Result<AppointmentRow, Failure> {
    let mut conn = app.pool.get().await?;
    let id = open_appointment(app, &mut conn, key).await?.appointment_id;
    let (row, changes) = db::transaction::<_, Failure>(&mut conn, async |conn| {
        confirm::cancel_appointment(app, conn, id, None, "booking.cancel").await
    })
    .await?;
    drop(conn);
    confirm::mirror_all(app, &changes).await;
    Ok(row)
}

/// Move an appointment to a slot that is held for it.
///
/// The new place is taken and the old one freed at once, or neither.
#[utoipa::path(tag = "booking", request_body = MoveAppointment,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = OK, description = "Moved.", body = Appointment), BookingProblem))]
#[post("/appointments/reschedule")]
async fn move_appointment(
    app: web::Data<App>,
    key: IdempotencyKey,
    body: Json<MoveAppointment>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    admit_lookup(&app, &request).await?;
    let outcome = move_for(&app, key, &body, &asker(&request, None)).await?;
    Ok(outcome.answer.answer(outcome.replayed))
}

/// Moves, for the API and the forms.
///
/// # Errors
/// Whatever refuses before the key is claimed, or may pass.
pub async fn move_for(
    app: &App,
    key: IdempotencyKey,
    body: &MoveAppointment,
    asker: &Asker,
) -> Result<Outcome, Failure> {
    let token = HoldToken::open(&app.keys, &body.hold_token).ok_or(BookingProblem::HoldForeign)?;
    let own = AppointmentKey {
        code: body.code.clone(),
        secret: body.secret.clone(),
    };
    let mut conn = app.pool.get().await?;
    let row = open_appointment(app, &mut conn, &own).await?;
    drop(conn);
    let people = super::token::people_hash(&app.keys, std::slice::from_ref(&row.citizen_blind));
    if people != token.people || token.place_nos.len() != 1 {
        return Err(BookingProblem::HoldForeign.into());
    }
    let office = app.availability.office(app, token.office_id).await?;
    require_service(&office, &row.service_code, "/hold_token")?;
    let (plan, materialised) = planned(app, &office, &token).await?;
    holds::prolong(app, &token).await;
    let deadline = app.clock.now() + TimeDelta::seconds(10);
    let to = Move {
        claim: Claim {
            office_id: token.office_id,
            starts_at: token.starts_at,
            place_nos: token.place_nos.clone(),
            hold_id: token.hold_id,
            vouched: token.vouched || row.verified,
            until: token.ends_at.min(token.starts_at).min(deadline),
            at_desk: false,
        },
        office: &office,
        plan,
        materialised,
        actor_id: None,
    };
    let request = serde_json::to_vec(body).unwrap_or_default();
    let actor = token.actor();
    let outcome = confirm::settle(app, async |conn| {
        if let idempotency::Claim::Replay(answer) =
            idempotency::claim(conn, &app.keys, &actor, key, &request).await?
        {
            return Ok(Outcome::replayed(answer));
        }
        let mut work = async |conn: &mut Conn| {
            confirm::move_appointment(app, conn, row.appointment_id, &to).await
        };
        let (answer, changes) = match db::attempt(conn, &mut work).await {
            Ok((moved, changes)) => {
                let told = tell_moved(&to, &moved);
                (SavedAnswer::new(StatusCode::OK, told), changes)
            }
            Err(refusal) if matches!(refusal.status().as_u16(), 404 | 409 | 410 | 422) => {
                let answer = SavedAnswer::refusal(&refusal, asker.language, asker.request_id);
                (answer, Vec::new())
            }
            Err(failure) => return Err(failure),
        };
        idempotency::save(conn, &actor, key, &answer).await?;
        Ok(Outcome::fresh(answer, changes))
    })
    .await?;
    confirm::mirror_all(app, &outcome.changes).await;
    Ok(outcome)
}

/// [`tell`] without asking anybody: it stands in a transaction.
fn tell_moved(to: &Move<'_>, row: &AppointmentRow) -> Appointment {
    let service = to.office.service(&row.service_code);
    Appointment {
        appointment_id: row.appointment_id,
        office_id: row.office_id,
        office_name: to.office.row.name.clone(),
        address: to.office.row.address.clone(),
        directions: to.office.row.directions.clone(),
        starts_at: row.starts_at,
        ends_at: to.plan.ends_at,
        place_no: row.place_no,
        service_code: row.service_code.clone(),
        status: row.status.clone(),
        verified: row.verified,
        code: confirm::spell_code(&row.code),
        documents: service.map_or_else(Vec::new, |service| service.documents.clone()),
        note: service.map_or_else(String::new, |service| service.note.clone()),
    }
}

/// Give an appointment as a calendar file.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "A file for a phone's calendar.", body = String, content_type = "text/calendar"),
    BookingProblem))]
#[post("/appointments/calendar")]
async fn export_calendar(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    admit_lookup(&app, &request).await?;
    let mut conn = app.pool.get().await?;
    let row = open_appointment(&app, &mut conn, &body).await?;
    drop(conn);
    let told = tell(&app, &row).await?;
    let stamp = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    let plain = |text: &str| {
        text.replace('\\', "\\\\")
            .replace(',', "\\,")
            .replace(';', "\\;")
            .replace('\n', "\\n")
    };
    let file = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//To06//VI\r\nBEGIN:VEVENT\r\nUID:{}@to06\r\nDTSTAMP:{}\r\nDTSTART:{}\r\nDTEND:{}\r\nSUMMARY:{}\r\nLOCATION:{}\r\nSTATUS:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        told.appointment_id,
        stamp(app.clock.now()),
        stamp(told.starts_at),
        stamp(told.ends_at),
        plain(&format!("Lịch hẹn {}", told.code)),
        plain(&format!("{} - {}", told.office_name, told.address)),
        if told.status == "cancelled" {
            "CANCELLED"
        } else {
            "CONFIRMED"
        },
    );
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .body(file))
}
