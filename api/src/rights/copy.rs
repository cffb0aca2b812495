//! The copy of everything that is kept of a person: for programs, and for paper.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, FixedOffset, Utc};
use mobile_contracts::rights::{CopyEntry, PersonCopy};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::decide::find_in_scope;
use super::problem::RightsProblem;
use super::receive::object;
use super::store::{self, RequestRow, WORDS};
use crate::app::App;
use crate::booking;
use crate::db::Conn;
use crate::http::extract::Path;
use crate::http::failure::Failure;
use crate::http::html::{Escaped, page};
use crate::identity::Caller;
use crate::identity::permission::DecideRights;
use crate::privacy::audit;
use crate::tracking::citizen::{self, By};
use crate::tracking::persons::store::list_members;
use crate::verification;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(copy_person).service(print_person);
}

/// What the copy says at its end.
const NOTICE: &str = "Dữ liệu do Tổ công tác Đề án 06 của tỉnh giữ để hỗ trợ cài đặt, kích hoạt VNeID và đặt hẹn \
     làm thẻ Căn cước. Số định danh không được lưu, chỉ có bốn số cuối và một mã băm không đọc ngược được. Ông/bà \
     có quyền yêu cầu sửa, xóa, hạn chế, phản đối hoặc rút lại sự đồng ý bất cứ lúc nào.";

/// Give a copy of everything that is kept of the person of an open request, as data.
///
/// For the person, not for the file: it is read while the request is open, and every read is audited.
#[utoipa::path(tag = "rights", security(("session" = [])),
    params(("rights_request_id" = Uuid, Path, description = "Which request.")),
    responses((status = OK, description = "Everything that is kept.", body = PersonCopy), RightsProblem))]
#[get("/rights-requests/{rights_request_id}/copy")]
async fn copy_person(
    app: web::Data<App>,
    caller: Caller<DecideRights>,
    path: Path<Uuid>,
) -> Result<web::Json<PersonCopy>, Failure> {
    Ok(web::Json(read(&app, &caller, path.0).await?))
}

/// Give the same as a page to be printed and handed over.
#[utoipa::path(tag = "rights", security(("session" = [])),
    params(("rights_request_id" = Uuid, Path, description = "Which request.")),
    responses((status = OK, description = "A page without scripts.", body = String, content_type = "text/html"),
        RightsProblem))]
#[get("/rights-requests/{rights_request_id}/copy.html")]
async fn print_person(
    app: web::Data<App>,
    caller: Caller<DecideRights>,
    path: Path<Uuid>,
) -> Result<HttpResponse, Failure> {
    let copy = read(&app, &caller, path.0).await?;
    let mut body = String::from("<ul>\n");
    for entry in &copy.entries {
        let at = entry.at.map(spell).unwrap_or_default();
        let _ = writeln!(
            body,
            "<li>{} <span class=\"soft\">{at}</span></li>",
            Escaped(&entry.line)
        );
    }
    let as_of = spell(copy.as_of);
    let _ = write!(
        body,
        "</ul>\n<p>{}</p>\n<p class=\"soft\">Lập lúc {as_of}</p>",
        Escaped(&copy.notice)
    );
    Ok(page(StatusCode::OK, "Bản sao dữ liệu cá nhân", &body))
}

/// A moment as Vietnamese print it.
fn spell(at: DateTime<Utc>) -> String {
    let zone = FixedOffset::east_opt(7 * 3600).expect("seven hours are within a day");
    at.with_timezone(&zone).format("%H:%M %d/%m/%Y").to_string()
}

async fn read(app: &App, caller: &Caller<DecideRights>, id: Uuid) -> Result<PersonCopy, Failure> {
    let mut conn = app.pool.get().await?;
    let row = find_in_scope(app, &mut conn, caller, id).await?;
    if row.settled_at.is_some() {
        return Err(RightsProblem::Settled.into());
    }
    let actor = Some(caller.account_id);
    audit::record(&mut conn, actor, "rights.copy", &object(&row), ()).await?;
    Ok(PersonCopy {
        as_of: app.clock.now(),
        entries: entries(app, &mut conn, &row).await?,
        notice: NOTICE.to_owned(),
    })
}

async fn entries(app: &App, conn: &mut Conn, row: &RequestRow) -> Result<Vec<CopyEntry>, Failure> {
    let geography = app.geography(conn).await?;
    let found = match (&row.subject_blind, row.person_id) {
        (Some(blind), _) => citizen::find(conn, By::Number(blind)).await?,
        (None, Some(person_id)) => citizen::find(conn, By::Person(person_id)).await?,
        (None, None) => None,
    };
    let mut entries = Vec::new();
    let mut persons = Vec::new();
    if let Some(found) = &found {
        let head = found.person_id;
        persons = list_members(conn, &[head]).await?.into_keys().collect();
        entries.extend(citizen::copy_of(conn, &app.keys, &geography, head).await?);
        entries.extend(verification::citizen::copy_of(conn, head).await?);
    }
    let blind = row
        .subject_blind
        .clone()
        .or(found.and_then(|found| found.subject_blind));
    if let Some(blind) = &blind {
        entries.extend(booking::citizen::copy_of(conn, &app.keys, blind).await?);
    }
    let blinds: Vec<Vec<u8>> = blind.into_iter().collect();
    entries.extend(citizen::copy_of_kept(conn, &app.keys, &blinds, &persons).await?);
    for request in store::list_of(conn, &persons, &blinds).await? {
        let said = request.read(&app.keys, WORDS, &request.words)?;
        entries.push(CopyEntry::new(
            "rights_request",
            &request.kind,
            &said.unwrap_or_default(),
            Some(request.received_at),
        ));
    }
    entries.sort_by_key(|entry| entry.at);
    Ok(entries)
}
