//! Whether one operation may stand, and for which day, by looking at it alone. No database, no clock.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, NaiveDate, SubsecRound as _, TimeDelta, Utc};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, DeviceId, OperationId, UnitId};

use crate::geography::{Geography, Level};
use crate::tracking::code::Code;
use crate::tracking::held::rules::{WouldBe, would_be};
use crate::tracking::reading::{Act, Details, Draft, Kind, Sent, Who};

/// How far back a record may claim to have happened, counted from its receipt.
pub const CLAIM_MAX: TimeDelta = TimeDelta::days(7);

/// Clocks that differ by no more are equal.
const SKEW_MAX: TimeDelta = TimeDelta::minutes(5);

/// No clock is further off than a lifetime.
const OFFSET_MAX: TimeDelta = TimeDelta::days(36_500);

/// An older comparison of clocks says nothing.
const OFFSET_AGE_MAX_S: i64 = 7 * 86_400;

/// 9999-12-31T23:59:59Z. Clocks that are further ahead are not told apart.
const LAST_SECOND: DateTime<Utc> =
    DateTime::from_timestamp_secs(253_402_300_799).expect("chrono knows the year 9999");

/// From this age on somebody agrees by themselves.
const CONSENT_AGE: i32 = 14;

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

/// When a phone says that something was, by its own clock set right as it says, within four digits of years. No receipt
/// moves this: what is between two acts of one phone is told by it in whatever order they come.
pub fn said_at(draft: &Draft) -> DateTime<Utc> {
    draft
        .clock_offset_ms
        .and_then(TimeDelta::try_milliseconds)
        .filter(|offset| offset.abs() < OFFSET_MAX)
        .and_then(|offset| draft.recorded_at.checked_add_signed(offset))
        .unwrap_or(draft.recorded_at)
        .trunc_subsecs(6)
        .clamp(DateTime::UNIX_EPOCH, LAST_SECOND)
}

/// Who sends, and within what.
#[derive(Debug, Clone)]
pub struct Sender {
    pub account_id: AccountId,
    pub mass_union: MassUnion,
    pub unit_id: UnitId,
    /// None: no phone sent it; an office wrote it down.
    pub device_id: Option<DeviceId>,
    /// Somebody said that the phone is lost: whose hands it is in, a person must say.
    pub device_is_lost: bool,
    /// Has the role of somebody who records; else they had it when they did.
    pub may_record: bool,
    /// May take back what others recorded within the unit.
    pub may_correct: bool,
    /// Their word confirms: what they record was seen by somebody else than who is counted.
    pub confirms_as: Option<&'static str>,
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

    /// Of something that came before: what the clocks showed then is not kept, and the phone's own word goes.
    pub fn remembered(received_at: DateTime<Utc>, draft: Option<&Draft>) -> Self {
        let skew = draft.and_then(|draft| TimeDelta::try_milliseconds(draft.clock_offset_ms?));
        Self {
            received_at,
            skew: skew.unwrap_or_default(),
        }
    }

    pub fn on_day(&self) -> NaiveDate {
        local_day(self.received_at)
    }

    /// Until what is counted by days begins anew; never 0.
    pub fn seconds_to_next_day(&self) -> u32 {
        let left = local_day_bounds(self.on_day()).end - self.received_at;
        u32::try_from(left.num_seconds() + 1).unwrap_or(1)
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
    /// When its phone says that it was, whatever the server believes of that.
    pub said_at: Option<DateTime<Utc>>,
    /// The day on which it came.
    pub received_on: NaiveDate,
    pub decision: Decision,
    /// What a record that was stopped would count as; none for anything else.
    pub would_be: Option<WouldBe>,
    /// A person has looked at it, or a newer release has: what was held may be written now.
    pub is_reviewed: bool,
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

    /// What it takes back.
    pub fn void_target(&self) -> Option<OperationId> {
        Some(self.act()?.withdrawal()?.target)
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
        said_at: None,
        received_on: receipt.on_day(),
        decision: Decision::Stopped(Code::LegacySchema),
        would_be: None,
        is_reviewed: false,
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
    judged.said_at = Some(said_at(&draft));
    let stopped = if sender.device_is_lost {
        Some(Code::DeviceLost)
    } else if draft.author_id != sender.account_id {
        Some(Code::AuthorMismatch)
    } else if draft.village_id.is_some() && judged.village_id.is_none() {
        Some(Code::UnitUnknown)
    } else {
        let done_on = judged.on_day().unwrap_or(receipt.on_day());
        let placed = judged
            .village_id
            .map(|village| {
                place(
                    geography,
                    sender.unit_id,
                    village,
                    done_on,
                    receipt.on_day(),
                )
            })
            .transpose();
        match placed {
            Ok(village) => {
                judged.village_id = village;
                let role_lost = (!sender.may_record).then_some(Code::RoleLost);
                let lacks_guardian = lacks_guardian(&draft.act, done_on);
                role_lost
                    .or(clock.err())
                    .or(lacks_guardian.then_some(Code::GuardianMissing))
            }
            Err(code) => Some(code),
        }
    };
    judged.decision = match stopped {
        Some(code) => {
            judged.would_be = would_be(&draft, sender.account_id);
            Decision::Stopped(code)
        }
        None => Decision::Accepted {
            act: draft.act,
            info: clock.ok().and_then(|clock| clock.info),
        },
    };
    judged
}

/// The village that work counts in. A phone may work by a list of before a merger: what was done while a village
/// was there stays its own, and what was done later is its heir's.
///
/// # Errors
/// [`Code::UnitRetired`] where nobody continues it alone, [`Code::UnitOutOfScope`].
fn place(
    geography: &Geography,
    scope: UnitId,
    village: UnitId,
    done_on: NaiveDate,
    came_on: NaiveDate,
) -> Result<UnitId, Code> {
    let unit = geography.unit(village).ok_or(Code::UnitUnknown)?;
    let has_ended = unit.valid_to.is_some_and(|to| to <= came_on);
    let now = match has_ended {
        true => geography
            .heir_on(village, came_on)
            .ok_or(Code::UnitRetired)?,
        false => village,
    };
    if !geography.covers(scope, now, came_on) {
        return Err(Code::UnitOutOfScope);
    }
    Ok(match unit.is_valid_on(done_on) {
        true => village,
        false => now,
    })
}

/// Whether somebody agreed by themselves who was too young to, whatever their birthday is.
pub fn lacks_guardian(act: &Act, on: NaiveDate) -> bool {
    let details = act.who().and_then(Who::details);
    details.is_some_and(|details: &Details| {
        let year = details.birth_year.map(i32::from);
        year.is_some_and(|year| on.year() - year < CONSENT_AGE) && !details.consent.is_guardians()
    })
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

/// Whether a stored operation waits for exactly this sender: it was held because somebody else
/// sent it, and now its author does.
pub fn settles_mismatch(stored_code: Option<&str>, judged: &Judged) -> bool {
    stored_code == Some(Code::AuthorMismatch.as_str())
        && judged.info() != Some(Code::AuthorMismatch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::reading::Withdrawal;

    #[test]
    fn what_a_phone_says_is_kept_though_no_database_knows_such_a_year() {
        let said = |at, clock_offset_ms| {
            said_at(&Draft {
                author_id: AccountId(uuid::Uuid::nil()),
                recorded_at: at,
                clock_offset_ms,
                clock_offset_age_s: None,
                village_id: None,
                act: Act::Void(Withdrawal {
                    target: OperationId(uuid::Uuid::nil()),
                    reason: String::new(),
                }),
            })
        };
        let now: DateTime<Utc> = "2026-11-23T05:00:00Z".parse().unwrap();
        let hour = TimeDelta::hours(1);
        assert_eq!(said(now, Some(hour.num_milliseconds())), now + hour);
        for nonsense in [None, Some(i64::MAX), Some(i64::MIN)] {
            assert_eq!(said(now, nonsense), now);
        }
        for ahead in [Some(60_000), None] {
            assert_eq!(said(DateTime::<Utc>::MAX_UTC, ahead), LAST_SECOND);
        }
        let behind = said(DateTime::<Utc>::MIN_UTC, Some(-60_000));
        assert_eq!(behind, DateTime::UNIX_EPOCH);
    }

    #[test]
    fn a_clock_is_believed_as_far_as_it_can_be_checked() {
        let now: DateTime<Utc> = "2026-11-23T05:00:00Z".parse().unwrap();
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
}
