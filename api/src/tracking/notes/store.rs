//! Notes, remembered.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};

use crate::db::Conn;
use crate::db::schema::{note, person};

/// A note as a row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = note, check_for_backend(diesel::pg::Pg))]
pub struct NoteRow {
    pub op_id: OperationId,
    pub person_id: Option<PersonId>,
    pub village_id: UnitId,
    pub author_id: AccountId,
    pub text: Vec<u8>,
    pub effective_at: DateTime<Utc>,
}

/// Of what notes are.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    Villages(&'a [UnitId]),
    Persons(&'a [PersonId]),
}

/// Notes that stand and still have their words, the newest first, before that one. Of whoever had the use of their
/// data restricted there are none.
pub async fn list_notes(
    conn: &mut Conn,
    of: Of<'_>,
    before: Option<(DateTime<Utc>, OperationId)>,
    limit: i64,
) -> QueryResult<Vec<NoteRow>> {
    let whose = note::person_id.eq(person::person_id.nullable());
    let mut query = note::table
        .left_join(person::table.on(whose))
        .filter(note::voided_by.is_null())
        .filter(note::text.ne(Vec::new()))
        .filter(person::restricted_at.is_null())
        .select(NoteRow::as_select())
        .order((note::effective_at.desc(), note::op_id.desc()))
        .limit(limit)
        .into_boxed();
    query = match of {
        Of::Villages(villages) => query.filter(note::village_id.eq_any(villages)),
        Of::Persons(persons) => query.filter(note::person_id.assume_not_null().eq_any(persons)),
    };
    if let Some((at, op_id)) = before {
        let same_time = note::effective_at.eq(at).and(note::op_id.lt(op_id));
        query = query.filter(note::effective_at.lt(at).or(same_time));
    }
    query.load(conn).await
}
