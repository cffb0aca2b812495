//! Places kept in Redis for the moment in which PostgreSQL gives them to somebody without a hold: who
//! takes a cancellation back, and a group. Whoever holds one of them already is not robbed.

use mobile_contracts::booking::HeldPlace;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use uuid::Uuid;

use super::mirror::{self, day_key, life_ms};
use super::token::word;
use super::{CONFIRMATION_MS, HOLD, hex};
use crate::app::App;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::rules::field;
use crate::http::failure::Failure;

/// Places that nobody else holds until they are let go, booked, or a few seconds are over.
pub struct Kept {
    office_id: OfficeId,
    places: Vec<HeldPlace>,
    word: String,
}

/// Keeps exactly these places of one day, all or none, each with the rev at which PostgreSQL showed it
/// free. `None`: Redis is away, and the holds that PostgreSQL keeps stand on the rows themselves.
///
/// # Errors
/// [`BookingProblem::PlaceTaken`] when somebody holds one of them.
pub async fn keep(
    app: &App,
    office_id: OfficeId,
    places: &[(HeldPlace, i64)],
) -> Result<Option<Kept>, Failure> {
    let Some((first, _)) = places.first() else {
        return Ok(None);
    };
    let (now, on, hold_id) = (app.clock.now(), local_day(first.starts_at), Uuid::new_v4());
    let until = now + chrono::TimeDelta::milliseconds(CONFIRMATION_MS);
    let word = word(hold_id, until);
    let mut call = HOLD.key(day_key(app, office_id, on));
    call.arg(app.clock.offset_ms())
        .arg(&word)
        .arg(CONFIRMATION_MS)
        .arg(format!("{}.kept", hex(hold_id.as_bytes())))
        .arg(places.len())
        .arg(life_ms(now, on));
    for (place, rev) in places {
        call.arg(field(place.starts_at, place.place_no)).arg(*rev);
    }
    let Some(said) = app.redis.run::<Vec<String>>(&call).await else {
        return Ok(None);
    };
    if said.first().is_none_or(|verdict| verdict != "HELD") {
        return Err(BookingProblem::PlaceTaken.into());
    }
    Ok(Some(Kept {
        office_id,
        places: places.iter().map(|(place, _)| *place).collect(),
        word,
    }))
}

/// Lets go of what was kept and is not needed. What was booked meanwhile stays so.
pub async fn let_go(app: &App, kept: Option<Kept>) {
    let Some(kept) = kept else { return };
    let places = kept.places.iter();
    let fields: Vec<String> = places
        .map(|place| field(place.starts_at, place.place_no))
        .collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let on = local_day(kept.places[0].starts_at);
    mirror::release(app, kept.office_id, on, &kept.word, &fields).await;
}
