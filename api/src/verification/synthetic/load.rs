//! Puts the invented month into an empty or demo database the way phones would: through recording, with each
//! batch received when it came.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::Role;
use mobile_contracts::ids::{AccountId, DeviceId, OperationId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::score::id;
use super::{COMMUNES, FIRST_DAY, Record, VILLAGES, VOLUNTEERS, commune_of, union_of};
use crate::app::App;
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::failure::Failure;
use crate::identity::store::{NewAccount, insert_account};
use crate::tracking::batch::record_batch;
use crate::tracking::judging::rules::{Receipt, Sender};

/// Operations of one batch.
const BATCH: usize = 200;

/// What became of the month.
#[derive(Debug, Clone, Copy, Default)]
pub struct Loaded {
    pub recorded: usize,
    pub not_recorded: usize,
}

/// Where the invented communes lie: real ones, with enough villages.
struct Map {
    communes: Vec<UnitId>,
    villages: Vec<UnitId>,
}

impl Map {
    fn of(geography: &Geography) -> Result<Self, Failure> {
        let mut map = Self {
            communes: Vec::new(),
            villages: Vec::new(),
        };
        let roots = geography.roots_on(FIRST_DAY).into_iter();
        let communes = roots.flat_map(|root| geography.within(root, Level::Commune, FIRST_DAY));
        for commune in communes {
            let within = geography.within(commune, Level::Village, FIRST_DAY);
            if within.len() >= VILLAGES && map.communes.len() < COMMUNES {
                map.communes.push(commune);
                map.villages.extend(&within[..VILLAGES]);
            }
        }
        match map.communes.is_empty() {
            true => Err(Failure::internal("no commune has enough villages")),
            false => Ok(map),
        }
    }

    /// With fewer real communes than invented ones, some real ones hold several.
    fn commune(&self, author: usize) -> usize {
        commune_of(author) % self.communes.len()
    }

    fn village(&self, record: &Record) -> UnitId {
        self.villages[self.commune(record.author) * VILLAGES + record.village % VILLAGES]
    }
}

/// Loads a month.
///
/// # Errors
/// When it was loaded before, or the database cannot.
pub async fn load(app: &App, records: &[Record]) -> Result<Loaded, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let map = Map::of(&geography)?;
    for author in 0..COMMUNES * VOLUNTEERS {
        insert_account(&mut conn, &app.keys, &volunteer(&map, author)?).await?;
    }
    drop::<crate::db::Pooled>(conn);
    // What came together is one batch.
    let mut batches: BTreeMap<(DateTime<Utc>, usize), Vec<Value>> = BTreeMap::new();
    for record in records {
        let batch = batches.entry((record.received_at, record.author));
        let ops = batch.or_default();
        let op = operation(&map, record);
        if record.taken_back {
            ops.push(void(record));
        }
        ops.push(op);
    }
    let mut loaded = Loaded::default();
    for ((received_at, author), ops) in batches {
        let sender = sender(&map, author);
        let receipt = Receipt::new(received_at, received_at);
        for ops in ops.chunks(BATCH) {
            let raw: Vec<Box<RawValue>> = ops
                .iter()
                .map(to_raw_value)
                .collect::<Result<_, _>>()
                .map_err(Failure::internal)?;
            for result in record_batch(app, &sender, &receipt, raw).await? {
                match result.result.as_str() {
                    "applied" | "merged" => loaded.recorded += 1,
                    _ => loaded.not_recorded += 1,
                }
            }
        }
    }
    Ok(loaded)
}

/// The same flags as they stand in a database, for a score of it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn flagged(
    conn: &mut Conn,
) -> diesel::QueryResult<
    BTreeMap<
        OperationId,
        std::collections::BTreeSet<crate::verification::signals::catalogue::Rule>,
    >,
> {
    use crate::verification::signals::{catalogue::Rule, store};
    let mut flagged: BTreeMap<_, std::collections::BTreeSet<Rule>> = BTreeMap::new();
    for (rule, ops) in store::list_flagged(conn).await? {
        let Some(rule) = Rule::parse(&rule) else {
            continue;
        };
        for op in ops.into_iter().flatten() {
            flagged.entry(op).or_default().insert(rule);
        }
    }
    Ok(flagged)
}

fn account_id(author: usize) -> AccountId {
    AccountId(id("author", &author.to_string()))
}

fn volunteer(map: &Map, author: usize) -> Result<NewAccount, Failure> {
    let phone = format!("0999{author:06}");
    Ok(NewAccount {
        account_id: account_id(author),
        phone: MobilePhone::parse(&phone).map_err(|why| Failure::internal(why.message()))?,
        name: PersonName::parse("Tình Nguyện Viên Thử")
            .map_err(|why| Failure::internal(why.message()))?,
        role: Role::Volunteer,
        mass_union: union_of(author),
        unit_id: map.communes[map.commune(author)],
        password_hash: None,
        must_change_password: true,
        is_demo: true,
    })
}

fn sender(map: &Map, author: usize) -> Sender {
    Sender {
        account_id: account_id(author),
        mass_union: union_of(author),
        unit_id: map.communes[map.commune(author)],
        device_id: Some(DeviceId(account_id(author).0)),
        device_is_lost: false,
        may_record: true,
        may_correct: false,
        confirms_as: None,
    }
}

fn operation(map: &Map, record: &Record) -> Value {
    let mut op = json!({
        "op_id": record.op_id,
        "kind": "record",
        "author_id": account_id(record.author),
        "recorded_at": record.at,
        "village_id": map.village(record),
        "stage": record.stage,
        "device_holder": if record.by_helper { "helper" } else { "own" },
    });
    if record.clock_known {
        op["clock_offset_ms"] = json!(0);
        op["clock_offset_age_s"] = json!(60);
    }
    if let Some(citizen) = &record.citizen {
        op["subject"] = json!({ "kind": "plain", "id_number": citizen.number });
        op["consent"] = json!({ "method": "spoken" });
        if let Some(phone) = &citizen.phone {
            op["phone"] = json!(phone);
        }
    }
    op
}

/// Taken back a minute later.
fn void(record: &Record) -> Value {
    let at = match record.clock_known {
        true => record.at + TimeDelta::minutes(1),
        false => record.received_at,
    };
    json!({
        "op_id": id("void", &record.op_id.to_string()),
        "kind": "void",
        "author_id": account_id(record.author),
        "recorded_at": at.min(record.received_at),
        "clock_offset_ms": 0,
        "clock_offset_age_s": 60,
        "target_op_id": record.op_id,
        "reason": "nhầm người",
    })
}

/// The last day of a loaded month, by receipt.
pub fn last_day(records: &[Record]) -> chrono::NaiveDate {
    let last = records.iter().map(|record| record.received_at).max();
    last.map_or(FIRST_DAY, local_day)
}
