//! Accounts, remembered.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, insert_into, select, update};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;

use super::problem::IdentityProblem;
use crate::db::Conn;
use crate::db::constraint::OnConstraint as _;
use crate::db::schema::account;
use crate::http::failure::Failure;
use crate::privacy::keys::{Blind, Keys, Place};

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

    /// How the contract calls it: invited, active or disabled.
    pub fn state(&self) -> &'static str {
        match (&self.disabled_at, &self.password_hash) {
            (Some(_), _) => "disabled",
            (None, None) => "invited",
            (None, Some(_)) => "active",
        }
    }

    /// Stopped so long ago that nobody needs to know who it was.
    pub fn is_forgotten(&self) -> bool {
        self.phone.is_empty()
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

/// The names of those of these accounts that are of these units: whoever manages these knows no others.
///
/// # Errors
/// When the database cannot be asked.
pub async fn names_within(
    conn: &mut Conn,
    keys: &Keys,
    accounts: &[AccountId],
    units: &[UnitId],
) -> QueryResult<HashMap<AccountId, String>> {
    let within: Vec<AccountId> = account::table
        .filter(account::account_id.eq_any(accounts))
        .filter(account::unit_id.eq_any(units))
        .select(account::account_id)
        .load(conn)
        .await?;
    names_of(conn, keys, &within).await
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
        .filter(account::phone.ne(Vec::<u8>::new()))
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
