//! What somebody wanted done, however often it was asked for.

use std::collections::HashMap;

use uuid::Uuid;

use super::super::history::{Answer, Call, Ms, Op, Outcome};

/// All calls under one key, whose first lasting answer is the key's.
#[derive(Debug)]
pub struct Deed<'a> {
    pub op: &'a Op,
    pub citizens: &'a [u32],
    pub calls: Vec<usize>,
    /// When it was asked for first.
    pub from: Ms,
    /// When it was known to be over; its effect, if any, lies between.
    pub to: Option<Ms>,
    pub answer: Option<&'a Answer>,
    /// An answer was lost on the way.
    pub was_unknown: bool,
}

impl Deed<'_> {
    pub fn was_done(&self) -> bool {
        self.answer
            .is_some_and(|answer| (200..300).contains(&answer.status))
    }

    pub fn refused_as(&self, slug: &str) -> bool {
        !self.was_done() && self.answer.is_some_and(|answer| answer.slug == slug)
    }
}

/// The deeds of a history, in the order in which they were first asked for.
pub fn of(calls: &[Call]) -> Vec<Deed<'_>> {
    let mut deeds: Vec<Deed<'_>> = Vec::new();
    let mut by_key: HashMap<Uuid, usize> = HashMap::new();
    for (at, call) in calls.iter().enumerate() {
        if !call.op.is_keyed() && !matches!(call.op, Op::Cancel { .. } | Op::Leave { .. }) {
            continue;
        }
        let number = *by_key.entry(call.key).or_insert_with(|| {
            deeds.push(Deed {
                op: &call.op,
                citizens: &call.citizens,
                calls: Vec::new(),
                from: call.invoked,
                to: None,
                answer: None,
                was_unknown: false,
            });
            deeds.len() - 1
        });
        let deed = &mut deeds[number];
        deed.calls.push(at);
        deed.was_unknown |= matches!(call.outcome, Outcome::Info(_) | Outcome::Pending);
        if let Some(answer) = call.lasting()
            && call.returned.is_some()
            && deed.to.is_none_or(|to| call.returned < Some(to))
        {
            deed.to = call.returned;
            deed.answer = Some(answer);
        }
    }
    deeds
}
