//! The outbox in PostgreSQL. Its clock judges everything here.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Integer, Interval, Jsonb, Nullable, SmallInt, Text, Timestamptz,
    Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use super::{NewNotice, Params};
use crate::db::schema::notice;
use crate::db::{Conn, app_now, prepared};
use crate::privacy::keys::{Keys, Place};

/// How long a sender has for what it leased; longer than it may take for all of it.
pub const LEASE: TimeDelta = TimeDelta::minutes(5);

fn phone_place(notice_id: &Uuid) -> Place<'_> {
    Place {
        column: "notice.recipient",
        row: notice_id.as_bytes(),
    }
}

/// Writes notices in one statement, except those whose change has one.
pub async fn insert_notices(
    conn: &mut Conn,
    keys: &Keys,
    new: &[NewNotice<'_>],
) -> QueryResult<()> {
    const SQL: &str = "\
        insert into notice (notice_id, dedupe_key, kind, subject_id, office_id, recipient, params, \
                            not_before, try_at, not_after) \
        select id, dedupe_key, kind, subject_id, office_id, recipient, params, \
               coalesce(not_before, app_now()), coalesce(not_before, app_now()), not_after \
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as \
             n (id, dedupe_key, kind, subject_id, office_id, recipient, params, not_before, not_after) \
        on conflict (dedupe_key) do nothing";
    if new.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = new.iter().map(|_| Uuid::now_v7()).collect();
    let encrypt = |(one, id): (&NewNotice<'_>, &Uuid)| {
        let phone = one.phone?;
        Some(keys.encrypt(&phone_place(id), &phone.e164()))
    };
    let recipients: Vec<Option<Vec<u8>>> = new.iter().zip(&ids).map(encrypt).collect();
    let params = |one: &NewNotice<'_>| serde_json::to_value(&one.params).unwrap_or_default();
    let query = diesel::sql_query(SQL)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Text>, _>(new.iter().map(|one| &*one.dedupe_key).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(new.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(new.iter().map(|one| one.subject_id).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(new.iter().map(|one| one.office_id).collect::<Vec<_>>())
        .bind::<Array<Nullable<Binary>>, _>(recipients)
        .bind::<Array<Jsonb>, _>(new.iter().map(params).collect::<Vec<_>>())
        .bind::<Array<Nullable<Timestamptz>>, _>(
            new.iter().map(|one| one.not_before).collect::<Vec<_>>(),
        )
        .bind::<Array<Timestamptz>, _>(new.iter().map(|one| one.not_after).collect::<Vec<_>>());
    prepared(query).execute(conn).await?;
    Ok(())
}

/// A notice that a sender has for a while.
#[derive(Debug, QueryableByName)]
pub struct Leased {
    #[diesel(sql_type = SqlUuid)]
    pub notice_id: Uuid,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub subject_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Binary>)]
    recipient: Option<Vec<u8>>,
    #[diesel(sql_type = Jsonb)]
    params: serde_json::Value,
    #[diesel(sql_type = SmallInt)]
    pub tries: i16,
    /// The channel that may have it.
    #[diesel(sql_type = Nullable<Text>)]
    pub channel: Option<String>,
    /// How long it may still be sent, by the database's clock at the lease.
    #[diesel(sql_type = BigInt)]
    pub left_ms: i64,
}

impl Leased {
    /// # Errors
    /// When the key of the row is not configured, or what it hides is no phone.
    pub fn phone(&self, keys: &Keys) -> Result<Option<MobilePhone>, Unreadable> {
        let Some(stored) = &self.recipient else {
            return Ok(None);
        };
        let text = keys.decrypt(&phone_place(&self.notice_id), stored);
        let phone = text.ok().and_then(|text| MobilePhone::parse(&text).ok());
        phone.map(Some).ok_or(Unreadable)
    }

    pub fn params(&self) -> Option<Params> {
        serde_json::from_value(self.params.clone()).ok()
    }
}

/// A phone that cannot be read, with the keys that there are.
#[derive(Debug)]
pub struct Unreadable;

/// Gives up what can no longer be sent in time. Nobody has it: what is leased ends with its lease.
pub async fn give_up_late(conn: &mut Conn) -> QueryResult<usize> {
    const SQL: &str = "\
        update notice set state = 'failed', failure = coalesce(failure, 'too_late'), \
               recipient = null, lease_id = null, settled_at = app_now() \
        where notice_id in ( \
          select notice_id from notice \
          where state = 'waiting' and not_after <= app_now() and (lease_id is null or try_at <= app_now()) \
          limit 1000 for update skip locked)";
    prepared(diesel::sql_query(SQL)).execute(conn).await
}

/// Leases what is due, the longest due first; what another sender has is passed over.
pub async fn lease_due(conn: &mut Conn, lease_id: Uuid, limit: i64) -> QueryResult<Vec<Leased>> {
    const SQL: &str = "\
        with mine as materialized ( \
          select notice_id from notice \
          where state = 'waiting' and try_at <= app_now() and not_after > app_now() \
          order by try_at limit $1 for update skip locked) \
        update notice set lease_id = $2, tries = tries + 1, try_at = app_now() + $3 \
        from mine where notice.notice_id = mine.notice_id \
        returning notice.notice_id, kind, subject_id, recipient, params, tries, channel, \
          (extract(epoch from not_after - app_now()) * 1000)::bigint as left_ms";
    let query = diesel::sql_query(SQL)
        .bind::<BigInt, _>(limit)
        .bind::<SqlUuid, _>(lease_id)
        .bind::<Interval, _>(LEASE);
    prepared(query).load(conn).await
}

/// What became of a leased notice.
#[derive(Debug)]
pub enum Settlement<'a> {
    Sent {
        channel: &'a str,
    },
    Failed {
        why: &'a str,
    },
    Dropped {
        why: &'a str,
    },
    /// Tried again after a while, through the channel that may have it.
    Again {
        after: TimeDelta,
        why: &'a str,
        channel: Option<&'a str>,
    },
    /// This was no try.
    NotTried {
        after: TimeDelta,
    },
}

/// Writes what became of a notice, if its lease is still this sender's.
pub async fn settle(
    conn: &mut Conn,
    lease_id: Uuid,
    notice_id: Uuid,
    settlement: &Settlement<'_>,
) -> QueryResult<bool> {
    const SQL: &str = "\
        update notice set lease_id = null, state = $3, \
          settled_at = case when $3 = 'waiting' then null else app_now() end, \
          recipient = case when $3 = 'waiting' then recipient end, \
          failure = coalesce($4, case when $3 = 'waiting' then failure end), \
          channel = case when $8 then channel else $5 end, \
          try_at = app_now() + $6, tries = tries - $7 \
        where notice_id = $1 and lease_id = $2";
    let (state, why, channel, after) = match *settlement {
        Settlement::Sent { channel } => ("sent", None, Some(channel), TimeDelta::zero()),
        Settlement::Failed { why } => ("failed", Some(why), None, TimeDelta::zero()),
        Settlement::Dropped { why } => ("dropped", Some(why), None, TimeDelta::zero()),
        Settlement::Again {
            after,
            why,
            channel,
        } => ("waiting", Some(why), channel, after),
        Settlement::NotTried { after } => ("waiting", None, None, after),
    };
    let not_tried = matches!(settlement, Settlement::NotTried { .. });
    let query = diesel::sql_query(SQL)
        .bind::<SqlUuid, _>(notice_id)
        .bind::<SqlUuid, _>(lease_id)
        .bind::<Text, _>(state)
        .bind::<Nullable<Text>, _>(why)
        .bind::<Nullable<Text>, _>(channel)
        .bind::<Interval, _>(after)
        .bind::<SmallInt, _>(i16::from(not_tried))
        .bind::<Bool, _>(not_tried);
    Ok(prepared(query).execute(conn).await? == 1)
}

/// A notice that nobody got.
#[derive(Debug, Queryable)]
pub struct Unreached {
    pub notice_id: Uuid,
    pub kind: String,
    pub subject_id: Option<Uuid>,
    params: serde_json::Value,
    pub state: String,
    pub failure: Option<String>,
    pub due_at: DateTime<Utc>,
}

impl Unreached {
    pub fn params(&self) -> Option<Params> {
        serde_json::from_value(self.params.clone()).ok()
    }
}

/// How long a notice may be overdue before somebody should telephone.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// An office's notices that were given up or are overdue, and still matter, oldest first.
pub async fn list_unreached(
    conn: &mut Conn,
    office_id: OfficeId,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<Unreached>> {
    let is_overdue = (notice::not_before + PATIENCE).lt(app_now());
    notice::table
        .filter(notice::office_id.eq(office_id))
        .filter(notice::notice_id.gt(after.unwrap_or_default()))
        .filter(notice::not_after.gt(app_now()))
        .filter(
            notice::state
                .eq("failed")
                .or(notice::state.eq("waiting").and(is_overdue)),
        )
        .order(notice::notice_id)
        .limit(limit)
        .select((
            notice::notice_id,
            notice::kind,
            notice::subject_id,
            notice::params,
            notice::state,
            notice::failure,
            notice::not_before,
        ))
        .load(conn)
        .await
}

/// Somebody telephoned: nothing is sent any more. False when the office has no such notice, or it was
/// sent after all.
pub async fn set_called(
    conn: &mut Conn,
    office_id: OfficeId,
    notice_id: Uuid,
) -> QueryResult<bool> {
    let open = notice::table
        .filter(notice::notice_id.eq(notice_id))
        .filter(notice::office_id.eq(office_id))
        .filter(notice::state.eq_any(["waiting", "failed", "called"]));
    let called = diesel::update(open)
        .set((
            notice::state.eq("called"),
            notice::lease_id.eq(None::<Uuid>),
            notice::recipient.eq(None::<Vec<u8>>),
            notice::settled_at.eq(app_now().nullable()),
        ))
        .execute(conn)
        .await?;
    Ok(called == 1)
}

/// Deletes every notice about these.
pub async fn delete_about(conn: &mut Conn, subjects: &[Uuid]) -> QueryResult<usize> {
    diesel::delete(notice::table.filter(notice::subject_id.eq_any(subjects)))
        .execute(conn)
        .await
}

/// The queue as operators see it.
#[derive(Debug, QueryableByName)]
pub struct Queue {
    /// Due and not sent.
    #[diesel(sql_type = BigInt)]
    pub due: i64,
    /// Since when the oldest of them is.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub due_since: Option<DateTime<Utc>>,
    /// Written for later: reminders, mostly.
    #[diesel(sql_type = BigInt)]
    pub later: i64,
    /// Given up in the last 24 hours.
    #[diesel(sql_type = BigInt)]
    pub failed_today: i64,
}

pub async fn measure_queue(conn: &mut Conn) -> QueryResult<Queue> {
    const SQL: &str = "\
        select count(*) filter (where state = 'waiting' and not_before <= now) as due, \
               min(not_before) filter (where state = 'waiting' and not_before <= now) as due_since, \
               count(*) filter (where state = 'waiting' and not_before > now) as later, \
               count(*) filter (where state = 'failed') as failed_today \
        from notice, (select app_now() as now offset 0) clock \
        where state = 'waiting' or (state = 'failed' and settled_at > now - interval '24 hours')";
    prepared(diesel::sql_query(SQL)).get_result(conn).await
}
