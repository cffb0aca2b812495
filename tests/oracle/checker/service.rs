//! Whether people were served: answers of which the program is not ashamed, in time.

use std::collections::{BTreeMap, BTreeSet};

use super::super::faults::Kind;
use super::super::history::{Call, Ms, Outcome};
use super::{Evidence, Verdict};

/// Nothing is a fault of ours: what cannot be known is 503, never 500.
pub fn no_faults_of_ours(evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::new("no answer is a 500");
    for (at, call) in evidence.calls.iter().enumerate() {
        verdict.look();
        if let Outcome::Info(why) = &call.outcome
            && why.starts_with("500")
        {
            verdict.breaks(why.clone(), &[at]);
        }
    }
    verdict
}

/// How requests fared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answered {
    pub requests: usize,
    /// Answered with a success or a refusal, at once or late.
    pub answered: usize,
    /// Of them, within two seconds.
    pub in_time: usize,
    pub p95_ms: Ms,
}

impl Answered {
    pub fn share(&self) -> f64 {
        self.answered as f64 / self.requests.max(1) as f64
    }

    fn of<'a>(calls: impl Iterator<Item = &'a Call>) -> Self {
        let mut told = Self::default();
        let mut latencies = Vec::new();
        for call in calls {
            told.requests += 1;
            let took = call
                .returned
                .unwrap_or(Ms::MAX)
                .saturating_sub(call.invoked);
            latencies.push(took);
            if call.answer().is_some() {
                told.answered += 1;
                told.in_time += usize::from(took < 2_000);
            }
        }
        latencies.sort_unstable();
        let at = latencies.len().saturating_sub(1) * 95 / 100;
        told.p95_ms = latencies.get(at).copied().unwrap_or(0);
        told
    }
}

/// What a fault does to requests may show for a while after it.
const AFTERMATH: Ms = 3_500;

/// Requests that met Redis' absence, and nothing else that was wrong.
fn without_redis(evidence: &Evidence) -> Vec<usize> {
    let is_away = |kind: Kind| kind.is_of_redis() && kind != Kind::RedisEmptied;
    let meets = |call: &Call| {
        let until = call.returned.unwrap_or(Ms::MAX).min(call.invoked + 2_000);
        let mut is_there = false;
        for fault in evidence.faults_near(call.invoked, until) {
            if !fault.kind.is_of_redis() && call.invoked <= fault.to + AFTERMATH {
                return false;
            }
            let on = fault.from <= call.invoked && call.invoked <= fault.to;
            is_there |= on && is_away(fault.kind);
        }
        is_there
    };
    let calls = evidence.calls.iter().enumerate();
    calls
        .filter(|(_, call)| meets(call))
        .map(|(at, _)| at)
        .collect()
}

/// With Redis paused or dead at least 99.9 % are answered, 95 % of them within 400 ms. A machine
/// that needs a quarter of that in calm already is too busy for the second to be judged.
pub fn answered_without_redis(evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::new("without Redis 99.9 % are answered, p95 < 400 ms");
    let met = without_redis(evidence);
    let away = Answered::of(met.iter().map(|at| &evidence.calls[*at]));
    verdict.looked_at = away.requests;
    if away.share() < 0.999 {
        let is_unanswered = |at: &usize| evidence.calls[*at].answer().is_none();
        let unanswered: Vec<usize> = met.iter().copied().filter(is_unanswered).take(20).collect();
        let share = away.share() * 100.0;
        let what = format!("{share:.2} % of {} answered", away.requests);
        verdict.breaks(what, &unanswered);
    }
    let calm = in_calm(evidence);
    if away.p95_ms >= 400 && calm.p95_ms < 100 {
        let what = format!("p95 {} ms, {} ms in calm", away.p95_ms, calm.p95_ms);
        verdict.breaks(what, &[]);
    }
    verdict
}

fn in_calm(evidence: &Evidence) -> Answered {
    let calm = |call: &&Call| {
        let until = call.returned.unwrap_or(Ms::MAX);
        evidence.is_calm(call.invoked, until)
    };
    Answered::of(evidence.calls.iter().filter(calm))
}

/// How requests fared in calm, without Redis, and while each fault was on, alone or with others.
pub fn answered_by_fault(evidence: &Evidence) -> Vec<(String, Answered)> {
    let without_redis = without_redis(evidence);
    let away = Answered::of(without_redis.iter().map(|at| &evidence.calls[*at]));
    let mut rows = vec![
        ("calm".to_owned(), in_calm(evidence)),
        ("Redis away, nothing else".to_owned(), away),
    ];
    let mut by_kind: BTreeMap<Kind, Vec<&Call>> = BTreeMap::new();
    for call in &evidence.calls {
        let near = evidence.faults_near(call.invoked, call.invoked);
        let on = near.filter(|fault| call.invoked <= fault.to + 1_000);
        for kind in on.map(|fault| fault.kind).collect::<BTreeSet<Kind>>() {
            by_kind.entry(kind).or_default().push(call);
        }
    }
    for (kind, calls) in by_kind {
        rows.push((format!("{kind:?}"), Answered::of(calls.into_iter())));
    }
    rows
}
