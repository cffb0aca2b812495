//! One's own appointment, seen, moved and cancelled by forms. Whatever is refused is told above the
//! appointment as it is.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, NaiveDate};
use mobile_contracts::booking::{
    Appointment, AppointmentKey, HoldPlaces, MoveAppointment, NearSlot,
};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use serde::Deserialize;
use uuid::Uuid;

use super::refusal::Refusal;
use super::{hidden, key_form, own, refused, require_own_form, spell_time};
use crate::app::App;
use crate::booking::appointments::own::{self as deeds, move_for, tell, with_key};
use crate::booking::appointments::restore::restore;
use crate::booking::appointments::routes::{admit_lookup, asker, open_appointment};
use crate::booking::appointments::store::AppointmentRow;
use crate::booking::holds::routes::{admit_hold, hold_for, people_of};
use crate::booking::slips::slip_for;
use crate::booking::slots::search::{Search, find_nearest};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::html::{Escaped, beside, page, page_with};
use crate::http::idempotency::IdempotencyKey;
use crate::web::BOOKING;

const TITLE: (&str, &str) = ("Lịch hẹn của tôi", "My appointment");

fn codes_form(code: &str) -> String {
    key_form("/lich-hen", ("Mã lịch hẹn", "Code"), code)
}

pub async fn show_key_form() -> HttpResponse {
    page_with(&BOOKING, TITLE, &codes_form(""))
}

/// What a form says of an appointment: its codes, the first day that suits, and whether somebody was
/// asked and is sure.
#[derive(Deserialize)]
pub struct OwnForm {
    code: String,
    secret: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    sure: String,
}

impl OwnForm {
    fn key(&self) -> AppointmentKey {
        AppointmentKey {
            code: self.code.clone(),
            secret: self.secret.clone(),
        }
    }
}

/// An appointment as it is, and where it could be moved to.
struct Seen {
    told: Appointment,
    others: Vec<NearSlot>,
    from: NaiveDate,
    today: NaiveDate,
}

async fn look_up(app: &App, key: &AppointmentKey, from: &str) -> Result<Seen, Failure> {
    let mut conn = app.pool.get().await?;
    let row = open_appointment(app, &mut conn, key).await?;
    drop(conn);
    let office = app.availability.office(app, row.office_id).await?;
    let today = local_day(app.clock.now());
    let from = from.parse().unwrap_or(today).max(today);
    let search = Search {
        commune: Some(office.row.unit_id),
        service_code: Some(&row.service_code),
        from,
        wanted: 6,
        for_strangers: !row.verified,
        party: 1,
    };
    Ok(Seen {
        others: find_nearest(app, search).await?,
        told: tell(app, &row).await?,
        from,
        today,
    })
}

/// The appointment with what can be done to it, each a POST that carries the key.
fn appointment_page(seen: &Seen, key: &AppointmentKey, refusal: Option<&Refusal>) -> HttpResponse {
    let told = &seen.told;
    let mut body = refusal.map(Refusal::notice).unwrap_or_default();
    body.push_str(&visit(told));
    if let Some(keep_by) = told.keep_by {
        let _ = write!(
            body,
            "<div class=\"notice\"><p>{}</p><form method=\"post\" action=\"/lich-hen/den\">{}<button>{}</button></form></div>",
            beside(
                &format!(
                    "Lịch đặt trước xa và chưa có người giúp: trong 24 giờ trước giờ hẹn, và chậm nhất {}, hãy bấm nút dưới đây. Nếu không, chỗ này nhường cho người khác.",
                    spell_time(keep_by)
                ),
                &format!(
                    "Press this within 24 hours before the start, and by {} at the latest; else somebody else gets the place.",
                    spell_time(keep_by)
                ),
            ),
            own(key),
            beside("Tôi sẽ đến", "I shall come"),
        );
    }
    if told.status == "booked" {
        let _ = write!(
            body,
            "<form method=\"post\" action=\"/lich-hen/phieu\">{}<button class=\"quiet\">{}</button></form>",
            own(key),
            beside("In phiếu hẹn", "Print the slip"),
        );
    }
    if matches!(told.status.as_str(), "booked" | "conflict") {
        let _ = write!(
            body,
            "{moves}<h2>{title}</h2><form method=\"post\" action=\"/lich-hen/huy\">{own}<button class=\"quiet\">{cancel}</button></form>",
            moves = moves(seen, key),
            title = beside("Không đến được?", "Cannot come?"),
            own = own(key),
            cancel = beside("Hủy lịch hẹn", "Cancel"),
        );
    }
    let _ = write!(
        body,
        "<form method=\"post\" action=\"/lich-hen/du-lieu\">{}<button class=\"quiet\">{}</button></form>",
        own(key),
        beside("Dữ liệu của tôi", "My data"),
    );
    let status = refusal.map_or(StatusCode::OK, |refusal| refusal.status);
    page(status, TITLE, &body)
}

/// What is booked, when and where.
fn visit(told: &Appointment) -> String {
    let state = match told.status.as_str() {
        "booked" => beside("Đã đặt", "Booked"),
        "cancelled" => beside("Đã hủy", "Cancelled"),
        "served" => beside("Đã làm xong", "Done"),
        "no_show" => beside("Không đến", "Did not come"),
        "conflict" => beside(
            "Điểm tiếp nhận đổi giờ, cần chọn lại",
            "The office changed its hours: choose another",
        ),
        _ => beside("Đang làm thủ tục", "In progress"),
    };
    let mut visit = format!(
        "<p>{state}: <strong>{}</strong></p><p>{}, {}. {}</p><ul>",
        spell_time(told.starts_at),
        Escaped(&told.office_name),
        Escaped(&told.address),
        Escaped(&told.directions)
    );
    for document in &told.documents {
        let _ = write!(visit, "<li>{}</li>", Escaped(document));
    }
    visit.push_str("</ul>");
    visit
}

/// Another day to look from, and its hours, each a button.
fn moves(seen: &Seen, key: &AppointmentKey) -> String {
    let (own, today, from) = (own(key), seen.today, seen.from);
    let mut moves = format!(
        "<h2>{}</h2><form method=\"post\" action=\"/lich-hen\">{own}<label for=\"f\">{}</label>\
        <input id=\"f\" name=\"from\" type=\"date\" min=\"{today}\" value=\"{from}\"><button class=\"quiet\">{}</button></form>",
        beside("Đổi sang giờ khác", "Move to another hour"),
        beside("Từ ngày", "From"),
        beside("Xem giờ còn chỗ", "See hours with places"),
    );
    if seen.others.is_empty() {
        let none = beside(
            "Chưa có giờ nào còn chỗ. Hãy thử ngày khác.",
            "No hour is free. Try another day.",
        );
        let _ = write!(moves, "<p>{none}</p>");
    }
    moves.push_str("<div class=\"ways\">");
    for slot in &seen.others {
        let _ = write!(
            moves,
            "<form method=\"post\" action=\"/lich-hen/doi\">{own}{}{}{}<button class=\"quiet\">{}, {}</button></form>",
            hidden("office_id", &slot.office_id.to_string()),
            hidden("starts_s", &slot.starts_at.timestamp().to_string()),
            hidden("key", &Uuid::new_v4().to_string()),
            spell_time(slot.starts_at),
            Escaped(&slot.office_name),
        );
    }
    moves.push_str("</div>");
    moves
}

pub async fn show_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<OwnForm>,
) -> Result<HttpResponse, Failure> {
    let key = form.key();
    let seen = async {
        require_own_form(&app, &request)?;
        admit_lookup(&app, &request).await?;
        look_up(&app, &key, &form.from).await
    };
    match seen.await {
        Ok(seen) => Ok(appointment_page(&seen, &key, None)),
        Err(failure) => wrong_codes(failure, &key),
    }
}

/// The form for the codes again, under what was wrong.
fn wrong_codes(failure: Failure, key: &AppointmentKey) -> Result<HttpResponse, Failure> {
    let refusal = Refusal::of(failure)?;
    let lost = beside(
        "Mất mã? Mang thẻ đến điểm tiếp nhận: cán bộ cấp lại mã mới.",
        "Lost the codes? Bring the card to the office: you are given new ones.",
    );
    let body = refusal.notice() + &codes_form(&key.code) + &format!("<p>{lost}</p>");
    Ok(page(refusal.status, TITLE, &body))
}

/// What was refused, above the appointment if the codes open one.
async fn refused_of(
    app: &App,
    key: &AppointmentKey,
    failure: Failure,
) -> Result<HttpResponse, Failure> {
    match look_up(app, key, "").await {
        Ok(seen) => Ok(appointment_page(&seen, key, Some(&Refusal::of(failure)?))),
        Err(_) => wrong_codes(failure, key),
    }
}

/// Does something with an appointment, and shows it as it is then.
async fn by_form(
    app: &App,
    request: &HttpRequest,
    key: &AppointmentKey,
    deed: impl AsyncFnOnce(&App, AppointmentRow) -> Result<AppointmentRow, Failure>,
) -> Result<HttpResponse, Failure> {
    if let Err(foreign) = require_own_form(app, request) {
        return refused(foreign);
    }
    match with_key(app, request, key, deed).await {
        Ok(told) if told.status == "cancelled" => Ok(cancelled_page(&told, key)),
        Ok(_) => Ok(appointment_page(&look_up(app, key, "").await?, key, None)),
        Err(failure) => refused_of(app, key, failure).await,
    }
}

pub async fn keep_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    by_form(&app, &request, &form, deeds::keep).await
}

/// Asks once: the place may be somebody else's within seconds.
pub async fn cancel_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<OwnForm>,
) -> Result<HttpResponse, Failure> {
    let key = form.key();
    if form.sure == "yes" {
        return by_form(&app, &request, &key, deeds::cancel).await;
    }
    let seen = async {
        require_own_form(&app, &request)?;
        admit_lookup(&app, &request).await?;
        look_up(&app, &key, "").await
    };
    match seen.await {
        Ok(seen) => Ok(question_page(&seen.told, &key)),
        Err(failure) => wrong_codes(failure, &key),
    }
}

fn question_page(told: &Appointment, key: &AppointmentKey) -> HttpResponse {
    let body = format!(
        "{visit}<p>{what}</p><form method=\"post\" action=\"/lich-hen/huy\">{own}{sure}<button>{yes}</button></form>\
        <form method=\"post\" action=\"/lich-hen\">{own}<button class=\"quiet\">{no}</button></form>",
        visit = visit(told),
        what = beside(
            "Hủy rồi thì chỗ này được mời ngay người đang chờ, có thể không lấy lại được. Chỉ muốn giờ khác thì đổi giờ, không cần hủy.",
            "Once cancelled the place is offered to whoever waits, and may be gone. For another hour move it instead."
        ),
        own = own(key),
        sure = hidden("sure", "yes"),
        yes = beside("Đúng, hủy lịch hẹn", "Yes, cancel it"),
        no = beside("Giữ lịch hẹn", "Keep it"),
    );
    page(
        StatusCode::OK,
        ("Hủy lịch hẹn này?", "Cancel this appointment?"),
        &body,
    )
}

/// What was cancelled can be taken back, for a minute and while nobody else has the place.
fn cancelled_page(told: &Appointment, key: &AppointmentKey) -> HttpResponse {
    let body = format!(
        "<p>{cancelled}</p><p>{mistake}</p>\
        <form method=\"post\" action=\"/lich-hen/lay-lai\">{own}<button>{undo}</button></form>\
        <p><a href=\"/dat-lich\">{other}</a></p>",
        cancelled = beside(
            &format!(
                "Đã hủy: {}, {}.",
                spell_time(told.starts_at),
                Escaped(&told.office_name)
            ),
            "Cancelled."
        ),
        mistake = beside(
            "Bấm nhầm? Trong 60 giây, nếu chưa ai lấy chỗ này, có thể lấy lại.",
            "By mistake? Within 60 seconds it can be taken back while nobody has the place."
        ),
        own = own(key),
        undo = beside("Lấy lại lịch hẹn", "Take it back"),
        other = beside("Đặt lịch khác", "Book another"),
    );
    page(StatusCode::OK, ("Đã hủy lịch hẹn", "Cancelled"), &body)
}

pub async fn restore_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    by_form(&app, &request, &form, restore).await
}

/// The slip, to be printed by whatever the browser prints with.
pub async fn print_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    let key = form.into_inner();
    let printed = async {
        require_own_form(&app, &request)?;
        slip_for(&app, &request, &key).await
    };
    match printed.await {
        Ok(slip) => Ok(slip),
        Err(failure) => wrong_codes(failure, &key),
    }
}

#[derive(Deserialize)]
pub struct MoveForm {
    code: String,
    secret: String,
    office_id: OfficeId,
    starts_s: i64,
    key: Uuid,
}

pub async fn move_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<MoveForm>,
) -> Result<HttpResponse, Failure> {
    let form = form.into_inner();
    let key = AppointmentKey {
        code: form.code.clone(),
        secret: form.secret.clone(),
    };
    if let Err(foreign) = require_own_form(&app, &request) {
        return refused(foreign);
    }
    match move_to(&app, &request, &form, &key).await {
        Ok(None) => Ok(appointment_page(
            &look_up(&app, &key, "").await?,
            &key,
            None,
        )),
        Ok(Some(refusal)) => {
            let seen = look_up(&app, &key, "").await?;
            Ok(appointment_page(&seen, &key, Some(&refusal)))
        }
        Err(failure) => refused_of(&app, &key, failure).await,
    }
}

/// Holds the other place and moves there; what was saved of it if that was a refusal.
async fn move_to(
    app: &App,
    request: &HttpRequest,
    form: &MoveForm,
    key: &AppointmentKey,
) -> Result<Option<Refusal>, Failure> {
    admit_lookup(app, request).await?;
    let seen = look_up(app, key, "").await?;
    let starts_at = DateTime::from_timestamp(form.starts_s, 0).ok_or(CommonProblem::NotFound)?;
    let wish = HoldPlaces {
        office_id: form.office_id,
        starts_at,
        service_code: seen.told.service_code,
        id_numbers: Vec::new(),
        appointment: Some(key.clone()),
        device_id: form.key,
        work: None,
    };
    admit_hold(app, None, &wish, request).await?;
    let people = people_of(app, &wish).await?;
    let hold = hold_for(app, &wish, people, None).await?;
    let body = MoveAppointment {
        code: form.code.clone(),
        secret: form.secret.clone(),
        hold_token: hold.hold_token,
    };
    let asker = asker(request, None);
    let moved = move_for(app, IdempotencyKey(form.key), &body, &asker).await?;
    match serde_json::from_value::<Appointment>(moved.answer.body.clone()) {
        Ok(_) => Ok(None),
        Err(_) => Ok(Refusal::saved(&moved.answer)),
    }
}
