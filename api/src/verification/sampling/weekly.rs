//! What the week brings: promises while it lasts, draws when it is over.

use chrono::{DateTime, Days, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::UnitId;
use serde_json::json;
use uuid::Uuid;

use super::rules::{commitment, end_of, order, plan_after};
use super::{Lot, store};
use crate::db::{self, Conn};
use crate::geography::{Geography, Level};
use crate::http::failure::Failure;
use crate::privacy::audit;
use crate::privacy::keys::Keys;
use crate::verification::call_backs;
use crate::verification::signals::people::monday_of;

/// Promises the seeds of this week, once.
///
/// # Errors
/// When the database cannot.
pub async fn promise(
    conn: &mut Conn,
    keys: &Keys,
    communes: &[UnitId],
    today: NaiveDate,
) -> Result<usize, Failure> {
    let week_on = monday_of(today);
    let lots = communes.iter().flat_map(|commune_id| {
        [MassUnion::Youth, MassUnion::Women].map(|mass_union| Lot {
            mass_union,
            commune_id: *commune_id,
            week_on,
        })
    });
    let lots: Vec<(Lot, [u8; 32])> = lots.map(|lot| (lot, commitment(&lot.seed(keys)))).collect();
    Ok(store::insert_commitments(conn, &lots).await?)
}

/// Draws what is due: tells the seed, and gives the first of the order to who is to check them.
///
/// # Errors
/// When the database cannot; what was drawn until then stays.
pub async fn draw_due(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    now: DateTime<Utc>,
) -> Result<usize, Failure> {
    let today = local_day(now);
    let due = store::list_due(conn, monday_of(today)).await?;
    for draw_id in &due {
        db::transaction::<_, Failure>(conn, async |conn| {
            draw_one(conn, keys, geography, *draw_id, today).await
        })
        .await?;
    }
    Ok(due.len())
}

/// Gives what nobody could check so far, or somebody who may not any more or did not in time, to somebody who may,
/// and ends what is about citizens who may not be asked any more.
///
/// # Errors
/// When the database cannot.
pub async fn assign_open(
    conn: &mut Conn,
    geography: &Geography,
    today: NaiveDate,
) -> Result<(), Failure> {
    for draw in store::list_in_checking(conn).await? {
        db::transaction::<_, Failure>(conn, async |conn| {
            assign_of(conn, geography, draw.draw_id, today).await
        })
        .await?;
    }
    Ok(())
}

async fn assign_of(
    conn: &mut Conn,
    geography: &Geography,
    draw_id: Uuid,
    today: NaiveDate,
) -> Result<(), Failure> {
    // Who tells of the lot meanwhile waits here, and may have decided it.
    let draw = store::lock_draw(conn, draw_id).await?;
    let Some(draw) = draw.filter(|draw| draw.state == "drawn") else {
        return Ok(());
    };
    call_backs::end_not_to_be_asked(conn, geography, draw_id, today).await?;
    call_backs::release(conn, geography, &draw, today).await?;
    let seed = draw.seed.clone().unwrap_or_default();
    call_backs::assign(conn, geography, draw.lot(), draw_id, &seed, today).await?;
    Ok(())
}

/// The villages of a lot: the commune's on any day of the week, for villages begin and end within one, but none that was
/// another's when the week began.
fn villages_of(geography: &Geography, lot: Lot) -> Vec<UnitId> {
    let last = end_of(lot.week_on) - Days::new(1);
    let mut villages = geography.all_during(lot.commune_id, (lot.week_on, last));
    villages.retain(|village| {
        let commune = geography.ancestor_on(*village, Level::Commune, lot.week_on);
        commune.is_none_or(|commune| commune == lot.commune_id)
    });
    villages
}

async fn draw_one(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    draw_id: Uuid,
    today: NaiveDate,
) -> Result<(), Failure> {
    let Some(row) = store::lock_draw(conn, draw_id).await? else {
        return Ok(());
    };
    // Another process was faster, or the week is not over.
    if row.state != "committed" || end_of(row.week_on) > today {
        return Ok(());
    }
    let lot = row.lot();
    let seed = lot.seed(keys);
    if commitment(&seed).as_slice() != row.commitment.as_slice() {
        tracing::error!(%draw_id, "a seed is not what was promised: the key of the index was changed");
        return Ok(());
    }
    let villages = villages_of(geography, lot);
    let frame = store::list_frame(conn, lot, &villages).await?;
    let plan = plan_after(&store::list_outcomes(conn, lot).await?);
    store::tell_seed(conn, draw_id, &seed, plan, &frame).await?;
    let ordered = order(&seed, &frame);
    let drawn = &ordered[..ordered.len().min(plan.sample_size as usize)];
    call_backs::store::insert_call_backs(conn, draw_id, 1, drawn).await?;
    call_backs::assign(conn, geography, lot, draw_id, &seed, today).await?;
    let detail = json!({ "plan": plan.id, "lot_size": frame.len(), "sample_size": drawn.len() });
    let object = format!("draw:{draw_id}");
    audit::record(conn, None, "verification.draw", &object, detail).await?;
    Ok(())
}
