//! Taking tables away.

use actix_web::{HttpResponse, post, web};
use chrono::{Days, NaiveDate};
use mobile_contracts::calendar::local_day;
use mobile_contracts::export::Export;
use mobile_contracts::roster::Workbook;
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::file::{self, Called};
use super::problem::ExportProblem;
use super::reason::{self, Taken};
use super::rules::Kind;
use super::tables::{Wish, fill};
use crate::app::App;
use crate::geography::Level;
use crate::http::extract::Json;
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::limit::Rate;
use crate::identity::Caller;
use crate::identity::permission::ExportTables;
use crate::tracking::worklists::rules::Worklist;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(export_table);
}

const EXPORTS: Rate = Rate {
    name: "exports",
    per_hour: 60,
    burst: 20,
};

/// Days that are told if none are named.
const DAYS: u64 = 30;

/// Take a table of one's unit away: people with their stages, records, visits, activities, a worklist, targets with
/// their counts; campaigns, how far one is and its teams, members mobilised; what is held, signals, draws and grades;
/// tasks, and what people ask about their data; the board of the units within it since the start; who works which
/// village, and what was handed over; lists of the police, and what is to be reconciled; accounts with masked phones,
/// devices, and lists that were imported.
///
/// A table holds what its list shows, to whom and within the same units: it names whom the list names. CSV is UTF-8 with
/// a mark and semicolons, as Excel in Vietnam opens it. No cell is ever a formula, and last digits and phones stay
/// texts. At most 50,000 rows, whole or refused. The reason is kept for two years.
#[utoipa::path(tag = "exports", security(("session" = [])), request_body = Export, responses(
    (status = OK, description = "The file.", content(
        (String = "text/csv"),
        (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    ExportProblem))]
#[post("/exports")]
async fn export_table(
    app: web::Data<App>,
    caller: Caller<ExportTables>,
    body: Json<Export>,
) -> Result<HttpResponse, Failure> {
    app.limiter.admit(EXPORTS, &caller.actor()).await?;
    let today = local_day(app.clock.now());
    let geography = app.fresh_geography().await?;
    let unit_id = body.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    let level = geography.unit(unit_id).map(|unit| unit.level);
    let wish = check(&body, unit_id, level, today)?;
    if !wish.kind.seen_by().contains(&caller.role) {
        return Err(CommonProblem::Forbidden.into());
    }
    let sheet = fill(&app, &geography, &caller, &wish).await?;
    let detail = json!({
        "table": wish.kind.as_str(), "format": body.format, "worklist": body.worklist,
        "campaign_id": body.campaign_id, "from_on": wish.days.0, "until_on": wish.days.1,
        "rows": sheet.rows.len(),
    });
    let taken = Taken {
        by: caller.account_id,
        action: "tracking.export_table",
        object: &format!("unit:{unit_id}"),
        detail,
    };
    let mut conn = app.pool.get().await?;
    reason::keep(&mut conn, taken, &body.reason, app.clock.now()).await?;
    drop(conn);
    let called = Called {
        word: wish.kind.file_word(),
        title: wish.kind.title(),
    };
    file::answer(sheet, called, &body.format, today).await
}

/// What is meant, or all that is wrong with it.
fn check(
    asked: &Export,
    unit_id: mobile_contracts::ids::UnitId,
    level: Option<Level>,
    today: NaiveDate,
) -> Result<Wish, Failure> {
    let mut faults = file::check(&asked.format, &asked.reason);
    let kind = Kind::parse(&asked.table);
    if kind.is_none() {
        faults.push(FieldError::new(
            "/table",
            "ONE_OF",
            format!("Bảng là một trong: {}.", Kind::words()),
            format!("The table is one of: {}.", Kind::words()),
        ));
    }
    let mut fault =
        |pointer: &'static str, code: &'static str, vi: &'static str, en: &'static str| {
            faults.push(FieldError::new(pointer, code, vi, en));
        };
    if kind.is_some_and(|kind| kind.of_campaign() != asked.campaign_id.is_some()) {
        fault(
            "/campaign_id",
            "CAMPAIGN",
            "Kết quả ra quân và các đội là của một đợt; bảng khác thì không.",
            "Progress and teams are of one campaign; no other table is.",
        );
    }
    let worklist = asked.worklist.as_deref().and_then(Worklist::parse);
    if worklist.is_none() && (asked.worklist.is_some() || kind == Some(Kind::Worklist)) {
        fault(
            "/worklist",
            "ONE_OF",
            "Chọn một danh sách việc, như not_contacted hoặc approved.",
            "Choose a worklist, such as not_contacted or approved.",
        );
    }
    let of_people = kind.is_some_and(Kind::names_people);
    if of_people && !matches!(level, Some(Level::Village | Level::Commune)) {
        fault(
            "/unit_id",
            "LEVEL",
            "Chọn một thôn, khu phố hoặc một xã, phường.",
            "Choose a village or a commune.",
        );
    }
    let until = asked.until_on.unwrap_or(today);
    let from = asked
        .from_on
        .unwrap_or_else(|| until.checked_sub_days(Days::new(DAYS)).unwrap_or(until));
    if from > until || (until - from).num_days() > 366 {
        fault(
            "/until_on",
            "SPAN",
            "Ngày cuối không trước ngày đầu, và tối đa 366 ngày.",
            "The last day is not before the first, and at most 366 days after it.",
        );
    }
    match kind {
        Some(kind) if faults.is_empty() => Ok(Wish {
            kind,
            unit_id,
            worklist: worklist.unwrap_or(Worklist::NotContacted),
            campaign_id: asked.campaign_id.unwrap_or_default(),
            days: (from, until),
        }),
        _ => Err(Failure::invalid(faults)),
    }
}
