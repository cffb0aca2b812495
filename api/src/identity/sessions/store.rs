//! Sign-ins and their tokens, remembered.

use chrono::{DateTime, Utc};
use diesel::dsl::{delete, exists, insert_into, update};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{AccountId, UnitId};
use uuid::Uuid;

use super::super::rules;
use super::super::store::{AccountRow, find_account};
use crate::db::schema::{account, device, session, session_family};
use crate::db::{Conn, app_now};
use crate::privacy::personal::Personal;

/// Who holds this access token.
#[derive(Debug)]
pub struct FoundCaller {
    pub account_id: AccountId,
    pub role: Role,
    pub mass_union: MassUnion,
    pub unit_id: UnitId,
    pub family_id: Uuid,
    pub must_change_password: bool,
    /// The phone that signed in was reported lost, and said itself which it is when it wanted to register.
    pub is_on_lost_phone: bool,
}

/// Read from the database on every request, by primary key, so that an end is an end everywhere.
pub async fn find_caller(conn: &mut Conn, access_hash: &[u8]) -> QueryResult<Option<FoundCaller>> {
    type Row = (
        AccountId,
        String,
        String,
        UnitId,
        Uuid,
        bool,
        bool,
        Option<DateTime<Utc>>,
    );
    let lost_phone = device::table
        .filter(device::family_id.eq(session_family::family_id))
        .filter(device::lost_at.is_not_null());
    let found: Option<Row> = session::table
        .inner_join(session_family::table.inner_join(account::table))
        .filter(session::access_hash.eq(access_hash))
        .filter(session::access_until.gt(app_now()))
        .filter(session_family::ended_at.is_null())
        .filter(account::disabled_at.is_null())
        .select((
            account::account_id,
            account::role,
            account::mass_union,
            account::unit_id,
            session_family::family_id,
            account::must_change_password,
            exists(lost_phone),
            session::first_used_at,
        ))
        .first(conn)
        .await
        .optional()?;
    let Some(found) = found else {
        return Ok(None);
    };
    let (account_id, role, mass_union, unit_id, family_id, must_change, is_on_lost, first_used) =
        found;
    if first_used.is_none() {
        update(session::table.find(access_hash))
            .set(session::first_used_at.eq(app_now().nullable()))
            .execute(conn)
            .await?;
    }
    Ok(Some(FoundCaller {
        account_id,
        role: Role::parse(&role).expect("account_role_known allows only known roles"),
        mass_union: MassUnion::parse(&mass_union)
            .expect("account_mass_union_known allows only known ones"),
        unit_id,
        family_id,
        must_change_password: must_change,
        is_on_lost_phone: is_on_lost,
    }))
}

/// A pair of tokens about to be given out.
#[derive(Debug)]
pub struct NewPair {
    pub access: Personal<String>,
    pub refresh: Personal<String>,
    pub access_until: DateTime<Utc>,
    pub refresh_until: DateTime<Utc>,
}

impl NewPair {
    pub fn issue(now: DateTime<Utc>, family_ends_at: DateTime<Utc>) -> Self {
        Self {
            access: Personal::new(rules::new_token()),
            refresh: Personal::new(rules::new_token()),
            access_until: (now + rules::ACCESS_TTL).min(family_ends_at),
            refresh_until: (now + rules::REFRESH_TTL).min(family_ends_at),
        }
    }
}

pub async fn insert_family(
    conn: &mut Conn,
    account_id: AccountId,
    ends_at: DateTime<Utc>,
) -> QueryResult<Uuid> {
    let family_id = Uuid::now_v7();
    insert_into(session_family::table)
        .values((
            session_family::family_id.eq(family_id),
            session_family::account_id.eq(account_id),
            session_family::ends_at.eq(ends_at),
        ))
        .execute(conn)
        .await?;
    Ok(family_id)
}

pub async fn insert_pair(conn: &mut Conn, family_id: Uuid, pair: &NewPair) -> QueryResult<()> {
    insert_into(session::table)
        .values((
            session::access_hash.eq(rules::hash_token(pair.access.expose())),
            session::refresh_hash.eq(rules::hash_token(pair.refresh.expose())),
            session::family_id.eq(family_id),
            session::access_until.eq(pair.access_until),
            session::refresh_until.eq(pair.refresh_until),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// A family whose row is locked, and the presented pair within it.
#[derive(Debug)]
pub struct PresentedPair {
    pub family_id: Uuid,
    pub family_ends_at: DateTime<Utc>,
    /// The key that must sign, if one must.
    pub device_key: Option<Vec<u8>>,
    pub account: AccountRow,
    pub access_hash: Vec<u8>,
    pub superseded_at: Option<DateTime<Utc>>,
    pub is_preceding: bool,
    pub successor_used_at: Option<DateTime<Utc>>,
}

/// Finds a live refresh token and locks its family, so that two refreshes take turns.
pub async fn lock_presented(
    conn: &mut Conn,
    refresh_hash: &[u8],
) -> QueryResult<Option<PresentedPair>> {
    type Family = (Uuid, DateTime<Utc>, AccountId, Option<Vec<u8>>);
    let family: Option<Family> = session_family::table
        .filter(
            session_family::family_id.nullable().eq(session::table
                .filter(session::refresh_hash.eq(refresh_hash))
                .filter(session::refresh_until.gt(app_now()))
                .select(session::family_id)
                .single_value()),
        )
        .filter(session_family::ended_at.is_null())
        .filter(session_family::ends_at.gt(app_now()))
        .select((
            session_family::family_id,
            session_family::ends_at,
            session_family::account_id,
            session_family::device_key,
        ))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    let Some((family_id, family_ends_at, account_id, device_key)) = family else {
        return Ok(None);
    };
    let Some(account) = find_account(conn, account_id).await? else {
        return Ok(None);
    };
    if account.disabled_at.is_some() {
        return Ok(None);
    }
    type Pair = (
        Vec<u8>,
        Vec<u8>,
        Option<DateTime<Utc>>,
        Option<DateTime<Utc>>,
    );
    // The current pair first, then the one before it.
    let pairs: Vec<Pair> = session::table
        .filter(session::family_id.eq(family_id))
        .select((
            session::access_hash,
            session::refresh_hash,
            session::superseded_at,
            session::first_used_at,
        ))
        .order((
            session::superseded_at.desc().nulls_first(),
            session::issued_at.desc(),
        ))
        .load(conn)
        .await?;
    let Some(at) = pairs.iter().position(|pair| pair.1 == refresh_hash) else {
        return Ok(None);
    };
    Ok(Some(PresentedPair {
        family_id,
        family_ends_at,
        device_key,
        account,
        access_hash: pairs[at].0.clone(),
        superseded_at: pairs[at].2,
        is_preceding: at == 1,
        successor_used_at: pairs[0].3,
    }))
}

pub async fn supersede_pair(conn: &mut Conn, access_hash: &[u8]) -> QueryResult<()> {
    update(session::table.find(access_hash))
        .set((
            session::superseded_at.eq(app_now().nullable()),
            session::first_used_at.eq(app_now().nullable()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Withdraws the current pair, of which nobody ever saw the answer.
pub async fn delete_current_pair(conn: &mut Conn, family_id: Uuid) -> QueryResult<()> {
    delete(
        session::table
            .filter(session::family_id.eq(family_id))
            .filter(session::superseded_at.is_null()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets nobody refresh this sign-in but who signs with this key. The first key stays.
pub async fn bind_family(conn: &mut Conn, family_id: Uuid, device_key: &[u8]) -> QueryResult<()> {
    update(session_family::table.find(family_id))
        .filter(session_family::device_key.is_null())
        .set(session_family::device_key.eq(device_key))
        .execute(conn)
        .await?;
    Ok(())
}

/// Which families of an account an end reaches.
#[derive(Debug, Clone, Copy)]
pub enum Families {
    One(Uuid),
    AllBut(Uuid),
    All,
}

pub async fn end_families(
    conn: &mut Conn,
    account_id: AccountId,
    which: Families,
    reason: &str,
) -> QueryResult<usize> {
    let mut ended = update(session_family::table)
        .filter(session_family::account_id.eq(account_id))
        .filter(session_family::ended_at.is_null())
        .set((
            session_family::ended_at.eq(app_now().nullable()),
            session_family::end_reason.eq(reason),
        ))
        .into_boxed();
    match which {
        Families::One(family_id) => ended = ended.filter(session_family::family_id.eq(family_id)),
        Families::AllBut(family_id) => {
            ended = ended.filter(session_family::family_id.ne(family_id));
        }
        Families::All => {}
    }
    ended.execute(conn).await
}

/// Whether a sign-in stands, and its account with it.
pub async fn is_live_family(conn: &mut Conn, family_id: Uuid) -> QueryResult<bool> {
    let live = session_family::table
        .inner_join(account::table)
        .filter(session_family::family_id.eq(family_id))
        .filter(session_family::ended_at.is_null())
        .filter(session_family::ends_at.gt(app_now()))
        .filter(account::disabled_at.is_null());
    diesel::select(diesel::dsl::exists(live))
        .get_result(conn)
        .await
}

/// The sign-in to which a refresh token belongs that nobody ended yet, current or not.
pub async fn find_family(
    conn: &mut Conn,
    refresh_hash: &[u8],
) -> QueryResult<Option<(AccountId, Uuid)>> {
    session::table
        .inner_join(session_family::table)
        .filter(session::refresh_hash.eq(refresh_hash))
        .filter(session_family::ended_at.is_null())
        .select((session_family::account_id, session_family::family_id))
        .first(conn)
        .await
        .optional()
}
