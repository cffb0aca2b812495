//! What was refused, as it is told above the form that is shown again.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use mobile_contracts::booking::NearSlot;
use mobile_contracts::problem::Problem;

use super::spell_time;
use crate::booking::problem::BookingProblem;
use crate::http::failure::{Failure, Language};
use crate::http::html::{Escaped, beside};
use crate::http::idempotency::SavedAnswer;

/// In Vietnamese, and in English where it was not saved in one language only.
pub struct Refusal {
    pub status: StatusCode,
    vi: Problem,
    en: Option<Problem>,
}

impl Refusal {
    /// # Errors
    /// The failure itself if it is ours: it goes the way of all failures, so that it is logged.
    pub fn of(failure: Failure) -> Result<Self, Failure> {
        if failure.status().is_server_error() {
            return Err(failure);
        }
        Ok(Self {
            status: failure.status(),
            vi: failure.problem(Language::Vietnamese, ""),
            en: Some(failure.problem(Language::English, "")),
        })
    }

    /// A refusal that was saved as the answer of a press. `None`: it is none.
    pub fn saved(answer: &SavedAnswer) -> Option<Self> {
        Some(Self {
            status: StatusCode::from_u16(answer.status.unsigned_abs()).ok()?,
            vi: serde_json::from_value(answer.body.clone()).ok()?,
            en: None,
        })
    }

    fn is(&self, problem: BookingProblem) -> bool {
        self.vi.kind.strip_prefix("/problems/") == Some(problem.kind().slug)
    }

    /// What is wrong with the field of that name, as markup.
    pub fn fault_at(&self, pointers: &[&str]) -> Option<String> {
        let at = |one: &&str| {
            self.vi
                .errors
                .iter()
                .position(|error| error.pointer == *one)
        };
        let position = pointers.iter().find_map(at)?;
        Some(self.message(position))
    }

    fn message(&self, position: usize) -> String {
        let vi = Escaped(&self.vi.errors[position].message).to_string();
        let en = self.en.as_ref().and_then(|en| en.errors.get(position));
        en.map_or(vi.clone(), |en| {
            beside(&vi, &Escaped(&en.message).to_string())
        })
    }

    /// All of it, to be read first.
    pub fn notice(&self) -> String {
        let title = Escaped(&self.vi.title).to_string();
        let en = self
            .en
            .as_ref()
            .map(|en| Escaped(&en.title).to_string())
            .unwrap_or_default();
        let mut notice = format!(
            "<div class=\"notice\" role=\"alert\"><p><strong>{}</strong></p>",
            beside(&title, &en)
        );
        if !self.vi.errors.is_empty() {
            notice.push_str("<ul>");
            for position in 0..self.vi.errors.len() {
                let _ = write!(notice, "<li>{}</li>", self.message(position));
            }
            notice.push_str("</ul>");
        }
        if self.is(BookingProblem::WorkNeeded) {
            notice.push_str(WORK);
        }
        if self.is(BookingProblem::AlreadyBooked) {
            notice.push_str(ALREADY);
        }
        notice.push_str("</div>");
        notice
    }

    /// The free slots that are named beside a full one.
    pub fn alternatives(&self) -> Vec<NearSlot> {
        let slots = self.vi.more.get("alternatives").cloned();
        slots
            .and_then(|slots| serde_json::from_value(slots).ok())
            .unwrap_or_default()
    }
}

/// A page without scripts cannot work, and says so: what can be done instead.
const WORK: &str = "<p>Lúc này quá nhiều lượt giữ chỗ đến từ cùng một mạng. Trang không có JavaScript không làm được phép \
    thử đó. Những gì đã nhập vẫn còn ở dưới. Bạn có thể:</p><ul><li>chờ vài phút rồi bấm lại, hoặc đổi sang mạng khác \
    (Wi-Fi, 4G);</li><li>mở trang này bằng một điện thoại hay trình duyệt có JavaScript;</li><li>nhờ tình nguyện viên \
    đặt hộ, hoặc đến thẳng điểm tiếp nhận và lấy số tại chỗ.</li></ul><p><span lang=\"en\">Too many places were held from \
    your network, and this page without JavaScript cannot do the test. Wait some minutes and press again, take another \
    network or a browser with JavaScript, ask a volunteer, or come and take a ticket at the office.</span></p>";

const ALREADY: &str = "<p><a href=\"/lich-hen\">Mở lịch hẹn đã có để xem, đổi hoặc hủy</a> <span lang=\"en\">Open that \
    appointment.</span></p>";

/// Other slots, each a button of the form around it that sends everything else again.
pub fn ways(slots: &[NearSlot]) -> String {
    if slots.is_empty() {
        return String::new();
    }
    let mut markup = format!(
        "<h2>{}</h2><div class=\"ways\">",
        beside("Khung giờ khác còn chỗ", "Other hours with places")
    );
    for slot in slots {
        let _ = write!(
            markup,
            "<button class=\"quiet\" name=\"other\" value=\"{} {}\">{}, {}</button>",
            slot.office_id,
            slot.starts_at.timestamp(),
            spell_time(slot.starts_at),
            Escaped(&slot.office_name),
        );
    }
    markup.push_str("</div>");
    markup
}
