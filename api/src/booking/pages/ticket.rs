//! The ticket of whoever waits, by number and pin: how many are before, and how long it may take.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{FixedOffset, Utc};
use mobile_contracts::ids::OfficeId;
use mobile_contracts::queue::{OwnTicket, TicketKey};
use serde::Deserialize;

use super::line::Line;
use super::refusal::Refusal;
use super::{hidden, require_own_form};
use crate::app::App;
use crate::booking::queue::overview::own_ticket;
use crate::http::extract::Query;
use crate::http::failure::Failure;
use crate::http::html::{Escaped, beside, page};

const TITLE: (&str, &str) = ("Sắp đến lượt tôi chưa?", "Is it soon my turn?");

/// Where the ticket is from, as the second screen of an office says it.
#[derive(Debug, Deserialize)]
pub struct Where {
    office_id: Option<OfficeId>,
}

pub async fn show_ticket_form(
    app: web::Data<App>,
    at: Query<Where>,
) -> Result<HttpResponse, Failure> {
    let body = ticket_form(&app, at.office_id, "").await?;
    Ok(page(StatusCode::OK, TITLE, &body))
}

async fn ticket_form(app: &App, chosen: Option<OfficeId>, number: &str) -> Result<String, Failure> {
    let offices = app.availability.offices(app).await?;
    let mut places = String::new();
    for office in offices
        .all
        .values()
        .filter(|one| one.row.closed_at.is_none())
    {
        let id = office.row.office_id;
        let selected = if chosen == Some(id) { " selected" } else { "" };
        let name = Escaped(&office.row.name);
        let _ = write!(places, "<option value=\"{id}\"{selected}>{name}</option>");
    }
    let number = Line::new("n", "number", "Số phiếu (như B007)", "Number (as B007)")
        .holding(number)
        .with("required autocomplete=\"off\" autocapitalize=\"characters\" maxlength=\"10\"");
    let pin = Line::new(
        "p",
        "pin",
        "Mã trên phiếu (6 chữ và số)",
        "Pin on the ticket (6 letters and digits)",
    )
    .with("required autocomplete=\"off\" autocapitalize=\"characters\" maxlength=\"10\"");
    Ok(format!(
        "<form method=\"post\" action=\"/so-thu-tu\"><label for=\"o\">{office}</label><select id=\"o\" name=\"office_id\">{places}</select>\
         {number}{pin}<button>{look}</button></form>",
        office = beside("Điểm tiếp nhận", "Office"),
        number = number.markup(),
        pin = pin.markup(),
        look = beside("Xem còn bao lâu", "See how long"),
    ))
}

pub async fn show_ticket_by_form(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<TicketKey>,
) -> Result<HttpResponse, Failure> {
    let key = form.into_inner();
    let ticket = async {
        require_own_form(&app, &request)?;
        own_ticket(&app, &request, &key).await
    };
    match ticket.await {
        Ok(ticket) => Ok(page(
            StatusCode::OK,
            TITLE,
            &told(&ticket, &key, app.clock.now()),
        )),
        Err(failure) => {
            let refusal = Refusal::of(failure)?;
            let form = ticket_form(&app, Some(key.office_id), &key.number).await?;
            Ok(page(refusal.status, TITLE, &(refusal.notice() + &form)))
        }
    }
}

/// Where the ticket stands now, and the same question again at a press.
fn told(ticket: &OwnTicket, key: &TicketKey, now: chrono::DateTime<Utc>) -> String {
    let vietnam = FixedOffset::east_opt(7 * 3600).expect("seven hours are a valid offset");
    let clock = now.with_timezone(&vietnam).format("%H:%M");
    let again = hidden("office_id", &key.office_id.to_string())
        + &hidden("number", &key.number)
        + &hidden("pin", &key.pin);
    format!(
        "<div class=\"slip\" role=\"status\"><p class=\"when\">{number}</p><p class=\"who\">{state}</p>{wait}<p class=\"soft\">{as_of}</p></div>\
         <form method=\"post\" action=\"/so-thu-tu\">{again}<button>{look}</button></form>\
         <p>{listen}</p>",
        number = Escaped(&ticket.number),
        state = state(ticket),
        wait = ticket
            .estimate
            .map(|wait| {
                let (before, from, to) = (wait.before, wait.from_min, wait.to_min);
                let vi = format!("Còn {before} người trước bạn, khoảng {from}–{to} phút nữa.");
                let en = format!("{before} before you, about {from} to {to} minutes.");
                format!("<p>{}</p>", beside(&vi, &en))
            })
            .unwrap_or_default(),
        as_of = beside(&format!("Lúc {clock}."), &format!("As of {clock}.")),
        look = beside("Xem lại", "Look again"),
        listen = beside(
            "Số phút chỉ là ước chừng: hãy ở gần và nghe gọi số. Có việc phải đi thì báo quầy để tạm gác phiếu.",
            "Minutes are an estimate: stay near and listen. If you have to leave, tell the desk."
        ),
    )
}

fn state(ticket: &OwnTicket) -> String {
    let desk = ticket.desk_no.unwrap_or_default();
    match ticket.state.as_str() {
        "waiting" => beside("Đang chờ gọi", "Waiting"),
        "called" => beside(
            &format!("Mời đến quầy {desk}"),
            &format!("Come to counter {desk}"),
        ),
        "serving" => beside(
            &format!("Đang làm ở quầy {desk}"),
            &format!("At counter {desk}"),
        ),
        "parked" => beside(
            "Tạm gác: hãy báo quầy khi trở lại",
            "Set aside: tell the desk when you are back",
        ),
        "served" => beside("Đã làm xong", "Done"),
        "no_show" => beside(
            "Đã gọi mà không có mặt: hãy hỏi quầy",
            "Called and not there: ask at the desk",
        ),
        _ => beside("Phiếu đã kết thúc", "The ticket has ended"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_called_ticket_says_where_to_go() {
        let ticket = OwnTicket {
            number: "B007".to_owned(),
            state: "called".to_owned(),
            desk_no: Some(3),
            estimate: None,
        };
        assert!(state(&ticket).starts_with("Mời đến quầy 3 "));
    }
}
