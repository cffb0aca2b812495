//! Rows of one citizen, read and emptied.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, Binary, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, AppointmentId, OperationId, PersonId, UnitId};

use super::By;
use crate::db::Conn;
use crate::db::schema::{appointment_request, consent, operation, person, person_field};
use crate::privacy::keys::{DecryptError, Keys};
use crate::tracking::persons::fields;
use crate::tracking::persons::rules::Field;

/// Who somebody is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who stands for them.
    pub person_id: PersonId,
    pub village_id: UnitId,
    pub subject_blind: Option<Vec<u8>>,
    pub id_tail: Option<String>,
    /// Encrypted for the row of `person_id`.
    pub name: Option<Vec<u8>>,
}

impl Found {
    /// The name that they show.
    ///
    /// # Errors
    /// When its key is not configured.
    pub fn name(&self, keys: &Keys) -> Result<Option<String>, DecryptError> {
        let row = self.person_id.0.as_bytes();
        let place = fields::place_of_person("person.name", row);
        let name = self.name.as_deref();
        name.map(|name| keys.decrypt(&place, name)).transpose()
    }
}

/// Who somebody is here, unless they had themselves erased.
pub async fn find(conn: &mut Conn, by: By<'_>) -> QueryResult<Option<Found>> {
    type Row = (
        PersonId,
        UnitId,
        Option<Vec<u8>>,
        Option<String>,
        Option<Vec<u8>>,
    );
    let (blind, named) = match by {
        By::Number(blind) => (Some(blind), None),
        By::Person(id) => (None, Some(id)),
    };
    let asked: Option<(PersonId, Option<PersonId>)> = person::table
        .filter(
            person::subject_blind
                .eq(blind)
                .assume_not_null()
                .or(person::person_id.nullable().eq(named).assume_not_null()),
        )
        .filter(person::erased_at.is_null())
        .select((person::person_id, person::canonical_id))
        .first(conn)
        .await
        .optional()?;
    let Some((id, head)) = asked else {
        return Ok(None);
    };
    let row: Row = person::table
        .find(head.unwrap_or(id))
        .select((
            person::person_id,
            person::village_id,
            person::subject_blind,
            person::id_tail,
            person::name,
        ))
        .first(conn)
        .await?;
    let (person_id, village_id, subject_blind, id_tail, name) = row;
    Ok(Some(Found {
        person_id,
        village_id,
        subject_blind,
        id_tail,
        name,
    }))
}

pub async fn list_blinds(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<Vec<Vec<u8>>> {
    let rows: Vec<Option<Vec<u8>>> = person::table
        .filter(person::person_id.eq_any(persons))
        .filter(person::subject_blind.is_not_null())
        .select(person::subject_blind)
        .load(conn)
        .await?;
    Ok(rows.into_iter().flatten().collect())
}

/// Something that was said of a person.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = person_field)]
pub struct SaidRow {
    pub op_id: OperationId,
    pub field: String,
    pub value: Vec<u8>,
    pub effective_at: DateTime<Utc>,
}

impl SaidRow {
    /// # Errors
    /// When its key is not configured.
    pub fn read(&self, keys: &Keys) -> Result<String, DecryptError> {
        let field =
            Field::parse(&self.field).expect("person_field_field_known allows only known fields");
        fields::read(keys, self.op_id, field, &self.value)
    }
}

pub async fn list_said(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<Vec<SaidRow>> {
    person_field::table
        .filter(person_field::person_id.eq_any(persons))
        .select(SaidRow::as_select())
        .order((person_field::effective_at, person_field::op_id))
        .load(conn)
        .await
}

/// How and when they agreed.
pub type ConsentRow = (String, Option<String>, DateTime<Utc>, Option<DateTime<Utc>>);

pub async fn list_consents(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<Vec<ConsentRow>> {
    consent::table
        .filter(consent::person_id.eq_any(persons))
        .select((
            consent::method,
            consent::text_version,
            consent::given_at,
            consent::withdrawn_at,
        ))
        .order((consent::given_at, consent::op_id))
        .load(conn)
        .await
}

/// What was recorded of them: a stage, a visit, a note.
#[derive(Debug, QueryableByName)]
pub struct ActRow {
    #[diesel(sql_type = SqlUuid)]
    pub op_id: OperationId,
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// The stage, or what came of the visit.
    #[diesel(sql_type = Nullable<Text>)]
    pub what: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    pub text: Option<Vec<u8>>,
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Timestamptz)]
    pub effective_at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    pub is_voided: bool,
}

pub async fn list_acts(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<Vec<ActRow>> {
    diesel::sql_query(
        "select op_id, 'stage' as kind, stage as what, null::bytea as text, village_id, effective_at,
             voided_by is not null as is_voided
         from fact where person_id = any($1)
         union all
         select op_id, 'visit', outcome, null, village_id, effective_at, voided_by is not null
         from visit where person_id = any($1)
         union all
         select op_id, 'note', null, text, village_id, effective_at, voided_by is not null
         from note where person_id = any($1)
         union all
         select op_id, 'request', service_code, null, village_id, effective_at, voided_by is not null
         from appointment_request where person_id = any($1)
         order by effective_at, op_id",
    )
    .bind::<Array<SqlUuid>, _>(persons)
    .load(conn)
    .await
}

/// What the person's own row shows.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = person)]
pub struct ShownRow {
    pub person_id: PersonId,
    pub id_tail: Option<String>,
    pub name: Option<Vec<u8>>,
    pub phone: Option<Vec<u8>>,
    pub birth_year: Option<i16>,
    pub sex: Option<String>,
    pub village_id: UnitId,
}

pub async fn get_shown(conn: &mut Conn, head: PersonId) -> QueryResult<ShownRow> {
    person::table
        .find(head)
        .select(ShownRow::as_select())
        .first(conn)
        .await
}

/// Ends open requests; nobody answers one any more. Gives the appointments of the answered.
pub async fn end_requests(
    conn: &mut Conn,
    persons: &[PersonId],
) -> QueryResult<Vec<AppointmentId>> {
    diesel::sql_query(
        "update appointment_request
         set state = 'lapsed', answer = 'PERSON_ERASED', answered_at = app_now(), name = null, phone = null
         where person_id = any($1) and state = 'open'",
    )
    .bind::<Array<SqlUuid>, _>(persons)
    .execute(conn)
    .await?;
    let booked: Vec<Option<AppointmentId>> = appointment_request::table
        .filter(appointment_request::person_id.eq_any(persons))
        .filter(appointment_request::appointment_id.is_not_null())
        .select(appointment_request::appointment_id)
        .load(conn)
        .await?;
    Ok(booked.into_iter().flatten().collect())
}

/// Every operation that says anything of these persons, with those that took one of them back.
pub async fn list_operations_about(
    conn: &mut Conn,
    persons: &[PersonId],
) -> QueryResult<BTreeSet<OperationId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        op_id: OperationId,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "with own as (
             select op_id from fact where person_id = any($1)
             union select op_id from visit where person_id = any($1)
             union select op_id from note where person_id = any($1)
             union select op_id from appointment_request where person_id = any($1)
             union select op_id from person_field where person_id = any($1)
             union select op_id from consent where person_id = any($1)
         )
         select op_id from own
         union
         select v.op_id from void v join own on own.op_id = v.target_op_id",
    )
    .bind::<Array<SqlUuid>, _>(persons)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.op_id).collect())
}

/// What is kept of operations that count for nothing: whom it is about can only be read.
pub async fn list_kept(
    conn: &mut Conn,
    after: Option<OperationId>,
    limit: i64,
) -> QueryResult<Vec<(OperationId, Vec<u8>)>> {
    let mut query = operation::table
        .filter(operation::raw.is_not_null())
        .select((operation::op_id, operation::raw.assume_not_null()))
        .order(operation::op_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(operation::op_id.gt(after));
    }
    query.load(conn).await
}

/// Keeps this of an operation instead, unless somebody decided about it meanwhile.
pub async fn set_kept(conn: &mut Conn, op_id: OperationId, raw: &[u8]) -> QueryResult<()> {
    diesel::update(
        operation::table
            .find(op_id)
            .filter(operation::raw.is_not_null()),
    )
    .set(operation::raw.eq(raw))
    .execute(conn)
    .await?;
    Ok(())
}

/// Free words written in these villages, by where they stand.
#[derive(Debug, QueryableByName)]
pub struct TextRow {
    #[diesel(sql_type = SqlUuid)]
    pub op_id: OperationId,
    #[diesel(sql_type = Bool)]
    pub is_note: bool,
    #[diesel(sql_type = Binary)]
    pub text: Vec<u8>,
}

pub async fn list_texts(conn: &mut Conn, villages: &[UnitId]) -> QueryResult<Vec<TextRow>> {
    diesel::sql_query(
        "select op_id, true as is_note, text from note
         where village_id = any($1) and octet_length(text) > 0
         union all
         select op_id, false, text from activity where village_id = any($1) and text is not null
         order by op_id",
    )
    .bind::<Array<Integer>, _>(villages)
    .load(conn)
    .await
}

/// Where anything was recorded of them.
pub async fn list_villages(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<Vec<UnitId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        village_id: UnitId,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "select village_id from fact where person_id = any($1)
         union select village_id from visit where person_id = any($1)
         union select village_id from note where person_id = any($1)
         union select village_id from person where person_id = any($1)",
    )
    .bind::<Array<SqlUuid>, _>(persons)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.village_id).collect())
}

/// Empties operations, and puts them at the end of their authors' pull: phones empty theirs too.
pub async fn empty_operations(conn: &mut Conn, ops: &[OperationId]) -> QueryResult<usize> {
    diesel::sql_query(
        "update operation
         set raw = null, payload_hash = null, erased_at = app_now(),
             epoch = (select max(epoch) from sync_epoch),
             xid = pg_current_xact_id()::text::bigint, pull_seq = nextval('operation_pull_seq')
         where op_id = any($1) and author_id is not null and erased_at is null",
    )
    .bind::<Array<SqlUuid>, _>(ops)
    .execute(conn)
    .await
}

/// Empties free words: those about the persons, these texts, and the reasons of what took the operations
/// back or was decided about them.
pub async fn empty_words(
    conn: &mut Conn,
    persons: &[PersonId],
    texts: &[OperationId],
    ops: &[OperationId],
) -> QueryResult<()> {
    diesel::sql_query("update note set text = '' where person_id = any($1) or op_id = any($2)")
        .bind::<Array<SqlUuid>, _>(persons)
        .bind::<Array<SqlUuid>, _>(texts)
        .execute(conn)
        .await?;
    diesel::sql_query("update activity set text = null where op_id = any($1)")
        .bind::<Array<SqlUuid>, _>(texts)
        .execute(conn)
        .await?;
    for sql in [
        "update void set reason = '***' where op_id = any($1) or target_op_id = any($1)",
        "update review set reason = '***' where op_id = any($1)",
        "update record_correction set reason = '***' where op_id = any($1) or target_op_id = any($1)",
        "update void_undo set reason = '***' where void_op_id = any($1)",
    ] {
        diesel::sql_query(sql)
            .bind::<Array<SqlUuid>, _>(ops)
            .execute(conn)
            .await?;
    }
    diesel::delete(person_field::table.filter(person_field::person_id.eq_any(persons)))
        .execute(conn)
        .await?;
    for sql in [
        "update data_report set words = null where person_id = any($1)",
        "update data_report_step set reason = '***'
         where reason is not null and report_id in (select report_id from data_report where person_id = any($1))",
    ] {
        diesel::sql_query(sql)
            .bind::<Array<SqlUuid>, _>(persons)
            .execute(conn)
            .await?;
    }
    diesel::sql_query(
        "update appointment_request set name = null, phone = null where person_id = any($1)",
    )
    .bind::<Array<SqlUuid>, _>(persons)
    .execute(conn)
    .await?;
    Ok(())
}

/// Restricts what is done with these persons, or lifts it; says for how many that was new.
pub async fn set_restricted(
    conn: &mut Conn,
    persons: &[PersonId],
    is_so: bool,
) -> QueryResult<usize> {
    diesel::sql_query(
        "update person
         set restricted_at = case when $2 then coalesce(restricted_at, app_now()) end, restricted_as_one = false
         where person_id = any($1)
             and case when $2 then restricted_at is null or restricted_as_one else restricted_at is not null end",
    )
    .bind::<Array<SqlUuid>, _>(persons)
    .bind::<Bool, _>(is_so)
    .execute(conn)
    .await
}

/// Empties the persons themselves. Their consents stay as what they were, and over.
pub async fn empty_persons(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<()> {
    diesel::sql_query(
        "update person
         set subject_blind = null, id_tail = null, name = null, phone = null, birth_year = null,
             sex = null, hint = null, erased_at = app_now()
         where person_id = any($1)",
    )
    .bind::<Array<SqlUuid>, _>(persons)
    .execute(conn)
    .await?;
    for sql in [
        "delete from roster_entry where person_id = any($1)",
        "delete from person_assignment where person_id = any($1)",
    ] {
        diesel::sql_query(sql)
            .bind::<Array<SqlUuid>, _>(persons)
            .execute(conn)
            .await?;
    }
    diesel::sql_query(
        "update consent set withdrawn_at = app_now() where person_id = any($1) and withdrawn_at is null",
    )
    .bind::<Array<SqlUuid>, _>(persons)
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes records nobody's.
pub async fn unlink(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<()> {
    for sql in [
        "update fact set person_id = null where person_id = any($1)",
        "update visit set person_id = null where person_id = any($1)",
        "update note set person_id = null where person_id = any($1)",
    ] {
        diesel::sql_query(sql)
            .bind::<Array<SqlUuid>, _>(persons)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// An operation of the server itself: what was put right because the person asked for it.
pub async fn insert_correction(
    conn: &mut Conn,
    op_id: OperationId,
    author: AccountId,
    hash: &[u8],
    village_id: UnitId,
    now: DateTime<Utc>,
    on_day: NaiveDate,
) -> QueryResult<()> {
    diesel::sql_query(
        "insert into operation (op_id, author_id, kind, payload_hash, result, village_id, received_at,
             effective_at, said_at, recorded_on, epoch)
         select $1, $2, 'correct', $3, 'applied', $4, $5, $5, $5, $6, max(epoch) from sync_epoch",
    )
    .bind::<SqlUuid, _>(op_id)
    .bind::<SqlUuid, _>(author)
    .bind::<Binary, _>(hash)
    .bind::<Integer, _>(village_id)
    .bind::<Timestamptz, _>(now)
    .bind::<Date, _>(on_day)
    .execute(conn)
    .await?;
    Ok(())
}
