//! The page on which a householder types a code: a plain form, for any phone, without scripts or cookies.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use mobile_contracts::badge::BadgeHolder;
use mobile_contracts::identity::MassUnion;
use serde::Deserialize;

use super::check;
use crate::app::App;
use crate::http::failure::{CommonProblem, Failure, Language};
use crate::http::html::{Escaped, beside, page};
use crate::identity::problem::IdentityProblem::BadgeUnknown;
use crate::identity::sessions::cookie::require_own_page;

/// Mounts the page, beside the API and outside its document.
pub fn pages(config: &mut web::ServiceConfig) {
    config
        .route("/xac-minh", web::get().to(show_form))
        .route("/xac-minh", web::post().to(check_by_form));
}

const TITLE: (&str, &str) = ("Ai đang đến nhà bạn?", "Who is at your door?");

const WARNING: &str = "<p class=\"notice\"><strong>Không ai của Tổ 06 được hỏi mã OTP, mật khẩu hay mã khóa VNeID, \
    hay xin tiền.</strong> Có người hỏi thì đó là lừa đảo: đừng đưa, hãy gọi 113 hoặc công an xã. <span lang=\"en\">Nobody of \
    us may ask for an OTP, a password, a VNeID passcode or money: whoever does is a swindler. Call 113.</span></p>";

const FORM: &str = "<form method=\"post\" action=\"/xac-minh\">\
    <label for=\"code\">Mã 6 số trên máy của tình nguyện viên <span lang=\"en\">Six digits on the volunteer’s phone</span></label>\
    <input id=\"code\" name=\"code\" class=\"code\" inputmode=\"numeric\" pattern=\"[0-9 ]{6,7}\" maxlength=\"7\" \
    autocomplete=\"off\" required aria-describedby=\"about\">\
    <p id=\"about\" class=\"soft\">Mã đổi mỗi phút. Mời người đó mở ứng dụng, phần Tôi, chọn Thẻ của tôi. <span lang=\"en\">It changes every minute. Ask them \
    to open the app: Me, My badge.</span></p>\
    <button>Xem là ai <span lang=\"en\">See who it is</span></button></form>";

async fn show_form() -> HttpResponse {
    page(StatusCode::OK, TITLE, &format!("{FORM}{WARNING}"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeForm {
    code: String,
}

async fn check_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    body: String,
) -> Result<HttpResponse, Failure> {
    require_own_page(&request, &app.config.http)?;
    let form: CodeForm =
        serde_urlencoded::from_str(&body).map_err(|_| Failure::from(CommonProblem::Malformed))?;
    // As phones show it: two groups of three.
    let code: String = form.code.split_whitespace().collect();
    match check(&app, &request, &code).await {
        Ok(holder) => Ok(tell(&holder)),
        Err(failure) if failure.status().is_server_error() => Err(failure),
        Err(failure) => Ok(refuse(&failure)),
    }
}

fn tell(holder: &BadgeHolder) -> HttpResponse {
    let union = MassUnion::parse(&holder.mass_union).and_then(name_of);
    let union = union.map_or(String::new(), |(vi, en)| format!("{}<br>", beside(vi, en)));
    let (name, unit) = (Escaped(&holder.given_name), Escaped(&holder.unit_label));
    let body = format!(
        "<div class=\"slip\" role=\"status\"><p class=\"good\"><strong>Mã đúng.</strong> Đây là tình nguyện viên của Tổ 06: \
         <span lang=\"en\">The code is right. This is a volunteer of ours:</span></p>\
         <p class=\"when\">{name}</p><p class=\"who\">{union}{unit}</p></div>\
         <p>Hãy hỏi tên người đứng trước mặt bạn. Tên, đoàn thể hoặc xã khác với trên đây thì không phải người này. \
         <span lang=\"en\">Ask whoever stands before you for their name. With another name, union or commune it is not this person.</span></p>\
         {WARNING}<p><a href=\"/xac-minh\">Kiểm tra mã khác <span lang=\"en\">Check another code</span></a></p>"
    );
    page(StatusCode::OK, TITLE, &body)
}

fn name_of(mass_union: MassUnion) -> Option<(&'static str, &'static str)> {
    match mass_union {
        MassUnion::Youth => Some(("Đoàn Thanh niên", "Youth Union")),
        MassUnion::Women => Some(("Hội Liên hiệp Phụ nữ", "Women’s Union")),
        MassUnion::None => None,
    }
}

const ADVICE: &str = " Hãy nhìn lại máy của tình nguyện viên: mã đổi mỗi phút. Vẫn không đúng thì đừng làm theo người đó. \
    <span lang=\"en\">Look at their phone again: the code changes every minute. If it is still wrong, do not do what they say.</span>";

/// The form again, under what was wrong.
fn refuse(failure: &Failure) -> HttpResponse {
    let said = |language| {
        let problem = failure.problem(language, "");
        let what = problem.errors.into_iter().next();
        Escaped(what.map_or(problem.title, |error| error.message)).to_string()
    };
    let advice = match failure.kind().slug == BadgeUnknown.kind().slug {
        true => ADVICE,
        false => "",
    };
    let body = format!(
        "<div class=\"notice\" role=\"alert\"><p><strong>{}</strong>{advice}</p></div>{FORM}{WARNING}",
        beside(&said(Language::Vietnamese), &said(Language::English)),
    );
    page(failure.status(), TITLE, &body)
}
