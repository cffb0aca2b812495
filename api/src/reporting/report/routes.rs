//! The report over HTTP: read in any form, written into, issued.

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::{HttpResponse, get, post, put, web};
use mobile_contracts::calendar::{Month, local_day};
use mobile_contracts::page::Page;
use mobile_contracts::reporting_report::{
    IssueReport, IssuedReport, Picture, Report, ReportText, TEXT_CHARS_MAX, TextSection,
    WriteReportText,
};
use mobile_contracts::roster::Workbook;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::store::{self, IssueRow, NewIssue, TextRow};
use super::{card, compose, docx, material, png, short, xlsx};
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::page::{PageQuery, Paging, page};
use crate::http::table::XLSX;
use crate::identity::Caller;
use crate::identity::permission::{IssueReports, ReadReports};
use crate::privacy::audit;
use crate::privacy::free_text::masked;
use crate::reporting::checker::routes::require_sound;
use crate::reporting::indicators::write::reason_for;
use crate::reporting::periods::find_in_scope;
use crate::reporting::periods::store::lock_period;
use crate::reporting::problem::ReportingProblem::{self, PeriodOpen, RevisionPassed};

/// The media type of a document of Word.
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// Largest text of a section, as JSON.
const TEXT_BYTES_MAX: usize = 128 * 1024;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(show_report)
        .service(write_report_text)
        .service(list_report_texts)
        .service(issue_report)
        .service(list_report_issues);
}

#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum ReportForm {
    #[default]
    Json,
    Docx,
    Xlsx,
    Text,
    Card,
    Png,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReportWish {
    /// As JSON (the default), as a document of Word, as a workbook, as a short text or as a picture (card: SVG,
    /// png: PNG) for a group chat.
    #[serde(default)]
    #[param(inline, required = false)]
    form: ReportForm,
    /// Which issued report: 0, or the number of a correction; the draft as of now if left out.
    #[param(minimum = 0)]
    issue: Option<i32>,
}

/// Show the report of a period in one of its forms: as it was issued, or the draft as of now.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("period_id" = Uuid, Path, description = "Which period."), ReportWish),
    responses((status = OK, description = "The report.", content(
        (Report = "application/json"),
        (String = "text/plain"),
        (String = "image/svg+xml"),
        (Picture = "image/png"),
        (Workbook = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[get("/reporting-periods/{period_id}/report")]
async fn show_report(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    path: Path<Uuid>,
    wish: Query<ReportWish>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let report = match wish.issue {
        Some(issue) => issued(&mut conn, period.period_id, issue).await?,
        None => {
            let geography = app.geography(&mut conn).await?;
            compose::compose(&material::gather(&mut conn, &geography, &period).await?)
        }
    };
    drop(conn);
    let file_name = file_name(report.month, wish.issue);
    let (kind, ending, file) = match wish.form {
        ReportForm::Json => return Ok(HttpResponse::Ok().json(report)),
        ReportForm::Text => {
            let text = short::text(&report);
            let kind = "text/plain; charset=utf-8";
            return Ok(HttpResponse::Ok().content_type(kind).body(text));
        }
        ReportForm::Card => {
            let picture = card::draw(&report);
            let kind = "image/svg+xml";
            return Ok(HttpResponse::Ok().content_type(kind).body(picture));
        }
        ReportForm::Png => {
            let picture = tokio::task::spawn_blocking(move || png::paint(&report));
            let picture = picture.await.map_err(Failure::internal)?;
            let picture = picture.map_err(Failure::internal)?;
            return Ok(HttpResponse::Ok().content_type("image/png").body(picture));
        }
        ReportForm::Docx => {
            let file = tokio::task::spawn_blocking(move || docx::print(&report));
            let file = file.await.map_err(Failure::internal)?;
            (DOCX, "docx", file.map_err(Failure::internal)?)
        }
        ReportForm::Xlsx => {
            let file = tokio::task::spawn_blocking(move || xlsx::print(&report));
            let file = file.await.map_err(Failure::internal)?;
            (XLSX, "xlsx", file.map_err(Failure::internal)?)
        }
    };
    let name = format!("attachment; filename=\"{file_name}.{ending}\"");
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CONTENT_DISPOSITION, name))
        .body(file))
}

/// How the files of an issue are called: nobody takes the draft for the report, nor the report for its correction.
fn file_name(month: Month, issue: Option<i32>) -> String {
    match issue {
        None => format!("bao-cao-{month}-du-thao"),
        Some(0) => format!("bao-cao-{month}-ban-chinh"),
        Some(correction) => format!("bao-cao-{month}-dinh-chinh-{correction}"),
    }
}

async fn issued(conn: &mut Conn, period_id: Uuid, issue: i32) -> Result<Report, Failure> {
    let snapshot = store::find_snapshot(conn, period_id, issue).await?;
    let snapshot = snapshot.ok_or(CommonProblem::NotFound)?;
    serde_json::from_value(snapshot).map_err(Failure::internal)
}

/// Write the text of a section anew. What stood there stays in its history; figures write themselves.
#[utoipa::path(tag = "reporting", security(("session" = [])), request_body = WriteReportText,
    params(("period_id" = Uuid, Path, description = "Which period.")),
    responses((status = OK, description = "What stands now.", body = ReportText), ReportingProblem))]
#[put("/reporting-periods/{period_id}/texts")]
async fn write_report_text(
    app: web::Data<App>,
    caller: Caller<IssueReports>,
    path: Path<Uuid>,
    body: Json<WriteReportText, TEXT_BYTES_MAX>,
) -> Result<web::Json<ReportText>, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    if body.text.chars().count() > TEXT_CHARS_MAX {
        return Err(Failure::invalid(vec![FieldError::new(
            "/text",
            "LENGTH",
            "Mỗi mục tối đa 20.000 ký tự.",
            "A section has at most 20,000 characters.",
        )]));
    }
    if body.seen_revision.is_some_and(i32::is_negative) {
        return Err(Failure::invalid(vec![FieldError::new(
            "/seen_revision",
            "RANGE",
            "Bản đã xem từ 0 trở lên.",
            "A revision is 0 or more.",
        )]));
    }
    let row = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let period = lock_period(conn, period.period_id).await?;
        let reason = reason_for(caller.role, &period, body.reason.as_deref())?;
        let section = body.section.as_str();
        let (id, by) = (period.period_id, caller.account_id);
        if let Some(seen) = body.seen_revision {
            let last = store::list_texts(conn, id, section, None, 1).await?;
            if last.first().map_or(0, |last| last.revision) != seen {
                return Err(RevisionPassed.into());
            }
        }
        let row = store::insert_text(conn, id, section, &masked(&body.text), by).await?;
        let object = format!("reporting_period:{id}");
        let said = json!({ "section": section, "revision": row.revision, "reason": reason });
        audit::record(conn, Some(by), "reporting.write_text", &object, said).await?;
        Ok(row)
    })
    .await?;
    Ok(web::Json(tell_text(row)))
}

fn tell_text(row: TextRow) -> ReportText {
    ReportText {
        section: row.section,
        revision: row.revision,
        text: row.text,
        written_by: row.written_by,
        written_at: row.written_at,
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TextsOf {
    /// Which section.
    #[param(inline)]
    section: TextSection,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List every revision of a section's text, the newest first.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("period_id" = Uuid, Path, description = "Which period."), TextsOf),
    responses((status = OK, description = "A page of revisions.", body = Page<ReportText>)))]
#[get("/reporting-periods/{period_id}/texts")]
async fn list_report_texts(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    path: Path<Uuid>,
    of: Query<TextsOf>,
) -> Result<web::Json<Page<ReportText>>, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let query = PageQuery::read(&app.keys, "report-texts", of.cursor.as_deref(), of.limit)?;
    let section = of.section.as_str();
    let (id, before) = (period.period_id, query.after()?);
    let rows = store::list_texts(&mut conn, id, section, before, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.revision);
    page.try_map(|row| Ok(tell_text(row))).map(web::Json)
}

/// Issue the report of a closed period: what it says now is kept, and printed the same for ever.
///
/// Issued again for a reason, it is a numbered correction; what was issued before stays.
#[utoipa::path(tag = "reporting", security(("session" = [])), request_body = IssueReport,
    params(("period_id" = Uuid, Path, description = "Which period.")),
    responses((status = CREATED, description = "Issued.", body = IssuedReport), ReportingProblem))]
#[post("/reporting-periods/{period_id}/issues")]
async fn issue_report(
    app: web::Data<App>,
    caller: Caller<IssueReports>,
    path: Path<Uuid>,
    body: Json<IssueReport>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let row = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let period = lock_period(conn, period.period_id).await?;
        if period.closed_at.is_none() {
            return Err(PeriodOpen.into());
        }
        // A correction may have broken what held together at closing.
        require_sound(conn, &geography, &period).await?;
        let last = store::list_issues(conn, period.period_id, None, 1).await?;
        let correction = last.first().map_or(0, |last| last.correction + 1);
        if body.correction.is_some_and(|asked| asked != correction) {
            return Err(RevisionPassed.into());
        }
        let reason = reason_to_issue(correction, body.reason.as_deref())?;
        let material = material::gather(conn, &geography, &period).await?;
        let report = Report {
            correction,
            issued_on: Some(today),
            issued_by: Some(caller.account_id),
            reason: reason.map(str::to_owned),
            ..compose::compose(&material)
        };
        let new = NewIssue {
            period_id: period.period_id,
            correction,
            hash: &hash_of(&report)?,
            snapshot: serde_json::to_value(&report).map_err(Failure::internal)?,
            reason,
            issued_by: caller.account_id,
        };
        let row = store::insert_issue(conn, &new).await?;
        let object = format!("reporting_period:{}", period.period_id);
        let said = json!({ "correction": correction });
        let actor = Some(caller.account_id);
        audit::record(conn, actor, "reporting.issue_report", &object, said).await?;
        Ok(row)
    })
    .await?;
    Ok(HttpResponse::Created().json(tell_issue(row)))
}

/// What an issued report is known by.
pub fn hash_of(report: &Report) -> Result<Vec<u8>, Failure> {
    let told = serde_json::to_vec(report).map_err(Failure::internal)?;
    Ok(Sha256::digest(told).to_vec())
}

/// A first issue has no reason, every other has one.
fn reason_to_issue(correction: i32, reason: Option<&str>) -> Result<Option<&str>, Failure> {
    let fits = |reason: &str| (5..=300).contains(&reason.chars().count());
    match reason.map(str::trim) {
        Some(reason) if fits(reason) => Ok((correction > 0).then_some(reason)),
        None if correction == 0 => Ok(None),
        _ => Err(Failure::invalid(vec![FieldError::new(
            "/reason",
            "LENGTH",
            "Báo cáo đã phát hành thì ghi lý do phát hành lại, từ 5 đến 300 ký tự.",
            "Of a report that was issued already, say why it is issued again, in 5 to 300 characters.",
        )])),
    }
}

fn tell_issue(row: IssueRow) -> IssuedReport {
    IssuedReport {
        correction: row.correction,
        hash: row.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        reason: row.reason,
        issued_by: row.issued_by,
        issued_at: row.issued_at,
    }
}

/// List the issues of a period's report, the newest first.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("period_id" = Uuid, Path, description = "Which period."), Paging),
    responses((status = OK, description = "A page of issues.", body = Page<IssuedReport>)))]
#[get("/reporting-periods/{period_id}/issues")]
async fn list_report_issues(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    path: Path<Uuid>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<IssuedReport>>, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let query = paging.of(&app.keys, "report-issues")?;
    let (id, before) = (period.period_id, query.after()?);
    let rows = store::list_issues(&mut conn, id, before, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.correction);
    page.try_map(|row| Ok(tell_issue(row))).map(web::Json)
}
