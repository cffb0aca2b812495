//! What recording keeps of a citizen, told to the citizen.

use chrono::{DateTime, Utc};
use mobile_contracts::ids::PersonId;
use mobile_contracts::rights::CopyEntry;

use super::store::{self, ActRow};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::privacy::keys::{Keys, Place};
use crate::tracking::persons::fields::place_of_person;
use crate::tracking::persons::store::list_members;
use crate::tracking::{assignments, data_reports, rosters};

/// Everything, by who stands for them.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn copy_of(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    head: PersonId,
) -> Result<Vec<CopyEntry>, Failure> {
    let members = list_members(conn, &[head]).await?;
    let persons: Vec<PersonId> = members.into_keys().collect();
    let mut entries = shown(conn, keys, geography, head).await?;
    for word in store::list_said(conn, &persons).await? {
        let value = word.read(keys)?;
        entries.push(entry("word", &word.field, &value, Some(word.effective_at)));
    }
    for (method, text, given_at, withdrawn_at) in store::list_consents(conn, &persons).await? {
        let value = text.unwrap_or_default();
        entries.push(entry("consent", &method, &value, Some(given_at)));
        if withdrawn_at.is_some() {
            entries.push(entry("consent", "withdrawn", &value, withdrawn_at));
        }
    }
    for act in store::list_acts(conn, &persons).await? {
        entries.push(told(keys, geography, &act)?);
    }
    entries.extend(data_reports::copy::copy_of(conn, keys, &persons).await?);
    entries.extend(assignments::copy::copy_of(conn, &persons).await?);
    entries.extend(rosters::copy::copy_of(conn, keys, &persons).await?);
    Ok(entries)
}

async fn shown(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    head: PersonId,
) -> Result<Vec<CopyEntry>, Failure> {
    let row = store::get_shown(conn, head).await?;
    let open = |column: &'static str, stored: &Option<Vec<u8>>| {
        let place = place_of_person(column, row.person_id.0.as_bytes());
        let stored = stored.as_deref();
        stored
            .map(|stored| keys.decrypt(&place, stored))
            .transpose()
    };
    let year = row.birth_year.map(|year| year.to_string());
    let village = geography.unit(row.village_id).map(|unit| unit.name.clone());
    let fields = [
        ("name", open("person.name", &row.name)?),
        ("phone", open("person.phone", &row.phone)?),
        ("birth_year", year),
        ("sex", row.sex.clone()),
        ("id_tail", row.id_tail.clone()),
        ("village", village),
    ];
    let known = fields.into_iter();
    Ok(known
        .filter_map(|(field, value)| Some(entry("shown", field, &value?, None)))
        .collect())
}

fn told(keys: &Keys, geography: &Geography, act: &ActRow) -> Result<CopyEntry, Failure> {
    let village = geography.unit(act.village_id).map_or("", |unit| &unit.name);
    let (field, mut value) = match (&act.what, &act.text) {
        (Some(what), _) => (what.as_str(), village.to_owned()),
        (None, Some(text)) if !text.is_empty() => {
            let row = act.op_id.0.as_bytes();
            let column = "note.text";
            ("text", keys.decrypt(&Place { column, row }, text)?)
        }
        (None, _) => ("text", String::new()),
    };
    if act.is_voided {
        value.push_str(" (đã rút lại)");
    }
    Ok(entry(&act.kind, field, &value, Some(act.effective_at)))
}

fn entry(kind: &str, field: &str, value: &str, at: Option<DateTime<Utc>>) -> CopyEntry {
    CopyEntry::new(kind, field, value, at)
}
