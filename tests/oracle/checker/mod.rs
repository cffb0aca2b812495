//! Judges a history and what the database holds at its end. It believes nobody's knowledge but what
//! was asked, what was answered, and what is there.

mod deeds;
mod fold;
mod holds;
mod keys;
pub mod service;
mod waitlist;

use std::collections::HashMap;

use uuid::Uuid;

use super::faults::{Calm, Fault, Kind};
use super::history::{Call, Ms, Seat};

pub use deeds::Deed;
#[allow(
    unused_imports,
    reason = "the diary and the doctored histories name them"
)]
pub use waitlist::{Offered, Wait};

/// An appointment as it stands at the end.
#[derive(Debug, Clone)]
pub struct Row {
    pub appointment: Uuid,
    pub status: String,
    pub seat: Option<Seat>,
}

/// A place that an appointment got while PostgreSQL held it.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    pub at: Ms,
    pub hold: Uuid,
    pub appointment: Uuid,
    pub seat: Seat,
}

/// What PostgreSQL made of the hold on a place: another one's, or nobody's.
#[derive(Debug, Clone, Copy)]
pub struct Ruled {
    pub at: Ms,
    pub hold: Option<Uuid>,
    pub seat: Seat,
}

/// Everything that is judged.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    pub calls: Vec<Call>,
    pub rows: Vec<Row>,
    pub faults: Vec<Fault>,
    pub calms: Vec<Calm>,
    /// When a process waited for Redis in vain, whatever was broken then; in order.
    pub missed: Vec<Ms>,
    /// Holds that PostgreSQL began to keep or kept no more.
    pub ruled: Vec<Ruled>,
    /// Holds that PostgreSQL was seen to keep, since when, and where.
    pub kept: HashMap<Uuid, (Ms, Vec<Seat>)>,
    /// Places that were taken while PostgreSQL held them.
    pub taken: Vec<Taken>,
    /// What became of the waitlist's entries, in the order in which it was committed for each place.
    pub waits: Vec<Wait>,
}

impl Evidence {
    /// Whether a fault of this kind was on at some moment between, or shortly before.
    pub fn had(&self, kind: Kind, from: Ms, to: Ms) -> bool {
        const AFTER: Ms = 3_000;
        let mut faults = self.faults_near(from, to);
        faults.any(|fault| fault.kind == kind && from <= fault.to + AFTER)
    }

    /// Faults that may touch this time; they are in the order in which they began, and none lasts
    /// longer than two minutes.
    pub fn faults_near(&self, from: Ms, to: Ms) -> impl Iterator<Item = &Fault> {
        const LONGEST: Ms = 120_000;
        let first = |fault: &Fault| fault.from + LONGEST < from;
        let first = self.faults.partition_point(first);
        let near = self.faults[first..].iter();
        near.take_while(move |fault| fault.from <= to)
    }

    /// Whether nothing was broken all the while, and Redis heard everything that it was told. A machine
    /// with too much to do is enough for the second: what a process then did alone, Redis does not know
    /// until the holds of that time have run out.
    pub fn is_calm(&self, from: Ms, to: Ms) -> bool {
        const FORGOTTEN_AFTER: Ms = 5_000;
        let within = |calm: &Calm| calm.from <= from && to <= calm.to;
        let first = self
            .missed
            .partition_point(|at| at + FORGOTTEN_AFTER < from);
        let has_missed = self.missed.get(first).is_some_and(|at| *at <= to);
        self.calms.iter().any(within) && !has_missed
    }
}

/// What breaks a law, and which calls show it.
#[derive(Debug, Clone)]
pub struct Violation {
    pub what: String,
    pub calls: Vec<usize>,
}

/// One law, judged.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub law: &'static str,
    pub looked_at: usize,
    pub broken: Vec<Violation>,
}

impl Verdict {
    pub fn new(law: &'static str) -> Self {
        Self {
            law,
            looked_at: 0,
            broken: Vec::new(),
        }
    }

    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }

    pub fn look(&mut self) {
        self.looked_at += 1;
    }

    pub fn breaks(&mut self, what: impl Into<String>, calls: &[usize]) {
        self.broken.push(Violation {
            what: what.into(),
            calls: calls.to_vec(),
        });
    }
}

/// Every law that a history can show.
pub fn judge(evidence: &Evidence) -> Vec<Verdict> {
    let deeds = deeds::of(&evidence.calls);
    vec![
        keys::durable(evidence, &deeds),
        keys::no_ghosts(evidence, &deeds),
        keys::once(evidence, &deeds),
        keys::settled(&deeds),
        keys::no_lies(evidence, &deeds),
        fold::legal(evidence, &deeds),
        holds::deserved(evidence, &deeds),
        holds::kept(evidence, &deeds),
        holds::nobody_robbed(evidence, &deeds),
        holds::honoured_in_calm(evidence, &deeds),
        holds::exclusive_in_calm(evidence, &deeds),
        waitlist::one_at_a_time(evidence),
        waitlist::in_order(evidence, &deeds),
        waitlist::to_who_needs_it(evidence, &deeds),
        waitlist::worth_its_place(evidence, &deeds),
        waitlist::kept_in_mind(evidence, &deeds),
        service::no_faults_of_ours(evidence),
        service::answered_without_redis(evidence),
    ]
}
