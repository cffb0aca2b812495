//! Slots that have rows, made to fit new hours.

use chrono::{DateTime, Utc};
use mobile_contracts::ids::OfficeId;

use crate::booking::problem::BookingProblem;
use crate::booking::slots::rules::{PlacePlan, Timetable};
use crate::booking::slots::store;
use crate::db::Conn;
use crate::http::failure::Failure;

/// Makes the coming slots that have rows fit the new hours: places are added, or withdrawn from the
/// highest down; never one that somebody has.
pub async fn fit_slots(
    conn: &mut Conn,
    office_id: OfficeId,
    timetable: &Timetable,
) -> Result<(), Failure> {
    let mut without_place: Vec<DateTime<Utc>> = Vec::new();
    for starts_at in store::list_coming_slots(conn, office_id).await? {
        let plan = timetable.slot_at(starts_at);
        let planned = plan.map_or_else(Vec::new, |plan| timetable.places_of(&plan));
        let rows = store::list_places_of_slot(conn, office_id, starts_at).await?;
        let booked = rows.iter().filter(|row| row.booked).count();
        let Some(mut free) = planned.len().checked_sub(booked) else {
            without_place.push(starts_at);
            continue;
        };
        // Booked places keep their numbers; beside them stay as many free ones as fit, the lowest.
        let is_booked = |number: i16| rows.iter().any(|row| row.booked && row.place_no == number);
        let planned: Vec<PlacePlan> = planned
            .into_iter()
            .filter(|place| {
                let kept = is_booked(place.place_no) || free > 0;
                free -= usize::from(kept && !is_booked(place.place_no));
                kept
            })
            .collect();
        for row in rows.iter().filter(|row| !row.booked && !row.withdrawn) {
            if !planned.iter().any(|place| place.place_no == row.place_no) {
                let place = PlacePlan {
                    place_no: row.place_no,
                    opens_at: None,
                    for_unverified: row.for_unverified,
                };
                store::upsert_place(conn, office_id, starts_at, &place, true).await?;
            }
        }
        for place in &planned {
            let same = rows.iter().any(|row| {
                (
                    row.place_no,
                    row.opens_at,
                    row.for_unverified,
                    row.withdrawn,
                ) == (place.place_no, place.opens_at, place.for_unverified, false)
            });
            if !same {
                store::upsert_place(conn, office_id, starts_at, place, false).await?;
            }
        }
    }
    if without_place.is_empty() {
        return Ok(());
    }
    Err(Failure::from(BookingProblem::HoursInUse).with("slots", without_place))
}
