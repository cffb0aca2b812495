//! A hold gives its holder a right, and nobody else.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::super::faults::Kind;
use super::super::history::{Call, Held, Ms, Op, Outcome, Seat, Trick};
use super::{Deed, Evidence, Ruled, Verdict};

/// Clocks of one machine, read by two processes.
const SLACK: Ms = 100;

/// I9: a wrong, foreign or ended token never confirms.
pub fn deserved(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I9 a forged, foreign or ended token never confirms");
    for deed in deeds {
        let (ends, trick) = match deed.op {
            Op::Confirm { ends, trick, .. } => (*ends, *trick),
            Op::Move { ends, .. } => (*ends, Trick::Honest),
            _ => continue,
        };
        let until = deed.to.unwrap_or(deed.from);
        // The token's end is the database's to judge, and its clock was wrong.
        let by_wrong_clock = evidence.had(Kind::ClockMoved, ends, until);
        let is_late = deed.from > ends + SLACK && !by_wrong_clock;
        let is_wrong = !matches!(trick, Trick::Honest | Trick::Ended);
        if is_late || is_wrong {
            verdict.look();
            if deed.was_done() {
                verdict.breaks(
                    format!(
                        "{trick:?}, {} ms after its end",
                        deed.from.saturating_sub(ends)
                    ),
                    &deed.calls,
                );
            }
        }
    }
    verdict
}

/// A hold as it was granted.
struct Granted<'a> {
    call: usize,
    held: &'a Held,
    citizens: &'a [u32],
    invoked: Ms,
    returned: Ms,
}

/// Every hold by its number; asked for twice, it counts from the first answer.
fn granted(calls: &[Call]) -> HashMap<Uuid, Granted<'_>> {
    let mut granted: HashMap<Uuid, Granted<'_>> = HashMap::new();
    for (at, call) in calls.iter().enumerate() {
        let (Op::Hold { .. }, Some(answer)) = (&call.op, call.answer()) else {
            continue;
        };
        let (Some(held), Some(returned)) = (&answer.hold, call.returned) else {
            continue;
        };
        granted.entry(held.hold).or_insert(Granted {
            call: at,
            held,
            citizens: &call.citizens,
            invoked: call.invoked,
            returned,
        });
    }
    granted
}

/// An answer that did not come may have been made long after it was asked for.
const LATE: Ms = 70_000;

/// Calls that may end a person's holds: other holds, and releases.
fn enders(calls: &[Call]) -> HashMap<u32, Vec<usize>> {
    let mut enders: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, call) in calls.iter().enumerate() {
        if matches!(call.op, Op::Hold { .. } | Op::Release { .. }) {
            for citizen in &call.citizens {
                enders.entry(*citizen).or_default().push(at);
            }
        }
    }
    enders
}

/// Whether nothing else of these people can have ended the hold between its grant and that time.
fn is_undisturbed(
    evidence: &Evidence,
    enders: &HashMap<u32, Vec<usize>>,
    hold: &Granted<'_>,
    until: Ms,
) -> bool {
    let of_people = hold.citizens.iter().filter_map(|who| enders.get(who));
    of_people.flatten().all(|at| {
        let call = &evidence.calls[*at];
        let is_unknown = matches!(call.outcome, Outcome::Info(_) | Outcome::Pending);
        let over = match call.returned {
            Some(returned) if !is_unknown => returned,
            _ => call.invoked + LATE,
        };
        *at == hold.call || over < hold.invoked || call.invoked > until
    })
}

/// Refusals that concern a person, whatever is held for them.
const REFUSALS_OF_PEOPLE: [&str; 3] = ["already-booked", "not-movable", "cancelled-often"];

/// Judges an undisturbed honest confirmation of a hold in time: it gets the held places.
fn honour(verdict: &mut Verdict, deed: &Deed<'_>, held: &[Seat], hold: &Granted<'_>) {
    let got = deed.answer.iter().flat_map(|answer| &answer.booked);
    let got: Vec<Seat> = got.map(|booked| booked.seat).collect();
    let in_time = deed.to.is_some_and(|to| to < hold.held.ends);
    if deed.was_done() {
        verdict.look();
        // A family's places are shared; those of it who ride along have numbers of their own.
        if !held.iter().all(|seat| got.contains(seat)) {
            let calls = [deed.calls.as_slice(), &[hold.call]].concat();
            verdict.breaks(format!("held {held:?}, got {got:?}"), &calls);
        }
    } else if in_time && deed.answer.is_some() {
        verdict.look();
        let for_the_person = REFUSALS_OF_PEOPLE.iter().any(|slug| deed.refused_as(slug));
        if !for_the_person {
            let calls = [deed.calls.as_slice(), &[hold.call]].concat();
            verdict.breaks(format!("held {held:?} in time, and refused"), &calls);
        }
    }
}

/// Honest confirmations and moves with their holds.
fn honest<'a>(
    deeds: &'a [Deed<'a>],
    holds: &'a HashMap<Uuid, Granted<'a>>,
) -> impl Iterator<Item = (&'a Deed<'a>, &'a Granted<'a>)> {
    deeds.iter().filter_map(|deed| {
        let hold = match deed.op {
            Op::Confirm {
                hold,
                trick: Trick::Honest,
                ..
            }
            | Op::Move { hold, .. } => hold,
            _ => return None,
        };
        Some((deed, holds.get(hold)?))
    })
}

/// What is left of a hold when it is confirmed must be enough for the confirmation to arrive.
const MARGIN: Ms = 300;

/// I9: what PostgreSQL holds, nobody else takes.
pub fn kept(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I9 a place that PostgreSQL holds is its holder's");
    let holds = granted(&evidence.calls);
    let enders = enders(&evidence.calls);
    for (deed, hold) in honest(deeds, &holds) {
        let Some((seen, seats)) = evidence.kept.get(&hold.held.hold) else {
            continue;
        };
        let until = deed.to.unwrap_or(Ms::MAX);
        let fits = deed.from + MARGIN < hold.held.ends
            && *seen < deed.from
            && is_undisturbed(evidence, &enders, hold, until)
            && !evidence.had(Kind::ClockMoved, hold.invoked, until);
        if fits {
            honour(&mut verdict, deed, seats, hold);
        }
    }
    verdict
}

/// I9: while PostgreSQL holds a place, only whoever holds it takes it.
pub fn nobody_robbed(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I9 what PostgreSQL holds is taken with that hold only");
    let mut takers: HashMap<Uuid, Vec<(Uuid, &Deed<'_>)>> = HashMap::new();
    for deed in deeds.iter().filter(|deed| deed.was_done()) {
        let (Op::Confirm { hold, .. } | Op::Move { hold, .. }) = deed.op else {
            continue;
        };
        for booked in deed.answer.iter().flat_map(|answer| &answer.booked) {
            let of_one = takers.entry(booked.appointment).or_default();
            of_one.push((*hold, deed));
        }
    }
    for taken in &evidence.taken {
        let Some(takers) = takers.get(&taken.appointment) else {
            continue;
        };
        verdict.look();
        let is_its_own = takers.iter().any(|(hold, _)| *hold == taken.hold);
        if !is_its_own && !evidence.had(Kind::ClockMoved, taken.at, taken.at) {
            let what = format!("{:?} was held under {}", taken.seat, taken.hold);
            let calls = takers.iter().flat_map(|(_, deed)| deed.calls.clone());
            verdict.breaks(what, &calls.collect::<Vec<usize>>());
        }
    }
    verdict
}

/// I9: while nothing is broken, a hold is worth its places, unless PostgreSQL gave one of them to somebody else.
pub fn honoured_in_calm(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I9 in calm a hold is confirmed at its place");
    let holds = granted(&evidence.calls);
    let enders = enders(&evidence.calls);
    let of_places = of_places(&holds);
    let offers = offers(evidence);
    let ruled = ruled(evidence);
    for (deed, hold) in honest(deeds, &holds) {
        let until = deed.to.unwrap_or(Ms::MAX);
        let fits = evidence.is_calm(hold.invoked, until)
            && deed.from + MARGIN < hold.held.ends
            && is_undisturbed(evidence, &enders, hold, until)
            && !has_a_rival(hold, &of_places)
            && !meets_an_offer(hold, &offers)
            && !is_overruled(hold, until, &ruled);
        if fits {
            honour(&mut verdict, deed, &hold.held.seats, hold);
        }
    }
    verdict
}

/// Whether PostgreSQL held one of the places for somebody else before that time. A process that waited for
/// Redis in vain, as on a machine with too much to do, holds there and knows nothing of what Redis holds.
fn is_overruled(hold: &Granted<'_>, until: Ms, ruled: &HashMap<Seat, Vec<&Ruled>>) -> bool {
    let times = hold.invoked.saturating_sub(TOLD)..=until;
    let of_seats = hold.held.seats.iter().filter_map(|seat| ruled.get(seat));
    of_seats.flatten().any(|one| {
        let by_other = one.hold.is_some_and(|other| other != hold.held.hold);
        by_other && times.contains(&one.at)
    })
}

/// When each place was offered to somebody who waited.
fn offers(evidence: &Evidence) -> HashMap<Seat, Vec<Ms>> {
    let mut offers: HashMap<Seat, Vec<Ms>> = HashMap::new();
    for wait in &evidence.waits {
        if let Some(offer) = wait.offer {
            offers.entry(offer.seat).or_default().push(wait.at);
        }
    }
    offers
}

/// Whether the place was offered to somebody who waited at the moment in which it was held. Offers are
/// made in PostgreSQL, of what a picture of Redis shows free that is a second old at most; whoever
/// joined in that second goes before the hold.
fn meets_an_offer(hold: &Granted<'_>, offers: &HashMap<Seat, Vec<Ms>>) -> bool {
    const PICTURE: Ms = 1_100;
    let (from, to) = (
        hold.invoked.saturating_sub(PICTURE),
        hold.returned + PICTURE,
    );
    let mut seats = hold.held.seats.iter();
    seats.any(|seat| {
        let of_seat = offers.get(seat).into_iter().flatten();
        of_seat.copied().any(|at| (from..=to).contains(&at))
    })
}

/// The holds of each place, in the order in which they end.
fn of_places<'a>(holds: &'a HashMap<Uuid, Granted<'a>>) -> HashMap<Seat, Vec<&'a Granted<'a>>> {
    let mut of_places: HashMap<Seat, Vec<&Granted<'_>>> = HashMap::new();
    for hold in holds.values() {
        for seat in &hold.held.seats {
            of_places.entry(*seat).or_default().push(hold);
        }
    }
    for of_place in of_places.values_mut() {
        of_place.sort_by_key(|hold| hold.held.ends);
    }
    of_places
}

/// Whether somebody else's token for the place is good, or was until just before: one that was given
/// back or replaced confirms until its end, and who does so at the last moment may get the place
/// although Redis has given it away.
fn has_a_rival(hold: &Granted<'_>, of_places: &HashMap<Seat, Vec<&Granted<'_>>>) -> bool {
    const CLOSELY: Ms = 1_500;
    let mut places = hold
        .held
        .seats
        .iter()
        .filter_map(|seat| of_places.get(seat));
    places.any(|of_place| {
        let first = of_place.partition_point(|other| other.held.ends + CLOSELY < hold.invoked);
        let mut later = of_place[first..].iter();
        later.any(|other| other.invoked < hold.returned && other.held.hold != hold.held.hold)
    })
}

/// I9: while nothing is broken, no place is held by two in Redis. A process that waited for it in vain,
/// as on a machine with too much to do, holds in PostgreSQL and knows nothing of what Redis holds; what
/// PostgreSQL decided goes before a hold that only Redis keeps, and so does its end.
pub fn exclusive_in_calm(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I9 in calm no place is held by two");
    let holds = granted(&evidence.calls);
    let enders = enders(&evidence.calls);
    let used = uses(&evidence.calls);
    let bookings = bookings(deeds);
    let ruled = ruled(evidence);
    let by_postgres: HashSet<Uuid> = evidence.ruled.iter().filter_map(|one| one.hold).collect();
    let mut of_seat: HashMap<Seat, Vec<&Granted<'_>>> = HashMap::new();
    for hold in holds.values() {
        let in_redis = !by_postgres.contains(&hold.held.hold);
        if in_redis && evidence.is_calm(hold.invoked, hold.returned) {
            for seat in &hold.held.seats {
                of_seat.entry(*seat).or_default().push(hold);
            }
        }
    }
    for (seat, mut holds) in of_seat {
        holds.sort_by_key(|hold| hold.returned);
        for pair in holds.windows(2) {
            let (first, second) = (pair[0], pair[1]);
            verdict.look();
            // Whoever uses or may have lost a hold no longer counts as its holder.
            let use_of_first = used.get(&first.held.hold).copied().unwrap_or(Ms::MAX);
            let live_until = first.held.ends.min(use_of_first);
            let overlaps = first.returned < second.invoked && second.returned < live_until;
            let in_one_calm = evidence.is_calm(first.invoked, second.returned);
            // Whoever gave a hold back may still book with it what PostgreSQL knows as free.
            let was_booked = bookings.get(&seat).is_some_and(|times| {
                let mut times = times.iter();
                times.any(|(from, to)| *from <= second.returned && first.invoked <= *to)
            });
            let of_seat = ruled.get(&seat).into_iter().flatten();
            let times: Vec<Ms> = of_seat.map(|one| one.at).collect();
            let (from, until) = (first.invoked.saturating_sub(TOLD), second.returned);
            let was_ruled = times.iter().any(|at| (from..=until).contains(at));
            let is_whole = is_undisturbed(evidence, &enders, first, second.returned);
            if overlaps && in_one_calm && is_whole && !was_booked && !was_ruled {
                verdict.breaks(
                    format!("{seat:?} has two holders; PostgreSQL held it at {times:?} ms"),
                    &[first.call, second.call],
                );
            }
        }
    }
    verdict
}

/// What PostgreSQL decided reaches Redis this much later at most, on a machine with too much to do.
const TOLD: Ms = 1_000;

/// How PostgreSQL changed who holds each place.
fn ruled(evidence: &Evidence) -> HashMap<Seat, Vec<&Ruled>> {
    let mut ruled: HashMap<Seat, Vec<&Ruled>> = HashMap::new();
    for one in &evidence.ruled {
        ruled.entry(one.seat).or_default().push(one);
    }
    ruled
}

/// When each place was booked: from the first asking to the answer.
fn bookings(deeds: &[Deed<'_>]) -> HashMap<Seat, Vec<(Ms, Ms)>> {
    let mut bookings: HashMap<Seat, Vec<(Ms, Ms)>> = HashMap::new();
    for deed in deeds {
        if matches!(deed.op, Op::Confirm { .. } | Op::Move { .. }) && deed.was_done() {
            let until = deed.to.unwrap_or(Ms::MAX);
            for booked in deed.answer.iter().flat_map(|answer| &answer.booked) {
                let times = bookings.entry(booked.seat).or_default();
                times.push((deed.from, until));
            }
        }
    }
    bookings
}

/// When each hold was first used or given back.
fn uses(calls: &[Call]) -> HashMap<Uuid, Ms> {
    let mut uses: HashMap<Uuid, Ms> = HashMap::new();
    for call in calls {
        let hold = match &call.op {
            Op::Confirm { hold, .. } | Op::Move { hold, .. } | Op::Release { hold } => hold,
            _ => continue,
        };
        let first = uses.entry(*hold).or_insert(call.invoked);
        *first = call.invoked.min(*first);
    }
    uses
}
