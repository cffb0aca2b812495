//! The database goes back in time by tools that are not ours: phones learn of it, and send again what was lost.

use std::process::Command;

use api::db::schema::audit_event;
use api::http::page::seal;
use api::privacy::keys::MasterKey;
use api::tracking::ledger::epoch::begin_epoch_if_moved;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::sync::PulledChanges;
use serde_json::json;

use super::{COMMUNE, assert_rollups_equal_a_recount, push, push_one, record, sum};
use crate::harness::cluster::CLUSTER;
use crate::harness::{Person, TestApp, citizen, eventually};

const PULL: &str = "/api/v1/sync/pull?limit=500";

async fn pull(person: &Person) -> PulledChanges {
    person.get(PULL).await.expect(200).json()
}

/// Runs a program of PostgreSQL as its superuser, in this database.
fn run(program: &str, arguments: &[&str], database: &str) {
    let find = format!(
        "for p in {program} /usr/lib/postgresql/*/bin/{program}; do command -v $p && break; done"
    );
    let found = Command::new("sh").args(["-c", &find]).output().unwrap();
    let found = String::from_utf8(found.stdout).unwrap();
    let out = Command::new(found.trim())
        .args(arguments)
        .args(["--dbname", &CLUSTER.postgres.superuser_url(database)])
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{program}: {complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restore_into_the_same_cluster_lost_is_sent_again() {
    let app = TestApp::start().await;
    // As every start does.
    begin_epoch_if_moved(&mut app.owner().await).await.unwrap();
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let [kept, lost] = [(); 2].map(|()| record(&app, &volunteer, village, &citizen::id_number()));
    push_one(&app, &volunteer, &kept).await;
    let dump = format!("/tmp/to06-dump-{}", app.database.name);
    run(
        "pg_dump",
        &["--format=custom", "--file", &dump],
        &app.database.name,
    );
    push_one(&app, &volunteer, &lost).await;
    let before = pull(&volunteer).await;

    let database = app.database.clone();
    drop(app);
    let arguments = ["--clean", "--if-exists", "--exit-on-error", &dump];
    run("pg_restore", &arguments, &database.name);
    std::fs::remove_file(&dump).unwrap();
    let app = TestApp::with().start_on(database).await;
    let begun = begin_epoch_if_moved(&mut app.owner().await).await.unwrap();
    assert!(
        begun.is_some(),
        "the cluster is the same, its tables are others"
    );
    let again = begin_epoch_if_moved(&mut app.owner().await).await.unwrap();
    assert!(again.is_none(), "once");

    let volunteer = volunteer.before(&app);
    let old = format!("{PULL}&cursor={}", before.next_cursor);
    volunteer.get(&old).await.refused(410, "epoch-changed");
    let results = push(&app, &volunteer, &[kept, lost]).await;
    let words: Vec<&str> = results.iter().map(|it| it.result.as_str()).collect();
    assert_eq!(words, ["replayed", "applied"]);
    assert_eq!(sum(&app).await, (2, 0, 0, 0));
    assert_ne!(pull(&volunteer).await.epoch, before.epoch);
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_says_that_time_went_back() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let before = pull(&volunteer).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_api"));
    command
        .arg("new-epoch")
        .env("DATABASE_URL", app.database.url())
        .env("MIGRATION_DATABASE_URL", app.database.owner_url())
        .env("TO06_MASTER_KEYS", MasterKey::new(1, [6; 32]).expose())
        .env("TO06_LOG", "error");
    let ran = tokio::task::spawn_blocking(move || command.output().unwrap());
    let ran = ran.await.unwrap();
    assert!(ran.status.success(), "{ran:?}");
    // The server that runs says so at once.
    let old = format!("{PULL}&cursor={}", before.next_cursor);
    volunteer.get(&old).await.refused(410, "epoch-changed");
    let after = pull(&volunteer).await.epoch;
    assert_ne!(after, before.epoch);
    let told = String::from_utf8(ran.stdout).unwrap();
    assert!(told.starts_with(&format!("{after} began")), "{told}");
    let audited: i64 = audit_event::table
        .filter(audit_event::action.eq("sync.begin_epoch"))
        .filter(audit_event::object.eq(format!("sync_epoch:{after}")))
        .count()
        .get_result(&mut app.owner().await)
        .await
        .unwrap();
    assert_eq!(audited, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_from_the_future_shows_that_a_disk_was_put_back() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &op).await;
    // A position lags behind whatever runs in the cluster.
    let before = eventually(async || {
        let pulled = pull(&volunteer).await;
        let mut items = pulled.items.iter();
        items
            .any(|it| json!(it.id) == op["op_id"])
            .then_some(pulled)
    })
    .await;
    // Where the phone had been when the disk was put back: a million transactions further on.
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(&before.next_cursor).unwrap();
    let text = String::from_utf8(sealed[16..].to_vec()).unwrap();
    let mut parts: Vec<String> = text.split(' ').map(str::to_owned).collect();
    parts[3] = (parts[3].parse::<i64>().unwrap() + 1_000_000).to_string();
    let ahead = seal(&app.app.keys, "pull", &parts.join(" "));
    let other = app.volunteer(COMMUNE).await;
    let of_other = pull(&other).await;
    assert_eq!(of_other.epoch, before.epoch);

    let path = format!("{PULL}&cursor={ahead}");
    for _ in 0..2 {
        volunteer.get(&path).await.refused(410, "epoch-changed");
    }
    let sums = format!("/api/v1/sync/checksums?cursor={ahead}");
    volunteer.get(&sums).await.refused(410, "epoch-changed");
    let after = pull(&volunteer).await;
    assert_ne!(after.epoch, before.epoch);
    // Everybody learns of it by the first, and once.
    let old = format!("{PULL}&cursor={}", of_other.next_cursor);
    other.get(&old).await.refused(410, "epoch-changed");
    assert_eq!(pull(&other).await.epoch, after.epoch);
}
