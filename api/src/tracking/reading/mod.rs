//! Takes one operation apart. Pure and slow: unsealing costs a multiplication on the curve, so a
//! batch is read off the async threads.
//!
//! What leaves this room holds no ID number: a keyed hash and four digits at most. [`kept`] says what
//! is kept of an operation while a person must decide, and reads that again when they have.

pub mod activity;
pub mod kept;
mod mended;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::citizen_id::{CitizenId, Sex};
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use mobile_contracts::sealing::{Opener, SealError, Sealed};
use mobile_contracts::tracking::{
    AppointmentWish, Consent, DeviceHolder, NOTE_CHARS_MAX, Operation, REASON_CHARS_MAX, Stage,
    Subject, VisitOutcome,
};
use serde::Deserialize as _;
use serde_json::Value;
use uuid::Uuid;

use self::activity::Activity;
use super::code::Code;
use super::hint::HintTag;
use crate::http::extract::has_escaped_nul;
use crate::http::strict::Strict;
use crate::privacy::free_text::mask;
use crate::privacy::keys::{Blind, Keys};

/// Years in which somebody may come: those of a calendar that every part of the program can write.
const WISH_YEARS: std::ops::RangeInclusive<i32> = 2000..=2200;

/// Farthest day on which one may promise to come again, from the visit.
const PROMISE_DAYS_MAX: u64 = 366;

/// The kinds that the program knows, and those that it keeps until it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Record,
    Visit,
    Void,
    Note,
    /// A record that takes the place of another one.
    Replace,
    RequestAppointment,
    Activity,
    Unknown,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Visit => "visit",
            Self::Void => "void",
            Self::Note => "note",
            Self::Replace => "replace",
            Self::RequestAppointment => "request_appointment",
            Self::Activity => "activity",
            Self::Unknown => "unknown",
        }
    }

    pub fn parse(word: &str) -> Self {
        match word {
            "record" => Self::Record,
            "visit" => Self::Visit,
            "void" => Self::Void,
            "note" => Self::Note,
            "replace" => Self::Replace,
            "request_appointment" => Self::RequestAppointment,
            "activity" => Self::Activity,
            _ => Self::Unknown,
        }
    }
}

/// An operation as it was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// `None`: there is nothing to store it under.
    pub op_id: Option<OperationId>,
    pub payload_hash: Vec<u8>,
    pub kind: Kind,
    pub seq: Option<i64>,
    /// What may be kept of it while a person must decide.
    pub kept: String,
    pub draft: Result<Draft, Code>,
}

/// An operation that was understood.
#[derive(Debug, Clone)]
pub struct Draft {
    pub author_id: AccountId,
    pub recorded_at: DateTime<Utc>,
    pub clock_offset_ms: Option<i64>,
    pub clock_offset_age_s: Option<i64>,
    /// Where; a void has no place of its own.
    pub village_id: Option<UnitId>,
    pub act: Act,
}

/// What was done.
#[derive(Debug, Clone)]
pub enum Act {
    Record {
        who: Who,
        stage: Stage,
        device_holder: Option<DeviceHolder>,
        /// What it takes the place of.
        replaces: Option<Withdrawal>,
    },
    Visit {
        who: Who,
        outcome: VisitOutcome,
        promised_on: Option<NaiveDate>,
    },
    Note {
        who: Who,
        text: String,
    },
    Void(Withdrawal),
    RequestAppointment {
        who: Who,
        wish: AppointmentWish,
    },
    Activity(Activity),
}

/// What is taken back, and why.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    pub target: OperationId,
    pub reason: String,
}

impl Act {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Record { replaces: None, .. } => Kind::Record,
            Self::Record { .. } => Kind::Replace,
            Self::Visit { .. } => Kind::Visit,
            Self::Note { .. } => Kind::Note,
            Self::Void(_) => Kind::Void,
            Self::RequestAppointment { .. } => Kind::RequestAppointment,
            Self::Activity(_) => Kind::Activity,
        }
    }

    pub fn who(&self) -> Option<&Who> {
        match self {
            Self::Record { who, .. }
            | Self::Visit { who, .. }
            | Self::Note { who, .. }
            | Self::RequestAppointment { who, .. } => Some(who),
            Self::Void(_) | Self::Activity(_) => None,
        }
    }

    /// Says that a parent or guardian agreed for whom it is about.
    pub fn agree_by_guardian(&mut self) {
        let who = match self {
            Self::Record { who, .. }
            | Self::Visit { who, .. }
            | Self::Note { who, .. }
            | Self::RequestAppointment { who, .. } => who,
            Self::Void(_) | Self::Activity(_) => return,
        };
        if let Who::Citizen { details, .. } | Who::Provisional { details, .. } = who {
            *details.consent = details.consent.as_ref().clone().of_guardian();
        }
    }

    /// What it takes back, whether it says something new or not.
    pub fn withdrawal(&self) -> Option<&Withdrawal> {
        match self {
            Self::Void(withdrawal) => Some(withdrawal),
            Self::Record { replaces, .. } => replaces.as_ref(),
            Self::Visit { .. }
            | Self::Note { .. }
            | Self::RequestAppointment { .. }
            | Self::Activity(_) => None,
        }
    }
}

/// Whom it is about.
#[derive(Debug, Clone)]
pub enum Who {
    Citizen {
        blind: Vec<u8>,
        tail: String,
        /// Absent when the number was not at hand, or no village was named.
        hint: Option<HintTag>,
        details: Details,
    },
    Provisional {
        person_id: PersonId,
        details: Details,
    },
    /// Somebody who did not agree, visited because a list names them or because they agreed before. Nothing is
    /// said of them, and whom the server does not know is nobody.
    Known(Key),
    /// Nobody who may be kept, and why.
    Nobody(Code),
}

/// What somebody is known by.
#[derive(Debug, Clone)]
pub enum Key {
    Person(PersonId),
    /// The keyed hash of an ID number.
    Blind(Vec<u8>),
}

impl Who {
    /// What is known of them, if they agreed to be recorded.
    pub fn details(&self) -> Option<&Details> {
        match self {
            Self::Citizen { details, .. } | Self::Provisional { details, .. } => Some(details),
            Self::Known(_) | Self::Nobody(_) => None,
        }
    }
}

/// What is known of a person who consented.
#[derive(Clone)]
pub struct Details {
    pub name: Option<PersonName>,
    pub phone: Option<MobilePhone>,
    pub birth_year: Option<i16>,
    pub sex: Option<Sex>,
    /// How they agreed, and which text they were told if the app says so.
    pub consent: Box<Consent>,
}

impl std::fmt::Debug for Details {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Details(***)")
    }
}

/// What reading needs to know.
pub struct Reader<'a> {
    pub opener: &'a Opener,
    pub keys: &'a Keys,
    pub plain_subjects: bool,
    /// The day in Vietnam.
    pub today: NaiveDate,
}

impl Reader<'_> {
    pub fn read(&self, raw: &str) -> Sent {
        let whole = serde_json::from_str(raw);
        let is_whole = whole.is_ok();
        let value: Value = whole.unwrap_or_else(|_| mended::read(raw));
        let op_id = value["op_id"]
            .as_str()
            .and_then(|text| Uuid::parse_str(text).ok())
            .map(OperationId);
        // PostgreSQL's text cannot hold a NUL, and no honest word has one.
        let draft = if !is_whole || has_escaped_nul(raw.as_bytes()) {
            Err(Code::LegacySchema)
        } else {
            Operation::deserialize(Strict::new(value.clone()))
                .map_err(|_| Code::LegacySchema)
                .and_then(|operation| understand(&operation, || self.who(&operation)))
        };
        let kept = if draft.is_err() {
            self.without_numbers(value.clone(), op_id)
        } else {
            kept::without_subject(value.clone(), draft.as_ref().ok())
        };
        Sent {
            op_id,
            payload_hash: self
                .keys
                .lasting_mac("operation/v1", &[value.to_string().as_bytes()])
                .to_vec(),
            kind: Kind::parse(value["kind"].as_str().unwrap_or_default()),
            seq: value["seq"].as_i64(),
            kept,
            draft,
        }
    }

    fn who(&self, op: &Operation) -> Result<Who, Code> {
        let subject = op.subject.as_ref().filter(|subject| subject.kind != "none");
        let Some(consent) = consent(op) else {
            return self.known(op, subject);
        };
        let Some(subject) = subject else {
            return Ok(Who::Nobody(Code::SubjectMissing));
        };
        let details = details(op, consent)?;
        if subject.kind == "provisional" {
            let person_id = subject.person_id.ok_or(Code::LegacySchema)?;
            return Ok(Who::Provisional { person_id, details });
        }
        let id = self.citizen_id(subject, op.op_id)?;
        // Both are written in the number, and what somebody typed beside it must agree.
        if details
            .birth_year
            .is_some_and(|year| i32::from(year) != id.birth_year())
            || details.sex.is_some_and(|sex| sex != id.sex())
        {
            return Err(Code::SubjectDisagrees);
        }
        Ok(Who::Citizen {
            blind: self.keys.blind(Blind::CitizenId, id.expose()),
            tail: id.tail().to_owned(),
            hint: op
                .village_id
                .map(|village| HintTag::of(self.keys, village, &id)),
            details: Details {
                birth_year: i16::try_from(id.birth_year()).ok(),
                sex: Some(id.sex()),
                ..details
            },
        })
    }

    /// Without consent nothing personal is even looked at. An older app may take somebody's for granted who was
    /// not there: their number finds them, and makes nobody.
    fn known(&self, op: &Operation, subject: Option<&Subject>) -> Result<Who, Code> {
        match subject {
            Some(subject) if op.kind == "visit" && subject.kind == "provisional" => {
                let person_id = subject.person_id.ok_or(Code::LegacySchema)?;
                Ok(Who::Known(Key::Person(person_id)))
            }
            Some(subject) if op.kind == "visit" && op.consent.is_some() => {
                let id = self.citizen_id(subject, op.op_id)?;
                let blind = self.keys.blind(Blind::CitizenId, id.expose());
                Ok(Who::Known(Key::Blind(blind)))
            }
            _ => Ok(Who::Nobody(Code::ConsentMissing)),
        }
    }

    fn citizen_id(&self, subject: &Subject, op_id: OperationId) -> Result<CitizenId, Code> {
        match (
            subject.kind.as_str(),
            &subject.kid,
            &subject.sealed,
            &subject.id_number,
        ) {
            ("sealed", Some(kid), Some(sealed), None) => {
                let opened = Sealed::parse(kid, sealed)
                    .and_then(|sealed| self.opener.open(&sealed, op_id.0))
                    .map_err(|why| match why {
                        SealError::UnknownKey => Code::SubjectKeyUnknown,
                        SealError::Failed => Code::SubjectUnsealFailed,
                    })?;
                CitizenId::parse(opened.expose(), self.today).map_err(|_| Code::SubjectFormat)
            }
            ("plain", None, None, Some(_)) if !self.plain_subjects => {
                Err(Code::SubjectPlainRefused)
            }
            ("plain", None, None, Some(number)) => {
                CitizenId::parse(number, self.today).map_err(|_| Code::SubjectFormat)
            }
            _ => Err(Code::LegacySchema),
        }
    }
}

/// How somebody agreed to be recorded, if anybody can have.
fn consent(op: &Operation) -> Option<&Consent> {
    let may_be = op.outcome.is_none_or(VisitOutcome::may_bring_consent);
    op.consent.as_ref().filter(|_| may_be)
}

/// What an operation says, if its fields fit together.
fn understand(op: &Operation, who: impl Fn() -> Result<Who, Code>) -> Result<Draft, Code> {
    let kind = Kind::parse(&op.kind);
    let is_record = matches!(kind, Kind::Record | Kind::Replace);
    let takes_back = matches!(kind, Kind::Void | Kind::Replace);
    // A field that belongs to another kind means that the app meant something else.
    let strange = (op.stage.is_some() || op.device_holder.is_some()) && !is_record
        || (op.outcome.is_some() || op.promised_on.is_some()) && kind != Kind::Visit
        || op.text.is_some() && !matches!(kind, Kind::Note | Kind::Activity)
        || op.appointment.is_some() && kind != Kind::RequestAppointment
        || (op.target_op_id.is_some() || op.reason.is_some()) && !takes_back
        || (op.subject.is_some() || op.consent.is_some() || op.village_id.is_some())
            && kind == Kind::Void
        || match kind {
            Kind::Activity => activity::speaks_of_somebody(op),
            _ => activity::is_told_of(op),
        };
    if strange {
        return Err(Code::LegacySchema);
    }
    let act = match kind {
        Kind::Record | Kind::Replace => {
            let stage = op.stage.ok_or(Code::LegacySchema)?;
            if stage.is_on_a_phone() && op.device_holder.is_none() {
                return Err(Code::LegacySchema);
            }
            Act::Record {
                who: who()?,
                stage,
                // A dossier is taken by the police: nobody's phone is in it.
                device_holder: op.device_holder.filter(|_| stage.is_on_a_phone()),
                replaces: takes_back.then(|| withdrawal(op)).transpose()?,
            }
        }
        Kind::Visit => Act::Visit {
            who: who()?,
            outcome: op.outcome.ok_or(Code::LegacySchema)?,
            promised_on: promise(op)?,
        },
        Kind::Note => Act::Note {
            who: who()?,
            text: words(op.text.as_deref(), NOTE_CHARS_MAX)?,
        },
        Kind::Void => Act::Void(withdrawal(op)?),
        Kind::RequestAppointment => Act::RequestAppointment {
            who: bookable(who()?)?,
            wish: wish(op)?,
        },
        Kind::Activity => Act::Activity(Activity::read(op)?),
        Kind::Unknown => return Err(Code::LegacySchema),
    };
    if kind != Kind::Void && op.village_id.is_none() {
        return Err(Code::LegacySchema);
    }
    Ok(Draft {
        author_id: op.author_id,
        recorded_at: op.recorded_at,
        clock_offset_ms: op.clock_offset_ms,
        clock_offset_age_s: op.clock_offset_age_s,
        village_id: op.village_id,
        act,
    })
}

/// A promise is about the days to come, and soon.
fn promise(op: &Operation) -> Result<Option<NaiveDate>, Code> {
    let made_on = local_day(op.recorded_at);
    let far = made_on.checked_add_days(Days::new(PROMISE_DAYS_MAX));
    match op.promised_on {
        Some(day) if day < made_on || far.is_none_or(|far| far < day) => Err(Code::LegacySchema),
        promised => Ok(promised),
    }
}

/// An office must know who comes: an ID number, a name, and that they agree.
fn bookable(who: Who) -> Result<Who, Code> {
    match &who {
        Who::Citizen { details, .. } if details.name.is_some() => Ok(who),
        _ => Err(Code::AppointmentNeedsPerson),
    }
}

fn wish(op: &Operation) -> Result<AppointmentWish, Code> {
    let wish = op.appointment.clone().ok_or(Code::LegacySchema)?;
    let is_code = (1..=40).contains(&wish.service_code.chars().count());
    let mut days = [wish.not_before, wish.not_after].into_iter().flatten();
    let are_days = days.all(|day| WISH_YEARS.contains(&day.year()));
    (is_code && are_days)
        .then_some(wish)
        .ok_or(Code::LegacySchema)
}

fn withdrawal(op: &Operation) -> Result<Withdrawal, Code> {
    // Nothing can be in its own place.
    let target = op
        .target_op_id
        .filter(|target| *target != op.op_id || op.kind == "void");
    Ok(Withdrawal {
        target: target.ok_or(Code::LegacySchema)?,
        reason: words(op.reason.as_deref(), REASON_CHARS_MAX)?,
    })
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn details(op: &Operation, consent: &Consent) -> Result<Details, Code> {
    let length = consent.method.chars().count();
    if !(1..=30).contains(&length)
        || !consent.text_version.as_deref().is_none_or(is_text_version)
        || op
            .birth_year
            .is_some_and(|year| !(1900..=2100).contains(&year))
    {
        return Err(Code::PersonFormat);
    }
    let name = op.name.as_deref().map(PersonName::parse).transpose();
    let phone = op.phone.as_deref().map(MobilePhone::parse).transpose();
    Ok(Details {
        name: name.map_err(|_| Code::PersonFormat)?,
        phone: phone.map_err(|_| Code::PersonFormat)?,
        birth_year: op.birth_year,
        sex: op.sex,
        consent: Box::new(consent.clone()),
    })
}

/// Whether a text for consents may be called so.
fn is_text_version(version: &str) -> bool {
    let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=20).contains(&version.len()) && version.chars().all(is_known)
}

/// Free words, not empty, not too long, and without ID numbers: people paste them.
fn words(text: Option<&str>, chars_max: usize) -> Result<String, Code> {
    let text = text.ok_or(Code::LegacySchema)?.trim();
    if !(1..=chars_max).contains(&text.chars().count()) || text.contains('\0') {
        return Err(Code::LegacySchema);
    }
    Ok(mask(text).chars().take(chars_max).collect())
}
