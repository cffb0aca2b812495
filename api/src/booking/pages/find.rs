//! Service and commune, and what is free for them.

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use serde::Deserialize;

use super::spell_time;
use crate::app::App;
use crate::booking::slots::search::{Search, find_nearest};
use crate::geography::Level;
use crate::http::extract::Query;
use crate::http::failure::Failure;
use crate::http::html::{Escaped, page_with};
use crate::web::BOOKING;

#[derive(Debug, Deserialize)]
pub struct SearchForm {
    service: Option<String>,
    /// Empty: anywhere.
    unit_id: Option<String>,
}

/// Service and commune, and the nearest free slots for them. Nothing personal yet.
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
            body.push_str("<p>Hiện chưa có chỗ trống.</p>");
        }
    }
    let service = Escaped(chosen.unwrap_or_default());
    let _ = write!(
        body,
        "<p><a href=\"/cho/vao?service={service}\">Không có giờ phù hợp? Vào danh sách chờ</a></p><p><a href=\"/lich-hen\">Xem, đổi hoặc hủy lịch hẹn đã có</a></p>"
    );
    Ok(page_with(&BOOKING, "Đặt lịch làm thẻ Căn cước", &body))
}
