//! Merging two persons, taking it back, and saying that two are two.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, PersonId};
use mobile_contracts::page::Page;
use mobile_contracts::person::{PersonMerge, TwoPersons};
use serde::Serialize;
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::problem::MergeProblem;
use super::regroup::Group;
use super::rules::{Head, Merges, keep};
use super::store::{self, MergeRow};
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::idempotency::{self, IdempotencyKey, Press};
use crate::http::page::{Paging, page};
use crate::identity::Caller;
use crate::identity::permission::CorrectWork;
use crate::privacy::audit;
use crate::tracking::assignments::problem::refused;
use crate::tracking::assignments::store::{Act, move_care};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_person_merges)
        .service(merge_persons)
        .service(undo_person_merge)
        .service(distinguish_persons);
}

/// List merges within one's unit, the newest first, those that were undone too.
#[utoipa::path(tag = "persons", params(Paging), security(("session" = [])), responses(
    (status = OK, description = "A page of merges.", body = Page<PersonMerge>)))]
#[get("/persons/merges")]
async fn list_person_merges(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<PersonMerge>>, Failure> {
    let query = paging.of(&app.keys, "person-merges")?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let units = geography.all_answered_for(caller.unit_id, local_day(app.clock.now()));
    let rows = store::list_merges(&mut conn, &units, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.merge_id);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(told).collect(),
        next_cursor: page.next_cursor,
    }))
}

fn told(row: MergeRow) -> PersonMerge {
    PersonMerge {
        merge_id: row.merge_id,
        kept_person_id: row.kept_id,
        merged_person_id: row.merged_id,
        merged_by: row.merged_by,
        merged_at: row.merged_at,
        undone_by: row.undone_by,
        undone_at: row.undone_at,
    }
}

/// Who changes groups of persons, within which unit, under which key.
struct Changing<'a> {
    app: &'a App,
    caller: &'a Caller<CorrectWork>,
    geography: &'a Geography,
}

impl Changing<'_> {
    /// The groups of these persons, locked, if the caller answers for every one of them.
    async fn lock(&self, conn: &mut Conn, persons: &[PersonId]) -> Result<Group, Failure> {
        let group = Group::lock(conn, persons).await?;
        let today = local_day(self.app.clock.now());
        for village in group.villages() {
            self.caller
                .require_answerable(self.geography, village, today)?;
        }
        Ok(group)
    }

    async fn merge(&self, conn: &mut Conn, body: &TwoPersons) -> Result<PersonMerge, Failure> {
        let group = self
            .lock(conn, &[body.one_person_id, body.other_person_id])
            .await?;
        let (one, other) = both(&group, body)?;
        let (kept, merged) = keep(one, other)?;
        let by = self.caller.account_id;
        let row = store::insert_merge(conn, merged, kept, by).await?;
        let act = Act {
            by,
            at: self.app.clock.now(),
            transfer_id: None,
        };
        move_care(conn, merged, kept, act).await.map_err(refused)?;
        self.audit(conn, "tracking.merge_persons", &row).await?;
        let keys = &self.app.keys;
        let change = |merges: &mut Merges| {
            merges.insert(merged, kept);
        };
        group.apply(conn, keys, change).await?;
        Ok(told(row))
    }

    async fn undo(&self, conn: &mut Conn, merge_id: Uuid) -> Result<PersonMerge, Failure> {
        let row = store::find_merge(conn, merge_id).await?;
        let row = row.ok_or(CommonProblem::NotFound)?;
        let group = self.lock(conn, &[row.merged_id, row.kept_id]).await?;
        let undone = store::set_undone(conn, merge_id, self.caller.account_id).await?;
        let undone = undone.ok_or(MergeProblem::MergeUndone)?;
        self.audit(conn, "tracking.undo_merge", &undone).await?;
        let keys = &self.app.keys;
        let change = |merges: &mut Merges| {
            merges.remove(&row.merged_id);
        };
        group.apply(conn, keys, change).await?;
        Ok(told(undone))
    }

    async fn audit(&self, conn: &mut Conn, action: &str, row: &MergeRow) -> Result<(), Failure> {
        let detail = json!({ "merge_id": row.merge_id, "kept_id": row.kept_id });
        let (actor, object) = (self.caller.account_id, object(row.merged_id));
        audit::record(conn, Some(actor), action, &object, detail).await?;
        Ok(())
    }
}

fn object(person: PersonId) -> String {
    format!("person:{person}")
}

fn both(group: &Group, body: &TwoPersons) -> Result<(Head, Head), Failure> {
    let one = group.head_of(body.one_person_id);
    let other = group.head_of(body.other_person_id);
    Ok(one.zip(other).ok_or(CommonProblem::NotFound)?)
}

/// Answers once for each key, in one transaction with the work.
async fn once<T: Serialize>(
    app: &App,
    caller: &Caller<CorrectWork>,
    key: IdempotencyKey,
    request: &[u8],
    work: impl AsyncFn(&mut Conn, &Changing<'_>) -> Result<T, Failure>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let changing = Changing {
        app,
        caller,
        geography: &geography,
    };
    let press = Press {
        actor: &caller.actor(),
        key,
        request,
    };
    let keys = &app.keys;
    idempotency::answer_once(&mut conn, keys, press, StatusCode::OK, async |conn| {
        work(conn, &changing).await
    })
    .await
}

/// Merge two persons of one's unit who are one.
///
/// Credit, counts and what is shown are decided anew as if every record had been about one person; what
/// phones still send about either lands there too. Nothing is rewritten, and it can be undone at any time.
#[utoipa::path(tag = "persons", security(("session" = [])), request_body = TwoPersons,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = OK, description = "Who stands for whom.", body = PersonMerge), MergeProblem))]
#[post("/persons/merges")]
async fn merge_persons(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    key: IdempotencyKey,
    body: Json<TwoPersons>,
) -> Result<HttpResponse, Failure> {
    let request = serde_json::to_vec(&("merge", &*body)).unwrap_or_default();
    once(&app, &caller, key, &request, async |conn, changing| {
        changing.merge(conn, &body).await
    })
    .await
}

/// Undo a merge: the two are two again, and credit and counts are as if they had never been one.
#[utoipa::path(tag = "persons", security(("session" = [])),
    params(("merge_id" = Uuid, Path, description = "Which merge."),
        ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = OK, description = "The merge, undone.", body = PersonMerge), MergeProblem))]
#[post("/persons/merges/{merge_id}/undo")]
async fn undo_person_merge(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    key: IdempotencyKey,
    path: Path<Uuid>,
) -> Result<HttpResponse, Failure> {
    let request = serde_json::to_vec(&("undo", path.0)).unwrap_or_default();
    once(&app, &caller, key, &request, async |conn, changing| {
        changing.undo(conn, path.0).await
    })
    .await
}

/// Say that two persons of one's unit who look alike are two: they are not offered as twins again.
#[utoipa::path(tag = "persons", security(("session" = [])), request_body = TwoPersons,
    responses((status = NO_CONTENT, description = "It is remembered."), MergeProblem))]
#[post("/persons/distinctions")]
async fn distinguish_persons(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    body: Json<TwoPersons>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let changing = Changing {
        app: &app,
        caller: &caller,
        geography: &geography,
    };
    let by: AccountId = caller.account_id;
    let (one_id, other_id) = (body.one_person_id, body.other_person_id);
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let group = changing.lock(conn, &[one_id, other_id]).await?;
        let (one, other) = both(&group, &body)?;
        if one == other {
            return Err(MergeProblem::AlreadyOne.into());
        }
        store::insert_distinction(conn, one_id, other_id, by).await?;
        let detail = json!({ "other_id": other_id });
        let action = "tracking.distinguish_persons";
        audit::record(conn, Some(by), action, &object(one_id), detail).await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
