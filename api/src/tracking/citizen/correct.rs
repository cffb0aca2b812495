//! Putting right what is said of a citizen, because they asked for it: a word like any other, and the last.

use chrono::{DateTime, Utc};
use diesel::result::Error;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, OperationId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use serde_json::json;
use uuid::Uuid;

use super::{Locked, store};
use crate::db::Conn;
use crate::privacy::keys::Keys;
use crate::tracking::batch::bytea;
use crate::tracking::persons::fields;
use crate::tracking::persons::rules::{Field, Shown};
use crate::tracking::persons::store::insert_words;

/// Words that are right.
#[derive(Debug, Default)]
pub struct Correction {
    pub name: Option<PersonName>,
    pub phone: Option<MobilePhone>,
    pub birth_year: Option<i16>,
    pub sex: Option<&'static str>,
}

impl Correction {
    fn words(&self) -> Vec<(Field, String)> {
        let name = self.name.as_ref().map(|name| name.expose().to_owned());
        let words = [
            (Field::Name, name),
            (Field::Phone, self.phone.as_ref().map(MobilePhone::e164)),
            (
                Field::BirthYear,
                self.birth_year.map(|year| year.to_string()),
            ),
            (Field::Sex, self.sex.map(str::to_owned)),
        ];
        let words = words.into_iter();
        words
            .filter_map(|(field, value)| Some((field, value?)))
            .collect()
    }
}

/// Writes the words of a locked citizen as said now by whoever decided, and shows them. What an ID number
/// says is not touched.
///
/// # Errors
/// When the database cannot.
pub async fn correct(
    conn: &mut Conn,
    keys: &Keys,
    of: &Locked,
    correction: &Correction,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let mut words = correction.words();
    if !of.blinds.is_empty() {
        words.retain(|(field, _)| !field.is_in_number());
    }
    let Some(village) = of.villages.first().filter(|_| !words.is_empty()) else {
        return Ok(());
    };
    let op_id = OperationId(Uuid::now_v7());
    let hash = keys.lasting_mac("operation/v1", &[op_id.0.as_bytes()]);
    store::insert_correction(conn, op_id, by, &hash, *village, now, local_day(now)).await?;
    let rows = words.iter().map(|(field, value)| {
        json!({
            "op_id": op_id,
            "field": field.as_str(),
            "person_id": of.head,
            "value": bytea(&fields::seal(keys, op_id, *field, value)),
            "effective_at": now,
        })
    });
    insert_words(conn, rows.collect()).await?;
    let shown: Shown = words
        .iter()
        .map(|(field, _)| ((of.head, *field), Some(op_id)))
        .collect();
    let values = words
        .into_iter()
        .map(|(field, value)| ((op_id, field), value));
    fields::show(conn, keys, &shown, values.collect()).await
}
