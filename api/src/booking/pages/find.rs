//! Service, commune and day, and what is free for them.

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use mobile_contracts::booking::NearSlot;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use serde::Deserialize;

use super::spell_time;
use crate::app::App;
use crate::booking::slots::search::{Search, find_nearest};
use crate::geography::Level;
use crate::http::extract::Query;
use crate::http::failure::Failure;
use crate::http::html::{Escaped, beside, page_with};
use crate::web::BOOKING;

#[derive(Debug, Deserialize)]
pub struct SearchForm {
    service: Option<String>,
    /// Empty: anywhere.
    unit_id: Option<String>,
    /// The first day that suits. Empty: today.
    from: Option<String>,
}

/// Service, commune and day, and the nearest free slots for them. Nothing personal yet.
pub async fn show_search(
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
    let from: Option<NaiveDate> = form.from.as_deref().and_then(|text| text.parse().ok());
    let from = from.unwrap_or(today).max(today);
    let mut body = format!(
        "<form method=\"get\" action=\"/dat-lich\"><label for=\"s\">{}</label><select id=\"s\" name=\"service\">",
        beside("Thủ tục", "Service")
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
    let _ = write!(
        body,
        "</select><label for=\"u\">{}</label><select id=\"u\" name=\"unit_id\"><option value=\"\">Bất kỳ (any)</option>",
        beside("Xã, phường", "Commune")
    );
    for root in geography.roots_on(today) {
        for id in geography.within(root, Level::Commune, today) {
            let selected = if unit_id == Some(id) { " selected" } else { "" };
            let name = Escaped(&geography.name_on(id, today));
            let _ = write!(body, "<option value=\"{id}\"{selected}>{name}</option>");
        }
    }
    let _ = write!(
        body,
        "</select><label for=\"f\">{}</label><input id=\"f\" name=\"from\" type=\"date\" min=\"{today}\" value=\"{from}\"><button>{}</button></form>",
        beside("Từ ngày", "From"),
        beside("Tìm chỗ trống gần nhất", "Find the nearest places"),
    );
    if let Some(code) = chosen {
        let search = Search {
            commune: unit_id,
            service_code: Some(code),
            from,
            wanted: 12,
            for_strangers: true,
            party: 1,
        };
        body.push_str(&choices(code, &find_nearest(&app, search).await?));
    }
    let service = Escaped(chosen.unwrap_or_default());
    let _ = write!(
        body,
        "<p><a href=\"/cho/vao?service={service}\">{}</a></p><p><a href=\"/lich-hen\">{}</a></p>",
        beside(
            "Không có giờ phù hợp? Vào danh sách chờ",
            "No hour suits? Join the waitlist"
        ),
        beside(
            "Xem, đổi hoặc hủy lịch hẹn đã có",
            "See, move or cancel an appointment"
        ),
    );
    let title = (
        "Đặt lịch làm thẻ Căn cước",
        "Book an identity-card appointment",
    );
    Ok(page_with(&BOOKING, title, &body))
}

/// What is free, each a link: nothing of it is personal.
fn choices(service: &str, slots: &[NearSlot]) -> String {
    let mut list = format!(
        "<h2>{}</h2><ul class=\"choices\">",
        beside("Khung giờ còn chỗ", "Hours with places")
    );
    for slot in slots {
        let starts_s = slot.starts_at.timestamp();
        let _ = write!(
            list,
            "<li><a href=\"/dat-lich/cong-dan?office_id={}&amp;starts_s={starts_s}&amp;service={}\"><strong>{}</strong></a>{}<br><span class=\"soft\">{}, {}</span></li>",
            slot.office_id,
            Escaped(service),
            spell_time(slot.starts_at),
            if slot.today {
                " <span class=\"good\">hôm nay</span> <span lang=\"en\">today</span>"
            } else {
                ""
            },
            Escaped(&slot.office_name),
            Escaped(&slot.address),
        );
    }
    list.push_str("</ul>");
    if slots.is_empty() {
        let _ = write!(
            list,
            "<p>{}</p>",
            beside(
                "Chưa có chỗ trống. Hãy thử ngày hoặc xã khác.",
                "Nothing is free. Try another day or commune."
            )
        );
    }
    list
}
