//! I8: a free place is offered to one named person at a time, in order, and is worth its promise.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use uuid::Uuid;

use super::super::faults::Kind;
use super::super::history::{Call, Ms, Op, Seat, Slot};
use super::{Deed, Evidence, Verdict};

/// A change of an entry of the waitlist, as it was committed.
#[derive(Debug, Clone)]
pub struct Wait {
    pub at: Ms,
    pub entry: Uuid,
    pub state: String,
    /// How many offers it was made so far.
    pub offers: i16,
    /// Elderly, pregnant, disabled, or with a small child.
    pub is_first_class: bool,
    pub joined_at: DateTime<Utc>,
    pub vouched: bool,
    pub offer: Option<Offered>,
}

/// A place that is kept for whoever waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    pub offer: Uuid,
    pub seat: Seat,
    pub until: Ms,
}

impl Wait {
    fn is_over(&self) -> bool {
        !matches!(self.state.as_str(), "waiting" | "offered")
    }

    /// Whoever is asked first has the smallest. `offers` are those of before.
    fn rank(&self, offers: i16) -> (i16, bool, DateTime<Utc>, Uuid) {
        (offers, !self.is_first_class, self.joined_at, self.entry)
    }
}

/// What the database did before is known to whatever it does this much later.
const SLACK: Ms = 2_000;
/// A transaction of a process that was stopped may commit this much later than it wrote.
const LATE: Ms = 30_000;
/// A transaction that does nothing keeps a row locked for five seconds at most.
const LOCKED: Ms = 8_000;
/// Offers of one entry.
const OFFERS_MAX: i16 = 3;

/// No place is offered to a second person before the first one's offer is over, and nobody is made a
/// second offer before theirs is.
pub fn one_at_a_time(evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::new("I8 a place is offered to one person at a time");
    let mut of_seat: HashMap<Seat, (&Wait, Offered)> = HashMap::new();
    let mut of_entry: HashMap<Uuid, Offered> = HashMap::new();
    for wait in &evidence.waits {
        let before = of_entry.remove(&wait.entry);
        if let Some(before) = before
            && of_seat
                .get(&before.seat)
                .is_some_and(|(theirs, _)| theirs.entry == wait.entry)
        {
            of_seat.remove(&before.seat);
        }
        let Some(offer) = wait.offer else { continue };
        verdict.look();
        let calls = || calls_of(evidence, wait.entry);
        if let Some(before) = before.filter(|before| before.offer != offer.offer) {
            let what = format!("{} was offered {:?} besides {before:?}", wait.entry, offer);
            verdict.breaks(what, &calls());
        }
        if let Some((first, theirs)) = of_seat.insert(offer.seat, (wait, offer))
            && wait.at + SLACK < theirs.until
            && !evidence.had(Kind::ClockMoved, first.at, wait.at)
        {
            let (one, other) = (first.entry, wait.entry);
            let what = format!("{:?} was offered to {one} and to {other}", offer.seat);
            let calls = [calls_of(evidence, one), calls()].concat();
            verdict.breaks(what, &calls);
        }
        of_entry.insert(wait.entry, offer);
    }
    verdict
}

/// An entry that joined: who, for what, and everything that became of it.
struct Entry<'a> {
    citizen: u32,
    office_id: i32,
    on: NaiveDate,
    minutes: (i16, i16),
    /// When its joining was acknowledged.
    since: Ms,
    waits: Vec<&'a Wait>,
}

impl Entry<'_> {
    fn suits(&self, slot: Slot) -> bool {
        let on = local_day(slot.starts_at);
        let minute = (slot.starts_at - local_day_bounds(on).start).num_minutes();
        let (from, to) = (i64::from(self.minutes.0), i64::from(self.minutes.1));
        self.office_id == slot.office_id && self.on == on && from <= minute && minute < to
    }

    /// Its state at a time, where it surely stood and nobody can have been working on it.
    fn quietly_waits(&self, at: Ms) -> Option<&Wait> {
        let next = self.waits.partition_point(|wait| wait.at <= at);
        let last = self.waits.get(next.checked_sub(1)?)?;
        let is_joining = next == 1;
        let stands = if is_joining {
            self.since + SLACK < at
        } else {
            last.at + LATE < at
        };
        let stays = self
            .waits
            .get(next)
            .is_none_or(|wait| at + LOCKED < wait.at);
        (last.state == "waiting" && stands && stays).then_some(*last)
    }
}

fn entries<'a>(evidence: &'a Evidence, deeds: &[Deed<'_>]) -> HashMap<Uuid, Entry<'a>> {
    let mut entries = HashMap::new();
    for deed in deeds {
        let Op::Join {
            office_id,
            on,
            minutes,
        } = deed.op
        else {
            continue;
        };
        let joined = deed.answer.filter(|_| deed.was_done());
        if let (Some(entry), [citizen]) = (joined.and_then(|answer| answer.entry), deed.citizens) {
            let one = Entry {
                citizen: *citizen,
                office_id: *office_id,
                on: *on,
                minutes: *minutes,
                since: deed.to.unwrap_or(Ms::MAX),
                waits: Vec::new(),
            };
            entries.insert(entry, one);
        }
    }
    for wait in &evidence.waits {
        if let Some(entry) = entries.get_mut(&wait.entry) {
            entry.waits.push(wait);
        }
    }
    entries
}

fn concerns(call: &Call, entry: Uuid) -> bool {
    match &call.op {
        Op::SeeOffer { entry: one } | Op::Decline { entry: one } | Op::Leave { entry: one } => {
            *one == entry
        }
        Op::Join { .. } => call
            .answer()
            .is_some_and(|answer| answer.entry == Some(entry)),
        _ => false,
    }
}

/// Reads the whole history: for counterexamples only.
fn calls_of(evidence: &Evidence, entry: Uuid) -> Vec<usize> {
    let calls = evidence.calls.iter().enumerate();
    calls
        .filter(|(_, call)| concerns(call, entry))
        .map(|(at, _)| at)
        .collect()
}

/// Whoever was made fewer offers is asked first, then the priority classes, then who joined earlier.
pub fn in_order(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I8 those who wait are asked in order");
    let entries = entries(evidence, deeds);
    let mut of_office: HashMap<i32, Vec<(&Uuid, &Entry<'_>)>> = HashMap::new();
    for (id, entry) in &entries {
        of_office
            .entry(entry.office_id)
            .or_default()
            .push((id, entry));
    }
    let busy = busy_times(evidence);
    for wait in &evidence.waits {
        let Some(offer) = wait.offer else { continue };
        verdict.look();
        let rank = wait.rank(wait.offers - 1);
        let office = offer.seat.slot.office_id;
        let others = of_office.get(&office).into_iter().flatten();
        for (id, entry) in others {
            let Some(other) = entry.quietly_waits(wait.at) else {
                continue;
            };
            let may_have = (other.vouched || !wait.vouched) && other.offers < OFFERS_MAX;
            let is_before = other.rank(other.offers) < rank;
            let is_busy = busy.get(&entry.citizen).is_some_and(|times| {
                let mut times = times.iter();
                times.any(|(from, to)| *from <= wait.at + LOCKED && entry.since <= *to)
            });
            if **id != wait.entry
                && may_have
                && is_before
                && entry.suits(offer.seat.slot)
                && !is_busy
            {
                let what = format!(
                    "{:?} was offered to {}, and {id} was before",
                    offer.seat, wait.entry
                );
                let calls = [calls_of(evidence, **id), calls_of(evidence, wait.entry)].concat();
                verdict.breaks(what, &calls);
            }
        }
    }
    verdict
}

/// When people did something that may have touched their entry, or given them an appointment.
fn busy_times(evidence: &Evidence) -> HashMap<u32, Vec<(Ms, Ms)>> {
    const UNKNOWN: Ms = 70_000;
    let mut busy: HashMap<u32, Vec<(Ms, Ms)>> = HashMap::new();
    for call in &evidence.calls {
        let touches = matches!(
            call.op,
            Op::Confirm { .. } | Op::Decline { .. } | Op::Leave { .. }
        );
        if touches {
            let to = match call.returned {
                Some(returned) if call.answer().is_some() => returned,
                _ => call.invoked + UNKNOWN,
            };
            for citizen in &call.citizens {
                busy.entry(*citizen).or_default().push((call.invoked, to));
            }
        }
    }
    busy
}

/// Nothing is offered to somebody who has an appointment or waits no more, nor more than a few times.
pub fn to_who_needs_it(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I8 nobody is offered a place who has one, or too often");
    let entries = entries(evidence, deeds);
    let mut had: HashMap<u32, Vec<(Ms, Ms)>> = HashMap::new();
    let mut cancelled: HashMap<Uuid, Ms> = HashMap::new();
    for deed in deeds {
        if let Op::Cancel { appointment } = deed.op {
            let first = cancelled.entry(*appointment).or_insert(deed.from);
            *first = deed.from.min(*first);
        }
    }
    for deed in deeds.iter().filter(|deed| deed.was_done()) {
        if let (Op::Confirm { .. }, Some(answer), Some(to)) = (deed.op, deed.answer, deed.to) {
            for (citizen, booked) in deed.citizens.iter().zip(&answer.booked) {
                let until = cancelled.get(&booked.appointment).copied();
                let times = had.entry(*citizen).or_default();
                times.push((to, until.unwrap_or(Ms::MAX)));
            }
        }
    }
    let mut over: HashSet<Uuid> = HashSet::new();
    for wait in &evidence.waits {
        if wait.is_over() {
            over.insert(wait.entry);
        }
        if wait.offer.is_none() {
            continue;
        }
        verdict.look();
        let calls = || calls_of(evidence, wait.entry);
        if wait.offers > OFFERS_MAX {
            verdict.breaks(
                format!("{} got {} offers", wait.entry, wait.offers),
                &calls(),
            );
        }
        if over.contains(&wait.entry) {
            verdict.breaks(format!("{} waited no more", wait.entry), &calls());
        }
        let citizen = entries.get(&wait.entry).map(|entry| entry.citizen);
        let times = citizen.and_then(|citizen| had.get(&citizen));
        let has_one = |(from, until): &(Ms, Ms)| from + SLACK < wait.at && wait.at < *until;
        if times.is_some_and(|times| times.iter().any(has_one)) {
            verdict.breaks(format!("{} has an appointment", wait.entry), &calls());
        }
    }
    verdict
}

/// Refusals that concern a person, whatever is offered to them.
const REFUSALS_OF_PEOPLE: [&str; 2] = ["already-booked", "cancelled-often"];
/// What is left of an offer when it is accepted must be enough for the yes to arrive.
const MARGIN: Ms = 300;

/// Who says yes in time gets the place that was offered.
pub fn worth_its_place(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I8 who accepts an offer in time gets its place");
    let mut offers: HashMap<Uuid, (&Wait, Offered)> = HashMap::new();
    let mut ended: HashMap<Uuid, &Wait> = HashMap::new();
    let mut now: HashMap<Uuid, Uuid> = HashMap::new();
    for wait in &evidence.waits {
        if let Some(offer) = now.remove(&wait.entry) {
            ended.insert(offer, wait);
        }
        if let Some(offer) = wait.offer {
            now.insert(wait.entry, offer.offer);
            offers.insert(offer.offer, (wait, offer));
        }
    }
    for deed in deeds {
        let (Op::Confirm { hold, .. }, Some(to)) = (deed.op, deed.to) else {
            continue;
        };
        let Some((made, offer)) = offers.get(hold) else {
            continue;
        };
        // Declined, left, run out, or taken from another phone.
        let was_over = ended.get(hold).is_some_and(|end| {
            let taken_by_it = end.state == "taken" && deed.was_done();
            !taken_by_it && end.at <= to
        });
        let fits = deed.from + MARGIN < offer.until && !was_over;
        if !fits || evidence.had(Kind::ClockMoved, made.at, to) {
            continue;
        }
        let got = deed.answer.iter().flat_map(|answer| &answer.booked);
        let got: Vec<Seat> = got.map(|booked| booked.seat).collect();
        let calls = || [deed.calls.clone(), calls_of(evidence, made.entry)].concat();
        if deed.was_done() {
            verdict.look();
            if got != [offer.seat] {
                verdict.breaks(format!("offered {:?}, got {got:?}", offer.seat), &calls());
            }
        } else if to < offer.until && deed.answer.is_some() {
            verdict.look();
            if !REFUSALS_OF_PEOPLE.iter().any(|slug| deed.refused_as(slug)) {
                verdict.breaks(format!("{:?} was refused in time", offer.seat), &calls());
            }
        }
    }
    verdict
}

/// Whoever was told that they wait does, until they leave.
pub fn kept_in_mind(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict =
        Verdict::new("I4 whoever joined the waitlist is on it, and whoever left is not");
    let last = evidence.waits.iter().map(|wait| (wait.entry, wait));
    let last: HashMap<Uuid, &Wait> = last.collect();
    for deed in deeds.iter().filter(|deed| deed.was_done()) {
        match deed.op {
            Op::Join { .. } => {
                verdict.look();
                let entry = deed.answer.and_then(|answer| answer.entry);
                if !entry.is_some_and(|entry| last.contains_key(&entry)) {
                    verdict.breaks(format!("{entry:?} is lost"), &deed.calls);
                }
            }
            Op::Leave { entry } => {
                verdict.look();
                if !last.get(entry).is_some_and(|wait| wait.is_over()) {
                    verdict.breaks(format!("{entry} left, and still waits"), &deed.calls);
                }
            }
            _ => {}
        }
    }
    verdict
}
