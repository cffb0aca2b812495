//! Holding places, and giving them back.

use actix_web::{HttpRequest, HttpResponse, delete, post, web};
use mobile_contracts::booking::{HOLD_TOKEN_HEADER, Hold, HoldPlaces, PARTY_MAX};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::AccountId;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::app::App;
use crate::booking::appointments::party::blind_of;
use crate::booking::appointments::routes::open_appointment;
use crate::booking::holds::token::HoldToken;
use crate::booking::holds::{self, Wish, rules};
use crate::booking::limits;
use crate::booking::offices::OfficeEntry;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::routes::{find_run, require_service};
use crate::booking::slots::search::{Search, find_nearest};
use crate::http::client;
use crate::http::extract::{Json, Path};
use crate::http::failure::{Failure, FieldError};
use crate::http::limit::Rate;
use crate::identity::caller::MaybeCaller;
use crate::identity::permission::BookForOthers;

/// Mounts holding.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(hold_places).service(release_hold);
}

const HOLDS_PER_DEVICE: Rate = Rate {
    name: "hold-device",
    per_hour: 60,
    burst: 20,
};

/// Hold places for some minutes, all or none.
///
/// A family whose slot has too few places goes on in those that follow it without a gap, and takes no
/// more places than its minutes need.
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
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let body = body.0;
    let helper_id = caller.0.as_ref().map(|caller| caller.account_id);
    admit_hold(&app, helper_id, &body, &request).await?;
    let helper = caller.0.map(|caller| caller.actor());
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
    let slots = find_run(app, &office, body.starts_at, people.len()).await?;
    let party = u16::try_from(people.len()).unwrap_or(u16::MAX);
    let (on, capacity) = (local_day(body.starts_at), slots[0].plan.capacity);
    let wish = Wish {
        places: office.places_for(Some(&body.service_code), people.len(), on, capacity),
        office,
        slots,
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
        starts_at: token.starts_at(),
        ends_at: token.ends_at,
        place_nos: token.places.iter().map(|place| place.place_no).collect(),
        places: token.places,
    })
}

/// A full slot, or a place that is gone, is refused with the three nearest others, from memory.
pub async fn with_alternatives(
    app: &App,
    refusal: Failure,
    service_code: &str,
    office: &OfficeEntry,
    vouched: bool,
    party: u16,
) -> Failure {
    let helps = [
        BookingProblem::SlotFull,
        BookingProblem::SlotClosed,
        BookingProblem::PlaceTaken,
    ];
    if !helps.iter().any(|problem| refusal.kind() == problem.kind()) {
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

/// The limits on holds: a device's pace and work, or a helper's pace.
///
/// # Errors
/// 422, 429.
pub async fn admit_hold(
    app: &App,
    helper: Option<AccountId>,
    body: &HoldPlaces,
    request: &HttpRequest,
) -> Result<(), Failure> {
    match helper {
        Some(helper_id) => admit_helper(app, helper_id).await,
        None => {
            ask_for_work(app, body, request).await?;
            let device = body.device_id.to_string();
            app.limiter.admit(HOLDS_PER_DEVICE, &device).await
        }
    }
}

/// A helper holds for many people, at a pace; faster while a lead has lifted the limit.
async fn admit_helper(app: &App, helper_id: AccountId) -> Result<(), Failure> {
    let rate = Rate {
        name: "hold-helper",
        per_hour: app.config.booking.holds_per_hour,
        burst: app.config.booking.holds_per_hour,
    };
    let actor = format!("account:{helper_id}");
    let Err(too_many) = app.limiter.admit(rate, &actor).await else {
        return Ok(());
    };
    let mut conn = app.pool.get().await?;
    if limits::store::is_lifted_for_helper(&mut conn, helper_id).await? {
        return Ok(());
    }
    Err(too_many)
}

/// An address behind which many people hold is asked for work: a person's phone does it unseen, a
/// robot pays for each place. This machine itself is nobody's address: it is a proxy that was not
/// named among the trusted ones.
async fn ask_for_work(app: &App, body: &HoldPlaces, request: &HttpRequest) -> Result<(), Failure> {
    let booking = &app.config.booking;
    let address = client::of(request, &app.config.http).filter(|address| !address.is_loopback());
    let Some(address) = address else {
        return Ok(());
    };
    let easy = Rate {
        name: "hold-address",
        per_hour: booking.easy_holds_per_hour,
        burst: booking.easy_holds_per_hour.div_ceil(4),
    };
    if app.limiter.admit(easy, &address.to_string()).await.is_ok() {
        return Ok(());
    }
    let bits = booking.work_bits;
    let work = body.work.as_deref().unwrap_or_default();
    if rules::is_work_done(bits, body.device_id, body.office_id.0, body.starts_at, work) {
        return Ok(());
    }
    Err(Failure::from(BookingProblem::WorkNeeded).with("work_bits", bits))
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
        match blind_of(&app.keys, typed, now) {
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
