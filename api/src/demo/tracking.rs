//! Almost four years of invented work in every village, so that boards and trends have something to
//! show, through both mergers of units.

use chrono::{DateTime, Utc};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::identity::store::{NewAccount, insert_account};
use crate::privacy::keys::Keys;
use crate::tracking::verify;

/// Loads the history in the caller's transaction.
///
/// # Errors
/// When the database cannot.
pub async fn load(
    conn: &mut Conn,
    keys: &Keys,
    tree: &Geography,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let province = tree
        .roots_on(local_day(now))
        .into_iter()
        .next()
        .ok_or_else(|| Failure::internal("the demo knows no province"))?;
    let youth = past_volunteers(
        keys,
        "0900000091",
        "Đoàn Viên Các Năm",
        MassUnion::Youth,
        province,
    )?;
    let women = past_volunteers(
        keys,
        "0900000092",
        "Hội Viên Các Năm",
        MassUnion::Women,
        province,
    )?;
    insert_account(conn, keys, &youth).await?;
    insert_account(conn, keys, &women).await?;
    conn.batch_execute("set local statement_timeout = 0")
        .await?;
    // Bound by text: a script of several statements takes no parameters, and these four are ours.
    let script = include_str!("history.sql")
        .replace("$1", &format!("'{}'", local_day(now)))
        .replace("$2", &format!("'{}'", now.to_rfc3339()))
        .replace("$3", &format!("'{}'", youth.account_id))
        .replace("$4", &format!("'{}'", women.account_id));
    conn.batch_execute(&script).await?;
    verify::repair(conn).await?;
    diesel::sql_query(
        "analyze person, operation, fact, credit, rollup_day, rollup_month, rollup_total,
         rollup_author_day",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Those who recorded before the demo's own volunteers came: nobody signs in as them.
fn past_volunteers(
    keys: &Keys,
    phone: &str,
    name: &str,
    mass_union: MassUnion,
    unit_id: UnitId,
) -> Result<NewAccount, Failure> {
    // The same id for the same keys, so that the same day gives the same province.
    let seed = keys.mac("demo/account/v1", &[phone.as_bytes()]);
    Ok(NewAccount {
        account_id: AccountId(Uuid::from_slice(&seed[..16]).map_err(Failure::internal)?),
        phone: MobilePhone::parse(phone).map_err(|why| Failure::internal(why.message()))?,
        name: PersonName::parse(name).map_err(|why| Failure::internal(why.message()))?,
        role: Role::Volunteer,
        mass_union,
        unit_id,
        password_hash: None,
        must_change_password: true,
        is_demo: true,
    })
}
