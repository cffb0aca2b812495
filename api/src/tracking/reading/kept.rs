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

use super::{Details, Draft, Key, Reader, Who, consent, hex, is_text_version, understand};
use crate::http::strict::Strict;
use crate::privacy::free_text::{GONE, ID_DIGITS, Named, mask};
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
            Some(Who::Provisional { person_id, .. } | Who::Known(Key::Person(person_id))) => {
                KeptSubject::Provisional {
                    person_id: *person_id,
                }
            }
            Some(Who::Known(Key::Blind(blind))) => KeptSubject::Blind {
                blind: hex(blind),
                tail: String::new(),
                hint: None,
                birth_year: None,
                sex: None,
            },
            _ => KeptSubject::None,
        });
    }
    if matches!(who, Some(Who::Known(_) | Who::Nobody(_)))
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
    let Some(consent) = consent(op) else {
        return known(op, subject);
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

/// As [`Reader`] reads what came without consent.
fn known(op: &Operation, subject: &KeptSubject) -> Result<Who, Code> {
    Ok(match subject {
        KeptSubject::Provisional { person_id } if op.kind == "visit" => {
            Who::Known(Key::Person(*person_id))
        }
        KeptSubject::Blind { blind, .. } if op.kind == "visit" && op.consent.is_some() => {
            Who::Known(Key::Blind(unhex(blind).ok_or(Code::LegacySchema)?))
        }
        _ => Who::Nobody(Code::ConsentMissing),
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
        Value::Number(number) if number.to_string().len() >= ID_DIGITS => *value = json!(GONE),
        Value::Array(items) => items.iter_mut().for_each(mask_all),
        Value::Object(fields) => fields.values_mut().for_each(mask_all),
        _ => {}
    }
}

/// What somebody who had themselves erased leaves of what is kept.
#[derive(Debug, PartialEq, Eq)]
pub enum Forgotten {
    /// It says nothing of them.
    Nothing,
    /// It is about somebody else: this much of it stays.
    Words(String),
    /// It is about them, as far as anybody can tell: nothing.
    All,
}

/// Takes out of what is kept every word that names somebody. Another person may have the same name, and keeps it;
/// where nobody can read whom it is about, the name is all there is, and nobody could approve it either.
pub fn forget(kept: &str, named: &Named) -> Forgotten {
    if !named.is_in(kept) {
        return Forgotten::Nothing;
    }
    let Ok(Value::Object(mut fields)) = serde_json::from_str(kept) else {
        return Forgotten::All;
    };
    let subject = fields.get("subject").and_then(|it| it["kind"].as_str());
    let is_readable = matches!(subject, Some("blind" | "provisional"));
    let mut is_less = false;
    for (name, value) in &mut fields {
        match name.as_str() {
            "name" | "phone" if is_readable => {}
            "name" | "phone" if value.as_str().is_some_and(|text| named.is_in(text)) => {
                return Forgotten::All;
            }
            _ => is_less |= blank(value, named),
        }
    }
    match is_less {
        true => Forgotten::Words(Value::Object(fields).to_string()),
        false => Forgotten::Nothing,
    }
}

fn blank(value: &mut Value, named: &Named) -> bool {
    match value {
        Value::String(text) if named.is_in(text) => {
            *value = json!(GONE);
            true
        }
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |any, it| blank(it, named) | any),
        Value::Object(fields) => fields
            .values_mut()
            .fold(false, |any, it| blank(it, named) | any),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_forgotten_is_named_nowhere_and_whoever_is_called_the_same_keeps_their_name() {
        let named = Named::new(&["Katơr Thị Thử".to_owned(), "+84912345678".to_owned()]);
        let of = |subject: &str, name: &str, text: &str| {
            json!({ "subject": { "kind": subject }, "name": name, "text": text }).to_string()
        };
        assert_eq!(
            forget(&of("blind", "Katơr Thị Thử", "vắng nhà"), &named),
            Forgotten::Nothing
        );
        assert_eq!(
            forget(
                &of("blind", "Chamaléa Thị Hai", "gọi kator thi thu"),
                &named
            ),
            Forgotten::Words(of("blind", "Chamaléa Thị Hai", GONE))
        );
        assert_eq!(
            forget(&of("unreadable", "Katơr Thị Thử", ""), &named),
            Forgotten::All
        );
        assert_eq!(forget("0912 345 678", &named), Forgotten::All);
        assert_eq!(forget("{}", &named), Forgotten::Nothing);
    }
}
