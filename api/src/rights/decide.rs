//! The list of what is open, one request in full, and what is done about it, by who answers for the place.

use std::fmt;
use std::str::FromStr;

use actix_web::{get, post, web};
use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::AccountId;
use mobile_contracts::page::Page;
use mobile_contracts::rights::{
    ExtendRightsRequest, IdentityShown, RightsDecision, RightsRequest, RightsRequestDetail,
    SettleRightsRequest,
};
use mobile_contracts::working_calendar::WorkingCalendar;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::fulfil;
use super::problem::RightsProblem;
use super::receive::object;
use super::rules;
use super::store::{self, ANSWER, EXTENSION_REASON, RequestRow, WORDS};
use crate::app::App;
use crate::booking::calendar::store::load_calendar;
use crate::booking::citizen::{find_helper, list_booked};
use crate::booking::holds::mirror::mirror_all;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::DecideRights;
use crate::privacy::audit;
use crate::privacy::free_text::masked;
use crate::tracking::citizen::{self, By};
use crate::tracking::rosters::listed::newest_of;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_rights_requests)
        .service(show_rights_request)
        .service(acknowledge_rights_request)
        .service(extend_rights_request)
        .service(settle_rights_request)
        .service(lift_restriction);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RightsFilter {
    /// Those that are settled, the newest first, and not the open ones.
    #[serde(default)]
    settled: bool,
    /// Where the page before ended.
    #[param(max_length = 300)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Where a page of open requests ends.
#[derive(Debug, Clone, Copy)]
struct Place(NaiveDate, Uuid);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0, self.1)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (day, id) = text.split_once('/').ok_or(())?;
        let day = day.parse().map_err(|_| ())?;
        Ok(Self(day, id.parse().map_err(|_| ())?))
    }
}

/// The last day of what comes next.
fn next_day(row: &RequestRow) -> NaiveDate {
    match row.acknowledged_at {
        None => row.acknowledge_by,
        Some(_) => row.due_on,
    }
}

/// List what people within one's unit ask for about their data: the open ones, by the day on which the next
/// step is due, the most overdue first.
#[utoipa::path(tag = "rights", params(RightsFilter), security(("session" = [])), responses(
    (status = OK, description = "A page of requests.", body = Page<RightsRequest>)))]
#[get("/rights-requests")]
async fn list_rights_requests(
    app: web::Data<App>,
    caller: Caller<DecideRights>,
    filter: Query<RightsFilter>,
) -> Result<web::Json<Page<RightsRequest>>, Failure> {
    let list = match filter.settled {
        true => "rights-settled",
        false => "rights-open",
    };
    let query = PageQuery::read(&app.keys, list, filter.cursor.as_deref(), filter.limit)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let units = geography.all_answered_for(caller.unit_id, today);
    let page = match filter.settled {
        true => {
            let before = query.after()?;
            let rows = store::list_settled(&mut conn, &units, before, query.rows()).await?;
            page(&app.keys, &query, rows, |row| row.rights_request_id)
        }
        false => {
            let after = query.after::<Place>()?.map(|Place(day, id)| (day, id));
            let rows = store::list_open(&mut conn, &units, after, query.rows()).await?;
            page(&app.keys, &query, rows, |row| {
                Place(next_day(row), row.rights_request_id)
            })
        }
    };
    let calendar = load_calendar(&mut conn).await?;
    let items = page.items.into_iter();
    Ok(web::Json(Page {
        items: items.map(|row| tell(&calendar, today, row)).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// A request as those who decide are told of it.
pub fn tell(calendar: &WorkingCalendar, today: NaiveDate, row: RequestRow) -> RightsRequest {
    let next = next_day(&row);
    RightsRequest {
        rights_request_id: row.rights_request_id,
        kind: row.kind,
        state: row.state,
        unit_id: row.unit_id,
        person_id: row.person_id,
        shown_by: row.shown_by,
        received_by: row.received_by,
        received_at: row.received_at,
        acknowledge_by: row.acknowledge_by,
        acknowledged_at: row.acknowledged_at,
        due_on: row.due_on,
        days_left: row
            .settled_at
            .is_none()
            .then(|| rules::days_left(calendar, today, next)),
        extended_at: row.extended_at,
        settled_at: row.settled_at,
        settled_by: row.settled_by,
        identity_shown: row.identity_shown,
        ground: row.ground,
    }
}

/// The request, if the caller's unit covers its own. Anybody else's is not there.
fn covered(
    app: &App,
    caller: &Caller<DecideRights>,
    geography: &Geography,
    row: Option<RequestRow>,
) -> Result<RequestRow, Failure> {
    let row = row.ok_or(CommonProblem::NotFound)?;
    caller.require_answerable(geography, row.unit_id, local_day(app.clock.now()))?;
    Ok(row)
}

/// The request if it is the caller's to read, for [`super::copy`].
///
/// # Errors
/// 404.
pub async fn find_in_scope(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<DecideRights>,
    id: Uuid,
) -> Result<RequestRow, Failure> {
    let geography = app.geography(conn).await?;
    let row = store::find_request(conn, id).await?;
    covered(app, caller, &geography, row)
}

/// Show a request with whom it is about. It names a citizen, so that it is audited.
#[utoipa::path(tag = "rights", security(("session" = [])),
    params(("rights_request_id" = Uuid, Path, description = "Which request.")),
    responses((status = OK, description = "The request.", body = RightsRequestDetail)))]
#[get("/rights-requests/{rights_request_id}")]
async fn show_rights_request(
    app: web::Data<App>,
    caller: Caller<DecideRights>,
    path: Path<Uuid>,
) -> Result<web::Json<RightsRequestDetail>, Failure> {
    let mut conn = app.pool.get().await?;
    let row = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let actor = Some(caller.account_id);
    audit::record(&mut conn, actor, "rights.read", &object(&row), ()).await?;
    Ok(web::Json(detail(&app, &mut conn, row).await?))
}

async fn detail(
    app: &App,
    conn: &mut Conn,
    row: RequestRow,
) -> Result<RightsRequestDetail, Failure> {
    let keys = &app.keys;
    let name = match row.settled_at {
        Some(_) => None,
        None => name_of(app, conn, &row).await?,
    };
    let calendar = load_calendar(conn).await?;
    Ok(RightsRequestDetail {
        id_tail: row.id_tail.clone(),
        name,
        words: row.read(keys, WORDS, &row.words)?,
        extension_reason: row.read(keys, EXTENSION_REASON, &row.extension_reason)?,
        answer: row.read(keys, ANSWER, &row.answer)?,
        request: tell(&calendar, local_day(app.clock.now()), row),
    })
}

/// The name that they show, or under which they last booked.
async fn name_of(app: &App, conn: &mut Conn, row: &RequestRow) -> Result<Option<String>, Failure> {
    if let Some(person_id) = row.person_id
        && let Some(found) = citizen::find(conn, By::Person(person_id)).await?
    {
        if let Some(name) = found.name(&app.keys)? {
            return Ok(Some(name));
        }
        if let Some(listed) = newest_of(conn, &app.keys, found.person_id).await? {
            return Ok(Some(listed.name));
        }
    }
    let Some(blind) = &row.subject_blind else {
        return Ok(None);
    };
    let booked = list_booked(conn, std::slice::from_ref(blind), &[]).await?;
    let last = booked.last();
    last.map(|one| one.row.name(&app.keys)).transpose()
}

/// Say that the person was told: their request came, and how it goes on.
///
/// Again changes nothing.
#[utoipa::path(tag = "rights", security(("session" = [])),
    params(("rights_request_id" = Uuid, Path, description = "Which request.")),
    responses((status = OK, description = "Acknowledged.", body = RightsRequest), RightsProblem))]
#[post("/rights-requests/{rights_request_id}/acknowledgement")]
async fn acknowledge_rights_request(
    app: web::Data<App>,
    caller: Caller<DecideRights>,
    path: Path<Uuid>,
) -> Result<web::Json<RightsRequest>, Failure> {
    change(&app, &caller, path.0, async |conn, row| {
        if row.state == "received" {
            store::set_acknowledged(conn, row.rights_request_id, caller.account_id).await?;
            let actor = Some(caller.account_id);
            audit::record(conn, actor, "rights.acknowledge", &object(row), ()).await?;
        }
        Ok(())
    })
    .await
}

/// Give a request more time, once, and say why.
#[utoipa::path(tag = "rights", security(("session" = [])), request_body = ExtendRightsRequest,
    params(("rights_request_id" = Uuid, Path, description = "Which request.")),
    responses((status = OK, description = "Extended.", body = RightsRequest), RightsProblem))]
#[post("/rights-requests/{rights_request_id}/extension")]
async fn extend_rights_request(
    app: web::Data<App>,
    caller: Caller<DecideRights>,
    path: Path<Uuid>,
    body: Json<ExtendRightsRequest>,
) -> Result<web::Json<RightsRequest>, Failure> {
    let faults = rules::check_reason("/reason", &body.reason);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let reason = masked(&body.reason);
    change(&app, &caller, path.0, async |conn, row| {
        if row.extended_at.is_some() {
            return Err(RightsProblem::AlreadyExtended.into());
        }
        let (id, by) = (row.rights_request_id, caller.account_id);
        store::set_acknowledged(conn, id, by).await?;
        let calendar = load_calendar(conn).await?;
        let due_on = rules::extended(&calendar, row.kind(), row.due_on);
        store::set_extended(conn, &app.keys, id, due_on, &reason, by).await?;
        let detail = json!({ "due_on": due_on });
        audit::record(conn, Some(by), "rights.extend", &object(row), detail).await?;
        Ok(())
    })
    .await
}

/// Changes an open request under lock, and tells it as it is then.
async fn change(
    app: &App,
    caller: &Caller<DecideRights>,
    id: Uuid,
    mut deed: impl AsyncFnMut(&mut Conn, &RequestRow) -> Result<(), Failure>,
) -> Result<web::Json<RightsRequest>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let row = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::lock_request(conn, id).await?;
        let row = covered(app, caller, &geography, row)?;
        if row.settled_at.is_some() {
            return Err(RightsProblem::Settled.into());
        }
        deed(conn, &row).await?;
        let row = store::find_request(conn, id).await?;
        Ok(row.ok_or(CommonProblem::NotFound)?)
    })
    .await?;
    let calendar = load_calendar(&mut conn).await?;
    Ok(web::Json(tell(&calendar, local_day(app.clock.now()), row)))
}

/// Settle a request: do what was asked for, refuse it on a ground of the law, or write down that the person
/// wants it no more.
///
/// Done means done: an erasure or a withdrawal empties everything in this call, cancels what is to come, and
/// leaves every count; a correction writes the right words; a restriction holds for whoever nobody has recorded yet,
/// too. Nobody erases what they received themselves, and what came by a code is done once a card was seen. What was
/// settled stays settled: the same again is answered as it stands, another decision is refused.
#[utoipa::path(tag = "rights", security(("session" = [])), request_body = SettleRightsRequest,
    params(("rights_request_id" = Uuid, Path, description = "Which request.")),
    responses((status = OK, description = "Settled.", body = RightsRequest), RightsProblem))]
#[post("/rights-requests/{rights_request_id}/settlement")]
async fn settle_rights_request(
    app: web::Data<App>,
    caller: Caller<DecideRights>,
    path: Path<Uuid>,
    body: Json<SettleRightsRequest>,
) -> Result<web::Json<RightsRequest>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let (row, freed) = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::lock_request(conn, path.0).await?;
        let row = covered(&app, &caller, &geography, row)?;
        let state = body.decision.state();
        if row.state == state {
            return Ok((row, Vec::new()));
        }
        fulfil::check(&body, &row)?;
        if row.settled_at.is_some() {
            return Err(RightsProblem::Settled.into());
        }
        let is_done = body.decision == RightsDecision::Done;
        if is_done
            && rules::erases(row.kind())
            && asked_through(conn, &row).await? == Some(caller.account_id)
        {
            return Err(RightsProblem::SecondPersonNeeded.into());
        }
        let done = fulfil::fulfil(&app, conn, &row, &body, caller.account_id).await?;
        let (id, by) = (row.rights_request_id, caller.account_id);
        let (ground, answer) = (body.ground.as_deref(), masked(&body.answer));
        let answer = Some(answer.as_str());
        store::set_settled(conn, &app.keys, id, state, Some(by), ground, answer).await?;
        let shown = body.identity_shown.map(IdentityShown::as_str);
        store::set_identity_shown(conn, id, shown).await?;
        let detail = json!({
            "kind": row.kind, "state": state, "ground": ground, "due_on": row.due_on, "identity_shown": shown,
            "operations": done.operations, "appointments_cancelled": done.cancelled,
        });
        audit::record(conn, Some(by), "rights.settle", &object(&row), detail).await?;
        let row = store::find_request(conn, id).await?;
        Ok((row.ok_or(CommonProblem::NotFound)?, done.freed))
    })
    .await?;
    let calendar = load_calendar(&mut conn).await?;
    drop(conn);
    mirror_all(&app, &freed).await;
    Ok(web::Json(tell(&calendar, local_day(app.clock.now()), row)))
}

/// Through whose hands a request came: who wrote it down, or who booked the appointment whose code was shown and was
/// given the code with it.
async fn asked_through(conn: &mut Conn, row: &RequestRow) -> Result<Option<AccountId>, Failure> {
    match (row.received_by, row.appointment_id) {
        (None, Some(appointment)) => Ok(find_helper(conn, appointment).await?),
        (received_by, _) => Ok(received_by),
    }
}

/// Lift a restriction, when the person wants to be worked with again: they are on lists, called and in tables as
/// before.
#[utoipa::path(tag = "rights", security(("session" = [])),
    params(("rights_request_id" = Uuid, Path, description = "By which request it was restricted.")),
    responses((status = OK, description = "Lifted.", body = RightsRequest), RightsProblem))]
#[post("/rights-requests/{rights_request_id}/lifting")]
async fn lift_restriction(
    app: web::Data<App>,
    caller: Caller<DecideRights>,
    path: Path<Uuid>,
) -> Result<web::Json<RightsRequest>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let row = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::lock_request(conn, path.0).await?;
        let row = covered(&app, &caller, &geography, row)?;
        fulfil::lift(conn, &row).await?;
        let actor = Some(caller.account_id);
        audit::record(conn, actor, "rights.lift_restriction", &object(&row), ()).await?;
        Ok(row)
    })
    .await?;
    let calendar = load_calendar(&mut conn).await?;
    Ok(web::Json(tell(&calendar, local_day(app.clock.now()), row)))
}
