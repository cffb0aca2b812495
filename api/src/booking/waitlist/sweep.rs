//! What no transaction sees: offers that ran out, entries that wait for nothing any more, and places
//! that became free because a hold lapsed, a same-day share opened or an office has new hours.
//!
//! Every process sweeps; rows that another one is working on are skipped, so it does not matter how
//! many do.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;

use super::offers::{self, End};
use super::store;
use crate::app::App;
use crate::booking::holds::mirror::{Change, State, mirror_all};
use crate::booking::offices::OfficeEntry;
use crate::booking::slots::day::{Day, SlotState};
use crate::booking::slots::store::materialise;
use crate::db;
use crate::http::failure::Failure;

/// Entries that one transaction works on.
const BATCH: i64 = 100;

/// One round over everything.
///
/// # Errors
/// When the database cannot be asked; the next round goes on.
pub async fn round(app: &App) -> Result<(), Failure> {
    pass_on_lapsed(app).await?;
    close_settled(app).await?;
    let today = local_day(app.clock.now());
    let last = today + TimeDelta::days(app.config.booking.horizon_days.into());
    offer_free_places(app, today, last, None).await
}

/// Ends the offers that ran out; each place goes to the next person at once.
async fn pass_on_lapsed(app: &App) -> Result<(), Failure> {
    let mut conn = app.pool.get().await?;
    let changes = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let mut changes = Vec::new();
        for entry in store::lock_lapsed(conn, BATCH).await? {
            changes.extend(offers::end(app, conn, &entry, End::Passed).await?);
        }
        Ok(changes)
    })
    .await?;
    drop(conn);
    mirror_all(app, &changes).await;
    Ok(())
}

/// Closes the entries of those who have an appointment or whose days are over.
async fn close_settled(app: &App) -> Result<(), Failure> {
    let today = local_day(app.clock.now());
    let mut conn = app.pool.get().await?;
    let changes = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let mut changes = Vec::new();
        for (entry, has_place) in store::lock_settled(conn, today, BATCH).await? {
            let why = if has_place { End::Taken } else { End::Over };
            changes.extend(offers::end(app, conn, &entry, why).await?);
        }
        Ok(changes)
    })
    .await?;
    drop(conn);
    mirror_all(app, &changes).await;
    Ok(())
}

/// Offers what is free on these days, at one's own offices or at all, to those who wait for it. The
/// picture of each day knows what Redis holds: nobody's live hold is given away.
///
/// # Errors
/// When the database cannot be asked.
pub async fn offer_free_places(
    app: &App,
    first: NaiveDate,
    last: NaiveDate,
    only: Option<&[OfficeId]>,
) -> Result<(), Failure> {
    let mut awaited: BTreeMap<NaiveDate, Vec<Arc<OfficeEntry>>> = BTreeMap::new();
    let pairs = {
        let mut conn = app.pool.get().await?;
        store::list_awaited_days(&mut conn, first, last).await?
    };
    let offices = app.availability.offices(app).await?;
    for (on, office_id) in pairs {
        let wanted = only.is_none_or(|only| only.contains(&office_id));
        if let Some(office) = offices.all.get(&office_id)
            && wanted
            && office.row.closed_at.is_none()
        {
            awaited.entry(on).or_default().push(office.clone());
        }
    }
    for (on, offices) in awaited {
        for day in app.availability.days(app, &offices, on).await? {
            offer_day(app, &day).await?;
        }
    }
    Ok(())
}

async fn offer_day(app: &App, day: &Day) -> Result<(), Failure> {
    let now = app.clock.now();
    for slot in day.slots.iter().filter(|slot| slot.awaited > 0) {
        let free = slot.places.iter().filter(|place| place.is_free(now));
        let free: Vec<i16> = free.map(|place| place.place_no).collect();
        if !free.is_empty() {
            offer_slot(app, day, slot, &free).await?;
        }
    }
    Ok(())
}

async fn offer_slot(app: &App, day: &Day, slot: &SlotState, free: &[i16]) -> Result<(), Failure> {
    let office_id = day.office.row.office_id;
    let mut conn = app.pool.get().await?;
    let changes = db::transaction::<_, Failure>(&mut conn, async |conn| {
        if !slot.materialised {
            materialise(conn, &day.office, &slot.plan).await?;
        }
        let mut changes = Vec::new();
        // All that are free: strangers who wait cannot have the first of them.
        for place_no in free {
            if changes.len() == slot.awaited {
                break;
            }
            let place = Change {
                starts_at: slot.plan.starts_at,
                place_no: *place_no,
                rev: 0,
                state: State::Free,
            };
            let offered = offers::offer(app, conn, office_id, &place, None).await?;
            changes.extend(offered.map(|change| (office_id, change)));
        }
        Ok(changes)
    })
    .await?;
    drop(conn);
    mirror_all(app, &changes).await;
    Ok(())
}
