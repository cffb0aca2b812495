//! The catalogue and the values over HTTP.

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::{HttpResponse, get, post, put, web};
use mobile_contracts::calendar::Month;
use mobile_contracts::page::Page;
use mobile_contracts::reporting::{
    EnterValues, EnteredValues, Indicator, IndicatorOwner, IndicatorValue, Span, VALUES_BYTES_MAX,
    VALUES_MAX,
};
use mobile_contracts::roster::Workbook;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::feed::{Filling, fill};
use super::files;
use super::rules::{Catalogue, find_twin, judge};
use super::store::{self, IndicatorRow, ValueRow};
use super::write::{enter, reason_for};
use crate::app::App;
use crate::db;
use crate::http::csv::UploadMode;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{Failure, FieldError};
use crate::http::limit::Rate;
use crate::http::page::{PageQuery, Paging, page};
use crate::http::table::{TableFile, XLSX, read_table};
use crate::identity::Caller;
use crate::identity::permission::{EnterIndicators, ReadBoards, ReadReports};
use crate::reporting::periods::find_in_scope;
use crate::reporting::periods::store::lock_period;
use crate::reporting::problem::ReportingProblem;
use crate::reporting::rules::{percent_hundredths, wire_percent};

/// Rows of a table with titles above it.
const ROWS_MAX: usize = 1_000;

/// A file is tried some times before it fits.
const IMPORTS: Rate = Rate {
    name: "indicator-imports",
    per_hour: 120,
    burst: 30,
};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_indicators)
        .service(list_indicator_values)
        .service(enter_indicator_values)
        .service(list_value_revisions)
        .service(import_indicator_values)
        .service(export_indicator_values)
        .service(feed_indicator_values);
}

/// List what is counted for reports, in the order of the report.
#[utoipa::path(tag = "reporting", security(("session" = [])), params(Paging), responses(
    (status = OK, description = "A page of the catalogue.", body = Page<Indicator>)))]
#[get("/indicators")]
async fn list_indicators(
    app: web::Data<App>,
    _: Caller<ReadBoards>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<Indicator>>, Failure> {
    let query = paging.of(&app.keys, "indicators")?;
    let skip: usize = query.after()?.unwrap_or(0);
    let mut conn = app.pool.get().await?;
    let catalogue = store::load_catalogue(&mut conn).await?;
    let rows = catalogue.indicators.iter().enumerate().skip(skip);
    let rows = rows.take(query.limit() + 1).collect();
    let page = page(&app.keys, &query, rows, |(at, _)| at + 1);
    Ok(web::Json(Page {
        items: page
            .items
            .into_iter()
            .map(|(_, row)| tell_indicator(row, &catalogue))
            .collect(),
        next_cursor: page.next_cursor,
    }))
}

/// An indicator as answers tell it, with all who answered for it.
pub fn tell_indicator(row: &IndicatorRow, catalogue: &Catalogue) -> Indicator {
    let owners = catalogue.owners.iter().filter(|own| own.code == row.code);
    Indicator {
        code: row.code.clone(),
        name: row.name.clone(),
        parent_code: row.parent_code.clone(),
        is_part: row.is_part,
        counted_in: row.counted_in.clone(),
        section: row.section.clone(),
        measure: row.measure.clone(),
        denominator_code: row.denominator_code.clone(),
        same_as_code: row.same_as_code.clone(),
        fed_by: row.fed_by.clone(),
        role: row.role.clone(),
        needs_denominator: row.needs_denominator,
        retired_on: row.retired_on,
        revision: row.revision,
        owners: owners
            .map(|own| IndicatorOwner {
                owner: own.owner.clone(),
                valid_from: own.valid_from,
                valid_to: own.valid_to,
            })
            .collect(),
    }
}

/// A value as answers tell it: with the percentage that is computed of it.
fn tell_value(row: ValueRow) -> IndicatorValue {
    let percent = row
        .value
        .zip(row.denominator)
        .and_then(|(value, denominator)| percent_hundredths(value, denominator));
    IndicatorValue {
        code: row.code,
        span: row.span,
        revision: row.revision,
        value: row.value,
        at_least: row.at_least,
        denominator: row.denominator,
        percent: percent.map(wire_percent),
        stated_percent: row.stated_percent,
        stated_change: row.stated_change,
        change_in: row.change_in,
        compared_with: row.compared_with.and_then(Month::of),
        source: row.source,
        correction: row.correction,
        reason: row.reason,
        entered_by: row.entered_by,
        entered_at: row.entered_at,
        fed: row.fed,
    }
}

/// List what stands in a period, in the order of the report.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("period_id" = Uuid, Path, description = "Which period."), Paging),
    responses((status = OK, description = "A page of values.", body = Page<IndicatorValue>)))]
#[get("/reporting-periods/{period_id}/values")]
async fn list_indicator_values(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    path: Path<Uuid>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<IndicatorValue>>, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let query = paging.of(&app.keys, "indicator-values")?;
    let skip: usize = query.after()?.unwrap_or(0);
    let rows = store::list_values(&mut conn, period.period_id).await?;
    let rows = rows.into_iter().enumerate().skip(skip);
    let rows = rows.take(query.limit() + 1).collect();
    let page = page(&app.keys, &query, rows, |(at, _)| at + 1);
    Ok(web::Json(Page {
        items: page
            .items
            .into_iter()
            .map(|(_, row)| tell_value(row))
            .collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Enter values of a period, all or none.
///
/// Percentages are computed and never entered; one that a source states is kept beside. In a closed period this
/// is a numbered correction, and needs a reason.
#[utoipa::path(tag = "reporting", security(("session" = [])), request_body = EnterValues,
    params(("period_id" = Uuid, Path, description = "Which period.")),
    responses((status = OK, description = "What was written.", body = EnteredValues), ReportingProblem))]
#[put("/reporting-periods/{period_id}/values")]
async fn enter_indicator_values(
    app: web::Data<App>,
    caller: Caller<EnterIndicators>,
    path: Path<Uuid>,
    body: Json<EnterValues, { 256 * 1024 }>,
) -> Result<web::Json<EnteredValues>, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let catalogue = store::load_catalogue(&mut conn).await?.on(period.starts_on);
    let values = &body.values;
    let mut faults = Vec::new();
    if !(1..=VALUES_MAX).contains(&values.len()) {
        faults.push(FieldError::new(
            "/values",
            "COUNT",
            format!("Mỗi lần từ 1 đến {VALUES_MAX} số liệu."),
            format!("1 to {VALUES_MAX} values at a time."),
        ));
    }
    for (index, value) in values.iter().enumerate().take(VALUES_MAX) {
        faults.extend(judge(&format!("/values/{index}"), value, &catalogue));
    }
    if let Some(index) = find_twin(values) {
        faults.push(FieldError::new(
            format!("/values/{index}/code"),
            "TWICE",
            "Chỉ tiêu và phạm vi này đã có ở trên.",
            "This indicator and span stand above already.",
        ));
    }
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let reason = body.reason.as_deref();
    let told = enter(&mut conn, &caller, &period, values, reason, false).await?;
    Ok(web::Json(told))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RevisionsOf {
    /// Of which indicator.
    #[param(min_length = 1, max_length = 60, example = "dvc25")]
    indicator: String,
    /// Cumulative or in the period.
    #[param(inline)]
    span: Span,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List every revision of a value, the newest first: who entered what, when, and why it was corrected.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("period_id" = Uuid, Path, description = "Which period."), RevisionsOf),
    responses((status = OK, description = "A page of revisions.", body = Page<IndicatorValue>)))]
#[get("/reporting-periods/{period_id}/revisions")]
async fn list_value_revisions(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    path: Path<Uuid>,
    of: Query<RevisionsOf>,
) -> Result<web::Json<Page<IndicatorValue>>, Failure> {
    if !(1..=60).contains(&of.indicator.chars().count()) {
        return Err(Failure::invalid(vec![FieldError::new(
            "?indicator",
            "LENGTH",
            "Ghi mã chỉ tiêu, từ 1 đến 60 ký tự.",
            "Give the code of an indicator, in 1 to 60 characters.",
        )]));
    }
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let query = PageQuery::read(&app.keys, "revisions", of.cursor.as_deref(), of.limit)?;
    let rows = store::list_revisions(
        &mut conn,
        period.period_id,
        &of.indicator,
        of.span,
        query.after()?,
        query.rows(),
    );
    let page = page(&app.keys, &query, rows.await?, |row| row.revision);
    page.try_map(|row| Ok(tell_value(row))).map(web::Json)
}

/// Import values from a CSV file or a workbook (.xlsx): the table that one may take away, filled in.
///
/// Columns `Mã chỉ tiêu`, `Phạm vi`, `Giá trị`, `Mẫu số`, `Trên`, `Tỷ lệ nêu %`, `Nguồn` and others, or their
/// English names `code,span,value,denominator,at_least,stated_percent,source`, in any order. Rows without a
/// figure are passed over. All or nothing: with one line that is refused nothing is written.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("period_id" = Uuid, Path, description = "Which period."), UploadMode),
    request_body(content(
        (String = "text/csv", example = "code,span,value,denominator,source\ndvc25,in_period,32483,40428,Báo cáo 02\n"),
        (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )),
    responses((status = OK, description = "What became of the file, or would become.", body = EnteredValues),
        ReportingProblem))]
#[post("/reporting-periods/{period_id}/imports")]
async fn import_indicator_values(
    app: web::Data<App>,
    caller: Caller<EnterIndicators>,
    path: Path<Uuid>,
    mode: Query<UploadMode>,
    file: TableFile<VALUES_BYTES_MAX>,
) -> Result<web::Json<EnteredValues>, Failure> {
    app.limiter.admit(IMPORTS, &caller.actor()).await?;
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    // A correction needs a reason of its own: figure by figure, not file by file.
    reason_for(caller.role, &period, None)?;
    let catalogue = store::load_catalogue(&mut conn).await?.on(period.starts_on);
    let read = tokio::task::spawn_blocking(move || {
        read_table(&file.0, ROWS_MAX).and_then(|table| files::read(&table, &catalogue))
    });
    let (values, refused) = read.await.map_err(Failure::internal)??;
    let dry_run = mode.dry_run || !refused.is_empty();
    let told = enter(&mut conn, &caller, &period, &values, None, dry_run).await?;
    Ok(web::Json(EnteredValues { refused, ..told }))
}

#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum TableFormat {
    Csv,
    Xlsx,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TableWish {
    /// csv or xlsx.
    #[param(inline)]
    format: TableFormat,
}

/// Take the values of a period away, with a row for what is missing: to fill in and bring back.
///
/// CSV is UTF-8 with a mark and semicolons, as Excel in Vietnam opens it. No cell is ever a formula.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("period_id" = Uuid, Path, description = "Which period."), TableWish),
    responses((status = OK, description = "The file.", content(
        (String = "text/csv"),
        (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[get("/reporting-periods/{period_id}/table")]
async fn export_indicator_values(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    path: Path<Uuid>,
    wish: Query<TableWish>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let catalogue = store::load_catalogue(&mut conn).await?.on(period.starts_on);
    let values = store::list_values(&mut conn, period.period_id).await?;
    drop(conn);
    let format = wish.format;
    let file = tokio::task::spawn_blocking(move || {
        let sheet = files::sheet(&catalogue, &values);
        match format {
            TableFormat::Csv => sheet.to_csv().map_err(Failure::internal),
            TableFormat::Xlsx => sheet.to_xlsx("Chỉ tiêu").map_err(Failure::internal),
        }
    });
    let file = file.await.map_err(Failure::internal)??;
    let (kind, ending) = match format {
        TableFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        TableFormat::Xlsx => (XLSX, "xlsx"),
    };
    let month = period.month.format("%Y-%m");
    let name = format!("attachment; filename=\"chi-tieu-{month}.{ending}\"");
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CONTENT_DISPOSITION, name))
        .body(file))
}

/// Let tracking and booking fill in what they know of a period now, as they do every night and when it is closed. A
/// figure that somebody typed is left to them. It may be repeated.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("period_id" = Uuid, Path, description = "Which period.")),
    responses((status = OK, description = "What was written.", body = EnteredValues), ReportingProblem))]
#[post("/reporting-periods/{period_id}/feeds")]
async fn feed_indicator_values(
    app: web::Data<App>,
    caller: Caller<EnterIndicators>,
    path: Path<Uuid>,
) -> Result<web::Json<EnteredValues>, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let geography = app.geography(&mut conn).await?;
    let reason = Some("Số liệu của phần mềm sau khi chốt");
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let period = lock_period(conn, period.period_id).await?;
        let filling = Filling {
            by: caller.account_id,
            actor: Some(caller.account_id),
            reason: reason_for(caller.role, &period, reason)?,
            even_nothing: true,
        };
        fill(conn, &geography, &period, filling).await
    });
    told.await.map(web::Json)
}
