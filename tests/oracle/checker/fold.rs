//! Each person's deeds have an order that fits every answer and ends in what is there: a search for
//! a linearization, one person at a time.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::super::history::{Ms, Op, Seat};
use super::{Deed, Evidence, Row, Verdict};

/// What a deed's answer claims of its person. Appointments are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    Booked(usize, Seat),
    /// Refused, for the person has an appointment.
    HadOne,
    Cancelled(usize),
    Moved(usize, Seat),
    /// Refused, for the appointment is cancelled.
    WasGone(usize),
    /// No state of the person explains it.
    Never,
}

struct Step {
    from: Ms,
    to: Ms,
    claim: Claim,
}

/// Where a person stands: which appointment is live and where, and which were cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct State {
    live: Option<(usize, Seat)>,
    gone: Vec<usize>,
}

impl State {
    /// The state after the claim, if the claim can be true now.
    fn after(&self, claim: Claim) -> Option<Self> {
        let live = self.live.map(|(one, _)| one);
        let mut next = self.clone();
        match claim {
            Claim::Booked(one, seat) if live.is_none() && !self.gone.contains(&one) => {
                next.live = Some((one, seat));
            }
            Claim::HadOne if live.is_some() => {}
            Claim::Cancelled(one) if live == Some(one) => {
                next.live = None;
                next.gone.push(one);
                next.gone.sort_unstable();
            }
            // Cancelling again changes nothing.
            Claim::Cancelled(one) | Claim::WasGone(one) if self.gone.contains(&one) => {}
            Claim::Moved(one, seat) if live == Some(one) => next.live = Some((one, seat)),
            _ => return None,
        }
        Some(next)
    }
}

/// More states than this, and the search would take longer than the run.
const STATES_MAX: usize = 200_000;

/// I3, I6, I7 and "cancelled stays cancelled", of each person.
pub fn legal(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I3 I6 I7 each person's answers and end fit one order of deeds");
    let mut of_citizen: HashMap<u32, Vec<&Deed<'_>>> = HashMap::new();
    for deed in deeds {
        for citizen in deed.citizens {
            of_citizen.entry(*citizen).or_default().push(deed);
        }
    }
    let rows = evidence.rows.iter().map(|row| (row.appointment, row));
    let rows: HashMap<Uuid, &Row> = rows.collect();
    let mut citizens: Vec<u32> = of_citizen.keys().copied().collect();
    citizens.sort_unstable();
    for citizen in citizens {
        let deeds = &of_citizen[&citizen];
        // What is still unknown is a violation of its own, and could mean anything here.
        let is_unknown = |deed: &&Deed<'_>| deed.answer.is_none() && deed.was_unknown;
        if deeds.iter().any(is_unknown) {
            continue;
        }
        verdict.look();
        let mut appointments = Vec::new();
        let steps = steps_of(citizen, deeds, &mut appointments);
        if let Err(why) = search(&steps, |state| ends_as(state, &appointments, &rows)) {
            let calls: Vec<usize> = deeds.iter().flat_map(|deed| deed.calls.clone()).collect();
            let there = appointments.iter().filter_map(|one| rows.get(one));
            let there: Vec<&&Row> = there.collect();
            verdict.breaks(
                format!("citizen {citizen}: {why}; there: {there:?}"),
                &calls,
            );
        }
    }
    verdict
}

fn steps_of(citizen: u32, deeds: &[&Deed<'_>], appointments: &mut Vec<Uuid>) -> Vec<Step> {
    let mut number = |appointment: Uuid| {
        let known = appointments.iter().position(|one| *one == appointment);
        known.unwrap_or_else(|| {
            appointments.push(appointment);
            appointments.len() - 1
        })
    };
    let mut steps = Vec::new();
    for deed in deeds {
        let (Some(answer), Some(to)) = (deed.answer, deed.to) else {
            continue;
        };
        let own = deed.citizens.iter().position(|who| *who == citizen);
        let booked = own.and_then(|at| answer.booked.get(at));
        let claim = match (deed.op, deed.was_done()) {
            (Op::Confirm { .. }, true) => {
                booked.map(|one| Claim::Booked(number(one.appointment), one.seat))
            }
            (Op::Move { appointment, .. }, true) => {
                booked.map(|one| Claim::Moved(number(*appointment), one.seat))
            }
            (Op::Cancel { appointment }, true) => Some(Claim::Cancelled(number(*appointment))),
            (Op::Cancel { .. }, false) => Some(Claim::Never),
            // Of a party, somebody has one; who, this does not tell.
            (Op::Confirm { .. }, false) if deed.refused_as("already-booked") => {
                (deed.citizens.len() == 1).then_some(Claim::HadOne)
            }
            // Whoever waits has none.
            (Op::Join { .. }, false) if deed.refused_as("already-booked") => Some(Claim::HadOne),
            (Op::Move { appointment, .. }, false) if deed.refused_as("not-movable") => {
                Some(Claim::WasGone(number(*appointment)))
            }
            (Op::Move { .. }, false) if deed.refused_as("appointment-not-found") => {
                Some(Claim::Never)
            }
            _ => None,
        };
        let from = deed.from;
        steps.extend(claim.map(|claim| Step { from, to, claim }));
    }
    steps.sort_by_key(|step| step.from);
    steps
}

/// Looks for an order in which every claim is true and the end is right.
fn search(steps: &[Step], ends_well: impl Fn(&State) -> bool) -> Result<(), String> {
    let mut seen: HashSet<(Vec<bool>, State)> = HashSet::new();
    let mut open = vec![(vec![false; steps.len()], State::default())];
    let mut furthest = 0;
    while let Some((done, state)) = open.pop() {
        let count = done.iter().filter(|done| **done).count();
        furthest = furthest.max(count);
        if count == steps.len() {
            if ends_well(&state) {
                return Ok(());
            }
            continue;
        }
        if seen.len() > STATES_MAX {
            return Err("too many orders to try".to_owned());
        }
        // A deed that was over before another began comes before it.
        let undone: Vec<usize> = (0..steps.len()).filter(|at| !done[*at]).collect();
        let first_over = undone.iter().map(|at| steps[*at].to).min();
        for at in undone {
            if first_over.is_some_and(|over| over < steps[at].from) {
                continue;
            }
            if let Some(next) = state.after(steps[at].claim) {
                let mut done = done.clone();
                done[at] = true;
                if seen.insert((done.clone(), next.clone())) {
                    open.push((done, next));
                }
            }
        }
    }
    Err(if furthest == steps.len() {
        "every order of the deeds ends in something else than what is there".to_owned()
    } else {
        let claim = steps.get(furthest).map(|step| step.claim);
        format!(
            "no order fits the answers: {furthest} of {} fit, not {claim:?}",
            steps.len()
        )
    })
}

fn ends_as(state: &State, appointments: &[Uuid], rows: &HashMap<Uuid, &Row>) -> bool {
    let mut numbered = appointments.iter().enumerate();
    numbered.all(|(number, appointment)| {
        let row = rows.get(appointment);
        match state.live {
            Some((one, seat)) if one == number => {
                row.is_some_and(|row| row.status == "booked" && row.seat == Some(seat))
            }
            _ => row.is_some_and(|row| row.status == "cancelled"),
        }
    })
}
