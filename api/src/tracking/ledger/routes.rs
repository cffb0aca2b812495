//! One's own operations over HTTP: page by page, of a span of days, with an ETag for those who ask
//! again.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Datelike as _, NaiveDate};
use mobile_contracts::tracking::{Ledger, LedgerCounts};
use serde::Deserialize;
use utoipa::IntoParams;

use super::entry::{Reader, entry};
use super::store::{self, Days};
use crate::app::App;
use crate::http::etag;
use crate::http::extract::Query;
use crate::http::failure::{Failure, FieldError};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::ReadOwnWork;
use crate::tracking::client::{CLIENT_MEANING, require_current};
use crate::tracking::problem::ClientProblem;

/// Which days, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LedgerQuery {
    /// First day in Vietnam, from 2020 to 2100; since the beginning if left out. An operation belongs
    /// to the day that it counts for (`recorded_on`), and one that counts for none (held, refused, a
    /// void) to the day on which it came.
    from: Option<NaiveDate>,
    /// Last day; up to now if left out.
    to: Option<NaiveDate>,
    /// Where the page before ended.
    #[param(max_length = 300)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Show one's own operations with verdict, reason and credit, the newest first; of some days if these
/// are named, and the counts are theirs then.
///
/// Whoever has another role by now reads it too, without the codes of appointments.
///
/// The ETag changes with what is told, and not with `as_of` alone: ask again with `If-None-Match`.
#[utoipa::path(tag = "sync", security(("session" = [])),
    params(LedgerQuery, ("X-Client" = Option<String>, Header, description = CLIENT_MEANING, example = "to06-web/1.8.2")),
    responses(
    (status = OK, description = "Three counts and a page of operations.", body = Ledger,
        headers(("ETag" = String, description = "Changes with the page and the counts."))),
    (status = NOT_MODIFIED, description = "Nothing has changed since the tag in If-None-Match."),
    ClientProblem))]
#[get("/me/ledger")]
pub async fn show_ledger(
    app: web::Data<App>,
    caller: Caller<ReadOwnWork>,
    request: HttpRequest,
    query: Query<LedgerQuery>,
) -> Result<HttpResponse, Failure> {
    require_current(&app, &request)?;
    let days = days(&query)?;
    let paging = PageQuery::read(&app.keys, "ledger", query.cursor.as_deref(), query.limit)?;
    let before = paging.after()?;
    let as_of = app.clock.now();
    let mut conn = app.pool.get().await?;
    let (recognised, under_review, refused) =
        store::count_ledger(&mut conn, caller.account_id, days).await?;
    let rows =
        store::list_ledger(&mut conn, caller.account_id, days, before, paging.rows()).await?;
    let page = page(&app.keys, &paging, rows, |row| row.op_id);
    let reader = Reader::of(caller.role, &app.keys);
    let ledger = Ledger {
        counts: LedgerCounts {
            recognised,
            under_review,
            refused,
        },
        items: page
            .items
            .into_iter()
            .map(|row| entry(reader, row))
            .collect(),
        next_cursor: page.next_cursor,
        as_of,
    };
    let tag = etag::of(&(&ledger.counts, &ledger.items, &ledger.next_cursor));
    if let Some(known) = etag::known(&request, &tag) {
        return Ok(known);
    }
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).json(ledger))
}

fn days(query: &LedgerQuery) -> Result<Days, Failure> {
    const YEARS: std::ops::RangeInclusive<i32> = 2020..=2100;
    let mut faults = Vec::new();
    for (pointer, day) in [("?from", query.from), ("?to", query.to)] {
        if day.is_some_and(|day| !YEARS.contains(&day.year())) {
            faults.push(FieldError::new(
                pointer,
                "RANGE",
                "Ngày phải từ năm 2020 đến năm 2100.",
                "The day must be within 2020 to 2100.",
            ));
        }
    }
    if query.from.zip(query.to).is_some_and(|(from, to)| from > to) {
        faults.push(FieldError::new(
            "?from",
            "ORDER",
            "Ngày đầu phải trước hoặc trùng ngày cuối.",
            "The first day comes after the last one.",
        ));
    }
    match faults.is_empty() {
        true => Ok(Days {
            from: query.from,
            to: query.to,
        }),
        false => Err(Failure::invalid(faults)),
    }
}
