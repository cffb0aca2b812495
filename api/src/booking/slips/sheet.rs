//! What stands on a slip: all that somebody without a phone needs, in letters that old people read.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, FixedOffset, Utc, Weekday};
use mobile_contracts::booking::{Appointment, BookedBy};

use super::qr;
use crate::http::html::Escaped;
use crate::identity::rules::normalise_code;

/// What is printed for one person.
pub struct Slip {
    pub told: Appointment,
    pub name: String,
    pub service_name: String,
    pub secret: String,
    /// Who booked for this person: a relative, a volunteer or an officer.
    pub proxy: Option<BookedBy>,
    pub helper_name: Option<String>,
}

/// Where somebody without a phone can have it changed.
pub struct Manage<'a> {
    /// The address of these pages.
    pub origin: &'a str,
}

/// `07:30` and `Thứ Tư, 25/11/2026`, local.
fn spell(at: DateTime<Utc>) -> (String, String) {
    let vietnam = FixedOffset::east_opt(7 * 3600).expect("seven hours are a valid offset");
    let local = at.with_timezone(&vietnam);
    let weekday = match local.weekday() {
        Weekday::Mon => "Thứ Hai",
        Weekday::Tue => "Thứ Ba",
        Weekday::Wed => "Thứ Tư",
        Weekday::Thu => "Thứ Năm",
        Weekday::Fri => "Thứ Sáu",
        Weekday::Sat => "Thứ Bảy",
        Weekday::Sun => "Chủ nhật",
    };
    let day = local.format("%d/%m/%Y");
    (
        local.format("%H:%M").to_string(),
        format!("{weekday}, {day}"),
    )
}

/// Slips, one a person, each kept whole when printed.
pub fn sheet(slips: &[Slip], manage: &Manage<'_>) -> String {
    let mut page = String::from(
        "<p class=\"soft screen\">Để in: dùng lệnh In của trình duyệt, khổ giấy A6 hoặc A4. <span lang=\"en\">Print it on A6 or A4.</span></p>",
    );
    for slip in slips {
        page.push_str(&one(slip, manage));
    }
    page
}

fn one(slip: &Slip, manage: &Manage<'_>) -> String {
    let mut page = String::from("<section class=\"slip\">");
    write_visit(&mut page, slip);
    write_keys(&mut page, slip);
    write_advice(&mut page, &slip.told, manage);
    page.push_str("</section>\n");
    page
}

/// Who is to come, when and where.
fn write_visit(page: &mut String, slip: &Slip) {
    let told = &slip.told;
    let (hour, day) = spell(told.starts_at);
    match told.status.as_str() {
        "cancelled" => page.push_str(
            "<p class=\"warning\">Lịch hẹn này đã hủy. <span lang=\"en\">Cancelled.</span></p>",
        ),
        "conflict" => page.push_str(
            "<p class=\"warning\">Điểm tiếp nhận nghỉ vào giờ này, chưa có giờ mới: chờ báo lại. \
             <span lang=\"en\">The office is closed then; wait to be told another hour.</span></p>",
        ),
        _ => {}
    }
    let _ = write!(
        page,
        "<p class=\"service\">{service}</p><p class=\"when\">{hour} <span>{day}</span></p>\
         <p class=\"who\">{name}</p>",
        service = Escaped(&slip.service_name),
        name = Escaped(&slip.name),
    );
    if let Some(proxy) = &slip.proxy {
        let (name, relation) = (Escaped(&proxy.name), Escaped(&proxy.relation));
        let _ = write!(
            page,
            "<p class=\"by\">Người nhà đặt hộ: {name} ({relation}) <span lang=\"en\">booked by</span></p>"
        );
    }
    if let Some(name) = &slip.helper_name {
        let _ = write!(
            page,
            "<p class=\"by\">Người giúp đặt: {} <span lang=\"en\">helper</span></p>",
            Escaped(name)
        );
    }
    let _ = write!(
        page,
        "<p class=\"where\"><strong>{}</strong><br>{}",
        Escaped(&told.office_name),
        Escaped(&told.address)
    );
    if !told.directions.is_empty() {
        let _ = write!(page, "<br>{}", Escaped(&told.directions));
    }
    page.push_str("</p>");
}

/// What the desk reads, and what only its owner may know.
fn write_keys(page: &mut String, slip: &Slip) {
    let payload = format!("TO06:{}", normalise_code(&slip.told.code));
    let qr = qr::svg(&payload, "Mã QR cho bàn tiếp nhận").unwrap_or_default();
    let _ = write!(
        page,
        "<div class=\"keys\">{qr}<div><p>Mã lịch hẹn, đưa cho bàn tiếp nhận <span lang=\"en\">Code, for the desk</span></p><p class=\"code\">{code}</p>\
         <p>Mã bí mật, chỉ để đổi hoặc hủy <span lang=\"en\">Secret, to move or cancel</span></p><p class=\"code\">{secret}</p></div></div>",
        code = Escaped(&slip.told.code),
        secret = Escaped(&slip.secret),
    );
}

/// What to bring, what to do when something comes up, and whom not to believe.
fn write_advice(page: &mut String, told: &Appointment, manage: &Manage<'_>) {
    if !told.documents.is_empty() || !told.note.is_empty() {
        page.push_str("<p>Mang theo: <span lang=\"en\">Bring:</span></p><ul>");
        let note = Some(&told.note).filter(|note| !note.is_empty());
        for document in told.documents.iter().chain(note) {
            let _ = write!(page, "<li>{}</li>", Escaped(document));
        }
        page.push_str("</ul>");
    }
    let site = manage.origin.split_once("://");
    let site = site.map_or(manage.origin, |(_, host)| host);
    let _ = write!(
        page,
        "<p>Không đến được? Xin hủy hoặc đổi giờ để nhường chỗ: vào <strong>{site}/lich-hen</strong>, hoặc nhờ \
         tình nguyện viên, nhập hai mã trên. <span lang=\"en\">Cannot come? Please cancel or move it there, with both codes.</span></p>\
         <p class=\"warning\">Không đưa mã OTP, mật khẩu, mã khóa VNeID cho bất kỳ ai, kể cả cán bộ. \
         <span lang=\"en\">Give no OTP, password or VNeID passcode to anybody.</span></p>",
        site = Escaped(site),
    );
}
