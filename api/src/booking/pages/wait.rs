//! The waitlist by forms: join, look, say yes or no, leave. A yes is sent to the confirmation of
//! bookings with the token of the offer.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use mobile_contracts::booking::AppointmentKey;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::waitlist::{JoinWaitlist, PriorityClass, WaitlistEntry};
use serde::Deserialize;
use uuid::Uuid;

use super::book::person_fields;
use super::{hidden, read, refused, refused_answer, require_own_form, spell_time};
use crate::app::App;
use crate::booking::appointments::routes::admit_lookup;
use crate::booking::waitlist::offers::End;
use crate::booking::waitlist::routes::{finish, join_for, open_entry, tell, with_secret};
use crate::http::extract::Query;
use crate::http::failure::Failure;
use crate::http::html::{Escaped, page, page_with};
use crate::http::idempotency::IdempotencyKey;
use crate::web::BOOKING;

pub async fn show_wait_form() -> HttpResponse {
    page_with(
        &BOOKING,
        "Danh sách chờ",
        "<form method=\"post\" action=\"/cho\">\
        <label for=\"c\">Mã chờ</label><input id=\"c\" name=\"code\" required autocomplete=\"off\">\
        <label for=\"k\">Mã bí mật</label><input id=\"k\" name=\"secret\" required autocomplete=\"off\">\
        <button>Xem</button></form><p><a href=\"/cho/vao\">Vào danh sách chờ</a></p>",
    )
}

#[derive(Debug, Deserialize)]
pub struct WantedService {
    service: Option<String>,
}

/// What to wait for. Nothing personal yet.
pub async fn show_join_form(
    app: web::Data<App>,
    wanted: Query<WantedService>,
) -> Result<HttpResponse, Failure> {
    let offices = app.availability.offices(&app).await?;
    let mut services = String::new();
    for service in &offices.services {
        let selected = if wanted.service.as_deref() == Some(&service.service_code) {
            " selected"
        } else {
            ""
        };
        let (code, name) = (Escaped(&service.service_code), Escaped(&service.name));
        let _ = write!(
            services,
            "<option value=\"{code}\"{selected}>{name}</option>"
        );
    }
    let mut places = String::new();
    for office in offices
        .all
        .values()
        .filter(|one| one.row.closed_at.is_none())
    {
        let (id, name) = (office.row.office_id, Escaped(&office.row.name));
        let _ = write!(places, "<option value=\"{id}\">{name}</option>");
    }
    let today = local_day(app.clock.now());
    let body = format!(
        "<p>Khi có người hủy, chỗ trống được giữ cho từng người một theo thứ tự chờ và báo qua điện thoại, tối đa 15 phút mỗi lượt.</p>\
        <form method=\"post\" action=\"/cho/vao\">{device}{key}\
        <label for=\"s\">Thủ tục</label><select id=\"s\" name=\"service\">{services}</select>\
        <label for=\"o\">Điểm tiếp nhận</label><select id=\"o\" name=\"office_id\">{places}</select>\
        <label for=\"f\">Từ ngày</label><input id=\"f\" name=\"from_on\" type=\"date\" value=\"{today}\" required>\
        <label for=\"t\">Đến ngày</label><input id=\"t\" name=\"to_on\" type=\"date\" value=\"{today}\" required>\
        <label for=\"i\">Số định danh (12 số)</label><input id=\"i\" name=\"id_number\" required inputmode=\"numeric\" autocomplete=\"off\">\
        <label for=\"p\">Số điện thoại để báo khi có chỗ</label><input id=\"p\" name=\"phone\" required inputmode=\"tel\" autocomplete=\"tel\">\
        <label for=\"l\">Ưu tiên</label><select id=\"l\" name=\"class\"><option value=\"none\">Không</option><option value=\"elderly\">Từ đủ 60 tuổi</option><option value=\"pregnant\">Phụ nữ mang thai</option><option value=\"disabled\">Người khuyết tật</option><option value=\"small_children\">Đi cùng trẻ dưới 36 tháng tuổi</option></select>\
        <p>Không hỏi và không lưu OTP, mật khẩu, ảnh thẻ.</p><button>Vào danh sách chờ</button></form>",
        device = hidden("device_id", &Uuid::new_v4().to_string()),
        key = hidden("key", &Uuid::new_v4().to_string()),
    );
    Ok(page_with(&BOOKING, "Vào danh sách chờ", &body))
}

#[derive(Deserialize)]
struct JoinForm {
    service: String,
    office_id: OfficeId,
    from_on: chrono::NaiveDate,
    to_on: chrono::NaiveDate,
    id_number: String,
    phone: String,
    class: PriorityClass,
    device_id: Uuid,
    key: Uuid,
}

/// Joins, and shows code and secret to be written down.
pub async fn join_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    body: String,
) -> Result<HttpResponse, Failure> {
    let joined = async {
        require_own_form(&app, &request)?;
        let form: JoinForm = read(&body)?;
        let wish = JoinWaitlist {
            service_code: form.service,
            office_ids: vec![form.office_id],
            from_on: Some(form.from_on),
            to_on: Some(form.to_on),
            from_min: 0,
            to_min: 1440,
            id_number: form.id_number,
            phone: form.phone,
            class: form.class,
            device_id: form.device_id,
        };
        let actor = format!("waiting:{}", form.device_id);
        join_for(&app, IdempotencyKey(form.key), &wish, &actor, None).await
    };
    let outcome = match joined.await {
        Ok(outcome) => outcome,
        Err(failure) => return refused(failure),
    };
    let answer = with_secret(&app.keys, outcome.answer);
    let Ok(entry) = serde_json::from_value::<WaitlistEntry>(answer.body.clone()) else {
        return Ok(refused_answer(&answer.body, answer.status));
    };
    let body = format!(
        "<p>Mã chờ</p><p class=\"code\">{}</p><p>Mã bí mật</p><p class=\"code\">{}</p>\
        <p>Hãy chép lại hoặc chụp màn hình. Khi có chỗ, chúng tôi báo qua điện thoại; mở trang <a href=\"/cho\">Danh sách chờ</a> để nhận.</p>",
        Escaped(&entry.code),
        Escaped(entry.secret.as_deref().unwrap_or_default()),
    );
    Ok(page(StatusCode::CREATED, "Đã vào danh sách chờ", &body))
}

/// The entry with what can be done to it, each a POST that carries the key.
async fn entry_page(
    app: &App,
    entry: &WaitlistEntry,
    key: &AppointmentKey,
) -> Result<HttpResponse, Failure> {
    let own = hidden("code", &key.code) + &hidden("secret", &key.secret);
    let state = match entry.state.as_str() {
        "waiting" => format!("Đang chờ, còn {} người phía trước.", entry.ahead),
        "offered" => "Đang có chỗ dành cho bạn.".to_owned(),
        "taken" => "Đã có lịch hẹn.".to_owned(),
        "left" => "Đã rời danh sách chờ.".to_owned(),
        _ => "Đã kết thúc lượt chờ.".to_owned(),
    };
    let mut body = format!("<p>{state}</p>");
    if let Some(offer) = &entry.offer {
        let _ = write!(
            body,
            "<div class=\"notice\"><p><strong>{when}</strong>, {office}, {address}.</p><p>Chỗ được giữ đến {until}.</p></div>\
            <h2>Nhận chỗ</h2><form method=\"post\" action=\"/dat-lich/xac-nhan\">{token}{once}{service}{fields}<button>Nhận và đặt lịch</button></form>\
            <form method=\"post\" action=\"/cho/tu-choi\">{own}<button class=\"quiet\">Không nhận, nhường người khác</button></form>",
            when = spell_time(offer.starts_at),
            office = Escaped(&offer.office_name),
            address = Escaped(&offer.address),
            until = spell_time(offer.until),
            token = hidden("hold_token", &offer.hold_token),
            once = hidden("key", &Uuid::new_v4().to_string()),
            service = hidden("service", &entry.service_code),
            fields = person_fields(app).await?,
        );
    }
    if matches!(entry.state.as_str(), "waiting" | "offered") {
        let _ = write!(
            body,
            "<form method=\"post\" action=\"/cho/bo\">{own}<button class=\"quiet\">Rời danh sách chờ</button></form>"
        );
    }
    Ok(page(StatusCode::OK, "Danh sách chờ", &body))
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
        Err(failure) => refused(failure),
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
        Err(failure) => refused(failure),
    }
}
