//! Offers: made where a place becomes free, ended when they lapse or are declined.

use chrono::TimeDelta;
use mobile_contracts::booking::HeldPlace;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use super::rules::{OFFER_GRACE, OFFERS_MAX, offer_until};
use super::store::{self, EntryRow, FreePlace, MadeOffer, NewOffer, OfferedPlace};
use crate::app::App;
use crate::booking::holds;
use crate::booking::holds::mirror::{Change, Changes, State};
use crate::booking::holds::token::{HoldToken, people_hash, word};
use crate::booking::slots::rules::minute_of_day;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::notice::{self, Kind, NewNotice, Params};
use crate::privacy::keys::{Keys, Place};

/// Where the phone of an entry is encrypted for.
pub fn phone_place(entry_id: &Uuid) -> Place<'_> {
    Place {
        column: "waitlist_entry.phone",
        row: entry_id.as_bytes(),
    }
}

/// The token of an offer, made when its owner asks for it: it stands in no table.
pub fn token_of(keys: &Keys, entry: &EntryRow, offer: &OfferedPlace) -> HoldToken {
    HoldToken {
        hold_id: offer.offer_id,
        office_id: offer.office_id,
        ends_at: offer.until,
        places: vec![HeldPlace {
            starts_at: offer.starts_at,
            place_no: offer.place_no,
        }],
        people: people_hash(keys, std::slice::from_ref(&entry.citizen_blind)),
        vouched: entry.vouched,
        offered: true,
    }
}

/// Offers the places that a transaction has just freed to those who wait for them, before it
/// commits. Gives the changes back as they stand then.
///
/// # Errors
/// When the database cannot.
pub async fn offer_freed(app: &App, conn: &mut Conn, changes: Changes) -> Result<Changes, Failure> {
    let mut told = Vec::with_capacity(changes.len());
    for (office_id, change) in changes {
        let offered = match change.state {
            State::Free => offer(app, conn, office_id, &change, None).await?,
            _ => None,
        };
        told.push((office_id, offered.unwrap_or(change)));
    }
    Ok(told)
}

/// Offers one place, if it is free and somebody waits for it. Run it in a transaction.
///
/// # Errors
/// When the database cannot.
pub async fn offer(
    app: &App,
    conn: &mut Conn,
    office_id: OfficeId,
    place: &Change,
    ended: Option<(Uuid, Uuid)>,
) -> Result<Option<Change>, Failure> {
    let now = app.clock.now();
    let ttl = TimeDelta::seconds(app.config.booking.offer_ttl_s.into());
    let Some(until) = offer_until(now, place.starts_at, ttl) else {
        return Ok(None);
    };
    let new = NewOffer {
        place: FreePlace {
            office_id,
            starts_at: place.starts_at,
            place_no: place.place_no,
            on: local_day(place.starts_at),
            minute: minute_of_day(place.starts_at),
        },
        offer_id: Uuid::new_v4(),
        until,
        grace_s: i32::try_from(OFFER_GRACE.num_seconds()).unwrap_or(0),
        ended,
    };
    let Some(made) = store::offer(conn, &new).await? else {
        return Ok(None);
    };
    tell(app, conn, &new, &made).await?;
    Ok(Some(Change {
        rev: made.rev,
        state: State::Held {
            token: word(new.offer_id, until),
            ttl_ms: (until + OFFER_GRACE - now).num_milliseconds().max(1),
            holder: format!("{}.offer", holds::hex(new.offer_id.as_bytes())),
        },
        ..place.clone()
    }))
}

async fn tell(app: &App, conn: &mut Conn, new: &NewOffer, made: &MadeOffer) -> Result<(), Failure> {
    let phone = app
        .keys
        .decrypt(&phone_place(&made.entry_id), &made.phone)?;
    let phone = MobilePhone::parse(&phone)
        .map_err(|_| Failure::internal("a stored phone cannot be read"))?;
    let notice = NewNotice {
        dedupe_key: format!("{}:{}", Kind::Offer.as_str(), new.offer_id),
        kind: Kind::Offer,
        subject_id: new.offer_id,
        office_id: new.place.office_id,
        phone: Some(&phone),
        params: Params {
            starts_at: new.place.starts_at,
            until: Some(new.until),
        },
        not_before: None,
        not_after: new.until,
    };
    notice::enqueue(conn, &app.keys, &notice).await?;
    Ok(())
}

/// Why an offer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its time ran out, or its owner said no: they wait on, while they have offers left.
    Passed,
    /// Its owner waits no more.
    Left,
    /// Its owner has an appointment.
    Taken,
    /// The days are over.
    Over,
}

impl End {
    fn state(self, offers: i16) -> &'static str {
        match self {
            Self::Passed if offers < OFFERS_MAX => "waiting",
            Self::Passed | Self::Over => "ended",
            Self::Left => "left",
            Self::Taken => "taken",
        }
    }
}

/// Ends what a locked entry was offered, and offers its place to the next person in the same
/// transaction; nobody slips in between. A place that was confirmed meanwhile stays with its owner.
///
/// # Errors
/// When the database cannot.
pub async fn end(
    app: &App,
    conn: &mut Conn,
    entry: &EntryRow,
    why: End,
) -> Result<Changes, Failure> {
    store::set_state(conn, entry.entry_id, why.state(entry.offers)).await?;
    let Some(offered) = entry.offer() else {
        return Ok(Vec::new());
    };
    let place = Change {
        starts_at: offered.starts_at,
        place_no: offered.place_no,
        rev: 0,
        state: State::Free,
    };
    let ended = Some((offered.offer_id, entry.entry_id));
    if let Some(next) = offer(app, conn, offered.office_id, &place, ended).await? {
        return Ok(vec![(offered.office_id, next)]);
    }
    let freed = holds::store::release_holds(conn, vec![Some(offered.offer_id)]).await?;
    Ok(freed)
}
