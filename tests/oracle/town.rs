//! Who wants what: offices with slots that fill, people who collide, helpers, and what the clients
//! know of each. The clients' knowledge chooses the next try; the checker never believes it.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::dice::Dice;
use super::history::{Ms, Op, Seat, Slot};
use super::http::Request;

/// Slots that people want at the same time.
pub const SLOTS: usize = 40;
pub const PLACES: usize = 8;
/// People who want something at the same time.
pub const PEOPLE: usize = 1_000;
/// Some want it more than others, and from two phones.
const EAGER: usize = 60;
pub const HELPERS: usize = 24;
/// How long a slot stays wanted after it is full, and at most.
const FULL_FOR: Ms = 5_000;
const WANTED_FOR: Ms = 40_000;
const SLOT_MINUTES: i64 = 30;
/// Old keys that are remembered for replays.
const OLD_KEYS: usize = 3_000;

/// The ID number of an invented woman, born 1990.
pub fn id_number(citizen: u32) -> String {
    format!("058190{:06}", citizen % 1_000_000)
}

/// Half of the people are helped.
pub fn helper_of(citizen: u32) -> Option<usize> {
    citizen
        .is_multiple_of(2)
        .then_some(citizen as usize / 2 % HELPERS)
}

/// A hold that waits to be confirmed.
#[derive(Debug, Clone)]
pub struct OpenHold {
    pub hold: Uuid,
    pub token: String,
    pub ends: Ms,
    pub citizens: Vec<u32>,
    pub helper: Option<usize>,
}

/// An appointment that its owner was told of.
#[derive(Debug, Clone)]
pub struct Known {
    pub appointment: Uuid,
    pub citizen: u32,
    pub code: String,
    pub secret: String,
    pub seat: Seat,
}

/// Somebody who waits, and may know that they do no more.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub entry: Uuid,
    pub citizen: u32,
    pub code: String,
    pub secret: String,
}

/// A key that was used, with what was sent under it.
#[derive(Debug, Clone)]
pub struct OldKey {
    pub op: Op,
    pub citizens: Vec<u32>,
    pub request: Request,
    pub was_done: bool,
}

/// What must be seen in the database now: acknowledged, and nobody asked to cancel it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standing {
    pub cancelling: bool,
    pub moves_under_way: u32,
}

struct Wanted {
    slot: Slot,
    since: Ms,
    taken: usize,
    full_since: Option<Ms>,
}

#[derive(Default)]
struct Knowledge {
    wanted: Vec<Wanted>,
    next_slot: usize,
    people: Vec<u32>,
    next_citizen: u32,
    holds: VecDeque<OpenHold>,
    ended: VecDeque<OpenHold>,
    appointments: Vec<Known>,
    waiting: Vec<Waiting>,
    old_keys: VecDeque<OldKey>,
    standing: HashMap<Uuid, Standing>,
    used: Vec<Slot>,
}

pub struct Town {
    offices: Vec<i32>,
    quiet_office: i32,
    first_at: DateTime<Utc>,
    knowledge: Mutex<Knowledge>,
}

impl Town {
    /// A town whose offices are open day and night from this midnight on; nobody goes to the last.
    pub fn new(mut offices: Vec<i32>, first_at: DateTime<Utc>) -> Self {
        let quiet_office = offices.pop().expect("offices");
        let town = Self {
            offices,
            quiet_office,
            first_at,
            knowledge: Mutex::default(),
        };
        {
            let mut known = town.know();
            known.next_citizen = 1;
            for _ in 0..SLOTS {
                let wanted = town.next_wanted(&mut known, 0);
                known.wanted.push(wanted);
            }
            known.people = (0..PEOPLE).map(|_| next_citizen(&mut known)).collect();
        }
        town
    }

    fn know(&self) -> std::sync::MutexGuard<'_, Knowledge> {
        self.knowledge.lock().expect("what is known is whole")
    }

    fn next_wanted(&self, known: &mut Knowledge, now: Ms) -> Wanted {
        let at = known.next_slot;
        known.next_slot += 1;
        let step = i32::try_from(at / self.offices.len()).unwrap_or(i32::MAX);
        let slot = Slot {
            office_id: self.offices[at % self.offices.len()],
            starts_at: self.first_at + TimeDelta::minutes(SLOT_MINUTES) * step,
        };
        known.used.push(slot);
        Wanted {
            slot,
            since: now,
            taken: 0,
            full_since: None,
        }
    }

    /// Slots of an office in which nobody wants anything.
    pub fn display_slots(&self) -> Vec<Slot> {
        let quiet = |step| Slot {
            office_id: self.quiet_office,
            starts_at: self.first_at + TimeDelta::minutes(SLOT_MINUTES) * step,
        };
        (0..1_200).map(quiet).collect()
    }

    /// Somebody new.
    pub fn new_citizen(&self) -> u32 {
        next_citizen(&mut self.know())
    }

    /// Somebody, rather one who has no appointment.
    pub fn somebody(&self, dice: &mut Dice) -> u32 {
        let known = self.know();
        let from = if dice.percent(30) { EAGER } else { PEOPLE };
        let mut citizen = known.people[dice.below(from)];
        for _ in 0..4 {
            let has_one = known.appointments.iter().any(|one| one.citizen == citizen);
            if !has_one || dice.percent(10) {
                break;
            }
            citizen = known.people[dice.below(from)];
        }
        citizen
    }

    pub fn wanted_slot(&self, dice: &mut Dice) -> Slot {
        let known = self.know();
        known.wanted[dice.below(SLOTS)].slot
    }

    /// Every slot that anybody ever wanted.
    pub fn used_slots(&self) -> Vec<Slot> {
        self.know().used.clone()
    }

    pub fn held(&self, hold: OpenHold) {
        self.know().holds.push_back(hold);
    }

    /// A hold to confirm: mostly the newest.
    pub fn take_hold(&self, dice: &mut Dice, now: Ms) -> Option<OpenHold> {
        let mut known = self.know();
        while known
            .holds
            .front()
            .is_some_and(|hold| hold.ends + 300 < now)
        {
            let hold = known.holds.pop_front();
            known.ended.extend(hold);
        }
        while known.ended.len() > 200 {
            known.ended.pop_front();
        }
        if dice.percent(8) {
            known.holds.pop_front()
        } else {
            known.holds.pop_back()
        }
    }

    /// A hold that ran out a while ago.
    pub fn take_ended_hold(&self, now: Ms) -> Option<OpenHold> {
        let mut known = self.know();
        let at = known.ended.iter().position(|hold| hold.ends + 500 < now)?;
        known.ended.remove(at)
    }

    /// Remembers what was booked, and turns to another slot when one has been full for a while.
    pub fn booked(&self, one: Known, now: Ms) {
        let mut known = self.know();
        known.standing.entry(one.appointment).or_default();
        count(&mut known, one.seat.slot, now, true);
        known.appointments.push(one);
        self.turn_to_others(&mut known, now);
    }

    pub fn moved(&self, mut one: Known, to: Seat, now: Ms) {
        let mut known = self.know();
        count(&mut known, one.seat.slot, now, false);
        count(&mut known, to.slot, now, true);
        one.seat = to;
        known.appointments.push(one);
    }

    pub fn cancelled(&self, one: &Known, now: Ms) {
        count(&mut self.know(), one.seat.slot, now, false);
    }

    fn turn_to_others(&self, known: &mut Knowledge, now: Ms) {
        let is_over = |wanted: &Wanted| {
            let was_full = wanted
                .full_since
                .is_some_and(|since| since + FULL_FOR < now);
            was_full || wanted.since + WANTED_FOR < now
        };
        while let Some(at) = known.wanted.iter().position(is_over) {
            let over = known.wanted[at].slot;
            known.wanted[at] = self.next_wanted(known, now);
            let (served, rest) = std::mem::take(&mut known.appointments)
                .into_iter()
                .partition::<Vec<_>, _>(|one| one.seat.slot == over);
            known.appointments = rest;
            for one in served {
                if let Some(at) = known.people.iter().position(|who| *who == one.citizen) {
                    known.people[at] = next_citizen(known);
                }
            }
        }
    }

    /// Lets others come in the place of people who may not book any more.
    pub fn give_up(&self, citizens: &[u32]) {
        let mut known = self.know();
        for at in 0..known.people.len() {
            if citizens.contains(&known.people[at]) {
                known.people[at] = next_citizen(&mut known);
            }
        }
    }

    /// Takes an appointment away from the known ones, to be given back or not.
    pub fn take_appointment(&self, dice: &mut Dice) -> Option<Known> {
        let mut known = self.know();
        let count = known.appointments.len();
        (count > 0).then(|| {
            // Twice in a while two of one's phones act at once.
            let at = dice.below(count);
            if dice.percent(10) {
                known.appointments[at].clone()
            } else {
                known.appointments.swap_remove(at)
            }
        })
    }

    pub fn give_back(&self, one: Known) {
        let mut known = self.know();
        if !known
            .appointments
            .iter()
            .any(|known| known.appointment == one.appointment)
        {
            known.appointments.push(one);
        }
    }

    pub fn waits(&self, one: Waiting) {
        let mut known = self.know();
        if !known.waiting.iter().any(|known| known.entry == one.entry) {
            known.waiting.push(one);
        }
    }

    /// Rather one of those who joined of late.
    pub fn somebody_who_waits(&self, dice: &mut Dice) -> Option<Waiting> {
        const OF_LATE: usize = 24;
        let known = self.know();
        let count = known.waiting.len();
        let from = if dice.percent(80) {
            count.saturating_sub(OF_LATE)
        } else {
            0
        };
        (count > 0).then(|| known.waiting[from + dice.below(count - from)].clone())
    }

    pub fn waits_no_more(&self, entry: Uuid) {
        self.know().waiting.retain(|one| one.entry != entry);
    }

    /// All who may still wait.
    pub fn all_who_wait(&self) -> Vec<Waiting> {
        self.know().waiting.clone()
    }

    /// Says that from now on a cancellation may be seen.
    pub fn cancelling(&self, appointment: Uuid) {
        self.know()
            .standing
            .entry(appointment)
            .or_default()
            .cancelling = true;
    }

    pub fn moving(&self, appointment: Uuid, begins: bool) {
        let mut known = self.know();
        let standing = known.standing.entry(appointment).or_default();
        standing.moves_under_way = if begins {
            standing.moves_under_way + 1
        } else {
            standing.moves_under_way.saturating_sub(1)
        };
    }

    /// Appointments that must be seen: all that are being moved, and some of the others.
    pub fn standing(&self, some: usize, dice: &mut Dice) -> Vec<(Uuid, Standing)> {
        let known = self.know();
        let skip = known.standing.len().saturating_sub(some).max(1);
        let first = dice.below(skip);
        let stands = |(_, standing): &(usize, (&Uuid, &Standing))| !standing.1.cancelling;
        known
            .standing
            .iter()
            .enumerate()
            .filter(stands)
            .filter(|(at, (_, one))| one.moves_under_way > 0 || (first..first + some).contains(at))
            .map(|(_, (appointment, one))| (*appointment, *one))
            .collect()
    }

    pub fn still_stands(&self, appointment: Uuid) -> bool {
        let known = self.know();
        known
            .standing
            .get(&appointment)
            .is_some_and(|one| !one.cancelling)
    }

    pub fn remember_key(&self, old: OldKey) {
        let mut known = self.know();
        known.old_keys.push_back(old);
        if known.old_keys.len() > OLD_KEYS {
            known.old_keys.pop_front();
        }
    }

    pub fn old_key(&self, dice: &mut Dice) -> Option<OldKey> {
        let known = self.know();
        let count = known.old_keys.len();
        (count > 0).then(|| known.old_keys[dice.below(count)].clone())
    }
}

fn next_citizen(known: &mut Knowledge) -> u32 {
    known.next_citizen += 1;
    known.next_citizen
}

fn count(known: &mut Knowledge, slot: Slot, now: Ms, taken: bool) {
    if let Some(wanted) = known.wanted.iter_mut().find(|wanted| wanted.slot == slot) {
        wanted.taken = if taken {
            wanted.taken + 1
        } else {
            wanted.taken.saturating_sub(1)
        };
        wanted.full_since = (wanted.taken >= PLACES).then(|| wanted.full_since.unwrap_or(now));
    }
}
