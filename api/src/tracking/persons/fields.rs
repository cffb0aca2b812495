//! Writes what was said of persons, and what they show of it.

use std::collections::HashMap;

use diesel::result::Error;
use mobile_contracts::ids::{OperationId, PersonId};
use serde_json::{Value, json};

use super::rules::{Field, Shown, said};
use super::store;
use crate::db::Conn;
use crate::privacy::keys::{DecryptError, Keys, Place};
use crate::tracking::batch::bytea;
use crate::tracking::batch::rules::{Changes, Placed};
use crate::tracking::reading::Act;

/// Values in plain, by who said them.
pub type Values = HashMap<(OperationId, Field), String>;

/// Writes the words of a batch, and shows what wins.
///
/// # Errors
/// When the database cannot.
pub async fn write(
    conn: &mut Conn,
    keys: &Keys,
    placed: &[Placed<'_>],
    changes: &Changes,
) -> Result<(), Error> {
    let mut values = Values::new();
    let mut rows = Vec::new();
    for placed in placed {
        let op = placed.judged;
        let (Some(person_id), Some(who)) = (placed.person_id, op.act().and_then(Act::who)) else {
            continue;
        };
        for (field, value) in said(who) {
            rows.push(json!({
                "op_id": op.op_id,
                "field": field.as_str(),
                "person_id": person_id,
                "value": bytea(&seal(keys, op.op_id, field, &value)),
                "effective_at": op.effective_at,
                "voided_by": changes.born_voided.get(&op.op_id),
            }));
            values.insert((op.op_id, field), value);
        }
    }
    if !rows.is_empty() {
        store::insert_words(conn, rows).await?;
    }
    show(conn, keys, &changes.shown, values).await
}

/// Shows these words. Some are at hand, the others are read.
///
/// # Errors
/// When the database cannot.
pub async fn show(
    conn: &mut Conn,
    keys: &Keys,
    shown: &Shown,
    mut at_hand: Values,
) -> Result<(), Error> {
    let absent: Vec<OperationId> = shown
        .iter()
        .filter_map(|((_, field), op)| Some((((*op)?), *field)))
        .filter(|word| !at_hand.contains_key(word))
        .map(|(op, _)| op)
        .collect();
    if !absent.is_empty() {
        for (op_id, field, value) in store::list_values(conn, &absent).await? {
            let value = read(keys, op_id, field, &value)
                .map_err(|why| Error::DeserializationError(Box::new(why)))?;
            at_hand.insert((op_id, field), value);
        }
    }
    for field in Field::ALL {
        let of_field = shown.iter().filter(|((_, shown), _)| *shown == field);
        let rows: Vec<Value> = of_field
            .map(|((person_id, _), op)| {
                let value = op.and_then(|op| at_hand.get(&(op, field)));
                person_row(keys, *person_id, field, value.map(String::as_str))
            })
            .collect();
        if !rows.is_empty() {
            store::show(conn, field, rows).await?;
        }
    }
    Ok(())
}

/// One field as the person's own row keeps it.
fn person_row(keys: &Keys, person_id: PersonId, field: Field, value: Option<&str>) -> Value {
    let encrypt = |column: &'static str, plain: &str| {
        let row = person_id.0.as_bytes();
        json!(bytea(&keys.encrypt(&Place { column, row }, plain)))
    };
    let kept = value.map(|value| match field {
        Field::Name => encrypt("person.name", value),
        Field::Phone => encrypt("person.phone", value),
        Field::BirthYear => json!(value.parse::<i16>().ok()),
        Field::Sex => json!(value),
    });
    json!({ "person_id": person_id, field.as_str(): kept })
}

/// Reads one word of the history.
///
/// # Errors
/// When its key is gone, or it does not belong there.
pub fn read(
    keys: &Keys,
    op_id: OperationId,
    field: Field,
    value: &[u8],
) -> Result<String, DecryptError> {
    keys.decrypt(&place_of(&row_of(op_id, field)), value)
}

/// One word as the history keeps it.
pub fn seal(keys: &Keys, op_id: OperationId, field: Field, value: &str) -> Vec<u8> {
    keys.encrypt(&place_of(&row_of(op_id, field)), value)
}

/// Where the person's own row keeps what it shows.
pub fn place_of_person<'a>(column: &'static str, person_id: &'a [u8]) -> Place<'a> {
    Place {
        column,
        row: person_id,
    }
}

fn row_of(op_id: OperationId, field: Field) -> Vec<u8> {
    [op_id.0.as_bytes(), field.as_str().as_bytes()].concat()
}

fn place_of(row: &[u8]) -> Place<'_> {
    Place {
        column: "person_field.value",
        row,
    }
}
