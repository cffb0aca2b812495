//! One's own operations as their author is told of them.

use mobile_contracts::identity::Role;
use mobile_contracts::tracking::{
    LedgerDecision, LedgerEntry, RequestedAppointment, RequestedSlip,
};

use super::store::LedgerRow;
use crate::booking::appointments::secret::{secret, spell_code};
use crate::identity::permission::{Permission as _, RecordWork};
use crate::privacy::keys::Keys;
use crate::tracking::code::Code;

/// Whom an author is by now.
#[derive(Clone, Copy)]
pub enum Reader<'a> {
    /// May record: is also told by which codes an appointment is opened.
    Recorder(&'a Keys),
    /// Has another role: is told what became of their work, and given no way into what is a citizen's.
    Former,
}

impl<'a> Reader<'a> {
    pub fn of(role: Role, keys: &'a Keys) -> Self {
        match RecordWork::ROLES.contains(&role) {
            true => Self::Recorder(keys),
            false => Self::Former,
        }
    }
}

/// An operation, what became of it, and what it comes to as things stand now.
pub fn entry(reader: Reader<'_>, row: LedgerRow) -> LedgerEntry {
    let appointment = requested(reader, &row).filter(|_| !row.erased);
    let decision = decision(&row);
    let code = row.code.as_deref().and_then(Code::parse);
    LedgerEntry {
        op_id: row.op_id,
        kind: row.kind,
        stage: row.stage,
        village_id: row.village_id,
        result: row.result,
        code: row.code,
        counted: row.counted,
        confirmed_by: row.confirmed_by,
        voided: row.voided,
        erased: row.erased,
        recorded_on: row.recorded_on,
        received_at: row.received_at,
        message: code.map(|code| code.message().to_owned()),
        appointment,
        decision,
    }
}

fn decision(row: &LedgerRow) -> Option<LedgerDecision> {
    Some(LedgerDecision {
        decision: row.decision.clone()?,
        reason: row.decision_reason.clone()?,
        decided_at: row.decided_at?,
        decided_by_role: row.decided_by_role.as_deref().and_then(Role::parse),
        other_op_id: row.other_op_id,
    })
}

fn requested(reader: Reader<'_>, row: &LedgerRow) -> Option<RequestedAppointment> {
    let slip = || {
        let Reader::Recorder(keys) = reader else {
            return None;
        };
        let appointment_id = row.appointment_id?;
        Some(RequestedSlip {
            appointment_id,
            office_id: row.office_id?,
            starts_at: row.starts_at?,
            status: row.appointment_status.clone()?,
            code: spell_code(row.appointment_code.as_deref()?),
            secret: secret(keys, appointment_id, row.secret_version?),
        })
    };
    let state = match row.request_state.as_deref()? {
        "open" if row.voided => "withdrawn",
        state => state,
    };
    Some(RequestedAppointment {
        state: state.to_owned(),
        answer: row.request_answer.clone(),
        booked: slip(),
    })
}
