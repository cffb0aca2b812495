//! A store in memory, as far as the fold can see it, and how it is fed.

use super::*;

/// The store, as far as the fold can see it.
#[derive(Default)]
pub(super) struct World {
    pub(super) targets: HashMap<OperationId, Target>,
    pub(super) own: Own,
    pub(super) merges: Merges,
    pub(super) waiting: HashMap<OperationId, Vec<Void>>,
    pub(super) awaited: BTreeSet<OperationId>,
    pub(super) held: BTreeSet<OperationId>,
    /// Everything that was ever recorded, standing or not, with what it said beside the stage.
    pub(super) recorded: HashMap<OperationId, (Option<PersonId>, Stage, Fact)>,
    pub(super) said: HashMap<OperationId, Vec<(PersonId, Field, Word)>>,
    /// Voids that were undone, and corrections by what they correct.
    pub(super) undone: BTreeSet<OperationId>,
    pub(super) corrections: BTreeMap<OperationId, OperationId>,
    /// Activities that stand.
    pub(super) activities: BTreeSet<OperationId>,
    pub(super) credits: BTreeMap<(PersonId, Stage), OperationId>,
    pub(super) shown: BTreeMap<(PersonId, Field), OperationId>,
    pub(super) tally: BTreeMap<Key, Counts>,
}

impl World {
    pub(super) fn push(&mut self, sender: &Sender, ops: &[Judged], geography: &Geography) {
        let mut seen = BTreeSet::new();
        let fresh: Vec<Placed<'_>> = ops
            .iter()
            .filter(|op| self.is_open(op) && seen.insert(op.op_id))
            .map(|op| {
                let person_id = match op.act().and_then(Act::who) {
                    Some(Who::Provisional { person_id, .. }) => Some(*person_id),
                    _ => None,
                };
                Placed {
                    judged: op,
                    person_id,
                    canonical_id: person_id.map(|id| canonical(&self.merges, id)),
                }
            })
            .collect();
        let mut targets = self.targets.clone();
        for (person, ..) in targets.values_mut().filter_map(|it| it.fact.as_mut()) {
            *person = person.map(|id| canonical(&self.merges, id));
        }
        let known = Known {
            live: self.own.live(&self.merges),
            words: self.own.words(&self.merges),
            targets,
            awaited: self.awaited.clone(),
            waiting: self.waiting.clone(),
        };
        let changes = fold(&known, &fresh, sender, geography);
        for (placed, verdict) in fresh.iter().zip(&changes.verdicts) {
            self.store(placed, verdict, &changes, sender);
        }
        for words in self.own.words.values_mut() {
            words.retain(|word| !changes.voided.contains_key(&word.op_id));
        }
        let facts = &mut self.own.facts;
        facts.retain(|(_, _, fact)| !changes.voided.contains_key(&fact.op_id));
        for target in changes.voided.keys() {
            self.activities.remove(target);
            if let Some(target) = self.targets.get_mut(target) {
                target.fact = None;
            }
        }
        self.awaited.extend(&changes.awaited);
        self.settle(changes.credits, changes.shown, changes.tally);
    }

    /// Lets other merges stand, as a lead says.
    pub(super) fn regroup(&mut self, change: &Change) {
        let before = self.merges.clone();
        match change {
            Change::Merge(one, other) => {
                if let Ok((kept, merged)) = keep(self.head(*one), self.head(*other)) {
                    self.merges.insert(merged, kept);
                }
            }
            Change::Undo(at) => {
                let merged = self.merges.keys().nth(*at % self.merges.len().max(1));
                if let Some(merged) = merged.copied() {
                    self.merges.remove(&merged);
                }
            }
        }
        let everybody = (0..PERSONS).map(|n| PersonId(id(3, n))).collect();
        let after = regroup(&everybody, &self.own, &before, &self.merges);
        self.settle(after.credit.credits, after.shown, after.credit.tally);
    }

    /// The first two have ID numbers.
    pub(super) fn head(&self, person: usize) -> Head {
        let numbers = [PersonId(id(3, 0)), PersonId(id(3, 1))];
        let person_id = canonical(&self.merges, PersonId(id(3, person)));
        Head {
            person_id,
            has_number: numbers.contains(&person_id),
        }
    }

    pub(super) fn settle(
        &mut self,
        credits: BTreeMap<(PersonId, Stage), Option<OperationId>>,
        shown: Shown,
        tally: Tally,
    ) {
        for (pair, holder) in credits {
            match holder {
                Some(op) => self.credits.insert(pair, op),
                None => self.credits.remove(&pair),
            };
        }
        for (of, word) in shown {
            match word {
                Some(op) => self.shown.insert(of, op),
                None => self.shown.remove(&of),
            };
        }
        for (key, counts) in tally.0 {
            let kept = self.tally.entry(key).or_default();
            kept.n += counts.n;
            kept.assists += counts.assists;
            kept.anonymous += counts.anonymous;
            kept.late += counts.late;
            assert!(kept.n >= 0 && kept.assists >= 0 && kept.anonymous >= 0);
            assert!((0..=kept.n).contains(&kept.late));
        }
    }

    pub(super) fn is_open(&self, op: &Judged) -> bool {
        !self.targets.contains_key(&op.op_id) || op.is_reviewed && self.held.contains(&op.op_id)
    }

    pub(super) fn store(
        &mut self,
        placed: &Placed<'_>,
        verdict: &Verdict,
        changes: &Changes,
        sender: &Sender,
    ) {
        let op = placed.judged;
        self.awaited.remove(&op.op_id);
        if verdict.result == "held" {
            self.held.insert(op.op_id);
        } else {
            self.held.remove(&op.op_id);
        }
        let is_live = !changes.born_voided.contains_key(&op.op_id);
        let fact = fact_of(op, sender);
        if let Some((stage, fact)) = &fact {
            let of = (placed.person_id, *stage, fact.clone());
            self.recorded.insert(op.op_id, of);
            let words = op.act().and_then(Act::who).map(said).unwrap_or_default();
            let words = words.into_iter().filter_map(|(field, _)| {
                let word = Word {
                    effective_at: op.effective_at?,
                    op_id: op.op_id,
                };
                Some((placed.person_id?, field, word))
            });
            self.said.insert(op.op_id, words.collect());
        }
        let fact = fact.filter(|_| is_live);
        if matches!(op.act(), Some(Act::Activity(_))) && is_live {
            self.activities.insert(op.op_id);
        }
        if let (Some((stage, fact)), Some(person)) = (&fact, placed.person_id) {
            self.own.facts.push((person, *stage, fact.clone()));
            for (person, field, word) in &self.said[&op.op_id] {
                let words = self.own.words.entry((*person, *field));
                words.or_default().push(*word);
            }
        }
        if let Some(target) = op.void_target()
            && !changes.refused.contains(&op.op_id)
        {
            self.waiting.entry(target).or_default().push(Void {
                op_id: op.op_id,
                author_id: sender.account_id,
                corrects_in: sender.may_correct.then_some(sender.unit_id),
                effective_at: op.effective_at.unwrap(),
                said_at: op.said_at,
                by_office: false,
            });
        }
        self.targets.insert(
            op.op_id,
            Target {
                author_id: sender.account_id,
                kind: op.kind,
                village_id: op.village_id,
                said_at: op.said_at,
                of_office: false,
                fact: fact.map(|(stage, fact)| (placed.person_id, stage, fact)),
            },
        );
    }

    pub(super) fn counts(&self) -> BTreeMap<Key, Counts> {
        let mut tally = self.tally.clone();
        tally.retain(|_, counts| *counts != Counts::default());
        tally
    }

    pub(super) fn per_stage(&self) -> BTreeMap<Stage, i32> {
        let mut stages = BTreeMap::new();
        for (key, counts) in self.counts() {
            *stages.entry(key.stage).or_default() += counts.n;
        }
        stages.retain(|_, n| *n != 0);
        stages
    }
}

/// Feeds the operations in this order; a batch of several authors is several batches. What is held is
/// approved when it comes for the second time, or after everything else. What leads say about persons
/// comes in between, each thing after so many batches. `receipt` says of an operation and of the batch that brings
/// it when it is received.
pub(super) fn feed(
    specs: &[Spec],
    Delivery {
        batches,
        changes,
        reinstated,
    }: &Delivery,
    geography: &Geography,
    receipt: impl Fn(usize, usize) -> Receipt,
) -> World {
    let mut world = World::default();
    let mut received: BTreeMap<usize, Receipt> = BTreeMap::new();
    let mut changes = changes.iter().peekable();
    for (n, batch) in batches.iter().enumerate() {
        while let Some((_, change)) = changes.next_if(|(after, _)| *after <= n) {
            world.regroup(change);
        }
        for who in 0..4 {
            let own = batch.iter().filter(|op| author(&specs[**op]) == who);
            let ops: Vec<Judged> = own
                .map(|op| match received.get(op) {
                    Some(receipt) if is_held(&specs[*op]) => {
                        approved(*op, &specs[*op], receipt, geography)
                    }
                    _ => {
                        let receipt = receipt(*op, n);
                        received.insert(*op, receipt);
                        judged(*op, &specs[*op], &receipt, geography)
                    }
                })
                .collect();
            world.push(&sender(who), &ops, geography);
        }
        for (_, op) in reinstated.iter().filter(|(after, _)| *after == n) {
            world.reinstate(OperationId(id(4, *op)), geography);
        }
    }
    for (op, receipt) in received.iter().filter(|(op, _)| is_held(&specs[**op])) {
        let late = approved(*op, &specs[*op], receipt, geography);
        world.push(&sender(author(&specs[*op])), &[late], geography);
    }
    for (_, change) in changes {
        world.regroup(change);
    }
    for (_, op) in reinstated {
        world.reinstate(OperationId(id(4, *op)), geography);
    }
    world
}
