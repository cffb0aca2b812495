//! What was asked for, and the answer, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId, OperationId, UnitId};

use crate::db::schema::{appointment_request, person};
use crate::db::{Conn, app_now, prepared};

/// Requests that one contact answers; the rest waits for the next page of the pull.
pub const ANSWERED_AT_ONCE: i64 = 20;

/// What nobody has answered yet and was tried longest ago; from now on it was tried now. Another phone of the same
/// author tries others meanwhile.
pub async fn take_open(conn: &mut Conn, author: AccountId) -> QueryResult<Vec<OperationId>> {
    let mut taken: Vec<Taken> = prepared(
        diesel::sql_query(
            "update appointment_request set tried_at = app_now()
             where op_id in (
                 select op_id from appointment_request
                 where author_id = $1 and state = 'open' and voided_by is null
                 order by tried_at nulls first, op_id
                 limit $2 for update skip locked)
             returning op_id",
        )
        .bind::<SqlUuid, _>(author)
        .bind::<BigInt, _>(ANSWERED_AT_ONCE),
    )
    .load(conn)
    .await?;
    // Whoever asked first is served first.
    taken.sort_unstable_by_key(|taken| taken.op_id);
    Ok(taken.into_iter().map(|taken| taken.op_id).collect())
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = SqlUuid)]
    op_id: OperationId,
}

/// Open requests, whoever asked, whose last day has passed.
pub async fn list_overdue(
    conn: &mut Conn,
    today: NaiveDate,
    waits_days: i32,
    limit: i64,
) -> QueryResult<Vec<OperationId>> {
    let overdue: Vec<Taken> = diesel::sql_query(
        "select op_id from appointment_request
         where state = 'open' and voided_by is null
             and coalesce(not_after, (effective_at at time zone 'Asia/Ho_Chi_Minh')::date + $2) < $1
         order by op_id
         limit $3",
    )
    .bind::<Date, _>(today)
    .bind::<Integer, _>(waits_days)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(overdue.into_iter().map(|row| row.op_id).collect())
}

/// An open request with whom it is for.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = appointment_request)]
pub struct OpenRequest {
    pub op_id: OperationId,
    pub village_id: UnitId,
    pub author_id: AccountId,
    pub service_code: String,
    pub office_id: Option<OfficeId>,
    pub not_before: Option<NaiveDate>,
    pub not_after: Option<NaiveDate>,
    pub consent: String,
    pub effective_at: DateTime<Utc>,
    pub name: Option<Vec<u8>>,
    pub phone: Option<Vec<u8>>,
    #[diesel(select_expression = person::subject_blind)]
    pub subject_blind: Option<Vec<u8>>,
    #[diesel(select_expression = person::id_tail)]
    pub id_tail: Option<String>,
    #[diesel(select_expression = person::birth_year)]
    pub birth_year: Option<i16>,
}

pub async fn find_open(conn: &mut Conn, op_id: OperationId) -> QueryResult<Option<OpenRequest>> {
    appointment_request::table
        .inner_join(person::table)
        .filter(appointment_request::op_id.eq(op_id))
        .filter(appointment_request::state.eq("open"))
        .filter(appointment_request::voided_by.is_null())
        .select(OpenRequest::as_select())
        .first(conn)
        .await
        .optional()
}

/// Whether it is still open; then nobody else answers it until this transaction ends.
pub async fn lock_open(conn: &mut Conn, op_id: OperationId) -> QueryResult<bool> {
    let found: Option<OperationId> = appointment_request::table
        .filter(appointment_request::op_id.eq(op_id))
        .filter(appointment_request::state.eq("open"))
        .filter(appointment_request::voided_by.is_null())
        .select(appointment_request::op_id)
        .for_update()
        .first(conn)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// What a request is answered.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    Booked(AppointmentId),
    Refused(&'static str),
    /// No place until the last day that suits.
    Lapsed,
}

/// Answers it. Name and phone stand with the appointment from now on, or nowhere.
pub async fn set_answer(conn: &mut Conn, op_id: OperationId, answer: Answer) -> QueryResult<()> {
    let (state, word, appointment_id) = match answer {
        Answer::Booked(id) => ("booked", None, Some(id)),
        Answer::Refused(word) => ("refused", Some(word), None),
        Answer::Lapsed => ("lapsed", Some("NO_PLACE"), None),
    };
    diesel::update(appointment_request::table.find(op_id))
        .set((
            appointment_request::state.eq(state),
            appointment_request::answer.eq(word),
            appointment_request::appointment_id.eq(appointment_id),
            appointment_request::answered_at.eq(app_now().nullable()),
            appointment_request::name.eq(None::<Vec<u8>>),
            appointment_request::phone.eq(None::<Vec<u8>>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
