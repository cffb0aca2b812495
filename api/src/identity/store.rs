//! Accounts and sessions, remembered.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{delete, exists, insert_into, select, update};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use super::problem::IdentityProblem;
use super::rules;
use crate::db::constraint::OnConstraint as _;
use crate::db::schema::{
    account, known_device, one_time_code, session, session_family, sign_in_brake,
};
use crate::db::{Conn, app_now};
use crate::http::failure::Failure;
use crate::privacy::keys::{Blind, Keys, Place};
use crate::privacy::personal::Personal;

/// An account as a row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = account, check_for_backend(diesel::pg::Pg))]
pub struct AccountRow {
    pub account_id: AccountId,
    pub phone: Vec<u8>,
    pub name: Vec<u8>,
    pub role: String,
    pub mass_union: String,
    pub unit_id: UnitId,
    pub password_hash: Option<String>,
    pub must_change_password: bool,
    pub disabled_at: Option<DateTime<Utc>>,
    pub is_demo: bool,
}

impl AccountRow {
    pub fn role(&self) -> Role {
        Role::parse(&self.role).expect("account_role_known allows only known roles")
    }

    pub fn mass_union(&self) -> MassUnion {
        MassUnion::parse(&self.mass_union).expect("account_mass_union_known allows only known ones")
    }

    /// # Errors
    /// When the key of the row is not configured.
    pub fn name(&self, keys: &Keys) -> Result<String, Failure> {
        Ok(keys.decrypt(&name_place(&self.account_id), &self.name)?)
    }

    /// # Errors
    /// When the key of the row is not configured.
    pub fn phone(&self, keys: &Keys) -> Result<MobilePhone, Failure> {
        let text = keys.decrypt(&phone_place(&self.account_id), &self.phone)?;
        MobilePhone::parse(&text).map_err(|_| Failure::internal("a stored phone cannot be read"))
    }
}

fn name_place(account_id: &AccountId) -> Place<'_> {
    Place {
        column: "account.name",
        row: account_id.0.as_bytes(),
    }
}

fn phone_place(account_id: &AccountId) -> Place<'_> {
    Place {
        column: "account.phone",
        row: account_id.0.as_bytes(),
    }
}

pub fn phone_blind(keys: &Keys, phone: &MobilePhone) -> Vec<u8> {
    keys.blind(Blind::Phone, &phone.e164())
}

/// An account about to be written.
#[derive(Debug)]
pub struct NewAccount {
    pub account_id: AccountId,
    pub phone: MobilePhone,
    pub name: PersonName,
    pub role: Role,
    pub mass_union: MassUnion,
    pub unit_id: UnitId,
    pub password_hash: Option<String>,
    pub must_change_password: bool,
    pub is_demo: bool,
}

/// # Errors
/// [`IdentityProblem::PhoneTaken`], [`IdentityProblem::UnionNeeded`].
pub async fn insert_account(conn: &mut Conn, keys: &Keys, new: &NewAccount) -> Result<(), Failure> {
    insert_into(account::table)
        .values((
            account::account_id.eq(new.account_id),
            account::phone_blind.eq(phone_blind(keys, &new.phone)),
            account::phone.eq(keys.encrypt(&phone_place(&new.account_id), &new.phone.e164())),
            account::name.eq(keys.encrypt(&name_place(&new.account_id), new.name.expose())),
            account::role.eq(new.role.as_str()),
            account::mass_union.eq(new.mass_union.as_str()),
            account::unit_id.eq(new.unit_id),
            account::password_hash.eq(&new.password_hash),
            account::must_change_password.eq(new.must_change_password),
            account::is_demo.eq(new.is_demo),
        ))
        .execute(conn)
        .await
        .on_constraint::<Failure>("account_phone_blind_key", IdentityProblem::PhoneTaken)?;
    Ok(())
}

pub async fn find_account(conn: &mut Conn, id: AccountId) -> QueryResult<Option<AccountRow>> {
    account::table
        .find(id)
        .select(AccountRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The names of these accounts.
///
/// # Errors
/// When the database cannot be asked.
pub async fn names_of(
    conn: &mut Conn,
    keys: &Keys,
    accounts: &[AccountId],
) -> QueryResult<HashMap<AccountId, String>> {
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(AccountId, Vec<u8>)> = account::table
        .filter(account::account_id.eq_any(accounts))
        .select((account::account_id, account::name))
        .load(conn)
        .await?;
    let name = |(id, stored): (AccountId, Vec<u8>)| {
        let text = keys.decrypt(&name_place(&id), &stored).ok()?;
        Some((id, text))
    };
    Ok(rows.into_iter().filter_map(name).collect())
}

/// The phones of these accounts, of those that are not stopped.
///
/// # Errors
/// When the database cannot be asked.
pub async fn phones_of(
    conn: &mut Conn,
    keys: &Keys,
    accounts: &[AccountId],
) -> QueryResult<HashMap<AccountId, MobilePhone>> {
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(AccountId, Vec<u8>)> = account::table
        .filter(account::account_id.eq_any(accounts))
        .filter(account::disabled_at.is_null())
        .select((account::account_id, account::phone))
        .load(conn)
        .await?;
    let phone = |(id, stored): (AccountId, Vec<u8>)| {
        let text = keys.decrypt(&phone_place(&id), &stored).ok()?;
        Some((id, MobilePhone::parse(&text).ok()?))
    };
    Ok(rows.into_iter().filter_map(phone).collect())
}

pub async fn find_account_by_phone(
    conn: &mut Conn,
    phone_blind: &[u8],
) -> QueryResult<Option<AccountRow>> {
    account::table
        .filter(account::phone_blind.eq(phone_blind))
        .select(AccountRow::as_select())
        .first(conn)
        .await
        .optional()
}

pub async fn is_phone_taken(conn: &mut Conn, phone_blind: &[u8]) -> QueryResult<bool> {
    select(exists(
        account::table.filter(account::phone_blind.eq(phone_blind)),
    ))
    .get_result(conn)
    .await
}

/// Accounts of these units, in order of their ids, after `after`.
pub async fn list_accounts(
    conn: &mut Conn,
    units: &[UnitId],
    role: Option<Role>,
    after: Option<AccountId>,
    limit: i64,
) -> QueryResult<Vec<AccountRow>> {
    let mut query = account::table
        .filter(account::unit_id.eq_any(units))
        .select(AccountRow::as_select())
        .order(account::account_id)
        .limit(limit)
        .into_boxed();
    if let Some(role) = role {
        query = query.filter(account::role.eq(role.as_str()));
    }
    if let Some(after) = after {
        query = query.filter(account::account_id.gt(after));
    }
    query.load(conn).await
}

/// What may change about an account.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = account)]
pub struct AccountChange {
    pub role: Option<&'static str>,
    pub mass_union: Option<&'static str>,
    pub unit_id: Option<UnitId>,
    /// `Some(None)` lets it sign in again.
    pub disabled_at: Option<Option<DateTime<Utc>>>,
}

/// # Errors
/// [`IdentityProblem::UnionNeeded`].
pub async fn update_account(
    conn: &mut Conn,
    id: AccountId,
    change: &AccountChange,
) -> Result<(), Failure> {
    update(account::table.find(id))
        .set(change)
        .execute(conn)
        .await
        .on_constraint::<Failure>("account_volunteer_has_union", IdentityProblem::UnionNeeded)?;
    Ok(())
}

pub async fn update_password(
    conn: &mut Conn,
    id: AccountId,
    hash: &str,
    must_change: bool,
) -> QueryResult<()> {
    update(account::table.find(id))
        .set((
            account::password_hash.eq(hash),
            account::must_change_password.eq(must_change),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Who holds this access token.
#[derive(Debug)]
pub struct FoundCaller {
    pub account_id: AccountId,
    pub role: Role,
    pub mass_union: MassUnion,
    pub unit_id: UnitId,
    pub family_id: Uuid,
    pub must_change_password: bool,
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
        Option<DateTime<Utc>>,
    );
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
            session::first_used_at,
        ))
        .first(conn)
        .await
        .optional()?;
    let Some((account_id, role, mass_union, unit_id, family_id, must_change_password, first_used)) =
        found
    else {
        return Ok(None);
    };
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
        must_change_password,
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

/// The brake's state for this phone and device: failures, last failure, next try.
pub async fn find_brake(
    conn: &mut Conn,
    phone_blind: &[u8],
    device: &str,
) -> QueryResult<Option<(i32, DateTime<Utc>, DateTime<Utc>)>> {
    sign_in_brake::table
        .find((phone_blind, device))
        .select((
            sign_in_brake::failures,
            sign_in_brake::last_failure_at,
            sign_in_brake::next_try_at,
        ))
        .first(conn)
        .await
        .optional()
}

pub async fn set_brake(
    conn: &mut Conn,
    phone_blind: &[u8],
    device: &str,
    failures: i32,
    now: DateTime<Utc>,
    next_try_at: DateTime<Utc>,
) -> QueryResult<()> {
    let state = (
        sign_in_brake::failures.eq(failures),
        sign_in_brake::last_failure_at.eq(now),
        sign_in_brake::next_try_at.eq(next_try_at),
    );
    insert_into(sign_in_brake::table)
        .values((
            sign_in_brake::phone_blind.eq(phone_blind),
            sign_in_brake::device.eq(device),
            state,
        ))
        .on_conflict((sign_in_brake::phone_blind, sign_in_brake::device))
        .do_update()
        .set(state)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn release_brake(conn: &mut Conn, phone_blind: &[u8], device: &str) -> QueryResult<()> {
    delete(sign_in_brake::table.find((phone_blind, device)))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn is_known_device(
    conn: &mut Conn,
    phone_blind: &[u8],
    device_hash: &[u8],
) -> QueryResult<bool> {
    select(exists(
        known_device::table
            .inner_join(account::table)
            .filter(known_device::device_hash.eq(device_hash))
            .filter(account::phone_blind.eq(phone_blind)),
    ))
    .get_result(conn)
    .await
}

pub async fn remember_device(
    conn: &mut Conn,
    account_id: AccountId,
    device_hash: &[u8],
) -> QueryResult<()> {
    insert_into(known_device::table)
        .values((
            known_device::device_hash.eq(device_hash),
            known_device::account_id.eq(account_id),
        ))
        .on_conflict(known_device::device_hash)
        .do_update()
        .set(known_device::seen_at.eq(app_now()))
        .execute(conn)
        .await?;
    Ok(())
}

fn code_hash(keys: &Keys, account_id: AccountId, code: &str) -> Vec<u8> {
    let code = rules::normalise_code(code);
    keys.mac(
        "one-time-code/v1",
        &[account_id.0.as_bytes(), code.as_bytes()],
    )
    .to_vec()
}

pub async fn set_one_time_code(
    conn: &mut Conn,
    keys: &Keys,
    account_id: AccountId,
    code: &str,
    purpose: &str,
    issued_by: Option<AccountId>,
    expires_at: DateTime<Utc>,
) -> QueryResult<()> {
    let state = (
        one_time_code::code_hash.eq(code_hash(keys, account_id, code)),
        one_time_code::purpose.eq(purpose),
        one_time_code::issued_by.eq(issued_by),
        one_time_code::expires_at.eq(expires_at),
        one_time_code::tries_left.eq(5),
    );
    insert_into(one_time_code::table)
        .values((one_time_code::account_id.eq(account_id), state.clone()))
        .on_conflict(one_time_code::account_id)
        .do_update()
        .set(state)
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses up a code. A wrong one costs a try; the caller commits either way.
pub async fn take_one_time_code(
    conn: &mut Conn,
    keys: &Keys,
    account_id: AccountId,
    code: &str,
) -> QueryResult<bool> {
    let live = one_time_code::table
        .find(account_id)
        .filter(one_time_code::expires_at.gt(app_now()))
        .filter(one_time_code::tries_left.gt(0));
    let taken = delete(live.filter(one_time_code::code_hash.eq(code_hash(keys, account_id, code))))
        .execute(conn)
        .await?;
    if taken == 0 {
        update(live)
            .set(one_time_code::tries_left.eq(one_time_code::tries_left - 1))
            .execute(conn)
            .await?;
    }
    Ok(taken == 1)
}
