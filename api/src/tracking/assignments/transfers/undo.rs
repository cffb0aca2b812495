//! Taking a transfer back: everything is where it was, and nothing that went on since is torn away.

use std::collections::BTreeSet;

use actix_web::{post, web};
use mobile_contracts::assignment::Transfer;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{PersonId, UnitId};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::routes::told;
use super::store::{self, TransferRow};
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::extract::Path;
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;
use crate::identity::permission::AssignWork;
use crate::tracking::assignments::problem::{AssignmentProblem, refused};
use crate::tracking::assignments::reach::Reach;
use crate::tracking::assignments::routes::{act_of, record};
use crate::tracking::assignments::store::{
    Act, end_people, end_villages, insert_people, insert_villages, list_standing, lock_work,
};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(undo_transfer);
}

/// Undo a transfer within a day, whole: refused once something of it has gone on to somebody else.
#[utoipa::path(tag = "assignments", security(("session" = [])),
    params(("transfer_id" = Uuid, Path, description = "Which transfer.")),
    responses((status = OK, description = "The transfer, undone.", body = Transfer), AssignmentProblem))]
#[post("/transfers/{transfer_id}/undo")]
async fn undo_transfer(
    app: web::Data<App>,
    caller: Caller<AssignWork>,
    path: Path<Uuid>,
) -> Result<web::Json<Transfer>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach {
        caller: &caller,
        geography: &geography,
        today: local_day(app.clock.now()),
    };
    let row = store::find_transfer(&mut conn, path.0).await?;
    let row = row.ok_or(CommonProblem::NotFound)?;
    reach.find_account(&mut conn, row.from_account_id).await?;
    reach.find_account(&mut conn, row.to_account_id).await?;
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        lock_work(conn, &[row.from_account_id, row.to_account_id]).await?;
        let act = act_of(&app, &caller);
        let undone = store::set_undone(conn, row.transfer_id, act).await;
        if !undone.map_err(refused)? {
            return Err(AssignmentProblem::TransferUndone.into());
        }
        take_back(conn, &row, act).await?;
        give_back(conn, &row, act).await?;
        let object = format!("transfer:{}", row.transfer_id);
        record(conn, &caller, "tracking.undo_transfer", &object, json!({})).await?;
        let now = store::find_transfer(conn, row.transfer_id).await?;
        let now = now.ok_or(CommonProblem::NotFound)?;
        Ok(told(conn, vec![now]).await?.remove(0))
    })
    .await?;
    Ok(web::Json(told))
}

/// Ends what came by it.
async fn take_back(conn: &mut Conn, row: &TransferRow, act: Act) -> Result<(), Failure> {
    let (villages, people) = store::list_came(conn, row.transfer_id).await?;
    let all_stand = villages.iter().all(|came| came.ended_at.is_none())
        && people.iter().all(|(_, stands)| *stands);
    if !all_stand {
        return Err(AssignmentProblem::TransferOvertaken.into());
    }
    let ids: Vec<Uuid> = villages.iter().map(|came| came.assignment_id).collect();
    let people: Vec<PersonId> = people.into_iter().map(|(id, _)| id).collect();
    end_villages(conn, &ids, act).await.map_err(refused)?;
    end_people(conn, &people, act).await.map_err(refused)?;
    Ok(())
}

/// Begins anew what went by it, as far as it would not be over by itself and was not given anew since.
async fn give_back(conn: &mut Conn, row: &TransferRow, act: Act) -> Result<(), Failure> {
    let from = row.from_account_id;
    let (villages, people) = store::list_went(conn, row.transfer_id).await?;
    let standing = list_standing(conn, from, act.at).await?;
    let has: BTreeSet<UnitId> = standing.iter().map(|own| own.village_id).collect();
    let villages: Vec<_> = villages
        .into_iter()
        .filter(|went| !has.contains(&went.village_id))
        .filter(|went| went.until_at.is_none_or(|until| until > act.at))
        .map(|went| (went.village_id, went.until_at))
        .collect();
    insert_villages(conn, from, &standing, &villages, act)
        .await
        .map_err(refused)?;
    insert_people(conn, from, &people, act)
        .await
        .map_err(refused)
}
