//! What a batch changes: its operations folded into what was known before. No database, no clock.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};
use mobile_contracts::tracking::{DeviceHolder, Stage};

use crate::geography::Geography;
use crate::tracking::code::Code;
use crate::tracking::credit::rules::{Fact, Live, Tally, anonymous_effect, difference, is_late};
use crate::tracking::judging::rules::{Decision, Judged, Sender};
use crate::tracking::persons::rules::{Shown, Word, Words, changed, said};
use crate::tracking::reading::{Act, Kind, Who};

/// How long an author may take back what they recorded.
pub const VOID_BY_AUTHOR: TimeDelta = TimeDelta::hours(24);

/// Somebody's wish to take something back.
#[derive(Debug, Clone)]
pub struct Void {
    pub op_id: OperationId,
    pub author_id: AccountId,
    /// The unit in which they may correct others.
    pub corrects_in: Option<UnitId>,
    pub effective_at: DateTime<Utc>,
    /// When its phone says that it was.
    pub said_at: Option<DateTime<Utc>>,
    /// An office undoes what it did; no phone sent it.
    pub by_office: bool,
}

/// What is to be taken back.
#[derive(Debug, Clone)]
pub struct Target {
    pub author_id: AccountId,
    pub kind: Kind,
    pub village_id: Option<UnitId>,
    /// When its phone says that it was; none: nobody could read it.
    pub said_at: Option<DateTime<Utc>>,
    /// An office saw it: nobody else takes it back.
    pub of_office: bool,
    /// What it still counts as, and for whom.
    pub fact: Option<(Option<PersonId>, Stage, Fact)>,
}

/// Whether a void takes effect. Depends on the two acts only, so that their order does not matter.
pub fn may_void(void: &Void, target: &Target, geography: &Geography) -> bool {
    let in_time = || {
        let said = void.said_at.zip(target.said_at);
        said.is_none_or(|(void, target)| void <= target + VOID_BY_AUTHOR)
    };
    let own = void.author_id == target.author_id && in_time();
    let covered = || {
        void.corrects_in
            .zip(target.village_id)
            .is_some_and(|(unit, village)| {
                geography.answers_for(unit, village, local_day(void.effective_at))
            })
    };
    target.kind != Kind::Void && (!target.of_office || void.by_office) && (own || covered())
}

/// What the database knows about a batch, under lock.
#[derive(Debug, Default)]
pub struct Known {
    /// Live facts of the persons that the batch touches, by who stands for them.
    pub live: Live,
    /// Live words about them likewise, if the batch says or takes back any.
    pub words: Words,
    /// Stored operations that the batch takes back.
    pub targets: HashMap<OperationId, Target>,
    /// Rows that wait for their operation.
    pub awaited: BTreeSet<OperationId>,
    /// Voids that came before their target, by target.
    pub waiting: HashMap<OperationId, Vec<Void>>,
}

/// One fresh operation with the person it is about.
#[derive(Debug)]
pub struct Placed<'a> {
    pub judged: &'a Judged,
    pub person_id: Option<PersonId>,
    /// Who stands for them: for whom it counts.
    pub canonical_id: Option<PersonId>,
}

/// What became of one fresh operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub result: &'static str,
    pub code: Option<Code>,
    pub counted: bool,
    pub recorded_on: Option<NaiveDate>,
}

/// Everything that a batch changes.
#[derive(Debug, Default)]
pub struct Changes {
    /// One for each operation, in their order.
    pub verdicts: Vec<Verdict>,
    /// By fresh operation: the void that met it.
    pub born_voided: BTreeMap<OperationId, OperationId>,
    /// Stored operations that are taken back, with the void that does it.
    pub voided: BTreeMap<OperationId, OperationId>,
    /// Targets that have not come yet.
    pub awaited: BTreeSet<OperationId>,
    /// Fresh operations that may not take back what they want to.
    pub refused: BTreeSet<OperationId>,
    /// Who holds the credit now, where that changed.
    pub credits: BTreeMap<(PersonId, Stage), Option<OperationId>>,
    /// Stored operations whose credit changed.
    pub moved: BTreeSet<OperationId>,
    /// Whose word persons show now, where that changed.
    pub shown: Shown,
    pub tally: Tally,
}

/// Folds fresh operations into what is known.
pub fn fold(
    known: &Known,
    batch: &[Placed<'_>],
    sender: &Sender,
    geography: &Geography,
) -> Changes {
    let mut changes = Changes::default();
    let mut live = known.live.clone();
    let own_targets: HashMap<OperationId, Target> = batch
        .iter()
        .map(|placed| (placed.judged.op_id, own_target(placed.judged, sender)))
        .collect();
    for (void, target) in voids(batch, sender) {
        if let Some(own) = own_targets.get(&target) {
            if may_void(&void, own, geography) {
                earliest(&mut changes.born_voided, target, void.op_id);
            } else {
                changes.refused.insert(void.op_id);
            }
        } else if let Some(stored) = known.targets.get(&target) {
            if may_void(&void, stored, geography) {
                earliest(&mut changes.voided, target, void.op_id);
            } else {
                changes.refused.insert(void.op_id);
            }
        } else {
            changes.awaited.insert(target);
        }
    }
    for (target, voids) in &known.waiting {
        let Some(own) = own_targets.get(target) else {
            continue;
        };
        for void in voids.iter().filter(|void| may_void(void, own, geography)) {
            earliest(&mut changes.born_voided, *target, void.op_id);
        }
    }
    for target in changes.voided.keys() {
        match known
            .targets
            .get(target)
            .and_then(|target| target.fact.as_ref())
        {
            Some((Some(person_id), stage, _)) => {
                if let Some(facts) = live.get_mut(&(*person_id, *stage)) {
                    facts.retain(|fact| fact.op_id != *target);
                }
            }
            Some((None, stage, fact)) => {
                changes.tally.add_all(&anonymous_effect(*stage, fact), -1);
            }
            None => {}
        }
    }
    for placed in batch {
        let Some((stage, fact)) = fact_of(placed.judged, sender) else {
            continue;
        };
        if changes.born_voided.contains_key(&fact.op_id) {
            continue;
        }
        match placed.canonical_id {
            Some(person_id) => live.entry((person_id, stage)).or_default().push(fact),
            None => changes.tally.add_all(&anonymous_effect(stage, &fact), 1),
        }
    }
    let fresh: BTreeSet<OperationId> = batch.iter().map(|placed| placed.judged.op_id).collect();
    let credit = difference(&known.live, &live);
    changes.tally.add_all(&credit.tally, 1);
    changes.credits = credit.credits;
    changes.moved = credit.moved.difference(&fresh).copied().collect();
    changes.moved.extend(changes.voided.keys().copied());
    changes.shown = shown(known, batch, &changes);
    changes.tally = std::mem::take(&mut changes.tally).without_zeros();
    changes.verdicts = batch
        .iter()
        .map(|placed| verdict(placed, &changes, &credit.holders))
        .collect();
    changes
}

/// Whether anything is said of a person beside a stage.
pub fn say_something(ops: &[&Judged]) -> bool {
    let mut whos = ops.iter().filter_map(|op| op.act().and_then(Act::who));
    whos.any(|who| !said(who).is_empty())
}

/// What persons show of everything that was said: the words of before, less what is taken back, and
/// those of this batch.
fn shown(known: &Known, batch: &[Placed<'_>], changes: &Changes) -> Shown {
    let mut words = known.words.clone();
    for about_one in words.values_mut() {
        about_one.retain(|word| !changes.voided.contains_key(&word.op_id));
    }
    for placed in batch {
        let op = placed.judged;
        let (Some(person_id), Some(effective_at)) = (placed.canonical_id, op.effective_at) else {
            continue;
        };
        if changes.born_voided.contains_key(&op.op_id) {
            continue;
        }
        let fields = op.act().and_then(Act::who).map(said).unwrap_or_default();
        for (field, _) in fields {
            words.entry((person_id, field)).or_default().push(Word {
                effective_at,
                op_id: op.op_id,
            });
        }
    }
    changed(&known.words, &words)
}

fn earliest(voided: &mut BTreeMap<OperationId, OperationId>, target: OperationId, by: OperationId) {
    let holder = voided.entry(target).or_insert(by);
    *holder = by.min(*holder);
}

fn own_target(judged: &Judged, sender: &Sender) -> Target {
    Target {
        author_id: sender.account_id,
        kind: judged.kind,
        village_id: judged.village_id,
        said_at: judged.said_at,
        of_office: false,
        fact: None,
    }
}

fn voids<'a>(
    batch: &'a [Placed<'_>],
    sender: &'a Sender,
) -> impl Iterator<Item = (Void, OperationId)> + 'a {
    batch.iter().filter_map(|placed| {
        let target = placed.judged.void_target()?;
        let void = Void {
            op_id: placed.judged.op_id,
            author_id: sender.account_id,
            corrects_in: sender.may_correct.then_some(sender.unit_id),
            effective_at: placed.judged.effective_at?,
            said_at: placed.judged.said_at,
            by_office: sender.device_id.is_none(),
        };
        Some((void, target))
    })
}

/// The fact that an accepted record is.
pub fn fact_of(judged: &Judged, sender: &Sender) -> Option<(Stage, Fact)> {
    let Some(Act::Record {
        stage,
        device_holder,
        ..
    }) = judged.act()
    else {
        return None;
    };
    let effective_at = judged.effective_at?;
    let fact = Fact {
        op_id: judged.op_id,
        village_id: judged.village_id?,
        mass_union: sender.mass_union,
        author_id: sender.account_id,
        helper: *device_holder == Some(DeviceHolder::Helper),
        confirmed: sender.confirms_as.is_some(),
        late: is_late(local_day(effective_at), judged.received_on),
        effective_at,
        on_day: local_day(effective_at),
    };
    Some((*stage, fact))
}

fn verdict(placed: &Placed<'_>, changes: &Changes, holders: &BTreeSet<OperationId>) -> Verdict {
    let judged = placed.judged;
    let (act, info) = match &judged.decision {
        Decision::Stopped(code) => return stopped(*code),
        Decision::Accepted { act, info } => (act, *info),
    };
    // What replaces another record is one by itself, and stands whatever becomes of the other: it may
    // come first, and then nobody knows yet whose the other is.
    let info = match act {
        Act::Record {
            replaces: Some(_), ..
        } if changes.refused.contains(&judged.op_id) => Some(Code::ReplacedStays),
        _ => info,
    };
    let applied = |code: Option<Code>, counted: bool| Verdict {
        result: "applied",
        code: code.or(info),
        counted,
        recorded_on: judged.on_day(),
    };
    if changes.born_voided.contains_key(&judged.op_id) {
        return applied(Some(Code::Voided), false);
    }
    match act {
        Act::Void(void) if changes.awaited.contains(&void.target) => Verdict {
            recorded_on: None,
            ..applied(Some(Code::VoidTargetUnknown), false)
        },
        Act::Void(_) if changes.refused.contains(&judged.op_id) => stopped(Code::VoidNotAllowed),
        Act::Void(_) => Verdict {
            recorded_on: None,
            ..applied(None, false)
        },
        Act::Visit { .. }
        | Act::Note { .. }
        | Act::RequestAppointment { .. }
        | Act::Activity(_) => applied(None, false),
        Act::Record {
            device_holder: Some(DeviceHolder::Helper),
            ..
        } => applied(Some(Code::HelperDevice), false),
        Act::Record {
            who: Who::Nobody(why),
            ..
        } => applied(Some(*why), false),
        // They had themselves erased, and the phone does not know it yet.
        Act::Record { .. } if placed.person_id.is_none() => {
            applied(Some(Code::ConsentMissing), false)
        }
        Act::Record { .. } if holders.contains(&judged.op_id) => applied(None, true),
        Act::Record { .. } => Verdict {
            result: "merged",
            ..applied(Some(Code::DupSubjectStep), false)
        },
    }
}

fn stopped(code: Code) -> Verdict {
    Verdict {
        result: if code.refuses() { "rejected" } else { "held" },
        code: Some(code),
        counted: false,
        recorded_on: None,
    }
}
