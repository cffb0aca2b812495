//! What was answered is there, once; what was refused is not.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::super::history::Op;
use super::{Deed, Evidence, Verdict};

/// I4: every acknowledged appointment has its row, whatever died.
pub fn durable(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I4 every acknowledged appointment is there");
    let there: HashSet<Uuid> = evidence.rows.iter().map(|row| row.appointment).collect();
    for deed in deeds.iter().filter(|deed| deed.was_done()) {
        for booked in deed.answer.iter().flat_map(|answer| &answer.booked) {
            verdict.look();
            if !there.contains(&booked.appointment) {
                let what = format!("appointment {} is lost", booked.appointment);
                verdict.breaks(what, &deed.calls);
            }
        }
    }
    verdict
}

/// I6: no row that nobody was told of, once everything unknown is settled; so a refused key has none.
pub fn no_ghosts(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I6 no appointment that nobody was given");
    let given: HashSet<Uuid> = confirmed(deeds)
        .map(|(_, appointment)| appointment)
        .collect();
    for row in &evidence.rows {
        verdict.look();
        if !given.contains(&row.appointment) {
            let what = format!("nobody was given {}, {}", row.appointment, row.status);
            verdict.breaks(what, &[]);
        }
    }
    verdict
}

fn confirmed<'a>(deeds: &'a [Deed<'a>]) -> impl Iterator<Item = (&'a Deed<'a>, Uuid)> {
    let done = deeds
        .iter()
        .filter(|deed| deed.was_done() && matches!(deed.op, Op::Confirm { .. }));
    done.flat_map(|deed| {
        let booked = deed.answer.iter().flat_map(|answer| &answer.booked);
        booked.map(move |booked| (deed, booked.appointment))
    })
}

/// I5: one appointment a key and person, the same answer each time, and no key for two requests.
pub fn once(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I5 a key does one thing, and says the same again");
    for deed in deeds.iter().filter(|deed| deed.op.is_keyed()) {
        verdict.look();
        let said = deed.calls.iter().filter_map(|at| {
            let answer = evidence.calls[*at].lasting()?;
            Some((answer.status, answer.digest.as_str()))
        });
        let said: HashSet<(u16, &str)> = said.collect();
        if said.len() > 1 {
            verdict.breaks(format!("one key was answered {said:?}"), &deed.calls);
        }
        let booked = deed.answer.map_or(0, |answer| answer.booked.len());
        let books = !matches!(deed.op, Op::Join { .. });
        if books && deed.was_done() && booked != deed.citizens.len() {
            verdict.breaks("not one appointment a person", &deed.calls);
        }
    }
    let mut given: HashMap<Uuid, &Deed<'_>> = HashMap::new();
    for (deed, appointment) in confirmed(deeds) {
        if let Some(other) = given.insert(appointment, deed) {
            let calls = [deed.calls.as_slice(), other.calls.as_slice()].concat();
            verdict.breaks(format!("{appointment} was given to two keys"), &calls);
        }
    }
    for (at, call) in evidence.calls.iter().enumerate() {
        if let (Op::ReuseKey { of }, Some(answer)) = (&call.op, call.lasting()) {
            verdict.look();
            if answer.slug != "idempotency-key-reused" {
                let what = format!("key {of} did another thing: {}", answer.status);
                verdict.breaks(what, &[at]);
            }
        }
    }
    verdict
}

/// I6: what is unknown is settled by asking again.
pub fn settled(deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I6 the same key settles what is unknown");
    for deed in deeds.iter().filter(|deed| deed.was_unknown) {
        verdict.look();
        if deed.answer.is_none() {
            verdict.breaks("it is still unknown at the end", &deed.calls);
        }
    }
    verdict
}

/// I6: no key first refused and then gave.
pub fn no_lies(evidence: &Evidence, deeds: &[Deed<'_>]) -> Verdict {
    let mut verdict = Verdict::new("I6 what was refused did not happen");
    let was_refused = |deed: &&Deed<'_>| deed.answer.is_some_and(|answer| answer.status >= 400);
    for deed in deeds.iter().filter(was_refused) {
        verdict.look();
        if deed.calls.iter().any(|at| evidence.calls[*at].is_ok()) {
            verdict.breaks("a refused key gave something later", &deed.calls);
        }
    }
    verdict
}
