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
use serde_json::Value;
use uuid::Uuid;

use super::program::Program;
use super::yardstick;

/// Whose volunteers they become: of one commune of the demo, or of all of them in turn.
pub struct Enrolment {
    unit_id: i64,
    pub villages: Vec<i64>,
    communes: Vec<i64>,
    hash: String,
}

impl Enrolment {
    pub async fn prepare(program: &Program) -> Self {
        let token = program.sign_in("0900000005").await;
        let me = program.send("GET", "/api/v1/me", Some(&token), b"").await;
        let path = format!("/api/v1/units?level=village&within={}", me["unit_id"]);
        let units = program.send("GET", &path, None, b"").await;
        let communes = "/api/v1/units?level=commune&limit=200";
        let communes = program.send("GET", communes, None, b"").await;
        let ids = |units: &Value| -> Vec<i64> {
            let units = units["items"].as_array().unwrap().iter();
            units
                .map(|unit| unit["unit_id"].as_i64().unwrap())
                .collect()
        };
        let costs = api::config::Passwords {
            memory_kib: 64,
            passes: 1,
        };
        let password = Personal::new(api::demo::PASSWORD.to_owned());
        Self {
            unit_id: me["unit_id"].as_i64().unwrap(),
            villages: ids(&units),
            communes: ids(&communes),
            hash: Passwords::new(&costs).hash(password).await.unwrap(),
        }
    }

    /// An account in one commune for each of these phones.
    pub async fn enrol(&self, program: &Program, phones: impl Iterator<Item = String>) {
        enrol(&self.hash, &[self.unit_id], program, phones).await;
    }

    /// An account for each of these phones, one commune after another.
    pub async fn enrol_everywhere(&self, program: &Program, phones: impl Iterator<Item = String>) {
        enrol(&self.hash, &self.communes, program, phones).await;
    }
}

async fn enrol(hash: &str, units: &[i64], program: &Program, phones: impl Iterator<Item = String>) {
    let url = yardstick::superuser_url(program);
    let mut conn = Conn::establish(&url).await.unwrap();
    for (phone, unit_id) in phones.zip(units.iter().cycle()) {
        let new = NewAccount {
            account_id: AccountId(Uuid::now_v7()),
            phone: MobilePhone::parse(&phone).unwrap(),
            name: PersonName::parse("Nguyễn Thị Thử").unwrap(),
            role: Role::Volunteer,
            mass_union: MassUnion::Youth,
            unit_id: UnitId(i32::try_from(*unit_id).unwrap()),
            password_hash: Some(hash.to_owned()),
            must_change_password: false,
            is_demo: false,
        };
        insert_account(&mut conn, &program.keys, &new)
            .await
            .unwrap();
    }
}
