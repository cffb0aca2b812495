//! Words about persons, remembered.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};
use serde_json::Value;

use super::rules::{Field, Heads, Word, Words, head_of};
use crate::db::schema::{operation, person, person_field};
use crate::db::{Conn, prepared};

/// Everybody for whom these persons stand, beginning with themselves. Nobody joins them while they are
/// locked.
pub async fn list_members(conn: &mut Conn, heads: &[PersonId]) -> QueryResult<Heads> {
    let others: Vec<(PersonId, PersonId)> = person::table
        .filter(person::canonical_id.assume_not_null().eq_any(heads))
        .select((person::person_id, person::canonical_id.assume_not_null()))
        .load(conn)
        .await?;
    let themselves = heads.iter().map(|head| (*head, *head));
    Ok(themselves.chain(others).collect())
}

/// What was said of these persons and not taken back, by who stands for them.
pub async fn list_words(conn: &mut Conn, heads: &Heads) -> QueryResult<Words> {
    let persons: Vec<PersonId> = heads.keys().copied().collect();
    let mut words = Words::new();
    for ((person_id, field), about_one) in list_own_words(conn, &persons).await? {
        let of = (head_of(heads, person_id), field);
        words.entry(of).or_default().extend(about_one);
    }
    Ok(words)
}

/// What was said of each of these persons by themselves.
pub async fn list_own_words(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<Words> {
    let rows: Vec<(PersonId, String, DateTime<Utc>, OperationId)> = person_field::table
        .filter(person_field::person_id.eq_any(persons))
        .filter(person_field::voided_by.is_null())
        .select((
            person_field::person_id,
            person_field::field,
            person_field::effective_at,
            person_field::op_id,
        ))
        .load(conn)
        .await?;
    let mut words = Words::new();
    for (person_id, field, effective_at, op_id) in rows {
        words
            .entry((person_id, known(&field)))
            .or_default()
            .push(Word {
                effective_at,
                op_id,
            });
    }
    Ok(words)
}

/// A field as its row names it.
pub fn known(field: &str) -> Field {
    Field::parse(field).expect("person_field_field_known allows only known fields")
}

/// The values of what these operations said, encrypted for their rows.
pub async fn list_values(
    conn: &mut Conn,
    ops: &[OperationId],
) -> QueryResult<Vec<(OperationId, Field, Vec<u8>)>> {
    let rows: Vec<(OperationId, String, Vec<u8>)> = person_field::table
        .filter(person_field::op_id.eq_any(ops))
        .select((
            person_field::op_id,
            person_field::field,
            person_field::value,
        ))
        .load(conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(op, field, value)| (op, known(&field), value))
        .collect())
}

pub async fn insert_words(conn: &mut Conn, rows: Vec<Value>) -> QueryResult<()> {
    prepared(
        diesel::sql_query(
            "insert into person_field
             select * from jsonb_populate_recordset(null::person_field, $1) order by op_id, field",
        )
        .bind::<Jsonb, _>(Value::Array(rows)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Shows other values of one field. The persons are locked. What an ID number says, no word outdoes.
pub async fn show(conn: &mut Conn, field: Field, rows: Vec<Value>) -> QueryResult<()> {
    let sql = match field {
        Field::Name => {
            "update person p set name = d.name
             from jsonb_populate_recordset(null::person, $1) d where p.person_id = d.person_id"
        }
        Field::Phone => {
            "update person p set phone = d.phone
             from jsonb_populate_recordset(null::person, $1) d where p.person_id = d.person_id"
        }
        Field::BirthYear => {
            "update person p set birth_year = d.birth_year
             from jsonb_populate_recordset(null::person, $1) d
             where p.person_id = d.person_id and p.subject_blind is null"
        }
        Field::Sex => {
            "update person p set sex = d.sex
             from jsonb_populate_recordset(null::person, $1) d
             where p.person_id = d.person_id and p.subject_blind is null"
        }
    };
    prepared(diesel::sql_query(sql).bind::<Jsonb, _>(Value::Array(rows)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Where somebody was first met, and who stands for them.
pub async fn find_person(
    conn: &mut Conn,
    person_id: PersonId,
) -> QueryResult<Option<(UnitId, PersonId)>> {
    let found: Option<(UnitId, Option<PersonId>)> = person::table
        .find(person_id)
        .select((person::village_id, person::canonical_id))
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(|(village, head)| (village, head.unwrap_or(person_id))))
}

/// Whether somebody has an ID number.
pub async fn has_number(conn: &mut Conn, person_id: PersonId) -> QueryResult<bool> {
    person::table
        .find(person_id)
        .select(person::subject_blind.is_not_null())
        .first(conn)
        .await
}

/// One word of a person's history.
#[derive(Queryable, Selectable)]
#[diesel(table_name = person_field)]
pub struct WordRow {
    pub op_id: OperationId,
    pub field: String,
    pub person_id: PersonId,
    pub value: Vec<u8>,
    pub effective_at: DateTime<Utc>,
    pub voided_by: Option<OperationId>,
    #[diesel(select_expression = operation::author_id.assume_not_null())]
    pub author_id: AccountId,
    #[diesel(select_expression = operation::received_at)]
    pub received_at: DateTime<Utc>,
}

/// Everything that was ever said of these persons, what was said last first, before `before`.
pub async fn list_history(
    conn: &mut Conn,
    persons: &[PersonId],
    before: Option<(Word, Field)>,
    limit: i64,
) -> QueryResult<Vec<WordRow>> {
    let mut query = person_field::table
        .inner_join(operation::table)
        .filter(person_field::person_id.eq_any(persons))
        .select(WordRow::as_select())
        .order((
            person_field::effective_at.desc(),
            person_field::op_id.desc(),
            person_field::field.desc(),
        ))
        .limit(limit)
        .into_boxed();
    if let Some((
        Word {
            effective_at,
            op_id,
        },
        field,
    )) = before
    {
        let earlier = person_field::effective_at.lt(effective_at);
        let same_time = person_field::effective_at.eq(effective_at);
        let same_op = person_field::op_id
            .eq(op_id)
            .and(person_field::field.lt(field.as_str()));
        query = query.filter(earlier.or(same_time.and(person_field::op_id.lt(op_id).or(same_op))));
    }
    query.load(conn).await
}
