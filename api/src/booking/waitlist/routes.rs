//! Waiting for a place: join, look, say no to an offer, leave. A yes is an ordinary confirmation with
//! the offer's token.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::{Datelike as _, NaiveDate, TimeDelta};
use mobile_contracts::booking::AppointmentKey;
use mobile_contracts::calendar::local_day;
use mobile_contracts::citizen_id::CitizenId;
use mobile_contracts::ids::{AccountId, OfficeId};
use mobile_contracts::phone::MobilePhone;
use mobile_contracts::waitlist::{
    JoinWaitlist, PriorityClass, WaitlistCount, WaitlistEntry, WaitlistOffer,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::offers::{self, End, phone_place, token_of};
use super::rules::{self, OFFERS_MAX};
use super::store::{self, EntryRow, NewEntry};
use super::sweep;
use crate::app::App;
use crate::booking::appointments::routes::{admit_lookup, asker};
use crate::booking::appointments::secret::{is_spelled, spell, spell_code};
use crate::booking::appointments::settle::{Outcome, settle};
use crate::booking::holds::mirror::mirror_all;
use crate::booking::holds::token::short;
use crate::booking::offices::own_office;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::routes::require_service;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{Failure, FieldError};
use crate::http::idempotency::{IdempotencyKey, Press, SavedAnswer};
use crate::http::limit::Rate;
use crate::identity::Caller;
use crate::identity::caller::MaybeCaller;
use crate::identity::permission::{BookForOthers, RunDesk};
use crate::identity::rules::{new_code, normalise_code};
use crate::privacy::keys::{Blind, Keys};

/// Mounts waiting.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(join_waitlist)
        .service(show_waitlist_entry)
        .service(decline_offer)
        .service(leave_waitlist)
        .service(count_waitlist);
}

const JOINS_PER_DEVICE: Rate = Rate {
    name: "waitlist-device",
    per_hour: 20,
    burst: 5,
};

const SECRET_PURPOSE: &str = "waitlist-secret/v1";

fn secret(keys: &Keys, entry_id: Uuid) -> String {
    spell(&keys.mac(SECRET_PURPOSE, &[entry_id.as_bytes()]))
}

/// An entry with every field valid.
struct Checked {
    id: CitizenId,
    phone: MobilePhone,
    days: (NaiveDate, NaiveDate),
}

async fn check(app: &App, asked: &JoinWaitlist) -> Result<Checked, Failure> {
    let today = local_day(app.clock.now());
    let last = today + TimeDelta::days(app.config.booking.horizon_days.into());
    let mut faults = rules::check(asked, today, last);
    let id = CitizenId::parse(&asked.id_number, today).map_err(|why| {
        let (vi, en) = (why.message(), why.message_en());
        faults.push(FieldError::new("/id_number", why.code(), vi, en));
    });
    let phone = MobilePhone::parse(&asked.phone).map_err(|why| {
        let (vi, en) = (why.message(), why.message_en());
        faults.push(FieldError::new("/phone", why.code(), vi, en));
    });
    if let Ok(id) = &id
        && !rules::is_class_possible(asked.class, id.birth_year(), today.year())
    {
        faults.push(FieldError::new(
            "/class",
            "CLASS",
            "Người cao tuổi là từ đủ 60 tuổi; số định danh cho biết công dân trẻ hơn.",
            "Elderly is 60 and over; the ID number says younger.",
        ));
    }
    match (id, phone, faults.is_empty()) {
        (Ok(id), Ok(phone), true) => Ok(Checked {
            id,
            phone,
            days: rules::days(asked, today),
        }),
        _ => Err(Failure::invalid(faults)),
    }
}

/// Wait for a place.
///
/// A place that becomes free is offered to one person at a time, who is told by phone and has some
/// minutes to confirm it. The same key gives the same answer.
#[utoipa::path(tag = "booking", security((), ("session" = [])), request_body = JoinWaitlist,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = CREATED, description = "Waiting.", body = WaitlistEntry), BookingProblem))]
#[post("/waitlist")]
async fn join_waitlist(
    app: web::Data<App>,
    caller: MaybeCaller<BookForOthers>,
    key: IdempotencyKey,
    body: Json<JoinWaitlist>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let asker = asker(&request, caller.0.as_ref().map(|caller| caller.account_id));
    let actor = match &caller.0 {
        Some(caller) => caller.actor(),
        None => format!("waiting:{}", body.device_id),
    };
    let outcome = join_for(&app, key, &body, &actor, asker.helper_id).await?;
    Ok(with_secret(&app.keys, outcome.answer).answer(outcome.replayed))
}

/// Joins, for the API and the forms.
///
/// # Errors
/// What joining may be refused for.
pub async fn join_for(
    app: &App,
    key: IdempotencyKey,
    body: &JoinWaitlist,
    actor: &str,
    helper_id: Option<AccountId>,
) -> Result<Outcome, Failure> {
    if helper_id.is_none() {
        app.limiter.admit(JOINS_PER_DEVICE, actor).await?;
    }
    let checked = check(app, body).await?;
    for office_id in &body.office_ids {
        let office = app.availability.office(app, *office_id).await?;
        require_service(&office, &body.service_code, "/service_code")?;
    }
    let request = serde_json::to_vec(body).unwrap_or_default();
    let press = Press {
        actor,
        key,
        request: &request,
    };
    let outcome = settle(app, press, async |conn| {
        let entry = join(app, conn, body, &checked, helper_id).await?;
        let told = tell(app, conn, &entry).await?;
        let answer = SavedAnswer::new(StatusCode::CREATED, told);
        Ok((answer, Vec::new()))
    })
    .await?;
    // What is free now is offered now; if this cannot be, the next sweep does it. The pictures of
    // before know nothing of who has just joined.
    for office_id in &body.office_ids {
        app.availability.forget_office(*office_id);
    }
    let (first, last) = checked.days;
    if let Err(failure) = sweep::offer_free_places(app, first, last, Some(&body.office_ids)).await {
        tracing::warn!(cause = ?failure.cause(), "a new entry of the waitlist waits for the next sweep");
    }
    Ok(outcome)
}

/// Puts the secret into a saved answer: it is derived, never stored.
pub fn with_secret(keys: &Keys, mut answer: SavedAnswer) -> SavedAnswer {
    if let Ok(mut entry) = serde_json::from_value::<WaitlistEntry>(answer.body.clone()) {
        entry.secret = Some(secret(keys, entry.entry_id));
        answer.body = serde_json::to_value(entry).unwrap_or(answer.body);
    }
    answer
}

async fn join(
    app: &App,
    conn: &mut Conn,
    asked: &JoinWaitlist,
    checked: &Checked,
    helper_id: Option<AccountId>,
) -> Result<EntryRow, Failure> {
    let entry_id = Uuid::now_v7();
    let code = normalise_code(&new_code());
    let blind = app.keys.blind(Blind::CitizenId, checked.id.expose());
    let new = NewEntry {
        entry_id,
        code: &code,
        service_code: &asked.service_code,
        citizen_blind: &blind,
        hold_person: &short(app.keys.lasting_mac("hold-person/v1", &[&blind])),
        phone: app
            .keys
            .encrypt(&phone_place(&entry_id), &checked.phone.e164()),
        class: asked.class.as_str(),
        days: checked.days,
        from_min: asked.from_min,
        to_min: asked.to_min,
        helper_id,
        office_ids: &asked.office_ids,
    };
    store::insert_entry(conn, &new).await?;
    let written = store::lock_entry(conn, entry_id).await?;
    written.ok_or_else(|| Failure::internal("an entry just written is not there"))
}

/// The entry of a code and its secret. A wrong code and a wrong secret answer alike, after the same
/// work.
pub async fn open_entry(
    app: &App,
    conn: &mut Conn,
    key: &AppointmentKey,
) -> Result<EntryRow, Failure> {
    let found = store::find_by_code(conn, &normalise_code(&key.code)).await?;
    let entry_id = found.as_ref().map_or(Uuid::nil(), |row| row.entry_id);
    let macs = app.keys.macs(SECRET_PURPOSE, &[entry_id.as_bytes()]);
    let right = is_spelled(&macs, &key.secret);
    Ok(found
        .filter(|_| right)
        .ok_or(BookingProblem::EntryNotFound)?)
}

/// An entry as its owner sees it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn tell(app: &App, conn: &mut Conn, row: &EntryRow) -> Result<WaitlistEntry, Failure> {
    let office_ids = store::list_offices_of(conn, row.entry_id).await?;
    let ahead = store::count_ahead(conn, row).await?;
    let now = app.clock.now();
    let offer = match row.offer().filter(|offer| now < offer.until) {
        None => None,
        Some(offer) => {
            let office = app.availability.office(app, offer.office_id).await?;
            Some(WaitlistOffer {
                office_id: offer.office_id,
                office_name: office.row.name.clone(),
                address: office.place_on(local_day(offer.starts_at)).address,
                starts_at: offer.starts_at,
                until: offer.until,
                hold_token: token_of(&app.keys, row, &offer).seal(&app.keys),
            })
        }
    };
    Ok(WaitlistEntry {
        entry_id: row.entry_id,
        code: spell_code(&row.code),
        secret: None,
        state: row.state.clone(),
        service_code: row.service_code.clone(),
        office_ids,
        from_on: row.from_on,
        to_on: row.to_on,
        from_min: row.from_min,
        to_min: row.to_min,
        class: PriorityClass::parse(&row.class).unwrap_or_default(),
        ahead,
        offers_left: (OFFERS_MAX - row.offers).max(0),
        offer,
    })
}

/// Show an entry of the waitlist, with the place that is offered, to whoever has code and secret.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "The entry.", body = WaitlistEntry), BookingProblem))]
#[post("/waitlist/lookup")]
async fn show_waitlist_entry(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<web::Json<WaitlistEntry>, Failure> {
    admit_lookup(&app, &request).await?;
    let mut conn = app.pool.get().await?;
    let row = open_entry(&app, &mut conn, &body).await?;
    Ok(web::Json(tell(&app, &mut conn, &row).await?))
}

/// Say no to the offered place: the next person is asked at once. One waits on while offers are left.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "Declined.", body = WaitlistEntry), BookingProblem))]
#[post("/waitlist/decline")]
async fn decline_offer(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<web::Json<WaitlistEntry>, Failure> {
    admit_lookup(&app, &request).await?;
    Ok(web::Json(finish(&app, &body, End::Passed).await?))
}

/// Wait no more. Leaving again changes nothing.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "Left.", body = WaitlistEntry), BookingProblem))]
#[post("/waitlist/leave")]
async fn leave_waitlist(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<web::Json<WaitlistEntry>, Failure> {
    admit_lookup(&app, &request).await?;
    Ok(web::Json(finish(&app, &body, End::Left).await?))
}

/// Ends the offer or the waiting, for the API and the forms.
///
/// # Errors
/// 404, 409.
pub async fn finish(app: &App, key: &AppointmentKey, why: End) -> Result<WaitlistEntry, Failure> {
    let mut conn = app.pool.get().await?;
    let entry_id = open_entry(app, &mut conn, key).await?.entry_id;
    let (told, changes) = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let locked = store::lock_entry(conn, entry_id).await?;
        let row = locked.ok_or(BookingProblem::EntryNotFound)?;
        let changes = match row.state.as_str() {
            "offered" => offers::end(app, conn, &row, why).await?,
            "waiting" if why == End::Left => offers::end(app, conn, &row, why).await?,
            _ if why == End::Passed => return Err(BookingProblem::NoOffer.into()),
            _ => Vec::new(),
        };
        let now = store::lock_entry(conn, entry_id).await?.unwrap_or(row);
        Ok((tell(app, conn, &now).await?, changes))
    })
    .await?;
    drop(conn);
    mirror_all(app, &changes).await;
    Ok(told)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WaitlistFilter {
    /// Which day; today if left out.
    on: Option<NaiveDate>,
}

/// Count who waits at an office for a day, by service and class. Nobody is named.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(("office_id" = OfficeId, Path, description = "Which office."), WaitlistFilter),
    responses((status = OK, description = "The counts.", body = [WaitlistCount])))]
#[get("/offices/{office_id}/desk/waitlist")]
async fn count_waitlist(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
    filter: Query<WaitlistFilter>,
) -> Result<web::Json<Vec<WaitlistCount>>, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let on = filter.on.unwrap_or_else(|| local_day(app.clock.now()));
    let mut conn = app.pool.get().await?;
    let counts = store::count_of_day(&mut conn, office.row.office_id, on).await?;
    let tell =
        |(service_code, class, waiting, offered, since): (String, String, _, _, _)| WaitlistCount {
            service_code,
            class: PriorityClass::parse(&class).unwrap_or_default(),
            waiting,
            offered,
            since,
        };
    Ok(web::Json(counts.into_iter().map(tell).collect()))
}
