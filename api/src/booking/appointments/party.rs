//! Who comes, and for whom: every field checked, all faults at once.

use chrono::{DateTime, Datelike, Utc};
use mobile_contracts::booking::{ConfirmHold, Visitor};
use mobile_contracts::calendar::local_day;
use mobile_contracts::citizen_id::CitizenId;
use mobile_contracts::ids::UnitId;
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;

use crate::booking::appointments::rules;
use crate::booking::holds::token::{HoldToken, people_hash};
use crate::geography::{Geography, Level};
use crate::http::failure::{Failure, FieldError};
use crate::privacy::keys::{Blind, Keys};

/// A visitor whose every field is valid.
pub struct Checked {
    pub blind: Vec<u8>,
    pub id: CitizenId,
    pub name: PersonName,
    pub phone: Option<MobilePhone>,
    /// The phone is that of the relative who books: this person has none.
    pub phone_is_proxys: bool,
    pub village_id: Option<UnitId>,
    pub outside_province: bool,
    pub consent: &'static str,
    pub guardian_name: Option<PersonName>,
}

/// Code, Vietnamese and English of a fault whose place its caller knows.
pub type FieldErrorParts = (&'static str, String, String);

/// The visitors, and who books for them with the relation.
pub type CheckedParty = (Vec<Checked>, Option<(PersonName, String)>);

/// The keyed hash of a typed ID number.
///
/// # Errors
/// The fault, at this pointer.
pub fn blind_of(keys: &Keys, typed: &str, now: DateTime<Utc>) -> Result<Vec<u8>, FieldErrorParts> {
    let id = CitizenId::parse(typed, local_day(now))
        .map_err(|why| (why.code(), why.message(), why.message_en()))?;
    Ok(keys.blind(Blind::CitizenId, id.expose()))
}

/// Checks every visitor and the proxy; all faults at once.
///
/// # Errors
/// 422 with each.
pub fn check_party(
    keys: &Keys,
    geography: &Geography,
    body: &ConfirmHold,
    now: DateTime<Utc>,
) -> Result<CheckedParty, Failure> {
    let mut faults = Vec::new();
    let mut checked = Vec::new();
    for (at, visitor) in body.visitors.iter().enumerate() {
        let within = format!("/visitors/{at}");
        if let Some(one) = check_visitor(keys, geography, visitor, now, &within, &mut faults) {
            checked.push(one);
        }
    }
    let mut proxy = None;
    if let Some(named) = &body.proxy {
        let relation = named.relation.trim();
        if relation.is_empty() || relation.chars().count() > 50 {
            faults.push(FieldError::new(
                "/proxy/relation",
                "LENGTH",
                "Ghi quan hệ với công dân, tối đa 50 ký tự.",
                "Say the relation, at most 50 characters.",
            ));
        }
        proxy = read_name("/proxy/name".to_owned(), &named.name, &mut faults)
            .map(|name| (name, relation.to_owned()));
        let phone = read_phone(
            "/proxy/phone".to_owned(),
            named.phone.as_deref(),
            &mut faults,
        );
        for one in checked.iter_mut().filter(|one| one.phone.is_none()) {
            one.phone.clone_from(&phone);
            one.phone_is_proxys = phone.is_some();
        }
    }
    if faults.is_empty() {
        Ok((checked, proxy))
    } else {
        Err(Failure::invalid(faults))
    }
}

fn read_phone(
    pointer: String,
    typed: Option<&str>,
    faults: &mut Vec<FieldError>,
) -> Option<MobilePhone> {
    MobilePhone::parse(typed?)
        .map_err(|why| {
            let fault = FieldError::new(pointer, why.code(), why.message(), why.message_en());
            faults.push(fault);
        })
        .ok()
}

fn read_name(pointer: String, typed: &str, faults: &mut Vec<FieldError>) -> Option<PersonName> {
    PersonName::parse(typed)
        .map_err(|why| {
            let fault = FieldError::new(pointer, why.code(), why.message(), why.message_en());
            faults.push(fault);
        })
        .ok()
}

/// Checks one visitor, who stands at `within` in the body; `None` when a fault leaves nobody.
pub fn check_visitor(
    keys: &Keys,
    geography: &Geography,
    visitor: &Visitor,
    now: DateTime<Utc>,
    within: &str,
    faults: &mut Vec<FieldError>,
) -> Option<Checked> {
    let today = local_day(now);
    let pointer = |name: &str| format!("{within}/{name}");
    let id = CitizenId::parse(&visitor.id_number, today)
        .map_err(|why| {
            faults.push(FieldError::new(
                pointer("id_number"),
                why.code(),
                why.message(),
                why.message_en(),
            ));
        })
        .ok();
    let name = read_name(pointer("name"), &visitor.name, faults);
    let phone = read_phone(pointer("phone"), visitor.phone.as_deref(), faults);
    let guardian_name = visitor
        .guardian_name
        .as_deref()
        .and_then(|typed| read_name(pointer("guardian_name"), typed, faults));
    if let Some(id) = &id {
        check_age(id, visitor, today, &pointer, faults);
    }
    if let Some(village_id) = visitor.village_id {
        let is_village = geography
            .unit(village_id)
            .is_some_and(|unit| unit.level == Level::Village && unit.is_valid_on(today));
        if !is_village || visitor.outside_province {
            faults.push(FieldError::new(
                pointer("village_id"),
                "VILLAGE",
                "Chọn một thôn, khu phố đang có, hoặc chọn ngoài tỉnh.",
                "Name a village of today, or outside the province.",
            ));
        }
    }
    let (id, name) = (id?, name?);
    Some(Checked {
        blind: keys.blind(Blind::CitizenId, id.expose()),
        id,
        name,
        phone,
        phone_is_proxys: false,
        village_id: visitor.village_id,
        outside_province: visitor.outside_province,
        consent: visitor.consent.as_str(),
        guardian_name,
    })
}

fn check_age(
    id: &CitizenId,
    visitor: &Visitor,
    today: chrono::NaiveDate,
    pointer: &impl Fn(&str) -> String,
    faults: &mut Vec<FieldError>,
) {
    if let Some(born) = visitor.birth_on
        && born.year() != id.birth_year()
    {
        faults.push(FieldError::new(
            pointer("birth_on"),
            "DISAGREES",
            "Năm sinh không khớp với số định danh.",
            "The year of birth disagrees with the ID number.",
        ));
        return;
    }
    match rules::is_child(id.birth_year(), visitor.birth_on, today) {
        Some(true) if visitor.guardian_name.is_none() => faults.push(FieldError::new(
            pointer("guardian_name"),
            "GUARDIAN",
            "Người dưới 14 tuổi cần có cha, mẹ hoặc người giám hộ đi cùng; ghi họ tên người đó.",
            "A child under 14 comes with a guardian: name them.",
        )),
        None => faults.push(FieldError::new(
            pointer("birth_on"),
            "BIRTH_DATE",
            "Ghi ngày sinh: công dân có thể chưa đủ 14 tuổi.",
            "Give the date of birth: this person may be under 14.",
        )),
        _ => {}
    }
}

/// Whether these are the people of the hold.
pub fn is_party(keys: &Keys, token: &HoldToken, visitors: &[Checked]) -> bool {
    let blinds: Vec<Vec<u8>> = visitors.iter().map(|one| one.blind.clone()).collect();
    people_hash(keys, &blinds) == token.people
}
