//! Who is credited, for which day, and whether an operation may stand. No database, no clock.
//!
//! The counts of one person and stage depend on the *set* of live facts only ([`effects`]), never on
//! the order in which they came. A batch takes the set before, makes the set after, and moves the
//! rollups by the difference; that is the whole of exactly-once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, SubsecRound as _, TimeDelta, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, DeviceId, OperationId, PersonId, UnitId};
use mobile_contracts::tracking::{DeviceHolder, Stage};
use serde::Serialize;

use super::code::Code;
use super::reading::{Act, Kind, Sent, Who};
use crate::geography::{Geography, Level};

/// How far back a record may claim to have happened, counted from its receipt.
pub const CLAIM_MAX: TimeDelta = TimeDelta::days(7);
/// How long an author may take back what they recorded.
pub const VOID_BY_AUTHOR: TimeDelta = TimeDelta::hours(24);
/// Clocks that differ by no more are equal.
const SKEW_MAX: TimeDelta = TimeDelta::minutes(5);
/// No clock is further off than a lifetime.
const OFFSET_MAX: TimeDelta = TimeDelta::days(36_500);
/// An older comparison of clocks says nothing.
const OFFSET_AGE_MAX_S: i64 = 7 * 86_400;

/// A live record of somebody who may be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub op_id: OperationId,
    pub village_id: UnitId,
    pub mass_union: MassUnion,
    /// A helper's device: kept, never counted.
    pub helper: bool,
    pub confirmed: bool,
    pub effective_at: DateTime<Utc>,
    pub on_day: NaiveDate,
}

/// Where something is counted. Rollups are written in this order, so that no two batches wait for
/// each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Key {
    pub village_id: UnitId,
    pub stage: Stage,
    pub mass_union: MassUnion,
    pub on_day: NaiveDate,
}

/// What is counted there; as a difference, it may be negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub n: i32,
    pub assists: i32,
    pub confirmed: i32,
    pub anonymous: i32,
}

impl Counts {
    fn add(&mut self, other: Self, sign: i32) {
        self.n += sign * other.n;
        self.assists += sign * other.assists;
        self.confirmed += sign * other.confirmed;
        self.anonymous += sign * other.anonymous;
    }
}

/// Counts by key; keys whose counts are all zero are dropped at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(pub BTreeMap<Key, Counts>);

impl Tally {
    fn add(&mut self, key: Key, counts: Counts, sign: i32) {
        self.0.entry(key).or_default().add(counts, sign);
    }

    fn add_all(&mut self, other: &Self, sign: i32) {
        for (key, counts) in &other.0 {
            self.add(key.clone(), *counts, sign);
        }
    }

    fn without_zeros(mut self) -> Self {
        self.0.retain(|_, counts| *counts != Counts::default());
        self
    }
}

/// What the facts of one person and stage come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    pub credit: Option<OperationId>,
    pub tally: Tally,
}

fn key(stage: Stage, fact: &Fact) -> Key {
    Key {
        village_id: fact.village_id,
        stage,
        mass_union: fact.mass_union,
        on_day: fact.on_day,
    }
}

/// The earliest fact holds the credit; the earliest of each other union is an assist.
pub fn effects(stage: Stage, facts: &[Fact]) -> Effects {
    let mut eligible: Vec<&Fact> = facts.iter().filter(|fact| !fact.helper).collect();
    eligible.sort_by_key(|fact| (fact.effective_at, fact.op_id));
    let Some(holder) = eligible.first() else {
        return Effects::default();
    };
    let mut tally = Tally::default();
    let is_confirmed = eligible.iter().any(|fact| fact.confirmed);
    tally.add(
        key(stage, holder),
        Counts {
            n: 1,
            confirmed: i32::from(is_confirmed),
            ..Counts::default()
        },
        1,
    );
    let mut seen = vec![holder.mass_union];
    for fact in &eligible {
        if !seen.contains(&fact.mass_union) {
            seen.push(fact.mass_union);
            let assist = Counts {
                assists: 1,
                ..Counts::default()
            };
            tally.add(key(stage, fact), assist, 1);
        }
    }
    Effects {
        credit: Some(holder.op_id),
        tally,
    }
}

/// What a record without a person comes to.
fn anonymous_effect(stage: Stage, fact: &Fact) -> Tally {
    let mut tally = Tally::default();
    if !fact.helper {
        let counts = Counts {
            anonymous: 1,
            ..Counts::default()
        };
        tally.add(key(stage, fact), counts, 1);
    }
    tally
}

/// When something was done, as far as the server believes the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrected {
    pub effective_at: DateTime<Utc>,
    pub info: Option<Code>,
}

/// Corrects a phone's clock by what was known of it at Save, if that agrees with what is seen now.
///
/// # Errors
/// [`Code::FutureDated`].
pub fn correct_clock(
    recorded_at: DateTime<Utc>,
    offset_ms: Option<i64>,
    offset_age_s: Option<i64>,
    receipt: &Receipt,
) -> Result<Corrected, Code> {
    let received_at = receipt.received_at;
    let offset = offset_ms
        .filter(|_| offset_age_s.is_some_and(|age| (0..=OFFSET_AGE_MAX_S).contains(&age)))
        .and_then(TimeDelta::try_milliseconds)
        // Nonsense first: two of the longest spans cannot be subtracted.
        .filter(|offset| offset.abs() < OFFSET_MAX)
        .filter(|offset| (*offset - receipt.skew).abs() <= SKEW_MAX);
    let Some(offset) = offset else {
        return Ok(Corrected {
            effective_at: received_at,
            info: Some(Code::ClockUntrusted),
        });
    };
    let claimed = recorded_at
        .checked_add_signed(offset)
        .ok_or(Code::FutureDated)?
        .trunc_subsecs(6);
    if claimed > received_at + SKEW_MAX {
        return Err(Code::FutureDated);
    }
    let earliest = received_at - CLAIM_MAX;
    let info = if claimed < earliest {
        Some(Code::ClockLimited)
    } else if offset.abs() > SKEW_MAX {
        Some(Code::ClockSkew)
    } else {
        None
    };
    Ok(Corrected {
        effective_at: claimed.clamp(earliest, received_at),
        info,
    })
}

/// Who sends, and within what.
#[derive(Debug, Clone)]
pub struct Sender {
    pub account_id: AccountId,
    pub mass_union: MassUnion,
    pub unit_id: UnitId,
    pub device_id: DeviceId,
    /// May take back what others recorded within the unit.
    pub may_correct: bool,
}

/// When a batch came.
#[derive(Debug, Clone, Copy)]
pub struct Receipt {
    pub received_at: DateTime<Utc>,
    /// How far the server's clock is ahead of the phone's, as of this batch.
    pub skew: TimeDelta,
}

impl Receipt {
    pub fn new(now: DateTime<Utc>, client_time: DateTime<Utc>) -> Self {
        // PostgreSQL keeps microseconds: two times that are equal there must be equal here.
        let received_at = now.trunc_subsecs(6);
        Self {
            received_at,
            skew: received_at - client_time,
        }
    }

    pub fn on_day(&self) -> NaiveDate {
        local_day(self.received_at)
    }
}

/// An operation with everything decided that can be decided by looking at it alone.
#[derive(Debug, Clone)]
pub struct Judged {
    pub op_id: OperationId,
    pub payload_hash: Vec<u8>,
    pub kind: Kind,
    pub seq: Option<i64>,
    pub kept: String,
    pub village_id: Option<UnitId>,
    pub effective_at: Option<DateTime<Utc>>,
    pub decision: Decision,
}

#[derive(Debug, Clone)]
pub enum Decision {
    /// Held or rejected, as the code says.
    Stopped(Code),
    Accepted {
        act: Act,
        info: Option<Code>,
    },
}

impl Judged {
    pub fn on_day(&self) -> Option<NaiveDate> {
        self.effective_at.map(local_day)
    }

    pub fn act(&self) -> Option<&Act> {
        match &self.decision {
            Decision::Accepted { act, .. } => Some(act),
            Decision::Stopped(_) => None,
        }
    }

    pub fn void_target(&self) -> Option<OperationId> {
        match self.act() {
            Some(Act::Void { target, .. }) => Some(*target),
            _ => None,
        }
    }

    fn info(&self) -> Option<Code> {
        match &self.decision {
            Decision::Accepted { info, .. } => *info,
            Decision::Stopped(code) => Some(*code),
        }
    }
}

/// Judges one operation that has an id.
pub fn judge(
    op_id: OperationId,
    sent: Sent,
    sender: &Sender,
    receipt: &Receipt,
    geography: &Geography,
) -> Judged {
    let mut judged = Judged {
        op_id,
        payload_hash: sent.payload_hash,
        kind: sent.kind,
        seq: sent.seq.filter(|seq| *seq >= 0),
        kept: sent.kept,
        village_id: None,
        effective_at: None,
        decision: Decision::Stopped(Code::LegacySchema),
    };
    let draft = match sent.draft {
        Ok(draft) => draft,
        Err(code) => {
            judged.decision = Decision::Stopped(code);
            return judged;
        }
    };
    judged.village_id = draft.village_id.filter(|village| {
        geography
            .unit(*village)
            .is_some_and(|unit| unit.level == Level::Village)
    });
    let clock = correct_clock(
        draft.recorded_at,
        draft.clock_offset_ms,
        draft.clock_offset_age_s,
        receipt,
    );
    judged.effective_at = clock.ok().map(|clock| clock.effective_at);
    let stopped = if draft.author_id != sender.account_id {
        Some(Code::AuthorMismatch)
    } else if draft.village_id.is_some() && judged.village_id.is_none() {
        Some(Code::UnitUnknown)
    } else if judged
        .village_id
        .is_some_and(|village| !geography.covers(sender.unit_id, village, receipt.on_day()))
    {
        Some(Code::UnitOutOfScope)
    } else {
        clock.err()
    };
    judged.decision = match stopped {
        Some(code) => Decision::Stopped(code),
        None => Decision::Accepted {
            act: draft.act,
            info: clock.ok().and_then(|clock| clock.info),
        },
    };
    judged
}

/// Which of these citizens one volunteer may still record today. Whoever was recorded today already
/// costs nothing more.
pub fn within_quota<'a>(
    today: &BTreeSet<Vec<u8>>,
    blinds: impl Iterator<Item = &'a [u8]>,
    max: usize,
) -> BTreeSet<Vec<u8>> {
    let mut allowed = today.clone();
    for blind in blinds {
        if allowed.len() < max {
            allowed.insert(blind.to_vec());
        }
    }
    allowed
}

/// Somebody's wish to take something back.
#[derive(Debug, Clone)]
pub struct Void {
    pub op_id: OperationId,
    pub author_id: AccountId,
    /// The unit in which they may correct others.
    pub corrects_in: Option<UnitId>,
    pub effective_at: DateTime<Utc>,
}

/// What is to be taken back.
#[derive(Debug, Clone)]
pub struct Target {
    pub author_id: AccountId,
    pub kind: Kind,
    pub village_id: Option<UnitId>,
    pub effective_at: Option<DateTime<Utc>>,
    /// What it still counts as.
    pub fact: Option<(Option<PersonId>, Stage, Fact)>,
}

/// Whether a void takes effect. Depends on the two acts only, so that their order does not matter.
pub fn may_void(void: &Void, target: &Target, geography: &Geography) -> bool {
    let own = void.author_id == target.author_id
        && target
            .effective_at
            .is_none_or(|at| void.effective_at <= at + VOID_BY_AUTHOR);
    let covered = || {
        void.corrects_in
            .zip(target.village_id)
            .is_some_and(|(unit, village)| {
                geography.covers(unit, village, local_day(void.effective_at))
            })
    };
    target.kind != Kind::Void && (own || covered())
}

/// What the database knows about a batch, under lock.
#[derive(Debug, Default)]
pub struct Known {
    /// Live facts of the persons that the batch touches.
    pub live: BTreeMap<(PersonId, Stage), Vec<Fact>>,
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
    /// Who holds the credit now, where that changed.
    pub credits: BTreeMap<(PersonId, Stage), Option<OperationId>>,
    /// Stored operations whose credit changed.
    pub moved: BTreeSet<OperationId>,
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
    let mut refused = BTreeSet::new();
    for (void, target) in voids(batch, sender) {
        if let Some(own) = own_targets.get(&target) {
            if may_void(&void, own, geography) {
                earliest(&mut changes.born_voided, target, void.op_id);
            } else {
                refused.insert(void.op_id);
            }
        } else if let Some(stored) = known.targets.get(&target) {
            if may_void(&void, stored, geography) {
                earliest(&mut changes.voided, target, void.op_id);
            } else {
                refused.insert(void.op_id);
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
        match placed.person_id {
            Some(person_id) => live.entry((person_id, stage)).or_default().push(fact),
            None => changes.tally.add_all(&anonymous_effect(stage, &fact), 1),
        }
    }
    let fresh: BTreeSet<OperationId> = batch.iter().map(|placed| placed.judged.op_id).collect();
    let mut holders = BTreeSet::new();
    let none = Vec::new();
    for (pair, facts) in &live {
        let before = effects(pair.1, known.live.get(pair).unwrap_or(&none));
        let after = effects(pair.1, facts);
        changes.tally.add_all(&before.tally, -1);
        changes.tally.add_all(&after.tally, 1);
        holders.extend(after.credit);
        if before.credit != after.credit {
            changes.credits.insert(*pair, after.credit);
            let moved = before.credit.into_iter().chain(after.credit);
            changes.moved.extend(moved.filter(|op| !fresh.contains(op)));
        }
    }
    changes.moved.extend(changes.voided.keys().copied());
    changes.tally = std::mem::take(&mut changes.tally).without_zeros();
    changes.verdicts = batch
        .iter()
        .map(|placed| verdict(placed, &changes, &refused, &holders))
        .collect();
    changes
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
        effective_at: judged.effective_at,
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
        helper: *device_holder == Some(DeviceHolder::Helper),
        confirmed: false,
        effective_at,
        on_day: local_day(effective_at),
    };
    Some((*stage, fact))
}

fn verdict(
    placed: &Placed<'_>,
    changes: &Changes,
    refused: &BTreeSet<OperationId>,
    holders: &BTreeSet<OperationId>,
) -> Verdict {
    let judged = placed.judged;
    let (act, info) = match &judged.decision {
        Decision::Stopped(code) => return stopped(*code),
        Decision::Accepted { act, info } => (act, *info),
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
        Act::Void { target, .. } if changes.awaited.contains(target) => Verdict {
            recorded_on: None,
            ..applied(Some(Code::VoidTargetUnknown), false)
        },
        Act::Void { .. } if refused.contains(&judged.op_id) => stopped(Code::VoidNotAllowed),
        Act::Void { .. } => Verdict {
            recorded_on: None,
            ..applied(None, false)
        },
        Act::Visit { .. } | Act::Note { .. } => applied(None, false),
        Act::Record {
            device_holder: Some(DeviceHolder::Helper),
            ..
        } => applied(Some(Code::HelperDevice), false),
        Act::Record {
            who: Who::Nobody(why),
            ..
        } => applied(Some(*why), false),
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

/// Whether a stored operation waits for exactly this sender: it was held because somebody else
/// sent it, and now its author does.
pub fn settles_mismatch(stored_code: Option<&str>, judged: &Judged) -> bool {
    stored_code == Some(Code::AuthorMismatch.as_str())
        && judged.info() != Some(Code::AuthorMismatch)
}
