//! The page on which a householder types a code: a plain form, for any phone, without scripts or cookies.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use mobile_contracts::badge::BadgeHolder;
use mobile_contracts::identity::MassUnion;
use serde::Deserialize;

use super::check;
use crate::app::App;
use crate::http::failure::{CommonProblem, Failure, Language};
use crate::http::html::{Escaped, page};
use crate::identity::problem::IdentityProblem::BadgeUnknown;
use crate::identity::sessions::cookie::require_own_page;

/// Mounts the page, beside the API and outside its document.
pub fn pages(config: &mut web::ServiceConfig) {
    config
        .route("/xac-minh", web::get().to(show_form))
        .route("/xac-minh", web::post().to(check_by_form));
}

const TITLE: &str = "Ai đang đến nhà bạn?";

const WARNING: &str = "<p class=\"notice\"><strong>Không ai của Tổ 06 được hỏi mã OTP, mật khẩu hay mã khóa VNeID, \
    hay xin tiền.</strong> Có người hỏi thì đó là lừa đảo: đừng đưa, hãy gọi 113 hoặc công an xã.</p>";

const FORM: &str = "<form method=\"post\" action=\"/xac-minh\">\
    <label for=\"code\">Mã 6 số trên máy của tình nguyện viên</label>\
    <input id=\"code\" name=\"code\" class=\"code\" inputmode=\"numeric\" pattern=\"[0-9 ]{6,7}\" maxlength=\"7\" \
    autocomplete=\"off\" required aria-describedby=\"about\">\
    <p id=\"about\" class=\"soft\">Mã đổi mỗi phút. Mời người đó mở ứng dụng, phần Tôi, chọn Thẻ của tôi.</p>\
    <button>Xem là ai</button></form>";

const ENGLISH: &str = "<p class=\"soft\" lang=\"en\">Type the six digits on the volunteer’s phone to see who is at your \
    door. Nobody may ask you for an OTP, a password or a VNeID passcode.</p>";

async fn show_form() -> HttpResponse {
    page(StatusCode::OK, TITLE, &format!("{FORM}{WARNING}{ENGLISH}"))
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
    let union = union.map_or(String::new(), |union| format!("{union}<br>"));
    let (name, unit) = (Escaped(&holder.given_name), Escaped(&holder.unit_label));
    let body = format!(
        "<div class=\"slip\" role=\"status\"><p class=\"good\"><strong>Mã đúng.</strong> Đây là tình nguyện viên của Tổ 06:</p>\
         <p class=\"when\">{name}</p><p class=\"who\">{union}{unit}</p></div>\
         <p>Hãy hỏi tên người đứng trước mặt bạn. Tên, đoàn thể hoặc xã khác với trên đây thì không phải người này.</p>\
         {WARNING}<p><a href=\"/xac-minh\">Kiểm tra mã khác</a></p>"
    );
    page(StatusCode::OK, TITLE, &body)
}

fn name_of(mass_union: MassUnion) -> Option<&'static str> {
    match mass_union {
        MassUnion::Youth => Some("Đoàn Thanh niên"),
        MassUnion::Women => Some("Hội Liên hiệp Phụ nữ"),
        MassUnion::None => None,
    }
}

/// The form again, under what was wrong.
fn refuse(failure: &Failure) -> HttpResponse {
    let problem = failure.problem(Language::Vietnamese, "");
    let what = problem.errors.first().map(|error| error.message.as_str());
    let advice = match failure.kind().slug == BadgeUnknown.kind().slug {
        true => {
            " Hãy nhìn lại máy của tình nguyện viên: mã đổi mỗi phút. Vẫn không đúng thì đừng làm theo người đó."
        }
        false => "",
    };
    let body = format!(
        "<div class=\"notice\" role=\"alert\"><p><strong>{}</strong>{advice}</p></div>{FORM}{WARNING}{ENGLISH}",
        Escaped(what.unwrap_or(&problem.title)),
    );
    page(failure.status(), TITLE, &body)
}
