//! Creates an account from the terminal: the first administrator, and whoever else nobody can invite.

use std::error::Error;

use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::AccountId;
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use super::open::{self, Opened};
use super::say;
use crate::clock::Clock;
use crate::config::Config;
use crate::db;
use crate::geography;
use crate::http::failure::{Failure, Language};
use crate::identity::store::NewAccount;
use crate::identity::{codes, rules, store};
use crate::privacy::audit;

pub async fn create(
    config: Config,
    phone: &str,
    name: &str,
    role: Role,
    mass_union: MassUnion,
    unit_code: &str,
) -> Result<(), Box<dyn Error>> {
    let opened = open::beside(&config).await?;
    create_in(&opened, phone, name, role, mass_union, unit_code).await
}

pub async fn create_in(
    opened: &Opened,
    phone: &str,
    name: &str,
    role: Role,
    mass_union: MassUnion,
    unit_code: &str,
) -> Result<(), Box<dyn Error>> {
    let phone = MobilePhone::parse(phone).map_err(|why| why.message())?;
    let name = PersonName::parse(name).map_err(|why| why.message())?;
    let now = Clock::default().now();
    let pool = opened.owner_pool();
    let mut conn = pool.get().await?;
    let tree = geography::store::load_geography(&mut conn).await?;
    let unit_id = tree.by_code(unit_code, local_day(now)).ok_or_else(|| {
        format!("no unit has the code {unit_code} today (has `api units import` run?)")
    })?;
    let new = NewAccount {
        account_id: AccountId(Uuid::now_v7()),
        phone,
        name,
        role,
        mass_union,
        unit_id,
        password_hash: None,
        must_change_password: false,
        is_demo: false,
    };
    let code = rules::new_code();
    let id = new.account_id;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        store::insert_account(conn, &opened.keys, &new).await?;
        let until = now + rules::INVITATION_TTL;
        codes::set_one_time_code(conn, &opened.keys, id, &code, "invitation", None, until).await?;
        audit::record(
            conn,
            None,
            "identity.create_account",
            &format!("account:{id}"),
            (),
        )
        .await?;
        Ok(())
    })
    .await
    .map_err(|why| why.problem(Language::English, "").title)?;
    say(format!(
        "account {id} ({}) in {}",
        role.as_str(),
        tree.label_on(unit_id, local_day(now))
    ));
    say(format!("one-time code, good for 14 days: {code}"));
    say("it sets the password: POST /api/v1/passwords/by-code");
    Ok(())
}
