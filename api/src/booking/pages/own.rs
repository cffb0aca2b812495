//! One's own appointment, seen, moved and cancelled by forms.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::DateTime;
use mobile_contracts::booking::{
    Appointment, AppointmentKey, HoldPlaces, MoveAppointment, NearSlot,
};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use serde::Deserialize;
use uuid::Uuid;

use super::{hidden, refused, refused_answer, require_own_form, spell_time};
use crate::app::App;
use crate::booking::appointments::own::{self, move_for, tell, with_key};
use crate::booking::appointments::restore::restore;
use crate::booking::appointments::routes::{admit_lookup, asker, open_appointment};
use crate::booking::appointments::store::AppointmentRow;
use crate::booking::holds::routes::{admit_hold, hold_for, people_of};
use crate::booking::slips::slip_for;
use crate::booking::slots::search::{Search, find_nearest};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::html::{Escaped, page, page_with};
use crate::http::idempotency::IdempotencyKey;
use crate::web::BOOKING;

pub async fn show_key_form() -> HttpResponse {
    page_with(
        &BOOKING,
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
    if let Some(keep_by) = told.keep_by {
        let _ = write!(
            body,
            "<div class=\"notice\"><p>Lịch đặt trước xa và chưa có người giúp: trong 24 giờ trước giờ hẹn, và chậm nhất {}, hãy bấm nút dưới đây. Nếu không, chỗ này nhường cho người khác.</p><form method=\"post\" action=\"/lich-hen/den\">{own}<button>Tôi sẽ đến</button></form></div>",
            spell_time(keep_by)
        );
    }
    if told.status == "booked" {
        let _ = write!(
            body,
            "<form method=\"post\" action=\"/lich-hen/phieu\">{own}<button class=\"quiet\">In phiếu hẹn</button></form>"
        );
    }
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

pub async fn show_by_form(
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

/// Does something with an appointment, and shows a page of it as it is then.
async fn by_form(
    app: &App,
    request: &HttpRequest,
    key: &AppointmentKey,
    deed: impl AsyncFnOnce(&App, AppointmentRow) -> Result<AppointmentRow, Failure>,
    show: impl FnOnce(&Appointment) -> HttpResponse,
) -> Result<HttpResponse, Failure> {
    let done = async {
        require_own_form(app, request)?;
        with_key(app, request, key, deed).await
    };
    match done.await {
        Ok(told) => Ok(show(&told)),
        Err(failure) => refused(failure),
    }
}

pub async fn keep_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    let show = |told: &Appointment| appointment_page(told, &form, &[]);
    by_form(&app, &request, &form, own::keep, show).await
}

pub async fn cancel_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    let show = |told: &Appointment| cancelled_page(told, &form);
    by_form(&app, &request, &form, own::cancel, show).await
}

/// What was cancelled can be taken back, for a minute and while nobody else has the place.
fn cancelled_page(told: &Appointment, key: &AppointmentKey) -> HttpResponse {
    let body = format!(
        "<p>Đã hủy: {when}, {office}.</p><p>Bấm nhầm? Trong 60 giây, nếu chưa ai lấy chỗ này, có thể lấy lại.</p>\
        <form method=\"post\" action=\"/lich-hen/lay-lai\">{code}{secret}<button>Lấy lại lịch hẹn</button></form>\
        <p><a href=\"/dat-lich\">Đặt lịch khác</a></p>",
        when = spell_time(told.starts_at),
        office = Escaped(&told.office_name),
        code = hidden("code", &key.code),
        secret = hidden("secret", &key.secret),
    );
    page(StatusCode::OK, "Đã hủy lịch hẹn", &body)
}

pub async fn restore_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    let show = |told: &Appointment| appointment_page(told, &form, &[]);
    by_form(&app, &request, &form, restore, show).await
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
        Err(failure) => refused(failure),
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
        admit_hold(&app, None, &wish, &request).await?;
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
