//! What was drawn, as the rules of judging see it.

use mobile_contracts::review::{ReviewDecision, ReviewOperation};

use super::*;

pub(super) fn noon() -> DateTime<Utc> {
    "2026-11-23T05:00:00Z".parse().unwrap()
}

pub(super) fn author(spec: &Spec) -> usize {
    match spec {
        Spec::Record { author, .. } | Spec::Activity { author, .. } | Spec::Void { author, .. } => {
            *author
        }
    }
}

pub(super) fn withdrawal(target: usize) -> Withdrawal {
    Withdrawal {
        target: OperationId(id(4, target)),
        reason: "nhầm".into(),
    }
}

pub(super) fn act(spec: &Spec) -> Act {
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

pub(super) fn draft(spec: &Spec) -> Draft {
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
    // A clock that is believed and shows what is after every receipt is held.
    let at = if future { -FUTURE } else { minutes_ago };
    Draft {
        author_id: sender(author(spec)).account_id,
        recorded_at: noon() - TimeDelta::minutes(at),
        clock_offset_ms: (trusted || future).then_some(0),
        clock_offset_age_s: Some(1),
        village_id,
        act: act(spec),
    }
}

pub(super) fn judged(n: usize, spec: &Spec, receipt: &Receipt, geography: &Geography) -> Judged {
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
pub(super) fn approved(n: usize, spec: &Spec, receipt: &Receipt, geography: &Geography) -> Judged {
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
    let asked = ReviewOperation {
        decision: ReviewDecision::Approve,
        reason: String::new(),
        village_id: None,
        guardian_agreed: false,
    };
    approve(&held, draft(spec), &asked, reviewer, geography).unwrap()
}

pub(super) fn is_held(spec: &Spec) -> bool {
    matches!(spec, Spec::Record { future: true, .. })
}
