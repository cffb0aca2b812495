//! Booking forms that work without scripts: plain pages, plain posts, no cookie.
//!
//! Whatever is personal stands in the body of a POST, never in an address; a POST that another site
//! sent is refused. The pages ask the same functions as the API, so they can promise no more.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use mobile_contracts::booking::{
    Appointment, AppointmentKey, BookedParty, ConfirmHold, Consent, HoldPlaces, MoveAppointment,
    NearSlot, Visitor,
};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OfficeId, UnitId};
use serde::Deserialize;
use uuid::Uuid;

use super::availability::{Search, find_nearest};
use super::confirm;
use super::routes::{
    admit_hold, admit_lookup, asker, cancel_for, confirm_for, hold_for, move_for, open_appointment,
    people_of, tell,
};
use crate::app::App;
use crate::geography::Level;
use crate::http::extract::Query;
use crate::http::failure::{CommonProblem, Failure, Language};
use crate::http::html::{Escaped, page};
use crate::http::idempotency::IdempotencyKey;

/// Mounts the pages, beside the API and outside its document.
pub fn pages(config: &mut web::ServiceConfig) {
    config
        .route("/dat-lich", web::get().to(show_search))
        .route("/dat-lich/cong-dan", web::get().to(show_person_form))
        .route("/dat-lich/giu-cho", web::post().to(hold_by_form))
        .route("/dat-lich/xac-nhan", web::post().to(confirm_by_form))
        .route("/lich-hen", web::get().to(show_key_form))
        .route("/lich-hen", web::post().to(show_by_form))
        .route("/lich-hen/huy", web::post().to(cancel_by_form))
        .route("/lich-hen/doi", web::post().to(move_by_form));
}

/// A refusal as a page; what is our fault goes the way of all failures, so that it is logged.
fn refused(failure: Failure) -> Result<HttpResponse, Failure> {
    if failure.status().is_server_error() {
        return Err(failure);
    }
    let problem = failure.problem(Language::Vietnamese, "");
    let mut body = String::from("<div class=\"notice\" role=\"alert\"><ul>");
    for error in &problem.errors {
        let _ = write!(body, "<li>{}</li>", Escaped(&error.message));
    }
    body.push_str("</ul></div>");
    if let Some(slots) = problem.more.get("alternatives")
        && let Ok(slots) = serde_json::from_value::<Vec<NearSlot>>(slots.clone())
        && !slots.is_empty()
    {
        body.push_str("<h2>Khung giờ khác còn chỗ</h2><ul>");
        for slot in &slots {
            let (when, where_) = (spell_time(slot.starts_at), Escaped(&slot.office_name));
            let _ = write!(body, "<li>{when}, {where_}</li>");
        }
        body.push_str("</ul>");
    }
    body.push_str("<p><a href=\"/dat-lich\">Chọn lại từ đầu</a> · <a href=\"/lich-hen\">Xem lịch hẹn đã có</a></p>");
    Ok(page(failure.status(), &problem.title, &body))
}

/// Refuses a POST that another site sent. A browser says so itself in Sec-Fetch-Site; an older one
/// names the sender's Origin; one that says neither is not believed.
fn require_own_form(app: &App, request: &HttpRequest) -> Result<(), Failure> {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let own = match header("sec-fetch-site") {
        Some(site) => site == "same-origin" || site == "none",
        None => header(ORIGIN.as_str()).is_some_and(|origin| {
            let host = origin.split_once("://").map(|(_, host)| host);
            origin == app.config.http.public_origin
                || (host.is_some() && host == header(HOST.as_str()))
        }),
    };
    if own {
        Ok(())
    } else {
        Err(CommonProblem::Forbidden.into())
    }
}

/// `07:30 ngày 23/11/2026`, local.
fn spell_time(at: DateTime<Utc>) -> String {
    let vietnam = FixedOffset::east_opt(7 * 3600).expect("seven hours are a valid offset");
    at.with_timezone(&vietnam)
        .format("%H:%M ngày %d/%m/%Y")
        .to_string()
}

fn hidden(name: &str, value: &str) -> String {
    format!(
        "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
        Escaped(value)
    )
}

#[derive(Debug, Deserialize)]
struct SearchForm {
    service: Option<String>,
    /// Empty: anywhere.
    unit_id: Option<String>,
}

/// Service and commune, and the nearest free slots for them. Nothing personal yet.
async fn show_search(
    app: web::Data<App>,
    form: Query<SearchForm>,
) -> Result<HttpResponse, Failure> {
    let today = local_day(app.clock.now());
    let offices = app.availability.offices(&app).await?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    drop(conn);
    // Today's places at once, before anybody has chosen anything.
    let first = offices.services.first();
    let chosen = form
        .service
        .as_deref()
        .or(first.map(|service| service.service_code.as_str()));
    let unit_id: Option<UnitId> = form.unit_id.as_deref().and_then(|text| text.parse().ok());
    let mut body = String::from(
        "<form method=\"get\" action=\"/dat-lich\"><label for=\"s\">Thủ tục</label><select id=\"s\" name=\"service\">",
    );
    for service in &offices.services {
        let selected = if chosen == Some(&service.service_code) {
            " selected"
        } else {
            ""
        };
        let (code, name) = (Escaped(&service.service_code), Escaped(&service.name));
        let _ = write!(body, "<option value=\"{code}\"{selected}>{name}</option>");
    }
    body.push_str("</select><label for=\"u\">Xã, phường</label><select id=\"u\" name=\"unit_id\"><option value=\"\">Bất kỳ</option>");
    for root in geography.roots_on(today) {
        for id in geography.within(root, Level::Commune, today) {
            let selected = if unit_id == Some(id) { " selected" } else { "" };
            let name = Escaped(&geography.name_on(id, today));
            let _ = write!(body, "<option value=\"{id}\"{selected}>{name}</option>");
        }
    }
    body.push_str("</select><button>Tìm chỗ trống gần nhất</button></form>");
    if let Some(code) = chosen {
        let search = Search {
            commune: unit_id,
            service_code: Some(code),
            from: today,
            wanted: 10,
            for_strangers: true,
            party: 1,
        };
        let slots = find_nearest(&app, search).await?;
        body.push_str("<h2>Khung giờ còn chỗ</h2><ul class=\"choices\">");
        for slot in &slots {
            let starts_s = slot.starts_at.timestamp();
            let _ = write!(
                body,
                "<li><a href=\"/dat-lich/cong-dan?office_id={}&amp;starts_s={starts_s}&amp;service={}\"><strong>{}</strong></a>{}<br><span class=\"soft\">{}, {}</span></li>",
                slot.office_id,
                Escaped(code),
                spell_time(slot.starts_at),
                if slot.today {
                    " <span class=\"good\">hôm nay</span>"
                } else {
                    ""
                },
                Escaped(&slot.office_name),
                Escaped(&slot.address),
            );
        }
        body.push_str("</ul>");
        if slots.is_empty() {
            body.push_str("<p>Hiện chưa có chỗ trống. Hãy thử lại sau ít phút.</p>");
        }
    }
    body.push_str("<p><a href=\"/lich-hen\">Xem, đổi hoặc hủy lịch hẹn đã có</a></p>");
    Ok(page(StatusCode::OK, "Đặt lịch làm thẻ Căn cước", &body))
}

#[derive(Debug, Deserialize)]
struct SlotChoice {
    office_id: OfficeId,
    starts_s: i64,
    service: String,
}

/// Who comes: an empty form, to be sent as a POST.
async fn show_person_form(
    app: web::Data<App>,
    choice: Query<SlotChoice>,
) -> Result<HttpResponse, Failure> {
    let office = match app.availability.office(&app, choice.office_id).await {
        Ok(office) => office,
        Err(failure) => return refused(failure),
    };
    let Some(starts_at) = DateTime::from_timestamp(choice.starts_s, 0) else {
        return refused(CommonProblem::NotFound.into());
    };
    let today = local_day(app.clock.now());
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let mut villages = String::new();
    for root in geography.roots_on(today) {
        for commune in geography.within(root, Level::Commune, today) {
            let name = geography.name_on(commune, today);
            let _ = write!(villages, "<optgroup label=\"{}\">", Escaped(name));
            for village in geography.children_on(commune, today) {
                let name = geography.name_on(village.unit_id, today);
                let _ = write!(
                    villages,
                    "<option value=\"{}\">{}</option>",
                    village.unit_id,
                    Escaped(name)
                );
            }
            villages.push_str("</optgroup>");
        }
    }
    let mut bring = String::new();
    if let Some(service) = office.service(&choice.service) {
        for document in &service.documents {
            let _ = write!(bring, "<li>{}</li>", Escaped(document));
        }
    }
    let body = format!(
        "<p>{when}, {office}, {address}.</p><h2>Mang theo</h2><ul>{bring}</ul>\
        <form method=\"post\" action=\"/dat-lich/giu-cho\">{office_id}{starts_s}{service}{device}\
        <label for=\"n\">Họ và tên</label><input id=\"n\" name=\"name\" required autocomplete=\"name\">\
        <label for=\"i\">Số định danh (12 số)</label><input id=\"i\" name=\"id_number\" required inputmode=\"numeric\" autocomplete=\"off\">\
        <label for=\"p\">Số điện thoại (nếu có)</label><input id=\"p\" name=\"phone\" inputmode=\"tel\" autocomplete=\"tel\">\
        <label for=\"b\">Ngày sinh (nếu có thể dưới 14 tuổi)</label><input id=\"b\" name=\"birth_on\" type=\"date\">\
        <label for=\"g\">Họ tên cha, mẹ hoặc người giám hộ đi cùng (nếu dưới 14 tuổi)</label><input id=\"g\" name=\"guardian_name\">\
        <label for=\"v\">Thôn, khu phố</label><select id=\"v\" name=\"village\"><option value=\"\">Không ghi</option>{villages}<option value=\"outside\">Ngoài tỉnh</option></select>\
        <label class=\"check\"><input type=\"checkbox\" name=\"consent\" value=\"yes\"> Đồng ý để lượt này được tính cho thôn, khu phố</label>\
        <p>Không hỏi và không lưu OTP, mật khẩu, ảnh thẻ.</p><button>Giữ chỗ</button></form>",
        when = spell_time(starts_at),
        office = Escaped(&office.row.name),
        address = Escaped(&office.row.address),
        office_id = hidden("office_id", &choice.office_id.to_string()),
        starts_s = hidden("starts_s", &choice.starts_s.to_string()),
        service = hidden("service", &choice.service),
        device = hidden("device_id", &Uuid::new_v4().to_string()),
    );
    Ok(page(StatusCode::OK, "Người đến làm thủ tục", &body))
}

/// Who comes, as a form says it: what is left empty is an empty text.
#[derive(Deserialize)]
struct PersonForm {
    service: String,
    name: String,
    id_number: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    birth_on: String,
    #[serde(default)]
    guardian_name: String,
    #[serde(default)]
    village: String,
    #[serde(default)]
    consent: String,
}

impl PersonForm {
    fn visitor(&self) -> Visitor {
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
        Visitor {
            id_number: self.id_number.clone(),
            name: self.name.clone(),
            birth_on: self.birth_on.parse::<NaiveDate>().ok(),
            phone: given(&self.phone),
            village_id: self.village.parse().ok(),
            outside_province: self.village == "outside",
            consent: if self.consent == "yes" {
                Consent::SelfGiven
            } else {
                Consent::None
            },
            guardian_name: given(&self.guardian_name),
        }
    }

    /// The same again, to be sent with the confirmation.
    fn repeat(&self) -> String {
        [
            ("service", &self.service),
            ("name", &self.name),
            ("id_number", &self.id_number),
            ("phone", &self.phone),
            ("birth_on", &self.birth_on),
            ("guardian_name", &self.guardian_name),
            ("village", &self.village),
            ("consent", &self.consent),
        ]
        .iter()
        .map(|(name, value)| hidden(name, value))
        .collect()
    }
}

/// Where the chosen slot is. Read from the same body as [`PersonForm`]; each takes its own fields.
#[derive(Deserialize)]
struct HoldForm {
    office_id: OfficeId,
    starts_s: i64,
    device_id: Uuid,
}

/// Holds the place, and shows once more what will be booked. The key of the confirmation is made
/// here, so that pressing twice books once.
async fn hold_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    body: String,
) -> Result<HttpResponse, Failure> {
    let held = async {
        require_own_form(&app, &request)?;
        let form: HoldForm = read(&body)?;
        let person: PersonForm = read(&body)?;
        let starts_at =
            DateTime::from_timestamp(form.starts_s, 0).ok_or(CommonProblem::NotFound)?;
        let wish = HoldPlaces {
            office_id: form.office_id,
            starts_at,
            service_code: person.service.clone(),
            id_numbers: vec![person.id_number.clone()],
            appointment: None,
            device_id: form.device_id,
            work: None,
        };
        // All that is wrong with the form is told before a place is held for it.
        let check = ConfirmHold {
            hold_token: String::new(),
            service_code: person.service.clone(),
            visitors: vec![person.visitor()],
            proxy: None,
        };
        let mut conn = app.pool.get().await?;
        let geography = app.geography(&mut conn).await?;
        drop(conn);
        confirm::check_party(&app.keys, &geography, &check, app.clock.now())?;
        admit_hold(&app, None, &wish).await?;
        let people = people_of(&app, &wish).await?;
        let hold = hold_for(&app, &wish, people, None).await?;
        Ok::<_, Failure>((person, hold))
    };
    let (person, hold) = match held.await {
        Ok(held) => held,
        Err(failure) => return refused(failure),
    };
    let body = format!(
        "<p>Đã giữ chỗ {when}, đến {until}.</p><p>{name}</p>\
        <form method=\"post\" action=\"/dat-lich/xac-nhan\">{token}{key}{person}<button>Xác nhận đặt lịch</button></form>",
        when = spell_time(hold.starts_at),
        until = spell_time(hold.ends_at),
        name = Escaped(&person.name),
        token = hidden("hold_token", &hold.hold_token),
        key = hidden("key", &Uuid::new_v4().to_string()),
        person = person.repeat(),
    );
    Ok(page(StatusCode::OK, "Xác nhận đặt lịch", &body))
}

#[derive(Deserialize)]
struct ConfirmForm {
    hold_token: String,
    key: Uuid,
}

/// Reads one of the forms that a body carries.
fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, Failure> {
    serde_urlencoded::from_str(body).map_err(|_| CommonProblem::Malformed.into())
}

/// Confirms, and shows code and secret to be written down.
async fn confirm_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    body: String,
) -> Result<HttpResponse, Failure> {
    let confirmed = async {
        require_own_form(&app, &request)?;
        let form: ConfirmForm = read(&body)?;
        let person: PersonForm = read(&body)?;
        let body = ConfirmHold {
            hold_token: form.hold_token,
            service_code: person.service.clone(),
            visitors: vec![person.visitor()],
            proxy: None,
        };
        let key = IdempotencyKey(form.key);
        confirm_for(&app, key, &body, asker(&request, None)).await
    };
    let outcome = match confirmed.await {
        Ok(outcome) => outcome,
        Err(failure) => return refused(failure),
    };
    let answer = confirm::with_secrets(&app.keys, outcome.answer);
    let Ok(party) = serde_json::from_value::<BookedParty>(answer.body.clone()) else {
        return Ok(refused_answer(&answer.body, answer.status));
    };
    let mut body = String::new();
    for one in &party.appointments {
        let (code, key) = (
            Escaped(&one.code),
            Escaped(one.secret.as_deref().unwrap_or_default()),
        );
        let _ = write!(
            body,
            "<p>{}</p><p>Mã lịch hẹn</p><p class=\"code\">{code}</p><p>Mã bí mật (để đổi hoặc hủy)</p><p class=\"code\">{key}</p>",
            spell_time(one.starts_at)
        );
    }
    body.push_str("<p>Hãy chép lại hoặc chụp màn hình. Nếu không đến được, xin hủy để nhường chỗ.</p><p><a href=\"/lich-hen\">Xem, đổi hoặc hủy</a></p>");
    Ok(page(StatusCode::CREATED, "Đã đặt lịch", &body))
}

/// A refusal that was saved as an answer.
fn refused_answer(body: &serde_json::Value, status: i16) -> HttpResponse {
    let status = StatusCode::from_u16(status.unsigned_abs()).unwrap_or(StatusCode::CONFLICT);
    let title = body.get("title").and_then(|title| title.as_str());
    page(
        status,
        title.unwrap_or("Chưa đặt được"),
        "<p><a href=\"/dat-lich\">Chọn lại từ đầu</a> · <a href=\"/lich-hen\">Xem lịch hẹn đã có</a></p>",
    )
}

async fn show_key_form() -> HttpResponse {
    page(
        StatusCode::OK,
        "Lịch hẹn của tôi",
        "<form method=\"post\" action=\"/lich-hen\">\
        <label for=\"c\">Mã lịch hẹn</label><input id=\"c\" name=\"code\" required autocomplete=\"off\">\
        <label for=\"k\">Mã bí mật</label><input id=\"k\" name=\"secret\" required autocomplete=\"off\">\
        <button>Xem</button></form>",
    )
}

/// The appointment with what can be done to it, each a POST that carries the key.
fn appointment_page(told: &Appointment, key: &AppointmentKey, others: &[NearSlot]) -> HttpResponse {
    let own = hidden("code", &key.code) + &hidden("secret", &key.secret);
    let state = match told.status.as_str() {
        "booked" => "Đã đặt",
        "cancelled" => "Đã hủy",
        "served" => "Đã làm xong",
        "no_show" => "Không đến",
        "conflict" => "Điểm tiếp nhận đổi giờ, cần chọn lại",
        _ => "Đang làm thủ tục",
    };
    let mut body = format!(
        "<p>{state}: {}</p><p>{}, {}. {}</p><ul>",
        spell_time(told.starts_at),
        Escaped(&told.office_name),
        Escaped(&told.address),
        Escaped(&told.directions)
    );
    for document in &told.documents {
        let _ = write!(body, "<li>{}</li>", Escaped(document));
    }
    body.push_str("</ul>");
    if matches!(told.status.as_str(), "booked" | "conflict") {
        let _ = write!(
            body,
            "<form method=\"post\" action=\"/lich-hen/huy\">{own}<button>Hủy lịch hẹn</button></form><h2>Đổi sang</h2>"
        );
        for slot in others {
            let _ = write!(
                body,
                "<form method=\"post\" action=\"/lich-hen/doi\">{own}{}{}{}<button>{}, {}</button></form>",
                hidden("office_id", &slot.office_id.to_string()),
                hidden("starts_s", &slot.starts_at.timestamp().to_string()),
                hidden("key", &Uuid::new_v4().to_string()),
                spell_time(slot.starts_at),
                Escaped(&slot.office_name),
            );
        }
    }
    page(StatusCode::OK, "Lịch hẹn của tôi", &body)
}

async fn show_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    let key = form.into_inner();
    match look_up(&app, &request, &key).await {
        Ok((told, others)) => Ok(appointment_page(&told, &key, &others)),
        Err(failure) => refused(failure),
    }
}

async fn look_up(
    app: &App,
    request: &HttpRequest,
    key: &AppointmentKey,
) -> Result<(Appointment, Vec<NearSlot>), Failure> {
    require_own_form(app, request)?;
    admit_lookup(app, request).await?;
    let mut conn = app.pool.get().await?;
    let row = open_appointment(app, &mut conn, key).await?;
    drop(conn);
    let office = app.availability.office(app, row.office_id).await?;
    let search = Search {
        commune: Some(office.row.unit_id),
        service_code: Some(&row.service_code),
        from: local_day(app.clock.now()),
        wanted: 6,
        for_strangers: !row.verified,
        party: 1,
    };
    let others = find_nearest(app, search).await?;
    Ok((tell(app, &row).await?, others))
}

async fn cancel_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    let key = form.into_inner();
    let cancelled = async {
        require_own_form(&app, &request)?;
        admit_lookup(&app, &request).await?;
        let row = cancel_for(&app, &key).await?;
        tell(&app, &row).await
    };
    match cancelled.await {
        Ok(told) => Ok(appointment_page(&told, &key, &[])),
        Err(failure) => refused(failure),
    }
}

#[derive(Deserialize)]
struct MoveForm {
    code: String,
    secret: String,
    office_id: OfficeId,
    starts_s: i64,
    key: Uuid,
}

async fn move_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<MoveForm>,
) -> Result<HttpResponse, Failure> {
    let form = form.into_inner();
    let own = AppointmentKey {
        code: form.code.clone(),
        secret: form.secret.clone(),
    };
    let moved = async {
        let (told, _) = look_up(&app, &request, &own).await?;
        let starts_at =
            DateTime::from_timestamp(form.starts_s, 0).ok_or(CommonProblem::NotFound)?;
        let wish = HoldPlaces {
            office_id: form.office_id,
            starts_at,
            service_code: told.service_code,
            id_numbers: Vec::new(),
            appointment: Some(own.clone()),
            device_id: form.key,
            work: None,
        };
        admit_hold(&app, None, &wish).await?;
        let people = people_of(&app, &wish).await?;
        let hold = hold_for(&app, &wish, people, None).await?;
        let body = MoveAppointment {
            code: form.code.clone(),
            secret: form.secret.clone(),
            hold_token: hold.hold_token,
        };
        move_for(
            &app,
            IdempotencyKey(form.key),
            &body,
            &asker(&request, None),
        )
        .await
    };
    let outcome = match moved.await {
        Ok(outcome) => outcome,
        Err(failure) => return refused(failure),
    };
    match serde_json::from_value::<Appointment>(outcome.answer.body.clone()) {
        Ok(told) => Ok(appointment_page(&told, &own, &[])),
        Err(_) => Ok(refused_answer(&outcome.answer.body, outcome.answer.status)),
    }
}
