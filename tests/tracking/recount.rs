//! Counts that can be recounted, and facts that stay what they are.

use api::db::Pool;
use api::privacy::keys::MasterKey;
use api::tracking::{recounts, verify};
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use mobile_contracts::page::Page;
use mobile_contracts::recount::Recount;
use serde_json::Value;

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, other_union, push, push_one, record, sum,
    void,
};
use crate::harness::{TestApp, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_found_and_mended() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let ops: Vec<Value> = (0..5)
        .map(|_| record(&app, &volunteer, village, &citizen::id_number()))
        .collect();
    push(&app, &volunteer, &ops).await;
    assert_rollups_equal_a_recount(&app).await;
    let mut owner = app.owner().await;
    for damage in [
        "update rollup_day set n = n + 1",
        "update rollup_month set assists = 7",
        "delete from rollup_total",
        "update rollup_month set late = 1",
        "update rollup_author_day set n = n + 1",
        "delete from rollup_author_day",
        "insert into rollup_author_day (author_id, stage, on_day, n)
         select author_id, 'installed', on_day, 1 from rollup_author_day",
        "insert into rollup_day (village_id, stage, mass_union, on_day, n)
         select village_id, 'installed', mass_union, on_day, 1 from rollup_day",
        "delete from credit where op_id = (select min(op_id::text)::uuid from credit)",
        "update credit set on_day = on_day - 1 where op_id = (select min(op_id::text)::uuid from credit)",
    ] {
        owner.batch_execute(damage).await.unwrap();
        let found = verify::list_differences(&mut owner).await.unwrap();
        assert_eq!(found.len(), 1, "{damage}: {found:?}");
        api::db::transaction::<_, diesel::result::Error>(&mut owner, async |conn| {
            verify::repair(conn).await
        })
        .await
        .unwrap();
        assert_rollups_equal_a_recount(&app).await;
    }
    assert_eq!(sum(&app).await, (5, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_cannot_be_changed_or_deleted_by_the_serving_login() {
    let app = TestApp::start().await;
    let mut conn = app.conn().await;
    for sql in [
        "update fact set stage = 'installed'",
        "update fact set effective_at = app_now()",
        "delete from fact",
        "delete from operation",
        "delete from void",
    ] {
        assert!(conn.batch_execute(sql).await.is_err(), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_history_in_every_village_and_its_counts_are_right() {
    #[derive(Debug, QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Date)]
        first: chrono::NaiveDate,
        #[diesel(sql_type = diesel::sql_types::Date)]
        last: chrono::NaiveDate,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        villages: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        facts: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        own: i64,
    }
    let app = TestApp::start().await;
    let mut owner = app.owner().await;
    let now = app.app.clock.now();
    api::demo::load(&mut owner, &app.app.config, &app.app.keys, now)
        .await
        .unwrap();
    assert_rollups_equal_a_recount(&app).await;
    let row: Row = diesel::sql_query(
        "select min(on_day) as first, max(on_day) as last, count(distinct village_id) as villages,
            count(*) as facts,
            count(*) filter (where author_id in (select account_id from account where password_hash is not null)) as own
         from fact",
    )
    .get_result(&mut owner)
    .await
    .unwrap();
    let today = mobile_contracts::calendar::local_day(now);
    assert_eq!(row.first.to_string()[..7], *"2023-01");
    assert!(today - row.last <= TimeDelta::days(3), "{row:?}");
    assert_eq!(row.villages, 397);
    assert!((20_000..=45_000).contains(&row.facts), "{row:?}");
    assert!(row.own > 0, "the demo's volunteers have a ledger: {row:?}");
    let (n, assists, confirmed, anonymous) = sum(&app).await;
    assert!(n > 20_000 && assists > 500 && confirmed > 1_000 && anonymous > 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_fails_on_a_wrong_count_until_it_has_mended_it() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &op).await;
    let run = async |arguments: &'static [&'static str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_api"));
        command
            .arg("verify-rollups")
            .args(arguments)
            .env("DATABASE_URL", app.database.url())
            .env("MIGRATION_DATABASE_URL", app.database.owner_url())
            .env("TO06_MASTER_KEYS", MasterKey::new(1, [6; 32]).expose())
            .env("TO06_LOG", "error");
        let ran = tokio::task::spawn_blocking(move || command.output().unwrap());
        ran.await.unwrap()
    };
    assert!(run(&[]).await.status.success());
    app.owner()
        .await
        .batch_execute("update rollup_month set n = 6")
        .await
        .unwrap();
    let found = run(&[]).await;
    assert!(!found.status.success());
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(
        text.contains("rollup_month") && text.contains("kept 6/0/0/0/0, counted 1/0/0/0/0"),
        "{text}"
    );
    assert!(run(&["--repair"]).await.status.success());
    assert!(run(&[]).await.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_late_counts_as_late_and_authors_have_what_they_brought() {
    let app = TestApp::start().await;
    let (one, other) = (app.volunteer(COMMUNE).await, other_union(&app).await);
    let village = app.village(COMMUNE, 0).await;
    let card = citizen::id_number();
    let days_ago = |days: i64| app.app.clock.now() - TimeDelta::days(days);
    let own = record(&app, &one, village, &card).with("recorded_at", days_ago(3));
    let late = record(&app, &one, village, &citizen::id_number()).with("recorded_at", days_ago(4));
    push(&app, &one, &[own.clone(), late]).await;
    push_one(&app, &other, &record(&app, &other, village, &card)).await;
    assert_eq!(late_and_brought(&app, &one).await, (1, 2, 0));
    assert_eq!(late_and_brought(&app, &other).await, (1, 0, 1));
    assert_rollups_equal_a_recount(&app).await;
    // Taken back: the credit goes to whoever was second, and with it what they brought.
    let lead = app.lead(COMMUNE).await;
    push_one(&app, &lead, &void(&app, &lead, &own)).await;
    assert_eq!(late_and_brought(&app, &one).await, (1, 1, 0));
    assert_eq!(late_and_brought(&app, &other).await, (1, 1, 0));
    assert_rollups_equal_a_recount(&app).await;
}

/// Late people of all, and what somebody brought: people and assists.
async fn late_and_brought(app: &TestApp, author: &crate::harness::Person) -> (i64, i64, i64) {
    use api::db::schema::{rollup_author_day, rollup_total};
    use diesel::dsl::sum;
    let mut conn = app.conn().await;
    let late: Option<i64> = rollup_total::table
        .select(sum(rollup_total::late))
        .get_result(&mut conn)
        .await
        .unwrap();
    let (n, assists): (Option<i64>, Option<i64>) = rollup_author_day::table
        .filter(rollup_author_day::author_id.eq(author.account_id.unwrap()))
        .select((sum(rollup_author_day::n), sum(rollup_author_day::assists)))
        .get_result(&mut conn)
        .await
        .unwrap();
    (late.unwrap_or(0), n.unwrap_or(0), assists.unwrap_or(0))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_night_the_boards_are_counted_anew_once_and_what_differs_is_told_and_not_mended() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let ops: Vec<Value> = (0..5)
        .map(|_| record(&app, &volunteer, village, &citizen::id_number()))
        .collect();
    push(&app, &volunteer, &ops).await;
    let patient = Pool::for_command(&app.database.url());
    let night = async || recounts::night::once(&app.app, &patient).await.unwrap();
    let ready = async || {
        let told = app
            .stranger()
            .get("/health/ready")
            .await
            .expect(200)
            .value();
        (told["counts"].clone(), told["counts_differing"].clone())
    };
    let told = async || -> Vec<Recount> {
        let admin = app.admin().await;
        let page: Page<Recount> = admin.get("/api/v1/recounts").await.expect(200).json();
        page.items
    };
    assert_eq!(ready().await, ("unknown".into(), 0.into()));
    night().await;
    assert_eq!(ready().await, ("ok".into(), 0.into()));
    let first = told().await.remove(0);
    assert_eq!((first.facts, first.differences), (Some(5), Some(0)));

    // What differs is found by the next night, by one of two processes, and left as it is.
    let mut owner = app.owner().await;
    owner
        .batch_execute("update rollup_day set n = n + 1; update rollup_month set late = 7")
        .await
        .unwrap();
    night().await;
    assert_eq!(
        told().await,
        std::slice::from_ref(&first),
        "this night is done"
    );
    app.advance(TimeDelta::days(1)).await;
    tokio::join!(night(), night());
    let nights = told().await;
    assert_eq!(nights.len(), 2);
    assert_eq!(nights[0].differences, Some(2));
    let words = nights[0].first_differences.join("\n");
    assert!(
        words.contains("rollup_day") && words.contains("rollup_month"),
        "{words}"
    );
    assert_eq!(ready().await, ("differing".into(), 2.into()));
    assert_eq!(verify::list_differences(&mut owner).await.unwrap().len(), 2);

    // A night that was cut off is taken over, and after a repair all is well again.
    api::db::transaction::<_, diesel::result::Error>(&mut owner, async |conn| {
        verify::repair(conn).await
    })
    .await
    .unwrap();
    app.advance(TimeDelta::days(1)).await;
    let tonight = api::nightly::night_of(app.app.clock.now());
    let cut_off = format!("insert into recount (night) values ('{tonight}')");
    owner.batch_execute(&cut_off).await.unwrap();
    night().await;
    assert_eq!(told().await[0].done_at, None, "somebody may be at it");
    owner
        .batch_execute(
            "update recount set began_at = began_at - interval '3 hours' where done_at is null",
        )
        .await
        .unwrap();
    night().await;
    assert_eq!(ready().await, ("ok".into(), 0.into()));
}
