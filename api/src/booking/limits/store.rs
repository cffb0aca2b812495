//! Cycles of booking and cancelling, and lifted limits, remembered.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, insert_into, select};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::AccountId;
use uuid::Uuid;

use crate::db::schema::limit_lift;
use crate::db::{Conn, app_now, prepared};

/// Own cancellations within seven days, after which one books with help only.
pub const OWN_CANCELLATIONS_MAX: i64 = 2;

/// For whom a limit is lifted.
#[derive(Debug, Clone)]
pub enum Lifted {
    /// Keyed hash of the ID number.
    Citizen(Vec<u8>),
    Helper(AccountId),
}

/// Writes that the limits are lifted for somebody.
pub async fn insert_lift(
    conn: &mut Conn,
    whom: &Lifted,
    reason: &str,
    by: AccountId,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
) -> QueryResult<Uuid> {
    let lift_id = Uuid::now_v7();
    let (citizen, helper) = match whom {
        Lifted::Citizen(blind) => (Some(blind.as_slice()), None),
        Lifted::Helper(account_id) => (None, Some(*account_id)),
    };
    insert_into(limit_lift::table)
        .values((
            limit_lift::lift_id.eq(lift_id),
            limit_lift::citizen_blind.eq(citizen),
            limit_lift::helper_id.eq(helper),
            limit_lift::reason.eq(reason),
            limit_lift::lifted_by.eq(by),
            limit_lift::lifted_at.eq(at),
            limit_lift::until.eq(until),
        ))
        .execute(conn)
        .await?;
    Ok(lift_id)
}

pub async fn is_lifted_for_helper(conn: &mut Conn, helper_id: AccountId) -> QueryResult<bool> {
    let lift = limit_lift::table
        .filter(limit_lift::helper_id.eq(helper_id))
        .filter(limit_lift::until.gt(app_now()));
    select(exists(lift)).get_result(conn).await
}

/// Whether one of these people has cancelled too often within seven days and nobody has lifted it.
pub async fn is_cycling(conn: &mut Conn, citizens: &[Vec<u8>]) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Cycling {
        #[diesel(sql_type = Bool)]
        cycling: bool,
    }
    let asked = diesel::sql_query(
        "select exists ( \
           select 1 from unnest($1) as asked (blind) \
           where (select count(*) from ( \
               select 1 from appointment a \
               where a.citizen_blind = asked.blind and a.cancelled_by = 'owner' \
                 and a.changed_at > app_now() - interval '7 days' limit $2) c) >= $2 \
             and not exists ( \
               select 1 from limit_lift l \
               where l.citizen_blind = asked.blind and l.until > app_now())) as cycling",
    )
    .bind::<Array<Binary>, _>(citizens)
    .bind::<BigInt, _>(OWN_CANCELLATIONS_MAX);
    let answer: Cycling = prepared(asked).get_result(conn).await?;
    Ok(answer.cycling)
}
