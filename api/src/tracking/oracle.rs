//! Any interleaving, splitting, repeating and reordering of batches gives the same counts: a model
//! of the store in memory, fed in two ways, against a count that knows nothing of batches.

mod corrections;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, DeviceId, OperationId, PersonId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::tracking::{Consent, DeviceHolder, Stage};
use proptest::prelude::*;
use uuid::Uuid;

use super::batch::rules::*;
use super::code::Code;
use super::credit::rules::*;
use super::judging::rules::*;
use super::persons::merging::rules::{Head, Merges, Own, canonical, keep, regroup};
use super::persons::rules::{Field, Shown, Word, said};
use super::reading::activity::Activity;
use super::reading::{Act, Details, Draft, Kind, Sent, Who, Withdrawal};
use super::review::rules::{Held, Reviewer, approve};
use crate::geography::rules::{Geography, Level, Tie, Unit};

const VILLAGES: [i32; 3] = [10, 11, 12];

fn id(kind: u128, n: usize) -> Uuid {
    Uuid::from_u128(kind << 64 | n as u128)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn geography() -> Geography {
    let unit = |id: i32, level| Unit {
        unit_id: UnitId(id),
        code: None,
        valid_from: day("2020-01-01"),
        valid_to: None,
        name: format!("Đơn vị {id}"),
        level,
        kind: String::new(),
        class: None,
    };
    let mut units = vec![unit(1, Level::Province), unit(2, Level::Commune)];
    let tie = |unit: i32, parent: i32| Tie {
        unit_id: UnitId(unit),
        parent_id: UnitId(parent),
        valid_from: day("2020-01-01"),
        valid_to: None,
    };
    let mut ties = vec![tie(2, 1)];
    for village in VILLAGES {
        units.push(unit(village, Level::Village));
        ties.push(tie(village, 2));
    }
    Geography::new(units, ties, Vec::new())
}

/// Two volunteers of one union, one of another, and a lead.
fn sender(n: usize) -> Sender {
    Sender {
        account_id: AccountId(id(1, n)),
        mass_union: [
            MassUnion::Youth,
            MassUnion::Women,
            MassUnion::Youth,
            MassUnion::Women,
        ][n],
        unit_id: UnitId(2),
        device_id: Some(DeviceId(id(2, n))),
        device_is_lost: false,
        may_correct: n == 3,
        confirms_as: None,
    }
}

#[derive(Debug, Clone)]
enum Spec {
    Record {
        author: usize,
        /// The last one is nobody.
        person: usize,
        stage: usize,
        village: usize,
        minutes_ago: i64,
        helper: bool,
        trusted: bool,
        /// Another record that it takes the place of.
        replaces: Option<usize>,
        /// Its phone's clock is ahead of the world: held, until a lead approves it.
        future: bool,
        /// What it says of the person beside the stage.
        words: (Option<usize>, Option<i16>),
    },
    Activity {
        author: usize,
        minutes_ago: i64,
    },
    Void {
        author: usize,
        target: usize,
        minutes_ago: i64,
    },
}

const PERSONS: usize = 4;
const NAMES: [&str; 3] = ["Katơr Thị Thử", "Katơr Thử", "Pi Năng Thử"];

fn record_spec() -> impl Strategy<Value = Spec> {
    (
        0..4_usize,
        0..=PERSONS,
        0..2_usize,
        0..3_usize,
        0..4000_i64,
        0..8_u8,
        0..6_u8,
        (
            prop::option::weighted(0.2, 0..24_usize),
            prop::bool::weighted(0.15),
            (
                prop::option::of(0..NAMES.len()),
                prop::option::of(1960..1963_i16),
            ),
        ),
    )
        .prop_map(
            |(author, person, stage, village, minutes_ago, helper, trusted, rare)| {
                let (replaces, future, words) = rare;
                Spec::Record {
                    author,
                    person,
                    stage,
                    village,
                    minutes_ago,
                    helper: helper == 0,
                    trusted: trusted != 0,
                    replaces,
                    future,
                    words,
                }
            },
        )
}

fn activity_spec() -> impl Strategy<Value = Spec> {
    (0..4_usize, 0..4000_i64).prop_map(|(author, minutes_ago)| Spec::Activity {
        author,
        minutes_ago,
    })
}

fn specs() -> impl Strategy<Value = Vec<Spec>> {
    let voids = prop::collection::vec((0..4_usize, 0..24_usize, 0..3000_i64), 0..8);
    let said = prop_oneof![8 => record_spec(), 1 => activity_spec()];
    (prop::collection::vec(said, 1..24), voids).prop_map(|(mut specs, voids)| {
        let records = specs.len();
        for (n, spec) in specs.iter_mut().enumerate() {
            if let Spec::Record { replaces, .. } = spec {
                *replaces = replaces.map(|at| at % records).filter(|at| *at != n);
            }
        }
        specs.extend(
            voids
                .into_iter()
                .map(|(author, target, minutes_ago)| Spec::Void {
                    author,
                    target: target % records,
                    minutes_ago,
                }),
        );
        specs
    })
}

/// In which order operations come, how often, where batches are cut, and between which of them leads
/// say the same about persons, in the same order, and let records stand again.
#[derive(Debug, Clone)]
struct Delivery {
    batches: Vec<Vec<usize>>,
    changes: Vec<(usize, Change)>,
    /// After how many batches which record is reinstated. What cannot be done then is done in the end.
    reinstated: Vec<(usize, usize)>,
}

fn delivery(
    len: usize,
    changes: Vec<Change>,
    reinstated: Vec<usize>,
) -> impl Strategy<Value = Delivery> {
    let when = prop::collection::vec(0..20_usize, changes.len());
    let again = prop::collection::vec(0..20_usize, reinstated.len());
    (batches(len), when, again).prop_map(move |(batches, mut when, again)| {
        when.sort_unstable();
        let changes = when.into_iter().zip(changes.clone()).collect();
        let reinstated = again.into_iter().zip(reinstated.clone()).collect();
        Delivery {
            batches,
            changes,
            reinstated,
        }
    })
}

fn batches(len: usize) -> impl Strategy<Value = Vec<Vec<usize>>> {
    let repeats = prop::collection::vec(0..len, 0..len * 2);
    let cuts = prop::collection::vec(1..6_usize, len);
    (repeats, cuts)
        .prop_map(move |(mut order, cuts)| {
            order.extend(0..len);
            (order, cuts)
        })
        .prop_flat_map(|(order, cuts)| (Just(order).prop_shuffle(), Just(cuts)))
        .prop_map(|(order, cuts)| {
            let mut batches = Vec::new();
            let mut rest = order.as_slice();
            for cut in cuts {
                let (batch, after) = rest.split_at(cut.min(rest.len()));
                if !batch.is_empty() {
                    batches.push(batch.to_vec());
                }
                rest = after;
            }
            batches.extend(rest.chunks(5).map(<[usize]>::to_vec));
            batches
        })
}

fn noon() -> DateTime<Utc> {
    "2026-11-23T05:00:00Z".parse().unwrap()
}

fn author(spec: &Spec) -> usize {
    match spec {
        Spec::Record { author, .. } | Spec::Activity { author, .. } | Spec::Void { author, .. } => {
            *author
        }
    }
}

fn withdrawal(target: usize) -> Withdrawal {
    Withdrawal {
        target: OperationId(id(4, target)),
        reason: "nhầm".into(),
    }
}

fn act(spec: &Spec) -> Act {
    let (person, stage, helper, replaces, (name, birth_year)) = match spec {
        Spec::Void { target, .. } => return Act::Void(withdrawal(*target)),
        Spec::Activity { .. } => {
            return Act::Activity(Activity {
                what: "meeting".into(),
                attended: Some(1),
                leaflets: None,
                helped: None,
                text: None,
            });
        }
        Spec::Record {
            person,
            stage,
            helper,
            replaces,
            words,
            ..
        } => (*person, *stage, *helper, *replaces, *words),
    };
    let who = if person == PERSONS {
        Who::Nobody(Code::ConsentMissing)
    } else {
        Who::Provisional {
            person_id: PersonId(id(3, person)),
            details: Details {
                name: name.map(|name| PersonName::parse(NAMES[name]).unwrap()),
                phone: None,
                birth_year,
                sex: None,
                consent: Box::new(Consent {
                    method: "spoken".into(),
                    text_version: None,
                }),
            },
        }
    };
    Act::Record {
        who,
        stage: Stage::ALL[stage],
        device_holder: Some(if helper {
            DeviceHolder::Helper
        } else {
            DeviceHolder::Own
        }),
        replaces: replaces.map(withdrawal),
    }
}

fn draft(spec: &Spec) -> Draft {
    let (village_id, minutes_ago, trusted, future) = match spec {
        Spec::Record {
            village,
            minutes_ago,
            trusted,
            future,
            ..
        } => (
            Some(UnitId(VILLAGES[*village])),
            *minutes_ago,
            *trusted,
            *future,
        ),
        Spec::Activity { minutes_ago, .. } => {
            (Some(UnitId(VILLAGES[0])), *minutes_ago, true, false)
        }
        Spec::Void { minutes_ago, .. } => (None, *minutes_ago, true, false),
    };
    // A clock that is believed and shows tomorrow is what is held.
    let at = if future { -1_000 } else { minutes_ago };
    Draft {
        author_id: sender(author(spec)).account_id,
        recorded_at: noon() - TimeDelta::minutes(at),
        clock_offset_ms: (trusted || future).then_some(0),
        clock_offset_age_s: Some(1),
        village_id,
        act: act(spec),
    }
}

fn judged(n: usize, spec: &Spec, receipt: &Receipt, geography: &Geography) -> Judged {
    let draft = draft(spec);
    let kind = match &draft.act {
        Act::Void(_) => Kind::Void,
        Act::Activity(_) => Kind::Activity,
        Act::Record {
            replaces: Some(_), ..
        } => Kind::Replace,
        _ => Kind::Record,
    };
    let sent = Sent {
        op_id: Some(OperationId(id(4, n))),
        payload_hash: vec![],
        kind,
        seq: None,
        kept: String::new(),
        draft: Ok(draft),
    };
    judge(
        OperationId(id(4, n)),
        sent,
        &sender(author(spec)),
        receipt,
        geography,
    )
}

/// What a lead's approval makes of a held operation.
fn approved(n: usize, spec: &Spec, receipt: &Receipt, geography: &Geography) -> Judged {
    let held = Held {
        op_id: OperationId(id(4, n)),
        payload_hash: vec![],
        seq: None,
        code: Some(Code::FutureDated),
        village_id: None,
        received_at: receipt.received_at,
        effective_at: None,
        kept: String::new(),
    };
    let reviewer = Reviewer {
        unit_id: UnitId(2),
        on: receipt.on_day(),
    };
    approve(&held, draft(spec), None, reviewer, geography).unwrap()
}

fn is_held(spec: &Spec) -> bool {
    matches!(spec, Spec::Record { future: true, .. })
}

/// The store, as far as the fold can see it.
#[derive(Default)]
struct World {
    targets: HashMap<OperationId, Target>,
    own: Own,
    merges: Merges,
    waiting: HashMap<OperationId, Vec<Void>>,
    awaited: BTreeSet<OperationId>,
    held: BTreeSet<OperationId>,
    /// Everything that was ever recorded, standing or not, with what it said beside the stage.
    recorded: HashMap<OperationId, (Option<PersonId>, Stage, Fact)>,
    said: HashMap<OperationId, Vec<(PersonId, Field, Word)>>,
    /// Voids that were undone, and corrections by what they correct.
    undone: BTreeSet<OperationId>,
    corrections: BTreeMap<OperationId, OperationId>,
    /// Activities that stand.
    activities: BTreeSet<OperationId>,
    credits: BTreeMap<(PersonId, Stage), OperationId>,
    shown: BTreeMap<(PersonId, Field), OperationId>,
    tally: BTreeMap<Key, Counts>,
}

impl World {
    fn push(&mut self, sender: &Sender, ops: &[Judged], geography: &Geography) {
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
    fn regroup(&mut self, change: &Change) {
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
    fn head(&self, person: usize) -> Head {
        let numbers = [PersonId(id(3, 0)), PersonId(id(3, 1))];
        let person_id = canonical(&self.merges, PersonId(id(3, person)));
        Head {
            person_id,
            has_number: numbers.contains(&person_id),
        }
    }

    fn settle(
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
            assert!(kept.n >= 0 && kept.assists >= 0 && kept.anonymous >= 0);
        }
    }

    fn is_open(&self, op: &Judged) -> bool {
        !self.targets.contains_key(&op.op_id) || op.is_reviewed && self.held.contains(&op.op_id)
    }

    fn store(
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
            });
        }
        self.targets.insert(
            op.op_id,
            Target {
                author_id: sender.account_id,
                kind: op.kind,
                village_id: op.village_id,
                effective_at: op.effective_at,
                fact: fact.map(|(stage, fact)| (placed.person_id, stage, fact)),
            },
        );
    }

    fn counts(&self) -> BTreeMap<Key, Counts> {
        let mut tally = self.tally.clone();
        tally.retain(|_, counts| *counts != Counts::default());
        tally
    }

    fn per_stage(&self) -> BTreeMap<Stage, i32> {
        let mut stages = BTreeMap::new();
        for (key, counts) in self.counts() {
            *stages.entry(key.stage).or_default() += counts.n;
        }
        stages.retain(|_, n| *n != 0);
        stages
    }
}

/// What a lead says about persons.
#[derive(Debug, Clone)]
enum Change {
    Merge(usize, usize),
    /// Of the merges that stand, one.
    Undo(usize),
}

/// What leads say, one after another.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (0..PERSONS, 0..PERSONS, 0..4_u8).prop_map(|(one, other, kind)| match kind {
        0 => Change::Undo(one),
        _ => Change::Merge(one, other),
    });
    prop::collection::vec(change, 0..8)
}

/// Feeds the operations in this order; a batch of several authors is several batches. What is held is
/// approved when it comes for the second time, or after everything else. What leads say about persons
/// comes in between, each thing after so many batches.
fn feed(
    specs: &[Spec],
    Delivery {
        batches,
        changes,
        reinstated,
    }: &Delivery,
    geography: &Geography,
    receipt: impl Fn(usize) -> Receipt,
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
                        received.insert(*op, receipt(n));
                        judged(*op, &specs[*op], &receipt(n), geography)
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

/// The records that stand in the end, from the earliest on. What a lead took back of somebody else's and then
/// reinstated stands, unless something else takes it back.
fn standing(
    specs: &[Spec],
    geography: &Geography,
    receipt: &Receipt,
    reinstated: &BTreeSet<usize>,
) -> Vec<(usize, Judged)> {
    let all: Vec<Judged> = specs
        .iter()
        .enumerate()
        .map(|(n, spec)| match is_held(spec) {
            true => approved(n, spec, receipt, geography),
            false => judged(n, spec, receipt, geography),
        })
        .collect();
    let is_voided = |target: usize| {
        specs.iter().enumerate().any(|(n, spec)| match spec {
            Spec::Void {
                author: by,
                target: aim,
                ..
            }
            | Spec::Record {
                author: by,
                replaces: Some(aim),
                ..
            } if *aim == target => {
                let own = *by == author(&specs[target])
                    && all[n].effective_at.unwrap()
                        <= all[target].effective_at.unwrap() + TimeDelta::hours(24);
                let is_undone = matches!(spec, Spec::Void { .. })
                    && matches!(specs[target], Spec::Record { .. })
                    && author(&specs[target]) != 3
                    && reinstated.contains(&target);
                own || *by == 3 && !is_undone
            }
            _ => false,
        })
    };
    let mut standing: Vec<(usize, Judged)> = all
        .iter()
        .cloned()
        .enumerate()
        .filter(|(n, _)| !is_voided(*n))
        .collect();
    standing.sort_by_key(|(_, op)| (op.effective_at, op.op_id));
    standing
}

/// What persons show without batches: the last word of each field.
fn last_words(
    specs: &[Spec],
    geography: &Geography,
    receipt: &Receipt,
    merges: &Merges,
    reinstated: &BTreeSet<usize>,
) -> BTreeMap<(PersonId, Field), OperationId> {
    let mut last = BTreeMap::new();
    for (n, op) in standing(specs, geography, receipt, reinstated) {
        let Spec::Record {
            person,
            words: (name, birth_year),
            ..
        } = &specs[n]
        else {
            continue;
        };
        if *person == PERSONS {
            continue;
        }
        let person = canonical(merges, PersonId(id(3, *person)));
        for (field, is_said) in [
            (Field::Name, name.is_some()),
            (Field::BirthYear, birth_year.is_some()),
        ] {
            if is_said {
                last.insert((person, field), op.op_id);
            }
        }
    }
    last
}

/// The activities that nobody has taken back.
fn live_activities(
    specs: &[Spec],
    geography: &Geography,
    receipt: &Receipt,
) -> BTreeSet<OperationId> {
    let standing = standing(specs, geography, receipt, &BTreeSet::new()).into_iter();
    standing
        .filter(|(n, _)| matches!(specs[*n], Spec::Activity { .. }))
        .map(|(_, op)| op.op_id)
        .collect()
}

/// Counts without batches: walk the live records from the earliest on.
fn recount(
    specs: &[Spec],
    geography: &Geography,
    receipt: &Receipt,
    merges: &Merges,
    reinstated: &BTreeSet<usize>,
) -> BTreeMap<Key, Counts> {
    let mut tally: BTreeMap<Key, Counts> = BTreeMap::new();
    let mut unions: HashMap<(PersonId, usize), Vec<MassUnion>> = HashMap::new();
    for (n, op) in standing(specs, geography, receipt, reinstated) {
        let Spec::Record {
            author,
            person,
            stage,
            village,
            helper: false,
            ..
        } = &specs[n]
        else {
            continue;
        };
        let mass_union = sender(*author).mass_union;
        let counts = tally
            .entry(Key {
                village_id: UnitId(VILLAGES[*village]),
                stage: Stage::ALL[*stage],
                mass_union,
                on_day: op.on_day().unwrap(),
                author_id: sender(*author).account_id,
            })
            .or_default();
        if *person == PERSONS {
            counts.anonymous += 1;
            continue;
        }
        let person = canonical(merges, PersonId(id(3, *person)));
        let seen = unions.entry((person, *stage)).or_default();
        if seen.is_empty() {
            counts.n += 1;
        } else if !seen.contains(&mass_union) {
            counts.assists += 1;
        }
        seen.push(mass_union);
    }
    tally.retain(|_, counts| *counts != Counts::default());
    tally
}

fn two_deliveries() -> impl Strategy<Value = (Vec<Spec>, Delivery, Delivery)> {
    let reinstated = prop::collection::vec(0..24_usize, 0..6);
    (specs(), changes(), reinstated).prop_flat_map(|(specs, changes, reinstated)| {
        let len = specs.len();
        let reinstated: Vec<usize> = reinstated.into_iter().map(|at| at % len).collect();
        let delivery = move |changes| delivery(len, changes, reinstated.clone());
        (Just(specs), delivery(changes.clone()), delivery(changes))
    })
}

proptest! {
    #[test]
    fn order_cut_and_repetition_change_nothing((specs, one, two) in two_deliveries()) {
        let geography = geography();
        let receipt = Receipt::new(noon(), noon());
        let reinstated = one.reinstated.iter().map(|(_, op)| *op).collect();
        let one = feed(&specs, &one, &geography, |_| receipt);
        let two = feed(&specs, &two, &geography, |_| receipt);
        prop_assert_eq!(&one.credits, &two.credits);
        prop_assert_eq!(one.counts(), two.counts());
        prop_assert_eq!(&one.merges, &two.merges);
        prop_assert_eq!(one.counts(), recount(&specs, &geography, &receipt, &one.merges, &reinstated));
        prop_assert_eq!(&one.shown, &two.shown);
        let last = last_words(&specs, &geography, &receipt, &one.merges, &reinstated);
        prop_assert_eq!(&one.shown, &last);
        prop_assert_eq!(&one.activities, &two.activities);
        prop_assert_eq!(&one.activities, &live_activities(&specs, &geography, &receipt));
        prop_assert!(one.awaited.is_empty());
    }

    #[test]
    fn counts_per_stage_do_not_depend_on_when_batches_came((specs, one, two) in two_deliveries()) {
        // An author's own day to take back is counted in times of acts, which an untrusted clock
        // replaces by the receipt: only a lead's voids are free of it.
        let specs: Vec<Spec> = specs
            .into_iter()
            .map(|spec| match spec {
                Spec::Void { target, minutes_ago, .. } => Spec::Void { author: 3, target, minutes_ago },
                Spec::Record { person, stage, village, minutes_ago, helper, trusted, future, replaces, author, words } => {
                    let author = if replaces.is_some() { 3 } else { author };
                    Spec::Record { author, person, stage, village, minutes_ago, helper, trusted, future, replaces, words }
                }
                Spec::Activity { .. } => spec,
            })
            .collect();
        let geography = geography();
        let later = |n: usize| {
            let at = noon() + TimeDelta::minutes(37 * n as i64);
            Receipt::new(at, at)
        };
        let one = feed(&specs, &one, &geography, later);
        let two = feed(&specs, &two, &geography, later);
        prop_assert_eq!(one.per_stage(), two.per_stage());
    }
}

#[test]
fn a_clock_is_believed_as_far_as_it_can_be_checked() {
    let now = noon();
    let receipt = Receipt::new(now, now);
    let minutes = |n: i64| now - TimeDelta::minutes(n);
    let correct = |at, offset, age| correct_clock(at, offset, age, &receipt);
    let ok = |at, info| {
        Ok(Corrected {
            effective_at: at,
            info,
        })
    };
    assert_eq!(
        correct(minutes(30), Some(0), Some(60)),
        ok(minutes(30), None)
    );
    for (offset, age) in [
        (None, Some(60)),
        (Some(0), None),
        (Some(0), Some(8 * 86_400)),
        (Some(0), Some(-1)),
        (Some(3_600_000), Some(60)),
        (Some(i64::MAX), Some(60)),
        (Some(i64::MIN), Some(60)),
    ] {
        let untrusted = ok(now, Some(Code::ClockUntrusted));
        assert_eq!(
            correct(minutes(30), offset, age),
            untrusted,
            "{offset:?} {age:?}"
        );
    }
    let week = now - CLAIM_MAX;
    assert_eq!(
        correct(now - TimeDelta::days(400), Some(0), Some(60)),
        ok(week, Some(Code::ClockLimited))
    );
    // A few minutes ahead are now; more is not believed.
    assert_eq!(correct(minutes(-4), Some(0), Some(60)), ok(now, None));
    assert_eq!(
        correct(minutes(-6), Some(0), Some(60)),
        Err(Code::FutureDated)
    );
    assert_eq!(
        correct(DateTime::<Utc>::MAX_UTC, Some(60_000), Some(60)),
        Err(Code::FutureDated)
    );
    // A phone that is a year slow and knows it.
    let year = TimeDelta::days(365);
    let slow = Receipt::new(now, now - year);
    assert_eq!(
        correct_clock(
            minutes(30) - year,
            Some(year.num_milliseconds()),
            Some(60),
            &slow
        ),
        ok(minutes(30), Some(Code::ClockSkew))
    );
}
