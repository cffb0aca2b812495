//! Leads correct what was recorded and let stand again what was taken back, in between everything else: whatever they
//! do, and in whatever order, the counts are those of the records that stand.

use super::*;
use crate::tracking::corrections::rules::{
    Counted, Said, Taking, What, check, corrected, exchange, undoes,
};
use crate::tracking::persons::rules::changed;
use mobile_contracts::correction::CorrectRecord;

impl World {
    fn stands(&self, op: OperationId) -> bool {
        self.targets
            .get(&op)
            .is_some_and(|target| target.fact.is_some())
    }

    fn counted(&self, op: OperationId) -> Counted {
        let (person_id, stage, fact) = self.recorded[&op].clone();
        Counted {
            person_id: person_id.map(|id| canonical(&self.merges, id)),
            stage,
            fact,
        }
    }

    /// Lets some records stand no longer and others instead.
    fn exchange(&mut self, out: &[OperationId], into: &[OperationId]) {
        let live = self.own.live(&self.merges);
        let words = self.own.words(&self.merges);
        let of = |ops: &[OperationId]| ops.iter().map(|op| self.counted(*op)).collect();
        let (gone, new): (Vec<Counted>, Vec<Counted>) = (of(out), of(into));
        let moved = exchange(&live, &gone, &new);
        for op in out {
            self.own.facts.retain(|(_, _, fact)| fact.op_id != *op);
            for words in self.own.words.values_mut() {
                words.retain(|word| word.op_id != *op);
            }
            self.targets.get_mut(op).unwrap().fact = None;
        }
        for op in into {
            let (person, stage, fact) = self.recorded[op].clone();
            if let Some(person) = person {
                self.own.facts.push((person, stage, fact.clone()));
            }
            for (person, field, word) in &self.said[op] {
                let words = self.own.words.entry((*person, *field));
                words.or_default().push(*word);
            }
            self.targets.get_mut(op).unwrap().fact = Some((person, stage, fact));
        }
        let shown = changed(&words, &self.own.words(&self.merges));
        self.settle(moved.credits, shown, moved.tally);
    }

    /// What a lead's press on "let it stand again" does.
    pub(super) fn reinstate(&mut self, op: OperationId, geography: &Geography) {
        if !self.recorded.contains_key(&op) || self.stands(op) {
            return;
        }
        let voids = self.waiting.get(&op).cloned().unwrap_or_default();
        let takings: Vec<Taking> = voids
            .into_iter()
            .map(|void| {
                let is_correction = self.corrections.contains_key(&void.op_id);
                let is_record = self.recorded.contains_key(&void.op_id);
                Taking {
                    is_replacement: is_record && !is_correction,
                    corrected: is_correction.then(|| self.stands(void.op_id)),
                    is_undone: self.undone.contains(&void.op_id),
                    void,
                }
            })
            .collect();
        let Ok(undone) = undoes(&takings, &self.targets[&op], geography) else {
            return;
        };
        let instead = undone.iter().copied();
        let instead: Vec<OperationId> = instead
            .filter(|void| self.corrections.contains_key(void))
            .collect();
        for gone in &instead {
            let void = self.by_lead();
            self.waiting.entry(*gone).or_default().push(void);
        }
        self.undone.extend(undone);
        self.exchange(&instead, &[op]);
    }

    /// An act of the lead, with an id that nobody has had.
    fn by_lead(&self) -> Void {
        let acts = self.undone.len() + self.corrections.len();
        let voids: usize = self.waiting.values().map(Vec::len).sum();
        Void {
            op_id: OperationId(id(6, acts + voids)),
            author_id: sender(3).account_id,
            corrects_in: Some(UnitId(2)),
            effective_at: noon(),
            said_at: Some(noon()),
            by_office: false,
        }
    }

    /// What a lead's correction does.
    fn correct(&mut self, op: OperationId, asked: &CorrectRecord) {
        if !self.stands(op) {
            return;
        }
        let (person, stage, fact) = self.recorded[&op].clone();
        let holder = match fact.helper {
            true => DeviceHolder::Helper,
            false => DeviceHolder::Own,
        };
        let said = Said {
            village_id: fact.village_id,
            what: What::Stage(stage, Some(holder)),
            effective_at: fact.effective_at,
        };
        if !check(&said, asked, noon()).is_empty() {
            return;
        }
        let Ok(new) = corrected(&said, asked, noon()) else {
            return;
        };
        let What::Stage(new_stage, _) = new.what else {
            unreachable!("a record stays one");
        };
        let void = self.by_lead();
        let instead = Fact {
            op_id: void.op_id,
            village_id: new.village_id,
            effective_at: new.effective_at,
            on_day: new.on_day(),
            ..fact
        };
        let word = Word {
            effective_at: new.effective_at,
            op_id: void.op_id,
        };
        let again = self.said[&op].iter();
        let again = again.map(|(person, field, _)| (*person, *field, word));
        self.said.insert(void.op_id, again.collect());
        self.recorded
            .insert(void.op_id, (person, new_stage, instead.clone()));
        let target = Target {
            author_id: self.targets[&op].author_id,
            kind: Kind::Replace,
            village_id: Some(new.village_id),
            said_at: self.targets[&op].said_at,
            of_office: false,
            fact: None,
        };
        self.targets.insert(void.op_id, target);
        self.corrections.insert(void.op_id, op);
        self.waiting.entry(op).or_default().push(void.clone());
        self.exchange(&[op], &[void.op_id]);
    }

    /// The counts of what stands, by walking it: nothing of this knows of differences.
    fn recount(&self) -> BTreeMap<Key, Counts> {
        let mut facts: Vec<(Option<PersonId>, Stage, Fact)> = self
            .targets
            .values()
            .filter_map(|target| target.fact.clone())
            .filter(|(_, _, fact)| !fact.helper)
            .collect();
        facts.sort_by_key(|(_, _, fact)| (fact.effective_at, fact.op_id));
        let mut tally: BTreeMap<Key, Counts> = BTreeMap::new();
        let mut unions: HashMap<(PersonId, Stage), Vec<MassUnion>> = HashMap::new();
        for (person, stage, fact) in facts {
            let counts = tally
                .entry(Key {
                    village_id: fact.village_id,
                    stage,
                    mass_union: fact.mass_union,
                    on_day: fact.on_day,
                    author_id: fact.author_id,
                })
                .or_default();
            let Some(person) = person else {
                counts.anonymous += 1;
                continue;
            };
            let seen = unions.entry((canonical(&self.merges, person), stage));
            let seen = seen.or_default();
            if seen.is_empty() {
                counts.n += 1;
                counts.late += i32::from(fact.late);
            } else if !seen.contains(&fact.mass_union) {
                counts.assists += 1;
            }
            seen.push(fact.mass_union);
        }
        tally.retain(|_, counts| *counts != Counts::default());
        tally
    }
}

/// What leads do to records.
#[derive(Debug, Clone)]
enum Step {
    Push(Vec<usize>),
    Say(Change),
    Reinstate(usize),
    Correct(usize, CorrectRecord),
    /// Of the corrections so far, one is itself corrected, or taken back by its author.
    CorrectAgain(usize, CorrectRecord),
    Void(usize, usize),
}

fn corrections() -> impl Strategy<Value = CorrectRecord> {
    (
        prop::option::of(0..3_usize),
        prop::option::of(0..2_usize),
        prop::option::of(0..4_i64),
    )
        .prop_map(|(village, stage, days_ago)| CorrectRecord {
            village_id: village.map(|at| UnitId(VILLAGES[at])),
            stage: stage.map(|at| Stage::ALL[at]),
            device_holder: None,
            outcome: None,
            on_day: days_ago.map(|days| (noon() - TimeDelta::days(days)).date_naive()),
            reason: "hỏi lại".into(),
        })
}

fn steps() -> impl Strategy<Value = (Vec<Spec>, Vec<Step>)> {
    specs().prop_flat_map(|specs| {
        let len = specs.len();
        let step = prop_oneof![
            4 => prop::collection::vec(0..len, 1..6).prop_map(Step::Push),
            1 => (0..PERSONS, 0..PERSONS).prop_map(|(a, b)| Step::Say(Change::Merge(a, b))),
            1 => (0..4_usize).prop_map(|at| Step::Say(Change::Undo(at))),
            3 => (0..len).prop_map(Step::Reinstate),
            3 => (0..len, corrections()).prop_map(|(at, how)| Step::Correct(at, how)),
            2 => (0..8_usize, corrections()).prop_map(|(at, how)| Step::CorrectAgain(at, how)),
            1 => (0..8_usize, 0..4_usize).prop_map(|(at, who)| Step::Void(at, who)),
        ];
        (Just(specs), prop::collection::vec(step, 1..40))
    })
}

proptest! {
    #[test]
    fn whatever_leads_put_right_the_counts_are_those_of_what_stands((specs, steps) in steps()) {
        let geography = geography();
        let receipt = Receipt::new(noon(), noon());
        let mut world = World::default();
        for (n, step) in steps.iter().enumerate() {
            let made = |world: &World, at: usize| {
                let made = world.corrections.keys().copied().collect::<Vec<_>>();
                made.get(at % made.len().max(1)).copied()
            };
            match step {
                Step::Push(batch) => for who in 0..4 {
                    let own = batch.iter().filter(|op| author(&specs[**op]) == who);
                    let ops: Vec<Judged> = own
                        .map(|op| match is_held(&specs[*op]) {
                            true => approved(*op, &specs[*op], &receipt, &geography),
                            false => judged(*op, &specs[*op], &receipt, &geography),
                        })
                        .collect();
                    world.push(&sender(who), &ops, &geography);
                },
                Step::Say(change) => world.regroup(change),
                Step::Reinstate(op) => world.reinstate(OperationId(id(4, *op)), &geography),
                Step::Correct(op, how) => world.correct(OperationId(id(4, *op)), how),
                Step::CorrectAgain(at, how) => if let Some(op) = made(&world, *at) {
                    world.correct(op, how);
                },
                Step::Void(at, who) => if let Some(target) = made(&world, *at) {
                    let void = Judged {
                        op_id: OperationId(id(7, n)),
                        payload_hash: vec![],
                        kind: Kind::Void,
                        seq: None,
                        kept: String::new(),
                        village_id: None,
                        effective_at: Some(noon()),
                        said_at: Some(noon()),
                        received_on: receipt.on_day(),
                        decision: Decision::Accepted {
                            act: Act::Void(Withdrawal { target, reason: "nhầm".into() }),
                            info: None,
                        },
                        would_be: None,
                        is_reviewed: false,
                    };
                    world.push(&sender(*who), &[void], &geography);
                },
            }
            prop_assert_eq!(world.counts(), world.recount());
        }
        // Whoever holds the credit is the earliest of what stands, and shows the last word that stands.
        let live = world.own.live(&world.merges);
        let holders: BTreeMap<_, _> = live
            .iter()
            .filter_map(|(pair, facts)| Some((*pair, effects(pair.1, facts).credit?)))
            .collect();
        prop_assert_eq!(&world.credits, &holders);
    }
}
