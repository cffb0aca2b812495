//! The checker over HTTP.

use actix_web::{get, put, web};
use mobile_contracts::page::Page;
use mobile_contracts::reporting_checker::{FindingRuling, OverruleFinding, ReportFinding};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::figure::{Book, Figure, together};
use super::rules::{Finding, judge};
use super::{store, words};
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{Failure, FieldError};
use crate::http::page::{Paging, page};
use crate::identity::Caller;
use crate::identity::permission::{IssueReports, ReadReports};
use crate::privacy::audit;
use crate::reporting::indicators::feed;
use crate::reporting::indicators::rules::Catalogue;
use crate::reporting::indicators::store::{list_values, load_catalogue};
use crate::reporting::periods::before::find_before;
use crate::reporting::periods::find_in_scope;
use crate::reporting::periods::store::{PeriodRow, lock_period};
use crate::reporting::problem::ReportingProblem::{self, FindingGone, PeriodHasErrors};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_findings).service(overrule_finding);
}

/// Everything that does not hold together in a period now, with what the catalogue says.
///
/// # Errors
/// When the database cannot.
pub async fn look(
    conn: &mut Conn,
    geography: &Geography,
    period: &PeriodRow,
) -> Result<(Vec<Finding>, Catalogue), Failure> {
    let catalogue = load_catalogue(conn).await?.on(period.starts_on);
    let figures = figures_of(conn, period.period_id).await?;
    let before = find_before(conn, geography, period).await?.periods();
    let before = figures_before(conn, &before).await?;
    let counted = feed::count(conn, geography, &catalogue, period).await?;
    let counted: Vec<Figure> = counted.iter().filter_map(Figure::counted).collect();
    let found = judge(&Book {
        catalogue: &catalogue,
        figures: &figures,
        before: &before,
        counted: &counted,
        month: period.month,
    });
    Ok((found, catalogue))
}

/// The figures that stand in a period.
///
/// # Errors
/// When the database cannot.
pub async fn figures_of(conn: &mut Conn, period_id: Uuid) -> Result<Vec<Figure>, Failure> {
    let rows = list_values(conn, period_id).await?;
    Ok(rows.iter().filter_map(Figure::of).collect())
}

/// The figures of what came before: of several units' periods, their sums.
///
/// # Errors
/// When the database cannot.
pub async fn figures_before(
    conn: &mut Conn,
    periods: &[PeriodRow],
) -> Result<Vec<Figure>, Failure> {
    let mut all = Vec::new();
    for period in periods {
        all.push(figures_of(conn, period.period_id).await?);
    }
    Ok(together(all))
}

/// Refuses while an error stands that nobody took upon themselves.
///
/// # Errors
/// [`PeriodHasErrors`], with how many.
pub async fn require_sound(
    conn: &mut Conn,
    geography: &Geography,
    period: &PeriodRow,
) -> Result<(), Failure> {
    let (found, _) = look(conn, geography, period).await?;
    let rulings = store::load_rulings(conn, period.period_id).await?;
    let open = found
        .iter()
        .filter(|own| !own.case.is_warning() && !rulings.contains_key(&own.fingerprint()))
        .count();
    match open {
        0 => Ok(()),
        _ => Err(Failure::from(PeriodHasErrors).with("open_errors", open)),
    }
}

/// List what does not hold together in a period, in the order of the report, with what mends it.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("period_id" = Uuid, Path, description = "Which period."), Paging),
    responses((status = OK, description = "A page of findings.", body = Page<ReportFinding>)))]
#[get("/reporting-periods/{period_id}/findings")]
async fn list_findings(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    path: Path<Uuid>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<ReportFinding>>, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let query = paging.of(&app.keys, "findings")?;
    let skip: usize = query.after()?.unwrap_or(0);
    let geography = app.geography(&mut conn).await?;
    let (found, catalogue) = look(&mut conn, &geography, &period).await?;
    let rulings = store::load_rulings(&mut conn, period.period_id).await?;
    let rows = found.iter().enumerate().skip(skip);
    let rows = rows.take(query.limit() + 1).collect();
    let page = page(&app.keys, &query, rows, |(at, _)| at + 1);
    page.try_map(|(_, finding)| {
        let fingerprint = finding.fingerprint();
        let ruling = rulings.get(&fingerprint).map(|row| FindingRuling {
            reason: row.reason.clone(),
            ruled_by: row.ruled_by,
            ruled_at: row.ruled_at,
        });
        let severity = match finding.case.is_warning() {
            true => "warning",
            false => "error",
        };
        Ok(ReportFinding {
            fingerprint,
            rule: finding.case.rule().to_owned(),
            severity: severity.to_owned(),
            code: finding.code.clone(),
            span: finding.span.as_str().to_owned(),
            owner: catalogue
                .owner_on(&finding.code, period.ends_on)
                .map(str::to_owned),
            message: words::sentence(finding, &catalogue),
            ruling,
        })
    })
    .map(web::Json)
}

/// Overrule a finding, for a reason that is kept. The first reason stands; with other figures it is another finding.
#[utoipa::path(tag = "reporting", security(("session" = [])), request_body = OverruleFinding,
    params(("period_id" = Uuid, Path, description = "Which period.")),
    responses((status = NO_CONTENT, description = "Overruled."), ReportingProblem))]
#[put("/reporting-periods/{period_id}/rulings")]
async fn overrule_finding(
    app: web::Data<App>,
    caller: Caller<IssueReports>,
    path: Path<Uuid>,
    body: Json<OverruleFinding>,
) -> Result<actix_web::HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let geography = app.geography(&mut conn).await?;
    let reason = body.reason.trim();
    if !(5..=300).contains(&reason.chars().count()) {
        return Err(Failure::invalid(vec![FieldError::new(
            "/reason",
            "LENGTH",
            "Ghi lý do, từ 5 đến 300 ký tự.",
            "Say why, in 5 to 300 characters.",
        )]));
    }
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        lock_period(conn, period.period_id).await?;
        let (found, _) = look(conn, &geography, &period).await?;
        let finding = found
            .iter()
            .find(|own| own.fingerprint() == body.fingerprint)
            .ok_or(FindingGone)?;
        let (by, rule) = (caller.account_id, finding.case.rule());
        let is_new =
            store::insert_ruling(conn, period.period_id, &body.fingerprint, rule, reason, by);
        if is_new.await? {
            let object = format!("reporting_period:{}", period.period_id);
            let said = json!({ "rule": rule, "code": finding.code, "span": finding.span });
            audit::record(conn, Some(by), "reporting.overrule_finding", &object, said).await?;
        }
        Ok(())
    })
    .await?;
    Ok(actix_web::HttpResponse::NoContent().finish())
}
