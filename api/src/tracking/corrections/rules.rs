//! What a correction makes of a record, which voids a lead may undo, and what either moves. No database, no clock.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::correction::{CORRECTION_REASON_CHARS_MAX, CorrectRecord};
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};
use mobile_contracts::tracking::{DeviceHolder, Stage, VisitOutcome};

use super::problem::CorrectionProblem;
use crate::geography::Geography;
use crate::http::failure::FieldError;
use crate::tracking::batch::rules::{Target, Void, may_void};
use crate::tracking::credit::rules::{Difference, Fact, Live, Tally, anonymous_effect, difference};
use crate::tracking::judging::rules::CLAIM_MAX;

/// What was recorded: as it stands, or as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub village_id: UnitId,
    pub what: What,
    pub effective_at: DateTime<Utc>,
}

impl Said {
    pub fn on_day(&self) -> NaiveDate {
        local_day(self.effective_at)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Stage(Stage, Option<DeviceHolder>),
    Visit(VisitOutcome),
}

/// All that is wrong with what is asked of a record that came at that time.
pub fn check(said: &Said, asked: &CorrectRecord, received_at: DateTime<Utc>) -> Vec<FieldError> {
    let mut faults: Vec<FieldError> = check_reason(&asked.reason).into_iter().collect();
    let mut refuse = |pointer: &'static str, vi: &'static str, en: &'static str| {
        faults.push(FieldError::new(pointer, "NOT_OF_THIS_KIND", vi, en));
    };
    match said.what {
        What::Stage(..) if asked.outcome.is_some() => refuse(
            "/outcome",
            "Chỉ lượt vận động mới có kết quả.",
            "Only a visit has an outcome.",
        ),
        What::Visit(_) if asked.stage.is_some() => refuse(
            "/stage",
            "Lượt vận động không có bước.",
            "A visit has no stage.",
        ),
        _ => {}
    }
    let stage = match said.what {
        What::Stage(stage, _) => Some(asked.stage.unwrap_or(stage)),
        What::Visit(_) => None,
    };
    let is_on_a_phone = stage.is_some_and(Stage::is_on_a_phone);
    if asked.device_holder.is_some() && !is_on_a_phone {
        refuse(
            "/device_holder",
            "Chỉ bước làm trên điện thoại mới có người giữ máy.",
            "Only a stage that is on a phone has somebody's phone.",
        );
    }
    let holds = matches!(said.what, What::Stage(_, Some(_))) || asked.device_holder.is_some();
    if is_on_a_phone && !holds {
        faults.push(FieldError::new(
            "/device_holder",
            "REQUIRED",
            "Bước này làm trên điện thoại: ghi máy của ai.",
            "This stage is on a phone: say whose.",
        ));
    }
    let (first, last) = (local_day(received_at - CLAIM_MAX), local_day(received_at));
    if asked.on_day.is_some_and(|day| day < first || last < day) {
        faults.push(FieldError::new(
            "/on_day",
            "RANGE",
            format!("Ngày từ {first} đến {last}: tối đa bảy ngày trước khi máy chủ nhận."),
            format!("A day from {first} to {last}: at most seven days before it was received."),
        ));
    }
    faults
}

pub fn check_reason(reason: &str) -> Option<FieldError> {
    let reason = reason.trim();
    let fits = (1..=CORRECTION_REASON_CHARS_MAX).contains(&reason.chars().count())
        && !reason.chars().any(char::is_control);
    (!fits).then(|| {
        FieldError::new(
            "/reason",
            "LENGTH",
            format!("Ghi lý do trên một dòng, tối đa {CORRECTION_REASON_CHARS_MAX} ký tự."),
            format!("Say why on one line, in at most {CORRECTION_REASON_CHARS_MAX} characters."),
        )
    })
}

/// The record as it is to be. On another day it keeps its hour, as far as it cannot have been later than it came or
/// earlier than a record may claim.
///
/// # Errors
/// [`CorrectionProblem::NothingChanges`].
pub fn corrected(
    said: &Said,
    asked: &CorrectRecord,
    received_at: DateTime<Utc>,
) -> Result<Said, CorrectionProblem> {
    let what = match &said.what {
        What::Stage(stage, holder) => {
            let stage = asked.stage.unwrap_or(*stage);
            let holder = asked.device_holder.or(*holder);
            What::Stage(stage, holder.filter(|_| stage.is_on_a_phone()))
        }
        What::Visit(outcome) => What::Visit(asked.outcome.unwrap_or(*outcome)),
    };
    let effective_at = match asked.on_day.map(|day| day - said.on_day()) {
        Some(moved) if moved != TimeDelta::zero() => {
            (said.effective_at + moved).clamp(received_at - CLAIM_MAX, received_at)
        }
        _ => said.effective_at,
    };
    let corrected = Said {
        village_id: asked.village_id.unwrap_or(said.village_id),
        what,
        effective_at,
    };
    match corrected == *said {
        true => Err(CorrectionProblem::NothingChanges),
        false => Ok(corrected),
    }
}

/// A promise is kept by a correction of the same day only as long as it is not before the visit.
pub fn promise(promised_on: Option<NaiveDate>, on_day: NaiveDate) -> Option<NaiveDate> {
    let far = on_day.checked_add_days(Days::new(366));
    promised_on.filter(|day| on_day <= *day && far.is_none_or(|far| *day <= far))
}

/// Somebody took a record back.
#[derive(Debug, Clone)]
pub struct Taking {
    pub void: Void,
    /// By a record that came from a phone in its place.
    pub is_replacement: bool,
    /// By a correction: whether the record in its place stands.
    pub corrected: Option<bool>,
    pub is_undone: bool,
}

/// The voids that are undone so that a record stands again.
///
/// # Errors
/// Why it cannot.
pub fn undoes(
    takings: &[Taking],
    target: &Target,
    geography: &Geography,
) -> Result<Vec<OperationId>, CorrectionProblem> {
    let in_force: Vec<&Taking> = takings
        .iter()
        .filter(|taking| !taking.is_undone && may_void(&taking.void, target, geography))
        .collect();
    let is_authors = |author: AccountId| author == target.author_id;
    if in_force.is_empty() {
        return Err(CorrectionProblem::RecordNotVoided);
    }
    if in_force.iter().any(|taking| taking.is_replacement) {
        return Err(CorrectionProblem::RecordReplaced);
    }
    if in_force.iter().any(|it| is_authors(it.void.author_id)) {
        return Err(CorrectionProblem::VoidedByAuthor);
    }
    if in_force.iter().any(|it| it.corrected == Some(false)) {
        return Err(CorrectionProblem::CorrectedSince);
    }
    Ok(in_force.iter().map(|taking| taking.void.op_id).collect())
}

/// A fact, and for whom it counts: by who stands for them; none: a record without a person.
#[derive(Debug, Clone)]
pub struct Counted {
    pub person_id: Option<PersonId>,
    pub stage: Stage,
    pub fact: Fact,
}

/// What is different when some facts stand no longer and others do.
pub fn exchange(before: &Live, out: &[Counted], into: &[Counted]) -> Difference {
    let mut after = before.clone();
    let mut anonymous = Tally::default();
    for gone in out {
        match gone.person_id {
            Some(person_id) => {
                let facts = after.entry((person_id, gone.stage)).or_default();
                facts.retain(|fact| fact.op_id != gone.fact.op_id);
            }
            None => anonymous.add_all(&anonymous_effect(gone.stage, &gone.fact), -1),
        }
    }
    for new in into {
        match new.person_id {
            Some(person_id) => {
                let facts = after.entry((person_id, new.stage)).or_default();
                facts.push(new.fact.clone());
            }
            None => anonymous.add_all(&anonymous_effect(new.stage, &new.fact), 1),
        }
    }
    let mut difference = difference(before, &after);
    difference.tally.add_all(&anonymous, 1);
    difference.tally = std::mem::take(&mut difference.tally).without_zeros();
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn said() -> Said {
        Said {
            village_id: UnitId(10),
            what: What::Stage(Stage::Installed, Some(DeviceHolder::Own)),
            effective_at: at("2026-11-27T15:00:00Z"),
        }
    }

    fn asked() -> CorrectRecord {
        CorrectRecord {
            village_id: None,
            stage: None,
            device_holder: None,
            outcome: None,
            on_day: None,
            reason: "nhầm".into(),
        }
    }

    #[test]
    fn another_day_keeps_the_hour_and_never_passes_the_receipt_or_a_week_before_it() {
        let received = at("2026-11-29T03:00:00Z");
        let on = |day: &str| CorrectRecord {
            on_day: Some(day.parse().unwrap()),
            ..asked()
        };
        for (day, effective_at) in [
            ("2026-11-26", "2026-11-26T15:00:00Z"),
            // 22:00 of the day of the receipt has not come yet.
            ("2026-11-29", "2026-11-29T03:00:00Z"),
            ("2026-11-22", "2026-11-22T15:00:00Z"),
        ] {
            let asked = on(day);
            assert!(check(&said(), &asked, received).is_empty(), "{day}");
            let corrected = corrected(&said(), &asked, received).unwrap();
            assert_eq!(corrected.effective_at, at(effective_at), "{day}");
            assert_eq!(corrected.on_day(), asked.on_day.unwrap(), "{day}");
        }
        for day in ["2026-11-30", "2026-11-21"] {
            assert_eq!(check(&said(), &on(day), received)[0].code, "RANGE", "{day}");
        }
        let same = corrected(&said(), &on("2026-11-27"), received);
        assert_eq!(same, Err(CorrectionProblem::NothingChanges));
    }

    #[test]
    fn a_stage_that_is_on_no_phone_is_nobodys_and_one_that_is_needs_a_holder() {
        let received = at("2026-11-29T03:00:00Z");
        let mut to = CorrectRecord {
            stage: Some(Stage::Level2Collected),
            ..asked()
        };
        let collected = corrected(&said(), &to, received).unwrap();
        assert_eq!(collected.what, What::Stage(Stage::Level2Collected, None));
        to.device_holder = Some(DeviceHolder::Own);
        assert_eq!(check(&said(), &to, received)[0].code, "NOT_OF_THIS_KIND");
        let mut back = CorrectRecord {
            stage: Some(Stage::Installed),
            ..asked()
        };
        assert_eq!(check(&collected, &back, received)[0].code, "REQUIRED");
        back.device_holder = Some(DeviceHolder::Family);
        assert!(check(&collected, &back, received).is_empty());
    }
}
