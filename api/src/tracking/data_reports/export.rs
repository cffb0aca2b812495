//! The reports of a commune as a table to take away, for those who put the data right.

use std::collections::HashMap;

use actix_web::{HttpResponse, post, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::data_report::{DataReportDetail, ExportDataReports};
use mobile_contracts::export::EXPORT_ROWS_MAX;
use mobile_contracts::ids::UnitId;
use mobile_contracts::roster::Workbook;
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::routes::detail;
use super::rules::{is_state, say};
use super::store::{self, Wanted};
use crate::app::App;
use crate::db::Conn;
use crate::geography::Level;
use crate::http::extract::Json;
use crate::http::failure::{Failure, FieldError};
use crate::http::limit::Rate;
use crate::http::table::{Out, Sheet};
use crate::identity::Caller;
use crate::identity::permission::MendData;
use crate::tracking::exports::file::{self, Called};
use crate::tracking::exports::problem::ExportProblem;
use crate::tracking::exports::reason::{self, Taken};
use crate::tracking::exports::rules::tail;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(export_data_reports);
}

const EXPORTS: Rate = Rate {
    name: "data-report-exports",
    per_hour: 60,
    burst: 20,
};
const HEADERS: [&str; 10] = [
    "Ngày báo",
    "Thôn, khu phố",
    "Họ và tên",
    "Năm sinh",
    "4 số cuối định danh",
    "Sai ở đâu",
    "Thông tin đúng",
    "Trạng thái",
    "Lý do lần cuối",
    "Mã báo cáo",
];

/// Take the reports of a village or a commune away, with names.
///
/// Like every table: no cell is a formula, at most 50,000 rows, whole or refused, and the reason stays in the audit
/// trail.
#[utoipa::path(tag = "data-reports", security(("session" = [])), request_body = ExportDataReports, responses(
    (status = OK, description = "The file.", content(
        (String = "text/csv"),
        (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    ExportProblem))]
#[post("/data-report-exports")]
async fn export_data_reports(
    app: web::Data<App>,
    caller: Caller<MendData>,
    body: Json<ExportDataReports>,
) -> Result<HttpResponse, Failure> {
    app.limiter.admit(EXPORTS, &caller.actor()).await?;
    let today = local_day(app.clock.now());
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let unit_id = body.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    check(&body, geography.unit(unit_id).map(|unit| unit.level))?;
    let villages = geography.all_answered_for(unit_id, today);
    let names: HashMap<UnitId, String> = villages
        .iter()
        .map(|id| (*id, geography.name_on(*id, today)))
        .collect();
    let rows = rows(&app, &mut conn, &villages, body.state.as_deref(), &names).await?;
    let taken = Taken {
        by: caller.account_id,
        action: "tracking.export_data_reports",
        object: &format!("unit:{unit_id}"),
        detail: json!({ "format": body.format, "state": body.state, "rows": rows.len() }),
    };
    reason::keep(&mut conn, taken, &body.reason, app.clock.now()).await?;
    drop(conn);
    let sheet = Sheet {
        headers: &HEADERS,
        rows,
    };
    let called = Called {
        word: "data-reports",
        title: "Dữ liệu cần làm sạch",
    };
    file::answer(sheet, called, &body.format, today).await
}

fn check(asked: &ExportDataReports, level: Option<Level>) -> Result<(), Failure> {
    let mut faults = file::check(&asked.format, &asked.reason);
    if asked.state.as_deref().is_some_and(|word| !is_state(word)) {
        faults.push(FieldError::new(
            "/state",
            "ONE_OF",
            "Trạng thái là open, forwarded, corrected hoặc refused.",
            "The state is open, forwarded, corrected or refused.",
        ));
    }
    if !matches!(level, Some(Level::Village | Level::Commune)) {
        faults.push(FieldError::new(
            "/unit_id",
            "LEVEL",
            "Chọn một thôn, khu phố hoặc một xã, phường.",
            "Choose a village or a commune.",
        ));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

async fn rows(
    app: &App,
    conn: &mut Conn,
    villages: &[UnitId],
    state: Option<&str>,
    names: &HashMap<UnitId, String>,
) -> Result<Vec<Vec<Out>>, Failure> {
    let wanted = Wanted {
        villages: Some(villages),
        state,
        is_taken_away: true,
        ..Wanted::default()
    };
    let found = store::list_reports(conn, &wanted, None, EXPORT_ROWS_MAX as i64 + 1).await?;
    if found.len() > EXPORT_ROWS_MAX {
        return Err(ExportProblem::ExportTooLarge.into());
    }
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let shown = detail(app, conn, row).await?;
        rows.push(cells(shown, names));
    }
    Ok(rows)
}

fn cells(shown: DataReportDetail, names: &HashMap<UnitId, String>) -> Vec<Out> {
    let report = shown.report;
    let last = shown.history.last().and_then(|step| step.reason.clone());
    vec![
        Out::Day(local_day(report.reported_at)),
        Out::of(names.get(&report.village_id).cloned()),
        Out::of(shown.name),
        Out::count(shown.birth_year),
        Out::of(shown.id_tail.as_deref().map(tail)),
        Out::text(say(&report.what)),
        Out::of(shown.words),
        Out::text(say(&report.state)),
        Out::of(last),
        Out::text(report.data_report_id.to_string()),
    ]
}
