//! Lists over HTTP once they are imported: what they said, and taking one back.

use actix_web::{get, post, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OperationId;
use mobile_contracts::page::Page;
use mobile_contracts::police_list::{
    PoliceList, PoliceListDetail, UNDO_REASON_CHARS_MAX, UndoPoliceList,
};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::lists::{self, ListRow};
use super::problem::PoliceListProblem;
use super::routes::TaskFilter;
use super::tasks;
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::{ImportPoliceLists, Permission, ReconcileNumbers};
use crate::privacy::audit;
use crate::privacy::free_text::masked;
use crate::tracking::{Confirmation, confirm_recorded, unconfirm_recorded};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_police_lists)
        .service(show_police_list)
        .service(undo_police_list);
}

/// List the police's lists that were imported within one's unit, the newest first, those that stand no more too.
#[utoipa::path(tag = "verification", security(("session" = [])), params(TaskFilter), responses(
    (status = OK, description = "A page of lists.", body = Page<PoliceList>)))]
#[get("/police-lists")]
async fn list_police_lists(
    app: web::Data<App>,
    caller: Caller<ReconcileNumbers>,
    filter: Query<TaskFilter>,
) -> Result<web::Json<Page<PoliceList>>, Failure> {
    let list = "police-lists";
    let query = PageQuery::read(&app.keys, list, filter.cursor.as_deref(), filter.limit)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let within = filter.within.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, within, today)?;
    let units = geography.all_answered_for(within, today);
    let rows = lists::list_lists(&mut conn, &units, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.police_list_id);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(PoliceList::from).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// A list of the caller's unit; anybody else's is not there.
fn covered<P: Permission>(
    app: &App,
    caller: &Caller<P>,
    geography: &Geography,
    row: Option<ListRow>,
) -> Result<ListRow, Failure> {
    let row = row.ok_or(CommonProblem::NotFound)?;
    let today = local_day(app.clock.now());
    caller.require_answerable(geography, row.commune_id, today)?;
    Ok(row)
}

async fn detail(conn: &mut Conn, row: ListRow) -> Result<PoliceListDetail, Failure> {
    let alone = match row.ended {
        None => {
            let but = Some(row.police_list_id);
            lists::list_named_by_no_other(conn, &row.matched(), but).await?
        }
        Some(_) => Vec::new(),
    };
    Ok(PoliceListDetail {
        confirms_alone: alone.len() as u32,
        list: row.into(),
    })
}

/// Show a list: what it and our records had in common, and what taking it back would change.
#[utoipa::path(tag = "verification", security(("session" = [])),
    params(("police_list_id" = Uuid, Path, description = "Which list.")),
    responses((status = OK, description = "The list.", body = PoliceListDetail)))]
#[get("/police-lists/{police_list_id}")]
async fn show_police_list(
    app: web::Data<App>,
    caller: Caller<ReconcileNumbers>,
    path: Path<Uuid>,
) -> Result<web::Json<PoliceListDetail>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let row = lists::find_list(&mut conn, path.0).await?;
    let row = covered(&app, &caller, &geography, row)?;
    Ok(web::Json(detail(&mut conn, row).await?))
}

/// Take a list back: it was the wrong file.
///
/// What it alone confirmed is self-reported again, on every board at once; what another list or a call confirmed
/// stays. A task that came of it is withdrawn. Again changes nothing; import the right file anew.
#[utoipa::path(tag = "verification", security(("session" = [])), request_body = UndoPoliceList,
    params(("police_list_id" = Uuid, Path, description = "Which list.")),
    responses((status = OK, description = "The list as it stands now.", body = PoliceListDetail), PoliceListProblem))]
#[post("/police-lists/{police_list_id}/undo")]
async fn undo_police_list(
    app: web::Data<App>,
    caller: Caller<ImportPoliceLists>,
    path: Path<Uuid>,
    body: Json<UndoPoliceList>,
) -> Result<web::Json<PoliceListDetail>, Failure> {
    check(&body)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let (by, now) = (caller.account_id, app.clock.now());
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = lists::lock_list(conn, path.0).await?;
        let row = covered(&app, &caller, &geography, row)?;
        match row.ended.as_deref() {
            None => {}
            Some("undone") => return detail(conn, row).await,
            Some(_) => return Err(PoliceListProblem::PoliceListReplaced.into()),
        }
        let reason = masked(&body.reason);
        lists::end(conn, path.0, "undone", by, Some(&reason)).await?;
        let unmatched = lists::list_named_by_none(conn, &row.matched()).await?;
        let taken = confirm_no_more(conn, &unmatched).await?;
        tasks::withdraw(conn, &row.report(), by, now).await?;
        let (object, said) = (
            format!("police_list:{}", path.0),
            json!({ "month": row.month, "stage": row.stage, "unconfirmed": taken }),
        );
        audit::record(
            conn,
            Some(by),
            "verification.undo_police_list",
            &object,
            said,
        )
        .await?;
        let row = lists::find_list(conn, path.0).await?;
        detail(conn, row.ok_or(CommonProblem::NotFound)?).await
    })
    .await?;
    Ok(web::Json(told))
}

fn check(body: &UndoPoliceList) -> Result<(), Failure> {
    match (1..=UNDO_REASON_CHARS_MAX).contains(&body.reason.trim().chars().count()) {
        true => Ok(()),
        false => Err(Failure::invalid(vec![FieldError::new(
            "/reason",
            "LENGTH",
            "Ghi lý do, tối đa 200 ký tự.",
            "Say why, in at most 200 characters.",
        )])),
    }
}

/// Takes from records what a list has confirmed that stands no more, and gives how many are self-reported again:
/// whoever was called has confirmed theirs besides.
///
/// # Errors
/// When the database cannot.
pub async fn confirm_no_more(conn: &mut Conn, ops: &[OperationId]) -> Result<usize, Failure> {
    let taken = unconfirm_recorded(conn, ops, Confirmation::PoliceList).await?;
    let called = lists::list_called(conn, ops).await?;
    let again = confirm_recorded(conn, &called, Confirmation::CallBack).await?;
    Ok(taken - again.min(taken))
}
