//! Writing down how many members there are, over HTTP.

use actix_web::{HttpResponse, post, put, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::mobilisation::{RemoveMemberCounts, SetMemberCounts};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::rules::{check, check_number, check_union};
use super::store;
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::extract::Json;
use crate::http::failure::{Failure, FieldError};
use crate::identity::Caller;
use crate::identity::permission::ManageCampaigns;
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(set_member_counts)
        .service(remove_member_counts);
}

/// Write down how many members the unions have in units within one's own, all or nothing.
///
/// A count of the same unit, union and day is replaced; the newest one holds.
#[utoipa::path(tag = "campaign", security(("session" = [])), request_body = SetMemberCounts, responses(
    (status = NO_CONTENT, description = "Written.")))]
#[put("/mobilisation/members")]
async fn set_member_counts(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    body: Json<SetMemberCounts>,
) -> Result<HttpResponse, Failure> {
    let counts = &body.counts;
    refuse(check(counts, local_day(app.clock.now())))?;
    let units: Vec<UnitId> = counts.iter().map(|count| count.unit_id).collect();
    act(
        &app,
        &caller,
        &units,
        "campaign.set_members",
        async |conn| {
            store::upsert_counts(conn, counts, caller.account_id).await?;
            Ok(counts.len())
        },
    )
    .await
}

/// Remove counts of members that were wrong, all or none. One that is not there is no error.
#[utoipa::path(tag = "campaign", security(("session" = [])), request_body = RemoveMemberCounts, responses(
    (status = NO_CONTENT, description = "Removed.")))]
#[post("/mobilisation/members/removals")]
async fn remove_member_counts(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    body: Json<RemoveMemberCounts>,
) -> Result<HttpResponse, Failure> {
    let keys = &body.counts;
    let unions = keys.iter().enumerate();
    let unions = unions.filter_map(|(at, key)| check_union(at, key.mass_union));
    refuse(check_number(keys.len()).into_iter().chain(unions).collect())?;
    let units: Vec<UnitId> = keys.iter().map(|key| key.unit_id).collect();
    act(
        &app,
        &caller,
        &units,
        "campaign.remove_members",
        async |conn| Ok(store::delete_counts(conn, keys).await?),
    )
    .await
}

fn refuse(faults: Vec<FieldError>) -> Result<(), Failure> {
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

/// Writes something about these units, all of them within the caller's.
async fn act(
    app: &App,
    caller: &Caller<ManageCampaigns>,
    units: &[UnitId],
    action: &str,
    work: impl AsyncFn(&mut Conn) -> Result<usize, Failure>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    for unit_id in units {
        caller.require_unit(&geography, *unit_id, today)?;
    }
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let counts = work(conn).await?;
        let (actor, object) = (Some(caller.account_id), format!("unit:{}", caller.unit_id));
        audit::record(conn, actor, action, &object, json!({ "counts": counts })).await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
