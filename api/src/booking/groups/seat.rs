//! Seating a group: slot after slot in one transaction, within its share of the day.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::booking::{BookedAppointment, GroupFit, HeldPlace};
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId};
use serde_json::json;
use uuid::Uuid;

use super::rules::{Room, first_places, share_left, together};
use super::store::{self, NewGroup};
use crate::app::App;
use crate::booking::appointments::party::Checked;
use crate::booking::appointments::write::{Party, Seat, write_party};
use crate::booking::holds::kept::{self, Kept};
use crate::booking::holds::mirror::Changes;
use crate::booking::offices::OfficeEntry;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::day::Day;
use crate::booking::slots::rules::minute_of_day;
use crate::booking::slots::store::materialise;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::privacy::audit;

/// A request that was paused longer than this does not commit.
const DEADLINE: TimeDelta = TimeDelta::seconds(10);

/// What a group is booked into.
pub struct Wish<'a> {
    pub office: Arc<OfficeEntry>,
    pub day: Arc<Day>,
    pub on: NaiveDate,
    pub service_code: &'a str,
    /// Slots that start from the first and before the second minute of the day.
    pub minutes: (i16, i16),
    pub fit: GroupFit,
    pub booked_by: AccountId,
}

impl Wish<'_> {
    fn office_id(&self) -> OfficeId {
        self.office.row.office_id
    }

    /// What is free within the window as the picture shows it: not held, and not waited for.
    fn rooms(&self, now: DateTime<Utc>) -> Vec<Room> {
        let (from, to) = self.minutes;
        let is_open = self.office.row.closed_at.is_none();
        let slots = self.day.slots.iter().filter(|slot| {
            let minute = minute_of_day(slot.plan.starts_at);
            is_open && now < slot.plan.closes_at && from <= minute && minute < to
        });
        slots
            .map(|slot| {
                let free = slot.places.iter().filter(|place| place.is_free(now));
                let mut places: Vec<(i16, i64)> =
                    free.map(|place| (place.place_no, place.rev)).collect();
                places.truncate(places.len().saturating_sub(slot.awaited));
                Room {
                    starts_at: slot.plan.starts_at,
                    places,
                }
            })
            .collect()
    }

    /// The places that so many people would have: fewer where the window or the share has no more.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn find(
        &self,
        conn: &mut Conn,
        wanted: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<Room>, Failure> {
        let share = self.share_left(conn).await?;
        Ok(together(&self.rooms(now), wanted.min(share)))
    }

    /// How many places groups may still have on this day.
    async fn share_left(&self, conn: &mut Conn) -> Result<usize, Failure> {
        let timetable = &self.office.timetable;
        let slots = self.day.slots.iter();
        let bookable = slots
            .flat_map(|slot| timetable.places_of(&slot.plan))
            .filter(|place| place.opens_at.is_some())
            .count();
        let taken = store::count_places(conn, self.office_id(), self.on).await?;
        Ok(share_left(bookable, self.office.row.group_share, taken))
    }
}

/// Places for a group, kept from everybody else while it is booked.
pub struct Picked {
    rooms: Vec<Room>,
    kept: Option<Kept>,
}

impl Picked {
    /// Lets go of those that nobody was booked into.
    pub async fn let_go(self, app: &App) {
        kept::let_go(app, self.kept).await;
    }
}

/// Most pictures that are looked at, when somebody holds what the one before showed as free.
const PICTURES_MAX: usize = 3;

/// Picks the places of so many people: nobody's hold, though the picture of what is free may be a second
/// old.
///
/// # Errors
/// When the database cannot be asked.
pub async fn pick(app: &App, wish: &mut Wish<'_>, wanted: usize) -> Result<Picked, Failure> {
    for _ in 0..PICTURES_MAX {
        let mut conn = app.pool.get().await?;
        let rooms = wish.find(&mut conn, wanted, app.clock.now()).await?;
        drop(conn);
        let places: Vec<(HeldPlace, i64)> = rooms.iter().flat_map(held_places).collect();
        match kept::keep(app, wish.office_id(), &places).await {
            Ok(kept) => return Ok(Picked { rooms, kept }),
            Err(taken) if taken.kind() == BookingProblem::PlaceTaken.kind() => {
                app.availability.forget_office(wish.office_id());
                wish.day = app.availability.day(app, &wish.office, wish.on).await?;
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(Picked {
        rooms: Vec::new(),
        kept: None,
    })
}

fn held_places(room: &Room) -> impl Iterator<Item = (HeldPlace, i64)> + '_ {
    let starts_at = room.starts_at;
    room.places.iter().map(move |(place_no, rev)| {
        let place_no = *place_no;
        let place = HeldPlace {
            starts_at,
            place_no,
        };
        (place, *rev)
    })
}

/// A group that was seated.
pub struct Seated {
    pub group_id: Uuid,
    /// Those who have a place: the first ones of the list, in its order.
    pub booked: Vec<BookedAppointment>,
    pub changes: Changes,
}

/// Seats people in the order of their list. Run it in a transaction, and roll back on an error.
///
/// # Errors
/// [`BookingProblem::GroupDoesNotFit`] with how many would, [`BookingProblem::AlreadyBooked`].
pub async fn seat(
    app: &App,
    conn: &mut Conn,
    wish: &Wish<'_>,
    picked: &Picked,
    people: &[&Checked],
    started: DateTime<Utc>,
) -> Result<Seated, Failure> {
    store::queue_group(conn, wish.office_id(), wish.on).await?;
    let wanted = people.len().min(wish.share_left(conn).await?);
    let rooms = first_places(&picked.rooms, wanted);
    for room in &rooms {
        let slot = wish.day.slot_at(room.starts_at);
        if let Some(slot) = slot.filter(|slot| !slot.materialised) {
            materialise(conn, &wish.office, &slot.plan).await?;
        }
    }
    let ids: Vec<AppointmentId> = people
        .iter()
        .map(|_| AppointmentId(Uuid::now_v7()))
        .collect();
    let mut seated = Vec::new();
    for room in &rooms {
        let left = &ids[seated.len()..wanted.min(ids.len())];
        let until = room.starts_at.min(started + DEADLINE);
        seated.extend(store::claim_room(conn, wish.office_id(), room, until, left).await?);
    }
    let too_few = match wish.fit {
        GroupFit::All => seated.len() < people.len(),
        GroupFit::AsMany => seated.is_empty(),
    };
    if too_few {
        return Err(Failure::from(BookingProblem::GroupDoesNotFit).with("places", seated.len()));
    }
    let group_id = Uuid::now_v7();
    let party = Party {
        office_id: wish.office_id(),
        service_code: wish.service_code,
        helper_id: Some(wish.booked_by),
        proxy: None,
        verified: true,
        now: started,
    };
    let seats: Vec<Seat<'_>> = seated
        .iter()
        .zip(people)
        .map(|((appointment_id, change), visitor)| Seat {
            appointment_id: *appointment_id,
            // Each for themselves: they are no family, and one who is moved does not uproot the others.
            party_id: Uuid::now_v7(),
            visitor,
            starts_at: change.starts_at,
            place_no: change.place_no,
        })
        .collect();
    let booked = write_party(app, conn, &party, &seats).await?;
    let new = NewGroup {
        group_id,
        office_id: wish.office_id(),
        on_day: wish.on,
        service_code: wish.service_code,
        booked_by: wish.booked_by,
    };
    store::insert_group(conn, &new, &ids[..seated.len()]).await?;
    let detail = json!({ "office_id": new.office_id, "on": wish.on, "people": seated.len() });
    let object = format!("group:{group_id}");
    audit::record(conn, Some(wish.booked_by), "booking.group", &object, detail).await?;
    let changes = seated.into_iter();
    Ok(Seated {
        group_id,
        booked,
        changes: changes
            .map(|(_, change)| (wish.office_id(), change))
            .collect(),
    })
}
