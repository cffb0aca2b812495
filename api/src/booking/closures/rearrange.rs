//! What a change of an office does to the people booked there: who loses a place, and where they go.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId, UnitId};
use mobile_contracts::opening::{ChangedSlot, Displaced, NAMED_MAX, NewSlot, Rearrangement};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::app::App;
use crate::booking::appointments::secret::spell_code;
use crate::booking::appointments::store::AppointmentRow;
use crate::booking::closures::options::Reach;
use crate::booking::closures::rules::{
    Asked, LATER_DAYS_MAX, Party, Target, assign, fit, room, spread, ways,
};
use crate::booking::closures::seat::{self, Seats};
use crate::booking::closures::store::{self, PlaceToBe};
use crate::booking::holds::mirror::Changes;
use crate::booking::offices::{OfficeEntry, Offices};
use crate::booking::slots::rules::{PlacePlan, Timetable};
use crate::booking::slots::store::list_coming_slots;
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::failure::Failure;

/// What the people of one office are rearranged with.
pub struct Scene<'a> {
    pub app: &'a App,
    pub geography: &'a Geography,
    pub reach: Reach,
    pub actor_id: AccountId,
    /// Slots to which nobody is sent: they are about to be closed too.
    pub shut: &'a (dyn Fn(OfficeId, DateTime<Utc>) -> bool + Sync),
}

/// Places promised in a rehearsal, which nobody has taken.
pub type Promised = HashMap<(OfficeId, DateTime<Utc>), usize>;

/// What a change did, or would do.
#[derive(Debug, Default)]
pub struct Part {
    pub slots: Vec<ChangedSlot>,
    pub people: Vec<Displaced>,
    /// What became of places, for Redis.
    pub changes: Changes,
}

/// Slots fitted to the new plan, and those who have lost their places.
pub struct Fitted {
    part: Part,
    parties: Vec<(Party, Vec<AppointmentRow>)>,
}

/// Fits the slots of a locked office that have rows to the office as it is now, and takes the places
/// away that are there no more. Whoever loses one is in conflict, without having been told.
///
/// # Errors
/// When the database cannot.
pub async fn fit_office(
    conn: &mut Conn,
    before: &Timetable,
    after: &OfficeEntry,
) -> Result<Fitted, Failure> {
    let office_id = after.row.office_id;
    let coming = list_coming_slots(conn, office_id).await?;
    let planned: Vec<(DateTime<Utc>, Vec<PlacePlan>)> = coming
        .iter()
        .filter_map(|&starts_at| {
            let planned = places_at(&after.timetable, starts_at);
            (places_at(before, starts_at) != planned).then_some((starts_at, planned))
        })
        .collect();
    let starts: Vec<DateTime<Utc>> = planned.iter().map(|(starts_at, _)| *starts_at).collect();
    let locked = store::lock_places(conn, office_id, &starts).await?;
    let ends: Vec<_> = coming
        .iter()
        .filter_map(|&starts_at| Some((starts_at, new_end(before, &after.timetable, starts_at)?)))
        .collect();
    store::write_ends(conn, office_id, &ends).await?;
    let (mut part, mut places) = (Part::default(), Vec::new());
    let (mut losing, mut order) = (Vec::new(), Vec::new());
    for (starts_at, planned) in planned {
        let own: Vec<_> = locked
            .iter()
            .filter(|one| one.starts_at == starts_at)
            .collect();
        let now: Vec<_> = own.iter().map(|one| one.now.clone()).collect();
        let fit = fit(&planned, &now);
        let booked = now.iter().filter(|place| place.guest.is_some()).count();
        part.slots.push(ChangedSlot {
            office_id,
            starts_at,
            booked: count(booked),
            places: count(planned.len()),
            losing: count(fit.losing.iter().map(Vec::len).sum()),
        });
        let lost: Vec<AppointmentId> = fit.losing.concat();
        let rows = own.iter().filter_map(|one| one.appointment.clone());
        losing.extend(rows.filter(|row| lost.contains(&row.appointment_id)));
        order.extend(
            fit.losing
                .into_iter()
                .filter_map(|party| party.first().copied()),
        );
        places.extend(fit.places.into_iter().map(|place| PlaceToBe {
            starts_at,
            place_no: place.place_no,
            opens_at: place.opens_at,
            for_unverified: place.for_unverified,
            withdrawn: false,
        }));
        places.extend(fit.withdrawn.into_iter().map(|place_no| PlaceToBe {
            starts_at,
            place_no,
            opens_at: None,
            for_unverified: false,
            withdrawn: true,
        }));
    }
    let known: Vec<AppointmentId> = losing.iter().map(|row| row.appointment_id).collect();
    let ids: Vec<Uuid> = losing.iter().map(|row| row.party_id).collect();
    losing.extend(store::lock_rest(conn, office_id, &ids, &known).await?);
    let all: Vec<AppointmentId> = losing.iter().map(|row| row.appointment_id).collect();
    store::displace(conn, &all).await?;
    let gone = store::write_places(conn, office_id, &places).await?;
    part.changes = gone.into_iter().map(|change| (office_id, change)).collect();
    let parties = gather(&losing, &order);
    Ok(Fitted { part, parties })
}

/// The parties of those who lose their places, in the order of whoever was found first of each.
fn gather(losing: &[AppointmentRow], order: &[AppointmentId]) -> Vec<(Party, Vec<AppointmentRow>)> {
    let mut parties: Vec<(Party, Vec<AppointmentRow>)> = Vec::new();
    for first in order {
        let Some(first) = losing.iter().find(|row| row.appointment_id == *first) else {
            continue;
        };
        let is_gathered = |(_, rows): &(Party, Vec<AppointmentRow>)| {
            rows.iter().any(|row| row.party_id == first.party_id)
        };
        if parties.iter().any(is_gathered) {
            continue;
        }
        let of_party = losing.iter().filter(|row| row.party_id == first.party_id);
        let mut rows: Vec<AppointmentRow> = of_party.cloned().collect();
        rows.sort_by_key(|row| (row.starts_at, row.appointment_id));
        let party = Party {
            people: rows.iter().map(|row| row.appointment_id).collect(),
            office_id: first.office_id,
            starts_at: rows[0].starts_at,
            service_code: first.service_code.clone(),
        };
        parties.push((party, rows));
    }
    parties.sort_by_key(|(party, _)| party.starts_at);
    parties
}

fn places_at(timetable: &Timetable, starts_at: DateTime<Utc>) -> Vec<PlacePlan> {
    let plan = timetable.slot_at(starts_at);
    plan.map_or_else(Vec::new, |plan| timetable.places_of(&plan))
}

/// When a slot ends that still is one, if it used to end at another time.
fn new_end(
    before: &Timetable,
    after: &Timetable,
    starts_at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let after = after.slot_at(starts_at)?.ends_at;
    let before = before.slot_at(starts_at).map(|plan| plan.ends_at);
    (before != Some(after)).then_some(after)
}

fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}

impl Fitted {
    /// Whether nobody loses a place.
    pub fn is_harmless(&self) -> bool {
        self.parties.is_empty()
    }

    /// What was found.
    pub fn into_part(self) -> Part {
        self.part
    }

    /// What was found so far.
    pub fn part(&self) -> &Part {
        &self.part
    }

    /// Says where everybody would go, and promises them places that are promised to nobody else.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn rehearse(
        &mut self,
        conn: &mut Conn,
        scene: &Scene<'_>,
        offices: &Offices,
        promised: &mut Promised,
    ) -> Result<(), Failure> {
        let Some(mut ground) = self.survey(conn, scene, offices, promised).await? else {
            return Ok(());
        };
        let parties: Vec<Party> = self
            .parties
            .iter()
            .map(|(party, _)| party.clone())
            .collect();
        let found = {
            let far = &ground.far;
            let asked = Asked {
                distance: &|party, id, on| distance(far, offices, party, id, on),
                places: &|party, target| places_for(offices, party, target),
            };
            assign(&parties, &mut ground.seats.targets, &asked)
        };
        let targets = &ground.seats.targets;
        for ((party, rows), taken) in self.parties.iter().zip(found) {
            for (at, count) in taken.iter().flatten() {
                let key = (targets[*at].office_id, targets[*at].starts_at);
                *promised.entry(key).or_default() += count;
            }
            let to = taken.map(|taken| spread(&party.people, &taken));
            self.part
                .people
                .extend(displaced(offices, targets, rows, to));
        }
        Ok(())
    }

    /// Gives everybody the place that they would be given, and tells each of them once; whoever finds
    /// none stays in conflict, and is told so.
    ///
    /// # Errors
    /// When the database cannot.
    pub async fn carry_out(
        mut self,
        conn: &mut Conn,
        scene: &Scene<'_>,
        offices: &Offices,
    ) -> Result<Part, Failure> {
        let nothing = Promised::new();
        let Some(mut ground) = self.survey(conn, scene, offices, &nothing).await? else {
            return Ok(self.part);
        };
        self.part.people.clear();
        for (party, rows) in &self.parties {
            let ways = {
                let far = &ground.far;
                let asked = Asked {
                    distance: &|party, id, on| distance(far, offices, party, id, on),
                    places: &|party, target| places_for(offices, party, target),
                };
                ways(party, &ground.seats.targets, &asked)
            };
            let mut to = None;
            for at in ways {
                let targets = &ground.seats.targets;
                let Some(taken) = room(targets, at, places_for(offices, party, &targets[at]))
                else {
                    continue;
                };
                let seats = &mut ground.seats;
                if let Some(changes) =
                    seat::seat_party(conn, scene, offices, seats, &taken, rows).await?
                {
                    self.part.changes.extend(changes);
                    to = Some(spread(&party.people, &taken));
                    break;
                }
            }
            if to.is_none() {
                seat::leave_without(conn, scene, rows).await?;
            }
            let targets = &ground.seats.targets;
            self.part
                .people
                .extend(displaced(offices, targets, rows, to));
        }
        Ok(self.part)
    }

    /// Every slot to which somebody may be sent.
    async fn survey(
        &self,
        conn: &mut Conn,
        scene: &Scene<'_>,
        offices: &Offices,
        promised: &Promised,
    ) -> Result<Option<Ground>, Failure> {
        let starts = self.parties.iter().map(|(party, _)| party.starts_at);
        let (Some(first), Some(last)) = (starts.clone().min(), starts.max()) else {
            return Ok(None);
        };
        let now = scene.app.clock.now();
        let horizon = TimeDelta::days(scene.app.config.booking.horizon_days.into());
        let last =
            (local_day(last) + TimeDelta::days(LATER_DAYS_MAX)).min(local_day(now) + horizon);
        let days = local_day(first).iter_days().take_while(|day| *day <= last);
        let far = self.distances(scene, offices, days.clone());
        let mut ids: Vec<OfficeId> = far.keys().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = store::list_free(conn, &ids, first, local_day_bounds(last).end).await?;
        let rows: HashMap<(OfficeId, DateTime<Utc>), i64> = rows
            .into_iter()
            .map(|row| ((row.office_id, row.starts_at), row.free))
            .collect();
        let mut seats = Seats::default();
        for (id, day) in ids
            .iter()
            .flat_map(|id| days.clone().map(move |day| (*id, day)))
        {
            let Some(office) = offices
                .all
                .get(&id)
                .filter(|_| far.contains_key(&(id, day)))
            else {
                continue;
            };
            for plan in office.timetable.slots_of(day) {
                let key = (id, plan.starts_at);
                if now >= plan.closes_at || (scene.shut)(id, plan.starts_at) {
                    continue;
                }
                let is_open = |place: &PlacePlan| place.opens_at.is_some_and(|at| at <= now);
                let free = match rows.get(&key) {
                    Some(free) => usize::try_from(*free).unwrap_or(0),
                    None => {
                        let places = office.timetable.places_of(&plan);
                        places.iter().filter(|place| is_open(place)).count()
                    }
                };
                let promised = promised.get(&key).copied().unwrap_or(0);
                seats.targets.push(Target {
                    office_id: id,
                    starts_at: plan.starts_at,
                    ends_at: plan.ends_at,
                    capacity: plan.capacity,
                    free: free.saturating_sub(promised),
                });
                seats.materialised.push(rows.contains_key(&key));
            }
        }
        Ok(Some(Ground { seats, far }))
    }

    /// How far each office is on each day from where these people were to go.
    fn distances(
        &self,
        scene: &Scene<'_>,
        offices: &Offices,
        days: impl Iterator<Item = NaiveDate> + Clone,
    ) -> HashMap<(OfficeId, NaiveDate), u8> {
        let mut far = HashMap::new();
        let first = self.parties.first().map(|(party, _)| party);
        let Some((first, home)) =
            first.and_then(|party| Some((party, offices.all.get(&party.office_id)?)))
        else {
            return far;
        };
        let today = local_day(scene.app.clock.now());
        let commune = |unit: UnitId| scene.geography.ancestor_on(unit, Level::Commune, today);
        let agreed = commune(home.place_on(local_day(first.starts_at)).unit_id);
        let open = |office: &&Arc<OfficeEntry>| {
            office.row.closed_at.is_none() && office.timetable.opens_ever()
        };
        for office in offices.all.values().filter(open) {
            let id = office.row.office_id;
            let is_home = id == first.office_id;
            for day in days.clone() {
                // A mobile team of another day may stand far away.
                let is_near = agreed.is_some() && commune(office.place_on(day).unit_id) == agreed;
                let distance = match (is_near, scene.reach) {
                    (true, _) if is_home => 0,
                    (true, Reach::Commune | Reach::Province) => 1,
                    (false, Reach::Province) => 2,
                    _ => continue,
                };
                far.insert((id, day), distance);
            }
        }
        far
    }
}

/// Where people may be sent.
struct Ground {
    seats: Seats,
    far: HashMap<(OfficeId, NaiveDate), u8>,
}

/// Whether an office does what a party comes for, and how far it is.
fn distance(
    far: &HashMap<(OfficeId, NaiveDate), u8>,
    offices: &Offices,
    party: &Party,
    id: OfficeId,
    on: NaiveDate,
) -> Option<u8> {
    let office = offices.all.get(&id)?;
    office.service(&party.service_code)?;
    far.get(&(id, on)).copied()
}

/// How many places a party takes in a slot.
fn places_for(offices: &Offices, party: &Party, target: &Target) -> usize {
    let people = party.people.len();
    let office = offices.all.get(&target.office_id);
    let service = Some(party.service_code.as_str());
    let on = local_day(target.starts_at);
    office.map_or(people, |office| {
        office.places_for(service, people, on, target.capacity)
    })
}

fn new_slot(offices: &Offices, target: &Target) -> NewSlot {
    let office = offices.all.get(&target.office_id);
    NewSlot {
        office_id: target.office_id,
        office_name: office.map_or_else(String::new, |office| office.row.name.clone()),
        starts_at: target.starts_at,
    }
}

/// People with the targets that they go to, if they go anywhere.
fn displaced(
    offices: &Offices,
    targets: &[Target],
    rows: &[AppointmentRow],
    to: Option<Vec<usize>>,
) -> Vec<Displaced> {
    let to = |at: usize| {
        to.as_ref()?
            .get(at)
            .map(|at| new_slot(offices, &targets[*at]))
    };
    rows.iter()
        .enumerate()
        .map(|(at, row)| Displaced {
            appointment_id: row.appointment_id,
            party_id: row.party_id,
            code: spell_code(&row.code),
            office_id: row.office_id,
            starts_at: row.starts_at,
            to: to(at),
        })
        .collect()
}

/// Tells what parts of a change did, or would do.
pub fn tell(parts: &[Part], done: bool) -> Rearrangement {
    let mut slots: Vec<ChangedSlot> = parts.iter().flat_map(|part| part.slots.clone()).collect();
    let mut people: Vec<Displaced> = parts.iter().flat_map(|part| part.people.clone()).collect();
    let moved = people.iter().filter(|one| one.to.is_some()).count();
    let conflicts = people.len() - moved;
    let said = serde_json::to_vec(&(&slots, &people)).unwrap_or_default();
    slots.truncate(NAMED_MAX);
    people.truncate(NAMED_MAX);
    Rearrangement {
        done,
        preview: URL_SAFE_NO_PAD.encode(&Sha256::digest(&said)[..12]),
        slots,
        people,
        moved: count(moved),
        conflicts: count(conflicts),
    }
}
