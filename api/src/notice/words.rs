//! The texts: for each kind one of a single text message, and one with diacritics for channels that
//! carry them. Neither holds a name or an ID number, neither leads to an app, and each that tells of
//! an appointment says how to change or cancel it.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

use super::kind::Kind;
use super::sms::Sms;

/// Longest address of ours that a text message names: a longer one would leave no room for the
/// office.
const SITE_CHARS_MAX: usize = 40;
/// Local time, all year, ahead of UTC.
const VIETNAM: TimeDelta = TimeDelta::hours(7);
/// Where people manage their appointments.
const MANAGE_PATH: &str = "/lich-hen";
/// Where they say yes or no to an offer.
const OFFER_PATH: &str = "/cho";

fn path_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Offer => OFFER_PATH,
        _ => MANAGE_PATH,
    }
}

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The citizen, or whose phone they gave.
    Citizen,
    /// The relative, volunteer or officer who booked for a citizen without a phone.
    Helper,
}

/// What a text tells of.
#[derive(Debug, Clone)]
pub struct Facts {
    /// As people spell it: `K7QM-2XRT`.
    pub code: String,
    pub starts_at: DateTime<Utc>,
    /// Until when something must be done, where something must.
    pub until: Option<DateTime<Utc>>,
    pub office_name: String,
    pub address: String,
}

/// A notice in words.
#[derive(Debug, Clone)]
pub struct Words {
    /// Of an e-mail.
    pub subject: String,
    /// One text message, without diacritics.
    pub short: Sms,
    /// With diacritics, of any length.
    pub full: String,
}

/// Writes a notice. `origin` is ours, such as `https://to06.example.vn`.
pub fn words(kind: Kind, reader: Reader, facts: &Facts, origin: &str) -> Words {
    Words {
        subject: format!("Lịch hẹn {}: {}", facts.code, subject(kind)),
        short: short(kind, reader, facts, origin),
        full: full(kind, reader, facts, origin),
    }
}

fn subject(kind: Kind) -> &'static str {
    match kind {
        Kind::Confirmed => "đã đặt",
        Kind::Moved | Kind::ClosedMoved => "đã đổi giờ",
        Kind::Cancelled => "đã hủy",
        Kind::Reissued => "cấp lại mã bí mật",
        Kind::SecondTry => "có người thử đặt lần nữa",
        Kind::ReminderDay | Kind::ReminderHours => "nhắc lịch",
        Kind::Conflict => "chưa có giờ mới",
        Kind::Offer => "có chỗ trống",
        Kind::Lapsing => "cần xác nhận",
        Kind::Lapsed => "đã nhường chỗ",
    }
}

/// The code and the time come first and are never cut; the office's name takes what room is left.
fn short(kind: Kind, reader: Reader, facts: &Facts, origin: &str) -> Sms {
    let (code, when) = (&facts.code, when_plain(facts.starts_at));
    let until = end_plain(facts.until.unwrap_or(facts.starts_at));
    let of = match reader {
        Reader::Citizen => "",
        Reader::Helper => " ban dat ho",
    };
    let site = site(origin, path_of(kind));
    let at = |verb: &str| match &site {
        Some(site) => format!("{verb}: {site}"),
        None => format!("{verb} tren trang dat lich"),
    };
    let change = at("Doi/huy");
    let name = facts.office_name.as_str();
    let fit = |before: String, after: String| Sms::fit(&before, name, &after);
    match kind {
        Kind::Confirmed => fit(
            format!("Da dat lich {code}{of}, {when} tai "),
            format!(". {change}. Khong ai hoi ma OTP"),
        ),
        Kind::Moved => fit(
            format!("Lich {code}{of} da doi sang {when} tai "),
            format!(". {change}"),
        ),
        Kind::Cancelled => fit(
            format!("Lich {code}{of} luc {when} da huy, tai "),
            format!(". {}", at("Dat lai")),
        ),
        Kind::Reissued => fit(
            format!("Lich {code}{of}: ma bi mat moi vua cap tai "),
            ". Khong phai ban thi bao ngay noi do. Doi/huy dung ma moi".to_owned(),
        ),
        Kind::SecondTry => fit(
            format!("Co nguoi vua thu dat them cho nguoi da co lich {code}, {when} tai "),
            format!(". Lich van giu. {change}"),
        ),
        Kind::ReminderDay => fit(
            format!("Nhac lich {code}{of}: {when} tai "),
            format!(". Nho mang giay to. {change}"),
        ),
        Kind::ReminderHours => fit(
            format!("Sap den gio: lich {code}{of}, {when} tai "),
            format!(". Nho mang giay to. {change}"),
        ),
        Kind::ClosedMoved => fit(
            format!("Noi tiep nhan nghi: lich {code}{of} chuyen sang {when} tai "),
            format!(". {change}"),
        ),
        Kind::Conflict => fit(
            format!("Lich {code}{of}, {when}: noi tiep nhan nghi, chua co gio moi. Hoi "),
            format!(". {change}"),
        ),
        Kind::Offer => fit(
            format!("Co cho {when}, ma {code}{of}, giu den {until}, tai "),
            format!(". {}", at("Nhan/bo")),
        ),
        Kind::Lapsed => fit(
            format!("Lich {code}{of} luc {when} chua duoc xac nhan nen da nhuong cho. Tai "),
            format!(". {}", at("Dat lai")),
        ),
        Kind::Lapsing => fit(
            format!("Lich {code}{of}, {when}: xac nhan truoc {until}, khong thi mat cho. Tai "),
            format!(". {}", at("Vao")),
        ),
    }
}

fn full(kind: Kind, reader: Reader, facts: &Facts, origin: &str) -> String {
    let (code, when) = (&facts.code, when_full(facts.starts_at));
    let until = when_full(facts.until.unwrap_or(facts.starts_at));
    let place = format!("{} ({})", facts.office_name, facts.address);
    let of = match reader {
        Reader::Citizen => "",
        Reader::Helper => " bạn đặt hộ",
    };
    let told = match kind {
        Kind::Confirmed => format!("Đã đặt lịch hẹn {code}{of}: {when}, tại {place}."),
        Kind::Moved => format!("Lịch hẹn {code}{of} đã đổi sang {when}, tại {place}."),
        Kind::Cancelled => {
            format!("Lịch hẹn {code}{of} lúc {when}, tại {place}, đã hủy.")
        }
        Kind::Reissued => format!(
            "Mã bí mật của lịch hẹn {code}{of} vừa được cấp lại tại {place}; mã cũ không còn dùng được. Nếu không phải bạn yêu cầu, hãy báo ngay cho điểm tiếp nhận."
        ),
        Kind::SecondTry => format!(
            "Có người vừa thử đặt thêm lịch cho người đã có lịch hẹn {code}: {when}, tại {place}. Lịch hẹn ấy vẫn được giữ."
        ),
        Kind::ReminderDay => {
            format!("Nhắc lịch hẹn {code}{of}: {when}, tại {place}. Nhớ mang đủ giấy tờ.")
        }
        Kind::ReminderHours => {
            format!("Sắp đến giờ: lịch hẹn {code}{of}, {when}, tại {place}. Nhớ mang đủ giấy tờ.")
        }
        Kind::ClosedMoved => format!(
            "Điểm tiếp nhận nghỉ đột xuất. Lịch hẹn {code}{of} được chuyển sang {when}, tại {place}."
        ),
        Kind::Conflict => format!(
            "Điểm tiếp nhận nghỉ đột xuất. Lịch hẹn {code}{of} lúc {when}, tại {place}, chưa có giờ mới; thứ tự được giữ, và cán bộ sẽ liên hệ."
        ),
        Kind::Offer => format!(
            "Có chỗ trống {when}, tại {place}, mã {code}{of}. Chỗ được giữ đến {until}, sau đó dành cho người tiếp theo."
        ),
        Kind::Lapsed => format!(
            "Lịch hẹn {code}{of} lúc {when}, tại {place}, không được xác nhận nên chỗ đã dành cho người khác."
        ),
        Kind::Lapsing => format!(
            "Lịch hẹn {code}{of}, {when}, tại {place}, chưa được xác nhận. Hãy xác nhận trước {until}, nếu không chỗ sẽ dành cho người khác."
        ),
    };
    let manage = match kind {
        Kind::Cancelled | Kind::Lapsed => "Đặt lại",
        Kind::Offer => "Nhận hoặc bỏ chỗ",
        Kind::Lapsing => "Xác nhận, đổi hoặc hủy",
        _ => "Xem, đổi hoặc hủy",
    };
    let help = match reader {
        Reader::Citizen => "",
        Reader::Helper => " Người được hẹn không có số điện thoại, xin báo giúp.",
    };
    format!(
        "{told}{help}\n{manage}: {}{}\nKhông ai được hỏi mã OTP hay mật khẩu VNeID của bạn.",
        origin.trim_end_matches('/'),
        path_of(kind)
    )
}

/// Our page as a text message names it: without the scheme, if short enough.
fn site(origin: &str, path: &str) -> Option<String> {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let site = format!("{}{path}", host.trim_end_matches('/'));
    (site.len() <= SITE_CHARS_MAX).then_some(site)
}

/// `07:30 thứ Tư 25/11`, in Vietnam's time.
pub fn when_full(instant: DateTime<Utc>) -> String {
    const DAYS: [&str; 7] = [
        "thứ Hai",
        "thứ Ba",
        "thứ Tư",
        "thứ Năm",
        "thứ Sáu",
        "thứ Bảy",
        "Chủ nhật",
    ];
    when(instant, &DAYS)
}

/// `07:30 thu Tu 25/11`.
fn when_plain(instant: DateTime<Utc>) -> String {
    const DAYS: [&str; 7] = [
        "thu Hai", "thu Ba", "thu Tu", "thu Nam", "thu Sau", "thu Bay", "Chu nhat",
    ];
    when(instant, &DAYS)
}

/// `06:45 25/11`: an end needs no weekday.
fn end_plain(instant: DateTime<Utc>) -> String {
    let local = instant + VIETNAM;
    format!(
        "{:02}:{:02} {:02}/{:02}",
        local.hour(),
        local.minute(),
        local.day(),
        local.month()
    )
}

fn when(instant: DateTime<Utc>, days: &[&str; 7]) -> String {
    let local = instant + VIETNAM;
    format!(
        "{:02}:{:02} {} {:02}/{:02}",
        local.hour(),
        local.minute(),
        days[local.weekday().num_days_from_monday() as usize],
        local.day(),
        local.month()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::sms::SMS_CHARS_MAX;

    fn facts(office_name: &str) -> Facts {
        let at = |text: &str| text.parse().expect("an instant");
        Facts {
            code: "K7QM-2XRT".to_owned(),
            starts_at: at("2026-11-25T00:30:00Z"),
            until: Some(at("2026-11-24T23:45:00Z")),
            office_name: office_name.to_owned(),
            address: "Số 1, đường Thử, phường Phan Rang".to_owned(),
        }
    }

    const LONGEST_SITE: &str = "https://datlich.to06.ninhthuan.gov.vn";

    #[test]
    fn dates_are_written_as_vietnamese_read_them() {
        let at = |text: &str| when_full(text.parse().expect("an instant"));
        assert_eq!(at("2026-11-25T00:30:00Z"), "07:30 thứ Tư 25/11");
        assert_eq!(at("2026-11-28T18:05:00Z"), "01:05 Chủ nhật 29/11");
    }

    #[test]
    fn every_text_message_is_one_part_with_its_code_its_time_and_what_to_do() {
        let names = [
            "Công an Bắc Ái".to_owned(),
            "Trung tâm Phục vụ hành chính công phường Phan Rang".to_owned(),
            "Phòng Cảnh sát quản lý hành chính về trật tự xã hội ".repeat(4),
            "Ữ".repeat(200),
        ];
        for kind in Kind::ALL {
            for reader in [Reader::Citizen, Reader::Helper] {
                for name in &names {
                    for origin in [LONGEST_SITE, "http://127.0.0.1:8006", "https://a.vn/"] {
                        let facts = facts(name);
                        let told = words(*kind, reader, &facts, origin);
                        let sms = told.short.as_str();
                        let context = format!("{kind:?} {reader:?}: {sms}");
                        assert!(sms.len() <= SMS_CHARS_MAX, "{context}");
                        assert!(sms.contains("K7QM-2XRT"), "{context}");
                        let timeless = *kind == Kind::Reissued;
                        assert!(timeless || sms.contains("07:30 thu Tu 25/11"), "{context}");
                        let ends = matches!(kind, Kind::Offer | Kind::Lapsing);
                        assert!(!ends || sms.contains("06:45 25/11"), "{context}");
                        let way = sms.contains(path_of(*kind)) || sms.contains("Doi/huy");
                        assert!(way, "{context}");
                        assert!(!sms.contains("http"), "{context}");
                        let helper = reader == Reader::Helper && *kind != Kind::SecondTry;
                        assert_eq!(sms.contains("ban dat ho"), helper, "{context}");
                        // A usual name is told whole, the longest begins.
                        let names = [
                            "CA Bac Ai",
                            "Cong an Bac Ai",
                            "TT PVHCC",
                            "Trung tam",
                            "Phong",
                            "UU",
                        ];
                        assert!(names.iter().any(|name| sms.contains(name)), "{context}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_confirmation_warns_of_those_who_ask_for_codes() {
        let told = words(
            Kind::Confirmed,
            Reader::Citizen,
            &facts("Công an phường Phan Rang"),
            LONGEST_SITE,
        );
        assert_eq!(
            told.short.as_str(),
            "Da dat lich K7QM-2XRT, 07:30 thu Tu 25/11 tai Cong an phuong Phan Rang. Doi/huy: datlich.to06.ninhthuan.gov.vn/lich-hen. Khong ai hoi ma OTP"
        );
        assert!(told.full.contains("Không ai được hỏi mã OTP"));
        assert!(told.full.contains("07:30 thứ Tư 25/11"));
    }

    #[test]
    fn a_site_too_long_for_a_text_message_is_named_in_words() {
        let origin = format!("https://{}.vn", "x".repeat(60));
        let told = words(Kind::Moved, Reader::Citizen, &facts("CA"), &origin);
        assert!(told.short.as_str().ends_with("Doi/huy tren trang dat lich"));
        assert!(told.full.contains(&origin));
    }
}
