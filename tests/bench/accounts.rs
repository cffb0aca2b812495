//! Volunteers that the demo has not: as many as a load needs, with the demo's password.

use api::db::Conn;
use api::identity::password::Passwords;
use api::identity::store::{NewAccount, insert_account};
use api::privacy::personal::Personal;
use diesel_async::AsyncConnection as _;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use super::program::Program;
use super::yardstick;

/// One commune of the demo, whose volunteers they become.
pub struct Enrolment {
    unit_id: i64,
    pub villages: Vec<i64>,
    hash: String,
}

impl Enrolment {
    pub async fn prepare(program: &Program) -> Self {
        let token = program.sign_in("0900000005").await;
        let me = program.send("GET", "/api/v1/me", Some(&token), b"").await;
        let path = format!("/api/v1/units?level=village&within={}", me["unit_id"]);
        let units = program.send("GET", &path, None, b"").await;
        let villages = units["items"].as_array().unwrap().iter();
        let costs = api::config::Passwords {
            memory_kib: 64,
            passes: 1,
        };
        let password = Personal::new(api::demo::PASSWORD.to_owned());
        Self {
            unit_id: me["unit_id"].as_i64().unwrap(),
            villages: villages
                .map(|unit| unit["unit_id"].as_i64().unwrap())
                .collect(),
            hash: Passwords::new(&costs).hash(password).await.unwrap(),
        }
    }

    /// An account for each of these phones.
    pub async fn enrol(&self, program: &Program, phones: impl Iterator<Item = String>) {
        let url = yardstick::superuser_url(program);
        let mut conn = Conn::establish(&url).await.unwrap();
        for phone in phones {
            let new = NewAccount {
                account_id: AccountId(Uuid::now_v7()),
                phone: MobilePhone::parse(&phone).unwrap(),
                name: PersonName::parse("Nguyễn Thị Thử").unwrap(),
                role: Role::Volunteer,
                mass_union: MassUnion::Youth,
                unit_id: UnitId(i32::try_from(self.unit_id).unwrap()),
                password_hash: Some(self.hash.clone()),
                must_change_password: false,
                is_demo: false,
            };
            insert_account(&mut conn, &program.keys, &new)
                .await
                .unwrap();
        }
    }
}
