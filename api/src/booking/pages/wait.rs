//! The waitlist by forms: join, look, say yes or no, leave. A yes is sent to the confirmation of
//! bookings with the token of the offer.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{NaiveDate, NaiveTime, Timelike as _};
use mobile_contracts::booking::AppointmentKey;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::waitlist::{JoinWaitlist, PriorityClass, WaitlistEntry};
use serde::Deserialize;
use uuid::Uuid;

use super::book::{PROMISE, offer_form};
use super::line::Line;
use super::person::PersonForm;
use super::refusal::Refusal;
use super::{hidden, key_form, own, read, refused, require_own_form, spell_time};
use crate::app::App;
use crate::booking::appointments::routes::admit_lookup;
use crate::booking::waitlist::offers::End;
use crate::booking::waitlist::routes::{finish, join_for, open_entry, tell, with_secret};
use crate::http::extract::Query;
use crate::http::failure::{CommonProblem, Failure};
use crate::http::html::{Escaped, beside, page, page_with};
use crate::http::idempotency::IdempotencyKey;
use crate::web::BOOKING;

const TITLE: (&str, &str) = ("Danh sách chờ", "Waitlist");
const JOIN_TITLE: (&str, &str) = ("Vào danh sách chờ", "Join the waitlist");

fn codes_form(code: &str) -> String {
    let join = beside("Vào danh sách chờ", "Join the waitlist");
    key_form("/cho", ("Mã chờ", "Code"), code) + &format!("<p><a href=\"/cho/vao\">{join}</a></p>")
}

pub async fn show_wait_form() -> HttpResponse {
    page_with(&BOOKING, TITLE, &codes_form(""))
}

#[derive(Debug, Deserialize)]
pub struct WantedService {
    service: Option<String>,
}

/// What somebody waits for, as a form says it: what is left empty is an empty text.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct JoinForm {
    service: String,
    office_id: String,
    from_on: String,
    to_on: String,
    from_at: String,
    to_at: String,
    id_number: String,
    phone: String,
    class: String,
    device_id: Uuid,
    key: Uuid,
}

/// What to wait for. Nothing personal yet.
pub async fn show_join_form(
    app: web::Data<App>,
    wanted: Query<WantedService>,
) -> Result<HttpResponse, Failure> {
    let form = JoinForm {
        service: wanted.service.clone().unwrap_or_default(),
        device_id: Uuid::new_v4(),
        ..JoinForm::default()
    };
    let body = join_form(&app, &form, None).await?;
    Ok(page_with(&BOOKING, JOIN_TITLE, &body))
}

const CLASSES: [(PriorityClass, &str); 5] = [
    (PriorityClass::None, "Không (none)"),
    (PriorityClass::Elderly, "Từ đủ 60 tuổi (60 or older)"),
    (PriorityClass::Pregnant, "Phụ nữ mang thai (pregnant)"),
    (PriorityClass::Disabled, "Người khuyết tật (disabled)"),
    (
        PriorityClass::SmallChildren,
        "Đi cùng trẻ dưới 36 tháng tuổi (with a child under 36 months)",
    ),
];

fn option(value: &str, name: &str, chosen: &str) -> String {
    let selected = if value == chosen { " selected" } else { "" };
    let (value, name) = (Escaped(value), Escaped(name));
    format!("<option value=\"{value}\"{selected}>{name}</option>")
}

/// The form as it was filled in, below what was refused of it. Each is sent under a key of its own.
async fn join_form(
    app: &App,
    form: &JoinForm,
    refusal: Option<&Refusal>,
) -> Result<String, Failure> {
    let offices = app.availability.offices(app).await?;
    let services: String = offices
        .services
        .iter()
        .map(|one| option(&one.service_code, &one.name, &form.service))
        .collect();
    let open = offices
        .all
        .values()
        .filter(|one| one.row.closed_at.is_none());
    let places: String = open
        .map(|one| {
            let id = one.row.office_id.to_string();
            option(&id, &one.row.name, &form.office_id)
        })
        .collect();
    let classes: String = CLASSES
        .iter()
        .map(|(class, name)| option(class.as_str(), name, &form.class))
        .collect();
    Ok(format!(
        "{notice}<p>{about}</p><form method=\"post\" action=\"/cho/vao\">{device}{key}\
        <label for=\"s\">{service}</label><select id=\"s\" name=\"service\">{services}</select>\
        <label for=\"o\">{office}</label><select id=\"o\" name=\"office_id\">{places}</select>\
        {lines}<label for=\"l\">{class}</label><select id=\"l\" name=\"class\">{classes}</select>\
        <p>{PROMISE}</p><button>{join}</button></form>",
        notice = refusal.map(Refusal::notice).unwrap_or_default(),
        about = beside(
            "Khi có người hủy, chỗ trống được giữ cho từng người một theo thứ tự chờ và báo qua điện thoại, tối đa 15 phút mỗi lượt.",
            "A place that somebody cancels is kept for one person after the other, for 15 minutes at most, and told by phone."
        ),
        device = hidden("device_id", &form.device_id.to_string()),
        key = hidden("key", &Uuid::new_v4().to_string()),
        service = beside("Thủ tục", "Service"),
        office = beside("Điểm tiếp nhận", "Office"),
        lines = join_lines(form, &local_day(app.clock.now()).to_string(), refusal),
        class = beside("Ưu tiên", "Priority"),
        join = beside("Vào danh sách chờ", "Join the waitlist"),
    ))
}

fn join_lines(form: &JoinForm, today: &str, refusal: Option<&Refusal>) -> String {
    let at = |pointer: &str| refusal.and_then(|refusal| refusal.fault_at(&[pointer]));
    let day = |typed: &str| if typed.is_empty() { today } else { typed }.to_owned();
    let (from_on, to_on) = (day(&form.from_on), day(&form.to_on));
    [
        Line::new("f", "from_on", "Từ ngày", "From")
            .holding(&from_on)
            .faulty(at("/from_on"))
            .with("type=\"date\" required"),
        Line::new("t", "to_on", "Đến ngày", "To")
            .holding(&to_on)
            .faulty(at("/to_on"))
            .with("type=\"date\" required"),
        Line::new(
            "fa",
            "from_at",
            "Sớm nhất lúc (bỏ trống: giờ nào cũng được)",
            "Not before (empty: any hour)",
        )
        .holding(&form.from_at)
        .faulty(at("/from_min"))
        .with("type=\"time\""),
        Line::new(
            "ta",
            "to_at",
            "Muộn nhất trước (bỏ trống: giờ nào cũng được)",
            "Before (empty: any hour)",
        )
        .holding(&form.to_at)
        .faulty(at("/to_min"))
        .with("type=\"time\""),
        Line::new(
            "i",
            "id_number",
            "Số định danh (12 số)",
            "ID number (12 digits)",
        )
        .holding(&form.id_number)
        .faulty(at("/id_number"))
        .with("required inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"20\""),
        Line::new(
            "p",
            "phone",
            "Số điện thoại để báo khi có chỗ",
            "Mobile number to be told",
        )
        .holding(&form.phone)
        .faulty(at("/phone"))
        .with("required inputmode=\"tel\" autocomplete=\"tel\" maxlength=\"20\""),
    ]
    .iter()
    .map(Line::markup)
    .collect()
}

/// Minutes after midnight of `08:30`.
fn minutes(typed: &str) -> Option<i16> {
    let at: NaiveTime = NaiveTime::parse_from_str(typed, "%H:%M").ok()?;
    i16::try_from(at.num_seconds_from_midnight() / 60).ok()
}

impl JoinForm {
    fn wish(&self) -> JoinWaitlist {
        let office: Option<OfficeId> = self.office_id.parse().ok();
        let day = |typed: &str| typed.parse::<NaiveDate>().ok();
        JoinWaitlist {
            service_code: self.service.clone(),
            office_ids: office.into_iter().collect(),
            from_on: day(&self.from_on),
            to_on: day(&self.to_on),
            from_min: minutes(&self.from_at).unwrap_or(0),
            to_min: minutes(&self.to_at).unwrap_or(1440),
            id_number: self.id_number.clone(),
            phone: self.phone.clone(),
            class: PriorityClass::parse(&self.class).unwrap_or_default(),
            device_id: self.device_id,
        }
    }
}

/// Joins, and shows code and secret to be written down.
pub async fn join_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    body: String,
) -> Result<HttpResponse, Failure> {
    let form: JoinForm = match require_own_form(&app, &request).and_then(|()| read(&body)) {
        Ok(form) => form,
        Err(failure) => return refused(failure),
    };
    let actor = format!("waiting:{}", form.device_id);
    let key = IdempotencyKey(form.key);
    let refusal = match join_for(&app, key, &form.wish(), &actor, None).await {
        Ok(outcome) => {
            let answer = with_secret(&app.keys, outcome.answer);
            if let Ok(entry) = serde_json::from_value(answer.body.clone()) {
                return Ok(joined_page(&entry));
            }
            // What was refused was saved like any answer.
            Refusal::saved(&answer).ok_or(CommonProblem::NotFound)?
        }
        Err(failure) => Refusal::of(failure)?,
    };
    let body = join_form(&app, &form, Some(&refusal)).await?;
    Ok(page(refusal.status, JOIN_TITLE, &body))
}

/// The codes.
fn joined_page(entry: &WaitlistEntry) -> HttpResponse {
    let body = format!(
        "<p>{code_name}</p><p class=\"code\">{}</p><p>{secret_name}</p><p class=\"code\">{}</p><p>{keep}</p>\
        <p><a href=\"/cho\">{look}</a></p>",
        Escaped(&entry.code),
        Escaped(entry.secret.as_deref().unwrap_or_default()),
        code_name = beside("Mã chờ", "Code"),
        secret_name = beside("Mã bí mật", "Secret"),
        keep = beside(
            "Hãy chép lại hoặc chụp màn hình. Khi có chỗ, chúng tôi báo qua điện thoại; mở trang Danh sách chờ để nhận.",
            "Write both down or take a screenshot. You are told by phone; take the place on the page of the waitlist."
        ),
        look = beside("Danh sách chờ", "Waitlist"),
    );
    let title = ("Đã vào danh sách chờ", "You are waiting");
    page(StatusCode::CREATED, title, &body)
}

/// Where an entry stands.
fn state(entry: &WaitlistEntry) -> String {
    match entry.state.as_str() {
        "waiting" => beside(
            &format!("Đang chờ, còn {} người phía trước.", entry.ahead),
            &format!("Waiting, {} before you.", entry.ahead),
        ),
        "offered" => beside("Đang có chỗ dành cho bạn.", "There is a place for you."),
        "taken" => beside("Đã có lịch hẹn.", "Taken."),
        "left" => beside("Đã rời danh sách chờ.", "Left."),
        _ => beside("Đã kết thúc lượt chờ.", "Over."),
    }
}

/// The entry with what can be done to it, each a POST that carries the key.
async fn entry_page(
    app: &App,
    entry: &WaitlistEntry,
    key: &AppointmentKey,
) -> Result<HttpResponse, Failure> {
    let own = own(key);
    let mut body = format!("<p>{}</p>", state(entry));
    if let Some(offer) = &entry.offer {
        let person = PersonForm::wanting(&entry.service_code);
        let _ = write!(
            body,
            "<div class=\"notice\"><p><strong>{when}</strong>, {office}, {address}.</p><p>{kept}</p></div>\
            <h2>{take}</h2>{form}<form method=\"post\" action=\"/cho/tu-choi\">{own}<button class=\"quiet\">{decline}</button></form>",
            when = spell_time(offer.starts_at),
            office = Escaped(&offer.office_name),
            address = Escaped(&offer.address),
            kept = beside(
                &format!("Chỗ được giữ đến {}.", spell_time(offer.until)),
                "Kept for you until then."
            ),
            take = beside("Nhận chỗ", "Take it"),
            form = offer_form(app, &offer.hold_token, &person, None).await?,
            decline = beside("Không nhận, nhường người khác", "Decline and wait on"),
        );
    }
    if matches!(entry.state.as_str(), "waiting" | "offered") {
        let _ = write!(
            body,
            "<form method=\"post\" action=\"/cho/bo\">{own}<button class=\"quiet\">{}</button></form>",
            beside("Rời danh sách chờ", "Leave the waitlist")
        );
    }
    Ok(page(StatusCode::OK, TITLE, &body))
}

/// The form for the codes again, under what was wrong.
fn wrong_codes(failure: Failure, key: &AppointmentKey) -> Result<HttpResponse, Failure> {
    let refusal = Refusal::of(failure)?;
    let body = refusal.notice() + &codes_form(&key.code);
    Ok(page(refusal.status, TITLE, &body))
}

pub async fn show_entry_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    let key = form.into_inner();
    let looked = async {
        require_own_form(&app, &request)?;
        admit_lookup(&app, &request).await?;
        let mut conn = app.pool.get().await?;
        let row = open_entry(&app, &mut conn, &key).await?;
        tell(&app, &mut conn, &row).await
    };
    match looked.await {
        Ok(entry) => entry_page(&app, &entry, &key).await,
        Err(failure) => wrong_codes(failure, &key),
    }
}

pub async fn decline_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    finish_by_form(&app, &request, form.into_inner(), End::Passed).await
}

pub async fn leave_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    finish_by_form(&app, &request, form.into_inner(), End::Left).await
}

async fn finish_by_form(
    app: &App,
    request: &HttpRequest,
    key: AppointmentKey,
    why: End,
) -> Result<HttpResponse, Failure> {
    let finished = async {
        require_own_form(app, request)?;
        admit_lookup(app, request).await?;
        finish(app, &key, why).await
    };
    match finished.await {
        Ok(entry) => entry_page(app, &entry, &key).await,
        Err(failure) => wrong_codes(failure, &key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_minutes_after_midnight_and_none_is_any() {
        assert_eq!(minutes("08:30"), Some(510));
        assert_eq!(minutes(""), None);
        assert_eq!(minutes("25:00"), None);
    }
}
