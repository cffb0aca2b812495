//! The demo province: real units, invented people, so that everybody can try everything at once.
//! Refused in production, and so are its accounts.

mod booking;
mod tracking;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::campaign::{Denominator, Target};
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::AccountId;
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use crate::campaign::targets;
use crate::config::Config;
use crate::db::schema::account;
use crate::db::{self, Conn};
use crate::geography::{self, Geography, Level};
use crate::http::failure::Failure;
use crate::identity::password::Passwords;
use crate::identity::store::{NewAccount, insert_account};
use crate::privacy::keys::Keys;
use crate::privacy::personal::Personal;

/// The password of every demo account.
pub const PASSWORD: &str = "tổ 06 dùng thử";

/// An invented account.
#[derive(Debug, Clone, Copy)]
pub struct DemoAccount {
    pub phone: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub mass_union: MassUnion,
    /// Official code of its unit, today.
    pub unit_code: &'static str,
}

const fn demo_account(
    phone: &'static str,
    name: &'static str,
    role: Role,
    mass_union: MassUnion,
    unit_code: &'static str,
) -> DemoAccount {
    DemoAccount {
        phone,
        name,
        role,
        mass_union,
        unit_code,
    }
}

/// One of each role, and two unions to compete.
pub const ACCOUNTS: &[DemoAccount] = &[
    demo_account(
        "0900000001",
        "Quản Trị Thử",
        Role::Admin,
        MassUnion::None,
        "56",
    ),
    demo_account(
        "0900000002",
        "Chỉ Huy Thử",
        Role::Commander,
        MassUnion::None,
        "56",
    ),
    demo_account(
        "0900000003",
        "Báo Cáo Thử",
        Role::Reporter,
        MassUnion::None,
        "56",
    ),
    demo_account(
        "0900000004",
        "Cán Bộ Thử",
        Role::Officer,
        MassUnion::None,
        "22759",
    ),
    demo_account(
        "0900000005",
        "Bí Thư Đoàn Thử",
        Role::Lead,
        MassUnion::Youth,
        "22786",
    ),
    demo_account(
        "0900000006",
        "Chủ Tịch Hội Thử",
        Role::Lead,
        MassUnion::Women,
        "22786",
    ),
    demo_account(
        "0900000007",
        "Hà Thử",
        Role::Volunteer,
        MassUnion::Youth,
        "22786",
    ),
    demo_account(
        "0900000008",
        "Lan Thử",
        Role::Volunteer,
        MassUnion::Women,
        "22786",
    ),
    demo_account(
        "0900000009",
        "Minh Thử",
        Role::Volunteer,
        MassUnion::Youth,
        "22795",
    ),
];

/// Whether nothing was ever loaded: the demo never touches a database in use.
pub async fn is_empty(conn: &mut Conn) -> QueryResult<bool> {
    let accounts: i64 = account::table.count().get_result(conn).await?;
    Ok(accounts == 0)
}

/// Loads everything, in one transaction.
///
/// # Errors
/// When the database cannot; nothing is loaded then.
pub async fn load(
    conn: &mut Conn,
    config: &Config,
    keys: &Keys,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let plan = geography::import::plan(&geography::import::Files::built_in())
        .map_err(|faults| Failure::internal(format!("{faults:?}")))?;
    // One hash for all: they share the password, and each hash is dear.
    let hash = Passwords::new(&config.passwords)
        .hash(Personal::new(PASSWORD.to_owned()))
        .await?;
    db::transaction::<_, Failure>(conn, async |conn| {
        geography::import::apply(conn, &plan).await?;
        let tree = geography::store::load_geography(conn).await?;
        load_accounts(conn, keys, &tree, &hash, now).await?;
        load_targets(conn, &tree, now).await?;
        tracking::load(conn, keys, &tree, now).await?;
        booking::load_offices(conn, &tree, now).await?;
        Ok(())
    })
    .await
}

async fn load_accounts(
    conn: &mut Conn,
    keys: &Keys,
    tree: &Geography,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    for demo in ACCOUNTS {
        let unit_id = tree
            .by_code(demo.unit_code, local_day(now))
            .ok_or_else(|| {
                Failure::internal(format!("the demo knows no unit {}", demo.unit_code))
            })?;
        let new = NewAccount {
            account_id: AccountId(Uuid::now_v7()),
            phone: MobilePhone::parse(demo.phone)
                .map_err(|why| Failure::internal(why.message()))?,
            name: PersonName::parse(demo.name).map_err(|why| Failure::internal(why.message()))?,
            role: demo.role,
            mass_union: demo.mass_union,
            unit_id,
            password_hash: Some(password_hash.to_owned()),
            must_change_password: false,
            is_demo: true,
        };
        insert_account(conn, keys, &new).await?;
    }
    Ok(())
}

/// A target for every commune of today and each activation, larger in wards than in the hills.
async fn load_targets(
    conn: &mut Conn,
    tree: &Geography,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let today = local_day(now);
    let starts_on = NaiveDate::from_ymd_opt(2023, 1, 1).unwrap_or(today);
    let mut wanted = Vec::new();
    for province in tree.roots_on(today) {
        for commune in tree.within(province, Level::Commune, today) {
            let class = tree.unit(commune).and_then(|unit| unit.class.as_deref());
            let people = match class {
                Some("urban") => 1800,
                Some("upland") => 500,
                _ => 1000,
            };
            for (stage, share_percent) in [
                ("installed", 100),
                ("level1_activated", 80),
                ("level2_activated", 60),
            ] {
                wanted.push(Target {
                    unit_id: commune,
                    stage: stage.to_owned(),
                    starts_on,
                    ends_on: None,
                    people: people * share_percent / 100,
                    denominator: Denominator::Assigned,
                    source: "Chỉ tiêu dùng thử".to_owned(),
                });
            }
        }
    }
    targets::upsert_targets(conn, &wanted, None).await
}
