//! Closings over HTTP: listed, compared, and revised by who commands the province.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use chrono::{Datelike as _, NaiveDate};
use mobile_contracts::leaderboard::{BoardCountChange, ClosedBoard, IssueBoardRevision};
use mobile_contracts::page::Page;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::changes;
use super::contents;
use super::counted;
use super::keep;
use super::rules::{Issue, Kept, Span};
use super::store::{self, ClosingRow};
use crate::app::App;
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::idempotency::{self, IdempotencyKey, Press};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::{IssueReports, ReadBoards};
use crate::leaderboard::problem::LeaderboardProblem::{
    self, BoardNotClosed, BoardRevised, BoardUnchanged, RevisionNotFound,
};
use crate::privacy::audit;
use crate::privacy::free_text::masked;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_board_closings)
        .service(list_board_changes)
        .service(issue_board_revision);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ClosingFilter {
    /// Only of the window from this day; with `ends_on`.
    starts_on: Option<NaiveDate>,
    /// Only of the window to this day; with `starts_on`.
    ends_on: Option<NaiveDate>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

impl ClosingFilter {
    fn span(&self) -> Result<Option<Span>, Failure> {
        let faulty = |pointer: &'static str| {
            Failure::invalid(vec![FieldError::new(
                pointer,
                "BOTH",
                "Ghi cả starts_on và ends_on, trong các năm 2020 đến 2100, hoặc không ghi ngày nào.",
                "Send both starts_on and ends_on, within 2020 to 2100, or neither.",
            )])
        };
        match (self.starts_on, self.ends_on) {
            (None, None) => Ok(None),
            (Some(_), None) => Err(faulty("?ends_on")),
            (None, Some(_)) => Err(faulty("?starts_on")),
            (Some(starts_on), Some(ends_on)) => {
                let span = span_of(starts_on, ends_on).ok_or_else(|| faulty("?starts_on"))?;
                Ok(Some(span))
            }
        }
    }
}

/// Days that the calendar of this program has.
fn span_of(starts_on: NaiveDate, ends_on: NaiveDate) -> Option<Span> {
    let years = 2020..=2100;
    let fits = [starts_on, ends_on]
        .iter()
        .all(|day| years.contains(&day.year()));
    fits.then_some(Span { starts_on, ends_on })
}

/// List the windows of boards that are closed, and their revisions, the newest first.
///
/// A day and an ISO week close when three whole days have passed since, a month on the 5th; the days of a reporting
/// period when its unit has closed it. From then on a board of the window says the same for ever.
#[utoipa::path(tag = "leaderboard", security(("session" = [])), params(ClosingFilter), responses(
    (status = OK, description = "A page of closings and revisions.", body = Page<ClosedBoard>)))]
#[get("/board-closings")]
async fn list_board_closings(
    app: web::Data<App>,
    _caller: Caller<ReadBoards>,
    filter: Query<ClosingFilter>,
) -> Result<web::Json<Page<ClosedBoard>>, Failure> {
    let list = "board-closings";
    let query = PageQuery::read(&app.keys, list, filter.cursor.as_deref(), filter.limit)?;
    let skip = query.after::<u32>()?.unwrap_or(0);
    let mut conn = app.pool.get().await?;
    let rows = store::list(&mut conn, filter.span()?, i64::from(skip), query.rows()).await?;
    let rows: Vec<_> = rows.into_iter().zip(skip..).collect();
    let page = page(&app.keys, &query, rows, |(_, position)| position + 1);
    page.try_map(|(row, _)| Ok(tell(row))).map(web::Json)
}

fn tell(row: ClosingRow) -> ClosedBoard {
    ClosedBoard {
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        kind: row.span().kind().to_owned(),
        revision: row.revision.unsigned_abs(),
        hash: row.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        reason: row.reason,
        issued_by: row.issued_by,
        kept_at: row.kept_at,
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChangesOf {
    /// What this revision changed; what the next one would, if left out.
    #[param(minimum = 1)]
    revision: Option<i32>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List what a revision of a closed window changed, or what came late since the newest one, by stage and commune.
/// For those who may issue it: the numbers are exact.
#[utoipa::path(tag = "leaderboard", security(("session" = [])),
    params(("starts_on" = NaiveDate, Path, description = "First day of the window.", example = "2026-11-16"),
        ("ends_on" = NaiveDate, Path, description = "Last day of the window.", example = "2026-11-22"), ChangesOf),
    responses((status = OK, description = "A page of what is other than before.", body = Page<BoardCountChange>),
        LeaderboardProblem))]
#[get("/board-closings/{starts_on}/{ends_on}/changes")]
async fn list_board_changes(
    app: web::Data<App>,
    caller: Caller<IssueReports>,
    path: Path<(NaiveDate, NaiveDate)>,
    query: Query<ChangesOf>,
) -> Result<web::Json<Page<BoardCountChange>>, Failure> {
    let list = "board-changes";
    let paging = PageQuery::read(&app.keys, list, query.cursor.as_deref(), query.limit)?;
    let skip = paging.after::<usize>()?.unwrap_or(0);
    let span = span_of(path.0.0, path.0.1).ok_or(RevisionNotFound)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    require_province(&geography, &caller)?;
    let rows = store::revisions(&mut conn, span).await?;
    let newest = rows.first().ok_or(RevisionNotFound)?.revision;
    let (before, after) = match query.revision {
        None => {
            let previous = keep::previous_of(&mut conn, span).await?;
            let counted = counted::count(&mut conn, span, previous).await?;
            (newest, keep::sums_of(counted))
        }
        Some(wanted) if (1..=newest).contains(&wanted) => {
            let after = contents::sums(&mut conn, span, wanted, None).await?;
            (wanted - 1, after)
        }
        Some(_) => return Err(RevisionNotFound.into()),
    };
    let before = contents::sums(&mut conn, span, before, None).await?;
    let told = changes::tell(&geography, span, &before, &after);
    let rows = told.into_iter().zip(1..).skip(skip);
    let rows = rows.take(paging.limit() + 1).collect();
    let page = page(&app.keys, &paging, rows, |(_, position): &(_, usize)| {
        *position
    });
    page.try_map(|(row, _)| Ok(row)).map(web::Json)
}

/// Issue what came late for a closed window as its next revision. Whoever commands the province does.
#[utoipa::path(tag = "leaderboard", security(("session" = [])), request_body = IssueBoardRevision,
    params(("starts_on" = NaiveDate, Path, description = "First day of the window.", example = "2026-11-16"),
        ("ends_on" = NaiveDate, Path, description = "Last day of the window.", example = "2026-11-22"),
        ("Idempotency-Key" = uuid::Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = CREATED, description = "The revision.", body = ClosedBoard), LeaderboardProblem))]
#[post("/board-closings/{starts_on}/{ends_on}/revisions")]
async fn issue_board_revision(
    app: web::Data<App>,
    caller: Caller<IssueReports>,
    key: IdempotencyKey,
    path: Path<(NaiveDate, NaiveDate)>,
    body: Json<IssueBoardRevision>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    require_province(&geography, &caller)?;
    let issue = Issue::sealed(caller.account_id, reason_of(&body)?, Uuid::new_v4());
    let span = span_of(path.0.0, path.0.1).ok_or(BoardNotClosed)?;
    let request = serde_json::to_vec(&(path.0, &*body)).unwrap_or_default();
    let press = Press {
        actor: &caller.actor(),
        key,
        request: &request,
    };
    let keys = &app.keys;
    idempotency::answer_once(&mut conn, keys, press, StatusCode::CREATED, async |conn| {
        let row = revise(conn, &geography, span, (body.after_revision, issue.clone())).await?;
        let object = format!("board_closing:{}/{}", span.starts_on, span.ends_on);
        let said = json!({ "revision": row.revision });
        let by = Some(caller.account_id);
        audit::record(conn, by, "leaderboard.issue_revision", &object, said).await?;
        Ok(tell(row))
    })
    .await
}

/// A closed board is the whole province's, and so is who may revise it.
fn require_province<P>(geography: &Geography, caller: &Caller<P>) -> Result<(), Failure> {
    let unit = geography.unit(caller.unit_id);
    match unit.map(|unit| unit.level) {
        Some(Level::Province) => Ok(()),
        _ => Err(CommonProblem::Forbidden.into()),
    }
}

fn reason_of(body: &IssueBoardRevision) -> Result<String, Failure> {
    let reason = masked(&body.reason);
    match (5..=300).contains(&reason.chars().count()) {
        true => Ok(reason),
        false => Err(Failure::invalid(vec![FieldError::new(
            "/reason",
            "LENGTH",
            "Ghi lý do bổ sung, từ 5 đến 300 ký tự.",
            "Say why it is revised, in 5 to 300 characters.",
        )])),
    }
}

async fn revise(
    conn: &mut Conn,
    geography: &Geography,
    span: Span,
    (after, issue): (u32, Issue),
) -> Result<ClosingRow, Failure> {
    let rows = store::revisions(conn, span).await?;
    let newest = rows.first().ok_or(BoardNotClosed)?;
    if newest.revision.unsigned_abs() != after {
        return Err(BoardRevised.into());
    }
    let kept = keep::count(conn, geography, span, newest.revision + 1, Some(issue)).await?;
    let before = keep::load(conn, newest).await?;
    if says(&kept) == says(&before) {
        return Err(BoardUnchanged.into());
    }
    // Whoever issued the same number a moment before keeps it.
    if !store::insert(conn, &kept).await? {
        return Err(BoardRevised.into());
    }
    let rows = store::revisions(conn, span).await?;
    let row = rows.into_iter().find(|row| row.revision == kept.revision);
    row.ok_or_else(|| Failure::internal("a revision is gone"))
}

/// What a board is built of, in one order, as far as it was always kept: what more is kept now is no change.
fn says(kept: &Kept) -> (Vec<super::rules::Sum>, Vec<super::rules::KeptTarget>) {
    let (mut sums, mut targets) = (kept.sums.clone(), kept.targets.clone());
    for sum in &mut sums {
        sum.previous_confirmed = None;
        sum.late = None;
        sum.last_on = None;
    }
    sums.sort();
    targets.sort();
    (sums, targets)
}
