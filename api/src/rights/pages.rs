//! One's own data without scripts: asking about it, what became of that, and taking it back, by forms that carry the
//! codes of an appointment.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use mobile_contracts::booking::AppointmentKey;
use mobile_contracts::rights::{
    AskForRights, RIGHTS_WORDS_CHARS_MAX, ReceivedRightsRequest, RightsKind, TakeBackRights,
};
use serde::Deserialize;

use super::receive::{ask_own, find_own, take_back_own};
use super::rules::{consent_text, procedure};
use crate::app::App;
use crate::booking::pages::refusal::Refusal;
use crate::booking::pages::{hidden, key_form, own, refused, require_own_form, spell_time};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::html::{Escaped, beside, page};

const TITLE: (&str, &str) = ("Dữ liệu của tôi", "My data");

/// Mounts the pages, beside the API and outside its document.
pub fn pages(config: &mut web::ServiceConfig) {
    config
        .route("/lich-hen/du-lieu", web::get().to(show_key_form))
        .route("/lich-hen/du-lieu", web::post().to(show_by_form))
        .route("/lich-hen/du-lieu/gui", web::post().to(ask_by_form))
        .route("/lich-hen/du-lieu/rut", web::post().to(take_back_by_form));
}

/// Vietnamese, and the same in English.
type Words = (&'static str, &'static str);

/// A right as a form offers it.
struct Right {
    name: Words,
    help: Words,
    /// What has to be said: nobody puts right, or leaves alone, what was not named.
    needs_words: bool,
}

fn right(kind: RightsKind) -> Right {
    let (name, help, needs_words) = match kind {
        RightsKind::Access => (
            ("Xem dữ liệu của tôi", "See my data"),
            (
                "Nhận bản sao mọi điều đang lưu về bạn.",
                "A copy of everything that is kept about you.",
            ),
            false,
        ),
        RightsKind::Correct => (
            ("Sửa điều ghi sai", "Correct what is wrong"),
            (
                "Họ tên, năm sinh, giới tính, số điện thoại. Ghi rõ ở dưới sai ở đâu, đúng là gì.",
                "Name, year of birth, sex, phone number. Say below what is wrong, and what is right.",
            ),
            true,
        ),
        RightsKind::Erase => (
            ("Xóa dữ liệu của tôi", "Erase my data"),
            (
                "Xóa hết; lịch hẹn còn lại cũng bị hủy. Việc đã làm vẫn được đếm, không còn tên ai.",
                "Everything goes, and appointments are cancelled. What was done is still counted, without a name.",
            ),
            false,
        ),
        RightsKind::Withdraw => (
            ("Rút lại sự đồng ý", "Take my consent back"),
            (
                "Như xóa, và việc đã làm không được tính vào xếp hạng nữa.",
                "As erasing, and what was done counts in no ranking any more.",
            ),
            false,
        ),
        RightsKind::Restrict => (
            ("Tạm ngừng sử dụng", "Stop using it for now"),
            (
                "Vẫn giữ nhưng không dùng, không ai gọi bạn, đến khi bạn muốn lại.",
                "It is kept, but not used, and nobody calls you, until you want it again.",
            ),
            false,
        ),
        RightsKind::Object => (
            ("Phản đối một cách dùng", "Object to a use"),
            (
                "Được chấp nhận thì dữ liệu bị xóa như khi rút lại sự đồng ý. Ghi rõ ở dưới không muốn dùng vào việc gì.",
                "Where it is granted, the data goes as if the consent were taken back. Say below which use you object to.",
            ),
            true,
        ),
    };
    Right {
        name,
        help,
        needs_words,
    }
}

fn name_of(kind: &str) -> String {
    match RightsKind::parse(kind) {
        Some(kind) => beside(right(kind).name.0, right(kind).name.1),
        None => Escaped(kind).to_string(),
    }
}

/// What a form says: the codes, what is asked for, and whether somebody was asked and is sure.
#[derive(Deserialize)]
pub struct RightsForm {
    code: String,
    secret: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    sure: String,
}

impl RightsForm {
    fn key(&self) -> AppointmentKey {
        AppointmentKey {
            code: self.code.clone(),
            secret: self.secret.clone(),
        }
    }

    /// What is asked for.
    ///
    /// # Errors
    /// 422 where nothing was chosen, or has to be said what.
    fn asked(&self) -> Result<AskForRights, Failure> {
        let words = Some(self.words.trim()).filter(|words| !words.is_empty());
        let fault = |pointer: &'static str, vi: &'static str, en: &'static str| {
            let fault = FieldError::new(pointer, "REQUIRED", vi, en);
            Failure::invalid(vec![fault])
        };
        let kind = RightsKind::parse(&self.kind)
            .ok_or_else(|| fault("/kind", "Hãy chọn một điều.", "Choose one."))?;
        if right(kind).needs_words && words.is_none() {
            return Err(fault(
                "/words",
                "Hãy ghi rõ, để biết phải làm gì.",
                "Say which, so that it can be done.",
            ));
        }
        Ok(AskForRights {
            code: self.code.clone(),
            secret: self.secret.clone(),
            kind,
            words: words.map(str::to_owned),
        })
    }
}

pub async fn show_key_form() -> HttpResponse {
    let codes = key_form("/lich-hen/du-lieu", ("Mã lịch hẹn", "Code"), "");
    page(StatusCode::OK, TITLE, &codes)
}

/// The form for the codes again, under what was wrong.
fn wrong_codes(failure: Failure, code: &str) -> Result<HttpResponse, Failure> {
    let refusal = Refusal::of(failure)?;
    let lost = beside(
        "Mất mã? Mang thẻ đến điểm tiếp nhận, hoặc gặp tình nguyện viên: họ nhận yêu cầu của bạn.",
        "Lost the codes? Bring the card to an office, or ask a volunteer: they take your request.",
    );
    let codes = key_form("/lich-hen/du-lieu", ("Mã lịch hẹn", "Code"), code);
    let body = refusal.notice() + &codes + &format!("<p>{lost}</p>");
    Ok(page(refusal.status, TITLE, &body))
}

pub async fn show_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<RightsForm>,
) -> Result<HttpResponse, Failure> {
    if let Err(foreign) = require_own_form(&app, &request) {
        return refused(foreign);
    }
    show(&app, &request, &form, None).await
}

/// What was asked for with these codes, under what was just received.
async fn show(
    app: &App,
    request: &HttpRequest,
    form: &RightsForm,
    received: Option<&str>,
) -> Result<HttpResponse, Failure> {
    let key = form.key();
    match find_own(app, request, &key).await {
        Ok(requests) => {
            let fresh = ask_form(&key, "", "", None);
            let body = received.unwrap_or_default().to_owned() + &list(&requests, &key) + &fresh;
            Ok(page(StatusCode::OK, TITLE, &(body + &back(&key))))
        }
        Err(failure) => wrong_codes(failure, &key.code),
    }
}

/// What was refused, above what was typed, if the codes open anything.
async fn refused_of(
    app: &App,
    request: &HttpRequest,
    form: &RightsForm,
    failure: Failure,
) -> Result<HttpResponse, Failure> {
    let key = form.key();
    let Ok(requests) = find_own(app, request, &key).await else {
        return wrong_codes(failure, &key.code);
    };
    let refusal = Refusal::of(failure)?;
    let typed = ask_form(&key, &form.kind, &form.words, Some(&refusal));
    let body = refusal.notice() + &list(&requests, &key) + &typed + &back(&key);
    Ok(page(refusal.status, TITLE, &body))
}

pub async fn ask_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<RightsForm>,
) -> Result<HttpResponse, Failure> {
    if let Err(foreign) = require_own_form(&app, &request) {
        return refused(foreign);
    }
    let asked = async { ask_own(&app, &request, &form.asked()?).await };
    match asked.await {
        Ok((row, is_new)) => {
            let title = match is_new {
                true => beside("Đã nhận yêu cầu của bạn", "It is received"),
                false => beside(
                    "Bạn đã gửi yêu cầu này rồi; lời và hạn vẫn như cũ",
                    "You asked for this already; its words and days stand",
                ),
            };
            let received = format!(
                "<div class=\"notice\" role=\"status\"><p><strong>{title}</strong></p><p>{}</p></div>",
                Escaped(&procedure(row.kind(), row.due())),
            );
            show(&app, &request, &form, Some(&received)).await
        }
        Err(failure) => refused_of(&app, &request, &form, failure).await,
    }
}

/// Asks once: nobody goes on with it then.
pub async fn take_back_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<RightsForm>,
) -> Result<HttpResponse, Failure> {
    if let Err(foreign) = require_own_form(&app, &request) {
        return refused(foreign);
    }
    let Some(kind) = RightsKind::parse(&form.kind) else {
        return refused(CommonProblem::NotFound.into());
    };
    if form.sure != "yes" {
        return Ok(question_page(&form.key(), kind));
    }
    let body = TakeBackRights {
        code: form.code.clone(),
        secret: form.secret.clone(),
        kind,
    };
    match take_back_own(&app, &request, &body).await {
        Ok(_) => show(&app, &request, &form, None).await,
        Err(failure) => refused_of(&app, &request, &form, failure).await,
    }
}

fn question_page(key: &AppointmentKey, kind: RightsKind) -> HttpResponse {
    let body = format!(
        "<p><strong>{name}</strong></p><p>{what}</p>\
        <form method=\"post\" action=\"/lich-hen/du-lieu/rut\">{own}{kind}{sure}<button>{yes}</button></form>\
        <form method=\"post\" action=\"/lich-hen/du-lieu\">{own}<button class=\"quiet\">{no}</button></form>",
        name = name_of(kind.as_str()),
        what = beside(
            "Rút rồi thì không ai làm nữa. Gửi lại được, nhưng hạn tính lại từ đầu.",
            "Nobody goes on with it then. You may ask again, and the days are counted anew."
        ),
        own = own(key),
        kind = hidden("kind", kind.as_str()),
        sure = hidden("sure", "yes"),
        yes = beside("Đúng, rút yêu cầu", "Yes, take it back"),
        no = beside("Giữ yêu cầu", "Keep it"),
    );
    let title = ("Rút yêu cầu này?", "Take this back?");
    page(StatusCode::OK, title, &body)
}

/// What one may ask for in general, and what was asked for with these codes.
fn list(requests: &[ReceivedRightsRequest], key: &AppointmentKey) -> String {
    let mut list = format!(
        "<p>{}</p><details><summary>{}</summary><p>{}</p></details><h2>{}</h2>",
        beside(
            "Bạn được xem, sửa, xóa dữ liệu của mình và rút lại sự đồng ý bất cứ lúc nào. Nhận kết quả thì mang theo thẻ Căn cước, vì người khác có thể cầm phiếu hẹn này.",
            "You may see, correct and erase your data and take your consent back at any time. Bring your card for the result, since somebody else may hold this slip."
        ),
        beside("Đồng ý là đồng ý gì?", "What does one agree to?"),
        Escaped(&consent_text().text),
        beside(
            "Yêu cầu đã gửi bằng hai mã này",
            "Asked for with these codes"
        ),
    );
    if requests.is_empty() {
        let _ = write!(
            list,
            "<p>{}</p>",
            beside("Chưa có yêu cầu nào.", "Nothing yet.")
        );
    }
    for one in requests {
        list.push_str(&told(one, key));
    }
    list
}

/// One request: what became of it, until when it is answered, and taking it back.
fn told(one: &ReceivedRightsRequest, key: &AppointmentKey) -> String {
    let state = match one.state.as_str() {
        "received" => beside("Đã nhận", "Received"),
        "acknowledged" => beside("Đang xem xét", "Being looked at"),
        "extended" => beside("Được gia hạn", "Extended"),
        "done" => beside("Đã làm xong", "Done"),
        "refused" => beside("Bị từ chối", "Refused"),
        "withdrawn" => beside("Bạn đã rút", "You took it back"),
        other => Escaped(other).to_string(),
    };
    let sent = spell_time(one.received_at);
    let mut told = format!(
        "<div class=\"notice\"><p><strong>{}</strong>: {state}</p><p>{}</p>",
        name_of(&one.kind),
        beside(&format!("Gửi lúc {sent}."), &format!("Sent {sent}.")),
    );
    if let Some(ground) = &one.ground {
        let _ = write!(told, "<p>{}</p>", spell_ground(ground));
    }
    if let Some(answer) = &one.answer {
        let _ = write!(told, "<p>{}</p>", Escaped(answer));
    }
    if matches!(one.state.as_str(), "received" | "acknowledged" | "extended") {
        let due = spell_day(one.due_on);
        let _ = write!(
            told,
            "<p>{}</p><form method=\"post\" action=\"/lich-hen/du-lieu/rut\">{}{}<button class=\"quiet\">{}</button></form>",
            beside(
                &format!(
                    "Trả lời chậm nhất {due}. Quá ngày thì mang thẻ đến điểm tiếp nhận để hỏi."
                ),
                &format!("Answered by {due}; after that, bring your card to an office and ask."),
            ),
            own(key),
            hidden("kind", &one.kind),
            beside("Rút yêu cầu", "Take back"),
        );
    }
    told + "</div>"
}

fn spell_ground(ground: &str) -> String {
    match ground {
        "identity_not_shown" => beside(
            "Lý do: chưa rõ người yêu cầu là ai.",
            "It was not shown who asks.",
        ),
        "law_requires_keeping" => {
            beside("Lý do: luật buộc phải giữ.", "The law requires keeping it.")
        }
        "rights_of_others" => beside(
            "Lý do: ảnh hưởng quyền của người khác.",
            "It would harm others' rights.",
        ),
        "security" => beside("Lý do: an ninh.", "Security."),
        "not_kept_here" => beside(
            "Lý do: không có dữ liệu đó ở đây.",
            "That is not kept here.",
        ),
        "excessive" => beside(
            "Lý do: yêu cầu lặp lại quá nhiều.",
            "It was asked too often.",
        ),
        other => Escaped(other).to_string(),
    }
}

/// `30/11/2026`.
fn spell_day(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// What can be asked for; what was chosen and typed stays where something was wrong.
fn ask_form(key: &AppointmentKey, chosen: &str, words: &str, refusal: Option<&Refusal>) -> String {
    let fault = |pointer| refusal.and_then(|refusal| refusal.fault_at(&[pointer]));
    let mut form = format!(
        "<h2>{}</h2><form method=\"post\" action=\"/lich-hen/du-lieu/gui\">{}<fieldset><legend>{}</legend>",
        beside("Gửi một yêu cầu", "Ask for something"),
        own(key),
        beside("Bạn muốn gì?", "What do you want?"),
    );
    for kind in RightsKind::ALL {
        let Right { name, help, .. } = right(kind);
        let word = kind.as_str();
        let checked = if word == chosen { " checked" } else { "" };
        let _ = write!(
            form,
            "<label class=\"check\"><input type=\"radio\" name=\"kind\" value=\"{word}\" required{checked}><span><strong>{}</strong><br>{}</span></label>",
            beside(name.0, name.1),
            beside(help.0, help.1),
        );
    }
    if let Some(fault) = fault("/kind") {
        let _ = write!(form, "<p class=\"fault\">{fault}</p>");
    }
    let (about, said) = match fault("/words") {
        Some(fault) => (
            " aria-invalid=\"true\"",
            format!("<p id=\"w-about\" class=\"fault\">{fault}</p>"),
        ),
        None => (
            "",
            format!(
                "<p id=\"w-about\">{}</p>",
                beside(
                    "Không ghi số định danh, mật khẩu hay mã OTP.",
                    "No ID number, password or OTP."
                )
            ),
        ),
    };
    let _ = write!(
        form,
        "</fieldset><label for=\"w\">{}</label><textarea id=\"w\" name=\"words\" rows=\"4\" maxlength=\"{RIGHTS_WORDS_CHARS_MAX}\" aria-describedby=\"w-about\"{about}>{}</textarea>{said}<button>{}</button></form>",
        beside("Muốn nói thêm (nếu có)", "Anything to add (if any)"),
        Escaped(words),
        beside("Gửi yêu cầu", "Send"),
    );
    form
}

fn back(key: &AppointmentKey) -> String {
    format!(
        "<form method=\"post\" action=\"/lich-hen\">{}<button class=\"quiet\">{}</button></form>",
        own(key),
        beside("Về lịch hẹn", "Back to the appointment"),
    )
}
