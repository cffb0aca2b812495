//! What is kept of an operation while a person must decide: everything but the ID number, which is
//! its keyed hash and four digits from here on.

use chrono::DateTime;
use mobile_contracts::citizen_id::Sex;
use mobile_contracts::ids::{OperationId, PersonId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use mobile_contracts::tracking::{Consent, Operation, Subject};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Details, Draft, Reader, Who, hex, is_text_version, understand};
use crate::http::strict::Strict;
use crate::privacy::keys::Blind;
use crate::tracking::code::Code;
use crate::tracking::hint::HintTag;

/// Whom it is about, without the number.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum KeptSubject {
    Blind {
        blind: String,
        tail: String,
        /// Absent in what was kept before there were hints.
        #[serde(default)]
        hint: Option<HintTag>,
        birth_year: Option<i16>,
        sex: Option<Sex>,
    },
    Provisional {
        person_id: PersonId,
    },
    None,
    Unreadable,
}

impl Reader<'_> {
    /// What may be kept of an operation that was not understood: the subject as its keyed hash, if
    /// it can be read at all, and no long number anywhere.
    pub(super) fn without_numbers(&self, mut value: Value, op_id: Option<OperationId>) -> String {
        let subject = serde_json::from_value::<Subject>(value["subject"].clone()).ok();
        if let Some(slot) = value.get_mut("subject") {
            let id = subject
                .zip(op_id)
                .and_then(|(subject, op_id)| self.citizen_id(&subject, op_id).ok());
            *slot = match id {
                Some(id) => json!(KeptSubject::Blind {
                    blind: hex(&self.keys.blind(Blind::CitizenId, id.expose())),
                    tail: id.tail().to_owned(),
                    hint: None,
                    birth_year: i16::try_from(id.birth_year()).ok(),
                    sex: Some(id.sex()),
                }),
                None => json!(KeptSubject::Unreadable),
            };
        }
        mask_all(&mut value);
        value.to_string()
    }
}

pub(super) fn without_subject(mut value: Value, draft: Option<&Draft>) -> String {
    let who = draft.and_then(|draft| draft.act.who());
    if let Some(slot) = value.get_mut("subject") {
        *slot = json!(match who {
            Some(Who::Citizen {
                blind,
                tail,
                hint,
                details,
            }) => KeptSubject::Blind {
                blind: hex(blind),
                tail: tail.clone(),
                hint: *hint,
                birth_year: details.birth_year,
                sex: details.sex,
            },
            Some(Who::Provisional { person_id, .. }) => KeptSubject::Provisional {
                person_id: *person_id,
            },
            _ => KeptSubject::None,
        });
    }
    if matches!(who, Some(Who::Nobody(_)))
        && let Some(fields) = value.as_object_mut()
    {
        for name in ["name", "phone", "birth_year", "sex"] {
            fields.remove(name);
        }
    }
    mask_all(&mut value);
    value.to_string()
}

/// Reads what was kept, after a person has looked at it. A name or a phone that is none is left out,
/// and what the ID number says of somebody goes before what was typed beside it.
///
/// # Errors
/// When it still cannot be understood.
pub fn read_again(kept: &str) -> Result<Draft, Code> {
    let mut value: Value = serde_json::from_str(kept).map_err(|_| Code::LegacySchema)?;
    let fields = value.as_object_mut().ok_or(Code::LegacySchema)?;
    let subject = match fields.remove("subject") {
        None => KeptSubject::None,
        Some(subject) => serde_json::from_value(subject).map_err(|_| Code::LegacySchema)?,
    };
    let op = Operation::deserialize(Strict::new(value)).map_err(|_| Code::LegacySchema)?;
    understand(&op, || who(&op, &subject))
}

fn who(op: &Operation, subject: &KeptSubject) -> Result<Who, Code> {
    let Some(consent) = &op.consent else {
        return Ok(Who::Nobody(Code::ConsentMissing));
    };
    let details = Details {
        name: op
            .name
            .as_deref()
            .and_then(|name| PersonName::parse(name).ok()),
        phone: op
            .phone
            .as_deref()
            .and_then(|phone| MobilePhone::parse(phone).ok()),
        birth_year: op.birth_year.filter(|year| (1900..=2100).contains(year)),
        sex: op.sex,
        // The longest that a consent may be called; a method that nobody can name is spoken of as such.
        consent: Box::new(Consent {
            method: consent.method.chars().take(30).collect(),
            text_version: consent
                .text_version
                .clone()
                .filter(|version| is_text_version(version)),
        }),
    };
    if details.consent.method.is_empty() {
        return Err(Code::PersonFormat);
    }
    Ok(match subject {
        KeptSubject::Blind {
            blind,
            tail,
            hint,
            birth_year,
            sex,
        } => Who::Citizen {
            blind: unhex(blind).ok_or(Code::LegacySchema)?,
            tail: tail.clone(),
            hint: *hint,
            details: Details {
                birth_year: *birth_year,
                sex: *sex,
                ..details
            },
        },
        KeptSubject::Provisional { person_id } => Who::Provisional {
            person_id: *person_id,
            details,
        },
        KeptSubject::None => Who::Nobody(Code::SubjectMissing),
        KeptSubject::Unreadable => return Err(Code::SubjectFormat),
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).map(|digit| digit as u8))
        .collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

fn mask_all(value: &mut Value) {
    match value {
        Value::String(text) => {
            let is_known_form =
                Uuid::parse_str(text).is_ok() || DateTime::parse_from_rfc3339(text).is_ok();
            let is_blind = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_known_form && !is_blind {
                *text = mask(text);
            }
        }
        Value::Number(number) if number.to_string().len() >= ID_DIGITS => *value = json!("***"),
        Value::Array(items) => items.iter_mut().for_each(mask_all),
        Value::Object(fields) => fields.values_mut().for_each(mask_all),
        _ => {}
    }
}

const ID_DIGITS: usize = 12;

/// Replaces each run of twelve digits or more, however it is spaced.
pub(super) fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let mut digits = 0;
    let flush = |run: &mut String, digits: &mut usize, out: &mut String| {
        if *digits >= ID_DIGITS {
            out.push_str("***");
        } else {
            out.push_str(run);
        }
        run.clear();
        *digits = 0;
    };
    for c in text.chars() {
        let is_digit = c.is_numeric();
        if is_digit || (digits > 0 && matches!(c, ' ' | '.' | '-')) {
            digits += usize::from(is_digit);
            run.push(c);
        } else {
            flush(&mut run, &mut digits, &mut out);
            out.push(c);
        }
    }
    flush(&mut run, &mut digits, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_do_not_stay_in_words_and_short_ones_do() {
        for (before, after) in [
            ("số 058190000001 nhé", "số ***nhé"),
            ("058 190 000 001", "***"),
            ("０５８１９００００００１", "***"),
            ("gọi 0912345678", "gọi 0912345678"),
            ("thôn 12, tổ 3", "thôn 12, tổ 3"),
        ] {
            assert_eq!(mask(before), after);
        }
    }
}
