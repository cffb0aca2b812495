//! Booking a group, and what it has to hand out.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::booking::{GroupBooking, GroupFit, GroupLine};
use mobile_contracts::ids::OfficeId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::file::{Judge, Line};
use super::list;
use super::seat::{Picked, Wish, pick, seat};
use super::store;
use crate::app::App;
use crate::booking::appointments::party::Checked;
use crate::booking::appointments::secret::secret;
use crate::booking::appointments::settle::{Outcome, settle};
use crate::booking::appointments::store::{AppointmentRow, list_live};
use crate::booking::holds::mirror::{Changes, mirror_all};
use crate::booking::offices::own_office;
use crate::booking::problem::BookingProblem;
use crate::booking::slips::{slip_page, slips_of};
use crate::booking::slots::routes::{is_bookable_day, require_service};
use crate::db::Conn;
use crate::http::extract::{Path, Query, Upload};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::idempotency::{IdempotencyKey, Press, SavedAnswer};
use crate::identity::Caller;
use crate::identity::permission::BookGroups;
use crate::privacy::audit;
use crate::privacy::keys::Keys;

/// Mounts groups.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(book_group)
        .service(export_group)
        .service(print_group);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GroupWish {
    /// Where: an office of the caller's unit.
    #[param(value_type = i32, minimum = 1)]
    office_id: OfficeId,
    /// What for.
    #[param(max_length = 40, example = "cccd_new")]
    service: String,
    /// On which day.
    on: NaiveDate,
    /// Slots that start from this minute after midnight.
    #[serde(default)]
    #[param(minimum = 0, maximum = 1439, default = 0, example = 450)]
    from_min: i16,
    /// Slots that start before this minute after midnight.
    #[serde(default = "whole_day")]
    #[param(minimum = 1, maximum = 1440, default = 1440, example = 690)]
    to_min: i16,
    /// Whether all must find room, or as many as do.
    #[param(inline)]
    fit: GroupFit,
    /// True: say line by line what would happen, and write nothing.
    #[serde(default)]
    dry_run: bool,
}

fn whole_day() -> i16 {
    1440
}

/// Book a group from a CSV file: a school class, an agency.
///
/// At most 200 people, in the columns `id_number,name,birth_on`, and if wanted
/// `phone,village,guardian_name,consent`; as a spreadsheet writes them, by commas, semicolons or tabs. With
/// one wrong line nothing is written. People are seated in the order of the list, slot after slot, in the shortest
/// time that has room for them, within the office's share for groups. The answer holds each person's
/// code and secret; the same key gives the same answer.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(GroupWish, ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    request_body(content = String, content_type = "text/csv",
        example = "id_number,name,birth_on,phone,village,guardian_name,consent\n058208000001,Nguyễn Văn An,15/09/2008,,,,written\n"),
    responses((status = OK, description = "What became of each line, or would become.", body = GroupBooking), BookingProblem))]
#[post("/group-bookings")]
async fn book_group(
    app: web::Data<App>,
    caller: Caller<BookGroups>,
    key: IdempotencyKey,
    asked: Query<GroupWish>,
    file: Upload,
) -> Result<HttpResponse, Failure> {
    let now = app.clock.now();
    let office = own_office(&app, &caller, asked.office_id).await?;
    require_service(&office, &asked.service, "?service")?;
    check(&app, &asked)?;
    let geography = app.fresh_geography().await?;
    let judge = Judge {
        keys: &app.keys,
        geography: &geography,
        within: caller.unit_id,
        now,
    };
    let lines = judge.read(&file.0)?;
    let mut wish = Wish {
        day: app.availability.day(&app, &office, asked.on).await?,
        office,
        on: asked.on,
        service_code: &asked.service,
        minutes: (asked.from_min, asked.to_min),
        fit: asked.fit,
        booked_by: caller.account_id,
    };
    if asked.dry_run {
        let mut conn = app.pool.get().await?;
        let booked = list_booked(&mut conn, &lines, wish.service_code).await?;
        let told = rehearse(&mut conn, &wish, &lines, &booked, now).await?;
        return Ok(HttpResponse::Ok().json(told));
    }
    let request = request_of(&asked, &file.0);
    let actor = caller.actor();
    let outcome = book_once(&app, &actor, key, &request, &mut wish, &lines, now).await?;
    Ok(with_secrets(&app.keys, outcome.answer).answer(outcome.replayed))
}

/// Books under a key, or says again what was said under it.
async fn book_once(
    app: &App,
    actor: &str,
    key: IdempotencyKey,
    request: &[u8],
    wish: &mut Wish<'_>,
    lines: &[Line],
    now: DateTime<Utc>,
) -> Result<Outcome, Failure> {
    // With a wrong line nobody is seated.
    let is_whole = lines.iter().all(|line| line.verdict.is_ok());
    let wanted = if is_whole { lines.len() } else { 0 };
    let picked = pick(app, wish, wanted).await?;
    let press = Press {
        actor,
        key,
        request,
    };
    let outcome = settle(app, press, async |conn| {
        let (told, changes) = book(app, conn, wish, &picked, lines, now).await?;
        let answer = SavedAnswer::new(StatusCode::OK, told);
        Ok((answer, changes))
    })
    .await;
    if let Ok(outcome) = &outcome {
        mirror_all(app, &outcome.changes).await;
    }
    picked.let_go(app).await;
    outcome
}

/// What is wrong with the day and the hours, all of it.
fn check(app: &App, asked: &GroupWish) -> Result<(), Failure> {
    let mut faults = Vec::new();
    if !is_bookable_day(app, asked.on, app.clock.now()) {
        let days = app.config.booking.horizon_days;
        faults.push(FieldError::new(
            "?on",
            "RANGE",
            format!("Chọn hôm nay hoặc một ngày trong {days} ngày tới."),
            format!("Choose today or one of the next {days} days."),
        ));
    }
    if !(0..1440).contains(&asked.from_min) || asked.to_min <= asked.from_min || asked.to_min > 1440
    {
        faults.push(FieldError::new(
            "?to_min",
            "SPAN",
            "Khoảng giờ nằm trong một ngày, giờ sau lớn hơn giờ trước.",
            "The hours lie within one day, the second after the first.",
        ));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::invalid(faults))
    }
}

/// All that was asked, so that a key stands for one list and one window.
fn request_of(asked: &GroupWish, file: &[u8]) -> Vec<u8> {
    let wish = format!(
        "{}|{}|{}|{}|{}|{:?}|",
        asked.office_id, asked.service, asked.on, asked.from_min, asked.to_min, asked.fit
    );
    [wish.as_bytes(), file].concat()
}

async fn list_booked(
    conn: &mut Conn,
    lines: &[Line],
    service_code: &str,
) -> Result<BTreeSet<Vec<u8>>, Failure> {
    let good = lines.iter().filter_map(|line| line.verdict.as_ref().ok());
    let blinds: Vec<Vec<u8>> = good.map(|one| one.blind.clone()).collect();
    let live = list_live(conn, &blinds, service_code).await?;
    Ok(live.into_iter().map(|row| row.citizen_blind).collect())
}

/// What would become of each line now.
async fn rehearse(
    conn: &mut Conn,
    wish: &Wish<'_>,
    lines: &[Line],
    booked: &BTreeSet<Vec<u8>>,
    now: DateTime<Utc>,
) -> Result<GroupBooking, Failure> {
    let wanted = lines.iter().filter(|line| line.judged(booked).is_ok());
    let wanted = wanted.count();
    let rooms = wish.find(conn, wanted, now).await?;
    let starts: Vec<DateTime<Utc>> = rooms
        .iter()
        .flat_map(|room| room.places.iter().map(|_| room.starts_at))
        .collect();
    let places = starts.len();
    let seated = match wish.fit {
        GroupFit::All if wanted > places => 0,
        _ => places,
    };
    let mut seats = starts.into_iter().take(seated);
    let told = lines.iter().map(|line| match line.judged(booked) {
        Err(words) => refused(line.number, words),
        Ok(_) => match seats.next() {
            Some(starts_at) => GroupLine {
                starts_at: Some(starts_at),
                ..GroupLine::new(line.number, "booked")
            },
            None => no_room(line.number),
        },
    });
    Ok(tally(true, None, told.collect(), places))
}

/// Books, or says what is wrong and writes nothing.
async fn book(
    app: &App,
    conn: &mut Conn,
    wish: &Wish<'_>,
    picked: &Picked,
    lines: &[Line],
    now: DateTime<Utc>,
) -> Result<(GroupBooking, Changes), Failure> {
    let booked = list_booked(conn, lines, wish.service_code).await?;
    let good = lines.iter().filter_map(|line| line.judged(&booked).ok());
    let people: Vec<&Checked> = good.collect();
    if people.len() < lines.len() {
        let told = rehearse(conn, wish, lines, &booked, now).await?;
        return Ok((told, Vec::new()));
    }
    let seated = seat(app, conn, wish, picked, &people, now).await?;
    let places = seated.booked.len();
    let mut booked = seated.booked.into_iter();
    let told = lines.iter().map(|line| match booked.next() {
        Some(one) => GroupLine {
            appointment_id: Some(one.appointment_id),
            starts_at: Some(one.starts_at),
            code: Some(one.code),
            ..GroupLine::new(line.number, "booked")
        },
        None => no_room(line.number),
    });
    let told = tally(false, Some(seated.group_id), told.collect(), places);
    Ok((told, seated.changes))
}

fn refused(line: u32, words: &str) -> GroupLine {
    GroupLine {
        message: Some(words.to_owned()),
        ..GroupLine::new(line, "refused")
    }
}

fn no_room(line: u32) -> GroupLine {
    GroupLine {
        message: Some("Không còn chỗ cho đoàn trong khoảng giờ này của điểm tiếp nhận.".to_owned()),
        ..GroupLine::new(line, "no_room")
    }
}

fn tally(
    dry_run: bool,
    group_id: Option<Uuid>,
    lines: Vec<GroupLine>,
    places: usize,
) -> GroupBooking {
    let count = |result: &str| lines.iter().filter(|line| line.result == result).count() as u32;
    GroupBooking {
        dry_run,
        group_id,
        booked: count("booked"),
        no_room: count("no_room"),
        refused: count("refused"),
        places: u32::try_from(places).unwrap_or(u32::MAX),
        lines,
    }
}

/// Puts the secrets into a saved answer: they are derived, never stored.
fn with_secrets(keys: &Keys, mut answer: SavedAnswer) -> SavedAnswer {
    let Ok(mut group) = serde_json::from_value::<GroupBooking>(answer.body.clone()) else {
        return answer;
    };
    for line in &mut group.lines {
        let booked = line.appointment_id.filter(|_| !group.dry_run);
        line.secret = booked.map(|id| secret(keys, id, 1));
    }
    answer.body = serde_json::to_value(group).unwrap_or(answer.body);
    answer
}

/// The appointments of one's own group, for which secrets are told again. Audited.
async fn open_group(
    app: &App,
    caller: &Caller<BookGroups>,
    group_id: Uuid,
) -> Result<Vec<AppointmentRow>, Failure> {
    let mut conn = app.pool.get().await?;
    let rows = store::list_group(&mut conn, group_id, caller.account_id).await?;
    if rows.is_empty() {
        return Err(CommonProblem::NotFound.into());
    }
    let (actor, object) = (Some(caller.account_id), format!("group:{group_id}"));
    audit::record(&mut conn, actor, "booking.print_group", &object, ()).await?;
    Ok(rows)
}

/// Give a group that one booked oneself as a CSV file, with codes and secrets. The read is audited.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(("group_id" = Uuid, Path, description = "Which group.")),
    responses((status = OK, description = "One line a person.", body = String, content_type = "text/csv")))]
#[get("/group-bookings/{group_id}/list")]
async fn export_group(
    app: web::Data<App>,
    caller: Caller<BookGroups>,
    path: Path<Uuid>,
) -> Result<HttpResponse, Failure> {
    let rows = open_group(&app, &caller, path.0).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("content-disposition", "attachment; filename=\"doan.csv\""))
        .body(list::csv(&app, &rows)?))
}

/// Print the slips of a group that one booked oneself, one a person. The read is audited.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(("group_id" = Uuid, Path, description = "Which group.")),
    responses((status = OK, description = "A page without scripts.", body = String, content_type = "text/html")))]
#[get("/group-bookings/{group_id}/slips")]
async fn print_group(
    app: web::Data<App>,
    caller: Caller<BookGroups>,
    path: Path<Uuid>,
) -> Result<HttpResponse, Failure> {
    let mut rows = open_group(&app, &caller, path.0).await?;
    // Those who are to come.
    rows.retain(|row| row.status == "booked");
    let mut conn = app.pool.get().await?;
    let slips = slips_of(&app, &mut conn, &rows).await?;
    drop(conn);
    Ok(slip_page(&app, &slips))
}
