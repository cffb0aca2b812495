//! Whoever has another role by now still sends what they recorded before, nothing of it is lost, and they learn what
//! became of it.

use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::sync::PulledChanges;
use mobile_contracts::tracking::{DeviceStatement, LedgerEntry, LookedUpOperations};
use serde_json::{Value, json};
use uuid::Uuid;

use super::devices::{self, order};
use super::pull::Phone;
use super::requests::request;
use super::{COMMUNE, With as _, assert_rollups_equal_a_recount, push, record, sum, told, void};
use crate::harness::{Person, TestApp, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_role_leaves_nothing_behind_on_the_phone() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let (village, far) = (app.village(COMMUNE, 0).await, app.village("22795", 0).await);
    let roles = ["officer", "reporter", "commander", "admin"];
    for role in roles {
        let volunteer = app.volunteer(COMMUNE).await;
        let of = |village| record(&app, &volunteer, village, &citizen::id_number());
        let sent = of(village);
        push(&app, &volunteer, std::slice::from_ref(&sent)).await;
        let account = volunteer.account_id.unwrap();
        app.owner()
            .await
            .batch_execute(&format!(
                "update account set role = '{role}' where account_id = '{account}'"
            ))
            .await
            .unwrap();
        let unsent = [
            sent.clone(),
            of(village),
            of(far),
            void(&app, &volunteer, &sent),
        ];
        let results = push(&app, &volunteer, &unsent).await;
        let words: Vec<_> = results.iter().map(told).collect();
        let lost = ("held", Some("ROLE_LOST"), false);
        let expected = [
            ("replayed", None, true),
            lost,
            ("held", Some("UNIT_OUT_OF_SCOPE"), false),
            lost,
        ];
        assert_eq!(words, expected, "{role}");
        let statement = format!("/api/v1/devices/{}/statement", Uuid::now_v7());
        volunteer.get(&statement).await.expect(200);
        // To send, and to learn what became of it, is all that is left to them.
        let pulled: PulledChanges = volunteer.get("/api/v1/sync/pull").await.expect(200).json();
        let others = pulled
            .items
            .iter()
            .filter(|it| it.collection != "operation");
        assert_eq!(others.count(), 0, "{role}");
        let one = json!({
            "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(), "operation": of(village),
        });
        volunteer
            .post("/api/v1/records", one)
            .await
            .refused(403, "forbidden");
        let approve = json!({ "decision": "approve", "reason": "làm khi còn là tình nguyện viên" });
        for op in [&unsent[1], &unsent[3]] {
            let id = op["op_id"].as_str().unwrap();
            let path = format!("/api/v1/held-operations/{id}/decision");
            let reviewed = lead.post(&path, &approve).await.expect(200).value();
            assert_eq!(reviewed["result"], "applied", "{role}");
        }
    }
    // What was sent in time was taken back, and what came late counts.
    assert_eq!(sum(&app).await.0, roles.len() as i32);
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_of_a_new_role_comes_to_its_end_and_reads_nothing_of_anybody() {
    let app = TestApp::start().await;
    app.office(COMMUNE, 4).await;
    let (volunteer, commander) = (app.volunteer(COMMUNE).await, app.commander().await);
    let village = app.village(COMMUNE, 0).await;
    let key = devices::Phone::new(41);
    let op = |seq: u32| record(&app, &volunteer, village, &citizen::id_number()).with("seq", seq);
    let wish = request(&app, &volunteer, village, &citizen::id_number()).with("seq", 2);
    let send = async |person: &Person, ops: &[Value]| {
        let body = json!({
            "protocol": 1, "device_id": key.device_id, "client_time": app.app.clock.now(), "ops": ops,
        });
        person.post("/api/v1/sync/push", body).await.expect(200);
    };
    send(&volunteer, &[op(1), wish.clone()]).await;
    let mut phone = Phone::default();
    let wished = |phone: &Phone| -> Option<LedgerEntry> {
        let mut entries = phone.rows.values().filter_map(|it| it.data.clone());
        entries.find(|entry| entry.appointment.is_some())
    };
    let has_all = |phone: &Phone, operations| {
        let has = |collection| phone.count(collection) > 0;
        phone.count("operation") == operations && has("unit") && has("hint")
    };
    phone
        .pull_until(&volunteer, |phone| has_all(phone, 2))
        .await;
    let slip = wished(&phone).unwrap().appointment.unwrap().booked.unwrap();

    let late = op(3);
    let account = format!("/api/v1/accounts/{}", volunteer.account_id.unwrap());
    let change = json!({ "role": "officer" });
    commander.patch(&account, change).await.expect(200);
    let officer = volunteer.again().await;
    officer
        .post("/api/v1/devices", key.registration(&officer))
        .await
        .expect(201);
    send(&officer, std::slice::from_ref(&late)).await;
    let report = json!({ "app": "pwa", "version": "1.0.1", "pending": 0 });
    let path = format!("/api/v1/devices/{}/report", key.device_id);
    assert_eq!(order(officer.post(&path, report).await), "none");
    // What the phone has is not what it may have: it pulls anew, and that is its own work alone.
    phone.refused(&officer, "scope-changed").await;
    let mut shadow = Phone::default();
    shadow
        .pull_until(&officer, |phone| phone.count("operation") == 3)
        .await;
    assert_eq!(shadow.rows.len(), 3);
    let sums = shadow.pull_all(&officer).await;
    for told in &sums.collections {
        assert_eq!(
            (told.rows, told.checksum.clone()),
            shadow.sum(&told.collection)
        );
    }
    let answered = wished(&shadow).unwrap().appointment.unwrap();
    assert_eq!((answered.state.as_str(), answered.booked), ("booked", None));
    let ids = json!({ "op_ids": [wish["op_id"], late["op_id"]] });
    let found = officer
        .post("/api/v1/sync/ops:lookup", ids)
        .await
        .expect(200);
    let ledger = officer.get("/api/v1/me/ledger").await.expect(200);
    for answer in [&found, &ledger] {
        assert!(!answer.text.contains(&slip.secret) && !answer.text.contains(&slip.code));
    }
    let codes = found.json::<LookedUpOperations>().results.into_iter();
    assert!(
        codes
            .filter_map(|entry| entry.code)
            .any(|code| code == "ROLE_LOST")
    );
    assert_eq!(ledger.value()["counts"]["under_review"], 1);
    let path = format!("/api/v1/devices/{}/statement", key.device_id);
    let stated: DeviceStatement = officer.get(&path).await.expect(200).json();
    assert_eq!(
        (stated.highest, stated.decided, stated.held, stated.missing),
        (3, 2, 1, 0)
    );
    for path in [
        "/api/v1/me/assignments".to_owned(),
        format!("/api/v1/worklists?unit_id={village}"),
    ] {
        officer.get(&path).await.refused(403, "forbidden");
    }

    // Whoever is given the role back has everything again.
    let change = json!({ "role": "volunteer" });
    commander.patch(&account, change).await.expect(200);
    let volunteer = officer.again().await;
    shadow.refused(&volunteer, "scope-changed").await;
    let mut phone = Phone::default();
    phone
        .pull_until(&volunteer, |phone| has_all(phone, 3))
        .await;
    let answered = wished(&phone).unwrap().appointment.unwrap();
    assert!(answered.booked.is_some());
}
