//! Who comes, the held place, the confirmation.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, NaiveDate};
use mobile_contracts::booking::{BookedParty, ConfirmHold, Consent, HoldPlaces, Visitor};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use serde::Deserialize;
use uuid::Uuid;

use super::{hidden, read, refused, refused_answer, require_own_form, spell_time};
use crate::app::App;
use crate::booking::appointments::party::check_party;
use crate::booking::appointments::routes::{asker, confirm_for};
use crate::booking::appointments::secret::with_secrets;
use crate::booking::holds::routes::{admit_hold, hold_for, people_of};
use crate::geography::Level;
use crate::http::extract::Query;
use crate::http::failure::{CommonProblem, Failure};
use crate::http::html::{Escaped, page};
use crate::http::idempotency::IdempotencyKey;

#[derive(Debug, Deserialize)]
pub struct SlotChoice {
    office_id: OfficeId,
    starts_s: i64,
    service: String,
}

/// Who comes: an empty form, to be sent as a POST.
pub async fn show_person_form(
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
    let fields = person_fields(&app).await?;
    let mut bring = String::new();
    if let Some(service) = office.service(&choice.service) {
        for document in &service.documents {
            let _ = write!(bring, "<li>{}</li>", Escaped(document));
        }
    }
    let body = format!(
        "<p>{when}, {office}, {address}.</p><h2>Mang theo</h2><ul>{bring}</ul>\
        <form method=\"post\" action=\"/dat-lich/giu-cho\">{office_id}{starts_s}{service}{device}\
        {fields}<p>Không hỏi và không lưu OTP, mật khẩu, ảnh thẻ.</p><button>Giữ chỗ</button></form>",
        when = spell_time(starts_at),
        office = Escaped(&office.row.name),
        address = Escaped(&office.place_on(local_day(starts_at)).address),
        office_id = hidden("office_id", &choice.office_id.to_string()),
        starts_s = hidden("starts_s", &choice.starts_s.to_string()),
        service = hidden("service", &choice.service),
        device = hidden("device_id", &Uuid::new_v4().to_string()),
    );
    Ok(page(StatusCode::OK, "Người đến làm thủ tục", &body))
}

/// The fields of a [`PersonForm`], with every village to choose from.
///
/// # Errors
/// When the database cannot be asked.
pub async fn person_fields(app: &App) -> Result<String, Failure> {
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
    Ok(format!(
        "<label for=\"n\">Họ và tên</label><input id=\"n\" name=\"name\" required autocomplete=\"name\">\
        <label for=\"i\">Số định danh (12 số)</label><input id=\"i\" name=\"id_number\" required inputmode=\"numeric\" autocomplete=\"off\">\
        <label for=\"p\">Số điện thoại (nếu có)</label><input id=\"p\" name=\"phone\" inputmode=\"tel\" autocomplete=\"tel\">\
        <label for=\"b\">Ngày sinh (nếu có thể dưới 14 tuổi)</label><input id=\"b\" name=\"birth_on\" type=\"date\">\
        <label for=\"g\">Họ tên cha, mẹ hoặc người giám hộ đi cùng (nếu dưới 14 tuổi)</label><input id=\"g\" name=\"guardian_name\">\
        <label for=\"v\">Thôn, khu phố</label><select id=\"v\" name=\"village\"><option value=\"\">Không ghi</option>{villages}<option value=\"outside\">Ngoài tỉnh</option></select>\
        <label class=\"check\"><input type=\"checkbox\" name=\"consent\" value=\"yes\"> Đồng ý để lượt này được tính cho thôn, khu phố</label>"
    ))
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
pub async fn hold_by_form(
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
        check_party(&app.keys, &geography, &check, app.clock.now())?;
        admit_hold(&app, None, &wish, &request).await?;
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

/// Confirms, and shows code and secret to be written down.
pub async fn confirm_by_form(
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
    let answer = with_secrets(&app.keys, outcome.answer);
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
            "<p>{}</p><p>Mã lịch hẹn</p><p class=\"code\">{code}</p><p>Mã bí mật (để đổi hoặc hủy)</p><p class=\"code\">{key}</p>\
            <form method=\"post\" action=\"/lich-hen/phieu\"><input type=\"hidden\" name=\"code\" value=\"{code}\"><input type=\"hidden\" name=\"secret\" value=\"{key}\"><button class=\"quiet\">In phiếu hẹn</button></form>",
            spell_time(one.starts_at)
        );
    }
    body.push_str("<p>Hãy chép lại hoặc chụp màn hình. Nếu không đến được, xin hủy để nhường chỗ.</p><p><a href=\"/lich-hen\">Xem, đổi hoặc hủy</a></p>");
    Ok(page(StatusCode::CREATED, "Đã đặt lịch", &body))
}
