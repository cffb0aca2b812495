//! What a phone pulls for a day without a network: one stream, and the proof that nothing was missed.

use std::collections::BTreeMap;
use std::io::Read as _;

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection as _;
use flate2::read::GzDecoder;
use mobile_contracts::campaign::{Denominator, Target};
use mobile_contracts::drive::Campaign;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use mobile_contracts::sync::{Change, Checksums, PulledChanges, Sum};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::{COMMUNE, With as _, push_one, record, told, void};
use crate::harness::{Answer, Person, TestApp, citizen};

/// A phone as the description of the operation says it should be.
#[derive(Default)]
pub(super) struct Phone {
    cursor: Option<String>,
    /// By collection and id.
    pub(super) rows: BTreeMap<(String, Uuid), Change>,
    /// Rows that went, in their order.
    pub(super) gone: Vec<Change>,
    pub(super) bytes: usize,
}

impl Phone {
    /// One page; whether there is more.
    pub(super) async fn pull_page(&mut self, person: &Person, limit: u32) -> bool {
        let mut path = format!("/api/v1/sync/pull?limit={limit}");
        if let Some(cursor) = &self.cursor {
            path.push_str(&format!("&cursor={cursor}"));
        }
        let answer = person.get(&path).await.expect(200);
        self.bytes += answer.text.len();
        let pulled: PulledChanges = answer.json();
        assert!(pulled.items.len() <= limit as usize);
        for change in pulled.items {
            let key = (change.collection.clone(), change.id);
            match change.op.as_str() {
                "put" => drop(self.rows.insert(key, change)),
                _ => {
                    self.rows.remove(&key);
                    self.gone.push(change);
                }
            }
        }
        self.cursor = Some(pulled.next_cursor);
        pulled.more
    }

    pub(super) async fn pull(&mut self, person: &Person, limit: u32) {
        while self.pull_page(person, limit).await {}
    }

    /// Pulls until what is waited for has come: the bound is the whole cluster's oldest transaction, and
    /// other tests run in it.
    pub(super) async fn pull_until(&mut self, person: &Person, has_come: impl Fn(&Self) -> bool) {
        for _ in 0..500 {
            self.pull(person, 200).await;
            if has_come(self) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("it never came");
    }

    /// Pulls until the server says that nothing more is on its way, and gives what it says then. It is not
    /// asked often: sums have a limit.
    pub(super) async fn pull_all(&mut self, person: &Person) -> Checksums {
        for tries in 0..10 {
            self.pull(person, 200).await;
            let sums = self.checksums(person).await;
            if sums.behind.is_empty() {
                return sums;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50 << tries)).await;
        }
        panic!("it never came to rest");
    }

    async fn checksums(&self, person: &Person) -> Checksums {
        let cursor = self.cursor.as_deref().unwrap();
        let path = format!("/api/v1/sync/checksums?cursor={cursor}");
        person.get(&path).await.expect(200).json()
    }

    pub(super) async fn refused(&self, person: &Person, code: &str) {
        let cursor = self.cursor.as_deref().unwrap();
        for path in ["pull", "checksums"] {
            let path = format!("/api/v1/sync/{path}?cursor={cursor}");
            person.get(&path).await.refused(410, code);
        }
    }

    pub(super) fn count(&self, collection: &str) -> usize {
        let keys = self.rows.keys();
        keys.filter(|(known, _)| known == collection).count()
    }

    pub(super) fn sum(&self, collection: &str) -> (u32, String) {
        let mut sum = Sum::default();
        let rows = self.rows.iter();
        for (_, change) in rows.filter(|((known, _), _)| known == collection) {
            sum.add(change.row_hash().unwrap());
        }
        (sum.rows, sum.checksum())
    }

    fn units(&self) -> BTreeMap<UnitId, String> {
        let units = self.rows.values().filter_map(|change| change.unit.clone());
        units.map(|unit| (unit.unit_id, unit.name)).collect()
    }

    fn assert_is(&self, sums: &Checksums) {
        let told: Vec<&str> = sums
            .collections
            .iter()
            .map(|told| told.collection.as_str())
            .collect();
        assert!(told.is_sorted() && told.len() >= 3, "{told:?}");
        for told in &sums.collections {
            let (rows, checksum) = self.sum(&told.collection);
            assert_eq!(
                (told.rows, told.checksum.as_str()),
                (rows, checksum.as_str()),
                "{}",
                told.collection
            );
        }
    }
}

fn target(unit_id: UnitId, people: u32) -> Target {
    Target {
        unit_id,
        stage: "level2_activated".to_owned(),
        starts_on: "2026-01-01".parse().unwrap(),
        ends_on: None,
        people,
        denominator: Denominator::Assigned,
        source: "Kế hoạch 73".to_owned(),
    }
}

async fn set_targets(person: &Person, targets: &[Target]) {
    let body = json!({ "targets": targets });
    person.put("/api/v1/targets", body).await.expect(204);
}

async fn remove_target(person: &Person, target: &Target) -> Answer {
    let key = json!({
        "unit_id": target.unit_id, "stage": target.stage, "starts_on": target.starts_on,
    });
    let body = json!({ "targets": [key] });
    person.post("/api/v1/targets/removals", body).await
}

/// Changes the tree as an import would.
async fn change_units(app: &TestApp, sql: &str) {
    let mut owner = app.owner().await;
    owner.batch_execute(sql).await.unwrap();
    api::geography::store::bump_revision(&mut owner)
        .await
        .unwrap();
    api::sync::store::touch_all(&mut owner).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_has_its_commune_before_the_first_day() {
    let app = TestApp::start().await;
    let (volunteer, commander) = (app.volunteer(COMMUNE).await, app.commander().await);
    let (village, far) = (app.village(COMMUNE, 0).await, app.village("22795", 0).await);
    set_targets(&commander, &[target(village, 40), target(far, 50)]).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &op).await;
    let mut phone = Phone::default();
    // A hint of each village comes with the first pulls, some villages at a time.
    let came = |phone: &Phone| {
        let villages = phone
            .rows
            .values()
            .filter_map(|change| change.unit.as_ref());
        let villages = villages.filter(|unit| unit.level == "village").count();
        phone.count("operation") == 1
            && phone.count("target") == 1
            && phone.count("hint") == villages
    };
    phone.pull_until(&volunteer, came).await;

    let (tree, commune) = (app.geography().await, app.commune(COMMUNE).await);
    let today = mobile_contracts::calendar::local_day(app.app.clock.now());
    let units = phone.units();
    let villages = tree.children_on(commune, today);
    assert!(villages.len() > 3);
    for unit in villages {
        assert_eq!(units[&unit.unit_id], tree.name_on(unit.unit_id, today));
    }
    assert_eq!(units[&commune], "Xã Bác Ái Tây");
    // One's own, and the names above; nobody else's.
    let above = tree.path_on(commune, today).len() - 1;
    assert_eq!(
        units.len(),
        tree.children_on(commune, today).len() + 1 + above
    );
    let mut parents = phone
        .rows
        .values()
        .filter_map(|change| change.unit.as_ref()?.parent_id);
    assert!(parents.all(|parent| units.contains_key(&parent)));
    let found = phone.rows.values().find_map(|change| change.target.clone());
    assert_eq!(found, Some(target(village, 40)));

    // A page at a time is the same.
    let mut slow = Phone::default();
    slow.pull(&volunteer, 3).await;
    assert_eq!(slow.rows, phone.rows);
    volunteer
        .get("/api/v1/sync/pull?limit=500")
        .await
        .expect(200);
    let too_long = volunteer.get("/api/v1/sync/pull?limit=501").await;
    too_long.refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_removed_is_told_and_so_is_who_continues_a_village() {
    let app = TestApp::start().await;
    let (volunteer, commander) = (app.volunteer(COMMUNE).await, app.commander().await);
    let (ended, heir) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    set_targets(&commander, &[target(ended, 40), target(heir, 50)]).await;
    let mut phone = Phone::default();
    phone
        .pull_until(&volunteer, |phone| phone.count("target") == 2)
        .await;

    let elsewhere = app
        .account(Role::Commander, MassUnion::None, app.commune("22795").await)
        .await;
    remove_target(&elsewhere, &target(heir, 50))
        .await
        .refused(404, "not-found");
    for _ in 0..2 {
        remove_target(&commander, &target(heir, 50))
            .await
            .expect(204);
    }
    phone
        .pull_until(&volunteer, |phone| phone.count("target") == 1)
        .await;
    assert_eq!(phone.gone[0].collection, "target");
    assert_eq!(phone.gone[0].target, None);

    // An old village ends; its targets go with it.
    let before = phone.units();
    change_units(
        &app,
        &format!(
            "update unit set valid_to = (app_now() at time zone 'Asia/Ho_Chi_Minh')::date
             where unit_id = {ended};
             insert into unit_successor (unit_id, successor_id, on_date, share)
             values ({ended}, {heir}, (app_now() at time zone 'Asia/Ho_Chi_Minh')::date, 'whole')"
        ),
    )
    .await;
    phone
        .pull_until(&volunteer, |phone| !phone.units().contains_key(&ended))
        .await;
    assert_eq!(phone.units().len(), before.len() - 1);
    let last = phone
        .gone
        .iter()
        .rev()
        .find_map(|change| change.unit.clone());
    let last = last.unwrap();
    assert_eq!((last.unit_id, &last.name), (ended, &before[&ended]));
    assert_eq!(last.successor_ids, [heir]);
    assert!(last.valid_to.is_some());
    let sums = phone.pull_all(&volunteer).await;
    assert_eq!(phone.count("target"), 0);
    phone.assert_is(&sums);
}

/// Opens a campaign of a unit, or does something to one.
async fn press(person: &Person, path: &str, body: serde_json::Value) -> Campaign {
    let request = person.request(Method::POST, path);
    let request = request.header("idempotency-key", Uuid::now_v7().to_string());
    let answer = person.send(request.json(&body)).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn campaigns_of_ones_place_and_of_those_above_are_pulled() {
    let app = TestApp::start().await;
    let (volunteer, commander) = (app.volunteer(COMMUNE).await, app.commander().await);
    let province = app.commune("56").await;
    let (here, far) = (app.commune(COMMUNE).await, app.commune("22795").await);
    let drive = |unit: UnitId, name: &str| {
        json!({
            "unit_id": unit, "name": name, "source": "KH 73/KH-ĐTN",
            "starts_on": "2026-11-01", "ends_on": "2026-12-30",
        })
    };
    let opened = [(province, "Cả tỉnh"), (here, "Trong xã"), (far, "Xã khác")];
    let mut ids = Vec::new();
    for (unit, name) in opened {
        let campaign = press(&commander, "/api/v1/campaigns", drive(unit, name)).await;
        ids.push(campaign.campaign_id);
    }
    let mut phone = Phone::default();
    phone
        .pull_until(&volunteer, |phone| phone.count("campaign") == 2)
        .await;
    let names = |phone: &Phone| {
        let told = phone.rows.values().filter_map(|row| row.campaign.clone());
        let mut told: Vec<(String, bool)> = told.map(|one| (one.name, one.closed)).collect();
        told.sort();
        told
    };
    let open = |name: &str| (name.to_owned(), false);
    assert_eq!(names(&phone), [open("Cả tỉnh"), open("Trong xã")]);

    let reason = json!({ "reason": "Đã tổng kết" });
    let path = format!("/api/v1/campaigns/{}/closing", ids[1]);
    press(&commander, &path, reason).await;
    let closed = ("Trong xã".to_owned(), true);
    phone
        .pull_until(&volunteer, |phone| names(phone).contains(&closed))
        .await;
    assert_eq!(names(&phone), [open("Cả tỉnh"), closed]);
    let sums = phone.pull_all(&volunteer).await;
    phone.assert_is(&sums);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_moved_pulls_anew_and_loses_nothing_that_was_not_sent() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let (here, there) = (app.village(COMMUNE, 0).await, app.village("22795", 0).await);
    let sent = record(&app, &volunteer, here, &citizen::id_number());
    push_one(&app, &volunteer, &sent).await;
    let mut phone = Phone::default();
    phone
        .pull_until(&volunteer, |phone| phone.count("operation") == 1)
        .await;
    // In the outbox, and then the account is moved.
    let waiting = record(&app, &volunteer, here, &citizen::id_number());
    let moved_to = app.commune("22795").await;
    let account_id = volunteer.account_id.unwrap();
    let set = async |what: String| {
        let sql = format!("update account set {what} where account_id = '{account_id}'");
        app.owner().await.batch_execute(&sql).await.unwrap();
    };
    set(format!("unit_id = {moved_to}")).await;
    phone.refused(&volunteer, "scope-changed").await;
    let mut shadow = Phone::default();
    shadow.pull(&volunteer, 100).await;
    assert!(shadow.units().contains_key(&there) && !shadow.units().contains_key(&here));
    assert_eq!(
        shadow.count("operation"),
        1,
        "one's own work stays one's own"
    );
    let result = push_one(&app, &volunteer, &waiting).await;
    assert_eq!(told(&result), ("held", Some("UNIT_OUT_OF_SCOPE"), false));
    let came = |phone: &Phone| phone.count("operation") == 2;
    shadow.pull_until(&volunteer, came).await;
    // Another role is another scope, though the unit is the same.
    set("role = 'lead'".to_owned()).await;
    shadow.refused(&volunteer, "scope-changed").await;
    // So is another's cursor.
    let other = app.volunteer(COMMUNE).await;
    phone.refused(&other, "scope-changed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_village_that_comes_from_elsewhere_makes_everybody_there_pull_anew() {
    let app = TestApp::start().await;
    let (old, new) = (app.volunteer(COMMUNE).await, app.volunteer("22795").await);
    let (village, commune) = (app.village(COMMUNE, 0).await, app.commune("22795").await);
    let (mut left, mut entered) = (Phone::default(), Phone::default());
    left.pull_until(&old, |phone| phone.units().contains_key(&village))
        .await;
    entered.pull(&new, 200).await;
    let today = "(app_now() at time zone 'Asia/Ho_Chi_Minh')::date";
    change_units(
        &app,
        &format!(
            "update unit_parent set valid_to = {today} where unit_id = {village} and valid_to is null;
             insert into unit_parent (unit_id, parent_id, valid_from) values ({village}, {commune}, {today})"
        ),
    )
    .await;
    left.pull_until(&old, |phone| !phone.units().contains_key(&village))
        .await;
    entered.refused(&new, "scope-changed").await;
    let mut shadow = Phone::default();
    shadow
        .pull_until(&new, |phone| phone.units().contains_key(&village))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_good_for_as_long_as_removals_are_kept() {
    let app = TestApp::start().await;
    let (volunteer, commander) = (app.volunteer(COMMUNE).await, app.commander().await);
    let village = app.village(COMMUNE, 0).await;
    let targets = [
        target(village, 40),
        Target {
            stage: "installed".to_owned(),
            ..target(village, 9)
        },
    ];
    set_targets(&commander, &targets).await;
    let mut phone = Phone::default();
    phone
        .pull_until(&volunteer, |phone| phone.count("target") == 2)
        .await;
    remove_target(&commander, &targets[0]).await.expect(204);
    app.advance(TimeDelta::days(89)).await;
    let (volunteer, commander) = (volunteer.again().await, commander.again().await);
    phone
        .pull_until(&volunteer, |phone| phone.count("target") == 1)
        .await;
    app.advance(TimeDelta::days(91)).await;
    let (volunteer, commander) = (volunteer.again().await, commander.again().await);
    phone.refused(&volunteer, "cursor-expired").await;
    // Nobody may ask for the first removal any more: the second one sweeps it away.
    remove_target(&commander, &targets[1]).await.expect(204);
    let mut fresh = Phone::default();
    let gone = |phone: &Phone| {
        phone
            .gone
            .iter()
            .any(|change| change.collection == "target")
    };
    fresh.pull_until(&volunteer, gone).await;
    let gone = fresh
        .gone
        .iter()
        .filter(|change| change.collection == "target");
    assert_eq!(gone.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_missed_nothing_has_what_the_server_sums_up() {
    let app = TestApp::start().await;
    let (volunteer, other) = (app.volunteer(COMMUNE).await, super::other_union(&app).await);
    let commander = app.commander().await;
    let villages = [app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await];
    let mut random = Random(Uuid::now_v7().as_u128() as u64 | 1);
    let seed = random.0;
    let (mut phone, mut ops) = (Phone::default(), Vec::new());
    for round in 0..4 {
        for _ in 0..8 {
            let village = villages[random.below(2)];
            let people = 10 + random.below(90) as u32;
            match random.below(7) {
                0 => set_targets(&commander, &[target(village, people)]).await,
                1 => drop(
                    remove_target(&commander, &target(village, people))
                        .await
                        .expect(204),
                ),
                2 if !ops.is_empty() => {
                    let op: &serde_json::Value = &ops[random.below(ops.len())];
                    push_one(&app, &volunteer, &void(&app, &volunteer, op)).await;
                }
                3 if !ops.is_empty() => {
                    // Somebody who was earlier takes the credit.
                    let op = ops[random.below(ops.len())].clone();
                    let number = op["subject"]["id_number"].as_str().unwrap();
                    let earlier = record(&app, &other, village, number)
                        .with("recorded_at", app.app.clock.now() - TimeDelta::hours(3));
                    push_one(&app, &other, &earlier).await;
                }
                4 => {
                    let name = format!("Thôn {people}");
                    change_units(
                        &app,
                        &format!("update unit set name = '{name}' where unit_id = {village}"),
                    )
                    .await;
                }
                _ => {
                    let op = record(&app, &volunteer, village, &citizen::id_number());
                    push_one(&app, &volunteer, &op).await;
                    ops.push(op);
                }
            }
            if random.below(3) == 0 {
                let limit = 1 + random.below(5) as u32;
                phone.pull_page(&volunteer, limit).await;
            }
        }
        let sums = phone.pull_all(&volunteer).await;
        println!("seed {seed:x}, round {round}: {sums:?}");
        phone.assert_is(&sums);
    }
    let fresh = {
        let mut fresh = Phone::default();
        fresh.pull_all(&volunteer).await;
        fresh
    };
    assert_eq!(fresh.rows, phone.rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_changed_after_the_cursor_no_sum_is_told() {
    let app = TestApp::start().await;
    let (volunteer, commander) = (app.volunteer(COMMUNE).await, app.commander().await);
    let village = app.village(COMMUNE, 0).await;
    let mut phone = Phone::default();
    phone.pull_all(&volunteer).await;
    set_targets(&commander, &[target(village, 40)]).await;
    let sums = phone.checksums(&volunteer).await;
    assert_eq!(sums.behind, ["target"]);
    assert!(
        sums.collections
            .iter()
            .all(|told| told.collection != "target")
    );
    let sums = phone.pull_all(&volunteer).await;
    phone.assert_is(&sums);
    // A phone that lost a row sees it.
    let key = phone
        .rows
        .keys()
        .find(|(collection, _)| collection == "unit");
    let key = key.cloned().unwrap();
    phone.rows.remove(&key);
    let told = sums
        .collections
        .iter()
        .find(|told| told.collection == "unit")
        .unwrap();
    assert_ne!((told.rows, told.checksum.clone()), phone.sum("unit"));
    volunteer
        .get("/api/v1/sync/checksums")
        .await
        .refused(422, "invalid");
    volunteer
        .get("/api/v1/sync/checksums?cursor=x")
        .await
        .refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_is_compressed_for_a_phone_that_can_read_it() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let plain = volunteer
        .get("/api/v1/sync/pull?limit=500")
        .await
        .expect(200);
    let plain: PulledChanges = plain.json();
    let (text, compressed) = pull_compressed(&volunteer, "limit=500").await;
    assert!(
        compressed * 2 < text.len(),
        "{compressed} of {}",
        text.len()
    );
    let pulled: PulledChanges = serde_json::from_str(&text).unwrap();
    // How far a pull gets depends on who else writes; what it tells does not.
    assert!(!pulled.items.is_empty());
    assert!(
        pulled
            .items
            .iter()
            .zip(&plain.items)
            .all(|(one, other)| one == other)
    );
}

/// What is told, and in how many bytes.
pub(super) async fn pull_compressed(person: &Person, query: &str) -> (String, usize) {
    let response = person
        .request(Method::GET, &format!("/api/v1/sync/pull?{query}"))
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(response.headers()["vary"], "accept-encoding");
    let bytes = response.bytes().await.unwrap();
    let mut text = String::new();
    GzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .unwrap();
    (text, bytes.len())
}

/// Numbers from a seed that a failure prints.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_tells_of_a_transaction_that_keeps_everybody_from_pulling() {
    let app = TestApp::start().await;
    let oldest = async || {
        let told = app
            .stranger()
            .get("/health/ready")
            .await
            .expect(200)
            .value();
        assert_eq!(told["pulls"], "ok");
        told["oldest_write_s"].as_i64().unwrap()
    };
    let mut writing = app.conn().await;
    writing
        .batch_execute("begin; select pg_current_xact_id()")
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_600)).await;
    assert!(oldest().await >= 1);
    writing.batch_execute("rollback").await.unwrap();
    crate::harness::eventually(async || (oldest().await == 0).then_some(())).await;
}
