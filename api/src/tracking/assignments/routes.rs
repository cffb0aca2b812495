//! Giving villages and people to volunteers over HTTP.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, post, put, web};
use chrono::SubsecRound as _;
use mobile_contracts::assignment::{
    AssignVillages, AssignedVillages, Caretaker, OwnWork, SetCaretaker, VillageAssignment,
};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, PersonId, UnitId};
use mobile_contracts::page::Page;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::problem::{AssignmentProblem, refused};
use super::reach::Reach;
use super::rules::{check_villages, until_at};
use super::store::{self, Act, Wanted};
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::idempotency::{self, IdempotencyKey, Press};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::{AssignWork, RecordWork};
use crate::privacy::audit;
use crate::tracking::citizen::{self, By, Found};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(show_own_work)
        .service(list_assignments)
        .service(assign_villages)
        .service(end_assignment)
        .service(set_caretaker)
        .service(remove_caretaker);
}

/// Show which villages one works oneself, and for how many people one cares by name. Without any, one's worklists
/// are those of the whole unit. Whoever works a village that has ended works the one that alone continues it.
#[utoipa::path(tag = "assignments", security(("session" = [])), responses(
    (status = OK, description = "One's own work.", body = OwnWork)))]
#[get("/me/assignments")]
async fn show_own_work(
    app: web::Data<App>,
    caller: Caller<RecordWork>,
) -> Result<web::Json<OwnWork>, Failure> {
    let mut conn = app.pool.get().await?;
    let own = caller.account_id;
    let now = app.clock.now();
    let geography = app.geography(&mut conn).await?;
    let mut villages = store::list_standing(&mut conn, own, now).await?;
    let mut met = BTreeSet::new();
    for row in &mut villages {
        row.village_id = geography.home_on(row.village_id, local_day(now));
    }
    villages.retain(|row| met.insert(row.village_id));
    let people = store::list_people(&mut conn, own, None).await?;
    Ok(web::Json(OwnWork {
        villages: villages.into_iter().map(Into::into).collect(),
        people: people.len() as u32,
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AssignmentFilter {
    /// Of villages within this unit; the caller's own if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// Only of this volunteer.
    #[param(value_type = Option<Uuid>)]
    account_id: Option<AccountId>,
    /// True: those that are over too.
    #[serde(default)]
    over_too: bool,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List who works which village within one's unit; a lead sees those of the own union.
#[utoipa::path(tag = "assignments", security(("session" = [])), params(AssignmentFilter), responses(
    (status = OK, description = "A page of assignments, the first given first.", body = Page<VillageAssignment>)))]
#[get("/assignments")]
async fn list_assignments(
    app: web::Data<App>,
    caller: Caller<AssignWork>,
    filter: Query<AssignmentFilter>,
) -> Result<web::Json<Page<VillageAssignment>>, Failure> {
    let list = "assignments";
    let query = PageQuery::read(&app.keys, list, filter.cursor.as_deref(), filter.limit)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach::new(&app, &caller, &geography);
    let unit_id = filter.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, reach.today)?;
    if let Some(account_id) = filter.account_id {
        reach.find_account(&mut conn, account_id).await?;
    }
    let villages = geography.all_answered_for(unit_id, reach.today);
    let wanted = Wanted {
        villages: &villages,
        mass_union: reach.mass_union(),
        account_id: filter.account_id,
        standing_at: (!filter.over_too).then_some(now),
    };
    let (after, limit) = (query.after()?, query.rows());
    let rows = store::list_assignments(&mut conn, &wanted, after, limit).await?;
    let page = page(&app.keys, &query, rows, |row| row.assignment_id);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Give villages to a volunteer of one's unit, all or none; a lead, to those of the own union. At most twenty at a
/// time.
#[utoipa::path(tag = "assignments", security(("session" = [])), request_body = AssignVillages,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = CREATED, description = "All that they work now.", body = AssignedVillages), AssignmentProblem))]
#[post("/assignments")]
async fn assign_villages(
    app: web::Data<App>,
    caller: Caller<AssignWork>,
    key: IdempotencyKey,
    body: Json<AssignVillages>,
) -> Result<HttpResponse, Failure> {
    let today = local_day(app.clock.now());
    let until = until_at(body.until_on, today);
    let faults = [
        check_villages(&body.village_ids),
        until.as_ref().err().cloned(),
    ];
    let faults: Vec<_> = faults.into_iter().flatten().collect();
    let Ok(until) = until else {
        return Err(Failure::invalid(faults));
    };
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach::new(&app, &caller, &geography);
    let request = serde_json::to_vec(&*body).unwrap_or_default();
    let press = Press {
        actor: &caller.actor(),
        key,
        request: &request,
    };
    let keys = &app.keys;
    idempotency::answer_once(&mut conn, keys, press, StatusCode::CREATED, async |conn| {
        let account = reach.find_account(conn, body.account_id).await?;
        reach.require_villages(&body.village_ids)?;
        reach.require_taker(&account, body.village_ids.iter().copied())?;
        store::lock_work(conn, &[body.account_id]).await?;
        let act = act_of(&app, &caller);
        let standing = store::list_standing(conn, body.account_id, act.at).await?;
        let works = |id: &UnitId| standing.iter().any(|row| row.village_id == *id);
        let new: Vec<_> = body.village_ids.iter().filter(|id| !works(id)).collect();
        let new: Vec<_> = new.into_iter().map(|id| (*id, until)).collect();
        store::insert_villages(conn, body.account_id, &standing, &new, act)
            .await
            .map_err(refused)?;
        let object = format!("account:{}", body.account_id);
        let said = json!({ "village_ids": body.village_ids, "until_on": body.until_on });
        record(conn, &caller, "tracking.assign_villages", &object, said).await?;
        let now = store::list_standing(conn, body.account_id, act.at).await?;
        let told = AssignedVillages {
            villages: now.into_iter().map(Into::into).collect(),
        };
        Ok(told)
    })
    .await
}

/// The time is taken under the locks, so that what is written later is later.
pub fn act_of(app: &App, caller: &Caller<AssignWork>) -> Act {
    Act {
        by: caller.account_id,
        at: app.clock.now().trunc_subsecs(6),
        transfer_id: None,
    }
}

pub async fn record(
    conn: &mut Conn,
    caller: &Caller<AssignWork>,
    action: &str,
    object: &str,
    said: serde_json::Value,
) -> Result<(), Failure> {
    audit::record(conn, Some(caller.account_id), action, object, said).await?;
    Ok(())
}

/// End an assignment: the village is no longer theirs. What they recorded there stays theirs.
#[utoipa::path(tag = "assignments", security(("session" = [])),
    params(("assignment_id" = Uuid, Path, description = "Which assignment.")),
    responses((status = NO_CONTENT, description = "Ended."), AssignmentProblem))]
#[delete("/assignments/{assignment_id}")]
async fn end_assignment(
    app: web::Data<App>,
    caller: Caller<AssignWork>,
    path: Path<Uuid>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach::new(&app, &caller, &geography);
    let row = store::find_assignment(&mut conn, path.0).await?;
    let row = row.ok_or(CommonProblem::NotFound)?;
    reach.find_account(&mut conn, row.account_id).await?;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        store::lock_work(conn, &[row.account_id]).await?;
        let act = act_of(&app, &caller);
        if store::end_villages(conn, &[path.0], act).await? == 0 {
            return Err(AssignmentProblem::AssignmentEnded.into());
        }
        let object = format!("account:{}", row.account_id);
        let said = json!({ "village_id": row.village_id });
        record(conn, &caller, "tracking.end_assignment", &object, said).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A person of the caller's unit, by any id that they ever had.
async fn find_person(conn: &mut Conn, reach: &Reach<'_>, id: PersonId) -> Result<Found, Failure> {
    let found = citizen::find(conn, By::Person(id)).await?;
    let found = found.ok_or(CommonProblem::NotFound)?;
    reach
        .caller
        .require_answerable(reach.geography, found.village_id, reach.today)?;
    Ok(found)
}

/// Let a volunteer care for one person of one's unit, whoever works the village: they are on that volunteer's
/// worklists, and on no other volunteer's own.
#[utoipa::path(tag = "assignments", security(("session" = [])), request_body = SetCaretaker,
    params(("recorded_person_id" = PersonId, Path, description = "Which person.")),
    responses((status = OK, description = "Who cares for them now.", body = Caretaker), AssignmentProblem))]
#[put("/persons/{recorded_person_id}/caretaker")]
async fn set_caretaker(
    app: web::Data<App>,
    caller: Caller<AssignWork>,
    path: Path<PersonId>,
    body: Json<SetCaretaker>,
) -> Result<web::Json<Caretaker>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach::new(&app, &caller, &geography);
    let account_id = body.account_id;
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let found = find_person(conn, &reach, path.0).await?;
        let account = reach.find_account(conn, account_id).await?;
        reach.require_taker(&account, [found.village_id])?;
        let act = act_of(&app, &caller);
        let cares = store::find_caretaker(conn, found.person_id).await?;
        if cares.is_none_or(|(id, _)| id != account_id) {
            if let Some((other, _)) = cares {
                reach.require_caretaker(conn, other).await?;
            }
            let people = [found.person_id];
            store::end_people(conn, &people, act)
                .await
                .map_err(refused)?;
            store::insert_people(conn, account_id, &people, act)
                .await
                .map_err(refused)?;
            let object = format!("person:{}", found.person_id);
            let said = json!({ "account_id": account_id });
            record(conn, &caller, "tracking.set_caretaker", &object, said).await?;
        }
        let now = store::find_caretaker(conn, found.person_id).await?;
        let (account_id, begun_at) = now.ok_or(AssignmentProblem::AssignmentRaced)?;
        Ok(Caretaker {
            person_id: found.person_id,
            account_id,
            begun_at,
        })
    })
    .await?;
    Ok(web::Json(told))
}

/// Let whoever works the village care for a person again.
#[utoipa::path(tag = "assignments", security(("session" = [])),
    params(("recorded_person_id" = PersonId, Path, description = "Which person.")),
    responses((status = NO_CONTENT, description = "Nobody cares for them by name."), AssignmentProblem))]
#[delete("/persons/{recorded_person_id}/caretaker")]
async fn remove_caretaker(
    app: web::Data<App>,
    caller: Caller<AssignWork>,
    path: Path<PersonId>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach::new(&app, &caller, &geography);
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let found = find_person(conn, &reach, path.0).await?;
        if let Some((account_id, _)) = store::find_caretaker(conn, found.person_id).await? {
            reach.require_caretaker(conn, account_id).await?;
            let act = act_of(&app, &caller);
            store::end_people(conn, &[found.person_id], act)
                .await
                .map_err(refused)?;
            let object = format!("person:{}", found.person_id);
            let said = json!({ "account_id": account_id });
            record(conn, &caller, "tracking.remove_caretaker", &object, said).await?;
        }
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
