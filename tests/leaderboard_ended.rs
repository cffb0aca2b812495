//! A village that ends takes nothing of its past out of boards, trends and reports: as things were then it stands
//! beside its heir, and today the heir holds both.

use api::leaderboard::closing::keep::close_due;
use api::reporting::indicators::feed;
use chrono::{Days, NaiveDate};
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::calendar::local_day;
use mobile_contracts::gap_reasons::GapReasons;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::Leaderboard;
use mobile_contracts::page::Page;
use mobile_contracts::reporting::{IndicatorValue, ReportingPeriod};
use mobile_contracts::trend::Trend;
use serde_json::json;
use uuid::Uuid;

use crate::harness::ended::end;
use crate::harness::rollups::rollup;
use crate::harness::{Person, TestApp, eventually};

const HERE: &str = "22786";
const ELSEWHERE: &str = "22795";
const WEEK: &str = "from=2026-11-16&to=2026-11-22";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn board(person: &Person, path: &str) -> Leaderboard {
    let path = format!("/api/v1/leaderboards/{path}&metric=count&limit=200");
    person.get(&path).await.expect(200).json()
}

fn count(board: &Leaderboard, unit: UnitId) -> Option<i64> {
    let mut rows = board.rows.iter();
    rows.find(|row| row.unit_id == Some(unit))
        .map(|row| row.count)
}

/// Two villages in a week; the first of them is the other one since.
struct Scene {
    app: TestApp,
    commune: UnitId,
    ended: UnitId,
    heir: UnitId,
}

impl Scene {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let (ended, heir) = (app.village(HERE, 0).await, app.village(HERE, 1).await);
        rollup(&app, ended, "youth", "2026-11-18", 30).await;
        rollup(&app, ended, "women", "2026-11-19", 15).await;
        rollup(&app, heir, "youth", "2026-11-20", 20).await;
        Self {
            commune: app.commune(HERE).await,
            app,
            ended,
            heir,
        }
    }

    async fn merge(&self) {
        end(&self.app, self.ended, &[self.heir], day("2026-11-25")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commune_keeps_what_was_done_in_a_village_that_ended_and_its_heir_holds_both() {
    let scene = Scene::set().await;
    let (app, commune) = (&scene.app, scene.commune);
    scene.merge().await;
    let commander = app.commander().await;
    let within = format!("within={commune}");
    let since = board(&commander, "commune?period=start").await;
    assert_eq!(count(&since, commune), Some(65));
    let villages = board(&commander, &format!("village?period=start&{within}")).await;
    assert_eq!(count(&villages, scene.heir), Some(65));
    assert_eq!(count(&villages, scene.ended), None, "it is no more");
    assert_eq!(villages.total.count, 65);
    let unions = board(&commander, &format!("union?period=start&{within}")).await;
    assert_eq!(unions.total.count, 65);

    // As then, apart; the same work in today's units, together.
    let then = board(&commander, &format!("village?{WEEK}&{within}")).await;
    assert_eq!(
        (count(&then, scene.ended), count(&then, scene.heir)),
        (Some(45), Some(20))
    );
    let today = board(&commander, &format!("village?{WEEK}&{within}&units=today")).await;
    assert_eq!(
        (count(&today, scene.ended), count(&today, scene.heir)),
        (None, Some(65))
    );
    let own = board(
        &commander,
        &format!("village?{WEEK}&within={}", scene.ended),
    )
    .await;
    assert_eq!(own.total.count, 45, "it can still be asked for");

    // Those who work elsewhere are told tens of the same, and so is everybody on the page.
    let stranger = app.volunteer(ELSEWHERE).await;
    let told = board(&stranger, "commune?period=start").await;
    assert_eq!(count(&told, commune), Some(60));
    let page = app.stranger().get("/bang").await.expect(200);
    assert!(page.text.contains("<strong>60</strong>"), "{}", page.text);
    let lead = app.lead(HERE).await;
    assert_eq!(
        count(&board(&lead, "commune?period=start").await, commune),
        Some(65)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_week_and_a_trend_say_the_same_after_a_village_ended() {
    let scene = Scene::set().await;
    let (app, commune) = (&scene.app, scene.commune);
    let commander = app.commander().await;
    let since = day("2026-11-16");
    let closed = close_due(&mut *app.conn().await, since, day("2026-11-26")).await;
    assert!(!closed.unwrap().is_empty());
    scene.merge().await;
    let within = format!("within={commune}");
    let kept = eventually(async || {
        let kept = board(&commander, &format!("village?{WEEK}&{within}&units=today")).await;
        kept.closing.closed.then_some(kept)
    });
    assert_eq!(count(&kept.await, scene.heir), Some(65));
    let communes = board(&commander, &format!("commune?{WEEK}&units=today")).await;
    assert!(communes.closing.closed);
    assert_eq!(count(&communes, commune), Some(65));
    let stranger = app.volunteer(ELSEWHERE).await;
    let tens = board(&stranger, &format!("commune?{WEEK}&units=today")).await;
    assert_eq!(count(&tens, commune), Some(60));

    let days = "from=2026-11-16&to=2026-11-27";
    let path = format!("/api/v1/leaderboards/trend?{days}&{within}");
    let trend: Trend = commander.get(&path).await.expect(200).json();
    assert_eq!(trend.count, 65);
    let trend: Trend = stranger.get(&path).await.expect(200).json();
    assert_eq!(trend.count, 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_target_of_a_heir_counts_the_days_and_the_targets_of_both() {
    let scene = Scene::set().await;
    let app = &scene.app;
    for (village, people) in [(scene.ended, 40), (scene.heir, 20)] {
        let sql = format!(
            "insert into target (unit_id, stage, starts_on, ends_on, people, denominator, source)
             values ({village}, 'level2_activated', '2026-01-01', '2026-11-24', {people}, 'assigned', 'KH thử')"
        );
        app.owner().await.batch_execute(&sql).await.unwrap();
    }
    scene.merge().await;
    let path = format!("village?{WEEK}&within={}&units=today", scene.commune);
    let told = board(&app.commander().await, &path).await;
    let row = told.rows.iter().find(|row| row.unit_id == Some(scene.heir));
    let row = row.unwrap();
    assert_eq!((row.count, row.target), (65, Some(60)));
    assert_eq!(row.reached_on, Some(day("2026-11-20")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_village_that_was_parted_stays_its_communes_and_is_no_other_villages() {
    let scene = Scene::set().await;
    let (app, commune) = (&scene.app, scene.commune);
    let third = app.village(HERE, 2).await;
    end(app, scene.ended, &[scene.heir, third], day("2026-11-25")).await;
    let commander = app.commander().await;
    let communes = board(&commander, "commune?period=start").await;
    assert_eq!(count(&communes, commune), Some(65));
    let villages = board(
        &commander,
        &format!("village?period=start&within={commune}"),
    )
    .await;
    assert_eq!(
        (count(&villages, scene.heir), count(&villages, third)),
        (Some(20), Some(0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_counts_what_was_done_in_a_village_that_ended_and_served_at_an_office_of_a_commune_that_did()
 {
    let scene = Scene::set().await;
    let (app, commune) = (&scene.app, scene.commune);
    let desk = app.desk(ELSEWHERE).await;
    let booked = app.stranger();
    let card = crate::harness::citizen::id_number();
    booked.book(&desk.office, app.coming(1)[0], &card).await;
    let served = "update appointment set status = 'served'";
    app.owner().await.batch_execute(served).await.unwrap();
    scene.merge().await;
    let today = local_day(app.app.clock.now());
    end(app, app.commune(ELSEWHERE).await, &[commune], today).await;
    let commander = app.commander().await;
    let body = json!({
        "unit_id": commune, "month": today.format("%Y-%m").to_string(), "starts_on": "2026-11-17",
        "ends_on": today + Days::new(10), "cumulative_from": "2022-01-18",
    });
    let period = commander.post("/api/v1/reporting-periods", body).await;
    let period: ReportingPeriod = period.expect(201).json();
    feed::once(&app.app).await.unwrap();
    let path = format!(
        "/api/v1/reporting-periods/{}/values?limit=200",
        period.period_id
    );
    let values: Page<IndicatorValue> = commander.get(&path).await.expect(200).json();
    let value = |code: &str| {
        let mut own = values.items.iter();
        let own = own.find(|own| own.code == code && own.span == "cumulative");
        own.and_then(|own| own.value)
    };
    assert_eq!(value("vneid.level2_activated"), Some(65));
    assert_eq!(value("hen.phuc_vu"), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_of_a_village_that_ended_are_its_heirs() {
    let app = TestApp::start().await;
    let (ended, heir) = (app.village(HERE, 0).await, app.village(HERE, 1).await);
    let volunteer = app.volunteer(HERE).await;
    let now = app.app.clock.now();
    let op = json!({
        "op_id": Uuid::now_v7(), "author_id": volunteer.account_id, "recorded_at": now,
        "clock_offset_ms": 0, "clock_offset_age_s": 0, "kind": "visit", "village_id": ended,
        "outcome": "away",
    });
    let body =
        json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": [op] });
    let pushed = volunteer.post("/api/v1/sync/push", body).await.expect(200);
    assert_eq!(pushed.value()["results"][0]["result"], "applied");
    end(&app, ended, &[heir], local_day(now)).await;
    let path = format!(
        "/api/v1/leaderboards/reasons?limit=200&within={}",
        app.commune(HERE).await
    );
    let told: GapReasons = volunteer.get(&path).await.expect(200).json();
    assert_eq!(told.visits, 1);
    let row = told.rows.iter().find(|row| row.unit_id == heir).unwrap();
    assert_eq!(row.visits, 1);
}
