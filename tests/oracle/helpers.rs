//! Volunteers who stand beside people: their accounts and their sessions, which they renew in time.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use api::db::{Conn, Pool};
use api::geography::{import, store as geography_store};
use api::identity::password::Passwords;
use api::identity::store::{NewAccount, insert_account};
use api::privacy::keys::Keys;
use api::privacy::personal::Personal;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use serde_json::json;
use uuid::Uuid;

use super::diary;
use super::http::{Http, Request};
use super::servers::PROCESSES;
use super::town::HELPERS;

const PASSWORD: &str = "một câu dễ nhớ";
/// The administrator comes after the helpers.
pub const ADMIN: usize = HELPERS;
/// A session's access lasts a quarter of an hour.
const RENEW_EVERY: Duration = Duration::from_secs(300);

fn phone(number: usize) -> String {
    format!("0930000{number:03}")
}

/// Gives an empty database the units of the province and the accounts; answers the unit in which
/// offices stand.
pub async fn found(owner_url: &str, keys: &Keys) -> UnitId {
    api::db::migrate(owner_url).await.expect("a schema");
    let pool = Pool::for_command(owner_url);
    let mut conn = pool.get().await.expect("a connection");
    diary::begin(&mut conn).await;
    let plan = import::plan(&import::Files::built_in()).expect("units");
    import::apply(&mut conn, &plan).await.expect("units");
    let tree = geography_store::load_geography(&mut conn)
        .await
        .expect("units");
    let today = local_day(api::clock::Clock::default().now());
    let unit = |code| tree.by_code(code, today).expect("a unit of today");
    let costs = api::config::Passwords {
        memory_kib: 8,
        passes: 1,
    };
    let hash = Passwords::new(&costs)
        .hash(Personal::new(PASSWORD.to_owned()))
        .await
        .expect("a hash");
    for number in 0..=HELPERS {
        let (role, mass_union, unit_id) = match number {
            ADMIN => (Role::Admin, MassUnion::None, unit("56")),
            _ => (Role::Volunteer, MassUnion::Youth, unit("22786")),
        };
        insert(&mut conn, keys, number, role, mass_union, unit_id, &hash).await;
    }
    drop(conn);
    pool.close();
    unit("22786")
}

async fn insert(
    conn: &mut Conn,
    keys: &Keys,
    number: usize,
    role: Role,
    mass_union: MassUnion,
    unit_id: UnitId,
    hash: &str,
) {
    let new = NewAccount {
        account_id: AccountId(Uuid::now_v7()),
        phone: MobilePhone::parse(&phone(number)).expect("a phone"),
        name: PersonName::parse("Nguyễn Thị Thử").expect("a name"),
        role,
        mass_union,
        unit_id,
        password_hash: Some(hash.to_owned()),
        must_change_password: false,
        is_demo: false,
    };
    insert_account(conn, keys, &new).await.expect("an account");
}

#[derive(Clone)]
pub struct Helpers(Arc<RwLock<Vec<String>>>);

impl Helpers {
    /// Signs all of them in.
    pub async fn sign_in(http: &Http) -> Self {
        let helpers = Self(Arc::new(RwLock::new(vec![String::new(); HELPERS + 1])));
        for number in 0..=HELPERS {
            assert!(helpers.renew(http, number).await, "{number} signs in");
        }
        helpers
    }

    pub fn session(&self, number: usize) -> String {
        self.0.read().expect("sessions are whole")[number].clone()
    }

    async fn renew(&self, http: &Http, number: usize) -> bool {
        let body = json!({ "phone": phone(number), "password": PASSWORD });
        let from = 0x00ff_0000 + u32::try_from(number).unwrap_or(0);
        let request = Request::post("/api/v1/sessions", body, from);
        for process in 0..PROCESSES {
            let signed_in = http.send(process, &request, None).await;
            if let Ok(response) = signed_in
                && let Some(token) = response.body["access_token"].as_str()
            {
                self.0.write().expect("sessions are whole")[number] = token.to_owned();
                return true;
            }
        }
        false
    }

    /// Signs in anew before the sessions end, as long as it is let.
    pub async fn keep_signed_in(&self, http: &Http) {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            for number in 0..=HELPERS {
                for _ in 0..20 {
                    if self.renew(http, number).await {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
        }
    }
}
