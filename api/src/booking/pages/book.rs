//! Who comes, the held place, the confirmation. What was typed is never asked for twice: whatever is
//! refused is told above the same form.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use mobile_contracts::booking::{BookedParty, Hold, HoldPlaces};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use serde::Deserialize;
use uuid::Uuid;

use super::person::PersonForm;
use super::refusal::{Refusal, ways};
use super::{hidden, read, refused, require_own_form, spell_time};
use crate::app::App;
use crate::booking::appointments::party::check_party;
use crate::booking::appointments::routes::{asker, confirm_for};
use crate::booking::appointments::secret::with_secrets;
use crate::booking::holds::routes::{admit_hold, hold_for, people_of};
use crate::http::extract::Query;
use crate::http::failure::{CommonProblem, Failure};
use crate::http::html::{Escaped, beside, page};
use crate::http::idempotency::IdempotencyKey;

#[derive(Debug, Deserialize)]
pub struct SlotChoice {
    office_id: OfficeId,
    starts_s: i64,
    service: String,
}

/// Which slot, and from which device. Read from the same body as [`PersonForm`]; each takes its own
/// fields.
#[derive(Clone, Deserialize)]
struct SlotForm {
    office_id: OfficeId,
    starts_s: i64,
    device_id: Uuid,
    /// Another slot, whose button was pressed instead.
    #[serde(default)]
    other: String,
}

impl SlotForm {
    /// The slot that is wanted now.
    fn turned(mut self) -> Self {
        let other = self.other.split_once(' ');
        if let Some((office, starts)) = other
            && let (Ok(office_id), Ok(starts_s)) = (office.parse(), starts.parse())
        {
            (self.office_id, self.starts_s) = (office_id, starts_s);
        }
        self
    }

    fn starts_at(&self) -> Result<DateTime<Utc>, Failure> {
        Ok(DateTime::from_timestamp(self.starts_s, 0).ok_or(CommonProblem::NotFound)?)
    }

    fn repeat(&self) -> String {
        hidden("office_id", &self.office_id.to_string())
            + &hidden("starts_s", &self.starts_s.to_string())
            + &hidden("device_id", &self.device_id.to_string())
    }
}

/// Who comes: an empty form, to be sent as a POST.
pub async fn show_person_form(
    app: web::Data<App>,
    choice: Query<SlotChoice>,
) -> Result<HttpResponse, Failure> {
    let slot = SlotForm {
        office_id: choice.office_id,
        starts_s: choice.starts_s,
        device_id: Uuid::new_v4(),
        other: String::new(),
    };
    let person = PersonForm::wanting(&choice.service);
    slot_page(&app, &slot, &person, None).await
}

/// The same form with what was typed, for whoever looks at it again before confirming.
pub async fn edit_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    body: String,
) -> Result<HttpResponse, Failure> {
    let typed = require_own_form(&app, &request).and_then(|()| Ok((read(&body)?, read(&body)?)));
    match typed {
        Ok((slot, person)) => slot_page(&app, &slot, &person, None).await,
        Err(failure) => refused(failure),
    }
}

/// The form for a slot, below what was refused of it.
async fn slot_page(
    app: &App,
    slot: &SlotForm,
    person: &PersonForm,
    refusal: Option<&Refusal>,
) -> Result<HttpResponse, Failure> {
    let office = match app.availability.office(app, slot.office_id).await {
        Ok(office) => office,
        Err(failure) => return refused(failure),
    };
    let Ok(starts_at) = slot.starts_at() else {
        return refused(CommonProblem::NotFound.into());
    };
    let mut bring = String::new();
    for document in office
        .service(&person.service)
        .iter()
        .flat_map(|service| &service.documents)
    {
        let _ = write!(bring, "<li>{}</li>", Escaped(document));
    }
    let others = refusal.map(Refusal::alternatives).unwrap_or_default();
    // Where a slot is gone, asking for it once more would be of no use.
    let hold = match others.is_empty() {
        true => format!("<button>{}</button>", beside("Giữ chỗ", "Hold this place")),
        false => String::new(),
    };
    let body = format!(
        "{notice}<p>{when}, {office}, {address}.</p>\
        <form method=\"post\" action=\"/dat-lich/giu-cho\">{slot}{service}{ways}\
        {fields}<h2>{bring_title}</h2><ul>{bring}</ul><p>{promise}</p>{hold}</form>\
        <p><a href=\"/dat-lich\">{again}</a></p>",
        notice = refusal.map(Refusal::notice).unwrap_or_default(),
        when = spell_time(starts_at),
        office = Escaped(&office.row.name),
        address = Escaped(&office.place_on(local_day(starts_at)).address),
        slot = slot.repeat(),
        service = hidden("service", &person.service),
        ways = ways(&others),
        fields = person.fields(app, refusal).await?,
        bring_title = beside("Mang theo", "Bring along"),
        promise = PROMISE,
        again = beside("Chọn giờ khác", "Choose another hour"),
    );
    let status = refusal.map_or(StatusCode::OK, |refusal| refusal.status);
    Ok(page(status, ("Người đến làm thủ tục", "Who comes"), &body))
}

/// What is never asked for.
pub const PROMISE: &str = "Không hỏi và không lưu OTP, mật khẩu, ảnh thẻ. <span lang=\"en\">No OTP, password or photo is \
    asked for or kept.</span>";

/// Holds the place, and shows once more what will be booked. The key of the confirmation is made
/// here, so that pressing twice books once.
pub async fn hold_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    body: String,
) -> Result<HttpResponse, Failure> {
    let typed = require_own_form(&app, &request)
        .and_then(|()| Ok((read::<SlotForm>(&body)?.turned(), read(&body)?)));
    let (slot, person) = match typed {
        Ok(typed) => typed,
        Err(failure) => return refused(failure),
    };
    match hold(&app, &request, &slot, &person).await {
        Ok(hold) => Ok(held_page(&hold, &slot, &person)),
        Err(failure) => {
            let refusal = Refusal::of(failure)?;
            slot_page(&app, &slot, &person, Some(&refusal)).await
        }
    }
}

async fn hold(
    app: &App,
    request: &HttpRequest,
    slot: &SlotForm,
    person: &PersonForm,
) -> Result<Hold, Failure> {
    let wish = HoldPlaces {
        office_id: slot.office_id,
        starts_at: slot.starts_at()?,
        service_code: person.service.clone(),
        id_numbers: vec![person.id_number.clone()],
        appointment: None,
        device_id: slot.device_id,
        work: None,
    };
    // All that is wrong with the form is told before a place is held for it.
    let check = person.confirmation(String::new());
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    drop(conn);
    check_party(&app.keys, &geography, &check, app.clock.now())?;
    admit_hold(app, None, &wish, request).await?;
    let people = people_of(app, &wish).await?;
    hold_for(app, &wish, people, None).await
}

fn held_page(hold: &Hold, slot: &SlotForm, person: &PersonForm) -> HttpResponse {
    let (slot, typed) = (slot.repeat(), person.repeat());
    let body = format!(
        "<p>{held}</p><p><strong>{name}</strong></p>\
        <form method=\"post\" action=\"/dat-lich/xac-nhan\">{token}{key}{slot}{typed}<button>{confirm}</button></form>\
        <form method=\"post\" action=\"/dat-lich/cong-dan\">{slot}{typed}<button class=\"quiet\">{edit}</button></form>",
        held = beside(
            &format!(
                "Đã giữ chỗ {}, đến {}.",
                spell_time(hold.starts_at),
                spell_time(hold.ends_at)
            ),
            &format!("Held for you until {}.", spell_time(hold.ends_at)),
        ),
        name = Escaped(&person.name),
        token = hidden("hold_token", &hold.hold_token),
        key = hidden("key", &Uuid::new_v4().to_string()),
        confirm = beside("Xác nhận đặt lịch", "Confirm"),
        edit = beside("Sửa lại thông tin", "Mend what I typed"),
    );
    page(
        StatusCode::OK,
        ("Xác nhận đặt lịch", "Confirm the booking"),
        &body,
    )
}

#[derive(Deserialize)]
struct ConfirmForm {
    hold_token: String,
    key: Uuid,
}

/// Confirms, and shows code and secret to be written down.
pub async fn confirm_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    body: String,
) -> Result<HttpResponse, Failure> {
    let typed = require_own_form(&app, &request)
        .and_then(|()| Ok((read::<ConfirmForm>(&body)?, read::<PersonForm>(&body)?)));
    let (form, person) = match typed {
        Ok(typed) => typed,
        Err(failure) => return refused(failure),
    };
    let asked = person.confirmation(form.hold_token.clone());
    let key = IdempotencyKey(form.key);
    let refusal = match confirm_for(&app, key, &asked, asker(&request, None)).await {
        Ok(outcome) => {
            let answer = with_secrets(&app.keys, outcome.answer);
            match serde_json::from_value::<BookedParty>(answer.body.clone()) {
                Ok(party) => return Ok(booked_page(&party)),
                Err(_) => Refusal::saved(&answer).ok_or(CommonProblem::NotFound)?,
            }
        }
        Err(failure) => Refusal::of(failure)?,
    };
    // Of a slot, or of an offer, whose token is good until its end.
    match read::<SlotForm>(&body) {
        Ok(slot) => slot_page(&app, &slot, &person, Some(&refusal)).await,
        Err(_) => offer_page(&app, &form.hold_token, &person, &refusal).await,
    }
}

async fn offer_page(
    app: &App,
    token: &str,
    person: &PersonForm,
    refusal: &Refusal,
) -> Result<HttpResponse, Failure> {
    let body = refusal.notice() + &offer_form(app, token, person, Some(refusal)).await?;
    Ok(page(refusal.status, ("Nhận chỗ", "Take the place"), &body))
}

/// The form that takes what the waitlist has offered.
///
/// # Errors
/// When the database cannot be asked.
pub async fn offer_form(
    app: &App,
    token: &str,
    person: &PersonForm,
    refusal: Option<&Refusal>,
) -> Result<String, Failure> {
    Ok(format!(
        "<form method=\"post\" action=\"/dat-lich/xac-nhan\">{token}{once}{service}{fields}<button>{take}</button></form>",
        token = hidden("hold_token", token),
        once = hidden("key", &Uuid::new_v4().to_string()),
        service = hidden("service", &person.service),
        fields = person.fields(app, refusal).await?,
        take = beside("Nhận và đặt lịch", "Take it"),
    ))
}

fn booked_page(party: &BookedParty) -> HttpResponse {
    let mut body = String::new();
    for one in &party.appointments {
        let (code, key) = (
            Escaped(&one.code),
            Escaped(one.secret.as_deref().unwrap_or_default()),
        );
        let _ = write!(
            body,
            "<p><strong>{when}</strong></p><p>{code_name}</p><p class=\"code\">{code}</p><p>{secret_name}</p><p class=\"code\">{key}</p>\
            <form method=\"post\" action=\"/lich-hen/phieu\">{own}<button class=\"quiet\">{print}</button></form>",
            when = spell_time(one.starts_at),
            code_name = beside("Mã lịch hẹn", "Code"),
            secret_name = beside("Mã bí mật (để đổi hoặc hủy)", "Secret (to move or cancel)"),
            own = hidden("code", &one.code)
                + &hidden("secret", one.secret.as_deref().unwrap_or_default()),
            print = beside("In phiếu hẹn", "Print the slip"),
        );
    }
    let _ = write!(
        body,
        "<p>{}</p><p><a href=\"/lich-hen\">{}</a></p>",
        beside(
            "Hãy chép lại hoặc chụp màn hình. Nếu không đến được, xin hủy để nhường chỗ.",
            "Write both down or take a screenshot. If you cannot come, please cancel."
        ),
        beside("Xem, đổi hoặc hủy", "See, move or cancel"),
    );
    page(StatusCode::CREATED, ("Đã đặt lịch", "Booked"), &body)
}
