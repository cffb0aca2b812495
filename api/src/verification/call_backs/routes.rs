//! What one is to check, whom to call, and what they said.

use actix_web::{HttpResponse, get, post, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::PersonId;
use mobile_contracts::page::Page;
use mobile_contracts::sampling::{CallBack, CallBackContact, TellCallBack};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rules::{advice, due_on};
use super::store::{self, CallBackRow};
use super::verifiers;
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::page::{Paging, page};
use crate::identity::Caller;
use crate::identity::permission::RecordWork;
use crate::privacy::audit;
use crate::privacy::keys::{Keys, Place};
use crate::tracking::rosters::listed::newest_of;
use crate::verification::sampling::problem::SamplingProblem;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_call_backs)
        .service(show_contact)
        .service(tell_call_back)
        .configure(verifiers::routes);
}

/// List the records that one is to check with citizens, the newest first.
#[utoipa::path(tag = "verification", security(("session" = [])), params(Paging), responses(
    (status = OK, description = "A page of call-backs.", body = Page<CallBack>)))]
#[get("/me/call-backs")]
async fn list_call_backs(
    app: web::Data<App>,
    caller: Caller<RecordWork>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<CallBack>>, Failure> {
    let query = paging.of(&app.keys, "call-backs")?;
    let mut conn = app.pool.get().await?;
    let rows = store::list_own(&mut conn, caller.account_id, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.call_back_id);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(call_back).collect(),
        next_cursor: page.next_cursor,
    }))
}

fn way(by_phone: bool) -> String {
    if by_phone { "call" } else { "revisit" }.to_owned()
}

fn call_back(row: CallBackRow) -> CallBack {
    CallBack {
        call_back_id: row.call_back_id,
        village_id: row.village_id,
        stage: row.stage.clone(),
        on_day: row.on_day,
        way: way(row.has_phone),
        is_open: row.is_open(),
        due_on: row.assigned_at.filter(|_| row.is_open()).map(due_on),
        may_be_asked: row.may_be_asked,
        result: row.result,
    }
}

/// The caller's own; anybody else's is not there.
async fn find_own(
    conn: &mut Conn,
    caller: &Caller<RecordWork>,
    id: Uuid,
) -> Result<CallBackRow, Failure> {
    let row = store::find_call_back(conn, id).await?;
    row.filter(|row| row.verifier_id == Some(caller.account_id))
        .ok_or_else(|| CommonProblem::NotFound.into())
}

/// Show whom to call, to who is to call them, as long as they are. It names a citizen, so that it is audited.
#[utoipa::path(tag = "verification", security(("session" = [])),
    params(("call_back_id" = Uuid, Path, description = "Which call-back.")),
    responses((status = OK, description = "Whom, and what to ask.", body = CallBackContact), SamplingProblem))]
#[get("/call-backs/{call_back_id}/contact")]
async fn show_contact(
    app: web::Data<App>,
    caller: Caller<RecordWork>,
    path: Path<Uuid>,
) -> Result<web::Json<CallBackContact>, Failure> {
    let mut conn = app.pool.get().await?;
    let row = find_own(&mut conn, &caller, path.0).await?;
    if !row.is_open() {
        return Err(SamplingProblem::CallBackClosed.into());
    }
    let contact = store::find_contact(&mut conn, row.op_id).await?;
    let contact = contact.ok_or(SamplingProblem::NotToBeAsked)?;
    let actor = Some(caller.account_id);
    let object = format!("call_back:{}", path.0);
    audit::record(&mut conn, actor, "verification.read_contact", &object, ()).await?;
    let read = |column, value: Option<Vec<u8>>| {
        value
            .map(|value| decrypt(&app.keys, column, contact.person_id, &value))
            .transpose()
    };
    let phone = read("person.phone", contact.phone)?;
    let name = match read("person.name", contact.name)? {
        Some(name) => Some(name),
        None => newest_of(&mut conn, &app.keys, contact.person_id)
            .await?
            .map(|listed| listed.name),
    };
    Ok(web::Json(CallBackContact {
        way: way(phone.is_some()),
        name,
        advice: advice(phone.is_some()).to_owned(),
        phone,
    }))
}

fn decrypt(
    keys: &Keys,
    column: &'static str,
    person: PersonId,
    value: &[u8],
) -> Result<String, Failure> {
    let row = person.0.as_bytes();
    let place = Place { column, row };
    keys.decrypt(&place, value).map_err(Failure::internal)
}

/// Tell what a citizen has said. Once: the same again changes nothing, another result is refused.
#[utoipa::path(tag = "verification", security(("session" = [])), request_body = TellCallBack,
    params(("call_back_id" = Uuid, Path, description = "Which call-back.")),
    responses((status = NO_CONTENT, description = "Told."), SamplingProblem))]
#[post("/call-backs/{call_back_id}/result")]
async fn tell_call_back(
    app: web::Data<App>,
    caller: Caller<RecordWork>,
    path: Path<Uuid>,
    body: Json<TellCallBack>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = find_own(conn, &caller, path.0).await?;
        super::tell(conn, &geography, &row, body.result, today).await?;
        let detail = json!({ "result": body.result.as_str() });
        let object = format!("call_back:{}", path.0);
        let actor = Some(caller.account_id);
        audit::record(conn, actor, "verification.tell_call_back", &object, detail).await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
