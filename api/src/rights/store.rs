//! Requests, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Date, Integer, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day_bounds;
use mobile_contracts::ids::{AccountId, AppointmentId, PersonId, UnitId};
use mobile_contracts::rights::RightsKind;
use uuid::Uuid;

use super::rules::Due;
use crate::db::schema::rights_request;
use crate::db::{Conn, app_now};
use crate::privacy::keys::{DecryptError, Keys, Place};

/// Whom a request is about, and how they showed it.
#[derive(Debug, Clone)]
pub struct Asker {
    pub unit_id: UnitId,
    pub person_id: Option<PersonId>,
    /// Keyed hash of the ID number, with its last four digits.
    pub number: Option<(Vec<u8>, String)>,
    pub shown_by: Shown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Card(AccountId),
    Staff(AccountId),
    Code(AppointmentId, OwnHash),
}

/// A keyed hash of the code and secret of an appointment.
pub type OwnHash = [u8; 32];

/// A request as a row.
#[derive(Debug, Clone, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = rights_request, check_for_backend(diesel::pg::Pg))]
pub struct RequestRow {
    pub rights_request_id: Uuid,
    pub kind: String,
    pub unit_id: UnitId,
    pub person_id: Option<PersonId>,
    pub subject_blind: Option<Vec<u8>>,
    pub id_tail: Option<String>,
    pub appointment_id: Option<AppointmentId>,
    pub shown_by: String,
    pub words: Option<Vec<u8>>,
    pub received_by: Option<AccountId>,
    pub received_at: DateTime<Utc>,
    pub acknowledge_by: NaiveDate,
    pub due_on: NaiveDate,
    pub state: String,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub extended_at: Option<DateTime<Utc>>,
    pub extension_reason: Option<Vec<u8>>,
    pub settled_at: Option<DateTime<Utc>>,
    pub settled_by: Option<AccountId>,
    pub ground: Option<String>,
    pub answer: Option<Vec<u8>>,
    pub identity_shown: Option<String>,
}

impl RequestRow {
    pub fn kind(&self) -> RightsKind {
        RightsKind::parse(&self.kind).expect("rights_request_kind_known allows only known kinds")
    }

    pub fn due(&self) -> Due {
        Due {
            acknowledge_by: self.acknowledge_by,
            due_on: self.due_on,
        }
    }

    /// # Errors
    /// When its key is not configured.
    pub fn read(
        &self,
        keys: &Keys,
        column: &'static str,
        stored: &Option<Vec<u8>>,
    ) -> Result<Option<String>, DecryptError> {
        let place = place(column, &self.rights_request_id);
        let stored = stored.as_deref();
        stored
            .map(|stored| keys.decrypt(&place, stored))
            .transpose()
    }
}

pub const WORDS: &str = "rights_request.words";
pub const EXTENSION_REASON: &str = "rights_request.extension_reason";
pub const ANSWER: &str = "rights_request.answer";

fn place<'a>(column: &'static str, id: &'a Uuid) -> Place<'a> {
    Place {
        column,
        row: id.as_bytes(),
    }
}

/// Writes a request. The open one of its kind, if this person has one: asking again changes nothing.
pub async fn insert_request(
    conn: &mut Conn,
    keys: &Keys,
    kind: RightsKind,
    asker: &Asker,
    words: Option<&str>,
    due: Due,
) -> QueryResult<(RequestRow, bool)> {
    let id = Uuid::now_v7();
    let (shown_by, received_by, own) = match asker.shown_by {
        Shown::Card(by) => ("card", Some(by), None),
        Shown::Staff(by) => ("staff", Some(by), None),
        Shown::Code(appointment, hash) => ("code", None, Some((appointment, hash))),
    };
    let number = asker.number.as_ref();
    let written: Option<RequestRow> = insert_into(rights_request::table)
        .values((
            rights_request::rights_request_id.eq(id),
            rights_request::kind.eq(kind.as_str()),
            rights_request::unit_id.eq(asker.unit_id),
            rights_request::person_id.eq(asker.person_id),
            rights_request::subject_blind.eq(number.map(|(blind, _)| blind)),
            rights_request::id_tail.eq(number.map(|(_, tail)| tail)),
            rights_request::appointment_id.eq(own.map(|(appointment, _)| appointment)),
            rights_request::own_hash.eq(own.map(|(_, hash)| hash.to_vec())),
            rights_request::shown_by.eq(shown_by),
            rights_request::words.eq(words.map(|words| keys.encrypt(&place(WORDS, &id), words))),
            rights_request::received_by.eq(received_by),
            rights_request::acknowledge_by.eq(due.acknowledge_by),
            rights_request::due_on.eq(due.due_on),
        ))
        .on_conflict_do_nothing()
        .returning(RequestRow::as_returning())
        .get_result(conn)
        .await
        .optional()?;
    if let Some(written) = written {
        return Ok((written, true));
    }
    let open = rights_request::table
        .filter(rights_request::kind.eq(kind.as_str()))
        .filter(rights_request::settled_at.is_null())
        .select(RequestRow::as_select())
        .into_boxed();
    let open = match number {
        Some((blind, _)) => open.filter(rights_request::subject_blind.eq(blind)),
        None => open
            .filter(rights_request::person_id.eq(asker.person_id))
            .filter(rights_request::subject_blind.is_null()),
    };
    Ok((open.first(conn).await?, false))
}

pub async fn find_request(conn: &mut Conn, id: Uuid) -> QueryResult<Option<RequestRow>> {
    rights_request::table
        .find(id)
        .select(RequestRow::as_select())
        .first(conn)
        .await
        .optional()
}

pub async fn lock_request(conn: &mut Conn, id: Uuid) -> QueryResult<Option<RequestRow>> {
    rights_request::table
        .find(id)
        .select(RequestRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// What was asked for with one appointment, or with this code and secret while it had them, the newest first.
pub async fn list_own(
    conn: &mut Conn,
    id: Option<AppointmentId>,
    hash: &OwnHash,
) -> QueryResult<Vec<RequestRow>> {
    rights_request::table
        .filter(
            rights_request::appointment_id
                .eq(id)
                .assume_not_null()
                .or(rights_request::own_hash.eq(hash.to_vec()).assume_not_null()),
        )
        .order(rights_request::rights_request_id.desc())
        .limit(20)
        .select(RequestRow::as_select())
        .load(conn)
        .await
}

/// What one account received, the newest first, after a place in that order.
pub async fn list_received(
    conn: &mut Conn,
    received_by: AccountId,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<RequestRow>> {
    let mut query = rights_request::table
        .filter(rights_request::received_by.eq(received_by))
        .order(rights_request::rights_request_id.desc())
        .limit(limit)
        .select(RequestRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(rights_request::rights_request_id.lt(after));
    }
    query.load(conn).await
}

/// Requests of these units by their next last day, the most overdue first, after a place in that order: what
/// is not acknowledged is due when it must be.
pub async fn list_open(
    conn: &mut Conn,
    units: &[UnitId],
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> QueryResult<Vec<RequestRow>> {
    let next = "case when acknowledged_at is null then acknowledge_by else due_on end";
    diesel::sql_query(format!(
        "select * from rights_request
         where unit_id = any($1) and settled_at is null
             and ($2 is null or ({next}, rights_request_id) > ($2, $3))
         order by {next}, rights_request_id
         limit $4"
    ))
    .bind::<Array<Integer>, _>(units)
    .bind::<Nullable<Date>, _>(after.map(|(day, _)| day))
    .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await
}

/// Settled requests of these units, the newest first, before `before`.
pub async fn list_settled(
    conn: &mut Conn,
    units: &[UnitId],
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<RequestRow>> {
    let mut query = rights_request::table
        .filter(rights_request::unit_id.eq_any(units))
        .filter(rights_request::settled_at.is_not_null())
        .order(rights_request::rights_request_id.desc())
        .limit(limit)
        .select(RequestRow::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(rights_request::rights_request_id.lt(before));
    }
    query.load(conn).await
}

/// Requests of these units that were settled on these days, the newest first.
pub async fn list_settled_on(
    conn: &mut Conn,
    units: &[UnitId],
    (from, to): (NaiveDate, NaiveDate),
    limit: i64,
) -> QueryResult<Vec<RequestRow>> {
    let settled_at = rights_request::settled_at.assume_not_null();
    rights_request::table
        .filter(rights_request::unit_id.eq_any(units))
        .filter(settled_at.ge(local_day_bounds(from).start))
        .filter(settled_at.lt(local_day_bounds(to).end))
        .order(rights_request::rights_request_id.desc())
        .limit(limit)
        .select(RequestRow::as_select())
        .load(conn)
        .await
}

/// The person was told; again changes nothing.
pub async fn set_acknowledged(conn: &mut Conn, id: Uuid, by: AccountId) -> QueryResult<()> {
    update(
        rights_request::table
            .find(id)
            .filter(rights_request::state.eq("received")),
    )
    .set((
        rights_request::state.eq("acknowledged"),
        rights_request::acknowledged_at.eq(app_now().nullable()),
        rights_request::acknowledged_by.eq(by),
    ))
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn set_extended(
    conn: &mut Conn,
    keys: &Keys,
    id: Uuid,
    due_on: NaiveDate,
    reason: &str,
    by: AccountId,
) -> QueryResult<()> {
    update(rights_request::table.find(id))
        .set((
            rights_request::state.eq("extended"),
            rights_request::due_on.eq(due_on),
            rights_request::extended_at.eq(app_now().nullable()),
            rights_request::extended_by.eq(by),
            rights_request::extension_reason
                .eq(keys.encrypt(&place(EXTENSION_REASON, &id), reason)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Settles a request, which forgets whom it was about but for their id.
pub async fn set_settled(
    conn: &mut Conn,
    keys: &Keys,
    id: Uuid,
    state: &str,
    by: Option<AccountId>,
    ground: Option<&str>,
    answer: Option<&str>,
) -> QueryResult<()> {
    update(rights_request::table.find(id))
        .set((
            rights_request::state.eq(state),
            rights_request::settled_at.eq(app_now().nullable()),
            rights_request::settled_by.eq(by),
            rights_request::ground.eq(ground),
            rights_request::answer
                .eq(answer.map(|answer| keys.encrypt(&place(ANSWER, &id), answer))),
            rights_request::subject_blind.eq(None::<Vec<u8>>),
            rights_request::id_tail.eq(None::<&str>),
            rights_request::words.eq(None::<Vec<u8>>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn set_identity_shown(conn: &mut Conn, id: Uuid, shown: Option<&str>) -> QueryResult<()> {
    update(rights_request::table.find(id))
        .set(rights_request::identity_shown.eq(shown))
        .execute(conn)
        .await?;
    Ok(())
}

/// What somebody has asked for so far, the first first.
pub async fn list_of(
    conn: &mut Conn,
    persons: &[PersonId],
    blinds: &[Vec<u8>],
) -> QueryResult<Vec<RequestRow>> {
    rights_request::table
        .filter(
            rights_request::person_id
                .eq_any(persons)
                .or(rights_request::subject_blind.eq_any(blinds)),
        )
        .order(rights_request::rights_request_id)
        .select(RequestRow::as_select())
        .load(conn)
        .await
}

/// Ends every other open request of somebody who is erased, and empties what they were answered.
pub async fn end_others(
    conn: &mut Conn,
    persons: &[PersonId],
    blinds: &[Vec<u8>],
    but: Uuid,
) -> QueryResult<()> {
    diesel::sql_query(
        "update rights_request
         set state = case when settled_at is null then 'withdrawn' else state end,
             settled_at = coalesce(settled_at, app_now()),
             subject_blind = null, id_tail = null, words = null, answer = null, extension_reason = null
         where (person_id = any($1) or subject_blind = any($2)) and rights_request_id <> $3",
    )
    .bind::<Array<SqlUuid>, _>(persons)
    .bind::<Array<Binary>, _>(blinds)
    .bind::<SqlUuid, _>(but)
    .execute(conn)
    .await?;
    Ok(())
}

/// Requests in which something is written freely, after this one.
pub async fn list_worded(
    conn: &mut Conn,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<RequestRow>> {
    let mut query = rights_request::table
        .filter(
            rights_request::words
                .is_not_null()
                .or(rights_request::extension_reason.is_not_null())
                .or(rights_request::answer.is_not_null()),
        )
        .order(rights_request::rights_request_id)
        .limit(limit)
        .select(RequestRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(rights_request::rights_request_id.gt(after));
    }
    query.load(conn).await
}

/// Which words of a request name somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NamingWords {
    pub words: bool,
    pub extension_reason: bool,
    pub answer: bool,
}

/// Empties those words of a request, which stays what it is.
pub async fn empty_naming(conn: &mut Conn, id: Uuid, naming: NamingWords) -> QueryResult<()> {
    diesel::sql_query(
        "update rights_request
         set words = case when $2 then null else words end,
             extension_reason = case when $3 then null else extension_reason end,
             answer = case when $4 then null else answer end
         where rights_request_id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Bool, _>(naming.words)
    .bind::<Bool, _>(naming.extension_reason)
    .bind::<Bool, _>(naming.answer)
    .execute(conn)
    .await?;
    Ok(())
}
