//! Boards that are watched: told once, then what changed, at any process, as long as one may look.

use mobile_contracts::leaderboard::{BoardChange, Leaderboard};

use crate::harness::events::{Event, Watching};
use crate::harness::rollups::rollup;
use crate::harness::{Person, TestApp};

const COMMUNES: &str = "/api/v1/leaderboards/commune/stream?metric=count&period=start";

async fn watch(person: &Person, after: Option<&str>) -> Watching {
    Watching::start(person, COMMUNES, after).await
}

fn board((name, _, data): &Event) -> Leaderboard {
    assert_eq!(name, "board", "{data}");
    serde_json::from_str(data).unwrap()
}

fn change((name, _, data): &Event) -> BoardChange {
    assert_eq!(name, "change", "{data}");
    serde_json::from_str(data).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_is_told_the_board_once_and_then_only_the_rows_that_changed() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let (one, two) = (app.village("22786", 0).await, app.village("22795", 0).await);
    rollup(&app, one, "youth", "2026-11-20", 5).await;
    let mut watching = watch(&commander, None).await;
    let first = board(&watching.next().await);
    let shown: Leaderboard = commander
        .get("/api/v1/leaderboards/commune?metric=count&period=start")
        .await
        .expect(200)
        .json();
    assert_eq!(first.rows, shown.rows, "the page that a poll tells");
    assert_eq!((first.total.count, first.rows[0].count), (5, 5));

    rollup(&app, two, "women", "2026-11-20", 8).await;
    let told = change(&watching.next().await);
    assert_eq!(told.total.count, 13);
    let moved: Vec<(u32, i64, Option<u32>)> = told
        .rows
        .iter()
        .map(|changed| (changed.position, changed.row.count, changed.row.rank))
        .collect();
    assert_eq!(moved[..2], [(0, 8, Some(1)), (1, 5, Some(2))]);
    let mut page = first.rows.clone();
    for changed in told.rows {
        page[changed.position as usize] = changed.row;
    }
    let shown: Leaderboard = commander
        .get("/api/v1/leaderboards/commune?metric=count&period=start")
        .await
        .expect(200)
        .json();
    assert_eq!(
        page, shown.rows,
        "whoever puts the rows in their places has the board"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_at_another_process_is_told_only_what_they_missed() {
    let app = TestApp::start().await;
    let other = TestApp::with().start_on(app.database.clone()).await;
    let commander = app.commander().await;
    let there = commander.before(&other);
    let village = app.village("22786", 0).await;
    rollup(&app, village, "youth", "2026-11-20", 5).await;
    let (_, seen, _) = watch(&commander, None).await.next().await;

    let mut again = watch(&there, Some(&seen)).await;
    rollup(&app, village, "youth", "2026-11-21", 1).await;
    assert_eq!(
        change(&again.next().await).total.count,
        6,
        "not the board again"
    );

    let mut late = watch(&there, Some(&seen)).await;
    assert_eq!(
        board(&late.next().await).total.count,
        6,
        "it missed something"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_session_and_reaches_no_further_than_the_board() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let elsewhere = app.commune("22795").await;
    volunteer
        .get(&format!(
            "/api/v1/leaderboards/village/stream?within={elsewhere}"
        ))
        .await
        .refused(404, "not-found");
    volunteer
        .get("/api/v1/leaderboards/street/stream")
        .await
        .expect(404);
    let wrong = volunteer
        .get("/api/v1/leaderboards/commune/stream?stage=all&period=ever")
        .await
        .refused(422, "invalid");
    assert_eq!(wrong.errors.len(), 2, "both at once");

    let mut watching = watch(&volunteer, None).await;
    board(&watching.next().await);
    volunteer.delete("/api/v1/sessions").await.expect(204);
    watching.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_always_has_something_to_say_ends_with_its_session_too() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let village = app.village("22786", 0).await;
    let mut watching = watch(&volunteer, None).await;
    board(&watching.next().await);
    volunteer.delete("/api/v1/sessions").await.expect(204);
    let busy = async {
        for day in 1..=30 {
            rollup(&app, village, "youth", &format!("2026-10-{day:02}"), 1).await;
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        () = watching.ends_at_last() => {}
        () = busy => panic!("half a minute after its session ended it still tells"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_account_takes_all_the_places() {
    let app = TestApp::with().set("TO06_BOARD_VIEWERS", "2").start().await;
    let (first, second) = (app.commander().await, app.volunteer("22786").await);
    let watching = watch(&first, None).await;
    let _watching = watch(&second, None).await;
    let refusal = second.get(COMMUNES).await;
    refusal.refused(429, "too-many-requests");
    assert_eq!(refusal.headers["retry-after"], "15");
    drop(watching);
    // A line that broke is seen when something is written to it.
    let village = app.village("22786", 0).await;
    let mut days = (1..=30).map(|day| format!("2026-10-{day:02}"));
    crate::harness::eventually(async || {
        let day = days.next().expect("a day that nothing was counted on");
        rollup(&app, village, "youth", &day, 1).await;
        tokio::time::sleep(std::time::Duration::from_millis(900)).await;
        let answer = second.get(COMMUNES).await;
        (answer.status == 200).then_some(())
    })
    .await;
}
